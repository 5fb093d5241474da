"""What must stay true, or change in a known way, when a batch or a network is changed: relations, no numbers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.engine import OPTIMIZERS, Architecture, Network, OptimizerSettings, Pass, UpdateRules, forward, update
from bptui.engine.network import Parameters, explicit
from bptui.engine.parts import micro_batch_slices
from bptui.engine.reduce import REDUCTIONS, Reduction

from .helpers import Case, assert_close, cases, one_update, random_case, run_pass

SUM, MEAN = UpdateRules(reduction="sum"), UpdateRules(reduction="mean")
SEEDS = st.integers(0, 2**32 - 1)


def hidden_case(seed: int, hidden: str = "tanh", n: int = 5) -> Case:
    """3 inputs, 4 hidden units, 2 outputs."""
    return random_case(seed, (3, 4, 2), hidden=(hidden,), head=("sigmoid", "half-squared-error"), bias="trained", n=n)


class TestBatch:
    @given(case=cases(biases=("trained", "none")))
    @settings(deadline=None, max_examples=40)
    def test_the_sum_is_n_times_the_mean(self, case: Case) -> None:
        assert_close(case.update(SUM).reduced.flat, case.n * case.update(MEAN).reduced.flat, rtol=1e-15)

    @given(case=cases(biases=("trained", "none")))
    @settings(deadline=None, max_examples=30)
    def test_the_sum_with_a_rate_n_times_smaller_makes_the_mean_s_step(self, case: Case) -> None:
        smaller = replace(SUM, learning_rate=MEAN.learning_rate / case.n)
        assert_close(case.update(smaller).step.flat, case.update(MEAN).step.flat, rtol=1e-14)

    @given(case=cases(least_samples=2), seed=SEEDS)
    @settings(deadline=None, max_examples=40)
    def test_the_order_of_samples_does_not_matter(self, case: Case, seed: int) -> None:
        order = np.random.default_rng(seed).permutation(case.n)
        turned, straight = replace(case, x=case.x[order], y=case.y[order]).update(), case.update()
        assert_close(turned.step.flat, straight.step.flat)
        assert_close(turned.passed.loss, straight.passed.loss[order])

    @given(case=cases(least_samples=2), reduction=st.sampled_from(REDUCTIONS), data=st.data())
    @settings(deadline=None, max_examples=60)
    def test_unequal_micro_batches_equal_the_whole_batch(
        self, case: Case, reduction: Reduction, data: st.DataObject
    ) -> None:
        parts = data.draw(st.integers(2, case.n + 1))
        whole = case.update(UpdateRules(reduction=reduction))
        cut = case.update(UpdateRules(reduction=reduction, micro_batches=parts))
        assert_close(cut.reduced.flat, whole.reduced.flat)
        assert_close(cut.passed.delta[0], whole.passed.delta[0])
        assert_close(cut.passed.loss, whole.passed.loss)

    @pytest.mark.parametrize(("parts", "rows"), [(1, [11]), (2, [6, 5]), (4, [3, 3, 3, 2])])
    def test_each_micro_batch_has_a_pass_of_its_own(
        self, parts: int, rows: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        head = ("sigmoid", "half-squared-error")
        case = random_case(51, (3, 4, 2), hidden=("tanh",), head=head, bias="trained", n=11)
        seen = []

        def noted(network: Network, passed: Pass) -> None:
            seen.append(len(passed.loss))
            forward(network, passed)

        monkeypatch.setattr(update, "forward", noted)
        case.update(UpdateRules(micro_batches=parts))
        assert seen == rows

    def test_micro_batches_differ_by_one_sample_at_most_the_longer_first(self) -> None:
        assert micro_batch_slices(11, 4) == [slice(0, 3), slice(3, 6), slice(6, 9), slice(9, 11)]

    def test_the_mean_of_unequal_micro_batch_means_would_be_another_number(self) -> None:
        case = hidden_case(1, n=3)
        parts = [replace(case, x=case.x[part], y=case.y[part]).update(MEAN) for part in micro_batch_slices(3, 2)]
        wrong = (parts[0].reduced.flat + parts[1].reduced.flat) / 2
        assert np.abs(wrong - case.update(MEAN).reduced.flat).max() > 1e-3

    @given(case=cases(), sample=st.integers(0, 5))
    @settings(deadline=None, max_examples=40)
    def test_a_sample_put_in_twice_counts_twice(self, case: Case, sample: int) -> None:
        one = slice(sample % case.n, sample % case.n + 1)
        twice = replace(case, x=np.vstack([case.x, case.x[one]]), y=np.vstack([case.y, case.y[one]]))
        alone = replace(case, x=case.x[one], y=case.y[one])
        assert_close(twice.update().summed.flat, case.update().summed.flat + alone.update().summed.flat)

    @given(case=cases())
    @settings(deadline=None, max_examples=40)
    def test_the_whole_batch_twice_has_the_same_mean_and_twice_the_sum(self, case: Case) -> None:
        twice = replace(case, x=np.vstack([case.x, case.x]), y=np.vstack([case.y, case.y]))
        assert_close(twice.update(MEAN).reduced.flat, case.update(MEAN).reduced.flat)
        assert_close(twice.update(SUM).reduced.flat, 2 * case.update(SUM).reduced.flat)

    @given(case=cases(least_samples=2))
    @settings(deadline=None, max_examples=40)
    def test_a_sample_s_numbers_do_not_depend_on_its_batch(self, case: Case) -> None:
        alone = replace(case, x=case.x[1:2], y=case.y[1:2]).passed()
        together = case.passed()
        assert_close(together.z[-1][1], alone.z[-1][0])
        assert_close(together.delta[0][1], alone.delta[0][0])
        assert_close(together.loss[1], alone.loss[0])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_learning_rate_of_0_makes_a_step_of_exactly_0(name: str) -> None:
    rules = UpdateRules(learning_rate=0.0, optimizer=OptimizerSettings(name), l2=0.1)
    work = hidden_case(2).update(rules)
    assert np.count_nonzero(work.reduced.flat) == work.reduced.flat.size
    assert np.count_nonzero(work.step.flat) == 0


class TestHiddenUnits:
    @staticmethod
    def permuted(vector: Parameters, order: list[int]) -> Network:
        """The same numbers with the hidden units in another order."""
        (first, second), (bias, last) = vector.weights, vector.biases
        return explicit(vector.architecture, [first[:, order], second[order]], [bias[order], last])

    @given(seed=SEEDS, order=st.permutations(range(4)), hidden=st.sampled_from(["tanh", "relu", "gelu"]))
    @settings(deadline=None, max_examples=30)
    def test_permuted_units_give_the_same_outputs_and_permuted_gradients(
        self, seed: int, order: list[int], hidden: str
    ) -> None:
        case = hidden_case(seed, hidden)
        straight, turned = case.update(), replace(case, network=self.permuted(case.network, order)).update()
        assert_close(turned.passed.a[-1], straight.passed.a[-1])
        assert_close(turned.summed.flat, self.permuted(straight.summed, order).flat)

    @given(seed=SEEDS, unit=st.integers(0, 3))
    @settings(deadline=None, max_examples=30)
    def test_a_unit_nobody_listens_to_gets_a_gradient_of_exactly_0(self, seed: int, unit: int) -> None:
        case = hidden_case(seed)
        network = Network(case.network.architecture, case.network.flat.copy())
        network.weights[1][unit] = 0.0
        summed = replace(case, network=network).update().summed
        assert summed.weights[0][:, unit].tolist() == [0.0, 0.0, 0.0]
        assert summed.biases[0][unit] == 0.0
        assert np.count_nonzero(summed.weights[1][unit]) == 2  # but what it sends may still be learnt

    def test_units_that_start_alike_stay_alike(self) -> None:
        case = hidden_case(4)
        alike = Network(case.network.architecture, np.full_like(case.network.flat, 0.3))
        step = replace(case, network=alike).update().step
        assert np.count_nonzero(step.weights[0]) == 12
        assert (step.weights[0] == step.weights[0][:, :1]).all()
        assert (step.weights[1] == step.weights[1][:1]).all()

    @given(seed=SEEDS, power=st.integers(-3, 3))
    @settings(deadline=None, max_examples=30)
    def test_relu_lets_a_positive_factor_through_exactly(self, seed: int, power: int) -> None:
        case, c = hidden_case(seed, "relu"), 2.0**power  # a power of two: nothing is rounded
        (first, second), (bias, last) = case.network.weights, case.network.biases
        scaled = explicit(case.network.architecture, [c * first, second / c], [c * bias, last])
        before, after = case.update(), replace(case, network=scaled).update()
        assert after.passed.a[-1].tolist() == before.passed.a[-1].tolist()
        assert (c * after.summed.weights[0]).tolist() == before.summed.weights[0].tolist()
        assert (after.summed.weights[1] / c).tolist() == before.summed.weights[1].tolist()


class TestOutputs:
    @given(seed=SEEDS, shift=st.floats(-50, 50))
    @settings(deadline=None, max_examples=40)
    def test_softmax_does_not_see_a_shift_of_all_logits(self, seed: int, shift: float) -> None:
        case = random_case(seed, (2, 3), hidden=(), head=("softmax", "cross-entropy"), bias="trained", n=4)
        shifted = explicit(case.network.architecture, case.network.weights, [case.network.biases[0] + shift])
        before, after = case.passed(), replace(case, network=shifted).passed()
        assert_close(after.z[0], before.z[0] + shift)
        assert_close(after.a[1], before.a[1])
        assert_close(after.delta[0], before.delta[0])
        assert_close(after.loss, before.loss)

    @given(case=cases(heads=(("softmax", "cross-entropy"),)))
    @settings(deadline=None, max_examples=40)
    def test_softmax_deltas_of_a_sample_add_up_to_0(self, case: Case) -> None:
        assert_close(case.passed().delta[-1].sum(axis=1), np.zeros(case.n), atol=1e-15)

    @given(z=st.lists(st.floats(-30, 30), min_size=1, max_size=6), seed=SEEDS)
    @settings(deadline=None, max_examples=40)
    def test_sigmoid_with_binary_cross_entropy_is_softmax_over_two_classes(self, z: list[float], seed: int) -> None:
        x = np.array(z)[:, None]
        y = np.random.default_rng(seed).uniform(0, 1, (len(z), 1))
        one = explicit(Architecture((1, 1), ("sigmoid",)), [np.array([[1.0]])], [])
        two = explicit(Architecture((1, 2), ("softmax",)), [np.array([[1.0, 0.0]])], [])
        single = run_pass(one, "binary-cross-entropy", x, y)
        double = run_pass(two, "cross-entropy", x, np.hstack([y, 1 - y]))
        assert_close(double.a[1][:, 0], single.a[1][:, 0])
        assert_close(double.loss, single.loss)
        assert_close(double.delta[0][:, 0], single.delta[0][:, 0])
        assert_close(double.delta[0][:, 1], -single.delta[0][:, 0])

    @given(case=cases(heads=(("tanh", "half-squared-error"),)))
    @settings(deadline=None, max_examples=30)
    def test_the_squared_losses_differ_by_2_and_by_the_number_of_outputs(self, case: Case) -> None:
        outputs = case.y.shape[1]
        half, whole, mean = (
            replace(case, loss=loss).passed() for loss in ("half-squared-error", "squared-error", "mean-squared-error")
        )
        assert_close(whole.loss, 2 * half.loss)
        assert_close(whole.delta[0], 2 * half.delta[0])
        assert_close(outputs * mean.loss, whole.loss)
        assert_close(outputs * mean.delta[0], whole.delta[0])


def test_an_update_leaves_the_network_alone() -> None:
    case = hidden_case(6)
    before = case.network.flat.copy()
    work = one_update(case.network, UpdateRules(learning_rate=1.0), case.x, case.y)
    assert np.abs(work.step.flat).max() > 0
    assert case.network.flat.tolist() == before.tolist()
