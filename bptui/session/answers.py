"""The answers of the history, each with the moment in which it is seen."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from bptui.session.moment import GRADIENT, UPDATE, Moment, Phase
from bptui.session.moves import end_of
from bptui.training.past import Life, Past, Pull
from bptui.training.run import Run

What = Literal["sign", "crossed", "largest", "smallest", "changed", "pull", "life"]
Order = Literal["hardest", "beside", "forgotten", "lost", "latest", "row"]
ORDERS: tuple[Order, ...] = ("hardest", "beside", "forgotten", "lost", "latest", "row")
"""How samples are sorted; ``beside`` where another fork's answers are known."""
MOST_PULLS = 8
Lives = Mapping[int, Life]
"""By their rows."""
NONE: Lives = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """``update`` is where it is seen, 0 for never (or at the start); ``value`` is the number that it is about."""

    what: What
    update: int
    value: float = 0.0
    pull: Pull | None = None
    life: Life | None = None

    @property
    def row(self) -> int | None:
        """The row of the data that it is about."""
        about = self.pull or self.life
        return about.row if about else None

    @property
    def somewhere(self) -> bool:
        """Can one go there?"""
        return self.update > 0


def of_weight(past: Past, crossing: float) -> list[Answer]:
    """When the weight did what, and which samples moved it most."""
    values, steps = past.values, past.steps
    largest, smallest, most = past.largest(), past.smallest(), past.changed_most()
    return [
        Answer("sign", past.changed_sign()),
        Answer("crossed", past.crossed(crossing), crossing),
        Answer("largest", largest, float(values[largest])),
        Answer("smallest", smallest, float(values[smallest])),
        Answer("changed", most, float(steps[most])),
        *(Answer("pull", pull.update, pull.total, pull=pull) for pull in past.pulls(MOST_PULLS)),
    ]


def of_samples(past: Past, order: Order, current: int, beside: Lives = NONE) -> list[Answer]:
    """A biography each, that of the ``current`` row first: seen where it was forgotten last, else where it was first
    right. ``beside`` are those of another fork."""
    lives = past.lives()
    if order == "beside":
        lives.sort(key=lambda life: not lost_here(life, beside))
    elif order == "forgotten":
        lives.sort(key=lambda life: (-life.forgotten, life.row))
    elif order == "lost":
        lives.sort(key=lambda life: (-life.last_forgotten, life.row))
    elif order == "latest":
        lives.sort(key=lambda life: (life.first_right > 0, -life.first_right, life.row))
    elif order == "row":
        lives.sort(key=lambda life: life.row)
    lives.sort(key=lambda life: life.row != current)
    return [Answer("life", life.last_forgotten or life.first_right, life=life) for life in lives]


def lost_here(life: Life, beside: Lives) -> bool:
    """Is the last answer wrong here, and right in the other fork?"""
    there = beside.get(life.row)
    return not life.right_now and there is not None and there.right_now


def moment_of(run: Run, here: Moment, answer: Answer) -> Moment:
    """Where an answer is seen: a weight's after its update, a sample's in its own pass."""
    there = end_of(run, here, answer.update)
    if answer.row is None:
        return replace(there, phase=UPDATE) if answer.update else there
    found = np.flatnonzero(run.record(answer.update).indices == answer.row)
    return replace(there, phase=GRADIENT if answer.pull else Phase("loss"), sample=int(found[0]))
