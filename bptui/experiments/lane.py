"""A lane of a race: one entry's run, measured on its way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bptui.engine.network import Network
from bptui.experiments.cost import memory_bytes, multiply_adds
from bptui.experiments.gradient_noise import GradientNoise, gradient_noise
from bptui.training.history import METRICS
from bptui.training.run import Run
from bptui.training.schedule import Position
from bptui.training.settings import Settings

Pause = Callable[[], bool]
Unit = Literal["update", "epoch", "seen", "mult_adds"]
UNITS: tuple[Unit, ...] = ("seen", "epoch", "update", "mult_adds")
GROWTH = 1.5  # points are also measured at updates that grow by this factor, so that the first ones are seen too
STATES = 2**20  # bytes: hardly anybody looks back at what a lane has been through
NOISE_EVERY = 5  # points between two measurements of the noise, which costs a backward pass


@dataclass(frozen=True, slots=True)
class Entry:
    """What makes a lane: its name on the screen and its settings."""

    name: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class Point:
    """A lane measured after ``update`` updates: losses and accuracies over the whole training and test set (nan where
    there is none), and ``batch_loss``, the mean of the batch losses since the point before (nan at the start)."""

    update: float
    epoch: float
    seen: float
    mult_adds: float
    train_loss: float
    test_loss: float
    train_accuracy: float
    test_accuracy: float
    batch_loss: float


class Lane:
    """One entry's run. ``points`` are its curves; ``seconds`` is the time its training took (the run's own measuring
    at the end of each epoch included), ``measuring`` that of its points."""

    def __init__(self, entry: Entry, run: Run, unit: Unit, spacing: float, clock: Callable[[], float]) -> None:
        self.name = entry.name
        self.settings = entry.settings
        self.run = run
        run.limit_memory(STATES)
        self.points: list[Point] = []
        self.seconds = self.measuring = 0.0
        self.spacing = spacing
        self._unit = unit
        self._clock = clock
        self._due = 0.0  # measured next at this progress
        self._due_update = 1  # or at this update
        self._noted = 0
        self._losses: list[float] = []  # since the last point
        self.cost = multiply_adds(run.start.architecture, entry.settings.repeat_until > 0)  # of a sample seen
        self.measure()
        self.noise = self._noise()
        self.start_noise = self.noise.of_batch  # at weights that all lanes share

    @property
    def note(self) -> str | None:
        """Why the lane had to stop, or None."""
        return str(self.run.stop) if self.run.stop else None

    @property
    def penalised(self) -> bool:
        """Does L1 or L2 add a penalty on the weights, which no loss of a point includes?"""
        return self.settings.rules.l1 > 0 or self.settings.rules.l2 > 0

    @property
    def network(self) -> Network:
        """The current weights."""
        return self.run.reached

    @property
    def back_propagations(self) -> int:
        """Backward passes of single samples made so far: the samples seen, each time they were."""
        return self.run.next_position.seen

    @property
    def mult_adds(self) -> int:
        """Multiply-adds made so far, see :func:`multiply_adds`."""
        return self.cost * self.back_propagations

    @property
    def memory(self) -> int:
        """Bytes, see :func:`memory_bytes`."""
        return memory_bytes(self.run.start.architecture, self.settings, self.run.problem.count)

    def progress(self, unit: Unit) -> float:
        return self._progress(unit, self.run.frontier, self.run.next_position)

    def _progress(self, unit: Unit, update: int, position: Position) -> float:
        match unit:
            case "update":
                return update
            case "epoch":
                return position.epoch - 1 + position.start / self.run.problem.count
            case "seen":
                return position.seen
            case "mult_adds":
                return self.cost * position.seen

    def advance(self, until: float, pause: Pause) -> None:
        """Make at least one update, and more until the progress is ``until``, a point is due, or ``pause()``."""
        first = self.run.frontier

        def enough(update: int, position: Position) -> bool:
            self._note_loss(update)
            here = self._progress(self._unit, update, position)
            return update > first and (here >= min(until, self._due) or update >= self._due_update)

        began = self._clock()
        finished = self.run.extend(enough, pause)
        self.seconds += self._clock() - began
        if finished and (self.run.stop or self._is_due()):
            self.measure()

    def _note_loss(self, update: int) -> None:
        """Note the loss of the latest batch."""
        if update > self._noted:
            self._noted = update
            self._losses.append(float(self.run.history.updates.last("batch_loss")[-1]))

    def _is_due(self) -> bool:
        return self.progress(self._unit) >= self._due or self.run.frontier >= self._due_update

    def measure(self) -> None:
        """Add the current point, unless it stands there already."""
        update, here = self.run.frontier, self.progress(self._unit)
        self._due = (here // self.spacing + 1) * self.spacing
        self._due_update = max(update + 1, int(update * GROWTH))
        if self.points and self.points[-1].update == update:
            return
        began = self._clock()
        batch_loss = float(np.mean(self._losses)) if self._losses else float("nan")
        self._losses = []
        epoch, metrics = self.progress("epoch"), self._metrics()
        self.points.append(Point(update, epoch, self.back_propagations, self.mult_adds, *metrics, batch_loss))
        if len(self.points) % NOISE_EVERY == 0:
            self.noise = self._noise()
        self.measuring += self._clock() - began

    def _metrics(self) -> tuple[float, float, float, float]:
        epochs = self.run.history.epochs
        if epochs.last_update == self.run.frontier:  # the run has just measured it itself
            train, test, train_right, test_right = (float(epochs.last(name)[-1]) for name in METRICS)
            return train, test, train_right, test_right
        return self.run.problem.metrics(self.network, self.settings.rules.loss)

    def _noise(self) -> GradientNoise:
        return gradient_noise(self.run.problem, self.network, self.settings)

    def settle(self) -> None:
        """Measure everything at the current weights."""
        self.measure()
        self.noise = self._noise()
