"""The diagnosis: what is right is called right, the first that differs is named, a constant has its name."""

import re
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.data.dataset import DataError
from bptui.diagnosis.answer import Diagnosis
from bptui.diagnosis.compare import CLOSE
from bptui.diagnosis.diagnosis import diagnose, of_document
from bptui.diagnosis.fits import MOST_PAIRED
from bptui.diagnosis.program import MEMORY, SECONDS
from bptui.diagnosis.words import MOST_FITS
from bptui.engine.types import Floats
from bptui.engine.wrong_rules.stages import MOST_KEPT
from bptui.training.record import UpdateRecord

from .cases import gradient, record, scenario


def scaled(factors: dict[str, float], **more: Any) -> Diagnosis:
    """Some of the true gradient's arrays multiplied."""
    of = record(**more)
    return diagnose(of, gradient={name: value * factors.get(name, 1) for name, value in gradient(of).items()})


PAGE = (Path(__file__).parents[2] / "assets" / "docs" / "check.md").read_text(encoding="utf-8")


def test_the_page_says_what_is_so(capsys: pytest.CaptureFixture[str]) -> None:
    (lines,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(lines, {})
    assert lines.rstrip().endswith(": " + capsys.readouterr().out.rstrip())
    assert f"for at most {SECONDS:g} seconds and {MEMORY >> 30} GB" in PAGE
    assert f"(in words {MOST_FITS},\nand how many more)" in PAGE
    assert f"at most {MOST_PAIRED // 1_000_000} million" in PAGE
    assert f"within {CLOSE:.2%} of the largest".replace("%", " %") in PAGE


def test_a_scenario_stands_for_its_first_update_or_another() -> None:
    of = scenario()
    third = of.begin().record(3)
    assert diagnose(of, gradient=gradient(of.begin().record(1))).right
    assert diagnose(of, gradient=gradient(third), update=3).right
    assert not diagnose(of, gradient=gradient(third)).right


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(1, 4), st.booleans())
def test_true_gradients_are_right(seed: int, hidden: int, outputs: int, two: bool) -> None:
    layers = (2, hidden, *([3] if two else []), outputs)
    from bptui.scenario import Scenario

    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(3, 2)), rng.uniform(size=(3, outputs))
    activations = [*["tanh"] * (len(layers) - 2), "sigmoid"]
    of = Scenario.from_arrays(
        x, y, layers=list(layers), activations=activations, seed=seed, order="fixed", loss="half-squared-error"
    )
    update = of.begin().record(1)
    for numbers in (gradient(update), {k: v.astype(np.float32) for k, v in gradient(update).items()}):
        it = diagnose(update, gradient=numbers)
        assert (it.verdict, it.first, it.fits) == ("right", "", ())


@settings(max_examples=20)  # tests/diagnosis/test_search.py has many more
@given(st.integers(0, 10_000))
def test_random_vectors_get_no_name(seed: int) -> None:
    rng = np.random.default_rng(seed)
    of = record()
    it = diagnose(of, gradient={name: rng.normal(size=value.shape) for name, value in gradient(of).items()})
    assert (it.verdict, it.first, it.fits) == ("wrong", "W2", ())


@pytest.mark.parametrize("name", ["W2", "b2", "W1", "b1"])
def test_the_first_that_differs_is_named_and_what_comes_before_is_right(name: str) -> None:
    order = ["W2", "b2", "W1", "b1"]
    it = scaled(dict.fromkeys(order[order.index(name) :], 1.31))
    assert it.first == name
    for before in order[: order.index(name)]:
        assert it.parts[before]["state"] == "exact"


def test_what_is_wrong_on_the_way_forward_comes_before_what_is_wrong_on_the_way_back() -> None:
    of = record()
    z = [of.passed.z[0], of.passed.z[1] * 1.1]
    it = diagnose(of, z=z, gradient={name: value * 2 for name, value in gradient(of).items()})
    assert (it.first, it.parts["z1"]["state"]) == ("z2", "exact")
    assert it.line == "z2 = a1 W2 + b2"


@pytest.mark.parametrize(
    ("factor", "names"),
    [
        (-1, ["−1"]), (2, ["2"]),
        (0.5, ["½", "2/n"]), (4, ["n"]), (0.25, ["1/n"]), (3, ["outputs"]), (1 / 3, ["1/outputs"]),
        (0.7, ["γ"]), (-0.7, ["−γ"]), (0, ["0"]),
    ],
)  # fmt: skip
def test_a_constant_has_its_name(factor: float, names: list[str]) -> None:
    it = scaled({"W2": factor}, layers=(2, 3, 3), learning_rate=0.7)
    found = next(each for each in it.compared if each.name == "W2")
    assert list(found.constants) == names
    assert it.parts["W2"]["factor"] == pytest.approx(factor)


def test_a_bias_once_per_weight_is_off_by_the_number_of_inputs() -> None:
    it = scaled({"b2": 5}, layers=(2, 5, 2))
    assert (it.first, it.parts["b2"]["factor"]) == ("b2", 5)
    assert "inputs" in next(each for each in it.compared if each.name == "b2").constants


def test_a_constant_without_a_name_has_its_digits() -> None:
    it = scaled({"W2": 1.31, "b2": 1.31})
    assert it.parts["W2"]["factor"] == pytest.approx(1.31)
    assert "the first quantity that differs is W2: it is × 1.31." in str(it)


def test_a_lone_number_shares_the_constant_of_its_layer() -> None:
    it = scaled({"W2": 1.31, "b2": 1.31})
    assert it.parts["b2"]["factor"] == pytest.approx(1.31)


def test_the_line_of_a_weight_goes_back_to_what_was_given() -> None:
    of = record()
    off = {name: value + 1 for name, value in zip(("W1", "b1"), of.after.layer(1), strict=True)}
    whole = "W1 ← W1 + Δθ; Δθ = −γ g, γ = 0.5; g = ∂L/∂W1 = (1/n) a0ᵀ δ1; δ1 = (δ2 W2ᵀ) · φ′, φ′ = 1 − a²"
    assert diagnose(of, after=off).line == whole
    assert diagnose(of, after=off, gradient=gradient(of)).line == whole[: whole.index("; g = ")]


def test_one_number_alone_has_no_constant_without_a_name() -> None:
    it = scaled({"b2": 1.31})
    assert it.parts["b2"]["state"] == "different"
    assert "factor" not in it.parts["b2"]


def test_the_line_and_its_numbers_give_the_true_number() -> None:
    of = record()
    it = diagnose(of, gradient=gradient(of) | {"b1": gradient(of)["b1"] * [1, 1, 7]})
    assert it.line == "∂L/∂b1 = (1/n) Σ_m δ1[m]; δ1 = (δ2 W2ᵀ) · φ′, φ′ = 1 − a²"
    symbol, formula, result = it.numbers.split(" = ")
    assert symbol == "b₁[2]"
    assert eval(formula.replace("−", "-").replace("·", "*")) == pytest.approx(of.mean.biases[0][2], rel=1e-4)
    assert result == f"{of.mean.biases[0][2]:.6g}".replace("-", "−")
    assert it.yours == f"{7 * of.mean.biases[0][2]:.6g}, 7 times as much".replace("-", "−")


def test_the_line_has_no_delta_where_the_deltas_are_given() -> None:
    of = record()
    it = diagnose(of, delta=list(of.passed.delta), gradient=gradient(of) | {"W1": np.ones((2, 3))})
    assert (it.first, it.line) == ("W1", "∂L/∂W1 = (1/n) a0ᵀ δ1")


def test_deltas_that_hold_the_mean_are_another_way_to_write_it() -> None:
    of = record()
    it = diagnose(of, delta=[delta / 4 for delta in of.passed.delta], gradient=gradient(of))
    assert it.right
    assert it.parts["delta2"] == {
        "state": "factor",
        "factor": 0.25,
        "own_way": True,
        "max_difference": it.parts["delta2"]["max_difference"],
    }
    assert any("another way to write it" in note for note in it.notes)


def test_errors_with_the_other_sign_are_so_too_if_the_gradient_is_right_and_not_if_it_is_turned() -> None:
    of = record()
    errors = [-delta for delta in of.passed.delta]
    assert diagnose(of, delta=errors, gradient=gradient(of)).right
    assert diagnose(of, delta=errors, gradient={k: -v for k, v in gradient(of).items()}).first == "delta2"


def test_a_gradient_divided_again_is_told_from_deltas_that_hold_the_mean() -> None:
    of = record()
    twice = {name: value / 4 for name, value in gradient(of).items()}
    it = diagnose(of, delta=[delta / 4 for delta in of.passed.delta], gradient=twice)
    assert it.first == "W2"


def test_the_sum_for_the_mean_is_wrong_and_the_answer_says_where_it_would_be_right() -> None:
    of = record()
    it = diagnose(of, gradient=[of.summed.weights, of.summed.biases])
    assert (it.verdict, it.parts["W1"]["factor"]) == ("wrong", 4)
    assert any("with --reduction sum it is right" in note for note in it.notes)
    assert diagnose(record(reduction="sum"), gradient=[of.summed.weights, of.summed.biases]).right


def test_all_that_is_right_for_another_loss_is_told_so_with_the_loss_and_deltas_that_hold_the_mean() -> None:
    of, other = record((2, 3, 3)), record((2, 3, 3), loss="squared-error")
    given: dict[str, Any] = {
        "loss": other.loss_mean, "delta": [delta / 4 for delta in other.passed.delta], "gradient": other.mean,
        "after": other.after,
    }  # fmt: skip
    it = diagnose(of, **given)
    assert it.first == "loss"
    assert "with --loss squared-error all of it is right" in it.notes
    assert diagnose(other, **given).right


def test_a_loss_without_its_half_hides_no_mistake() -> None:
    of = record()
    undivided = gradient(of) | {name: 4 * value for name, value in gradient(of).items() if name[0] == "b"}
    it = diagnose(of, loss=2 * of.loss_mean, gradient=undivided)
    assert (it.first, it.fits) == ("loss", (("bias-undivided",),))


def test_weights_after_are_off_by_the_constant_of_their_step() -> None:
    of = record()
    weights, biases = of.before.architecture.views(of.before.flat + 3 * of.step.flat)
    it = diagnose(of, after=[list(weights), list(biases)])
    assert it.first == "after_W2"
    assert it.parts["after_W1"]["factor"] == pytest.approx(3)


def test_a_batch_of_one_cannot_tell_mistakes_of_the_batch_apart_and_says_so() -> None:
    of = record(batch_size=1)
    assert any("a batch of one" in note for note in diagnose(of, gradient=gradient(of)).notes)
    assert not any("a batch of one" in note for note in diagnose(record(), gradient=gradient(record())).notes)


def test_one_number_for_the_biases_of_a_layer_is_compared_with_each_unit() -> None:
    of = record()
    it = diagnose(of, gradient=gradient(of) | {"b1": np.float64(of.mean.biases[0].sum())})
    assert (it.first, it.parts["W1"]["state"]) == ("b1", "exact")


def test_an_update_with_a_penalty_and_clipping_is_compared_with_what_the_optimizer_gets() -> None:
    of = record(l2=0.3, clip_norm=0.05)
    reduced = [of.reduced.weights, of.reduced.biases]
    assert diagnose(of, gradient=reduced, step=[of.step.weights, of.step.biases]).right
    it = diagnose(of, gradient=gradient(of))
    assert not it.right
    assert "λ₂ W2" in it.line


def test_a_large_network_is_answered_in_bounded_memory_and_says_what_was_not_tried() -> None:
    from bptui.scenario import Scenario

    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(100, 50)), rng.uniform(size=(100, 3))
    of = Scenario.from_arrays(x, y, layers=[50, 500, 400, 3], batch_size="all").begin().record(1)
    weights = [of.mean.weights[0] + 0.01, *of.mean.weights[1:]]
    tracemalloc.start()
    it = diagnose(of, gradient=[weights, list(of.mean.biases)])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (it.first, it.fits) == ("W1", ())
    assert "two together are tried on smaller networks only" in str(it)
    assert peak < 3 * MOST_KEPT
    undivided = [of.mean.weights, [100 * b for b in of.mean.biases]]
    assert diagnose(of, gradient=undivided).fits == (("bias-undivided",),)


def test_a_network_without_biases_takes_none() -> None:
    from bptui.scenario import Scenario

    of = Scenario.built_in("trask").begin().record(1)
    assert diagnose(of, gradient=list(of.reduced.weights)).right
    with pytest.raises(DataError, match="biases for a network without any"):
        diagnose(of, gradient={"b1": [1.0] * 4})


def test_what_a_program_never_clears_is_named_in_the_second_update() -> None:
    of = scenario()
    first, second = (of.begin().record(update) for update in (1, 2))
    weights, biases = of.begin().start.architecture.views(first.mean.flat + second.mean.flat)
    assert diagnose(of, gradient=[list(weights), list(biases)], update=2).fits == (("never-cleared",),)


def test_of_three_mistakes_together_each_quantity_is_named_by_itself() -> None:
    of = record()
    error = of.passed.a[2] - of.targets
    delta = error @ of.before.weights[1].T * (1 - np.tanh(of.passed.a[1]) ** 2)
    it = diagnose(
        of, gradient={"W2": of.passed.a[1].T @ error / 4, "b2": error.sum(axis=0), "W1": of.passed.a[0].T @ delta}
    )
    assert (it.first, it.fits) == ("W2", ())
    assert it.parts["W2"]["state"] == "rule"
    assert "no-slope-output" in it.parts["W2"]["rule"].split(" or ")
    assert "W2 alone comes out so by: " in str(it)
    assert "rule" not in it.parts["b2"]  # one number comes about in too many ways


def test_a_diagnosis_is_frozen_and_says_itself_in_text_and_html() -> None:
    it = scaled({"W1": 2.0})
    with pytest.raises(AttributeError):
        it.first = "b1"  # type: ignore[misc]
    assert str(it).splitlines()[1].startswith("WRONG: the first quantity that differs is W1")
    page = it._repr_html_()
    assert "<table>" in page
    assert repr(it) == "<Diagnosis: wrong, first W1, fits []>"
    assert "WRONG" in page


class Module:
    """What bptui needs to know of a module of PyTorch."""

    class Tensor:
        def __init__(self, values: Floats, grad: "Module.Tensor | None" = None) -> None:
            self.values, self.grad = values, grad

        def detach(self) -> "Module.Tensor":
            return self

        def cpu(self) -> "Module.Tensor":
            return self

        def numpy(self) -> Floats:
            return self.values

    def __init__(self, gradients: dict[str, Floats]) -> None:
        self.named = {
            name: Module.Tensor(np.zeros_like(value), Module.Tensor(value.astype(np.float32)))
            for name, value in gradients.items()
        }

    def named_parameters(self) -> Any:
        return self.named.items()


def test_of_a_module_and_of_its_parameters_the_grad_is_taken() -> None:
    of = record()
    g = gradient(of)
    module = Module({"0.weight": g["W1"].T, "0.bias": g["b1"], "2.weight": g["W2"].T, "2.bias": g["b2"]})
    assert diagnose(of, gradient=module).right
    assert diagnose(of, gradient=module.named).right
    wrong = Module({"0.weight": g["W1"].T * 2, "0.bias": g["b1"], "2.weight": g["W2"].T, "2.bias": g["b2"]})
    assert diagnose(of, gradient=wrong).first == "W1"


def halved(n: int, **settings: Any) -> tuple[UpdateRecord, list[Floats]]:
    """An update of n samples, and its δ divided by two."""
    of = record(batch_size=n, **settings)
    return of, [0.5 * delta for delta in of.passed.delta]


def test_of_two_samples_a_half_on_every_delta_is_no_more_right_than_wrong() -> None:
    of, delta = halved(2)
    it = diagnose(of, delta=delta)
    assert (it.verdict, it.first) == ("wrong", "delta2")
    assert ("factor-half",) in it.fits
    assert any("may also be the mean's 1/n" in note for note in it.notes)


def test_of_two_samples_a_half_that_the_gradient_has_not_is_another_way_to_write_it() -> None:
    of, delta = halved(2)
    it = diagnose(of, delta=delta, gradient=of.reduced)
    assert it.right
    assert it.parts["delta2"]["own_way"] is True
    assert it.to_dict()["parts"]["delta2"]["own_way"] is True
    assert "own_way" not in it.parts["W1"]
    assert any("with what follows right" in note for note in it.notes)


def test_that_what_follows_is_right_is_only_said_where_it_was_given() -> None:
    of = record()
    (note,) = diagnose(of, delta=[delta / of.n for delta in of.passed.delta]).notes
    assert "1/n" in note
    assert "follows" not in note


def test_a_loss_that_is_off_by_a_constant_is_stamped_with_no_mistake() -> None:
    of = record()
    wrong = gradient(of, lambda delta, name: -delta if name == "delta2" else delta)
    it = diagnose(of, gradient=wrong, loss=0.5 * of.loss_mean)
    assert it.fits
    assert "rule" not in it.parts["loss"]
    assert "rule" in it.parts["W1"]


def test_where_the_loss_alone_is_off_by_a_constant_no_mistake_is_missed() -> None:
    of = record()
    it = diagnose(of, gradient=gradient(of), loss=0.5 * of.loss_mean)
    assert it.first == "loss"
    assert "Only the loss is off, by a constant" in str(it)
    assert "No known mistake" not in str(it)


def test_separating_is_promised_only_where_two_of_the_mistakes_differ_somewhere() -> None:
    of = record((2, 1), batch_size=1)
    it = diagnose(of, gradient=gradient(of, lambda delta, _: 2 * delta))
    assert len(it.mistakes) > 1
    assert it.telling_apart() is None
    assert "--separate" not in str(it)
    assert "no numbers can tell which of them it is" in str(it)
    apart = diagnose(of, delta=[2 * delta for delta in of.passed.delta])
    assert apart.can_be_told_apart == (apart.telling_apart() is not None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"loss": {"foo": 1}}, "loss: unknown name 'foo'"),
        ({"gradient": [["a"]]}, "gradient[0][0]: a text, where a number is expected"),
        ({"gradient": [None, None]}, "gradient[0]: null, where a number is expected"),
    ],
)
def test_what_is_no_number_is_named(given: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError) as caught:
        diagnose(record(), **given)
    assert said in str(caught.value)


@pytest.mark.parametrize("name", ["gradient", "delta", "samples", "z", "loss"])
def test_a_list_that_holds_itself_is_refused(name: str) -> None:
    endless: list[Any] = []
    endless.append(endless)
    for raw in (endless, [endless, endless]):
        with pytest.raises(DataError):
            of_document(record(), {name: raw})


def test_a_trace_s_loss_with_its_penalty_is_read() -> None:
    of = record(l2=0.1)
    it = diagnose(of, loss={"sum": of.loss_sum, "penalty": of.penalty, "with_penalty": of.penalised_loss})
    assert it.right


def test_a_number_that_is_next_to_the_true_one_is_not_so_many_times_as_much() -> None:
    of = record()
    near = gradient(of)
    near["W1"] = near["W1"] * (1 + 2e-4 * np.arange(6).reshape(2, 3) / 5)
    it = diagnose(of, gradient=near)
    assert it.first == "W1"
    assert "times as much" not in it.yours
