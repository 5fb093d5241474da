"""Sum or mean over the samples of a batch. No other file divides by n."""

from typing import Literal

import numpy as np

from bptui.engine.types import Floats

Reduction = Literal["sum", "mean"]
REDUCTIONS: tuple[Reduction, ...] = ("sum", "mean")


def reduce_over_samples(summed: Floats, n: int, reduction: Reduction, out: Floats) -> None:
    """Write what the optimizer gets into ``out``: the sum over the batch, or the sum divided by n.

    n is the number of samples really in this batch: a short last batch is divided by its own size.
    """
    if reduction == "mean":
        np.divide(summed, n, out=out)
    else:
        np.copyto(out, summed)


def mean_over_samples(values: Floats) -> Floats:
    """Mean over the first axis, n."""
    return np.add.reduce(values, axis=0) / len(values)
