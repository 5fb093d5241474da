"""The ends of epochs of a run: what the network makes of all samples there, evaluated where the curve keeps it, and
where somebody stands."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np

from bptui.engine.network import Network
from bptui.engine.types import Floats, quiet
from bptui.engine.update import UpdateRules, penalty
from bptui.training.history import Curve
from bptui.training.problem import Metrics, Problem
from bptui.training.replay import Replay
from bptui.training.schedule import Position
from bptui.training.stepper import Stepper

LATELY = 4  # ends outside the curve that are kept
AT_ONCE = 4096  # samples that are evaluated in one go
LIGHT = (
    1024  # samples × parameters up to which they are evaluated when the curve is read: a thousand times in some 10 ms
)


@dataclass(frozen=True, slots=True)
class EpochEnd:
    """What the network at the end of an epoch (0: at the start) makes of all samples, and the penalty on its weights;
    nan where there is no test, or there are no classes."""

    epoch: int
    train_loss: float
    test_loss: float
    train_accuracy: float
    test_accuracy: float
    penalty: float


def epoch_values(problem: Problem, network: Network, rules: UpdateRules) -> tuple[float, ...]:
    """What the curve keeps of an epoch's end, in the order of its names."""
    return *problem.metrics(network, rules.loss), penalty(network, rules)


class Unread(NamedTuple):
    """The end of an epoch that the curve has passed over: evaluated only where somebody asks for it. ``theta`` is
    None where the next update most likely ends an epoch too: ``stepper`` has it until then."""

    update: int
    epoch: int
    seen: int
    theta: Floats | None
    stepper: Stepper


@dataclass(slots=True, eq=False)
class Ending:
    """The end of an epoch that is being evaluated, a part of the samples after the other; ``penalty`` is known."""

    update: int
    epoch: int
    seen: int
    parts: Generator[None, None, Metrics]
    penalty: float


class Ends:
    """Those of one run, told of every update that ends an epoch; what the ``curve`` lacks is replayed."""

    def __init__(self, curve: Curve, replay: Replay) -> None:
        self.curve = curve
        self._replay = replay
        self._lately: dict[int, EpochEnd] = {}
        self._unread: Unread | None = None  # the last one
        self._read: tuple[tuple[Curve, int, int], EpochEnd] | None = None
        self._ending: Ending | None = None  # the last one, where it takes long

    @property
    def evaluating(self) -> bool:
        """Is the last one not known yet?"""
        return self._ending is not None

    def note(self, stepper: Stepper, before: Position) -> None:
        """Take up the end of an epoch that an update just made has come to, unless it stands in the curve already."""
        update, seen = stepper.update, stepper.reached.seen
        if update <= self.curve.last_update:
            return
        problem, rules = self._replay.problem_at(update), self._replay.settings_at(update).rules
        self._unread = None
        if self.curve.skips():
            theta = stepper.left_theta() if before.batch > 1 else None
            self._unread = Unread(update, before.epoch, seen, theta, stepper)
        elif problem.samples > AT_ONCE:
            network = Network(self._replay.architecture, stepper.left_theta())
            parts = problem.metrics_in_parts(network, rules.loss)
            self._ending = Ending(update, before.epoch, seen, parts, penalty(network, rules))
        elif problem.samples * len(stepper.left_flat) <= LIGHT:
            later = partial(self._values, problem, stepper.left_theta(), rules)
            self.curve.append_later((update, before.epoch, seen), later)
        else:
            self.curve.append((update, before.epoch, seen), epoch_values(problem, stepper.left, rules))

    def _values(self, problem: Problem, theta: Floats, rules: UpdateRules) -> tuple[float, ...]:
        self._network.flat[:] = theta
        with quiet():
            return epoch_values(problem, self._network, rules)

    @cached_property
    def _network(self) -> Network:
        """Room for the weights of an end that is evaluated later: to make a network takes as long as a pass."""
        return Network(self._replay.architecture, np.empty(self._replay.architecture.parameters))

    def evaluated(self, pause: Callable[[], bool] = lambda: False) -> bool:
        """Evaluate the last one; False where ``pause()``, asked between the parts of many samples, said so before."""
        ending = self._ending
        if ending is None:
            return True
        try:
            with quiet():
                while True:
                    next(ending.parts)
                    if pause():
                        return False
        except StopIteration as whole:
            self.curve.append((ending.update, ending.epoch, ending.seen), (*whole.value, ending.penalty))
            self._ending = None
            return True

    def show_last(self, frontier: int) -> None:
        """The curve ends where the run does."""
        unread, curve = self._unread, self.curve
        if unread is not None and unread.update > curve.last_update:
            end = self._passed_over(unread, frontier)
            curve.show((unread.update, end.epoch, unread.seen), tuple(getattr(end, name) for name in curve.names))

    def at(self, update: int, frontier: int, wait: bool = True) -> EpochEnd:
        """The last one at or before an update of the ``frontier`` that were made (0: the start): from the curve, or
        computed again where that is thinned. One that is still being evaluated is waited for, or else the one before it
        is meant."""
        if self._ending is not None and update >= self._ending.update:
            if wait:
                self.evaluated()
            else:
                update = self._ending.update - 1
        curve, unread = self.curve, self._unread
        if unread is not None and update >= unread.update:
            return self._passed_over(unread, frontier)
        if curve.width == 1 or (update >= curve.last_update and curve.passed == 0):
            return self._in_curve(update)
        return self._replayed(self._replay.state(update).position.epoch - 1, frontier)

    def _in_curve(self, update: int) -> EpochEnd:
        """The last at or before an update; it is asked again and again while one stands in a batch."""
        curve = self.curve
        asked = curve, curve.last_update, update
        if self._read is None or self._read[0] != asked:
            place = curve.place(update)
            values = [float(curve.last(name)[place]) for name in curve.names]
            self._read = asked, EpochEnd(int(curve.axis("epoch")[place]), *values)
        return self._read[1]

    def _passed_over(self, unread: Unread, frontier: int) -> EpochEnd:
        update, epoch, theta = unread.update, unread.epoch, unread.theta
        if theta is None and unread.stepper.update == update:
            theta = unread.stepper.left_theta()
        return self._replayed(epoch, frontier) if theta is None else self._of(epoch, update, theta)

    def _replayed(self, epoch: int, frontier: int) -> EpochEnd:
        if epoch in self._lately:
            return self._lately[epoch]
        stepper = self._replay.before_epoch(epoch + 1, frontier)
        return self._of(epoch, stepper.update, stepper.left_theta())

    def _of(self, epoch: int, update: int, theta: Floats) -> EpochEnd:
        """The end of an epoch with the θ that an update (0: none) has left: evaluated unless that was done lately."""
        if epoch not in self._lately:
            if len(self._lately) == LATELY:
                self._lately.pop(next(iter(self._lately)))
            network, first = Network(self._replay.architecture, theta), max(update, 1)
            problem, rules = self._replay.problem_at(first), self._replay.settings_at(first).rules
            self._lately[epoch] = EpochEnd(epoch, *epoch_values(problem, network, rules))
        return self._lately[epoch]
