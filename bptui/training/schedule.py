"""Which samples meet which update: (seed, epoch) → order → batches.

The order of any epoch is a pure function of (seed, epoch): it is known without replaying earlier epochs.
"""

from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from bptui.training.settings import Order, Settings

Integers = NDArray[np.int64]


@lru_cache(maxsize=64)
def epoch_order(seed: int, epoch: int, count: int, order: Order) -> Integers:
    """The places 0 … count − 1 in the order in which this epoch (from 1) visits them, read-only."""
    if order == "fixed":
        places = np.arange(count)
    else:
        rng = np.random.default_rng(words(seed, 1, epoch))  # as of [seed, 1, epoch]
        places = rng.permutation(count) if order == "shuffle" else rng.integers(0, count, count)
    places.flags.writeable = False
    return places


def words(*numbers: int) -> NDArray[np.uint32]:
    """Numbers from 0 to 2⁶⁴ − 1 in words of 32 bits, the low one first: so numpy takes them apart itself to begin a
    generator, but takes longer than to draw the order of a few samples. With full batches each update needs one."""
    cut: list[int] = []
    for number in numbers:
        cut += (number,) if number < 2**32 else (number % 2**32, number >> 32)
    return np.array(cut, dtype=np.uint32)


class Plan(Protocol):
    """What was planned elsewhere of the batches of a run; each is asked for by its position."""

    def size(self, position: "Position") -> int:
        """Samples in the batch."""

    def after(self, position: "Position") -> "Position":
        """That of the next update."""

    def batches(self, position: "Position") -> int:
        """Batches of the epoch."""

    def visited(self, position: "Position", count: int) -> int:
        """Samples that the epoch visits, of ``count`` there are."""


class Position(NamedTuple):
    """Where an update stands: epoch, batch and repeat count from 1; ``start`` is the batch's first place in the
    epoch's order; ``seen`` counts the forward-and-backward passes of single samples made before it,
    ``looked`` the forward passes made only to see whether a batch is learnt well enough (repeat_until). Where somebody
    else has made the update, the ``plan`` knows how large its batch is and what follows."""

    epoch: int = 1
    batch: int = 1
    start: int = 0
    repeat: int = 1
    seen: int = 0
    looked: int = 0
    plan: Plan | None = None

    def size(self, settings: Settings, count: int) -> int:
        """Number of samples in the batch: the batch size, or what is left of the epoch; a batch size beyond the data
        means all of it (with short batches dropped a scenario refuses that, see :func:`why_no_batch`)."""
        if self.plan is not None:
            return self.plan.size(self)
        return min(settings.batch_size or count, count - self.start)

    def visited(self, count: int) -> int:
        """Samples that its epoch visits, of ``count`` there are."""
        return count if self.plan is None else self.plan.visited(self, count)

    def after(self, settings: Settings, count: int, settled: bool = False, guests: int = 0) -> "Position":
        """The position of the next update. ``settled``: the batch's loss is below repeat_until; ``guests`` are samples
        in it that are no rows of the data."""
        if self.plan is not None:
            return self.plan.after(self)
        size = self.size(settings, count)
        seen = self.seen + size + guests
        looked = self.looked + (size + guests if settings.repeat_until > 0 else 0)
        if self.repeat < settings.repeats and not settled:
            return Position(self.epoch, self.batch, self.start, self.repeat + 1, seen, looked)
        start = self.start + size
        left = count - start
        if left == 0 or (settings.last_batch == "drop" and left < (settings.batch_size or count)):
            return Position(self.epoch + 1, 1, 0, 1, seen, looked)
        return Position(self.epoch, self.batch + 1, start, 1, seen, looked)

    def under(self, settings: Settings, count: int) -> "Position":
        """The same place under other settings: a rest too short for a batch that must be whole ends the epoch."""
        if self.plan is not None:
            return self
        if self.start and _left(self.start, settings, count) == 0:
            return Position(self.epoch + 1, 1, 0, 1, self.seen, self.looked)
        return Position(self.epoch, self.batch, self.start, min(self.repeat, settings.repeats), self.seen, self.looked)

    def batches(self, settings: Settings, count: int) -> int:
        """Number of batches in this epoch, as far as the settings stay what they are."""
        if self.plan is not None:
            return self.plan.batches(self)
        size = self.size(settings, count)
        return self.batch + _left(self.start + size, settings, count)


def why_no_batch(settings: Settings, count: int) -> str | None:
    """Why ``count`` training samples hold no batch under these settings, or None."""
    size = settings.batch_size
    if settings.last_batch == "keep" or size is None or size <= count:
        return None
    samples = "sample" if count == 1 else "samples"
    return (
        f"training.batch_size {size} with last_batch = drop leaves no batch of {count} training {samples}; "
        f"take a batch size of at most {count}, or last_batch = keep"
    )


def _left(start: int, settings: Settings, count: int) -> int:
    """Batches still to come from place ``start`` on; a short last one counts unless it is dropped."""
    size = settings.batch_size or count
    whole, rest = divmod(count - start, size)
    return whole + (1 if rest and settings.last_batch == "keep" else 0)
