"""Claims that no other test of the engine made: each one is here because a changed line went unnoticed without it."""

import math
import re

import numpy as np
import pytest

from bptui.engine import (
    ACTIVATIONS,
    LOSSES,
    Architecture,
    Divergence,
    Network,
    Pass,
    UpdateRules,
    batch_statistics,
    forward,
    initialise,
    update,
)
from bptui.engine.network import Parameters, explicit
from bptui.engine.reduce import share_of_samples
from bptui.engine.statistics import contributions, cosines_with, squared_norms
from bptui.engine.weight import Weight
from bptui.experiments.mistakes import MISTAKES, NOTHING_CARRIED, Carried, distance, true_reduced, true_step
from bptui.experiments.mistakes.step import apply, from_gradient

from .helpers import assert_close, one_update, random_case, run_pass

CASE = random_case(51, (3, 4, 2), hidden=("tanh",), head=("sigmoid", "half-squared-error"), bias="trained", n=11)
ARCHITECTURE = CASE.network.architecture
RULES = UpdateRules(loss=CASE.loss)


class TestStatistics:
    def test_squared_norms_are_the_squares_of_the_statistics_norms(self) -> None:
        passed = CASE.passed()
        assert_close(squared_norms(passed, True), batch_statistics(ARCHITECTURE, passed).norms ** 2)

    @pytest.mark.parametrize("source", range(3))
    def test_contributions_of_every_source_add_up_to_its_summed_gradient(self, source: int) -> None:
        work = CASE.update()
        assert contributions(work.passed, Weight(1, source, 1)).sum() == pytest.approx(
            work.summed.weights[0][source, 1]
        )

    def test_cosines_nobody_asked_for_are_none_at_all(self) -> None:
        without = batch_statistics(ARCHITECTURE, CASE.passed(), with_cosines=False)
        assert without.cosines.shape == (0,)
        assert without.norms.tolist() == batch_statistics(ARCHITECTURE, CASE.passed()).norms.tolist()

    def test_a_length_of_0_has_a_cosine_of_0_whatever_memory_held_before(self) -> None:
        case = random_case(52, (2, 2), hidden=(), head=("tanh", "squared-error"), bias="trained", n=100)
        passed = case.passed()
        left_behind = [np.full(100, 7.0) for _ in range(20)]
        del left_behind
        assert cosines_with(case.network, np.zeros(100), passed).tolist() == [0.0] * 100

    def test_rounding_makes_no_negative_variance(self) -> None:
        """Of equal samples the mean of squares is often 1e-16 below the square of the mean."""
        network = explicit(Architecture((1, 1), ("identity",)), [np.array([[0.5]])], [np.array([0.1])])
        for tenths in range(1, 30):
            x, y = np.full((7, 1), tenths / 10), np.ones((7, 1))
            passed = run_pass(network, "half-squared-error", x, y)
            assert (batch_statistics(network.architecture, passed).variance.flat >= 0).all()


def test_a_sum_over_samples_seen_one_part_at_a_time_is_shared_among_them_all() -> None:
    assert share_of_samples(6.0, 4) == 1.5


class TestUpdate:
    @pytest.mark.parametrize(("parts", "rows"), [(1, [11]), (2, [6, 5]), (4, [3, 3, 3, 2])])
    def test_each_micro_batch_has_a_pass_of_its_own(
        self, parts: int, rows: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen = []

        def noted(network: Network, passed: Pass) -> None:
            seen.append(len(passed.loss))
            forward(network, passed)

        monkeypatch.setattr(update, "forward", noted)
        CASE.update(UpdateRules(micro_batches=parts))
        assert seen == rows

    def test_gradient_and_step_whose_squares_are_finite_but_not_their_sum_stop_at_the_last_step(self) -> None:
        architecture = Architecture((1, 1, 1), ("identity", "identity"), "none")
        network = explicit(architecture, [np.ones((1, 1)), np.zeros((1, 1))], [])
        x, y = np.ones((1, 1)), np.array([[-1.1e154]])  # the square of the gradient is 1.2e308
        assert one_update(network, UpdateRules(learning_rate=0.0), x, y).reduced.flat.tolist() == [0.0, 1.1e154]
        with pytest.raises(Divergence, match=r"^the step of layer 2 overflows$") as caught:
            one_update(network, UpdateRules(learning_rate=1.0), x, y)
        assert (caught.value.layer, caught.value.what) == (2, "the step")

    def test_an_unknown_loss_is_refused_with_the_names_there_are(self) -> None:
        with pytest.raises(ValueError, match=re.escape(f"one of {', '.join(LOSSES)}") + "$"):
            UpdateRules(loss="hinge")


class TestNetwork:
    def test_an_unknown_activation_is_refused_with_the_names_there_are(self) -> None:
        with pytest.raises(ValueError, match=f"one of {', '.join(ACTIVATIONS)}$"):
            Architecture((1, 1), ("swish",))

    def test_a_hidden_softmax_is_refused_in_one_sentence(self) -> None:
        with pytest.raises(ValueError, match=r"^softmax stands at the output layer only$"):
            Architecture((1, 2, 1), ("softmax", "identity"))

    @pytest.mark.parametrize("method", ["he", "lecun"])
    def test_normal_weights_have_a_mean_of_0(self, method: str) -> None:
        weights = initialise(Architecture((50, 40), ("tanh",)), method, np.random.default_rng(5)).weights[0]
        assert abs(weights.mean()) < 4 * weights.std() / math.sqrt(weights.size)

    @pytest.mark.parametrize(("method", "bound"), [("pytorch", 0.1), ("uniform", 1.0)])
    def test_drawn_biases_fill_the_range_of_their_weights_one_by_one(self, method: str, bound: float) -> None:
        biases = initialise(Architecture((100, 200), ("tanh",)), method, np.random.default_rng(5)).biases[0]
        assert len(set(biases.tolist())) == 200
        assert -bound <= biases.min() < -0.95 * bound
        assert 0.95 * bound < biases.max() <= bound

    def test_nothing_is_drawn_for_biases_that_are_not_there(self) -> None:
        rng = np.random.default_rng(5)
        expected = [*rng.uniform(-1.0, 1.0, 6), *rng.uniform(-1.0, 1.0, 8)]
        none = Architecture((3, 2, 4), ("tanh", "tanh"), "none")
        assert initialise(none, "uniform", np.random.default_rng(5)).flat.tolist() == expected


def of_units(*layers: tuple[float, float]) -> Parameters:
    """The weight and the bias of each layer, of one unit each."""
    architecture = Architecture((1,) * (len(layers) + 1), ("identity",) * len(layers))
    return Parameters(architecture, np.array(layers).ravel())


class TestWrongRules:
    def test_a_plain_rule_descends_what_it_believes_and_carries_nothing(self) -> None:
        """Made here and not on import."""
        rule = from_gradient(lambda network, x, y, rules: true_reduced(network, x, y, rules)[0])
        with_rule, true = (step(CASE.network, CASE.x, CASE.y, RULES, 11, NOTHING_CARRIED) for step in (rule, true_step))
        assert with_rule.after.flat.tolist() == true.after.flat.tolist()
        assert with_rule.carried is NOTHING_CARRIED

    @pytest.mark.parametrize(
        ("layers", "named"),
        [
            ([(0.0, 1e200), (0.0, 0.0)], 1),
            ([(1e200, 0.0), (0.0, 0.0)], 1),
            ([(0.0, 0.0), (1e200, 0.0)], 2),
            ([(0.0, 0.0), (0.0, 1e200), (0.0, 0.0)], 2),
            ([(1.3e154, 0.0), (1.3e154, 0.0)], 2),  # each layer's square is finite, the sum of both is not
        ],
    )
    def test_a_belief_too_large_to_measure_is_refused_by_its_layer(
        self, layers: list[tuple[float, float]], named: int
    ) -> None:
        believed = of_units(*layers)
        network = explicit(believed.architecture, [np.zeros((1, 1))] * len(layers), [])
        with (
            np.errstate(over="ignore"),
            pytest.raises(Divergence, match=f"^the gradient of layer {named} overflows$") as caught,
        ):
            apply(network, believed, RULES)
        assert (caught.value.layer, caught.value.what) == (named, "the gradient")

    def test_updating_after_each_sample_steps_from_the_first_weights_to_the_last(self) -> None:
        outcome = MISTAKES["update-each-sample"].rule(CASE.network, CASE.x, CASE.y, RULES, 11, NOTHING_CARRIED)
        assert_close(outcome.step.flat, outcome.after.flat - CASE.network.flat)
        assert outcome.carried is NOTHING_CARRIED

    @pytest.mark.parametrize("output", ["relu", "softplus", "gelu"])
    def test_new_weights_first_is_right_at_the_output_layer_also_where_the_slope_needs_z(self, output: str) -> None:
        it = random_case(53, (3, 4, 2), hidden=("tanh",), head=(output, CASE.loss), bias="trained", n=5)
        step = MISTAKES["new-weights-first"].rule
        wrong, true = (rule(it.network, it.x, it.y, RULES, 5, NOTHING_CARRIED).believed for rule in (step, true_step))
        assert wrong.weights[1].tolist() == true.weights[1].tolist()
        assert wrong.biases[1].tolist() == true.biases[1].tolist()
        assert np.abs(wrong.weights[0] - true.weights[0]).max() > 1e-4

    def test_an_accumulator_never_cleared_counts_all_samples_so_far(self) -> None:
        earlier = Carried(np.ones(len(CASE.network.flat)), 6)
        outcome = MISTAKES["never-cleared"].rule(CASE.network, CASE.x, CASE.y, RULES, 11, earlier)
        assert outcome.carried.count == 17

    def test_no_cosine_is_beyond_1_or_below_minus_1(self) -> None:
        """Rounding alone would make it 1.0000000000000002 of some of these."""
        for k in range(1, 60):
            vector = np.array([k / 10, 1.0, 0.7])
            assert distance(vector, -3 * vector).cosine >= -1.0
            assert distance(vector, 3 * vector).cosine <= 1.0

    def test_any_belief_is_infinitely_wrong_where_the_truth_is_nothing(self) -> None:
        assert distance(np.zeros(2), np.full(2, 1e-3)).relative_error == math.inf
