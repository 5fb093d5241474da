"""What a run works on and never changes: the samples to train on and to test on, and the seed."""

from dataclasses import dataclass

import numpy as np

from bptui.data import Dataset, Split
from bptui.engine.evaluate import evaluate
from bptui.engine.network import Network
from bptui.engine.reduce import share_of_samples
from bptui.engine.types import Floats, Integers, Rows, quiet


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """train_x, train_y (N × i, N × o) are the rows ``split.train`` of the data, in that order, scaled as a
    network gets them; test likewise."""

    data: Dataset
    split: Split
    seed: int
    train_x: Rows
    train_y: Floats
    test_x: Rows
    test_y: Floats

    @classmethod
    def of(cls, data: Dataset, split: Split, seed: int) -> "Problem":
        """The rows of the data that a split gives to training and to the test."""
        train, test = split.train, split.test
        return cls(data, split, seed, data.inputs(train), data.y[train], data.inputs(test), data.y[test])

    @property
    def count(self) -> int:
        """Number of samples an epoch visits."""
        return len(self.train_x)

    def rows(self, places: Integers) -> Integers:
        """Row numbers in the data set of places in the training set."""
        return self.split.train[places]

    def metrics(self, network: Network, loss: str) -> tuple[float, float, float, float]:
        """Train and test loss (means), train and test accuracy; nan where there is none."""
        train_loss, train_accuracy = self._evaluate(network, loss, self.train_x, self.train_y)
        test_loss, test_accuracy = self._evaluate(network, loss, self.test_x, self.test_y)
        return train_loss, test_loss, train_accuracy, test_accuracy

    def _evaluate(self, network: Network, loss: str, x: Rows, y: Floats) -> tuple[float, float]:
        if len(x) == 0:
            return float("nan"), float("nan")
        total, right = 0.0, 0
        for part, losses, outputs in evaluate(network, loss, x, y):
            with quiet():
                total += float(losses.sum())
            right += int((chosen_class(outputs) == chosen_class(y[part])).sum())
        accuracy = share_of_samples(right, len(x)) if self.data.classes else float("nan")
        return share_of_samples(total, len(x)), accuracy


def chosen_class(outputs: Floats) -> Integers:
    """The class each row says: the largest of several outputs, or 1 for a single output above one half."""
    if outputs.shape[1] == 1:
        return (outputs[:, 0] > 0.5).astype(np.int64)
    return np.argmax(outputs, axis=1)
