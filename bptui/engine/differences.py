"""Trust on the spot: back-propagation against central differences, for a whole batch.

(L(θ + ε) − L(θ − ε)) / 2ε costs two forward passes per parameter and knows nothing of the chain rule.
"""

from dataclasses import dataclass

import numpy as np

from bptui.engine.backprop import Pass, backward, forward, sum_gradients
from bptui.engine.losses import LOSSES
from bptui.engine.network import Architecture, Network, Parameters
from bptui.engine.reduce import Reduction, reduce_over_samples
from bptui.engine.types import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """Both gradients (p each), their relative distance |b − d| / (|b| + |d|), and the worst parameter's name.
    Gradients that are next to nothing are measured against the rounding noise of the differences, not each other."""

    backprop: Floats
    differences: Floats
    relative_error: float
    worst: str


def check(
    network: Network, loss: str, x: Floats, y: Floats, reduction: Reduction = "mean", epsilon: float = 1e-5
) -> Check:
    """Compare for inputs x (n × i) and targets y (n × o); ε is the distance moved in each parameter."""
    n = len(x)
    architecture = network.architecture
    moved = Network(architecture, network.flat.copy())
    passed = Pass.empty(architecture, n)
    passed.a[0][:] = x
    exact, differences = Parameters.zeros(architecture), np.empty(architecture.parameters)
    with np.errstate(over="ignore"):
        forward(network, passed)
        backward(network, LOSSES[loss], y, passed)
        sum_gradients(passed, exact)
        for k in range(architecture.parameters):
            differences[k] = central_difference(moved, loss, y, passed, k, epsilon)
    for vector in (exact.flat, differences):
        reduce_over_samples(vector, n, reduction, vector)
    miss = np.abs(exact.flat - differences)
    size = float(np.linalg.norm(exact.flat) + np.linalg.norm(differences))
    noise = 4 * float(np.finfo(np.float64).eps * np.abs(passed.loss).sum() * np.sqrt(len(miss))) / epsilon
    size = max(size, 1e7 * noise)
    relative = float(np.linalg.norm(miss)) / size if size > 0 else 0.0
    return Check(exact.flat, differences, relative, parameter_name(architecture, int(np.argmax(miss))))


def central_difference(moved: Network, loss: str, y: Floats, passed: Pass, k: int, epsilon: float) -> float:
    """d(Σ_n L_n)/dθ_k by two forward passes. Losses are subtracted sample by sample, before summing:
    the small difference is then not lost in a large total."""
    home = moved.flat[k]
    moved.flat[k] = home + epsilon
    above = moved.flat[k]
    forward(moved, passed)
    high = LOSSES[loss].value(passed.z[-1], passed.a[-1], y)
    moved.flat[k] = home - epsilon
    below = moved.flat[k]
    forward(moved, passed)
    low = LOSSES[loss].value(passed.z[-1], passed.a[-1], y)
    moved.flat[k] = home
    return float(np.add.reduce(high - low) / (above - below))


def parameter_name(architecture: Architecture, k: int) -> str:
    """``weights[l][i][o]`` or ``biases[l][o]`` of the k-th parameter, layers counted from 0 as in a scenario file."""
    position = np.zeros(architecture.parameters)
    position[k] = 1.0
    weights, biases = architecture.views(position)
    for layer, weight in enumerate(weights):
        if weight.any():
            i, o = np.argwhere(weight)[0]
            return f"weights[{layer}][{i}][{o}]"
    for layer, bias in enumerate(biases):
        if bias.any():
            return f"biases[{layer}][{int(np.argmax(bias))}]"
    raise IndexError(k)
