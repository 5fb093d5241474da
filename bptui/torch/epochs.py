"""Where epochs begin, and which row of the data each sample is: found from what the batches hold.

A training loop does not say what it visits. Samples are told apart by their numbers; the same numbers a second time in
one epoch are a second row.
"""

from collections import Counter
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


def epochs_of(batches: list[Integers]) -> Integers:
    """The epoch (from 1) of every batch, which hold samples by their numbers; one epoch where no order is seen.

    Epochs are equally many batches. Either all visit the same samples, each equally often, or none visits one twice.
    """
    for period in (period_of_same(batches), period_of_new(batches)):
        if period:
            return np.arange(len(batches), dtype=np.int64) // period + 1
    return np.ones(len(batches), dtype=np.int64)


def period_of_same(batches: list[Integers]) -> int:
    """The least number of batches after which the same samples come again, and again to the end; 0 for none."""
    most = int(max(batch.max() for batch in batches)) + 1
    marks = np.random.default_rng(0).integers(0, 2**63, most, dtype=np.uint64)  # sums of them, mod 2⁶⁴, are no accident
    sums = np.concatenate(
        [np.zeros(1, np.uint64), np.cumsum([marks[batch].sum() for batch in batches], dtype=np.uint64)]
    )
    for period in range(1, len(batches) // 2 + 1):
        ends = sums[::period]
        if (np.diff(ends) == ends[1]).all() and is_part(batches, len(batches) // period * period, period):
            return period
    return 0


def is_part(batches: list[Integers], done: int, period: int) -> bool:
    """Are the batches behind whole epochs a part of one?"""
    first, rest = (
        Counter(np.concatenate(part or [np.zeros(0, np.int64)]).tolist()) for part in (batches[:period], batches[done:])
    )
    return not rest - first


def period_of_new(batches: list[Integers]) -> int:
    """The number of batches up to the first in which a sample comes again, if no epoch of so many has one twice; 0
    otherwise."""
    met: set[int] = set()
    period = 0
    for k, batch in enumerate(batches):
        fresh = set(batch.tolist())
        if len(fresh) < len(batch):
            return 0
        again = bool(met & fresh)
        if again and period == 0:
            period = k
        if period and k % period == 0:
            met = set()
            again = False
        if again:
            return 0
        met |= fresh
    return period


def rows_of(batches: list[Integers], epochs: Integers) -> tuple[list[Integers], list[int]]:
    """The row of every sample of every batch, and of every row the number of the sample that it is: the k-th time that
    a sample comes in an epoch is its k-th row."""
    found: dict[tuple[int, int], int] = {}
    samples: list[int] = []
    rows: list[Integers] = []
    times: Counter[int] = Counter()
    for k, batch in enumerate(batches):
        if k and epochs[k] != epochs[k - 1]:
            times.clear()
        here = []
        for sample in batch.tolist():
            key = sample, times[sample]
            times[sample] += 1
            if key not in found:
                found[key] = len(samples)
                samples.append(sample)
            here.append(found[key])
        rows.append(np.array(here, dtype=np.int64))
    return rows, samples


def is_fixed(rows: list[Integers], epochs: Integers) -> bool:
    """Does every epoch visit the rows in the same order, as far as both go?"""
    whole = [
        np.concatenate([row for row, epoch in zip(rows, epochs, strict=True) if epoch == k]) for k in np.unique(epochs)
    ]
    return all((a[: len(b)] == b[: len(a)]).all() for a, b in pairwise(whole))
