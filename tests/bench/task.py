"""The work that every contestant gets: the same network, samples and order, all float64."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bptui.training.schedule import epoch_order

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

RATE = 0.01
SEED = 1


class Statistics(NamedTuple):
    """Length of each sample's gradient (n,); mean and variance over the samples of every parameter."""

    norms: Floats
    means: list[Floats]
    variances: list[Floats]

    def digest(self) -> list[float]:
        """Three numbers that two contestants can only share when they computed the same."""
        return [
            float(np.sum(self.norms)),
            sum(float(np.sum(np.abs(mean))) for mean in self.means),
            sum(float(np.sum(variance)) for variance in self.variances),
        ]


Update = Callable[[], float | None]
"""Make the next update and return the batch's mean loss before it, as a number (the floor has none)."""
Describe = Callable[[], Statistics]
"""Forward and backward over one batch, then its statistics; every array is there when this returns."""


@dataclass(frozen=True, eq=False)
class Task:
    """A network i-h-o and a batch size. One output: sigmoid units and binary cross-entropy; several: tanh units,
    softmax and cross-entropy. x is N × i and y N × o (one-hot), weights are i × o as in bptui."""

    sizes: tuple[int, int, int]
    batch: int
    x: Floats
    y: Floats
    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]

    @classmethod
    def of(cls, sizes: tuple[int, int, int], batch: int) -> "Task":
        rng = np.random.default_rng(SEED)
        count = max(1024, 4 * batch)
        inputs, _, outputs = sizes
        x = rng.uniform(0.0, 1.0, (count, inputs))
        y = np.eye(max(outputs, 2))[rng.integers(0, max(outputs, 2), count)][:, -outputs:].copy()
        shapes = list(pairwise(sizes))
        weights = tuple(rng.uniform(-1.0, 1.0, shape) * (6.0 / sum(shape)) ** 0.5 for shape in shapes)
        return cls(sizes, batch, x, y, weights, tuple(rng.uniform(-0.1, 0.1, o) for _, o in shapes))

    @property
    def binary(self) -> bool:
        return self.sizes[-1] == 1

    @property
    def labels(self) -> Integers:
        """Class number of every sample, (N,)."""
        return self.y[:, 0].astype(np.int64) if self.binary else np.argmax(self.y, axis=1)

    @property
    def order(self) -> Integers:
        """The samples in the order in which bptui's first epoch visits them."""
        return epoch_order(SEED, 1, len(self.x), "shuffle").copy()

    def starts(self) -> Iterator[int]:
        """Where in the order the whole batches begin, epoch after epoch."""
        return cycle(range(0, len(self.x) - self.batch + 1, self.batch))
