"""A run that is made until one of some conditions comes to be true."""

from collections.abc import Callable
from dataclasses import dataclass

from bptui.data.digits import shortest
from bptui.training.run import Run
from bptui.training.schedule import Position
from bptui.training.stepper import Stepper
from bptui.training.watching.condition import Condition, Monitor
from bptui.training.watching.made import Made, Places
from bptui.training.watching.watchable import OF_ROW, Watchable

Enough = Callable[[int, Position], bool]
SAYS_ALL = (*OF_ROW, "dead", "saturated", "update", "epoch", "epoch end", "finite")
"""Of these the words of the condition say the value."""


@dataclass(frozen=True, slots=True)
class Hit:
    """In which update (0: before the first) a condition came to be true, and the value with which it did."""

    condition: Condition
    update: int
    value: float | None

    @property
    def words(self) -> str:
        """Why it stops, with the number where the condition does not say it."""
        return with_value(self.condition, self.value)


def with_value(condition: Condition, value: float | None) -> str:
    """``train loss < 0.1: it is 0.0987``."""
    known = value is not None and says_value(condition.number)
    return f"{condition.words()}{f': it is {shortest(value, 5)}' if known and value is not None else ''}"


def says_value(number: Watchable) -> bool:
    """Is its value worth saying beside the words of a condition on it?"""
    return number.kind not in SAYS_ALL or number.kind == "loss"


class Until:
    """Looks at a run, of which nothing is made yet, while it is made; ``hit`` is the first one."""

    def __init__(self, run: Run, conditions: tuple[Condition, ...]) -> None:
        """Raises ValueError where the run has no such number."""
        for condition in conditions:
            condition.number.require(run)
        self.run = run
        self.conditions = conditions
        self._places: Places = {}
        self._monitors = [Monitor(condition, run) for condition in conditions]
        first = next((condition for condition in conditions if condition.holds_at_start(run)), None)
        self.hit = None if first is None else Hit(first, 0, first.number.at_start(run))
        if conditions:
            run.look = self._look

    def _look(self, stepper: Stepper, position: Position, loss: float) -> None:
        made = Made(self.run, stepper, position, loss, self._places)
        hits = [monitor for monitor in self._monitors if monitor.sees(made)]
        if hits and self.hit is None:
            self.hit = Hit(hits[0].condition, made.update, hits[0].value)

    def or_when(self, enough: Enough) -> Enough:
        """Something has come, or it is enough without that."""
        return lambda made, following: self.hit is not None or enough(made, following)

    @property
    def reached(self) -> bool:
        """Has one come to be true? That the run is no longer finite is known by its stop."""
        if self.hit is None and self.run.stop is not None:
            at_end = next((each for each in self.conditions if each.number.kind == "finite"), None)
            self.hit = None if at_end is None else Hit(at_end, self.run.frontier, None)
        return self.hit is not None
