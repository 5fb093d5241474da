"""A run at one of its updates, as the checks look at it, and what a check finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from bptui.data.digits import shortest
from bptui.engine.activations import ACTIVATIONS
from bptui.engine.backprop import Pass, forward
from bptui.engine.network import Network, Parameters
from bptui.engine.types import Floats, quiet
from bptui.engine.weight import Weight
from bptui.training.ends import EpochEnd
from bptui.training.problem import Problem
from bptui.training.record import UpdateRecord
from bptui.training.run import Run

MOST, LEAST = 512, 32  # training samples that are looked at, evenly spaced
WORK = 5 * 10**7  # samples × parameters that one look may cost: it is taken between two frames


@dataclass(frozen=True, slots=True)
class Symptom:
    """What is wrong with numbers, the usual cause, the setting that cures it; the panel or the screen where it is
    seen, with the weight to select there, if one is meant."""

    id: str
    words: str
    cause: str
    cure: str
    seen_in: Literal["network", "batch", "deltas", "update", "loss", "confusion"]
    weight: Weight | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its name, what it measured, and the symptom where there is one."""

    name: str
    measured: str
    symptom: Symptom | None = None


@dataclass(frozen=True, eq=False)
class Patient:
    """A run at one of its updates. ``x``, ``y`` are the training samples looked at."""

    run: Run
    record: UpdateRecord

    @property
    def problem(self) -> Problem:
        return self.run.problem_at(self.record.number)

    @cached_property
    def rows(self) -> slice:
        most = min(max(WORK // self.record.before.architecture.parameters, LEAST), MOST)
        return slice(None, None, max(-(-self.problem.count // most), 1))

    @cached_property
    def x(self) -> Floats:
        """The inputs looked at, n × i."""
        return np.asarray(self.problem.train_x[self.rows], dtype=np.float64)

    @cached_property
    def y(self) -> Floats:
        """Their targets, n × o."""
        return np.asarray(self.problem.train_y[self.rows], dtype=np.float64)

    @cached_property
    def passed(self) -> Pass:
        """The forward pass of the samples looked at, at the weights before the update."""
        return self._through(self.record.before)

    @cached_property
    def passed_first(self) -> Pass:
        """The same at the start weights."""
        return self._through(self.run.start)

    def _through(self, network: Network) -> Pass:
        passed = Pass.forward_only(network.architecture, self.x)
        with quiet():
            forward(network, passed)
        return passed

    @cached_property
    def now(self) -> EpochEnd:
        """What the network made of all samples at the last end of an epoch."""
        return self.run.epoch_end(self.record.number)

    @cached_property
    def train_losses(self) -> tuple[Floats, Floats]:
        """Epochs (n,), and the training loss at the end of each, as far as this update."""
        curve = self.run.history.epochs
        known = curve.axis("update") <= self.record.number
        return curve.axis("epoch")[known], curve.last("train_loss")[known]

    @cached_property
    def test_losses(self) -> Floats:
        curve = self.run.history.epochs
        return curve.last("test_loss")[curve.axis("update") <= self.record.number]

    def rate_for(self, gamma: float) -> str:
        """The ``--lr`` that would have made γ of this update that: a schedule multiplies the setting."""
        base, now = self.record.settings.rules.learning_rate, self.record.learning_rate
        return typed(base * gamma / now if now else base)

    def step_ratios(self, count: int) -> Floats:
        """Length of the step over length of the weights in the last updates, as many as that or as are made quickly,
        k × layers: the biases aside; nan where a layer has no weight but 0."""
        last = self.record.number
        count = min(count, max(WORK // (self.record.n * self.record.before.architecture.parameters), 1))
        rows = []
        itself = [(self.record.before.flat, self.record.after.flat)]
        for before, after in itself if count == 1 else self.run.path(max(last - count + 1, 1), last):
            was, step = (Parameters(self.record.before.architecture, v) for v in (before, after - before))
            sizes = [
                (float(np.linalg.norm(d)), float(np.linalg.norm(w)))
                for d, w in zip(step.weights, was.weights, strict=True)
            ]
            rows.append([length / size if size else np.nan for length, size in sizes])
        return np.array(rows)

    def hidden(self) -> range:
        """Layers 1 … L − 1."""
        return range(1, self.record.layers)

    def slopes(self, layer: int, passed: Pass | None = None) -> Floats:
        """φ′ of every unit for every sample looked at, n × o."""
        passed = passed or self.passed
        z, a = passed.z[layer - 1], passed.a[layer]
        out = np.ones_like(z)
        activation = ACTIVATIONS[self.record.before.architecture.activations[layer - 1]]
        with quiet():
            activation.pull_back(out, z, a, np.empty_like(z))
        return np.abs(out)

    def unit(self, layer: int, unit: int) -> str:
        return self.record.names.unit(layer, unit)


def typed(value: float) -> str:
    """A number of three digits as a command takes it."""
    return shortest(value, 3).replace("−", "-")


Check = Callable[[Patient], Iterator[Finding]]
