"""Which class is taken for which: the answers to all training or all test samples at some weights."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bptui.engine.evaluate import evaluate
from bptui.engine.network import Network
from bptui.engine.types import Floats, Integers
from bptui.training.judged import chosen_class
from bptui.training.problem import Problem

Part = Literal["train", "test"]


@dataclass(frozen=True, slots=True, eq=False)
class Confusion:
    """``counts[k][j]`` (classes × classes) samples of class k are answered as class j. Of each sample: its ``rows``
    number in the data, its class ``wanted``, the class ``said``, its loss, and the ``outputs`` (N × o)."""

    part: Part
    counts: Integers
    rows: Integers
    wanted: Integers
    said: Integers
    losses: Floats
    outputs: Floats

    def cell(self, wanted: int, said: int) -> Integers:
        """Places of the samples of one class that are answered as another, the largest loss first."""
        places = np.flatnonzero((self.wanted == wanted) & (self.said == said))
        return places[np.argsort(-self.losses[places], kind="stable")]

    @property
    def right(self) -> int:
        return int(np.trace(self.counts))

    def confused(self) -> list[tuple[int, int]]:
        """The pairs of classes that are taken for one another, the most frequent first."""
        wrong = self.counts.copy()
        np.fill_diagonal(wrong, 0)
        order = np.argsort(-wrong, axis=None, kind="stable")[: np.count_nonzero(wrong)]
        return [(int(k), int(j)) for k, j in zip(*np.unravel_index(order, wrong.shape), strict=True)]


class Tally:
    """Answers every sample of one part with these weights, a chunk at a time. Use it only where the targets are
    classes."""

    def __init__(self, problem: Problem, network: Network, loss: str, part: Part) -> None:
        x, y = (problem.train_x, problem.train_y) if part == "train" else (problem.test_x, problem.test_y)
        self.part: Part = part
        self.total, self.counted = len(x), 0
        self._rows = problem.split.train if part == "train" else problem.split.test
        self._y = y
        self._chunks = evaluate(network, loss, x, y)
        self._losses, self._outputs = np.empty(len(x)), np.empty(y.shape)
        self._classes = max(len(problem.data.classes), 2)

    @property
    def done(self) -> bool:
        return self.counted == self.total

    def work(self, pause: Callable[[], bool]) -> None:
        """Go on, by one chunk at least, until all are answered or ``pause()`` says so."""
        for some, losses, answers in self._chunks:
            self._losses[some], self._outputs[some] = losses, answers
            self.counted += len(losses)
            if pause():
                return

    def found(self) -> Confusion:
        """Of the samples answered so far."""
        some = slice(0, self.counted)
        outputs = self._outputs[some]
        wanted, said = chosen_class(self._y[some]), chosen_class(outputs)
        counts = np.zeros((self._classes, self._classes), dtype=np.int64)
        np.add.at(counts, (wanted, said), 1)
        return Confusion(self.part, counts, self._rows[some], wanted, said, self._losses[some], outputs)


def confusion(problem: Problem, network: Network, loss: str, part: Part) -> Confusion:
    """All samples of one part at once."""
    tally = Tally(problem, network, loss, part)
    tally.work(lambda: False)
    return tally.found()
