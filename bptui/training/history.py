"""Curves of a run in bounded memory: buckets that keep minimum, maximum and last value, and double in width.

A thin curve is one whose points cost something: of a bucket it wants the first point only, so that the start stays, and
what that is may be said later, when somebody reads the curve.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bptui.engine.types import Floats

CAPACITY = 2048
ENDS = 1024  # ends of epochs: more than a chart has columns, and each costs a pass through all samples
METRICS = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")


class Curve:
    """``names`` are the series. Points are (update, epoch, seen) and one value a series. When the buckets are
    full, neighbours are merged in pairs: memory and the cost of drawing stay bounded for ever. Ask a ``thin`` curve
    before each point whether it :meth:`skips` that; the last point may be shown all the same, until the next. Values
    may be given as what finds them (:meth:`append_later`), which is asked when the curve is read."""

    __slots__ = (
        "_at",
        "_beyond",
        "_data",
        "_high",
        "_last",
        "_later",
        "_low",
        "_points",
        "_shown",
        "_stale",
        "capacity",
        "names",
        "passed",
        "thin",
        "used",
        "width",
    )

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
        self._stale = False  # is the last bucket newer than its row? It grows with every update: a row is dear
        self._at: tuple[float, float, float] = (-1.0, 0.0, 0.0)  # of the last point kept
        self._beyond = self._at  # of one that is only shown
        self._low: list[float] = []
        self._high: list[float] = []
        self._last: tuple[float, ...] = ()
        self._later: list[
            tuple[int, tuple[float, float, float], Callable[[], tuple[float, ...]]]
        ] = []  # with its bucket

    def append(self, at: tuple[float, float, float], values: tuple[float, ...]) -> None:
        """Add a point; at is (update, epoch, seen), one value for each name."""
        if self.used == 0 or self._points == self.width:
            if self.used == self.capacity:
                self._merge_pairs()
            else:
                self._write()
            self.used = self._shown = self.used + 1
            self._points = self.width if self.thin else 1
            self._low, self._high = list(values), list(values)
        else:
            low, high = self._low, self._high
            for j, value in enumerate(values):
                low[j], high[j] = min(low[j], value), max(high[j], value)
            self._points += 1
        self._at, self._last, self._stale = at, values, True

    def append_later(self, at: tuple[float, float, float], values: Callable[[], tuple[float, ...]]) -> None:
        """Add a point to a thin curve whose values are found when it is read."""
        if self.used == self.capacity:
            self._merge_pairs()
        else:
            self._write()
        self._later.append((self.used, at, values))
        self.used = self._shown = self.used + 1
        self._points, self._at = self.width, at

    def _find(self) -> None:
        """Ask for the values that were left for later."""
        while self._later:
            bucket, at, values = self._later[-1]
            found = values()
            self._data[bucket] = (*at, *found, *found, *found)
            self._later.pop()

    def _write(self) -> None:
        if self._stale:
            self._data[self.used - 1] = (*self._at, *self._low, *self._high, *self._last)
            self._stale = False

    def skips(self) -> bool:
        """Is the next point not wanted? It counts as made then."""
        if self.used == self.capacity and self.passed == self.width - 1:
            self._merge_pairs()
        self._shown = self.used
        self.passed = (self.passed + 1) % self.width
        return self.passed > 0

    def show(self, at: tuple[float, float, float], values: tuple[float, ...]) -> None:
        """Show a point that was passed over, until the next one comes."""
        self._data[self.used] = (*at, *values, *values, *values)
        self._beyond, self._shown = at, self.used + 1

    def _merge_pairs(self) -> None:
        self._find()
        self._write()
        half, k = self.capacity // 2, len(self.names)
        even, odd = self._data[0 : 2 * half : 2], self._data[1 : 2 * half : 2]
        low = np.minimum(even[:, 3 : 3 + k], odd[:, 3 : 3 + k])
        high = np.maximum(even[:, 3 + k : 3 + 2 * k], odd[:, 3 + k : 3 + 2 * k])
        self._data[:half] = even if self.thin else odd
        self._data[:half, 3 : 3 + k] = low
        self._data[:half, 3 + k : 3 + 2 * k] = high
        self.used = self._shown = half
        if self.thin:
            self.passed += self.width
            update, epoch, seen = self._data[half - 1, :3].tolist()
            self._at = update, epoch, seen
        self.width *= 2
        self._points = self.width

    def until(self, update: int) -> "Curve":
        """A copy of the whole buckets that end at or before this update; the caller refills the rest."""
        copy = Curve(self.names, self.capacity, self.thin)
        copy.width = self.width
        copy.used = copy._shown = min(self.place(update) + 1, self.used)
        copy._points = self._points if copy.used == self.used else self.width
        copy._data[: copy.used] = self._data[: copy.used]
        if copy.used:
            k, numbers = len(self.names), self._data[copy.used - 1].tolist()
            copy._at = numbers[0], numbers[1], numbers[2]
            copy._low, copy._high, copy._last = (
                numbers[3 : 3 + k],
                numbers[3 + k : 3 + 2 * k],
                tuple(numbers[3 + 2 * k :]),
            )
        return copy

    @property
    def _rows(self) -> Floats:
        """A row for each bucket: update, epoch and seen of its last point; of all series the minimum, maximum, last."""
        self._find()
        self._write()
        return self._data[: self._shown]

    def place(self, update: int) -> int:
        """The last bucket that ends at or before an update, −1 where there is none."""
        return int(np.searchsorted(self._rows[:, 0], update, side="right")) - 1

    @property
    def last_update(self) -> int:
        """The update of the newest point, −1 when there is none."""
        return int(self._newest[0])

    @property
    def last_epoch(self) -> float:
        """The epoch of the newest point, 0 when there is none."""
        return self._newest[1]

    @property
    def _newest(self) -> tuple[float, float, float]:
        return self._beyond if self._shown > self.used else self._at

    def axis(self, name: str) -> Floats:
        """x of every bucket's last point: "update", "epoch" or "seen"."""
        return self._rows[:, ("update", "epoch", "seen").index(name)]

    def low(self, series: str) -> Floats:
        """The least value of each bucket, (n,); ``series`` is one of the names."""
        return self._rows[:, 3 + self.names.index(series)]

    def high(self, series: str) -> Floats:
        """The largest value of each bucket, (n,)."""
        return self._rows[:, 3 + len(self.names) + self.names.index(series)]

    def last(self, series: str) -> Floats:
        """The newest value of each bucket, (n,)."""
        return self._rows[:, 3 + 2 * len(self.names) + self.names.index(series)]


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
        return cls(Curve(("batch_loss",)), Curve((*METRICS, "penalty"), ENDS, thin=True))

    def until(self, update: int) -> "History":
        """A copy of both curves up to an update, see :meth:`Curve.until`."""
        return History(self.updates.until(update), self.epochs.until(update))
