"""Back-propagation once more, in plain Python: one sample at a time, lists and math, no numpy arithmetic.

Written from the chain rule of the textbooks and kept naive on purpose: derivatives by their definitions, the
losses in terms of a, the softmax through its whole Jacobian. It shares no formula with the engine's shortcuts.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from bptui.engine import Network

Row = list[float]
Table = list[Row]


@dataclass(frozen=True)
class OneSample:
    """Per layer: z, a (a[0] is the input), δ, and the gradient of weights (i × o) and biases."""

    z: Table
    a: Table
    delta: Table
    loss: float
    weights: list[Table]
    biases: Table

    def flat(self, has_biases: bool) -> Row:
        """The gradient in the order of θ: each layer's weights row by row, then its biases."""
        numbers: Row = []
        for weights, biases in zip(self.weights, self.biases, strict=True):
            numbers += [number for row in weights for number in row]
            numbers += biases if has_biases else []
        return numbers


def sigmoid(z: float) -> float:
    return 1.0 / (1.0 + math.exp(-z))


def normal(z: float) -> float:
    return 0.5 * (1.0 + math.erf(z / math.sqrt(2.0)))


VALUES: dict[str, Callable[[float], float]] = {
    "identity": lambda z: z,
    "sigmoid": sigmoid,
    "tanh": lambda z: (math.exp(z) - math.exp(-z)) / (math.exp(z) + math.exp(-z)),
    "relu": lambda z: z if z > 0 else 0.0,
    "leaky-relu": lambda z: z if z > 0 else 0.01 * z,
    "softplus": lambda z: math.log(1.0 + math.exp(z)),
    "gelu": lambda z: z * normal(z),
}
SLOPES: dict[str, Callable[[float], float]] = {
    "identity": lambda _: 1.0,
    "sigmoid": lambda z: sigmoid(z) * sigmoid(-z),
    "tanh": lambda z: 1.0 / math.cosh(z) ** 2,
    "relu": lambda z: 1.0 if z > 0 else 0.0,
    "leaky-relu": lambda z: 1.0 if z > 0 else 0.01,
    "softplus": sigmoid,
    "gelu": lambda z: normal(z) + z * math.exp(-z * z / 2) / math.sqrt(2 * math.pi),
}


def activate(name: str, z: Row) -> Row:
    if name == "softmax":
        return [math.exp(one) / sum(math.exp(other) for other in z) for one in z]
    return [VALUES[name](one) for one in z]


def jacobian(name: str, z: Row) -> Table:
    """∂a_k/∂z_j."""
    places = range(len(z))
    if name == "softmax":
        a = activate(name, z)
        return [[a[k] * ((k == j) - a[j]) for j in places] for k in places]
    return [[SLOPES[name](z[k]) if k == j else 0.0 for j in places] for k in places]


def loss_and_slope(name: str, a: Row, y: Row) -> tuple[float, Row]:
    """L and ∂L/∂a."""
    pairs = list(zip(a, y, strict=True))
    square = sum((p - t) ** 2 for p, t in pairs)
    match name:
        case "half-squared-error":
            return square / 2, [p - t for p, t in pairs]
        case "squared-error":
            return square, [2 * (p - t) for p, t in pairs]
        case "mean-squared-error":
            return square / len(a), [2 * (p - t) / len(a) for p, t in pairs]
        case "binary-cross-entropy":
            loss = -sum(t * math.log(p) + (1 - t) * math.log(1 - p) for p, t in pairs)
            return loss, [(1 - t) / (1 - p) - t / p for p, t in pairs]
        case "cross-entropy":
            return -sum(t * math.log(p) for p, t in pairs), [-t / p for p, t in pairs]
    raise ValueError(name)


def one_sample(network: Network, loss: str, x: Row, y: Row) -> OneSample:
    names = network.architecture.activations
    weights: list[Table] = [layer.tolist() for layer in network.weights]
    biases: Table = [layer.tolist() for layer in network.biases] or [[0.0] * len(w[0]) for w in weights]
    a, z = [x], []
    for w, b, name in zip(weights, biases, names, strict=True):
        z.append([sum(a[-1][i] * w[i][o] for i in range(len(w))) + b[o] for o in range(len(b))])
        a.append(activate(name, z[-1]))
    value, upstream = loss_and_slope(loss, a[-1], y)
    delta: Table = []
    for w, name, pre in zip(reversed(weights), reversed(names), reversed(z), strict=True):
        slopes = jacobian(name, pre)
        delta.insert(0, [sum(upstream[k] * slopes[k][j] for k in range(len(pre))) for j in range(len(pre))])
        upstream = [sum(w[i][o] * delta[0][o] for o in range(len(pre))) for i in range(len(w))]
    summed = [[[p * d for d in delta[layer]] for p in a[layer]] for layer in range(len(names))]
    return OneSample(z, a, delta, value, summed, [list(row) for row in delta])


def all_samples(network: Network, loss: str, x: Table, y: Table) -> list[OneSample]:
    return [one_sample(network, loss, row, target) for row, target in zip(x, y, strict=True)]
