"""Which class is taken for which: the answers to all training or all test samples at some weights."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from bptui.engine.evaluate import evaluate
from bptui.engine.network import Network
from bptui.engine.types import Floats, Integers
from bptui.training.problem import Problem, chosen_class

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


def confusion(problem: Problem, network: Network, loss: str, part: Part) -> Confusion:
    """Every sample of one part answered with these weights. Use it only where the targets are classes."""
    x, y = (problem.train_x, problem.train_y) if part == "train" else (problem.test_x, problem.test_y)
    losses, outputs = np.empty(len(x)), np.empty(y.shape)
    for some, of_loss, answers in evaluate(network, loss, x, y):
        losses[some], outputs[some] = of_loss, answers
    wanted, said = chosen_class(y), chosen_class(outputs)
    classes = max(len(problem.data.classes), 2)
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (wanted, said), 1)
    rows = problem.split.train if part == "train" else problem.split.test
    return Confusion(part, counts, rows, wanted, said, losses, outputs)
