"""Back-propagation against witnesses that know nothing of it: differences, complex steps, a plain-Python oracle."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bptui.engine import (
    LOSSES,
    Architecture,
    Network,
    Pass,
    UpdateRules,
    check,
    forward,
    reduce_over_samples,
    sample_gradient,
)
from bptui.engine.differences import parameter_name
from bptui.engine.network import BIASES, Bias, Parameters, explicit
from bptui.engine.reduce import REDUCTIONS, Reduction
from bptui.engine.types import Floats

from .helpers import HEADS, HIDDEN, SQUARED, Case, assert_close, cases, random_case
from .oracle import all_samples


def distance_from_differences(case: Case) -> float:
    """Relative L2 distance of back-propagation from central differences, away from kinks and vanishing gradients."""
    assume(case.kink_distance() > 1e-3)
    result = check(case.network, case.loss, case.x, case.y, epsilon=1e-5)
    assume(float(np.linalg.norm(result.backprop)) > 1e-3)
    return result.relative_error


@pytest.mark.parametrize("head", HEADS, ids="-".join)
@given(data=st.data())
@settings(deadline=None, max_examples=20)
def test_every_output_and_loss_agrees_with_differences(head: tuple[str, str], data: st.DataObject) -> None:
    assert distance_from_differences(data.draw(cases(heads=(head,)))) < 1e-7


@pytest.mark.parametrize("bias", BIASES)
@pytest.mark.parametrize("hidden", HIDDEN)
@given(data=st.data())
@settings(deadline=None, max_examples=15)
def test_every_hidden_activation_and_bias_agrees_with_differences(hidden: str, bias: Bias, data: st.DataObject) -> None:
    case = data.draw(cases(hidden=(hidden,), biases=(bias,), least_hidden=1))
    assert distance_from_differences(case) < 1e-7


def complex_step(case: Case, k: int) -> float:
    """d(Σ_n L_n)/dθ_k = Im L(θ + i h) / h: no subtraction, so h may be tiny and nothing is lost."""
    architecture, h = case.network.architecture, 1e-30
    theta = case.network.flat.astype(np.complex128)
    theta[k] += 1j * h
    a, z = (
        [np.zeros((case.n, size), np.complex128) for size in sizes]
        for sizes in (architecture.sizes, architecture.sizes[1:])
    )
    passed = Pass(tuple(a), tuple(z), (), np.empty(case.n), ())  # type: ignore[arg-type]
    passed.a[0][:] = case.x
    forward(Network(architecture, theta), passed)  # type: ignore[arg-type]
    return float(np.imag(LOSSES[case.loss].value(passed.z[-1], passed.a[-1], case.y)).sum() / h)


HOLOMORPHIC = ("identity", "sigmoid", "tanh")
HOLOMORPHIC_HEADS = (
    *((output, loss) for output in (*HOLOMORPHIC, "softmax") for loss in SQUARED),
    ("softmax", "cross-entropy"),
)


@pytest.mark.parametrize("head", HOLOMORPHIC_HEADS, ids="-".join)
@given(data=st.data())
@settings(deadline=None, max_examples=15)
def test_smooth_networks_agree_with_complex_steps_to_the_last_digits(
    head: tuple[str, str], data: st.DataObject
) -> None:
    case = data.draw(cases(heads=(head,), hidden=HOLOMORPHIC))
    steps = [complex_step(case, k) for k in range(case.network.architecture.parameters)]
    assert_close(case.update().summed.flat, steps, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("head", HEADS, ids="-".join)
@given(data=st.data())
@settings(deadline=None, max_examples=20)
def test_the_plain_oracle_agrees_in_every_number(head: tuple[str, str], data: st.DataObject) -> None:
    case = data.draw(cases(heads=(head,)))
    work, oracle = case.update(), all_samples(case.network, case.loss, case.x.tolist(), case.y.tolist())
    for layer in range(case.network.architecture.layers):
        assert_close(work.passed.z[layer], [one.z[layer] for one in oracle])
        assert_close(work.passed.a[layer + 1], [one.a[layer + 1] for one in oracle])
        assert_close(work.passed.delta[layer], [one.delta[layer] for one in oracle])
    assert_close(work.passed.loss, [one.loss for one in oracle])


def oracle_gradients(case: Case) -> list[list[float]]:
    """The gradient of every sample, one list as long as θ each."""
    has_biases = case.network.architecture.bias != "none"
    samples = all_samples(case.network, case.loss, case.x.tolist(), case.y.tolist())
    return [one.flat(has_biases) for one in samples]


@given(case=cases())
@settings(deadline=None, max_examples=60)
def test_the_plain_oracle_agrees_on_each_sample_s_gradient(case: Case) -> None:
    passed, architecture = case.passed(), case.network.architecture
    ours = [sample_gradient(architecture, passed, sample).flat for sample in range(case.n)]
    assert_close(ours, oracle_gradients(case))


@pytest.mark.parametrize(("reduction", "divisor_is_n"), [("sum", False), ("mean", True)])
@given(case=cases(biases=("trained", "none"), least_samples=2))
@settings(deadline=None, max_examples=40)
def test_the_plain_oracle_agrees_on_the_reduced_gradient(reduction: Reduction, divisor_is_n: bool, case: Case) -> None:
    columns = zip(*oracle_gradients(case), strict=True)
    expected = [sum(column) / (case.n if divisor_is_n else 1) for column in columns]
    assert_close(case.update(UpdateRules(reduction=reduction)).reduced.flat, expected)


@given(case=cases())
@settings(deadline=None, max_examples=60)
def test_samples_add_up_to_the_batch(case: Case) -> None:
    work, architecture = case.update(), case.network.architecture
    parts = [sample_gradient(architecture, work.passed, sample).flat for sample in range(case.n)]
    assert_close(np.sum(parts, axis=0), work.summed.flat, rtol=1e-12, atol=1e-14)


class TestCheck:
    case = random_case(3, (3, 4, 2), hidden=("tanh",), head=("softmax", "cross-entropy"), bias="trained", n=5)

    def run(self, reduction: Reduction) -> Floats:
        return check(self.case.network, self.case.loss, self.case.x, self.case.y, reduction).backprop

    def test_it_shows_the_gradient_the_optimizer_would_get(self) -> None:
        mean = self.case.update(UpdateRules(reduction="mean")).reduced.flat
        assert self.run("mean").tolist() == mean.tolist()

    def test_the_sum_is_n_times_the_mean(self) -> None:
        assert_close(self.run("sum"), 5 * self.run("mean"), rtol=1e-15)

    @pytest.mark.parametrize("reduction", REDUCTIONS)
    def test_the_relative_error_does_not_depend_on_the_reduction(self, reduction: Reduction) -> None:
        result = check(self.case.network, self.case.loss, self.case.x, self.case.y, reduction)
        both = np.linalg.norm(result.backprop) + np.linalg.norm(result.differences)
        assert result.relative_error == np.linalg.norm(result.backprop - result.differences) / both
        assert result.relative_error < 1e-9

    def test_the_network_stays_what_it_was(self) -> None:
        before = self.case.network.flat.copy()
        self.run("mean")
        assert self.case.network.flat.tolist() == before.tolist()

    def test_it_names_the_weight_that_stands_on_a_kink(self) -> None:
        network = explicit(
            Architecture((2, 2, 1), ("relu", "identity"), "none"),
            [np.array([[0.5, 0.0], [0.5, 0.0]]), np.array([[1.0], [2.0]])],
            [],
        )
        result = check(network, "half-squared-error", np.array([[1.0, 0.25]]), np.array([[5.0]]))
        assert result.worst == "weights[0][0][1]"
        assert result.relative_error > 0.1

    def test_a_gradient_of_nothing_but_zeros_is_no_error(self) -> None:
        zeros = explicit(Architecture((1, 1, 1), ("relu", "identity"), "none"), [np.array([[0.0]])] * 2, [])
        assert check(zeros, "half-squared-error", np.array([[0.0]]), np.array([[0.0]])).relative_error == 0.0

    def test_names_count_layers_from_0_in_the_order_of_theta(self) -> None:
        architecture = Architecture((1, 2, 1), ("tanh", "identity"))
        names = [parameter_name(architecture, k) for k in range(architecture.parameters)]
        assert names == [
            "weights[0][0][0]",
            "weights[0][0][1]",
            "biases[0][0]",
            "biases[0][1]",
            "weights[1][0][0]",
            "weights[1][1][0]",
            "biases[1][0]",
        ]


def test_only_the_mean_divides_by_n() -> None:
    summed, out = np.array([6.0, -3.0]), np.empty(2)
    reduce_over_samples(summed, 3, "mean", out)
    assert out.tolist() == [2.0, -1.0]
    reduce_over_samples(summed, 3, "sum", out)
    assert out.tolist() == [6.0, -3.0]


def test_reducing_leaves_the_sum_alone() -> None:
    summed = Parameters.zeros(Architecture((1, 1), ("identity",)))
    summed.flat[:] = 8.0
    reduce_over_samples(summed.flat, 4, "mean", np.empty(2))
    assert summed.flat.tolist() == [8.0, 8.0]
