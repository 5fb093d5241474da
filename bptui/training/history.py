"""Curves of a run in bounded memory: buckets that keep minimum, maximum and last value, and double in width.

A thin curve is one whose points cost something: of a bucket it wants the last point only.
"""

from dataclasses import dataclass

import numpy as np

from bptui.engine.types import Floats

CAPACITY = 2048
METRICS = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")


class Curve:
    """``names`` are the series. Points are (update, epoch, seen) and one value a series. When the buckets are
    full, neighbours are merged in pairs: memory and the cost of drawing stay bounded for ever. Ask a ``thin`` curve
    before each point whether it :meth:`skips` that; the last point may be shown all the same, until the next."""

    __slots__ = ("_data", "_points", "_shown", "capacity", "names", "passed", "thin", "used", "width")

    def __init__(self, names: tuple[str, ...], capacity: int = CAPACITY, thin: bool = False) -> None:
        self.names = names
        self.capacity = capacity
        self.thin = thin
        self.passed = 0  # points passed over since the last one kept
        self.width = 1  # points a bucket holds
        self.used = 0  # buckets begun
        self._points = 0  # points in the last bucket
        self._shown = 0  # buckets, and a point passed over behind them
        self._data = np.empty((capacity + 1, 3 + 3 * len(names)))

    def append(self, at: tuple[float, float, float], values: tuple[float, ...]) -> None:
        """Add a point; at is (update, epoch, seen), one value for each name."""
        if self.used == 0 or self._points == self.width:
            if self.used == self.capacity:
                self._merge_pairs()
            self._data[self.used] = (*at, *values, *values, *values)
            self.used = self._shown = self.used + 1
            self._points = self.width if self.thin else 1
            return
        row, k = self._data[self.used - 1], len(self.names)
        row[:3] = at
        for j, value in enumerate(values, start=3):
            row[j] = min(row[j], value)
            row[j + k] = max(row[j + k], value)
            row[j + 2 * k] = value
        self._points += 1

    def skips(self) -> bool:
        """Is the next point not wanted? It counts as made then."""
        if self.passed == 0 and self.used == self.capacity:
            self._merge_pairs()
        self._shown = self.used
        self.passed = (self.passed + 1) % self.width
        return self.passed > 0

    def show(self, at: tuple[float, float, float], values: tuple[float, ...]) -> None:
        """Show a point that was passed over, until the next one comes."""
        self._data[self.used] = (*at, *values, *values, *values)
        self._shown = self.used + 1

    def _merge_pairs(self) -> None:
        half, k = self.capacity // 2, len(self.names)
        even, odd = self._data[0 : 2 * half : 2], self._data[1 : 2 * half : 2]
        low = np.minimum(even[:, 3 : 3 + k], odd[:, 3 : 3 + k])
        high = np.maximum(even[:, 3 + k : 3 + 2 * k], odd[:, 3 + k : 3 + 2 * k])
        self._data[:half] = odd
        self._data[:half, 3 : 3 + k] = low
        self._data[:half, 3 + k : 3 + 2 * k] = high
        self.used = self._shown = half
        self.width *= 2
        self._points = self.width

    def until(self, update: int) -> "Curve":
        """A copy of the whole buckets that end at or before this update; the caller refills the rest."""
        copy = Curve(self.names, self.capacity, self.thin)
        copy.width = self.width
        copy.used = copy._shown = min(self.place(update) + 1, self.used)
        copy._points = self._points if copy.used == self.used else self.width
        copy._data[: copy.used] = self._data[: copy.used]
        return copy

    def place(self, update: int) -> int:
        """The last bucket that ends at or before an update, −1 where there is none."""
        return int(np.searchsorted(self._data[: self._shown, 0], update, side="right")) - 1

    @property
    def last_update(self) -> int:
        """The update of the newest point, −1 when there is none."""
        return int(self._data[self._shown - 1, 0]) if self._shown else -1

    @property
    def last_epoch(self) -> float:
        """The epoch of the newest point, 0 when there is none."""
        return float(self._data[self._shown - 1, 1]) if self._shown else 0.0

    def axis(self, name: str) -> Floats:
        """x of every bucket's last point: "update", "epoch" or "seen"."""
        return self._data[: self._shown, ("update", "epoch", "seen").index(name)]

    def low(self, series: str) -> Floats:
        """The least value of each bucket, (n,); ``series`` is one of the names."""
        return self._data[: self._shown, 3 + self.names.index(series)]

    def high(self, series: str) -> Floats:
        """The largest value of each bucket, (n,)."""
        return self._data[: self._shown, 3 + len(self.names) + self.names.index(series)]

    def last(self, series: str) -> Floats:
        """The newest value of each bucket, (n,)."""
        return self._data[: self._shown, 3 + 2 * len(self.names) + self.names.index(series)]


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """``updates``: mean loss of each batch, before its update. ``epochs``: train and test loss and accuracy at the
    end of epochs and at the start (nan where there is no test, or no classes), and the penalty on the weights; of every
    epoch as long as there is room for all."""

    updates: Curve
    epochs: Curve

    @classmethod
    def empty(cls) -> "History":
        """Curves without a point."""
        return cls(Curve(("batch_loss",)), Curve((*METRICS, "penalty"), thin=True))

    def until(self, update: int) -> "History":
        """A copy of both curves up to an update, see :meth:`Curve.until`."""
        return History(self.updates.until(update), self.epochs.until(update))
