"""The check by central differences: it sees what is wrong however small, and calls nothing wrong that is not."""

from collections.abc import Callable

import numpy as np
import pytest

from bptui.engine import ACTIVATIONS, Architecture, Network, Pass, UpdateRules, Weight, check, differences
from bptui.engine.backprop import sum_gradients
from bptui.engine.differences import Check, central_difference
from bptui.engine.network import BIASES, Bias, Parameters, explicit
from bptui.engine.reduce import REDUCTIONS, Reduction
from bptui.engine.types import Floats
from bptui.engine.weight import BIAS

from .helpers import KINKED, assert_close, random_case

CASE = random_case(3, (3, 4, 2), hidden=("tanh",), head=("softmax", "cross-entropy"), bias="trained", n=5)
MANY = random_case(8, (3, 4, 2), hidden=("sigmoid",), head=("identity", "half-squared-error"), bias="trained", n=1000)
SATURATED = explicit(Architecture((1, 1), ("sigmoid",), "none"), [np.array([[-1000.0]])], [])


def gradient(reduction: Reduction) -> Floats:
    return check(CASE.network, CASE.loss, CASE.x, CASE.y, reduction).backprop


def test_it_shows_the_gradient_the_optimizer_would_get() -> None:
    mean = CASE.update(UpdateRules(reduction="mean")).reduced.flat
    assert gradient("mean").tolist() == mean.tolist()
    assert check(CASE.network, CASE.loss, CASE.x, CASE.y).backprop.tolist() == mean.tolist()


def test_the_sum_is_n_times_the_mean() -> None:
    assert_close(gradient("sum"), 5 * gradient("mean"), rtol=1e-15)


def test_the_network_stays_what_it_was() -> None:
    before = CASE.network.flat.copy()
    gradient("mean")
    assert CASE.network.flat.tolist() == before.tolist()


def test_the_distance_of_an_array_is_measured_by_its_own_length() -> None:
    result = check(CASE.network, CASE.loss, CASE.x, CASE.y)
    b, d = (Parameters(CASE.network.architecture, vector) for vector in (result.backprop, result.differences))
    expected = []
    for layer in (1, 2):
        for exact, slopes in zip(b.layer(layer), d.layer(layer), strict=True):
            expected.append(np.linalg.norm(exact - slopes) / (np.linalg.norm(exact) + np.linalg.norm(slopes)))
    assert [array.relative_error for array in result.arrays] == pytest.approx(expected, rel=1e-3)
    assert result.relative_error == max(array.relative_error for array in result.arrays) < 1e-7


@pytest.fixture
def spoilt(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Parameters], None]], None]:
    """Back-propagation with its summed gradient changed."""

    def install(change: Callable[[Parameters], None]) -> None:
        def wrong(passed: Pass, summed: Parameters) -> None:
            sum_gradients(passed, summed)
            change(summed)

        monkeypatch.setattr(differences, "sum_gradients", wrong)

    return install


Spoil = Callable[[Callable[[Parameters], None]], None]


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(("layer", "array"), [(1, 0), (1, 1), (2, 0), (2, 1)])
def test_a_wrong_sign_of_a_small_array_of_1000_samples_is_caught(
    reduction: Reduction, layer: int, array: int, spoilt: Spoil
) -> None:
    """Small weights out of the hidden layer make the gradients of layer 1 small against those of layer 2."""
    network = Network(MANY.network.architecture, MANY.network.flat.copy())
    network.weights[1][:] *= 1e-4
    right = check(network, MANY.loss, MANY.x, MANY.y, reduction)
    assert right.agrees
    vector = Parameters(network.architecture, right.backprop)
    assert np.linalg.norm(vector.weights[0]) < 1e-3 * np.linalg.norm(vector.weights[1])

    def flip(summed: Parameters) -> None:
        summed.layer(layer)[array][:] *= -1

    spoilt(flip)
    found = check(network, MANY.loss, MANY.x, MANY.y, reduction)
    assert not found.agrees
    assert found.relative_error > 0.1
    assert (found.worst.layer, found.worst.is_bias) == (layer, array == 1)


@pytest.mark.parametrize("error", [0.5, -0.5])
def test_one_wrong_entry_is_named_by_its_address(error: float, spoilt: Spoil) -> None:
    def change(summed: Parameters) -> None:
        summed.weights[0][2, 3] += error

    spoilt(change)
    found = check(CASE.network, CASE.loss, CASE.x, CASE.y)
    assert found.worst == Weight(1, 2, 3)
    assert found.worst.symbol == "w₁[x2→3]"
    assert [array.agrees for array in found.arrays] == [False, True, True, True]


def test_an_error_of_a_ten_thousandth_is_seen(spoilt: Spoil) -> None:
    def stretch(summed: Parameters) -> None:
        summed.weights[1][:] *= 1.0001

    spoilt(stretch)
    assert not check(CASE.network, CASE.loss, CASE.x, CASE.y).agrees


def as_it_stands(found: Check, layer: int, architecture: Architecture) -> float:
    """The relative distance of a layer's weights, whatever the differences leave open."""
    b, d = (Parameters(architecture, vector).weights[layer - 1] for vector in (found.backprop, found.differences))
    return float(np.linalg.norm(b - d) / (np.linalg.norm(b) + np.linalg.norm(d)))


def test_a_gradient_below_the_rounding_of_the_losses_is_not_called_wrong() -> None:
    """The hidden layer moves the output by 1e-9 only: differences of losses of about 0.1 cannot follow that."""
    network = Network(MANY.network.architecture, MANY.network.flat.copy())
    network.weights[1][:] *= 1e-9
    found = check(network, MANY.loss, MANY.x, MANY.y)
    assert as_it_stands(found, 1, network.architecture) > 10 * differences.AGREES
    assert found.agrees
    assert found.relative_error > 0


def curved() -> tuple[Network, Floats, Floats]:
    """Inputs of 3 000: a weight moved by ε = 1e-5 moves z by 0.03, along which tanh bends."""
    architecture = Architecture((2, 1), ("tanh",), "none")
    network = explicit(architecture, [np.array([[1e-4], [-2e-4]])], [])
    return network, np.array([[3000.0, 1000.0], [1000.0, 3000.0]]), np.array([[0.5], [0.25]])


def test_what_curvature_makes_of_differences_is_not_called_wrong() -> None:
    network, x, y = curved()
    found = check(network, "half-squared-error", x, y)
    assert as_it_stands(found, 1, network.architecture) > 10 * differences.AGREES
    assert found.agrees


def test_a_wrong_sign_is_seen_through_curvature(spoilt: Spoil) -> None:
    network, x, y = curved()

    def flip(summed: Parameters) -> None:
        summed.weights[0][:] *= -1

    spoilt(flip)
    found = check(network, "half-squared-error", x, y)
    assert not found.agrees
    assert found.relative_error > 1000 * differences.AGREES


@pytest.mark.parametrize("name", KINKED)
def test_a_parameter_that_moves_a_z_off_its_corner_has_no_derivative_and_is_left_out(name: str) -> None:
    """Sample 1 gives unit 1 of the hidden layer z = 0.5 − 2 · 0.25 = 0; unit 0 and the output are smooth."""
    network = explicit(
        Architecture((2, 2, 1), (name, "identity"), "none"),
        [np.array([[0.5, 0.5], [0.5, -2.0]]), np.array([[1.0], [2.0]])],
        [],
    )
    found = check(network, "half-squared-error", np.array([[1.0, 0.25]]), np.array([[5.0]]))
    out = [weight for weight, corner in zip(network.architecture.addresses(), found.corners, strict=True) if corner]
    assert out == [Weight(1, 0, 1), Weight(1, 1, 1)]
    assert found.agrees
    assert [array.compared for array in found.arrays] == [2, 2]


def test_a_z_of_0_that_a_parameter_does_not_move_hides_nothing() -> None:
    """All inputs of sample 1 are 0: its z is 0 whatever the weights are, and only the bias moves it."""
    case = random_case(4, (2, 3, 1), hidden=("relu",), head=("identity", "half-squared-error"), bias="trained", n=3)
    network = Network(case.network.architecture, case.network.flat.copy())
    network.biases[0][:] = 0.0
    case.x[0] = 0.0
    found = check(network, case.loss, case.x, case.y)
    addresses = zip(network.architecture.addresses(), found.corners, strict=True)
    assert {weight for weight, corner in addresses if corner} == {Weight(1, BIAS, j) for j in range(3)}
    assert found.agrees
    assert [array.compared for array in found.arrays] == [6, 0, 3, 1]


def test_the_worst_is_one_that_was_compared() -> None:
    """Nothing is wrong anywhere; the hidden weights have no derivative, the outgoing ones a gradient of 0."""
    network = explicit(Architecture((1, 1, 1), ("relu", "identity"), "none"), [np.zeros((1, 1)), np.ones((1, 1))], [])
    found = check(network, "half-squared-error", np.array([[1.0]]), np.array([[3.0]]))
    assert [array.compared for array in found.arrays] == [0, 1]
    assert (found.worst, found.relative_error) == (Weight(2, 0, 0), 0.0)


def test_what_has_no_derivative_anywhere_is_no_error() -> None:
    zeros = explicit(Architecture((1, 1), ("relu",), "none"), [np.array([[0.0]])], [])
    found = check(zeros, "half-squared-error", np.array([[1.0]]), np.array([[3.0]]))
    assert (found.corners.tolist(), found.agrees, found.relative_error) == ([True], True, 0.0)


def test_a_gradient_of_nothing_but_zeros_is_no_error() -> None:
    zeros = explicit(Architecture((1, 1, 1), ("relu", "identity"), "none"), [np.array([[0.0]])] * 2, [])
    assert check(zeros, "half-squared-error", np.array([[0.0]]), np.array([[0.0]])).relative_error == 0.0


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_corner_is_what_its_row_says(name: str) -> None:
    """Where left and right slopes at 0 differ there is a corner, and its convention is the slope given there."""
    it = ACTIVATIONS[name]
    if it.slope is None:
        assert it.at_corner is None
        return
    z, a, slope = np.array([[-1e-9, 0.0, 1e-9]]), np.empty((1, 3)), np.empty((1, 3))
    it.value(z, a)
    it.slope(z, a, slope)
    left, right = (a[0, 1] - a[0, 0]) / 1e-9, (a[0, 2] - a[0, 1]) / 1e-9
    assert (it.at_corner is not None) == (abs(left - right) > 1e-3)
    if it.at_corner is not None:
        assert slope[0, 1] == it.at_corner


@pytest.mark.parametrize("epsilon", [0.0, -1e-5, 1e-30])
def test_a_distance_that_moves_nothing_is_refused_even_where_the_gradient_is_0(epsilon: float) -> None:
    """0 / 0 is no slope and no overflow."""
    flat = explicit(Architecture((1, 1), ("identity",), "none"), [np.array([[0.5]])], [])
    with pytest.raises(ValueError, match=r"^ε must be large enough to move 0\.5, got "):
        check(flat, "half-squared-error", np.zeros((1, 1)), np.zeros((1, 1)), epsilon=epsilon)


def test_the_distance_is_the_one_between_the_numbers_really_used() -> None:
    """1e9 ± 1e-7 are not 2e-7 apart: of the numbers that float64 has there, every 1.2e-7 one."""
    assert central_difference(lambda number: np.array([3.0 * (number - 1e9)]), 1e9, 1e-7) == 3.0


def test_an_overflow_that_does_no_harm_is_passed_over_in_silence() -> None:
    """e^1000 is on the way to a = 0; a warning would fail this test."""
    one = np.ones((1, 1))
    assert check(SATURATED, "binary-cross-entropy", one, one).agrees


@pytest.mark.parametrize("bias", BIASES)
def test_addresses_are_in_the_order_of_theta(bias: Bias) -> None:
    architecture = Architecture((2, 3, 2), ("tanh", "identity"), bias)
    vector = Parameters(architecture, np.arange(architecture.parameters, dtype=np.float64))
    assert [vector[weight] for weight in architecture.addresses()] == vector.flat.tolist()
