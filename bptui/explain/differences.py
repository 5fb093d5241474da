"""Trust on the spot: the number that back-propagation gave against central differences that know no chain rule."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bptui.data.digits import shortest
from bptui.engine.activations import ACTIVATIONS
from bptui.engine.differences import (
    AGREES,
    EPSILON,
    Mover,
    central_difference,
    check,
    find_corners,
    left_corner,
    relative_distance,
    rounding,
)
from bptui.engine.losses import LOSSES
from bptui.engine.reduce import Reduction, reduce_over_samples
from bptui.engine.types import Floats, quiet
from bptui.explain.backward import is_joined
from bptui.explain.formula import named
from bptui.explain.quantity import OF_A_WEIGHT, Quantity, of_unit, tag
from bptui.explain.values import upstream, value
from bptui.training.record import UpdateRecord

MOST_WORK = 5e9  # multiplications of a whole batch's check that one waits for


@dataclass(frozen=True, slots=True)
class Comparison:
    """``what`` was compared, by back-propagation and by central differences, and whether the two agree.

    A comparison of whole vectors has, of the array in which
    the two are farthest apart, the ``relative`` distance and the ``worst`` entry's symbol, and says in ``note`` what
    was left out; then the two values are the vectors' lengths.
    """

    what: str
    backprop: float
    differences: float
    agrees: bool
    relative: float | None = None
    worst: str = ""
    note: str = ""

    @property
    def miss(self) -> float:
        """How far the two values are apart."""
        return abs(self.backprop - self.differences)


def compare(record: UpdateRecord, q: Quantity) -> Comparison | str:
    """The check of one number, or why there is nothing to check."""
    if q.kind in OF_A_WEIGHT:
        return of_weight(record, q)
    match q.kind:
        case "z" | "delta":
            return of_pre_activation(record, q)
        case "slope":
            return of_slope(record, q)
        case "a" | "upstream" | "input":
            if q.layer == record.layers and is_joined(record):
                return of_pre_activation(record, q)
            return of_activation(record, q)
        case "loss":
            return of_samples(record, slice(q.sample, q.sample + 1), "sum", f"|∂L{tag(q.sample)}/∂θ|")
        case "loss-sum" | "loss-mean":
            return of_batch(record, "sum" if q.kind == "loss-sum" else "mean")
    return "it is no derivative: there is nothing to compare with"


def judged(what: str, exact: float, losses: Callable[[float], Floats], home: float, n: int = 1) -> Comparison:
    """``exact`` against the slope at ``home`` of the summed ``losses``, both divided by ``n``."""
    with quiet():
        slope, wider = (central_difference(losses, home, epsilon) for epsilon in (EPSILON, 2 * EPSILON))
        doubt = rounding(losses(home), EPSILON) + abs(wider - slope)  # of rounding, and of curvature
    vectors = np.array([slope, doubt])
    reduce_over_samples(vectors, n, "mean", vectors)
    relative = relative_distance(np.array([exact]), vectors[:1], float(vectors[1]))
    return Comparison(what, exact, float(vectors[0]), relative <= AGREES)


def no_derivative(record: UpdateRecord, corner: tuple[int, int, int]) -> str:
    """Why there is none: a z at a corner of its activation function, by layer (from 1), sample and unit."""
    layer, sample, unit = corner
    said = ACTIVATIONS[record.before.architecture.activations[layer - 1]].at_corner or 0.0
    z = named(record, of_unit("z", layer, unit, sample))
    return f"not differentiable here: {z} is exactly 0, where φ has a corner; φ′ = {shortest(said)} is the convention"


def of_weight(record: UpdateRecord, q: Quantity) -> Comparison | str:
    """d(loss)/d(weight): of one sample for a contribution, of the batch by SUM or MEAN for all else."""
    one, first = q.kind == "contribution", max(q.sample, 0)
    rows = slice(first, first + 1) if one else slice(None)
    reduction: Reduction = record.settings.rules.reduction
    if q.kind in ("sum", "mean"):
        reduction = "sum" if q.kind == "sum" else "mean"
    mover = Mover(record.before, record.settings.rules.loss, record.passed.a[0][rows], record.targets[rows])
    exact = q if one else q.of_weight("sum" if reduction == "sum" else "mean")
    what = named(record, q) if one else f"{reduction} of ∂L/∂{record.names.symbol(q.weight)} over the batch"
    n = 1 if one or reduction == "sum" else record.n
    home = record.before[q.weight]
    found = judged(what, value(record, exact), lambda number: mover.losses(q.weight, number), home, n)
    if mover.corner is None:
        return found
    layer, sample, unit = mover.corner
    return no_derivative(record, (layer, sample + first if one else sample, unit))


def of_pre_activation(record: UpdateRecord, q: Quantity) -> Comparison | str:
    """∂L_m/∂z of one unit against the loss with z moved up and down: that is δ."""
    layer, m = q.layer, q.sample
    delta = of_unit("delta", layer, q.unit, m)
    what = f"{named(record, delta)} = ∂L/∂{named(record, q.of_unit('z'))}"
    return of_moved_unit(record, layer, m, q.unit, what, value(record, delta), moves_z=True)


def of_activation(record: UpdateRecord, q: Quantity) -> Comparison | str:
    """∂L_m/∂a of one unit or input against the loss with a moved up and down."""
    layer, m = q.layer, q.sample
    what = f"∂L/∂{named(record, of_unit('a' if layer else 'input', layer, q.unit, m))}"
    return of_moved_unit(record, layer, m, q.unit, what, upstream(record, layer, q.unit, m), moves_z=False)


def of_moved_unit(
    record: UpdateRecord, layer: int, m: int, unit: int, what: str, exact: float, moves_z: bool
) -> Comparison | str:
    """∂L_m/∂z or ∂L_m/∂a of one unit: its number is moved, and all that is above it computed anew."""
    network = record.before
    corners = find_corners(network.architecture, [z[m : m + 1] for z in record.passed.z])
    source = record.passed.z[layer - 1] if moves_z else record.passed.a[layer]
    left: list[tuple[int, int, int]] = []

    def losses(number: float) -> Floats:
        moved = source[m : m + 1].copy()
        moved[0, unit] = number
        zs = [z[m : m + 1] for z in record.passed.z]
        a = moved
        for above in range(layer - 1 if moves_z else layer, record.layers):
            if above >= layer:
                moved = a @ network.weights[above]
                if network.biases:
                    moved += network.biases[above]
            zs[above], a = moved, np.empty_like(moved)
            ACTIVATIONS[network.architecture.activations[above]].value(moved, a)
        corner = left_corner(corners, zs)
        if corner is not None:
            left.append((corner[0], m, corner[2]))
        return LOSSES[record.settings.rules.loss].value(zs[-1], a, record.targets[m : m + 1])

    found = judged(what, exact, losses, float(source[m, unit]))
    return no_derivative(record, left[0]) if left else found


def of_slope(record: UpdateRecord, q: Quantity) -> Comparison | str:
    """φ′(z) against φ at z moved up and down."""
    home = value(record, q.of_unit("z"))
    activation = ACTIVATIONS[record.before.architecture.activations[q.layer - 1]]
    if home == 0 and activation.at_corner is not None:
        return no_derivative(record, (q.layer, q.sample, q.unit))

    def values(number: float) -> Floats:
        out = np.empty((1, 1))
        activation.value(np.array([[number]]), out)
        return out[0]

    return judged(named(record, q), value(record, q), values, home)


def of_batch(record: UpdateRecord, reduction: Reduction | None = None) -> Comparison | str:
    """All weights and biases of the whole batch at once, by the reduction in force unless another is asked for."""
    reduction = reduction or record.settings.rules.reduction
    return of_samples(record, slice(None), reduction, f"|∇L| of the batch, {reduction}")


def of_samples(record: UpdateRecord, rows: slice, reduction: Reduction, what: str) -> Comparison | str:
    """All weights and biases for some rows of the batch, or why that would take too long or cannot be."""
    x, y = record.passed.a[0][rows], record.targets[rows]
    parameters = record.before.architecture.parameters
    if 2.0 * parameters * parameters * len(x) > MOST_WORK:
        return f"{parameters} parameters × {len(x)} samples: checking them all would take too long"
    found = check(record.before, record.settings.rules.loss, x, y, reduction)
    out = int(found.corners.sum())
    if out == parameters:
        return f"{what}: not differentiable in any weight or bias: a z is exactly 0, where φ has a corner"
    lengths = [
        math.sqrt(np.dot(vector, vector))
        for vector in (found.backprop[~found.corners], found.differences[~found.corners])
    ]
    left_out = (
        f"{out} of {parameters} weights and biases left out: not differentiable where a z is exactly 0" if out else ""
    )
    return Comparison(
        what, lengths[0], lengths[1], found.agrees, found.relative_error, record.names.symbol(found.worst), left_out
    )
