"""Sum or mean over the samples of a batch. No other file divides by n."""

from functools import lru_cache
from typing import Literal, TypeVar

import numpy as np

from bptui.engine.types import Floats, number, read_only

Reduction = Literal["sum", "mean"]
Shared = TypeVar("Shared", float, Floats)
REDUCTIONS: tuple[Reduction, ...] = ("sum", "mean")


@lru_cache(maxsize=32)
def ones(count: int) -> Floats:
    """(count,) of 1. A product with it is a sum, several times faster than numpy's own over a short axis."""
    return read_only(np.ones(count))


@lru_cache(maxsize=32)
def count(n: int) -> Floats:
    """n, to divide by."""
    return number(n)


def sum_over_samples(values: Floats, out: Floats) -> None:
    """Σ_n of values (n × o) into out (o,)."""
    ones(len(values)).dot(values, out)


def reduce_over_samples(summed: Floats, n: int, reduction: Reduction, out: Floats) -> None:
    """Write what the optimizer gets into ``out``: the sum over the batch, or the sum divided by n.

    n is the number of samples really in this batch: a short last batch is divided by its own size. The sum over one
    sample is its mean: divided by 1 it would be the same, bit for bit, in twice the time.
    """
    if reduction == "mean" and n > 1:
        np.divide(summed, count(n), out)
    else:
        np.copyto(out, summed)


def share_of_samples(total: Shared, n: int) -> Shared:
    """A sum over n samples that were not all in memory at once, divided by n."""
    return total / n


def mean_over_samples(values: Floats) -> Floats:
    """Mean over the first axis, n."""
    return ones(len(values)).dot(values) / len(values)
