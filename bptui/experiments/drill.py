"""The drill: updates on one sample until it is right, and what they do to the other samples of its batch.

Beside it, from the same start, the same number of back-propagations is spent in ordinary passes over the
training samples. Neither touches the run: the drill works on copies of its own.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bptui.engine.evaluate import sample_losses
from bptui.engine.losses import LOSSES
from bptui.engine.network import Network
from bptui.engine.optimizers import optimizer_named
from bptui.engine.rates import RateSchedule
from bptui.engine.reduce import mean_over_samples
from bptui.engine.types import Floats, Integers, quiet, read_only
from bptui.engine.update import Divergence, Workspace, compute_update
from bptui.experiments.passes import Passes
from bptui.training.problem import Problem
from bptui.training.record import UpdateRecord
from bptui.training.settings import RATES

EPSILONS = tuple(rate for rate in RATES if rate <= 10)
MOST_UPDATES = 10_000  # on one sample, before it is given up
MOST_TRAIN = 4096  # training samples looked at for their mean loss
MOST_STEPS, MOST_LOSSES = 10_000, 2_000_000  # kept; beyond that the past is thinned


@dataclass(frozen=True, slots=True, eq=False)
class DrillPoint:
    """After n back-propagations: the drilled row of the batch, the losses (n,) of all its samples and their
    mean, and the mean under as many back-propagations in ordinary passes."""

    back_propagations: int
    sample: int
    losses: Floats
    mean: float
    passes_mean: float

    @property
    def loss(self) -> float:
        """Of the drilled sample."""
        return float(self.losses[self.sample])


@dataclass(frozen=True, slots=True)
class Spent:
    """One way of spending back-propagations, and the mean losses it leads to."""

    back_propagations: int
    updates: int
    batch_loss: float
    train_loss: float


@dataclass(frozen=True, slots=True, eq=False)
class DrillNow:
    """Where the drill stands. ``start``, ``before``, ``now`` are the losses (n,) at the start, as the drill of this
    sample began, and now; ``change`` is now − before. ``done`` has the ε under which a row was right in its own drill.
    ``collected`` of the next pass's ``batch_size`` back-propagations are made; as a ``short`` batch they made the
    last of the passes' updates, unless that overflows. ``passes_stop`` says why none comes. With ``penalised`` the
    updates also descend on a penalty on the weights, which no loss here includes."""

    sample: int
    epsilon: float
    updates: int
    is_right: bool
    start: Floats
    before: Floats
    now: Floats
    change: Floats
    done: dict[int, float]
    rose: int
    fell: int
    begin: Spent
    drill: Spent
    passes: Spent
    collected: int
    short: bool
    passes_stop: str | None
    penalised: bool
    batch_size: int
    looked_at: int
    count: int
    steps: tuple[DrillPoint, ...]

    @property
    def n(self) -> int:
        return len(self.now)

    def is_wrong_again(self, m: int) -> bool:
        """Was right after its own drill, and is no longer."""
        return m in self.done and m != self.sample and not self.now[m] < self.done[m]

    @property
    def wrong_again(self) -> int:
        """Samples that are so."""
        return sum(self.is_wrong_again(m) for m in self.done)

    def trail(self, m: int, points: int) -> list[float]:
        """Losses of one sample at ``points`` even places of the drill so far, the first at its start, the last now, as
        shares (0 … 1) of the largest loss there is at the start or now; () where that is 0 or not finite."""
        top = max(float(self.start.max()), float(self.now.max()))
        if not 0 < top < float("inf"):
            return []
        last = len(self.steps) - 1
        places = (round(k * last / max(points - 1, 1)) for k in range(points))
        shares = (float(self.steps[place].losses[m]) / top for place in places)
        return [share if share < 1.0 else 1.0 for share in shares]


class Drill:
    """From the network before a recorded update, with its loss, rules and γ of that update held constant, and with
    fresh optimizer memory. ``first`` is the row of the batch (from 0) that is drilled first."""

    def __init__(self, problem: Problem, record: UpdateRecord, first: int = 0) -> None:
        self.record = record
        self.problem = problem
        settings = self.record.settings
        rules = replace(settings.rules, learning_rate=self.record.learning_rate, schedule=RateSchedule())
        self.settings = replace(settings, rules=rules, repeats=1, repeat_until=0.0)
        self.rules = rules
        self.epsilon = LOSSES[rules.loss].right_below
        self.first = first
        self._work = Workspace(self.record.before.architecture, 1)
        self._seen = looked_at(self.problem)
        self.restart()

    def restart(self) -> None:
        """From the start again, with the sample it began with and the current ε."""
        before = self.record.before
        self.sample = self.first
        self.network = Network(before.architecture, before.flat.copy())
        self.memory = optimizer_named(self.rules.optimizer.name).fresh_memory(len(before.flat))
        self.updates = 0  # in all; each is one back-propagation
        self.updates_here = 0  # on this sample
        self.counts: list[int] = []  # on those drilled before
        self.stop: Divergence | None = None
        self.moves = True
        self.passes = Passes(self.problem, self.record, self.settings, self.memory)
        self._means: dict[tuple[str, int], float] = {}
        self._done: dict[int, float] = {}
        losses = self._losses(self.network)
        self._start = self._before = losses
        mean = float(mean_over_samples(losses))
        self.steps = [DrillPoint(0, self.sample, losses, mean, mean)]

    @property
    def loss(self) -> float:
        """Of the drilled sample, now."""
        return self.steps[-1].loss if self.steps[-1].sample == self.sample else float(self.losses[self.sample])

    @property
    def losses(self) -> Floats:
        """Of all samples of the batch, now: (n,)."""
        return self.steps[-1].losses

    @property
    def is_right(self) -> bool:
        return self.loss < self.epsilon

    def why_not(self) -> str | None:
        """Why no update can be made now, or None; keys are named by their ids, in braces."""
        if self.stop is not None:
            return f"the drill cannot go on: {self.stop}; {{restart}} restarts"
        if self.is_right:
            following = "{next-sample} drills the next one, " if self.record.n > 1 else ""
            return f"sample {self.sample + 1} has a loss below ε: {following}{{smaller-epsilon}} asks for more"
        if not self.moves:
            return f"sample {self.sample + 1} gets a step of 0: none moves it; {{next-sample}} drills the next one"
        if self.updates_here >= MOST_UPDATES:
            return (
                f"given up after {MOST_UPDATES} updates; {{larger-epsilon}} asks for less, "
                "{next-sample} takes the next sample"
            )
        return None

    def advance(self, updates: int, pause: Callable[[], bool] = lambda: False) -> int:
        """Make at most n updates, fewer when the sample is right or ``pause()`` says so; how many were made."""
        made = 0
        while made < updates and self.why_not() is None:
            if not self._update():
                break
            made += 1
            if pause():
                break
        return made

    def next_sample(self) -> None:
        """Drill the next sample of the batch, from where the network now is; the optimizer remembers."""
        self.sample = (self.sample + 1) % self.record.n
        self.counts.append(self.updates_here)
        self.updates_here = 0
        self.moves = True
        self._before = self.losses
        if self.is_right:
            self._done[self.sample] = self.epsilon

    def why_not_epsilon(self, up: bool) -> str | None:
        end = self.epsilon >= EPSILONS[-1] if up else self.epsilon <= EPSILONS[0]
        return "this is the end of the ladder" if end else None

    def change_epsilon(self, up: bool) -> None:
        """The next ε in 1-2-5 steps, as far as the ladder goes."""
        place = bisect_right(EPSILONS, self.epsilon) if up else bisect_left(EPSILONS, self.epsilon) - 1
        self.epsilon = EPSILONS[min(max(place, 0), len(EPSILONS) - 1)]
        if self.is_right:
            self._done[self.sample] = self.epsilon

    def _update(self) -> bool:
        """One back-propagation of the drilled sample and its update; False where its numbers are not finite."""
        work = self._work
        work.load(self.record.passed.a[0], self.record.targets, [self.sample])
        try:
            with quiet():
                compute_update(self.network, self.rules, self.memory, self.updates + 1, work)
        except Divergence as divergence:
            self.stop = divergence
            return False
        self.moves = bool(work.step.flat.any())
        self.network.flat += work.step.flat
        self.updates += 1
        self.updates_here += 1
        self.passes.spend(self.updates)
        self._note()
        return True

    def _note(self) -> None:
        losses = self._losses(self.network)
        mean, passes_mean = (float(mean_over_samples(of)) for of in (losses, self._losses(self.passes.network)))
        self.steps.append(DrillPoint(self.updates, self.sample, losses, mean, passes_mean))
        if self.is_right:
            self._done[self.sample] = self.epsilon
        if len(self.steps) > min(max(MOST_LOSSES // len(losses), 8), MOST_STEPS):
            del self.steps[1:-1:2]

    def _losses(self, network: Network) -> Floats:
        return sample_losses(network, self.rules.loss, self.record.passed.a[0], self.record.targets)

    def now(self) -> DrillNow:
        """Everything a reader sees of it, as one value."""
        losses, passes = self.losses, self.passes
        change = losses - self._before
        others = np.arange(len(losses)) != self.sample
        first = self.steps[0]
        return DrillNow(
            sample=self.sample,
            epsilon=self.epsilon,
            updates=self.updates_here,
            is_right=self.is_right,
            start=self._start,
            before=self._before,
            now=losses,
            change=read_only(change),
            done=dict(self._done),
            rose=int((change[others] > 0).sum()),
            fell=int((change[others] < 0).sum()),
            begin=Spent(0, 0, first.mean, self._train_mean("drill", 0, self.record.before)),
            drill=Spent(
                self.updates, self.updates, self.steps[-1].mean, self._train_mean("drill", self.updates, self.network)
            ),
            passes=Spent(
                self.updates, passes.updates, self.steps[-1].passes_mean,
                self._train_mean("passes", self.updates, passes.network),
            ),
            collected=0 if passes.stop else self.updates - passes.spent,
            short=passes.short > 0,
            passes_stop=str(passes.stop) if passes.stop else None,
            penalised=self.record.penalised,
            batch_size=passes.batch_size,
            looked_at=len(self._seen),
            count=self.problem.count,
            steps=tuple(self.steps),
        )  # fmt: skip

    def _train_mean(self, way: str, updates: int, network: Network) -> float:
        """Mean loss over the training set, computed once for each network that is looked at."""
        key = (way, updates)
        if key not in self._means:
            if len(self._means) > 8:
                self._means = {place: mean for place, mean in self._means.items() if place[1] == 0}
            x, y = self.problem.train_x, self.problem.train_y
            if len(self._seen) < len(x):
                x, y = x[self._seen], y[self._seen]
            self._means[key] = float(mean_over_samples(sample_losses(network, self.rules.loss, x, y)))
        return self._means[key]


def looked_at(problem: Problem) -> Integers:
    """Places in the training set whose losses are averaged: all, or as many as are quick, evenly spaced."""
    count = min(problem.count, MOST_TRAIN)
    return np.linspace(0, problem.count, count, endpoint=False).astype(np.int64)
