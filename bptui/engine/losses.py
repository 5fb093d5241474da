"""Losses, one number per sample, and where back-propagation begins: δ = ∂L/∂z of the output layer.

Shapes: z, a, y are n × o, a loss is (n,). Nothing here sums or averages over samples.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bptui.engine.activations import Activation, row_maxima, row_sums
from bptui.engine.types import HALF, ZERO, Floats, number

LARGEST = number(float(np.finfo(np.float64).max))
LOWEST = number(-float(np.finfo(np.float64).max))


def half_squared_error(z: Floats, a: Floats, y: Floats) -> Floats:
    """½ Σ_k (a_k − y_k)²"""
    return HALF * squared_error(z, a, y)


def half_squared_error_slope(a: Floats, y: Floats, out: Floats) -> None:
    """a − y"""
    np.subtract(a, y, out)


def squared_error(z: Floats, a: Floats, y: Floats) -> Floats:
    """Σ_k (a_k − y_k)²"""
    miss = a - y
    return row_sums(miss * miss)


def squared_error_slope(a: Floats, y: Floats, out: Floats) -> None:
    """2 (a − y)"""
    np.multiply(2.0, a - y, out=out)


def mean_squared_error(z: Floats, a: Floats, y: Floats) -> Floats:
    """(1/o) Σ_k (a_k − y_k)²: the mean over outputs, not over samples."""
    return squared_error(z, a, y) / a.shape[1]


def mean_squared_error_slope(a: Floats, y: Floats, out: Floats) -> None:
    """2 (a − y) / o"""
    np.multiply(2.0 / a.shape[1], a - y, out=out)


def binary_cross_entropy(z: Floats, a: Floats, y: Floats) -> Floats:
    """−Σ_k [y ln a + (1 − y) ln(1 − a)] with a = sigmoid(z), written in z so that it stays finite:
    max(z, 0) − z y + ln(1 + e^−|z|)."""
    terms = np.maximum(z, ZERO) - z * y + np.log1p(np.exp(-np.abs(z)))
    return np.minimum(row_sums(terms), LARGEST)


def cross_entropy(z: Floats, a: Floats, y: Floats) -> Floats:
    """−Σ_k y_k ln a_k with a = softmax(z), written in z so that it stays finite:
    ln Σ_j e^(z_j − m) − Σ_k y_k (z_k − m), m = max z."""
    shifted = z - row_maxima(z)
    np.maximum(shifted, LOWEST, out=shifted)  # z_k − m may overflow to −inf, and 0 · inf is no number
    chosen = row_sums(shifted * y)
    np.exp(shifted, out=shifted)
    return np.log(row_sums(shifted)) - chosen


def output_minus_target(a: Floats, y: Floats, out: Floats) -> None:
    """δ = a − y: what ∂L/∂a · φ′ comes to for sigmoid with binary cross-entropy and for softmax with
    cross-entropy (Bishop 2006, section 5.3), with no division that could fail at a = 0 or 1."""
    np.subtract(a, y, out)


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss. ``slope`` writes ∂L/∂a, or δ itself where ``joined`` names the output activation it needs.

    A sample's answer counts as right where its loss is below ``right_below``: what a probability of about 0.9 for
    the right class leaves, or an error of 0.1 in one output.
    """

    name: str
    formula: str
    slope_formula: str
    value: Callable[[Floats, Floats, Floats], Floats]
    slope: Callable[[Floats, Floats, Floats], None]
    right_below: float
    joined: str | None = None

    def delta(self, activation: Activation, z: Floats, a: Floats, y: Floats, out: Floats, scratch: Floats) -> None:
        """Write δ = ∂L/∂z of the output layer into ``out``; all arrays n × o."""
        self.slope(a, y, out)
        if self.joined is None:
            activation.pull_back(out, z, a, scratch)


LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        Loss("half-squared-error", "½ Σ (a − y)²", "a − y", half_squared_error, half_squared_error_slope, 0.005),
        Loss("squared-error", "Σ (a − y)²", "2 (a − y)", squared_error, squared_error_slope, 0.01),
        Loss(
            "mean-squared-error",
            "(1/o) Σ (a − y)²",
            "2 (a − y) / o",
            mean_squared_error,
            mean_squared_error_slope,
            0.01,
        ),
        Loss(
            "binary-cross-entropy",
            "−Σ [y ln a + (1 − y) ln(1 − a)]",
            "a − y",
            binary_cross_entropy,
            output_minus_target,
            0.1,
            joined="sigmoid",
        ),
        Loss("cross-entropy", "−Σ y ln a", "a − y", cross_entropy, output_minus_target, 0.1, joined="softmax"),
    )
}
