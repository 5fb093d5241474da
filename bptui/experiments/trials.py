"""What a batch size is worth: each at the learning rate in force and at its own best one, over several seeds, by
samples and by time.

Trained is by the hot loop alone: nothing is measured while the clock runs, and every size was warmed up before.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf, isfinite
from time import perf_counter

import numpy as np

from bptui.engine.evaluate import evaluate
from bptui.engine.network import Network
from bptui.engine.reduce import share_of_samples
from bptui.engine.types import quiet
from bptui.engine.update import Divergence
from bptui.experiments.gradient_noise import probe
from bptui.experiments.lane import Entry, Pause
from bptui.training.causes import Causes
from bptui.training.problem import Problem
from bptui.training.settings import Settings
from bptui.training.stepper import Stepper, fresh_state

SEEDS = 5
SAMPLES = 8000
SHORT = 4  # a search trains on so large a part of the samples
FACTORS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Learning rates of the search, as multiples of the one in force."""
STOPS = 9  # points of a training: at samples / 2⁸, / 2⁷ …, samples
WARM_UPDATES = 3

Start = Callable[[int], Network]
"""Start weights for a seed."""


@dataclass(eq=False)
class Training:
    """One training: what it has come to. ``points`` are (samples, seconds of training alone, loss)."""

    settings: Settings
    seed: int
    points: list[tuple[int, float, float]] = field(default_factory=list)

    @property
    def loss(self) -> float:
        """At its end; ∞ where it overflowed."""
        return self.points[-1][2]

    @property
    def seconds(self) -> float:
        return self.points[-1][1]

    def loss_after(self, seconds: float) -> float:
        """The last that was measured in so much training; an overflow counts from when it came."""
        return [loss for _, spent, loss in self.points if spent <= seconds or spent == 0][-1]


@dataclass(frozen=True, slots=True)
class Over:
    """Numbers over the seeds: the middle one, the least and the most; ``lost`` are those that overflowed."""

    middle: float
    least: float
    most: float
    lost: int

    @classmethod
    def of(cls, values: list[float]) -> "Over":
        """Of one number a seed, ∞ for one that overflowed."""
        ordered = sorted(values)
        known = [value for value in ordered if isfinite(value)] or [inf]
        return cls(ordered[len(ordered) // 2], known[0], known[-1], sum(not isfinite(value) for value in values))

    @property
    def spread(self) -> float:
        return inf if self.lost else self.most - self.least


@dataclass(eq=False)
class Size:
    """One batch size: the trainings of its search, and those over the seeds at γ in force and at its best."""

    name: str
    settings: Settings
    searched: list[Training] = field(default_factory=list)
    equal: list[Training] = field(default_factory=list)
    tuned: list[Training] = field(default_factory=list)

    @property
    def best_rate(self) -> float:
        """That of the lowest loss in the search; of equals the smallest."""
        best = min(self.searched, key=lambda it: (it.loss, it.settings.rules.learning_rate))
        return best.settings.rules.learning_rate


class Trials:
    """Made in slices by :meth:`work`; ``sizes`` are the entries' trainings, read once it is ``done``."""

    def __init__(
        self,
        problem: Problem,
        start: Start,
        entries: tuple[Entry, ...],
        samples: int = SAMPLES,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self.problem = problem
        self.sizes = [Size(entry.name, entry.settings) for entry in entries]
        self.samples = max(samples, problem.count)
        self.done = False
        self.made = 0
        self._start, self._clock = start, clock
        self.architecture = start(problem.seed).architecture
        self._probe = probe(problem.count, problem.seed)
        self._going = self._all()

    @property
    def planned(self) -> int:
        """Trainings in all."""
        return len(self.sizes) * (len(FACTORS) + 2 * SEEDS)

    def work(self, pause: Pause) -> None:
        """Go on until ``pause()``, which is asked between two updates, or until all is done."""
        with quiet():
            while not self.done:
                if next(self._going, None) is None:
                    self.done = True
                elif pause():
                    return

    def _all(self) -> Iterator[bool]:
        """Every training, a yield between two updates."""
        for size in self.sizes:
            for factor in FACTORS:
                rate = size.settings.rules.learning_rate * factor
                yield from self._train(at_rate(size.settings, rate), 0, self.samples // SHORT, size.searched)
        for size in self.sizes:
            for seed in range(SEEDS):
                yield from self._train(size.settings, seed, self.samples, size.equal)
                yield from self._train(at_rate(size.settings, size.best_rate), seed, self.samples, size.tuned)

    def _train(self, settings: Settings, seed: int, samples: int, into: list[Training]) -> Iterator[bool]:
        problem = replace(self.problem, seed=self.problem.seed + seed, _edited={})
        network = self._start(problem.seed)
        self._warm_up(problem, network, settings)
        stepper = stepper_of(problem, network, settings)
        it = Training(settings, seed, [(0, 0.0, self._loss(stepper.network, settings))])
        seconds, stops = 0.0, [samples >> k for k in reversed(range(STOPS))]
        for stop in stops:
            while stepper.position.seen < stop:
                began = self._clock()
                try:
                    stepper.step()
                except Divergence:
                    it.points.append((stepper.position.seen, seconds + self._clock() - began, inf))
                    break
                seconds += self._clock() - began
                yield True
            if not isfinite(it.loss):
                break
            it.points.append((stepper.position.seen, seconds, self._loss(stepper.network, settings)))
        into.append(it)
        self.made += 1

    def _warm_up(self, problem: Problem, network: Network, settings: Settings) -> None:
        stepper = stepper_of(problem, network, settings)
        try:
            for _ in range(WARM_UPDATES):
                stepper.step()
        except Divergence:
            return

    def _loss(self, network: Network, settings: Settings) -> float:
        """Mean loss of the probe; ∞ where it is no number."""
        x, y, total = self.problem.train_x[self._probe], self.problem.train_y[self._probe], 0.0
        for _, losses, _ in evaluate(network, settings.rules.loss, x, y):
            total += float(losses.sum())
        loss = share_of_samples(total, len(self._probe))
        return loss if np.isfinite(loss) else inf

    # --- what came of it ---

    @cached_property
    def shortest(self) -> float:
        """Seconds in which the quickest size was through with its samples at its best γ, with every seed: so much time
        every size has spent."""
        quickest = min(self.sizes, key=seconds)
        return max(it.seconds for it in quickest.tuned)


def seconds(size: Size) -> float:
    """The middle one of its trainings at its best γ; what overflowed was not through."""
    return Over.of([it.seconds if isfinite(it.loss) else inf for it in size.tuned]).middle


def at_rate(settings: Settings, rate: float) -> Settings:
    return replace(settings, rules=replace(settings.rules, learning_rate=rate))


def stepper_of(problem: Problem, network: Network, settings: Settings) -> Stepper:
    return Stepper(problem, network.architecture, Causes(((1, settings),)), fresh_state(network, settings))
