"""Long work: a run on its way to a goal, a slice at a time, and what is said meanwhile."""

from collections.abc import Callable
from time import perf_counter

from bptui.session.goal import Goal
from bptui.training.run import Run

SURE = 0.5  # seconds after which a rate is worth saying


class LongWork:
    """``run`` on its way to ``goal``; ``finish`` does what is to be done there and returns a notice."""

    def __init__(self, run: Run, goal: Goal, finish: Callable[[], str]) -> None:
        self.run = run
        self.goal = goal
        self._finish = finish
        self._began = perf_counter()
        self._from = run.frontier, goal.share(run.frontier, run.next_position)

    def go_on(self, pause: Callable[[], bool]) -> str | None:
        """Work until ``pause()`` says so. The notice of its end, or None where there is more to do."""
        return self._finish() if self.run.extend(self.goal, pause) else None

    def progress(self) -> str:
        """How far it has come, and once it can be told: how fast, and for how long still."""
        frontier, first, begun = self.run.frontier, *self._from
        spent = perf_counter() - self._began
        made = self.goal.share(frontier, self.run.next_position)
        words = f"working: update {frontier}, {made:.0%} of the way to {self.goal}"
        if spent > SURE and made > begun:
            left = spent * (1 - made) / (made - begun)
            words += f" · {(frontier - first) / spent:.0f}/s, {left:.0f} s left"
        return f"{words} · Esc stops"
