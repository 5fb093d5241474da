"""Optimizers, learning-rate schedules, penalties, clipping and biases against formulas for one number at a time."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.engine import LOSSES, OPTIMIZERS, Architecture, Network, OptimizerSettings, UpdateRules
from bptui.engine.network import Bias
from bptui.engine.optimizers import Descent
from bptui.engine.rates import SCHEDULES, RateSchedule
from bptui.engine.reduce import Reduction

from .helpers import Case, assert_close, one_update, random_case

Numbers = list[float]
S = OptimizerSettings(momentum=0.8, beta1=0.85, beta2=0.95, decay=0.9, epsilon=1e-3, weight_decay=0.05)
GAMMA = 0.07
REALS = st.floats(-10, 10).filter(lambda g: g == 0 or abs(g) > 1e-3)


def sgd(g: Numbers) -> Iterator[float]:
    """Robbins & Monro 1951."""
    for now in g:
        yield -GAMMA * now


def momentum(g: Numbers) -> Iterator[float]:
    """Polyak 1964: the velocity is the sum of all gradients so far, each fading by μ an update."""
    for t in range(len(g)):
        yield -GAMMA * sum(S.momentum ** (t - s) * g[s] for s in range(t + 1))


def nesterov(g: Numbers) -> Iterator[float]:
    """Sutskever et al. 2013, seen from the point looked ahead to: g + μ v."""
    for t, now in enumerate(g):
        velocity = sum(S.momentum ** (t - s) * g[s] for s in range(t + 1))
        yield -GAMMA * (now + S.momentum * velocity)


def rmsprop(g: Numbers) -> Iterator[float]:
    """Tieleman & Hinton 2012."""
    v = 0.0
    for now in g:
        v = S.decay * v + (1 - S.decay) * now**2
        yield -GAMMA * now / (math.sqrt(v) + S.epsilon)


def adam(g: Numbers) -> Iterator[float]:
    """Kingma & Ba 2015, algorithm 1, line by line."""
    m = v = 0.0
    for t, now in enumerate(g, start=1):
        m = S.beta1 * m + (1 - S.beta1) * now
        v = S.beta2 * v + (1 - S.beta2) * now**2
        m_hat = m / (1 - S.beta1**t)
        v_hat = v / (1 - S.beta2**t)
        yield -GAMMA * m_hat / (math.sqrt(v_hat) + S.epsilon)


def adamw(g: Numbers) -> Iterator[float]:
    """Loshchilov & Hutter 2019, algorithm 2: the decay is outside of m and v. θ starts at 2."""
    theta = 2.0
    for step in adam(g):
        decayed = step - GAMMA * S.weight_decay * theta
        theta += decayed
        yield decayed


PAPERS: dict[str, Callable[[Numbers], Iterator[float]]] = {
    "sgd": sgd,
    "momentum": momentum,
    "nesterov": nesterov,
    "rmsprop": rmsprop,
    "adam": adam,
    "adamw": adamw,
}


def steps(name: str, gradients: Numbers, constants: OptimizerSettings = S, theta: float = 2.0) -> Numbers:
    """The steps our optimizer makes from these gradients of one parameter."""
    optimizer, settings_ = OPTIMIZERS[name], replace(constants, name=name)
    memory, place, out, made = optimizer.fresh_memory(1), np.array([theta]), np.empty(1), []
    for t, g in enumerate(gradients, start=1):
        optimizer.step(Descent(settings_, GAMMA, t), np.array([g]), place, memory, out)
        place += out
        made.append(float(out[0]))
    return made


def test_the_constants_are_those_of_the_papers_unless_said_otherwise() -> None:
    usual = OptimizerSettings()
    assert (usual.momentum, usual.beta1, usual.beta2, usual.epsilon) == (0.9, 0.9, 0.999, 1e-8)


def test_every_optimizer_has_its_formula_here() -> None:
    assert PAPERS.keys() == OPTIMIZERS.keys()


@pytest.mark.parametrize("name", PAPERS)
@given(gradients=st.lists(REALS, min_size=1, max_size=12))
@settings(deadline=None, max_examples=30)
def test_the_steps_are_those_of_the_paper(name: str, gradients: Numbers) -> None:
    assert_close(steps(name, gradients), list(PAPERS[name](gradients)), rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
def test_without_momentum_it_is_sgd(name: str) -> None:
    assert steps(name, [1.0, -2.0, 0.5], replace(S, momentum=0.0)) == steps("sgd", [1.0, -2.0, 0.5])


def test_adamw_without_decay_is_adam() -> None:
    assert steps("adamw", [1.0, -2.0], replace(S, weight_decay=0.0)) == steps("adam", [1.0, -2.0])


@pytest.mark.parametrize("gradient", [1e-3, -4.0, 1e6])
def test_adam_s_first_step_is_the_learning_rate_whatever_the_gradient(gradient: float) -> None:
    first = steps("adam", [gradient], replace(S, epsilon=0.0))
    assert first == [pytest.approx(-math.copysign(GAMMA, gradient), rel=1e-14)]


@pytest.mark.parametrize(("name", "vectors"), [("sgd", 0), ("momentum", 1), ("rmsprop", 1), ("adam", 2), ("adamw", 2)])
def test_memory_starts_with_one_row_of_zeros_per_vector(name: str, vectors: int) -> None:
    assert OPTIMIZERS[name].fresh_memory(3).tolist() == [[0.0] * 3] * vectors


def test_each_parameter_has_a_memory_of_its_own() -> None:
    out, memory = np.empty(2), OPTIMIZERS["adam"].fresh_memory(2)
    for t, g in enumerate(([1.0, 100.0], [-1.0, 50.0]), start=1):
        OPTIMIZERS["adam"].step(Descent(S, GAMMA, t), np.array(g), np.zeros(2), memory, out)
    assert out.tolist() == pytest.approx([steps("adam", [1.0, -1.0])[1], steps("adam", [100.0, 50.0])[1]])


class TestSchedules:
    def test_constant(self) -> None:
        assert [RateSchedule().rate(0.3, t) for t in (1, 2, 10_000)] == [0.3, 0.3, 0.3]

    def test_step_falls_by_the_factor_after_every_length_updates(self) -> None:
        schedule = RateSchedule("step", length=3, factor=0.5)
        assert [schedule.rate(8.0, t) for t in range(1, 8)] == [8, 8, 8, 4, 4, 4, 2]

    def test_cosine_goes_from_gamma_to_the_factor_and_stays_there(self) -> None:
        schedule = RateSchedule("cosine", length=4, factor=0.2)
        rates = [schedule.rate(1.0, t) for t in (1, 2, 3, 4, 5, 6, 100)]
        corner = 0.4 * math.sqrt(0.5)
        assert rates == pytest.approx([1.0, 0.6 + corner, 0.6, 0.6 - corner, 0.2, 0.2, 0.2])

    def test_warm_up_climbs_in_a_straight_line_and_never_starts_at_0(self) -> None:
        schedule = RateSchedule("warm-up", length=4)
        assert [schedule.rate(2.0, t) for t in (1, 2, 3, 4, 5, 99)] == [0.5, 1.0, 1.5, 2.0, 2.0, 2.0]

    def test_an_unknown_schedule_is_refused_with_the_names_there_are(self) -> None:
        with pytest.raises(ValueError, match=", ".join(SCHEDULES)):
            RateSchedule("linear").rate(1.0, 1)

    def test_the_update_s_number_chooses_the_rate(self) -> None:
        rules = UpdateRules(learning_rate=8.0, schedule=RateSchedule("step", length=1, factor=0.5))
        first, fourth = (one_update(CASE.network, rules, CASE.x, CASE.y, t=t).step.flat for t in (1, 4))
        assert fourth.tolist() == (first / 8).tolist()


CASE = random_case(21, (2, 3, 2), hidden=("tanh",), head=("identity", "half-squared-error"), bias="trained", n=4)


def with_bias(bias: Bias) -> Case:
    """The same weights, and biases trained or frozen."""
    architecture = Architecture(CASE.network.architecture.sizes, CASE.network.architecture.activations, bias)
    return replace(CASE, network=Network(architecture, CASE.network.flat))


class TestPenalties:
    """L = mean loss + λ₁ Σ|w| + ½ λ₂ Σ w²; biases are not penalised."""

    plain = CASE.update().reduced

    def test_l2_adds_lambda_w_to_the_weights(self) -> None:
        reduced = CASE.update(UpdateRules(l2=0.3)).reduced
        assert_close(reduced.weights[0], self.plain.weights[0] + 0.3 * CASE.network.weights[0])
        assert_close(reduced.weights[1], self.plain.weights[1] + 0.3 * CASE.network.weights[1])

    def test_l1_adds_lambda_with_the_sign_of_w(self) -> None:
        reduced = CASE.update(UpdateRules(l1=0.3)).reduced
        assert_close(reduced.weights[0], self.plain.weights[0] + np.where(CASE.network.weights[0] > 0, 0.3, -0.3))

    def test_l1_leaves_a_weight_of_0_alone(self) -> None:
        zeros = replace(CASE, network=Network(CASE.network.architecture, np.zeros_like(CASE.network.flat)))
        plain, penalised = zeros.update().reduced, zeros.update(UpdateRules(l1=0.3)).reduced
        assert penalised.flat.tolist() == plain.flat.tolist()

    def test_both_add_up(self) -> None:
        reduced, w = CASE.update(UpdateRules(l1=0.2, l2=0.3)).reduced, CASE.network.weights[1]
        assert_close(reduced.weights[1], self.plain.weights[1] + 0.3 * w + 0.2 * np.sign(w))

    @pytest.mark.parametrize("rules", [UpdateRules(l1=0.3), UpdateRules(l2=0.3)], ids=["l1", "l2"])
    def test_biases_are_not_penalised(self, rules: UpdateRules) -> None:
        reduced = CASE.update(rules).reduced
        assert [bias.tolist() for bias in reduced.biases] == [bias.tolist() for bias in self.plain.biases]

    @pytest.mark.parametrize("reduction", ["sum", "mean"])
    def test_their_strength_does_not_depend_on_the_batch(self, reduction: Reduction) -> None:
        plain, penalised = (CASE.update(UpdateRules(reduction=reduction, l2=l2)).reduced for l2 in (0.0, 0.3))
        assert_close(penalised.weights[0] - plain.weights[0], 0.3 * CASE.network.weights[0])

    def test_the_sum_over_the_batch_is_kept_without_them(self) -> None:
        assert CASE.update(UpdateRules(l2=0.3)).summed.flat.tolist() == CASE.update().summed.flat.tolist()


class TestClipping:
    length = float(np.linalg.norm(CASE.update().reduced.flat))

    def test_a_longer_gradient_is_cut_to_the_norm_and_keeps_its_direction(self) -> None:
        reduced = CASE.update(UpdateRules(clip_norm=self.length / 3)).reduced.flat
        assert_close(reduced, CASE.update().reduced.flat / 3)

    @pytest.mark.parametrize("clip_norm", [0.0, 1.5 * length])
    def test_a_shorter_gradient_and_a_norm_of_0_change_nothing(self, clip_norm: float) -> None:
        reduced = CASE.update(UpdateRules(clip_norm=clip_norm)).reduced.flat
        assert reduced.tolist() == CASE.update().reduced.flat.tolist()

    def test_it_comes_after_the_reduction_and_the_penalties(self) -> None:
        rules = UpdateRules(reduction="sum", l2=5.0, clip_norm=0.1)
        assert np.linalg.norm(CASE.update(rules).reduced.flat) == pytest.approx(0.1, rel=1e-14)

    def test_frozen_biases_do_not_count_in_the_norm(self) -> None:
        reduced = with_bias("frozen").update(UpdateRules(clip_norm=1e-3)).reduced
        squares = sum(float((weights**2).sum()) for weights in reduced.weights)
        assert math.sqrt(squares) == pytest.approx(1e-3, rel=1e-14)


class TestBiases:
    @pytest.mark.parametrize("name", OPTIMIZERS)
    def test_frozen_biases_make_no_step_under_any_optimizer(self, name: str) -> None:
        work = with_bias("frozen").update(UpdateRules(optimizer=OptimizerSettings(name), l1=0.1, l2=0.1))
        assert [np.count_nonzero(bias) for bias in work.step.biases] == [0, 0]
        assert np.count_nonzero(work.step.weights[0]) == work.step.weights[0].size

    def test_frozen_biases_still_have_a_summed_gradient_to_look_at(self) -> None:
        frozen, trained = with_bias("frozen").update(), with_bias("trained").update()
        assert frozen.summed.flat.tolist() == trained.summed.flat.tolist()
        assert np.count_nonzero(trained.summed.biases[0]) == 3

    def test_weights_step_alike_whether_biases_are_frozen_or_not(self) -> None:
        frozen, trained = with_bias("frozen").update(), with_bias("trained").update()
        assert frozen.step.weights[0].tolist() == trained.step.weights[0].tolist()

    def test_absent_biases_are_the_same_as_frozen_zeros(self) -> None:
        sizes, activations = CASE.network.architecture.sizes, CASE.network.architecture.activations
        none = Network(
            Architecture(sizes, activations, "none"), np.concatenate([layer.ravel() for layer in CASE.network.weights])
        )
        zeros = Network(Architecture(sizes, activations, "frozen"), CASE.network.flat.copy())
        for bias in zeros.biases:
            bias.fill(0.0)
        absent, frozen = replace(CASE, network=none).update(), replace(CASE, network=zeros).update()
        assert absent.step.biases == ()
        assert absent.step.weights[0].tolist() == frozen.step.weights[0].tolist()
        assert absent.step.weights[1].tolist() == frozen.step.weights[1].tolist()


class TestRules:
    @pytest.mark.parametrize("what", ["learning_rate", "l1", "l2", "clip_norm"])
    @pytest.mark.parametrize("value", [-0.1, math.nan, math.inf])
    def test_senseless_numbers_are_refused_by_name(self, what: str, value: float) -> None:
        with pytest.raises(ValueError, match=f"{what} must be a finite number"):
            UpdateRules(**{what: value})  # type: ignore[arg-type]

    @pytest.mark.parametrize("what", ["loss", "reduction"])
    def test_unknown_names_are_refused(self, what: str) -> None:
        with pytest.raises(ValueError, match=f"unknown {what} 'median'"):
            UpdateRules(**{what: "median"})  # type: ignore[arg-type]

    def test_an_unknown_optimizer_is_refused(self) -> None:
        with pytest.raises(ValueError, match="unknown optimizer 'lion'"):
            UpdateRules(optimizer=OptimizerSettings("lion"))

    def test_no_micro_batches_are_refused(self) -> None:
        with pytest.raises(ValueError, match="micro_batches must be 1 or more"):
            UpdateRules(micro_batches=0)

    def test_an_unknown_loss_is_refused_with_the_names_there_are(self) -> None:
        with pytest.raises(ValueError, match=re.escape(f"one of {', '.join(LOSSES)}") + "$"):
            UpdateRules(loss="hinge")
