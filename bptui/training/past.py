"""What the past of a run answers: when a weight did what, which samples moved it, and the biography of every sample.

One replay of the updates answers all of it, exactly and in slices. A sample's answer is known each time it is in a
batch, with the weights from before that update: that is when it is first right, forgotten, or learned again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bptui.engine.reduce import share_of_samples
from bptui.engine.statistics import contributions
from bptui.engine.types import Floats, Integers, quiet
from bptui.engine.weight import Weight
from bptui.training.judged import chosen_class
from bptui.training.run import Run
from bptui.training.stepper import Stepper
from bptui.training.watching.made import Made


@dataclass(frozen=True, slots=True)
class Life:
    """Of a ``row`` of the data: how often it was in a batch, and wrong there; the update in which it was first right,
    how often a right answer was forgotten, and the last update in which it was; 0 for never."""

    row: int
    seen: int
    wrong: int
    first_right: int
    forgotten: int
    last_forgotten: int
    right_now: bool


@dataclass(frozen=True, slots=True)
class Pull:
    """What the samples of one row added to a weight over all updates, and the update in which it added most."""

    row: int
    total: float
    most: float
    update: int


class Past:
    """Replays a run from its start up to ``last``, in slices, with one weight in mind."""

    def __init__(self, run: Run, weight: Weight, last: int) -> None:
        self.run, self.weight, self.last = run, weight, min(last, run.frontier)
        self._place = run.start.architecture.place(weight)
        self.values: Floats = np.empty(self.last + 1)
        self.values[0] = run.start[weight]
        self.steps: Floats = np.zeros(self.last + 1)
        self.classes = bool(run.problem.data.classes)
        count = len(run.problem.data)
        self._rows = _Rows(count)
        self._pulls, self._most, self._most_at = np.zeros(count), np.zeros(count), np.zeros(count, np.int64)
        self._stepper: Stepper | None = None

    @property
    def made(self) -> int:
        """Updates replayed so far."""
        return self._stepper.update if self._stepper else 0

    def go_on(self, pause: Callable[[], bool] = lambda: False) -> bool:
        """Replay until ``pause()`` says so; True when all is known."""
        stepper = self._stepper = self._stepper or self.run.after(0)
        with quiet():
            while stepper.update < self.last:
                if pause():
                    return False
                position = stepper.position
                before = float(stepper.network.flat[self._place])
                made = Made(self.run, stepper, position, stepper.step())
                self._see(made, before)
        return True

    def _see(self, made: Made, before: float) -> None:
        update, work = made.update, made.work
        after = self.values[update] = made.stepper.left_flat[self._place]
        self.steps[update] = after - before
        rows, settings = made.rows, self.run.settings_at(update)
        n, once = len(rows), settings.order != "replacement"
        every = contributions(work.passed, self.weight)[:n] * (0.0 if self.frozen else -work.rate)
        added = share_of_samples(every, work.n) if settings.rules.reduction == "mean" else every
        add(self._pulls, rows, added, once)
        more = np.abs(added) > np.abs(self._most[rows])
        if more.any():
            self._most[rows[more]], self._most_at[rows[more]] = added[more], update
        if self.classes:
            right = chosen_class(work.passed.a[-1]) == chosen_class(work.targets)
            self._rows.see(update, rows, right[:n], once)

    # --- the weight ---

    def changed_sign(self) -> int:
        """The last update after which it had another sign than before; 0 for none."""
        return self.crossed(0.0)

    def crossed(self, value: float) -> int:
        """The last update that took it over to the other side of a value; 0 for none."""
        sides = np.sign(self.values - value)
        known = np.flatnonzero(sides)
        over = known[1:][sides[known][1:] != sides[known][:-1]]
        return int(over[-1]) if len(over) else 0

    def largest(self) -> int:
        """The last update after which it was as large as ever; 0: at the start."""
        return int(len(self.values) - 1 - self.values[::-1].argmax())

    def smallest(self) -> int:
        """The last update after which it was as small as ever."""
        return int(len(self.values) - 1 - self.values[::-1].argmin())

    def changed_most(self) -> int:
        """The update whose step changed it most, the first of them; 0 where none changed it."""
        return int(np.abs(self.steps).argmax())

    @property
    def frozen(self) -> bool:
        """Is it a bias that training leaves alone? Then no sample moves it."""
        return self.weight.is_bias and self.run.start.architecture.bias == "frozen"

    @property
    def adds_up(self) -> bool:
        """Are the pulls of the samples all that moved it? Under plain descent without penalty, clipping or edits, where
        it is moved at all."""
        every = [change for _, change in self.run.causes.changes]
        settings = {self.run.settings_at(update) for update, _ in self.run.causes.changes}
        plain = all(
            each.rules.optimizer.name == "sgd" and not (each.rules.l1 or each.rules.l2 or each.rules.clip_norm)
            for each in settings
        )
        return plain and len(every) == len(settings) and not self.frozen

    def pulls(self, most: int) -> list[Pull]:
        """The rows that moved it most, −γ times what they added to the gradient, the strongest first."""
        order = np.argsort(-np.abs(self._pulls), kind="stable")[:most]
        return [
            Pull(int(row), float(self._pulls[row]), float(self._most[row]), int(self._most_at[row]))
            for row in order
            if self._most_at[row]
        ]

    # --- the samples ---

    def lives(self) -> list[Life]:
        """Of every row that was in a batch, the hardest first: by the share of wrong answers, then by how often it was
        forgotten. Empty where there are no classes."""
        return self._rows.lives()


def add(sums: NDArray[Any], rows: Integers, values: Any, once: bool) -> None:
    """Add a value for each row; ``once`` says that no row is there twice, which is quicker."""
    if once:
        sums[rows] += values
    else:
        np.add.at(sums, rows, values)


class _Rows:
    """What is counted of each row of the data, (N,) each."""

    def __init__(self, count: int) -> None:
        self.seen, self.wrong, self.first, self.forgotten, self.last = (
            np.zeros(count, dtype=np.int64) for _ in range(5)
        )
        self.right: NDArray[np.bool_] = np.zeros(count, dtype=bool)

    def see(self, update: int, rows: Integers, right: NDArray[np.bool_], once: bool) -> None:
        """The answers in a batch; a row that is drawn twice has the same one twice."""
        add(self.seen, rows, 1, once)
        if not right.all():
            wrong = rows[~right]
            add(self.wrong, wrong, 1, once)
            lost = np.unique(wrong[self.right[wrong]])
            self.forgotten[lost] += 1
            self.last[lost] = update
        new = rows[right & (self.first[rows] == 0)]
        self.first[new] = update
        self.right[rows] = right

    def lives(self) -> list[Life]:
        rows = np.flatnonzero(self.seen)
        share = self.wrong[rows] / self.seen[rows]
        hardest = rows[np.lexsort((rows, -self.forgotten[rows], -share))].tolist()
        return [
            Life(
                row,
                seen=int(self.seen[row]),
                wrong=int(self.wrong[row]),
                first_right=int(self.first[row]),
                forgotten=int(self.forgotten[row]),
                last_forgotten=int(self.last[row]),
                right_now=bool(self.right[row]),
            )
            for row in hardest
        ]
