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
from bptui.engine.network import BIASES, Bias, Parameters
from bptui.engine.reduce import Reduction, share_of_samples

from .helpers import HEADS, HIDDEN, SQUARED, Case, assert_close, cases
from .oracle import all_samples


def distance_from_differences(case: Case) -> float:
    """Relative L2 distance of back-propagation from central differences, away from kinks and vanishing gradients."""
    assume(case.kink_distance() > 1e-3)
    result = check(case.network, case.loss, case.x, case.y, epsilon=1e-5)
    assert result.agrees
    size = float(np.linalg.norm(result.backprop) + np.linalg.norm(result.differences))
    assume(size > 2e-3)
    return float(np.linalg.norm(result.backprop - result.differences)) / size


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


def test_a_sum_over_samples_seen_one_part_at_a_time_is_shared_among_them_all() -> None:
    assert share_of_samples(6.0, 4) == 1.5
