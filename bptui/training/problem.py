"""What a run works on and never changes: the samples to train on and to test on, and the seed."""

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol

import numpy as np

from bptui.data import Dataset, Split
from bptui.data.inputs import Inputs
from bptui.engine.evaluate import room_for
from bptui.engine.network import Architecture, Network
from bptui.engine.types import Floats, Integers, Rows, quiet, read_only
from bptui.training.judged import Judged
from bptui.training.roster import UNEDITED, Cell, Roster
from bptui.training.schedule import Position, epoch_order
from bptui.training.settings import Order

MOST_EDITED = 4
"""Problems under a roster that are kept: a run that is stepped through meets the same few again and again."""

Metrics = tuple[float, float, float, float]


class Visits(Protocol):
    """In which order samples were visited."""

    def order(self, epoch: int, count: int) -> Integers | None:
        """The places of all ``count`` training samples as an epoch (from 1) visits them; None where it is not known."""


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """train_x, train_y (N × i, N × o) are the rows ``split.train`` of the data, in that order, scaled as a
    network gets them; test likewise. Where samples were edited, ``whole`` is the problem before that and ``roster``
    says how this one differs: rows left out are none of its training samples. ``visits`` knows the order of epochs that
    somebody else has made."""

    data: Dataset
    split: Split
    seed: int
    train_x: Rows
    train_y: Floats
    test_x: Rows
    test_y: Floats
    roster: Roster = UNEDITED
    whole: "Problem | None" = None
    visits: "Visits | None" = None
    _edited: "dict[Roster, Problem]" = field(default_factory=dict, repr=False)
    _judged: dict[Architecture, tuple[Judged, Judged]] = field(default_factory=dict, repr=False)

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

    def order(self, epoch: int, order: Order) -> Integers:
        """The places of the training samples as an epoch (from 1) visits them: samples that are left out are missing
        from the order of all; with replacement it draws among those that are in."""
        known = self.visits.order(epoch, self.count) if self.visits else None
        if known is not None:
            return known
        if self.whole is None or order == "replacement":
            return epoch_order(self.seed, epoch, self.count, order)
        return edited_order(self.seed, epoch, self.whole.count, order, self._places)

    @property
    def _places(self) -> bytes:
        """Of its samples among all there are, ascending, as a value."""
        assert self.whole is not None
        return np.flatnonzero(~np.isin(self.whole.split.train, self.roster.out)).astype(np.int64).tobytes()

    def under(self, roster: Roster) -> "Problem":
        """The same problem with its training samples edited so."""
        if roster is self.roster:
            return self
        whole = self.whole or self
        if roster == UNEDITED:
            return whole
        if roster not in whole._edited:
            if len(whole._edited) == MOST_EDITED:
                whole._edited.pop(next(iter(whole._edited)))
            whole._edited[roster] = whole._under(roster)
        return whole._edited[roster]

    def _under(self, roster: Roster) -> "Problem":
        rows = self.split.train[~np.isin(self.split.train, roster.out)]
        place = {int(row): k for k, row in enumerate(rows)}
        y = self.data.y[rows]
        for row in roster.rows("y"):
            if row in place:
                for at, value in roster.of(row, "y").items():
                    y[place[row], at] = value
        return replace(
            self,
            split=Split(read_only(rows), self.split.test),
            train_x=self._inputs(rows, roster),
            train_y=read_only(y),
            roster=roster,
            whole=self,
            _edited={},
            _judged={},
        )

    def _inputs(self, rows: Integers, roster: Roster) -> Rows:
        """The inputs of these rows with what was rewritten, as a network gets them."""
        found, others = self.data.inputs(rows), {row: self.inputs_of(row, roster) for row in roster.rows("x")}
        if isinstance(found, Inputs):
            return Inputs(found.x, rows, found.scaling, others)
        for row, x in others.items():
            found[rows == row] = x
        return found

    def inputs_of(self, row: int, roster: Roster) -> Floats:
        """The inputs of a row of the data (i,) under a roster, as a network gets them."""
        return self.data.given(self.as_given(row, roster))

    def as_given(self, row: int, roster: Roster) -> Floats:
        """The same as the file has them."""
        x = self.data.x[row].astype(np.float64)
        for at, value in roster.of(row, "x").items():
            x[at] = value
        return x

    def originals(self, rows: Integers) -> dict[Cell, float]:
        """Of these rows the data's own numbers, as a network gets them, in place of which others stand."""
        met = set(rows.tolist()) if self.roster.rewritten else ()
        found: dict[Cell, float] = {}
        for (row, part, place), _ in self.roster.rewritten:
            if row in met:
                numbers = self.data.given(self.data.x[row]) if part == "x" else self.data.y[row]
                found[row, part, place] = float(numbers[place])
        return found

    def moved(self, position: Position, there: "Problem", order: Order) -> Position:
        """A place in an epoch of this problem in the same epoch of another one, whose samples are others: behind the
        samples of that one that were visited, or would have been."""
        if there is self or position.start == 0:
            return position
        if order == "replacement":
            return position._replace(start=min(position.start, there.count))
        whole = self.whole or self
        everything = whole.split.train[epoch_order(self.seed, position.epoch, whole.count, order)]
        mine = everything[np.isin(everything, self.split.train)]
        ended = position.start >= len(mine)
        visited = everything if ended else everything[: (everything == mine[position.start]).argmax()]
        return position._replace(start=int(np.isin(visited, there.split.train).sum()))

    @property
    def samples(self) -> int:
        """All that :meth:`metrics` looks at."""
        return len(self.train_x) + len(self.test_x)

    def metrics(self, network: Network, loss: str) -> Metrics:
        """Train and test loss (means), train and test accuracy; nan where there is none."""
        parts = self.metrics_in_parts(network, loss)
        with quiet():
            while True:
                try:
                    next(parts)
                except StopIteration as whole:
                    return whole.value

    def metrics_in_parts(self, network: Network, loss: str) -> Generator[None, None, Metrics]:
        """The same, given back at the end of a walk through all samples that can be broken off between its parts.
        Callers silence numpy's warnings."""
        train, test = self._judged_by(network.architecture)
        train_loss, train_accuracy = yield from train.walk(network, loss)
        test_loss, test_accuracy = yield from test.walk(network, loss)
        return train_loss, test_loss, train_accuracy, test_accuracy

    def _judged_by(self, architecture: Architecture) -> tuple[Judged, Judged]:
        """The training samples and those of the test. They share a room: it stays in the cache."""
        if architecture not in self._judged:
            room = room_for(architecture, max(len(self.train_x), len(self.test_x)))
            train, test = (self.train_x, self.train_y), (self.test_x, self.test_y)
            classes = bool(self.data.classes)
            self._judged[architecture] = Judged(*train, classes, room), Judged(*test, classes, room)
        return self._judged[architecture]


@lru_cache(maxsize=8)
def edited_order(seed: int, epoch: int, count: int, order: Order, places: bytes) -> Integers:
    """An epoch's order without the samples that are left out, as places among those that are in."""
    kept = np.frombuffer(places, dtype=np.int64)
    everything = epoch_order(seed, epoch, count, order)
    return read_only(np.searchsorted(kept, everything[np.isin(everything, kept)]))
