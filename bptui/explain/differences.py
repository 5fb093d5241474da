"""Trust on the spot: the number that back-propagation gave against central differences that know no chain rule."""

import math
from dataclasses import dataclass

import numpy as np

from bptui.engine.activations import ACTIVATIONS
from bptui.engine.backprop import Pass, forward
from bptui.engine.differences import check
from bptui.engine.losses import LOSSES
from bptui.engine.network import Network
from bptui.engine.reduce import Reduction, reduce_over_samples
from bptui.engine.types import Floats
from bptui.explain.backward import is_joined
from bptui.explain.quantity import OF_A_WEIGHT, Quantity, name, of_unit, tag, weight_name
from bptui.explain.values import entry, upstream, value
from bptui.training.record import UpdateRecord

EPSILON = 1e-5
MOST_WORK = 5e9  # multiplications of a whole batch's check that one waits for


@dataclass(frozen=True, slots=True)
class Comparison:
    """``what`` was compared, by back-propagation and by central differences. A comparison of whole vectors has their
    relative distance and the name of the ``worst`` parameter; then the two values are the vectors' lengths."""

    what: str
    backprop: float
    differences: float
    relative: float | None = None
    worst: str = ""

    @property
    def miss(self) -> float:
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


def of_weight(record: UpdateRecord, q: Quantity) -> Comparison:
    """d(loss)/d(weight): of one sample for a contribution, of the batch by SUM or MEAN for all else."""
    one = q.kind == "contribution"
    rows = slice(q.sample, q.sample + 1) if one else slice(None)
    reduction: Reduction = record.settings.rules.reduction
    if q.kind in ("sum", "mean"):
        reduction = "sum" if q.kind == "sum" else "mean"
    before = entry(record.before, q)
    high, low = before + EPSILON, before - EPSILON
    gain = losses_with(record, q, high, rows) - losses_with(record, q, low, rows)
    slope = np.array([np.add.reduce(gain) / (high - low)])
    if one:
        return Comparison(name(q), value(record, q), float(slope[0]))
    reduce_over_samples(slope, record.n, reduction, slope)
    exact = value(record, q.of_weight("sum" if reduction == "sum" else "mean"))
    return Comparison(f"{reduction} of ∂L/∂{weight_name(q)} over the batch", exact, float(slope[0]))


def losses_with(record: UpdateRecord, q: Quantity, weight: float, rows: slice) -> Floats:
    """(n,) losses of the batch, or of some of its rows, with one weight or bias set to another value."""
    architecture = record.before.architecture
    moved = Network(architecture, record.before.flat.copy())
    if q.source < 0:
        moved.biases[q.layer - 1][q.unit] = weight
    else:
        moved.weights[q.layer - 1][q.source, q.unit] = weight
    x, y = record.passed.a[0][rows], record.targets[rows]
    passed = Pass.empty(architecture, len(x))
    passed.a[0][:] = x
    with np.errstate(over="ignore"):
        forward(moved, passed)
        return LOSSES[record.settings.rules.loss].value(passed.z[-1], passed.a[-1], y)


def of_pre_activation(record: UpdateRecord, q: Quantity) -> Comparison:
    """∂L_m/∂z of one unit against the loss with z moved up and down: that is δ."""
    layer, m = q.layer, q.sample
    z = np.repeat(record.passed.z[layer - 1][m : m + 1], 2, axis=0)
    moved = z[:, q.unit] + (EPSILON, -EPSILON)
    z[:, q.unit] = moved
    a = np.empty_like(z)
    ACTIVATIONS[record.before.architecture.activations[layer - 1]].value(z, a)
    losses = losses_above(record, layer, z, a, m)
    delta = of_unit("delta", layer, q.unit, m)
    slope = (losses[0] - losses[1]) / (moved[0] - moved[1])
    return Comparison(f"{name(delta)} = ∂L/∂{name(q.of_unit('z'))}", value(record, delta), float(slope))


def of_activation(record: UpdateRecord, q: Quantity) -> Comparison:
    """∂L_m/∂a of one unit or input against the loss with a moved up and down."""
    layer, m = q.layer, q.sample
    a = np.repeat(record.passed.a[layer][m : m + 1], 2, axis=0)
    moved = a[:, q.unit] + (EPSILON, -EPSILON)
    a[:, q.unit] = moved
    losses = losses_above(record, layer, a, a, m)
    slope = (losses[0] - losses[1]) / (moved[0] - moved[1])
    of = name(of_unit("a" if layer else "input", layer, q.unit, m))
    return Comparison(f"∂L/∂{of}", upstream(record, layer, q.unit, m), float(slope))


def losses_above(record: UpdateRecord, layer: int, z: Floats, a: Floats, m: int) -> Floats:
    """(2,) losses of sample m from the activations of a layer on; z and a are 2 × o of that layer."""
    network = record.before
    for above in range(layer, record.layers):
        z = a @ network.weights[above]
        if network.biases:
            z += network.biases[above]
        a = np.empty_like(z)
        ACTIVATIONS[network.architecture.activations[above]].value(z, a)
    y = np.repeat(record.targets[m : m + 1], 2, axis=0)
    return LOSSES[record.settings.rules.loss].value(z, a, y)


def of_slope(record: UpdateRecord, q: Quantity) -> Comparison:
    """φ′(z) against φ at z moved up and down."""
    home = value(record, q.of_unit("z"))
    z = np.array([[home + EPSILON, home - EPSILON]])
    a = np.empty_like(z)
    ACTIVATIONS[record.before.architecture.activations[q.layer - 1]].value(z, a)
    return Comparison(name(q), value(record, q), float((a[0, 0] - a[0, 1]) / (z[0, 0] - z[0, 1])))


def of_batch(record: UpdateRecord, reduction: Reduction | None = None) -> Comparison | str:
    """All weights and biases of the whole batch at once, by the reduction in force unless another is asked for."""
    reduction = reduction or record.settings.rules.reduction
    return of_samples(record, slice(None), reduction, f"|∇L| of the batch, {reduction}")


def of_samples(record: UpdateRecord, rows: slice, reduction: Reduction, what: str) -> Comparison | str:
    x, y = record.passed.a[0][rows], record.targets[rows]
    parameters = record.before.architecture.parameters
    if 2.0 * parameters * parameters * len(x) > MOST_WORK:
        return f"{parameters} parameters × {len(x)} samples: checking them all would take too long"
    found = check(record.before, record.settings.rules.loss, x, y, reduction, EPSILON)
    lengths = [math.sqrt(np.dot(vector, vector)) for vector in (found.backprop, found.differences)]
    return Comparison(what, lengths[0], lengths[1], found.relative_error, found.worst)
