"""Activation functions: a = φ(z), and φ′ right below each.

Every function writes into ``out`` (same shape as z, n × o), which belongs to the pass. Its last operation writes there
itself: with a copy instead, an update of 1 000 samples takes up to 1.3 times as long. A slope may use the activation a
that the forward pass already computed.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bptui.engine.reduce import ones
from bptui.engine.types import ONE, ZERO, Floats, number

LEAK = 0.01
"""Slope of the leaky ReLU below zero (Maas et al. 2013)."""
LEAKED = number(LEAK)


def identity(z: Floats, out: Floats) -> None:
    """z"""
    out[:] = z


def identity_slope(z: Floats, a: Floats, out: Floats) -> None:
    """1"""
    out[:] = 1.0


def sigmoid(z: Floats, out: Floats) -> None:
    """1 / (1 + e^−z); e^−z may be inf, and the result is then 0."""
    np.divide(ONE, ONE + np.exp(-z), out)


def sigmoid_slope(z: Floats, a: Floats, out: Floats) -> None:
    """a (1 − a)"""
    np.multiply(a, ONE - a, out)


def tanh(z: Floats, out: Floats) -> None:
    """tanh z"""
    np.tanh(z, out)


def tanh_slope(z: Floats, a: Floats, out: Floats) -> None:
    """1 − a²"""
    np.subtract(ONE, a * a, out)


def relu(z: Floats, out: Floats) -> None:
    """max(z, 0)"""
    np.maximum(z, ZERO, out=out)


def relu_slope(z: Floats, a: Floats, out: Floats) -> None:
    """1 where z > 0, else 0; at the corner z = 0 we say 0."""
    out[:] = z > ZERO


def leaky_relu(z: Floats, out: Floats) -> None:
    """z where z > 0, else LEAK · z"""
    np.maximum(z, LEAKED * z, out=out)


def leaky_relu_slope(z: Floats, a: Floats, out: Floats) -> None:
    """1 where z > 0, else LEAK; at the corner z = 0 we say LEAK."""
    np.maximum(z > ZERO, LEAKED, out=out)


def softplus(z: Floats, out: Floats) -> None:
    """ln(1 + e^z), without overflow"""
    np.logaddexp(ZERO, z, out)


def softplus_slope(z: Floats, a: Floats, out: Floats) -> None:
    """1 / (1 + e^−z)"""
    sigmoid(z, out)


def gelu(z: Floats, out: Floats) -> None:
    """z Φ(z), Φ the normal distribution (Hendrycks & Gimpel 2016)."""
    np.multiply(z, normal_distribution(z), out=out)


def gelu_slope(z: Floats, a: Floats, out: Floats) -> None:
    """Φ(z) + z e^(−z²/2) / √(2π)"""
    density = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    np.add(normal_distribution(z), z * density, out=out)


def normal_distribution(z: Floats) -> Floats:
    """Φ(z) = ½ erfc(−z/√2); numpy has no erfc, the standard library's is exact to the last digits."""
    scaled = (-z / math.sqrt(2.0)).ravel().tolist()
    return 0.5 * np.fromiter(map(math.erfc, scaled), np.float64, len(scaled)).reshape(z.shape)


def softmax(z: Floats, out: Floats) -> None:
    """e^z_k / Σ_j e^z_j of each row, shifted by the row's largest z so that e^ stays finite."""
    powers = np.exp(z - row_maxima(z))
    np.divide(powers, row_sums(powers)[:, None], out=out)


def softmax_pull_back(upstream: Floats, a: Floats) -> None:
    """δ_k = a_k (g_k − Σ_j g_j a_j), written over g = ∂L/∂a (n × o)."""
    g = upstream
    upstream[:] = a * (g - row_sums(g * a)[:, None])


def row_sums(values: Floats) -> Floats:
    """Σ_k of each row, (n,); a single column is its own sum, and not copied."""
    columns = values.shape[1]
    return values.dot(ones(columns)) if columns > 1 else values[:, 0]


def row_maxima(values: Floats) -> Floats:
    """The largest of each row, n × 1. Numpy is quick along columns, so the rows become columns first."""
    return np.maximum.reduce(values.T.copy(), axis=0)[:, None]


@dataclass(frozen=True, slots=True)
class Activation:
    """One activation function; ``slope`` is None for softmax, whose outputs depend on all of z.

    ``at_corner`` is what φ′ is said to be at z = 0, by convention, where φ has a corner there and so no derivative.
    """

    name: str
    formula: str
    slope_formula: str
    value: Callable[[Floats, Floats], None]
    slope: Callable[[Floats, Floats, Floats], None] | None
    at_corner: float | None = None

    def pull_back(self, upstream: Floats, z: Floats, a: Floats, scratch: Floats) -> None:
        """Turn ``upstream`` = ∂L/∂a into δ = ∂L/∂z in place; all arrays n × o."""
        if self.slope is None:
            softmax_pull_back(upstream, a)
        else:
            self.slope(z, a, scratch)
            upstream *= scratch


ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation
    for activation in (
        Activation("identity", "z", "1", identity, identity_slope),
        Activation("sigmoid", "1 / (1 + e^−z)", "a (1 − a)", sigmoid, sigmoid_slope),
        Activation("tanh", "tanh z", "1 − a²", tanh, tanh_slope),
        Activation("relu", "max(z, 0)", "1 if z > 0 else 0", relu, relu_slope, 0.0),
        Activation("leaky-relu", "max(z, 0.01 z)", "1 if z > 0 else 0.01", leaky_relu, leaky_relu_slope, LEAK),
        Activation("softplus", "ln(1 + e^z)", "1 / (1 + e^−z)", softplus, softplus_slope),
        Activation("gelu", "z Φ(z)", "Φ(z) + z Φ′(z)", gelu, gelu_slope),
        Activation("softmax", "e^z_k / Σ e^z_j", "a_k ([k = j] − a_j)", softmax, None),
    )
}
