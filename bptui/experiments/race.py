"""A race: two to six lanes of settings from the same start weights over the same data, trained side by side."""

from collections.abc import Callable
from time import perf_counter

from bptui.experiments.lane import Entry, Lane, Pause, Unit
from bptui.training.run import Run
from bptui.training.schedule import Position

MOST_LANES = 6
POINTS = 40  # measured on the way to the goal, evenly
WARM_UP = 0.02  # seconds of training that is thrown away, a lane: caches and libraries are ready before any clock runs
WARM_UPDATES = 3  # at most


def warm_up(run: Run) -> None:
    """Make a few updates of a run that nobody looks at."""
    until = perf_counter() + WARM_UP
    run.extend(lambda frontier, _: frontier >= WARM_UPDATES, lambda: perf_counter() >= until)


class Race:
    """Lanes that go on side by side in one ``unit`` up to a ``goal`` in it.

    All share the start weights, the split and the order of ``start``, any run of the problem. Raises ValueError for
    fewer than two or more than six entries.
    """

    def __init__(
        self,
        start: Run,
        entries: tuple[Entry, ...],
        goal: float,
        unit: Unit = "seen",
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        if not 2 <= len(entries) <= MOST_LANES:
            raise ValueError(f"a race has 2 to {MOST_LANES} lanes, got {len(entries)}")
        self.unit = unit
        self.goal = goal
        for entry in entries:
            warm_up(start.again(entry.settings))
        runs = (start.again(entry.settings) for entry in entries)
        self.lanes = [Lane(entry, run, unit, goal / POINTS, clock) for entry, run in zip(entries, runs, strict=True)]

    @property
    def progress(self) -> float:
        """How far the last of the lanes has come that can still go on; the goal when none can."""
        return min((lane.progress(self.unit) for lane in self.lanes if lane.run.stop is None), default=self.goal)

    @property
    def measuring(self) -> float:
        """Seconds that measuring took so far, in all lanes."""
        return sum(lane.measuring for lane in self.lanes)

    @property
    def measured(self) -> int:
        """Points measured so far, in all lanes."""
        return sum(len(lane.points) for lane in self.lanes)

    @property
    def finished(self) -> bool:
        return self.progress >= self.goal

    def advance(self, until: float, pause: Pause = lambda: False) -> bool:
        """Let every lane come to ``until``; True when all have, or had to stop. Otherwise ``pause()`` said so: it is
        asked between two updates; call again. The lane furthest behind goes first, so none runs ahead of the others
        by more than its own update."""
        while going := [lane for lane in self.lanes if lane.run.stop is None and lane.progress(self.unit) < until]:
            if pause():
                return False
            behind = min(going, key=lambda lane: lane.progress(self.unit))
            others = (lane.progress(self.unit) for lane in going if lane is not behind)
            behind.advance(min(until, min(others, default=until)), pause)
        self.settle()
        return True

    def settle(self) -> None:
        """Measure every lane where it stands: after this the figures of all lanes are the current ones."""
        for lane in self.lanes:
            lane.settle()

    def prolong(self, goal: float) -> None:
        """Set the goal further away; points are then measured as much further apart."""
        if goal > self.goal:
            for lane in self.lanes:
                lane.spacing *= goal / self.goal
            self.goal = goal

    def next_epoch(self) -> float:
        """The progress at which the next epoch of the slowest lane ends, by the first lane's measure."""
        lane = self.lanes[0]
        count = lane.run.problem.count
        batches = Position().batches(lane.settings, count)
        one = {"update": batches, "epoch": 1, "seen": count, "mult_adds": lane.cost * count}[self.unit]
        return (self.progress // one + 1) * one
