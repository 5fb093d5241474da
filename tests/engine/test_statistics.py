"""Statistics of a batch, which the engine gets from the factored pass, against all per-sample gradients at once."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from bptui.engine import Architecture, BatchStatistics, batch_statistics, sample_gradient
from bptui.engine.network import explicit
from bptui.engine.statistics import contributions, cosines_with, squared_norms
from bptui.engine.types import Floats
from bptui.engine.weight import Weight

from .helpers import Case, assert_close, cases, random_case, run_pass
from .oracle import all_samples


def statistics(case: Case) -> BatchStatistics:
    return batch_statistics(case.network.architecture, case.passed())


def brute_force(case: Case) -> Floats:
    """Every sample's gradient from the plain-Python oracle, n × p."""
    has_biases = case.network.architecture.bias != "none"
    samples = all_samples(case.network, case.loss, case.x.tolist(), case.y.tolist())
    return np.array([sample.flat(has_biases) for sample in samples])


@given(case=cases())
@settings(deadline=None, max_examples=50)
def test_norms_are_the_lengths_of_the_sample_gradients(case: Case) -> None:
    assert_close(statistics(case).norms, np.linalg.norm(brute_force(case), axis=1))


@given(case=cases())
@settings(deadline=None, max_examples=50)
def test_mean_and_variance_are_those_over_the_samples(case: Case) -> None:
    ours, gradients = statistics(case), brute_force(case)
    assert_close(ours.mean.flat, gradients.mean(axis=0))
    assert_close(ours.variance.flat, gradients.var(axis=0), rtol=1e-9, atol=1e-13)


@given(case=cases(least_samples=2))
@settings(deadline=None, max_examples=50)
def test_cosines_are_those_between_each_sample_and_the_mean(case: Case) -> None:
    gradients = brute_force(case)
    mean = gradients.mean(axis=0)
    lengths = np.linalg.norm(gradients, axis=1) * np.linalg.norm(mean)
    expected = [float(g @ mean) / length if length > 0 else 0.0 for g, length in zip(gradients, lengths, strict=True)]
    assert_close(statistics(case).cosines, expected, rtol=1e-8, atol=1e-8)


@given(case=cases(heads=(("tanh", "squared-error"),), hidden=("tanh", "gelu"), least_samples=2))
@settings(deadline=None, max_examples=50)
def test_the_noise_scale_is_the_trace_of_the_covariance_over_the_squared_mean(case: Case) -> None:
    gradients = brute_force(case)
    mean = gradients.mean(axis=0)
    trace = float(np.trace(np.atleast_2d(np.cov(gradients.T, bias=True))))
    assert statistics(case).noise_scale == pytest.approx(trace / float(mean @ mean), rel=1e-7, abs=1e-9)


CASE = random_case(11, (3, 4, 2), hidden=("tanh",), head=("sigmoid", "squared-error"), bias="trained", n=5)


def test_a_sample_gradient_is_the_outer_product_of_its_rows() -> None:
    passed = CASE.passed()
    gradient = sample_gradient(CASE.network.architecture, passed, 3)
    assert_close(gradient.weights[0], np.outer(passed.a[0][3], passed.delta[0][3]), rtol=1e-15)
    assert_close(gradient.weights[1], np.outer(passed.a[1][3], passed.delta[1][3]), rtol=1e-15)
    assert gradient.biases[1].tolist() == passed.delta[1][3].tolist()


def test_a_weight_s_contributions_add_up_to_its_summed_gradient() -> None:
    work = CASE.update()
    assert contributions(work.passed, Weight(1, 2, 1)).sum() == pytest.approx(work.summed.weights[0][2, 1], rel=1e-13)


def test_source_minus_1_is_the_bias_whose_input_is_1() -> None:
    work = CASE.update()
    parts = contributions(work.passed, Weight(2, -1, 0))
    assert parts.tolist() == work.passed.delta[1][:, 0].tolist()
    assert parts.sum() == pytest.approx(work.summed.biases[1][0], rel=1e-13)


def test_norms_leave_out_biases_a_network_does_not_have() -> None:
    passed = CASE.passed()
    with_biases, without = squared_norms(passed, True), squared_norms(passed, False)
    deltas = sum((delta**2).sum(axis=1) for delta in passed.delta)
    assert_close(with_biases - without, deltas)


class TestSamplesThatAgree:
    """One linear unit with one bias: samples that are all alike have no noise."""

    network = explicit(Architecture((1, 1), ("identity",)), [np.array([[0.5]])], [np.array([0.1])])

    def of(self, x: list[float], y: list[float]) -> BatchStatistics:
        columns = np.array(x)[:, None], np.array(y)[:, None]
        return batch_statistics(self.network.architecture, run_pass(self.network, "half-squared-error", *columns))

    def test_have_no_variance_and_cosines_of_1(self) -> None:
        alike = self.of([0.3, 0.3, 0.3], [1.0, 1.0, 1.0])
        assert alike.variance.flat.tolist() == pytest.approx([0.0, 0.0], abs=1e-15)
        assert (alike.variance.flat >= 0).all()
        assert alike.cosines.tolist() == pytest.approx([1.0, 1.0, 1.0])
        assert alike.noise_scale == pytest.approx(0.0, abs=1e-15)

    def test_one_sample_has_a_noise_scale_of_0(self) -> None:
        assert self.of([2.0], [0.0]).noise_scale == pytest.approx(0.0, abs=1e-15)

    def test_two_that_pull_in_opposite_directions_have_an_infinite_noise_scale_and_cosines_of_0(self) -> None:
        opposed = self.of([0.0, 0.0], [0.6, -0.4])
        assert opposed.mean.flat.tolist() == [0.0, 0.0]
        assert opposed.norms.tolist() == [0.5, 0.5]
        assert opposed.noise_scale == math.inf
        assert opposed.cosines.tolist() == [0.0, 0.0]

    def test_two_of_different_length_by_hand(self) -> None:
        two = self.of([0.0, 0.0], [0.0, -0.2])  # gradients of the bias: 0.1 and 0.3
        assert two.mean.flat.tolist() == pytest.approx([0.0, 0.2])
        assert two.variance.flat.tolist() == pytest.approx([0.0, 0.01])
        assert two.noise_scale == pytest.approx(0.01 / 0.04)


MANY = random_case(51, (3, 4, 2), hidden=("tanh",), head=("sigmoid", "half-squared-error"), bias="trained", n=11)


def test_squared_norms_are_the_squares_of_the_statistics_norms() -> None:
    passed = MANY.passed()
    assert_close(squared_norms(passed, True), batch_statistics(MANY.network.architecture, passed).norms ** 2)


@pytest.mark.parametrize("source", range(3))
def test_contributions_of_every_source_add_up_to_its_summed_gradient(source: int) -> None:
    work = MANY.update()
    assert contributions(work.passed, Weight(1, source, 1)).sum() == pytest.approx(work.summed.weights[0][source, 1])


def test_cosines_nobody_asked_for_are_none_at_all() -> None:
    without = batch_statistics(MANY.network.architecture, MANY.passed(), with_cosines=False)
    assert without.cosines.shape == (0,)
    assert without.norms.tolist() == batch_statistics(MANY.network.architecture, MANY.passed()).norms.tolist()


def test_a_length_of_0_has_a_cosine_of_0_whatever_memory_held_before() -> None:
    case = random_case(52, (2, 2), hidden=(), head=("tanh", "squared-error"), bias="trained", n=100)
    passed = case.passed()
    left_behind = [np.full(100, 7.0) for _ in range(20)]
    del left_behind
    assert cosines_with(case.network, np.zeros(100), passed).tolist() == [0.0] * 100


def test_rounding_makes_no_negative_variance() -> None:
    """Of equal samples the mean of squares is often 1e-16 below the square of the mean."""
    network = explicit(Architecture((1, 1), ("identity",)), [np.array([[0.5]])], [np.array([0.1])])
    for tenths in range(1, 30):
        x, y = np.full((7, 1), tenths / 10), np.ones((7, 1))
        passed = run_pass(network, "half-squared-error", x, y)
        assert (batch_statistics(network.architecture, passed).variance.flat >= 0).all()


def test_a_bias_contributes_where_there_are_biases_only() -> None:
    Weight(1, -1, 0).require((2, 1))
    with pytest.raises(IndexError, match="no weight of layer 1 from -1 to 0"):
        Weight(1, -1, 0).require((2, 1), biases=False)


@pytest.mark.parametrize("place", [(0, 0, 0), (4, 0, 0), (1, -2, 0), (1, 9, 0), (1, 0, -1), (1, 0, 9)])
def test_a_pass_has_no_contributions_of_a_weight_that_is_not_there(place: tuple[int, int, int]) -> None:
    with pytest.raises(IndexError, match="no weight"):
        contributions(CASE.passed(), Weight(*place))


@pytest.mark.parametrize("sample", [-1, 99])
def test_a_sample_that_is_not_there_has_no_gradient(sample: int) -> None:
    with pytest.raises(IndexError, match=f"no sample {sample}; there are 0 to"):
        sample_gradient(CASE.network.architecture, CASE.passed(), sample)


@given(case=cases())
@settings(deadline=None, max_examples=50)
@pytest.mark.parametrize("times", [1, 2, 7, 100])
def test_samples_that_are_all_alike_have_no_noise_at_all(case: Case, times: int) -> None:
    case = replace(case, x=np.repeat(case.x[:1], times, axis=0), y=np.repeat(case.y[:1], times, axis=0))
    ours = statistics(case)
    assert not ours.variance.flat.any()
    assert ours.noise_scale == (0.0 if ours.mean.flat.any() else math.inf)
