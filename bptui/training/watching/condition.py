"""Conditions: something about a watched number that comes to be true in certain updates."""

from dataclasses import dataclass
from typing import Literal

from bptui.data.digits import shortest
from bptui.engine.weight import NUMBERED, Names
from bptui.training.run import Run
from bptui.training.watching.made import Made
from bptui.training.watching.watchable import Watchable

Test = Literal["<", "<=", ">", ">=", "is", "crosses", "changes", "known", "rises", "falls"]
LEVELS = ("<", "<=", ">", ">=", "is")
"""These hold or not; the others happen."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A level (``<`` a value …) is a hit in the update in which it comes to hold: not while it goes on holding.
    ``crosses`` a value is a hit where the number goes over to its other side, ``changes`` where it differs from the
    value known before, ``rises`` and ``falls`` where it has done so ``value`` times in a row, ``known`` where there is
    a value at all."""

    number: Watchable
    test: Test
    value: float = 0.0

    def words(self, names: Names = NUMBERED) -> str:
        """As it is typed, for :func:`bptui.training.watching.words.parse_condition`."""
        return self._about(self.number.words(names), repr(self.value).removesuffix(".0"))

    def shown(self, names: Names = NUMBERED) -> str:
        """As the screens have it."""
        return self._about(self.number.shown(names), shortest(self.value))

    def _about(self, number: str, value: str) -> str:
        kind = self.number.kind
        match kind:
            case "dead" | "saturated":
                return f"{number} {kind}"
            case "comes":
                return f"{number} comes"
            case "right":
                return f"{number} {'right' if self.value else 'wrong'}"
            case "answer" if self.test == "changes":
                return f"row {self.number.row} flips"
            case "update" | "epoch":
                return f"{kind} {value}"
            case "epoch end":
                return f"epoch {value} ends"
            case "finite":
                return "not finite"
        if self.test == "changes":
            return f"{number} changes"
        if self.test == "crosses" and self.value == 0:
            return f"{number} changes sign"
        return f"{number} {self.test} {value}"

    def holds(self, value: float) -> bool:
        """Of a level: does it hold for this value?"""
        match self.test:
            case "<":
                return value < self.value
            case "<=":
                return value <= self.value
            case ">":
                return value > self.value
            case ">=":
                return value >= self.value
            case _:
                return value == self.value

    def holds_at_start(self, run: Run) -> bool:
        """Does a level hold before the first update already?"""
        value = self.number.at_start(run)
        return self.test in LEVELS and value is not None and self.holds(value)


State = tuple[float | None, int]
"""The value known last, or the side it was on; how often in a row it has risen or fallen."""


class Monitor:
    """Sees every update of a run in turn, and says in which of them a condition has come to be true."""

    def __init__(self, condition: Condition, run: Run) -> None:
        self.condition = condition
        self.value: float | None = None  # as last known
        self.state: State = (None, 0)
        start = condition.number.at_start(run)
        if start is not None:
            self._hit(start)

    def sees(self, made: Made) -> bool:
        """Is this update a hit? Each is to be shown once, in order."""
        value = self.condition.number.value(made)
        if value is None:
            return False
        self.value = value
        return self._hit(value)

    def _hit(self, value: float) -> bool:
        """Does the next value known make it true?"""
        condition, (last, times) = self.condition, self.state
        test = condition.test
        if test in LEVELS:
            held = last is not None and condition.holds(last)
            self.state = value, 0
            return condition.holds(value) and not held
        if test == "known":
            return True
        if test == "crosses":
            side = float((value > condition.value) - (value < condition.value))
            if side == 0:
                return False
            self.state = side, 0
            return last is not None and side != last
        if test == "changes":
            self.state = value, 0
            return last is not None and value != last
        further = last is not None and (value > last if test == "rises" else value < last)
        times = times + 1 if further else 0
        hit = times > 0 and times >= condition.value
        self.state = value, 0 if hit else times
        return hit
