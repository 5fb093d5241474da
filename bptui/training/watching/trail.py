"""The trail of a run: in which updates conditions came to be true, and the values of numbers, seen as they are made.

What is asked for later is followed from the start again: the updates known are replayed, in slices.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable

from bptui.engine.types import quiet
from bptui.training.causes import parting
from bptui.training.history import Curve
from bptui.training.run import Run
from bptui.training.schedule import Position
from bptui.training.stepper import Stepper
from bptui.training.watching.condition import Condition, Monitor, State
from bptui.training.watching.made import Made, Places
from bptui.training.watching.watchable import Watchable

MOST_MARKS = 128
CAPACITY = 512  # buckets of a curve of values
MOST_HITS = 1_000_000  # of a condition that are remembered, the last ones: 8 MB
Key = Condition | Watchable


class Hits:
    """The ``updates`` in which a condition came to be true, as far as it has ``seen`` the run."""

    def __init__(self, condition: Condition, run: Run) -> None:
        self.updates = array("q")
        self.seen = 0
        self._monitor = Monitor(condition, run)
        self._spacing = 1
        self._marks: list[tuple[int, State]] = []  # states of the monitor now and then: a fork goes on from one

    def see(self, made: Made) -> None:
        """The next update, made or made again."""
        if self._monitor.sees(made):
            self.updates.append(made.update)
            if len(self.updates) > MOST_HITS:
                del self.updates[: MOST_HITS // 2]
        self.seen = made.update
        if made.update % self._spacing == 0:
            self._marks.append((made.update, self._monitor.state))
            if len(self._marks) > MOST_MARKS:
                self._spacing *= 2
                self._marks = [mark for mark in self._marks if mark[0] % self._spacing == 0]

    def cut(self, past: int, run: Run) -> "Hits":
        """Of a run whose updates up to ``past`` are the same: as much as can be gone on from."""
        it = Hits(self._monitor.condition, run)
        it._spacing, it._marks = self._spacing, [mark for mark in self._marks if mark[0] <= past]
        if it._marks:
            it.seen, it._monitor.state = it._marks[-1]
        it.updates = self.updates[: bisect_right(self.updates, it.seen)]
        return it


class Values:
    """The values of a number in a ``curve`` of bounded memory, as far as it has ``seen`` the run."""

    def __init__(self, number: Watchable, run: Run) -> None:
        self.number = number
        self.curve = Curve(("value",), CAPACITY)
        self.seen = 0
        start = number.at_start(run)
        if start is not None:
            self.curve.append((0, 0, 0), (start,))

    def see(self, made: Made) -> None:
        """The next update, made or made again."""
        value = self.number.value(made)
        if value is not None:
            self.curve.append((made.update, 0, 0), (value,))
        self.seen = made.update

    def cut(self, past: int, run: Run) -> "Values":
        """Of a run whose updates up to ``past`` are the same: as much as can be gone on from."""
        it = Values(self.number, run)
        if self.seen <= past:
            it.curve, it.seen = self.curve.until(past), self.seen
        elif (curve := self.curve.until(past)).used:
            it.curve, it.seen = curve, curve.last_update
        return it


class Trail:
    """Follows conditions and numbers through a run; a new one of the run is begun by :meth:`of`."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.hits: dict[Condition, Hits] = {}
        self.values: dict[Watchable, Values] = {}
        self._again: Stepper | None = None  # a replay under way
        self._places: Places = {}

    def follow(self, conditions: Iterable[Condition], numbers: Iterable[Watchable]) -> None:
        """Follow these from now on, and what is among them no longer."""
        run = self.run
        self.hits = {each: self.hits.get(each) or Hits(each, run) for each in conditions}
        self.values = {each: self.values.get(each) or Values(each, run) for each in numbers}
        run.look = self._look if self.hits or self.values else None

    def of(self, run: Run) -> "Trail":
        """The trail of another run: what is known of the updates that it shares with this one is kept."""
        it = Trail(run)
        if run.problem is self.run.problem and run.start is self.run.start:
            parts = parting(run.causes, self.run.causes)
            past = min(run.frontier, self.run.frontier, parts - 1 if parts else run.frontier)
            it.hits = {key: each.cut(past, run) for key, each in self.hits.items()}
            it.values = {key: each.cut(past, run) for key, each in self.values.items()}
        self.run.look = None
        return it

    @property
    def newest(self) -> int:
        """The last hit of all, 0 where there is none."""
        return max((each.updates[-1] for each in self.hits.values() if each.updates), default=0)

    @property
    def seen(self) -> int:
        """The last update that all have seen."""
        return min((each.seen for each in self._all()), default=self.run.frontier)

    def catch_up(self, pause: Callable[[], bool] = lambda: False) -> bool:
        """Replay what some have not seen of the updates known; False where ``pause()`` said so before all have."""
        run = self.run
        if self.seen >= run.frontier:
            self._again = None
            return True
        if self._again is None or self._again.update != self.seen:
            self._again = run.after(self.seen)
        again = self._again
        with quiet():
            while again.update < run.frontier:
                if pause():
                    return False
                position = again.position
                loss = again.step()
                self._look(again, position, loss)
        self._again = None
        return True

    def _all(self) -> list[Hits | Values]:
        return [*self.hits.values(), *self.values.values()]

    def _look(self, stepper: Stepper, position: Position, loss: float) -> None:
        made = Made(self.run, stepper, position, loss, self._places)
        for each in self._all():
            if each.seen == made.update - 1:
                each.see(made)
