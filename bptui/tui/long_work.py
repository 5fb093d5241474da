"""Long work: a run on its way to a goal, a slice at a time, and how fast it goes."""

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

from bptui.data.digits import grouped
from bptui.session.goal import Goal
from bptui.session.moment import Moment
from bptui.session.stops import Enough, Stops
from bptui.training.run import Run
from bptui.views.progress import Progress

if TYPE_CHECKING:
    from bptui.session.keeping import Replay

AT_ONCE = 0.03  # seconds of work before the next frame: what is short is done when the key is answered
SURE = 0.5  # seconds after which a rate is worth saying


class Pace:
    """How fast something grows, from its ``first`` value on."""

    def __init__(self, first: float) -> None:
        self.first = first
        self._began = perf_counter()

    def rate(self, now: float) -> float | None:
        """How much a second, once it can be told and there is any."""
        spent = perf_counter() - self._began
        return (now - self.first) / spent if spent > SURE and now > self.first else None

    def left(self, now: float, goal: float) -> float | None:
        """Seconds until the goal, if it goes on like this."""
        rate = self.rate(now)
        return None if rate is None else max(goal - now, 0.0) / rate


class LongWork:
    """``run`` on its way to ``goal``, or to the first of the ``stops`` after ``here``; ``finish`` does what is to be
    done there and returns a notice."""

    def __init__(
        self,
        run: Run,
        goal: Goal,
        finish: Callable[[], str],
        stops: Stops | None = None,
        here: Moment | None = None,
    ) -> None:
        self._stops, self._here = stops or Stops(), here or Moment()
        self._enough: Enough | None = None
        self.run = run
        self.goal = goal
        self._finish = finish
        self._paces: tuple[Pace, Pace] | None = None  # of updates and of the share, once anybody asks

    def go_on(self, pause: Callable[[], bool]) -> str | None:
        """Work until ``pause()`` says so. The notice of its end, or None where there is more to do."""
        if not self._stops.ready(self.run, pause):
            return None
        self._enough = self._enough or self._stops.until_hit(self.run, self._here, self.goal)
        return self._finish() if self.run.extend(self._enough, pause) else None

    @property
    def looks_back(self) -> bool:
        """Are breakpoints and watches shown the past, before anything else is done?"""
        return self._enough is None

    def progress(self) -> Progress:
        made, share = self.run.frontier, self._share()
        looked = self._stops.share(self.run)
        if self.looks_back and looked < 1:
            return Progress(looked * made, "update", looked, f"update {grouped(made)}")
        updates, shares = self._paces = self._paces or (Pace(made), Pace(share))
        return Progress(made, "update", share, str(self.goal), updates.rate(made), shares.left(share, 1.0))

    def _share(self) -> float:
        run = self.run
        batches = run.next_position.batches(run.settings_at(run.frontier + 1), run.problem_at(run.frontier + 1).count)
        return self.goal.share(run.frontier, run.next_position, batches)


class ReplayWork:
    """A session out of its file on its way to where it was; ``finish`` says what became of it."""

    looks_back = False

    def __init__(self, replay: "Replay", finish: Callable[[], str]) -> None:
        self.replay = replay
        self._finish = finish
        self._updates, self._shares = Pace(replay.made), Pace(replay.share)

    def go_on(self, pause: Callable[[], bool]) -> str | None:
        """Work until ``pause()`` says so. The notice of its end, or None where there is more to do."""
        return self._finish() if self.replay.go_on(pause) else None

    def progress(self) -> Progress:
        made, share = self.replay.made, self.replay.share
        forks = len(self.replay.session.forks.all)
        goal = f"the end of {forks} forks" if forks > 1 else f"update {grouped(self.replay.kept.updates)}"
        return Progress(made, "update", share, goal, self._updates.rate(made), self._shares.left(share, 1.0))


class Intent:
    """What a key asks for in one go: ``make`` says what has come of it."""

    looks_back = False

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make

    def go_on(self, pause: Callable[[], bool]) -> str | None:
        """All of it. The notice of its end."""
        return self._make()

    def progress(self) -> None:
        """Nobody knows."""


class Work(Protocol):
    """What the explorer does in slices."""

    @property
    def looks_back(self) -> bool:
        """Are breakpoints and watches shown the past, before anything else is done?"""

    def go_on(self, pause: Callable[[], bool]) -> str | None:
        """Work until ``pause()`` says so. The notice of its end, or None where there is more to do."""

    def progress(self) -> Progress | None:
        """How far it is, where that is known."""
