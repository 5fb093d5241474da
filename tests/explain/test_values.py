"""The results of explanations are the record's own numbers; what the record has not is what the engine made of it."""

from dataclasses import replace

import numpy as np
import pytest

from bptui.data import Dataset, Split
from bptui.engine import OPTIMIZERS, Architecture, Network
from bptui.explain import Quantity, compare, digits, evaluate, explain, text, value
from bptui.explain.differences import Comparison, of_batch
from bptui.explain.expression import Number, Rest, Sum
from bptui.explain.quantity import CLIP, LOSS_MEAN, LOSS_SUM, NORM, RATE, loss, of_unit, of_weight, target
from bptui.explain.update import all_weights
from bptui.training import Run, Settings, UpdateRecord
from tests.explain.reading import parse

from .cases import EVERY_UPDATE, FEW, Case, optimized, record_of, run_of, walk


def of_units(record: UpdateRecord, kind: str, layer: int) -> np.ndarray:
    units = range(record.before.architecture.sizes[layer])
    rows = [[value(record, of_unit(kind, layer, j, m)) for j in units] for m in range(record.n)]  # type: ignore[arg-type]
    return np.array(rows)


def of_weights(record: UpdateRecord, kind: str, slot: str = "") -> np.ndarray:
    every = all_weights(record, kind)
    return np.array([value(record, Quantity(q.kind, q.layer, q.unit, q.source, -1, slot)) for q in every])


def test_values_are_the_numbers_of_the_record_bit_for_bit() -> None:
    record = record_of(Case())
    passed = record.passed
    assert of_units(record, "input", 0).tobytes() == passed.a[0].tobytes()
    for layer in range(1, record.layers + 1):
        assert of_units(record, "z", layer).tobytes() == passed.z[layer - 1].tobytes()
        assert of_units(record, "a", layer).tobytes() == passed.a[layer].tobytes()
        assert of_units(record, "delta", layer).tobytes() == passed.delta[layer - 1].tobytes()
    assert [value(record, loss(m)) for m in range(record.n)] == passed.loss.tolist()
    assert value(record, target(1, 2)) == record.targets[2, 1]
    assert (value(record, LOSS_SUM), value(record, LOSS_MEAN)) == (record.loss_sum, record.loss_mean)
    assert value(record, RATE) == record.learning_rate
    vectors = {"weight": record.before, "sum": record.summed, "mean": record.mean, "reduced": record.reduced}
    for kind, vector in {**vectors, "step": record.step, "after": record.after}.items():
        assert of_weights(record, kind).tobytes() == vector.flat.tobytes()


@pytest.mark.parametrize("name", [name for name, it in OPTIMIZERS.items() if it.memory])
def test_memory_after_an_update_is_the_memory_before_the_next(name: str) -> None:
    run = run_of(Case(rules=optimized(name, l2=0.1)))
    for update in (1, 2, 3):
        record, following = run.record(update), run.record(update + 1)
        for row, slot in enumerate(OPTIMIZERS[name].memory):
            assert of_weights(record, "memory-after", slot).tobytes() == following.memory[row].tobytes()
            assert of_weights(record, "memory", slot).tobytes() == record.memory[row].tobytes()


@pytest.mark.parametrize("name", ["momentum", "rmsprop"])
def test_only_an_optimizer_that_corrects_its_memory_has_a_corrected_one(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} does not free"):
        value(record_of(Case(rules=optimized(name))), of_weight("corrected", 1, 0, 0, slot="v"))


def test_the_clip_factor_leaves_the_vector_as_long_as_the_limit() -> None:
    record = record_of(EVERY_UPDATE["sgd sum regularised trained"])
    limit = record.settings.rules.clip_norm
    assert value(record, NORM) > limit
    assert np.linalg.norm(record.reduced.flat) == pytest.approx(limit)
    clipped = of_weights(record, "unclipped") * value(record, CLIP)
    assert clipped == pytest.approx(record.reduced.flat, rel=1e-12)


@pytest.mark.parametrize("case", FEW.values(), ids=FEW)
def test_central_differences_agree_with_every_derivative(case: Case) -> None:
    seen = set()
    for q in walk(case.record):
        found = compare(case.record, q)
        if isinstance(found, Comparison):
            seen.add(q.kind)
            assert found.agrees, q
            assert found.miss < 2e-7 * max(abs(found.backprop), 1.0), q
    assert {"z", "a", "delta", "contribution", "sum", "loss", "input", "after", "loss-mean"} <= seen


def test_the_check_of_a_wrong_number_shows_the_difference() -> None:
    record = record_of(Case(hidden="relu"))
    q = of_weight("sum", 1, 0, 0)
    found = compare(record, q)
    assert isinstance(found, Comparison)
    record.summed.flat.flags.writeable = True
    record.summed.weights[0].flags.writeable = True
    record.summed.weights[0][0, 0] += 0.5
    try:
        wrong = compare(record, q)
    finally:
        record_of.cache_clear()
    assert isinstance(wrong, Comparison)
    assert wrong.miss == pytest.approx(0.5, abs=1e-6)
    assert (found.agrees, wrong.agrees) == (True, False)


def test_a_whole_batch_is_checked_by_the_reduction_in_force() -> None:
    for reduction in ("sum", "mean"):
        case = Case(rules=optimized("adam", reduction=reduction))
        found = of_batch(case.record)
        assert isinstance(found, Comparison)
        vector = case.record.summed if reduction == "sum" else case.record.mean
        assert found.backprop == pytest.approx(np.linalg.norm(vector.flat))
        assert found.relative is not None
        assert found.relative < 1e-8


def test_a_wrong_sign_of_a_small_mean_of_1000_samples_does_not_agree() -> None:
    case = Case("tanh", sizes=(2, 3, 2), batch=1000, scale=1e-2)
    record = record_of(case)
    flat = np.abs(record.mean.flat)
    smallest = list(record.before.architecture.addresses())[int(np.argmin(flat))]
    assert flat.min() < 1e-4
    q = of_weight("mean", smallest.layer, smallest.source, smallest.unit)
    found = compare(record, q)
    assert isinstance(found, Comparison)
    assert found.agrees
    record.mean.flat.flags.writeable = True
    record.mean.flat[np.argmin(flat)] *= -1
    try:
        wrong = compare(record, q)
    finally:
        record_of.cache_clear()
    assert isinstance(wrong, Comparison)
    assert not wrong.agrees


def test_what_curvature_makes_of_differences_does_not_count_against_a_number() -> None:
    """Inputs of 3 000: a weight moved by 1e-5 moves z by 0.03, along which tanh bends."""
    architecture = Architecture((2, 1), ("tanh",), "none")
    start = Network(architecture, np.array([1e-4, -2e-4]))
    data = Dataset("far", np.array([[3000.0, 1000.0], [1000.0, 3000.0]]), np.array([[0.5], [0.25]]))
    record = Run.begin(data, Split(np.arange(2), np.arange(0)), start, Settings(batch_size=2), 5).record(1)
    found = compare(record, of_weight("sum", 1, 0, 0))
    assert isinstance(found, Comparison)
    assert found.miss > 5e-5 * abs(found.backprop)
    assert found.agrees


CORNER = "exactly 0, where φ has a corner; φ′ = {} is the convention"


@pytest.mark.parametrize(("hidden", "said"), [("relu", "0"), ("leaky-relu", "0.01")])
def test_at_a_corner_there_is_no_derivative_to_compare_with(hidden: str, said: str) -> None:
    """Weights of 0 put every z of the first hidden layer on the corner of sample 1, whatever its inputs are."""
    record = corner_record(hidden)
    z = of_unit("z", 1, 0, 0)
    for q in (z, z.of_unit("delta"), z.of_unit("slope"), of_weight("contribution", 1, 0, 0, 0)):
        found = compare(record, q)
        assert isinstance(found, str), q
        assert found.startswith("not differentiable here: z₁[0][#1] is ")
        assert found.endswith(CORNER.format(said))
    second = compare(record, of_weight("contribution", 1, 0, 1, 1))
    assert isinstance(second, str)
    assert "z₁[1][#2]" in second
    above = compare(record, of_weight("sum", 2, 0, 0))
    assert isinstance(above, Comparison)
    assert above.agrees


def test_the_check_of_a_batch_leaves_out_what_has_no_derivative_and_says_so() -> None:
    found = of_batch(corner_record("relu"))
    assert isinstance(found, Comparison)
    assert found.agrees
    assert found.note == "9 of 23 weights and biases left out: not differentiable where a z is exactly 0"
    assert found.worst.startswith(("w₂", "b₂", "w₃", "b₃"))


def corner_record(hidden: str) -> UpdateRecord:
    """The second hidden layer is tanh; the first has weights of 0 and so z = 0."""
    record = record_of(Case(hidden))
    architecture = replace(record.before.architecture, activations=(hidden, "tanh", "identity"))
    network = Network(architecture, record.before.flat.copy())
    network.weights[0][:], network.biases[0][:] = 0.0, 0.0
    start = Run.begin(run_of(Case()).problem.data, run_of(Case()).problem.split, network, record.settings, 5)
    return start.record(1)


def test_a_batch_too_large_to_check_says_so() -> None:
    record = record_of(Case(sizes=(300, 300, 2), batch=1))
    found = of_batch(record)
    assert isinstance(found, str)
    assert "too long" in found


def test_nothing_is_compared_with_a_number_that_is_no_derivative() -> None:
    record = record_of(Case())
    assert isinstance(compare(record, RATE), str)
    assert isinstance(compare(record, target(0, 0)), str)


def test_a_sum_of_many_shows_the_largest_and_adds_up_the_rest() -> None:
    record = record_of(Case(sizes=(3, 12, 2)))
    it = explain(record, of_unit("z", 2, 1, 0))
    w, a = record.before.weights[1][:, 1], record.passed.a[1][0]
    products = sorted((w * a).tolist(), key=abs, reverse=True)
    assert isinstance(it.numbers, Sum)
    *largest, rest, bias = it.numbers.terms
    assert [evaluate(term) for term in largest] == products[:4]
    assert isinstance(rest, Rest)
    assert rest.count == 8
    assert rest.value == pytest.approx(sum(products[4:]))
    assert "+ 8 more: " in text(it.numbers, digits(4))
    assert isinstance(bias, Number)
    assert bias.of == of_weight("weight", 2, -1, 1)
    assert len(it.terms) == 25


@pytest.mark.parametrize(
    ("loss", "output"), [("binary-cross-entropy", "sigmoid"), ("cross-entropy", "softmax")], ids=["BCE", "CE"]
)
def test_a_loss_next_to_0_and_of_a_hopeless_answer_keeps_its_digits(loss: str, output: str) -> None:
    """The weights are so large that a is 0 or 1 to the last digit; the explained loss is still that of the record."""
    case = Case("relu", output, optimized("sgd", loss=loss, learning_rate=1e-6), scale=40.0)
    found = walk(case.record)
    losses = [it for q, it in found.items() if q.kind == "loss"]
    assert max(it.result for it in losses) > 10
    assert any("written in z" in it.note for it in losses)
    for it in losses:
        assert evaluate(parse(it.formula(digits(17)))) == pytest.approx(it.result, rel=1e-9, abs=1e-15)
