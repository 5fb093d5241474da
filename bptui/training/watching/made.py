"""An update just made, or made again: what may be asked of it while its arrays still stand in the workspace."""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from bptui.engine.types import Integers
from bptui.engine.update import Workspace
from bptui.training.ends import EpochEnd, epoch_values
from bptui.training.problem import Problem
from bptui.training.run import Run
from bptui.training.schedule import Position
from bptui.training.settings import Order
from bptui.training.stepper import Stepper


class Made:
    """``update`` stood at ``position`` in the schedule; ``work`` holds its pass and gradients until the next one is
    made, ``loss`` is the mean loss of its batch, and ``stepper`` has the weights that it left."""

    def __init__(
        self, run: Run, stepper: Stepper, position: Position, loss: float, places: "Places | None" = None
    ) -> None:
        self._places = {} if places is None else places
        self.update = stepper.update
        self.position = position
        self.stepper = stepper
        self.loss = loss
        self._run = run

    @cached_property
    def problem(self) -> Problem:
        """What the run works on in this update."""
        return self._run.problem_at(self.update)

    @property
    def work(self) -> Workspace:
        """The arrays of the update, overwritten by the next one."""
        assert self.stepper.work is not None, "it has just made one"
        return self.stepper.work

    @property
    def ends_epoch(self) -> bool:
        """Is it the last update of its epoch?"""
        return self.stepper.reached.epoch > self.position.epoch

    @cached_property
    def end(self) -> EpochEnd | None:
        """All samples at the end of its epoch; None where it is not the last of one."""
        if not self.ends_epoch:
            return None
        epochs = self._run.history.epochs
        if epochs.width == 1 and epochs.last_update >= self.update:
            return self._run.epoch_end(self.update)
        rules = self._run.settings_at(self.update).rules
        return EpochEnd(self.position.epoch, *epoch_values(self.problem, self.stepper.left, rules))

    @cached_property
    def rows(self) -> Integers:
        """Rows of the data in its batch, (n,), guests not among them."""
        settings, problem, position = self._run.settings_at(self.update), self.problem, self.position
        order = problem.order(position.epoch, settings.order)
        return problem.rows(order[position.start : position.start + position.size(settings, problem.count)])

    def sample_of(self, row: int) -> int | None:
        """Which sample of the batch (from 0) a row of the data is, the first where it is drawn twice; None where it is
        not in it."""
        settings, problem, position = self._run.settings_at(self.update), self.problem, self.position
        if settings.order == "replacement":
            found = np.flatnonzero(self.rows == row)
            return int(found[0]) if len(found) else None
        key = problem, position.epoch, settings.order, row
        if key not in self._places:
            if len(self._places) == MOST_PLACES:
                self._places.clear()
            self._places[key] = place_of(*key)
        place = self._places[key] - position.start
        return place if 0 <= place < position.size(settings, problem.count) else None


MOST_PLACES = 64
Places = dict[tuple[Problem, int, Order, int], int]
"""What :func:`place_of` found, for who looks at every update of an epoch."""


def place_of(problem: Problem, epoch: int, order: Order, row: int) -> int:
    """Where in an epoch that visits every sample once a row of the data comes, from 0; −1 where it is left out."""
    found = np.flatnonzero(problem.rows(problem.order(epoch, order)) == row)
    return int(found[0]) if len(found) else -1


Look = Callable[[Made], None]
"""Who wants to see every update that is made."""
