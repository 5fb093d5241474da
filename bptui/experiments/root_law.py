"""The 1/√n law, measured: how far the means of batches of one size lie from the mean of all samples."""

from bisect import insort
from dataclasses import dataclass
from math import ceil, nan, sqrt

import numpy as np

from bptui.engine.reduce import mean_over_samples, share_of_samples
from bptui.engine.types import Floats

BATCHES = 1000  # drawn of each size, at least, as far as MOST_DRAWN allows
MOST_DRAWN = 500_000  # samples drawn for one size
ROUNDING = 1e-12  # of a deviation


@dataclass(frozen=True, slots=True)
class Law:
    """Batches of one size, drawn without replacement: the deviation of their mean as measured on ``batches`` of
    them, what deviation/√n says, the finite population factor √((N − n)/(N − 1)), both multiplied (``expected``),
    and measured ÷ expected (nan where that is zero)."""

    size: int
    batches: int
    measured: float
    root_law: float
    factor: float
    expected: float
    ratio: float


def batch_sizes(count: int, own: int) -> list[int]:
    """1, 4, 16, 64 … below ``count`` (powers of 2 where that is small), the run's own batch size, and all."""
    base = 2 if count <= 32 else 4
    sizes = [base**k for k in range(20) if base**k < count]
    for size in (own, count):
        if size <= count and size not in sizes:
            insort(sizes, size)
    return sizes


def law_of(values: Floats, mean: float, variance: float, size: int, rng: np.random.Generator) -> Law:
    """Measure batches of one size: as an epoch does, the samples are shuffled and cut into whole batches, again and
    again. The deviation is taken from the mean of all, which is known."""
    count = len(values)
    each = count // size
    rounds = max(min(ceil(BATCHES / each), MOST_DRAWN // count), 1) if size < count else 1
    squares = np.empty((rounds, each))
    for k in range(rounds):
        drawn = rng.permutation(values)[: each * size].reshape(each, size)
        squares[k] = (mean_over_samples(drawn.T) - mean) ** 2
    measured = sqrt(mean_over_samples(squares.ravel()))
    if measured < ROUNDING * sqrt(variance):  # all samples together have no noise but that of their last digits
        measured = 0.0
    root_law = sqrt(share_of_samples(variance, size))
    factor = sqrt((count - size) / (count - 1)) if count > 1 else 0.0
    expected = root_law * factor
    return Law(size, squares.size, measured, root_law, factor, expected, measured / expected if expected > 0 else nan)
