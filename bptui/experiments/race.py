"""A race: two to six lanes of settings from the same start weights over the same data, trained side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, sqrt
from time import perf_counter
from typing import Literal

import numpy as np

from bptui.engine.backprop import Pass, backward, forward
from bptui.engine.losses import LOSSES
from bptui.engine.network import Architecture, Network
from bptui.engine.reduce import reduce_over_samples
from bptui.engine.statistics import batch_statistics
from bptui.engine.types import Integers
from bptui.training.history import METRICS
from bptui.training.problem import Problem
from bptui.training.run import Run
from bptui.training.schedule import Position
from bptui.training.settings import Settings

Pause = Callable[[], bool]
Unit = Literal["update", "epoch", "seen", "mult_adds"]
UNITS: tuple[Unit, ...] = ("seen", "epoch", "update", "mult_adds")
MOST_LANES = 6
POINTS = 40  # measured on the way to the goal, evenly
GROWTH = 1.5  # and at updates that grow by this factor, so that the first ones are seen too
NOISE_EVERY = 5  # points between two measurements of the noise, which costs a backward pass
PROBE = 512  # samples the noise is measured on, at most
WARM_UP = 0.02  # seconds of training that is thrown away, a lane: caches and libraries are ready before any clock runs
WARM_UPDATES = 3  # at most


def multiply_adds(architecture: Architecture, checked: bool = False) -> int:
    """Multiply-adds of one sample's forward and backward pass, over the weights of layers 1 … L with i × o each.

    forward Σ_l i·o; gradient of the weights a ⊗ δ: Σ_l i·o; δ handed down, from layer L to layer 2: Σ_{l≥2} i·o.
    ``checked``: one forward pass more, Σ_l i·o, by which drilling asks whether the sample is right by now.
    Biases, activation functions and the optimizer's step (once an update) are not counted.
    """
    products = [i * o for i, o in zip(architecture.sizes, architecture.sizes[1:], strict=False)]
    return 2 * sum(products) + sum(products[1:]) + checked * sum(products)


def memory_bytes(architecture: Architecture, settings: Settings, count: int) -> int:
    """Bytes that a batch's activations (input included) and deltas take: 8 · n · (Σ_{l=0…L} s_l + Σ_{l=1…L} s_l),
    s_l the units of layer l, 8 bytes a float64. With micro-batches n is the size of the largest part: no other
    part's rows are needed at the same time."""
    n = ceil(min(settings.batch_size or count, count) / settings.rules.micro_batches)
    return 8 * n * (sum(architecture.sizes) + sum(architecture.sizes[1:]))


@dataclass(frozen=True, slots=True)
class Noise:
    """Noise of the gradient at a lane's current weights, the per-sample gradients taken over a probe.

    The probe is the training set, or PROBE of its samples drawn by the seed, the same ones every time: the first ones
    would not do where the data are sorted, nor a lane's own batch, since the variance within a batch of one is 0.

    Attributes:
        variance: tr Σ, the variance of the per-sample gradients, all parameters together.
        scale: tr Σ / |G|², the simple noise scale in samples (McCandlish et al. 2018, eq. 2.9); G is the mean.
        of_batch: √(tr Σ / n · (N − n)/(N − 1)) / |G|: how far the mean of n samples, drawn without putting back
            from N, lies from G, as a fraction of it. 0 for the full batch; the same for sum and mean.
    """

    variance: float
    scale: float
    of_batch: float


def probe(count: int, seed: int) -> Integers:
    """Places in the training set on which the noise is measured: all, or a fair choice of PROBE that the seed makes."""
    if count <= PROBE:
        return np.arange(count)
    return np.sort(np.random.default_rng([seed, 5]).permutation(count)[:PROBE])


def gradient_noise(problem: Problem, network: Network, settings: Settings) -> Noise:
    """See :class:`Noise`."""
    count, size = problem.count, min(settings.batch_size or problem.count, problem.count)
    places = probe(count, problem.seed)
    passed = Pass.empty(network.architecture, len(places))
    passed.a[0][:] = problem.train_x[places]
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        forward(network, passed)
        backward(network, LOSSES[settings.rules.loss], problem.train_y[places], passed)
        statistics = batch_statistics(network.architecture, passed, with_cosines=False)
        variance = np.array([statistics.variance.flat.sum()])
        of_mean = np.empty(1)
        reduce_over_samples(variance, size, "mean", of_mean)
        length = float(np.linalg.norm(statistics.mean.flat))
    rest = (count - size) / (count - 1) if count > 1 else 0.0
    distance = sqrt(float(of_mean[0]) * rest) if np.isfinite(of_mean[0]) else float("inf")
    of_batch = distance / length if length > 0 else float("inf") if distance > 0 else 0.0
    return Noise(float(variance[0]), statistics.noise_scale, of_batch)


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

    @property
    def note(self) -> str | None:
        """Why the lane had to stop, or None."""
        return str(self.run.stop) if self.run.stop else None

    @property
    def network(self) -> Network:
        """The weights of now."""
        return self.run.record(self.run.frontier).after if self.run.frontier else self.run.start

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
            self._listen(update)
            here = self._progress(self._unit, update, position)
            return update > first and (here >= min(until, self._due) or update >= self._due_update)

        began = self._clock()
        finished = self.run.extend(enough, pause)
        self.seconds += self._clock() - began
        if finished and (self.run.stop or self._is_due()):
            self.measure()

    def _listen(self, update: int) -> None:
        """Hear the loss of the batch that was met last."""
        if update > self._noted:
            self._noted = update
            self._losses.append(float(self.run.history.updates.last("batch_loss")[-1]))

    def _is_due(self) -> bool:
        return self.progress(self._unit) >= self._due or self.run.frontier >= self._due_update

    def measure(self) -> None:
        """Add the point of now, unless it stands there already."""
        update, here = self.run.frontier, self.progress(self._unit)
        self._due = (here // self.spacing + 1) * self.spacing
        self._due_update = max(update + 1, int(update * GROWTH))
        if self.points and self.points[-1].update == update:
            return
        began = self._clock()
        heard = float(np.mean(self._losses)) if self._losses else float("nan")
        self._losses = []
        epoch, metrics = self.progress("epoch"), self._metrics()
        self.points.append(Point(update, epoch, self.back_propagations, self.mult_adds, *metrics, heard))
        if len(self.points) % NOISE_EVERY == 0:
            self.noise = self._noise()
        self.measuring += self._clock() - began

    def _metrics(self) -> tuple[float, float, float, float]:
        epochs = self.run.history.epochs
        if epochs.last_update == self.run.frontier:  # the run has just measured it itself
            train, test, train_right, test_right = (float(epochs.last(name)[-1]) for name in METRICS)
            return train, test, train_right, test_right
        return self.run.problem.metrics(self.network, self.settings.rules.loss)

    def _noise(self) -> Noise:
        return gradient_noise(self.run.problem, self.network, self.settings)

    def settle(self) -> None:
        """Measure everything at the weights of now."""
        self.measure()
        self.noise = self._noise()


def warm_up(run: Run) -> None:
    """Make a few updates of a run that nobody looks at."""
    until = perf_counter() + WARM_UP
    run.extend(lambda frontier, _: frontier >= WARM_UPDATES, lambda: perf_counter() >= until)


class Race:
    """Lanes that go on side by side in one ``unit`` up to a ``goal`` in it.

    All share the start weights, the split and the order of ``start``, any run of the problem. Raises ValueError for
    fewer than two or more than six entries.
    """

    def __init__(
        self,
        start: Run,
        entries: tuple[Entry, ...],
        goal: float,
        unit: Unit = "seen",
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        if not 2 <= len(entries) <= MOST_LANES:
            raise ValueError(f"a race has 2 to {MOST_LANES} lanes, got {len(entries)}")
        self.unit = unit
        self.goal = goal
        for entry in entries:
            warm_up(start.again(entry.settings))
        runs = (start.again(entry.settings) for entry in entries)
        self.lanes = [Lane(entry, run, unit, goal / POINTS, clock) for entry, run in zip(entries, runs, strict=True)]

    @property
    def progress(self) -> float:
        """How far the last of the lanes has come that can still go on; the goal when none can."""
        return min((lane.progress(self.unit) for lane in self.lanes if lane.run.stop is None), default=self.goal)

    @property
    def measuring(self) -> float:
        """Seconds that measuring took so far, in all lanes."""
        return sum(lane.measuring for lane in self.lanes)

    @property
    def finished(self) -> bool:
        return self.progress >= self.goal

    def advance(self, until: float, pause: Pause = lambda: False) -> bool:
        """Let every lane come to ``until``; True when all have, or had to stop. Otherwise ``pause()`` said so: it is
        asked between two updates; call again. The lane furthest behind goes first, so none runs ahead of the others
        by more than its own update."""
        while going := [lane for lane in self.lanes if lane.run.stop is None and lane.progress(self.unit) < until]:
            if pause():
                return False
            behind = min(going, key=lambda lane: lane.progress(self.unit))
            others = (lane.progress(self.unit) for lane in going if lane is not behind)
            behind.advance(min(until, min(others, default=until)), pause)
        self.settle()
        return True

    def settle(self) -> None:
        """Measure every lane where it stands: after this the figures of all lanes are those of now."""
        for lane in self.lanes:
            lane.settle()

    def prolong(self, goal: float) -> None:
        """Set the goal further away; points are then measured as much further apart."""
        if goal > self.goal:
            for lane in self.lanes:
                lane.spacing *= goal / self.goal
            self.goal = goal

    def next_epoch(self) -> float:
        """The progress at which the next epoch of the slowest lane ends, by the first lane's measure."""
        lane = self.lanes[0]
        count = lane.run.problem.count
        batches = Position().batches(lane.settings, count)
        one = {"update": batches, "epoch": 1, "seen": count, "mult_adds": lane.cost * count}[self.unit]
        return (self.progress // one + 1) * one
