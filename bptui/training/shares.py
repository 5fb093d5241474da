"""What each rank has of a batch that several machines share: its samples, their sum and their mean."""

from dataclasses import dataclass

import numpy as np

from bptui.engine.backprop import Pass, sum_gradients
from bptui.engine.network import Architecture, Parameters
from bptui.engine.parts import rank_slices
from bptui.engine.reduce import reduce_over_samples
from bptui.engine.types import read_only


@dataclass(frozen=True, slots=True, eq=False)
class Share:
    """Rank ``rank`` (from 0) has these rows of the batch; Σ of their gradients, and Σ / n, None without samples."""

    rank: int
    rows: slice
    summed: Parameters
    mean: Parameters | None

    @property
    def n(self) -> int:
        """Its number of samples."""
        return int(self.rows.stop - self.rows.start)


def shares_of(passed: Pass, ranks: tuple[int, ...], architecture: Architecture) -> tuple[Share, ...]:
    """The shares of all ranks; their sums, added in rank order, are the batch's, bit for bit."""
    rows = rank_slices(len(passed.loss), ranks) if ranks else []
    return tuple(share_of(passed, rank, part, architecture) for rank, part in enumerate(rows))


def share_of(passed: Pass, rank: int, rows: slice, architecture: Architecture) -> Share:
    """One rank's share."""
    summed, n = Parameters.zeros(architecture), rows.stop - rows.start
    if n == 0:
        return Share(rank, rows, frozen(summed), None)
    sum_gradients(passed.rows(rows), summed)
    mean = Parameters.zeros(architecture)
    reduce_over_samples(summed.flat, n, "mean", mean.flat)
    return Share(rank, rows, frozen(summed), frozen(mean))


def mean_of_means(shares: tuple[Share, ...]) -> Parameters:
    """The mean of the ranks' means, those without samples left out. Raises ValueError where there are no ranks."""
    means = [share.mean for share in shares if share.mean is not None]
    if not means:
        raise ValueError("one machine alone has no mean of ranks' means")
    mean = Parameters.zeros(means[0].architecture)
    reduce_over_samples(np.sum([each.flat for each in means], axis=0), len(means), "mean", mean.flat)
    return frozen(mean)


def frozen(vector: Parameters) -> Parameters:
    """A vector that cannot be changed any more."""
    return Parameters(vector.architecture, read_only(vector.flat))
