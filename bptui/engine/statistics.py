"""Statistics of a batch from the factored pass: no per-sample gradient of a whole batch is ever in memory.

For one layer, sample m's gradient is the outer product a_m ⊗ δ_m (weights) and δ_m (biases). From that:
its squared norm is (|a_m|² + 1)|δ_m|², the sum over samples is aᵀδ, the sum of squares is (a²)ᵀ(δ²), and the
inner product with any matrix G is a_m G δ_mᵀ.
"""

from dataclasses import dataclass
from functools import reduce

import numpy as np

from bptui.engine.activations import row_sums
from bptui.engine.backprop import Pass, sum_gradients
from bptui.engine.network import Architecture, Parameters
from bptui.engine.reduce import mean_over_samples, reduce_over_samples, sum_over_samples
from bptui.engine.types import ONE, ZERO, Floats
from bptui.engine.weight import Weight

ROUNDING = 1e-14  # of a squared mean: variances below are those of the last digits


@dataclass(frozen=True, slots=True, eq=False)
class BatchStatistics:
    """norms (n,): length of each sample's gradient. mean, variance (p each): over the samples, per parameter.
    cosines (n,): of each sample's gradient with the mean (0 where either is zero); (0,) if not asked for.
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
        total += squared_lengths(a * a, delta * delta, biases)
    return total


def squared_lengths(a_squared: Floats, delta_squared: Floats, biases: bool) -> Floats:
    """(|a_m|² + 1)|δ_m|² of one layer, (n,), from a² (n × i) and δ² (n × o); without biases there is no 1."""
    return (row_sums(a_squared) + (ONE if biases else ZERO)) * row_sums(delta_squared)


def inner_products(passed: Pass, vector: Parameters) -> Floats:
    """⟨∂L_m/∂θ, vector⟩ for every sample m, (n,)."""
    total = np.zeros(len(passed.loss))
    for layer, delta in enumerate(passed.delta):
        along = passed.a[layer].dot(vector.weights[layer])
        if vector.biases:
            along += vector.biases[layer]
        along *= delta
        total += row_sums(along)
    return total


def sum_of_squares(passed: Pass, out: Parameters) -> Floats:
    """Fill Σ_m (∂L_m/∂θ)², element by element, and return the squared norms (n,): the outer products a² ⊗ δ²
    summed over the samples, and over the parameters."""
    of_layers = []
    for layer, delta in enumerate(passed.delta):
        a_squared, delta_squared = passed.a[layer] * passed.a[layer], delta * delta
        a_squared.T.dot(delta_squared, out.weights[layer])
        if out.biases:
            sum_over_samples(delta_squared, out.biases[layer])
        of_layers.append(squared_lengths(a_squared, delta_squared, bool(out.biases)))
    return reduce(np.add, of_layers)


def batch_statistics(architecture: Architecture, passed: Pass, with_cosines: bool = True) -> BatchStatistics:
    """All statistics of a pass over n samples, in memory of the order of θ and of the activations.

    The cosines take one matrix product a layer more than the rest.
    """
    n = len(passed.loss)
    mean, variance = Parameters.zeros(architecture), Parameters.zeros(architecture)
    sum_gradients(passed, mean)
    reduce_over_samples(mean.flat, n, "mean", mean.flat)
    squares = sum_of_squares(passed, variance)
    reduce_over_samples(variance.flat, n, "mean", variance.flat)
    length_of_mean = float(mean.flat.dot(mean.flat))
    of_mean = mean.flat * mean.flat
    variance.flat -= of_mean
    of_mean *= ROUNDING
    variance.flat[variance.flat <= of_mean] = 0.0  # what rounding leaves where all samples agree is no noise
    norms = np.sqrt(squares)
    cosines = cosines_with(mean, norms, passed) if with_cosines else np.empty(0)
    spread = float(mean_over_samples(squares)) - length_of_mean
    spread = spread if spread > ROUNDING * length_of_mean else 0.0
    noise_scale = spread / length_of_mean if length_of_mean > 0 else float("inf")
    return BatchStatistics(norms, mean, variance, cosines, noise_scale)


def cosines_with(vector: Parameters, norms: Floats, passed: Pass) -> Floats:
    """cos(∂L_m/∂θ, vector) for every sample m, (n,), from the lengths of the samples' gradients."""
    lengths = norms * np.sqrt(vector.flat.dot(vector.flat))
    return np.divide(inner_products(passed, vector), lengths, out=np.zeros(len(norms)), where=lengths > 0)


def sample_gradient(architecture: Architecture, passed: Pass, sample: int) -> Parameters:
    """∂L_m/∂θ of one sample m (from 0), in full: a_m ⊗ δ_m and δ_m for every layer. Raises IndexError."""
    if not 0 <= sample < len(passed.loss):
        raise IndexError(f"no sample {sample}; there are 0 to {len(passed.loss) - 1}")
    one = Parameters.zeros(architecture)
    sum_gradients(passed.rows(slice(sample, sample + 1)), one)
    return one


def contributions(passed: Pass, weight: Weight) -> Floats:
    """What each sample adds to one weight's gradient: a_i · δ_j per sample, (n,); a bias has the input 1.

    Raises IndexError for a weight that the pass has no numbers of; whether there are biases it cannot know.
    """
    weight.require([a.shape[1] for a in passed.a])
    delta = passed.delta[weight.layer - 1][:, weight.unit]
    return delta.copy() if weight.is_bias else passed.a[weight.layer - 1][:, weight.source] * delta
