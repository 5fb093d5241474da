"""Statistics of a batch from the factored pass: no per-sample gradient of a whole batch is ever in memory.

For one layer, sample m's gradient is the outer product a_m ⊗ δ_m (weights) and δ_m (biases). From that:
its squared norm is (|a_m|² + 1)|δ_m|², the sum over samples is aᵀδ, the sum of squares is (a²)ᵀ(δ²), and the
inner product with any matrix G is a_m G δ_mᵀ.
"""

from dataclasses import dataclass

import numpy as np

from bptui.engine.backprop import Pass, sum_gradients
from bptui.engine.network import Architecture, Parameters
from bptui.engine.reduce import mean_over_samples, reduce_over_samples
from bptui.engine.types import Floats


@dataclass(frozen=True, slots=True, eq=False)
class BatchStatistics:
    """norms (n,): length of each sample's gradient. mean, variance (p each): over the samples, per parameter.
    cosines (n,): of each sample's gradient with the mean (0 where either is zero).
    noise_scale: tr(Σ) / |G|², the "simple" gradient noise scale in samples (McCandlish et al. 2018, eq. 2.9),
    Σ the covariance of the per-sample gradients over this batch and G their mean; inf where G is zero.
    """

    norms: Floats
    mean: Parameters
    variance: Parameters
    cosines: Floats
    noise_scale: float


def squared_norms(passed: Pass, biases: bool) -> Floats:
    """|∂L_m/∂θ|² for every sample m, (n,)."""
    total = np.zeros(len(passed.loss))
    for a, delta in zip(passed.a, passed.delta, strict=False):
        inputs = np.einsum("ni,ni->n", a, a)
        if biases:
            inputs += 1.0
        total += inputs * np.einsum("no,no->n", delta, delta)
    return total


def inner_products(passed: Pass, vector: Parameters) -> Floats:
    """⟨∂L_m/∂θ, vector⟩ for every sample m, (n,)."""
    total = np.zeros(len(passed.loss))
    for layer, delta in enumerate(passed.delta):
        along = np.dot(passed.a[layer], vector.weights[layer])
        if vector.biases:
            along += vector.biases[layer]
        total += np.einsum("no,no->n", along, delta)
    return total


def sum_of_squares(passed: Pass, out: Parameters) -> None:
    """Σ_m (∂L_m/∂θ)², element by element."""
    for layer, delta in enumerate(passed.delta):
        squared = delta * delta
        np.dot((passed.a[layer] * passed.a[layer]).T, squared, out=out.weights[layer])
        if out.biases:
            np.add.reduce(squared, axis=0, out=out.biases[layer])


def batch_statistics(architecture: Architecture, passed: Pass) -> BatchStatistics:
    """All statistics of a pass over n samples, in memory of the order of θ and of the activations."""
    n = len(passed.loss)
    mean, variance = Parameters.zeros(architecture), Parameters.zeros(architecture)
    sum_gradients(passed, mean)
    reduce_over_samples(mean.flat, n, "mean", mean.flat)
    sum_of_squares(passed, variance)
    reduce_over_samples(variance.flat, n, "mean", variance.flat)
    squares = squared_norms(passed, bool(mean.biases))
    along = inner_products(passed, mean)
    length_of_mean = float(np.dot(mean.flat, mean.flat))
    variance.flat -= mean.flat * mean.flat
    np.maximum(variance.flat, 0.0, out=variance.flat)  # rounding may leave −1e-17 where all samples agree
    norms = np.sqrt(squares)
    lengths = norms * np.sqrt(length_of_mean)
    cosines = np.divide(along, lengths, out=np.zeros(n), where=lengths > 0)
    spread = max(float(mean_over_samples(squares)) - length_of_mean, 0.0)
    noise_scale = spread / length_of_mean if length_of_mean > 0 else float("inf")
    return BatchStatistics(norms, mean, variance, cosines, noise_scale)


def sample_gradient(architecture: Architecture, passed: Pass, sample: int) -> Parameters:
    """∂L_m/∂θ of one sample m, in full: a_m ⊗ δ_m and δ_m for every layer."""
    one = Parameters.zeros(architecture)
    sum_gradients(passed.rows(slice(sample, sample + 1)), one)
    return one


def contributions(passed: Pass, layer: int, source: int, unit: int) -> Floats:
    """What each sample adds to one weight's gradient: a_i · δ_j per sample, (n,). ``layer`` counts from 0;
    source -1 means the bias, whose input is 1."""
    delta = passed.delta[layer][:, unit]
    return delta.copy() if source < 0 else passed.a[layer][:, source] * delta
