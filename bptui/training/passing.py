"""Which learning rate gets past the update at which a run had to stop.

A rate of two digits is tried by making the updates anew with it: this update alone, and where none helps there, since
the numbers were too large already, all updates since the settings came into force.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bptui.data.digits import rounded, shortest
from bptui.training.run import Run
from bptui.training.settings import Settings

DECADES = 6  # that lower rates are looked for


@dataclass(frozen=True, slots=True)
class Passing:
    """With ``rate`` from update ``first`` on update ``stop`` can be made, with ``fails``, the next larger one, it
    cannot."""

    first: int
    stop: int
    rate: float
    fails: float

    @property
    def words(self) -> str:
        """In a sentence."""
        here = "passes this update" if self.first == self.stop else f"from update {self.first} on gets past it"
        return f"γ {shortest(self.rate)} {here}, {shortest(self.fails)} does not"


class Search:
    """Looks for the largest rate below the one in force, by halves; ``found`` is None where none of them helps, or none
    was found yet."""

    def __init__(self, run: Run) -> None:
        """Raises ValueError where the run did not have to stop."""
        if run.stop is None:
            raise ValueError("the run did not have to stop")
        self.run, self.stop = run, run.stop.update
        self.settings = run.settings_at(self.stop)
        rate = self.settings.rules.learning_rate
        self.rates = [each for each in ladder(rate) if each < rate] + [rate]
        since = max(at for at, change in run.causes.changes if isinstance(change, Settings) and at <= self.stop)
        self._firsts = list(dict.fromkeys((self.stop, since)))
        self.found: Passing | None = None
        self._low, self._high, self._trial = -1, len(self.rates) - 1, self._try(0)

    def go_on(self, pause: Callable[[], bool] = lambda: False) -> bool:
        """Try until ``pause()`` says so; True when it is known."""
        while self._firsts:
            trial, place = self._trial
            goal = self.stop
            if not trial.extend(lambda made, _, goal=goal: made >= goal, pause):  # type: ignore[misc]
                return False
            self._tried(place, trial.stop is None)
        return True

    def _tried(self, place: int, passes: bool) -> None:
        """Narrow it down, or begin further back where not even the lowest rate helps."""
        if place == 0 and not passes:
            self._firsts.pop(0)
            self._low, self._high = -1, len(self.rates) - 1
        elif passes:
            self._low = place
        else:
            self._high = place
        if not self._firsts:
            return
        if self._low >= 0 and self._high - self._low == 1:
            self.found = Passing(self._firsts[0], self.stop, self.rates[self._low], self.rates[self._high])
            self._firsts = []
            return
        self._trial = self._try(0 if self._low < 0 else (self._low + self._high) // 2)

    def _try(self, place: int) -> tuple[Run, int]:
        rules = replace(self.settings.rules, learning_rate=self.rates[place])
        return self.run.fork(self._firsts[0], replace(self.settings, rules=rules)), place


def ladder(rate: float) -> list[float]:
    """All rates of two digits below one, ascending, through some decades; [] below nothing."""
    if rate <= 0:
        return []
    top = 10.0 ** len(f"{int(rate)}") if rate >= 1 else 1.0
    out = {rounded(top * 10.0**-decade * digits / 10, 2) for decade in range(40) for digits in range(1, 101)}
    return sorted(each for each in out if rate * 10.0**-DECADES <= each < rate)
