"""Trust on the spot: back-propagation against central differences, for a whole batch.

(L(θ + ε) − L(θ − ε)) / 2ε costs two forward passes per parameter and knows nothing of the chain rule. It is judged
array by array (one layer's weights, one layer's biases): in the length of the whole vector a small array could
hide, whatever its errors.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bptui.engine.activations import ACTIVATIONS
from bptui.engine.backprop import Pass, backward, forward, sum_gradients
from bptui.engine.evaluate import losses_of_pass
from bptui.engine.losses import LOSSES
from bptui.engine.network import Architecture, Network, Parameters
from bptui.engine.reduce import Reduction, reduce_over_samples
from bptui.engine.types import Floats, quiet
from bptui.engine.weight import Weight

EPSILON = 1e-5
"""The distance moved: about the cube root of float64's 2.2e−16, where the errors of curvature (in proportion to ε²) and
of rounding (to 1/ε) are both small (Nocedal & Wright 2006, section 8.1)."""
AGREES = 1e-5
"""The relative distance up to which two gradients agree: far above what differences leave open (below 1e−7 in the tests
on random networks), far below what a wrong sign (1) or a forgotten factor of 2 (1/3) makes of it."""
ROUNDINGS = 4.0
"""Units in its last place by which the difference of two losses may be off. Measured on 1 469 random networks: mostly
below 1, and 2.4 where the loss is not next to 0; twice that leaves room for deeper ones."""

Corners = tuple[tuple[int, NDArray[np.intp], NDArray[np.intp]], ...]


@dataclass(frozen=True, slots=True)
class ArrayCheck:
    """One layer's weights, or its biases: the relative distance |b − d| / (|b| + |d|) of its two gradients where they
    are next to nothing against what the differences themselves leave open, and the ``worst`` of its entries.

    ``compared`` of its entries have a derivative. With none, the distance is 0.
    """

    relative_error: float
    worst: Weight
    compared: int

    @property
    def agrees(self) -> bool:
        """Is the relative distance within AGREES?"""
        return self.relative_error <= AGREES


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """Both gradients (p each) after the reduction, each array's comparison, and ``corners`` (p,): which parameters
    have no derivative, because moving them takes a z off exactly 0 where its activation function has a corner."""

    backprop: Floats
    differences: Floats
    arrays: tuple[ArrayCheck, ...]
    corners: NDArray[np.bool_]

    @property
    def relative_error(self) -> float:
        """That of the array in which the two are farthest apart."""
        return self.farthest.relative_error

    @property
    def worst(self) -> Weight:
        """The parameter in which the two are farthest apart, of the array in which they are."""
        return self.farthest.worst

    @property
    def farthest(self) -> ArrayCheck:
        """The array in which the two are farthest apart, of those in which anything was compared."""
        return max(self.arrays, key=lambda array: (array.compared > 0, array.relative_error))

    @property
    def agrees(self) -> bool:
        """Do the two gradients agree in every array?"""
        return all(array.agrees for array in self.arrays)


class Mover:
    """The losses of a batch as a function of one parameter; the network given stays what it is.

    ``corner`` is the layer (from 1), sample and unit of the first z that a move took off exactly 0 at a corner.
    """

    def __init__(self, network: Network, loss: str, x: Floats, y: Floats) -> None:
        self.network = Network(network.architecture, network.flat.copy())
        self.loss, self.y = loss, y
        self.passed = Pass.forward_only(network.architecture, x)
        with quiet():
            self.home = losses_of_pass(self.network, loss, y, self.passed)
        self.corners = find_corners(network.architecture, self.passed.z)
        self.corner: tuple[int, int, int] | None = None

    def losses(self, weight: Weight, number: float) -> Floats:
        """The loss of each sample, (n,), with one weight or bias set to ``number``."""
        home = self.network[weight]
        self.network[weight] = number
        losses = losses_of_pass(self.network, self.loss, self.y, self.passed)
        self.network[weight] = home
        if self.corners:
            self.corner = self.corner or left_corner(self.corners, self.passed.z)
        return losses

    def slope(self, weight: Weight, epsilon: float) -> float:
        """d(Σ_n L_n)/dθ of one weight or bias by central differences."""
        return central_difference(lambda number: self.losses(weight, number), self.network[weight], epsilon)


def check(
    network: Network, loss: str, x: Floats, y: Floats, reduction: Reduction = "mean", epsilon: float = EPSILON
) -> Check:
    """Compare for inputs x (n × i) and targets y (n × o); ε is the distance moved in each parameter.

    Raises ValueError where ε is too small to move a parameter.
    """
    architecture = network.architecture
    exact, slopes = back_propagated(network, loss, x, y), Parameters.zeros(architecture)
    mover = Mover(network, loss, x, y)
    corners = np.zeros(architecture.parameters, dtype=np.bool_)
    with quiet():
        for k, weight in enumerate(architecture.addresses()):
            mover.corner = None
            slopes.flat[k] = mover.slope(weight, epsilon)
            corners[k] = mover.corner is not None
        arrays = compare_arrays(mover, exact.flat, slopes.flat, corners, epsilon)
    for vector in (exact.flat, slopes.flat):
        reduce_over_samples(vector, len(x), reduction, vector)
    return Check(exact.flat, slopes.flat, arrays, corners)


def back_propagated(network: Network, loss: str, x: Floats, y: Floats) -> Parameters:
    """Σ_n ∂L_n/∂θ by back-propagation."""
    passed, summed = Pass.empty(network.architecture, len(x)), Parameters.zeros(network.architecture)
    passed.a[0][:] = x
    with quiet():
        forward(network, passed)
        backward(network, LOSSES[loss], y, passed)
        sum_gradients(passed, summed)
    return summed


def central_difference(losses: Callable[[float], Floats], home: float, epsilon: float) -> float:
    """d(Σ_n L_n)/dθ at ``home``, ``losses`` (n,) being a function of θ.

    It is divided by the distance between the two numbers really used: θ ± ε rounded to what float64 can hold.
    Losses are subtracted sample by sample, before summing: the small difference is then not lost in a large total.
    Raises ValueError where ε is too small to move θ.
    """
    above, below = home + epsilon, home - epsilon
    if not above > below:
        raise ValueError(f"ε must be large enough to move {home:.6g}, got {epsilon:.6g}")
    return float(np.add.reduce(losses(above) - losses(below)) / (above - below))


def rounding(losses: Floats, epsilon: float) -> float:
    """What rounding alone may make of a central difference of the sum of these losses, (n,)."""
    return ROUNDINGS * float(np.finfo(np.float64).eps * np.abs(losses).sum()) / (2 * epsilon)


def relative_distance(exact: Floats, slopes: Floats, doubt: float) -> float:
    """|b − d| / (|b| + |d|), or AGREES at most where the two are no farther apart than ``doubt``."""
    miss = float(np.linalg.norm(exact - slopes))
    size = max(float(np.linalg.norm(exact) + np.linalg.norm(slopes)), doubt / AGREES)
    return miss / size if size != 0 else 0.0


def compare_arrays(
    mover: Mover, exact: Floats, slopes: Floats, corners: NDArray[np.bool_], epsilon: float
) -> tuple[ArrayCheck, ...]:
    """Judge every array by its summed gradients, so that the verdict does not depend on n or on the reduction."""
    addresses, arrays = list(mover.network.architecture.addresses()), []
    for places in places_of_arrays(mover.network.architecture):
        smooth = places[~corners[places]]
        if not len(smooth):
            arrays.append(ArrayCheck(0.0, addresses[places[0]], 0))
            continue
        b, d = exact[smooth], slopes[smooth]
        doubt = rounding(mover.home, epsilon) * float(np.sqrt(len(smooth)))
        relative = relative_distance(b, d, doubt)
        if relative > AGREES:  # is that curvature? A wrong gradient stays wrong at 2ε, differences then err fourfold
            wider = np.array([mover.slope(addresses[k], 2 * epsilon) for k in smooth])
            relative = relative_distance(b, d, doubt + float(np.linalg.norm(wider - d)))
        worst = int(smooth[np.argmax(np.abs(b - d))])
        arrays.append(ArrayCheck(relative, addresses[worst], len(smooth)))
    return tuple(arrays)


def places_of_arrays(architecture: Architecture) -> list[NDArray[np.intp]]:
    """Where in θ each layer's weights and each layer's biases are."""
    numbered = Parameters(architecture, np.arange(architecture.parameters, dtype=np.float64))
    layers = range(1, architecture.layers + 1)
    return [array.ravel().astype(np.intp) for layer in layers for array in numbered.layer(layer)]


def find_corners(architecture: Architecture, z: Sequence[Floats]) -> Corners:
    """Layer (from 1), samples and units of every z (n × o each) that is exactly 0 at a corner of its activation."""
    found: list[tuple[int, NDArray[np.intp], NDArray[np.intp]]] = []
    for layer, (name, values) in enumerate(zip(architecture.activations, z, strict=True), start=1):
        if ACTIVATIONS[name].at_corner is not None and not values.all():
            samples, units = np.nonzero(values == 0)
            found.append((layer, samples, units))
    return tuple(found)


def left_corner(corners: Corners, z: Sequence[Floats]) -> tuple[int, int, int] | None:
    """Layer, sample and unit of the first z that stood at a corner and does so no more; None if none."""
    for layer, samples, units in corners:
        gone = np.flatnonzero(z[layer - 1][samples, units])
        if len(gone):
            return layer, int(samples[gone[0]]), int(units[gone[0]])
    return None
