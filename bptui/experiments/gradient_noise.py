"""The noise of a gradient in three figures, measured on a fair choice of the training samples."""

from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np

from bptui.engine.backprop import Pass, backward, forward
from bptui.engine.losses import LOSSES
from bptui.engine.network import Network
from bptui.engine.reduce import share_of_samples
from bptui.engine.statistics import batch_statistics
from bptui.engine.types import Integers, quiet
from bptui.training.problem import Problem
from bptui.training.settings import Settings

PROBE = 512  # samples the noise is measured on, at most


@dataclass(frozen=True, slots=True)
class GradientNoise:
    """Noise of the gradient at a lane's current weights, the per-sample gradients taken over a probe.

    The probe is the training set, or PROBE of its samples drawn by the seed, the same ones every time: the first ones
    would not do where the data are sorted, nor a lane's own batch, since the variance within a batch of one is 0.

    Attributes:
        variance: tr Σ, the variance of the per-sample gradients, all parameters together.
        scale: tr Σ / |G|², the simple noise scale in samples (McCandlish et al. 2018, eq. 2.9); G is the mean.
        of_batch: √(tr Σ / n · (N − n)/(N − 1)) / |G|: how far the mean of n samples, drawn without putting back
            from N, lies from G, as a fraction of it. 0 for the full batch; the same for sum and mean.
    """

    variance: float
    scale: float
    of_batch: float


def probe(count: int, seed: int) -> Integers:
    """Places in the training set on which the noise is measured: all, or a fair choice of PROBE that the seed makes."""
    if count <= PROBE:
        return np.arange(count)
    return np.sort(np.random.default_rng([seed, 5]).permutation(count)[:PROBE])


def gradient_noise(problem: Problem, network: Network, settings: Settings) -> GradientNoise:
    """See :class:`GradientNoise`."""
    count, size = problem.count, min(settings.batch_size or problem.count, problem.count)
    places = probe(count, problem.seed)
    passed = Pass.empty(network.architecture, len(places))
    passed.a[0][:] = problem.train_x[places]
    with quiet():
        forward(network, passed)
        backward(network, LOSSES[settings.rules.loss], problem.train_y[places], passed)
        statistics = batch_statistics(network.architecture, passed, with_cosines=False)
        variance = float(statistics.variance.flat.sum())
        of_mean = share_of_samples(variance, size)
        length = float(np.linalg.norm(statistics.mean.flat))
    rest = (count - size) / (count - 1) if count > 1 else 0.0
    distance = sqrt(of_mean * rest) if isfinite(of_mean) else float("inf")
    of_batch = distance / length if length > 0 else float("inf") if distance > 0 else 0.0
    return GradientNoise(variance, statistics.noise_scale, of_batch)
