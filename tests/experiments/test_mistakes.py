"""Every mistake of the lab against a plain loop that makes it, against published numbers, and where it is harmless.

Mazur: Matt Mazur, "A Step by Step Backpropagation Example", 2015.
Trask: Andrew Trask, "A Neural Network in 11 lines of Python", 2015, parts 1 and 2; the wrong rules on it are ours.
Oberman: Adam Oberman, the closed form of stochastic and full gradient descent on one parameter.
"""

import math
from dataclasses import replace

import numpy as np
import pytest

from bptui.engine import Architecture, Divergence, Network, UpdateRules
from bptui.engine.network import BIASES, Bias, Parameters, explicit
from bptui.engine.reduce import REDUCTIONS, Reduction
from bptui.engine.types import Floats, quiet
from bptui.engine.wrong_rules import BY_ID, Given, Rule
from bptui.engine.wrong_rules.given import parts_of
from bptui.experiments.mistakes import (
    MISTAKES,
    NOTHING_CARRIED,
    RIGHT,
    Carried,
    Outcome,
    distance,
    distances_by_layer,
    outcome,
)
from bptui.experiments.mistakes.step import refuse_overflow
from tests.engine import test_published as published
from tests.engine.helpers import Case, assert_close, random_case, run_pass
from tests.engine.test_published import as_printed, column
from tests.experiments.mistakes_oracle import LOOPS, Program
from tests.networks import outputs

HEADS = (
    ("sigmoid", "half-squared-error"),
    ("tanh", "mean-squared-error"),
    ("sigmoid", "binary-cross-entropy"),
    ("softmax", "cross-entropy"),
    ("identity", "squared-error"),
)
ONE_OUTPUT = random_case(5, (3, 4, 1), hidden=("tanh",), head=HEADS[0], bias="trained", n=4)
TRAINED_ALONE = ("average-inputs", "mean-error-mean-activations", "mean-error-last-activations")
NOMINAL = 6
RATE = 0.02  # no update of a summed batch makes the next one stiff: rounding stays rounding


def case(seed: int, head: tuple[str, str], bias: Bias = "trained", n: int = NOMINAL) -> Case:
    hidden = ("sigmoid", "relu") if seed % 2 else ("tanh", "softplus")
    return random_case(seed, (3, 4, 2, 3), hidden=hidden, head=head, bias=bias, n=n)


def rules_of(it: Case, reduction: Reduction = "mean", rate: float = 0.3) -> UpdateRules:
    return UpdateRules(loss=it.loss, reduction=reduction, learning_rate=rate)


def made(
    rule: str, it: Case, rules: UpdateRules, nominal: int = NOMINAL, carried: Carried = NOTHING_CARRIED
) -> Outcome:
    return step_of(MISTAKES[rule].rule, it.network, it.x, it.y, rules, nominal, carried)


def step_of(
    rule: Rule,
    network: Network,
    x: Floats,
    y: Floats,
    rules: UpdateRules,
    nominal: int,
    carried: Carried = NOTHING_CARRIED,
) -> Outcome:
    return outcome(rule, Given(network, x, y, rules, nominal, carried=carried))


def ranks_for(rule: str) -> tuple[int, ...]:
    """Three machines where the mistake is about machines."""
    return (1, 1, 1) if rule.endswith("-ranks") else ()


def truly(it: Case, rules: UpdateRules) -> Outcome:
    return step_of(RIGHT, it.network, it.x, it.y, rules, NOMINAL)


def same(wrong: Outcome, true: Outcome) -> bool:
    """To the last bit."""
    return bool((wrong.believed.flat == true.believed.flat).all() and (wrong.after.flat == true.after.flat).all())


class TestTheTrueRule:
    @pytest.mark.parametrize("bias", BIASES)
    @pytest.mark.parametrize("reduction", REDUCTIONS)
    def test_is_the_engine_s_update_to_the_last_bit(self, reduction: Reduction, bias: Bias) -> None:
        it = case(1, HEADS[3], bias)
        work, outcome = it.update(rules_of(it, reduction)), truly(it, rules_of(it, reduction))
        assert (outcome.believed.flat == work.reduced.flat).all()
        assert (outcome.after.flat == it.network.flat + work.step.flat).all()

    def test_refuses_a_gradient_too_large_to_measure(self) -> None:
        it = random_case(3, (2, 2), hidden=(), head=("identity", "squared-error"), bias="trained", n=2)
        far = Case(Network(it.network.architecture, it.network.flat * 1e200), it.loss, it.x, it.y)
        with np.errstate(all="ignore"), pytest.raises(Divergence, match="the gradient of layer 1 overflows"):
            truly(far, rules_of(far))


class TestAgainstPlainLoops:
    def test_every_rule_has_its_loop(self) -> None:
        assert list(LOOPS) == list(MISTAKES)

    def test_every_row_is_a_change_of_the_catalogue(self) -> None:
        assert all(row.change is BY_ID[name] for name, row in MISTAKES.items())

    @pytest.mark.parametrize("bias", BIASES)
    @pytest.mark.parametrize("reduction", REDUCTIONS)
    @pytest.mark.parametrize("head", HEADS)
    @pytest.mark.parametrize("rule", MISTAKES)
    def test_three_batches_the_second_one_short(
        self, rule: str, head: tuple[str, str], reduction: Reduction, bias: Bias
    ) -> None:
        first = case(11, head, bias)
        rules = replace(rules_of(first, reduction, RATE), ranks=ranks_for(rule))
        network, carried = first.network, NOTHING_CARRIED
        program = Program(network, first.loss, rules.learning_rate, reduction == "mean", NOMINAL, rules.ranks)
        for seed, n in ((11, NOMINAL), (12, 4), (13, NOMINAL)):
            batch = case(seed, head, bias, n)
            step = step_of(MISTAKES[rule].rule, network, batch.x, batch.y, rules, NOMINAL, carried)
            program.network = network
            believed = LOOPS[rule](program, batch.x.tolist(), batch.y.tolist())
            assert_close(step.believed.flat, believed, rtol=1e-9, atol=1e-12)
            assert_close(step.after.flat, network.flat - RATE * np.array(believed), rtol=1e-9, atol=1e-12)
            network, carried = step.after, step.carried

    @pytest.mark.parametrize("rule", MISTAKES)
    def test_the_mistake_shows(self, rule: str) -> None:
        """With a network and a batch in which it is not harmless, the believed gradient is another one."""
        head = {"softmax-batch": HEADS[3], "softmax-elementwise": HEADS[3]}.get(rule, HEADS[0])
        one = ONE_OUTPUT if rule == "every-target" else None
        it, other = (one or case(seed, head, n=4) for seed in (5, 6))
        rules = replace(rules_of(it), l2=0.1 if rule == "l2-subtracted" else 0.0, ranks=ranks_for(rule))
        earlier = made(rule, other, rules)
        believed = made(rule, it, rules, carried=earlier.carried).believed
        assert not np.allclose(believed.flat, truly(it, rules).believed.flat, rtol=1e-3)

    @pytest.mark.parametrize("rule", MISTAKES)
    def test_a_step_leaves_its_arguments_alone(self, rule: str) -> None:
        it = case(7, HEADS[3], n=4)
        total = np.ones(len(it.network.flat))
        carried = Carried(total, 3)
        before = [array.copy() for array in (it.network.flat, it.x, it.y, total)]
        first, second = (made(rule, it, rules_of(it), carried=carried) for _ in range(2))
        assert same(first, second)
        for old, new in zip(before, (it.network.flat, it.x, it.y, total), strict=True):
            assert (old == new).all()


class TestHarmless:
    """Where a rule's sentence says so, it is the true rule to the last bit."""

    @pytest.mark.parametrize("head", HEADS)
    @pytest.mark.parametrize("reduction", REDUCTIONS)
    @pytest.mark.parametrize("rule", [*TRAINED_ALONE, "update-each-sample", "other-reduction", "mean-of-means"])
    def test_batch_size_1(self, rule: str, reduction: Reduction, head: tuple[str, str]) -> None:
        it = case(21, head, n=1)
        assert same(made(rule, it, rules_of(it, reduction), nominal=1), truly(it, rules_of(it, reduction)))

    @pytest.mark.parametrize("rule", TRAINED_ALONE[:2])
    def test_in_a_linear_network_means_leave_the_biases_right_and_nothing_else(self, rule: str) -> None:
        it = random_case(
            22, (3, 2, 2), hidden=("identity",), head=("identity", "half-squared-error"), bias="trained", n=5
        )
        wrong, true = made(rule, it, rules_of(it)).believed, truly(it, rules_of(it)).believed
        for layer in range(2):
            assert_close(wrong.biases[layer], true.biases[layer])
            assert np.abs(wrong.weights[layer] - true.weights[layer]).max() > 0.01

    def test_new_weights_without_a_hidden_layer(self) -> None:
        it = random_case(23, (4, 3), hidden=(), head=("softmax", "cross-entropy"), bias="trained", n=5)
        assert same(made("new-weights-first", it, rules_of(it)), truly(it, rules_of(it)))

    def test_new_weights_miss_in_proportion_to_the_rate(self) -> None:
        it = case(24, HEADS[0])

        def miss(rate: float) -> float:
            rules = rules_of(it, rate=rate)
            return distance(
                truly(it, rules).believed.flat, made("new-weights-first", it, rules).believed.flat
            ).relative_error

        assert miss(0.02) == pytest.approx(2 * miss(0.01), rel=1e-3)

    def test_nominal_size_in_a_whole_batch_and_under_sum(self) -> None:
        whole, short = case(25, HEADS[0]), case(25, HEADS[0], n=4)
        assert same(made("nominal-size", whole, rules_of(whole)), truly(whole, rules_of(whole)))
        assert same(made("nominal-size", short, rules_of(short, "sum")), truly(short, rules_of(short, "sum")))

    def test_carrying_without_a_remainder(self) -> None:
        whole = case(26, HEADS[3])
        outcome = made("carry-remainder", whole, rules_of(whole))
        assert same(outcome, truly(whole, rules_of(whole)))
        assert outcome.carried.total is None

    @pytest.mark.parametrize("parts", [2, 3, 6])
    def test_equal_micro_batches(self, parts: int) -> None:
        it = case(27, HEADS[3])
        rules = replace(rules_of(it), micro_batches=parts)
        assert_close(made("mean-of-means", it, rules).believed.flat, truly(it, rules).believed.flat)

    def test_unequal_micro_batches_under_sum(self) -> None:
        it = case(28, HEADS[0])
        rules = rules_of(it, "sum")
        assert_close(made("mean-of-means", it, rules).believed.flat, truly(it, rules).believed.flat)

    def test_an_accumulator_in_its_first_batch(self) -> None:
        it = case(29, HEADS[3])
        assert same(made("never-cleared", it, rules_of(it)), truly(it, rules_of(it)))

    @pytest.mark.parametrize("head", [("identity", "half-squared-error"), *HEADS[2:4]])
    def test_no_slope_in_a_linear_network_or_where_the_loss_absorbs_it(self, head: tuple[str, str]) -> None:
        it = random_case(30, (3, 4, 3), hidden=("identity",), head=head, bias="trained", n=5)
        assert same(made("no-slope", it, rules_of(it)), truly(it, rules_of(it)))

    def test_no_slope_at_a_sigmoid_output_is_the_gradient_of_binary_cross_entropy(self) -> None:
        it = random_case(31, (3, 1), hidden=(), head=("sigmoid", "half-squared-error"), bias="trained", n=5)
        other = Case(it.network, "binary-cross-entropy", it.x, it.y)
        assert_close(made("no-slope", it, rules_of(it)).believed.flat, truly(other, rules_of(other)).believed.flat)

    @pytest.mark.parametrize("bias", ["frozen", "none"])
    def test_the_bias_step_where_biases_do_not_learn(self, bias: Bias) -> None:
        it = case(32, HEADS[3], bias)
        assert same(made("bias-per-weight", it, rules_of(it)), truly(it, rules_of(it)))

    def test_the_bias_step_of_units_with_one_input(self) -> None:
        it = random_case(33, (1, 1, 1), hidden=("tanh",), head=HEADS[0], bias="trained", n=5)
        assert same(made("bias-per-weight", it, rules_of(it)), truly(it, rules_of(it)))


def test_mazur_s_article_hands_deltas_back_through_new_weights() -> None:
    """Its printed error after one update, .291027924, and not the true rule's .291027774."""
    mazur = published.TestMazur
    rule = MISTAKES["new-weights-first"].rule
    after = step_of(rule, mazur.network, mazur.x, mazur.y, mazur.rules, 1).after
    assert as_printed(after.weights[0][0, :1], "0.1498176386") == "0.1498176386"
    loss = run_pass(after, "half-squared-error", mazur.x, mazur.y).loss
    assert as_printed(loss, "0.291027924") == "0.291027924"


class TestOnTrask:
    it = Case(published.TestTrask.network, "half-squared-error", published.TestTrask.x, published.TestTrask.y)
    mean = UpdateRules(reduction="mean", learning_rate=4.0)

    @pytest.mark.parametrize(
        ("rule", "printed"),
        [
            ("average-inputs", "0.00143833 0.00197237 0.00114285 0.00210584"),
            ("mean-error-mean-activations", "0.00111735 0.0015168 0.00092298 0.0016145"),
            ("mean-error-last-activations", "0.00080595 0.00135414 0.00045493 0.00132568"),
        ],
    )
    def test_first_gradient_of_the_output_weights(self, rule: str, printed: str) -> None:
        assert as_printed(made(rule, self.it, self.mean, 4).believed.weights[1], printed) == printed

    def test_sum_where_the_mean_was_meant(self) -> None:
        printed = "0.00451385 0.00669325 0.00676932 0.00455133"
        assert as_printed(made("other-reduction", self.it, self.mean, 4).believed.weights[1], printed) == printed

    def test_averaged_inputs_point_almost_across_the_truth_in_the_hidden_layer(self) -> None:
        wrong, true = made("average-inputs", self.it, self.mean, 4), truly(self.it, self.mean)
        assert f"{distances_by_layer(true.believed, wrong.believed)[0].cosine:.3f}" == "0.080"

    def test_averaged_inputs_never_learn_where_the_mean_does(self) -> None:
        def error_after(rule: Rule, epochs: int) -> float:
            network = self.it.network
            for _ in range(epochs):
                network = step_of(rule, network, self.it.x, self.it.y, self.mean, 4).after
            return float(np.abs(outputs(network, self.it.x) - self.it.y).mean())

        assert f"{error_after(MISTAKES['average-inputs'].rule, 10_000):.5f}" == "0.49643"
        assert f"{error_after(RIGHT, 10_000):.7f}" == "0.0085845"


class Unit:
    """Oberman's linear unit, which sees only its bias."""

    @staticmethod
    def start(weight: float) -> Network:
        return explicit(Architecture((1, 1), ("identity",)), [column(0)], [np.array([weight])])

    @staticmethod
    def bias(vector: Parameters) -> float:
        return float(vector.biases[0][0])


def test_updating_after_each_sample_ends_where_oberman_s_sgd_does() -> None:
    """5.5, 3.75, 4.875; the batch would be at 6.5."""
    rule, x, y = MISTAKES["update-each-sample"].rule, column(0, 0, 0), column(1, 2, 6)
    rules = UpdateRules(learning_rate=0.5)
    paths = [Unit.bias(step_of(rule, Unit.start(10), x[:n], y[:n], rules, 3).after) for n in (1, 2, 3)]
    assert paths == [5.5, 3.75, 4.875]
    assert Unit.bias(step_of(RIGHT, Unit.start(10), x, y, rules, 3).after) == 6.5


def samples_followed(count: int, nominal: int, epochs: int) -> list[int]:
    """How many samples each batch's step holds: every sample's gradient is 1, summed, at γ = 0."""
    rules, carried, noted = UpdateRules(reduction="sum", learning_rate=0.0), NOTHING_CARRIED, []
    for _ in range(epochs):
        for start in range(0, count, nominal):
            zeros: Floats = np.zeros((min(nominal, count - start), 1))
            step = step_of(MISTAKES["carry-remainder"].rule, Unit.start(1), zeros, zeros, rules, nominal, carried)
            carried = step.carried
            noted.append(round(Unit.bias(step.believed)))
    return noted


def test_a_carried_remainder_makes_batches_of_30_eight_times_and_then_one_of_40() -> None:
    first = [30] * 8
    assert samples_followed(250, 30, 3) == [*first, 0, 40, *first[1:], 0, 40, *first[1:], 0]


def test_a_batch_larger_than_the_data_never_updates_when_the_remainder_is_carried() -> None:
    assert samples_followed(20, 30, 5) == [0] * 5


def test_parts_are_three_quarters_and_the_rest_unless_the_rules_say_how_many() -> None:
    def sizes(n: int, parts: int) -> list[int]:
        return [part.stop - part.start for part in parts_of(n, UpdateRules(micro_batches=parts))]

    assert [sizes(n, 1) for n in (1, 2, 3, 4, 32)] == [[1], [1, 1], [2, 1], [3, 1], [24, 8]]
    assert sizes(10, 3) == [4, 3, 3]


class TestComparison:
    def test_lengths_cosine_and_relative_error(self) -> None:
        seen = distance(np.array([3.0, 4.0]), np.array([-4.0, 3.0]))
        assert (seen.true_norm, seen.wrong_norm) == (5.0, 5.0)
        assert seen.cosine == pytest.approx(0.0, abs=1e-15)
        assert seen.relative_error == pytest.approx(2**0.5)

    def test_nothing_has_no_direction(self) -> None:
        none, some = np.zeros(2), np.ones(2)
        assert np.isnan(distance(none, some).cosine)
        assert np.isnan(distance(some, none).cosine)
        assert (distance(none, none).relative_error, distance(none, some).relative_error) == (0.0, np.inf)

    def test_tiny_vectors_still_have_a_direction(self) -> None:
        assert distance(np.full(3, 1e-160), np.full(3, 2e-160)).cosine == pytest.approx(1.0)

    def test_a_layer_s_weights_and_biases_are_compared_together(self) -> None:
        it = case(40, HEADS[3])
        wrong, true = made("bias-per-weight", it, rules_of(it)).believed, truly(it, rules_of(it)).believed
        for layer, seen in enumerate(distances_by_layer(true, wrong)):
            i = it.network.architecture.sizes[layer]
            size = np.sqrt((true.weights[layer] ** 2).sum() + (true.biases[layer] ** 2).sum())
            assert seen.relative_error == pytest.approx((i - 1) * np.linalg.norm(true.biases[layer]) / size)


def test_each_rule_says_what_it_is_in_whole_sentences() -> None:
    for rule in MISTAKES.values():
        assert 5 <= len(rule.name) <= 34
        for sentence in (rule.confuses, rule.occurs, rule.harmless):
            assert sentence.endswith(".")
            assert 25 <= len(sentence) <= 136, sentence  # two lines of an 80-column screen


def test_a_network_too_far_gone_to_measure_is_refused_by_every_rule() -> None:
    it = random_case(41, (2, 3, 2), hidden=("identity",), head=("identity", "half-squared-error"), bias="trained", n=4)
    far = Case(Network(it.network.architecture, it.network.flat * 1e120), it.loss, it.x, it.y)
    for rule in MISTAKES:
        if rule not in ("carry-remainder",):  # its first short batch makes no step at all
            with np.errstate(all="ignore"), pytest.raises(Divergence):
                made(rule, far, rules_of(far))


def of_units(*layers: tuple[float, float]) -> Parameters:
    """The weight and the bias of each layer, of one unit each."""
    architecture = Architecture((1,) * (len(layers) + 1), ("identity",) * len(layers))
    return Parameters(architecture, np.array(layers).ravel())


CASE = random_case(51, (3, 4, 2), hidden=("tanh",), head=("sigmoid", "half-squared-error"), bias="trained", n=11)
RULES = UpdateRules(loss=CASE.loss)


class TestRule:
    def test_a_plain_rule_descends_what_it_believes_and_carries_nothing(self) -> None:
        step = step_of(Rule(factor=2.0), CASE.network, CASE.x, CASE.y, RULES, 11)
        assert (step.step.flat == -RULES.learning_rate * step.believed.flat).all()
        assert step.carried is NOTHING_CARRIED

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
        with (
            quiet(),
            pytest.raises(Divergence, match=f"^the gradient of layer {named} overflows$") as caught,
        ):
            refuse_overflow(believed)
        assert (caught.value.layer, caught.value.what) == (named, "the gradient")

    def test_updating_after_each_sample_steps_from_the_first_weights_to_the_last(self) -> None:
        step = step_of(MISTAKES["update-each-sample"].rule, CASE.network, CASE.x, CASE.y, RULES, 11)
        assert_close(step.step.flat, step.after.flat - CASE.network.flat)
        assert step.carried is NOTHING_CARRIED

    @pytest.mark.parametrize("output", ["relu", "softplus", "gelu"])
    def test_new_weights_first_is_right_at_the_output_layer_also_where_the_slope_needs_z(self, output: str) -> None:
        it = random_case(53, (3, 4, 2), hidden=("tanh",), head=(output, CASE.loss), bias="trained", n=5)
        rules = MISTAKES["new-weights-first"].rule, RIGHT
        wrong, true = (step_of(rule, it.network, it.x, it.y, RULES, 5).believed for rule in rules)
        assert wrong.weights[1].tolist() == true.weights[1].tolist()
        assert wrong.biases[1].tolist() == true.biases[1].tolist()
        assert np.abs(wrong.weights[0] - true.weights[0]).max() > 1e-4

    def test_an_accumulator_never_cleared_counts_all_samples_so_far(self) -> None:
        earlier = Carried(np.ones(len(CASE.network.flat)), 6)
        step = step_of(MISTAKES["never-cleared"].rule, CASE.network, CASE.x, CASE.y, RULES, 11, earlier)
        assert step.carried.count == 17

    def test_no_cosine_is_beyond_1_or_below_minus_1(self) -> None:
        """Rounding alone would make it 1.0000000000000002 of some of these."""
        for k in range(1, 60):
            vector = np.array([k / 10, 1.0, 0.7])
            assert distance(vector, -3 * vector).cosine >= -1.0
            assert distance(vector, 3 * vector).cosine <= 1.0

    def test_any_belief_is_infinitely_wrong_where_the_truth_is_nothing(self) -> None:
        assert distance(np.zeros(2), np.full(2, 1e-3)).relative_error == math.inf
