"""The numbers of the mistakes lab at one moment, for whoever shows them."""

from dataclasses import dataclass

import numpy as np

from bptui.data import Dataset
from bptui.engine.network import Architecture, Parameters
from bptui.engine.update import UpdateRules
from bptui.engine.weight import BIAS, Weight, lowest_source
from bptui.experiments.mistakes.case import Case
from bptui.experiments.mistakes.distance import Distance
from bptui.experiments.mistakes.own import Own
from bptui.experiments.mistakes.table import Mistake
from bptui.training.schedule import Position


@dataclass(frozen=True, slots=True)
class Change:
    """What the coming update does to the selected weight on one side."""

    before: float
    reduced: float
    step: float
    after: float


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """The coming update on both sides, at the weights each side has by now.

    Attributes:
        update, made: its number in the run (from 1), and how many the lab has made.
        n: samples in its batch, of ``batches`` in the epoch.
        layers, overall: what the wrong rule believes against the truth *at the wrong side's own weights*; empty and
            None when that side has stopped.
        true_change, wrong_change: the selected weight; true_here: its true reduced gradient at the wrong side.
        into_unit: the weights into the selected weight's unit, each with its true reduced gradient and the one the
            wrong rule believes, both at the wrong side's own weights; () when that side has stopped.
        true_own, wrong_own: how each side comes to the gradient of that weight.
        differs_from: the update from which on the rules differ; None where they differ in none that was looked at.
        true_loss, wrong_loss: mean loss of the batch before the update; None for a side that has stopped.
        worst: the largest relative error so far and its update, (0, 0) before the first.
        true_stop, wrong_stop: why a side went no further, or "".
        ended: the case says no more than this, or both sides have stopped.
    """

    mistakes: tuple[Mistake, ...]
    number: int
    case: Case
    cases: int
    architecture: Architecture
    data: Dataset
    rules: UpdateRules
    update: int
    made: int
    position: Position
    batches: int
    n: int
    weight: Weight
    layers: tuple[Distance, ...]
    overall: Distance | None
    true_change: Change | None
    wrong_change: Change | None
    true_here: float | None
    into_unit: tuple[tuple[Weight, float, float], ...]
    true_own: Own | None
    wrong_own: Own | None
    differs_from: int | None
    true_loss: float | None
    wrong_loss: float | None
    worst: tuple[float, int]
    true_stop: str
    wrong_stop: str
    ended: bool

    @property
    def mistake(self) -> Mistake:
        """The one that is looked at."""
        return self.mistakes[self.number]

    @property
    def name(self) -> str:
        """What it is called beside this truth."""
        return self.mistake.named(self.rules.reduction)


WORTH_SEEING = 0.01
"""Of the largest number of the two gradients: a weight whose numbers are smaller is not chosen to be looked at."""
TIED = 1e-9  # relative differences this close are the same but for rounding


def most_different(truth: Parameters, believed: Parameters, rather: Weight) -> Weight | None:
    """The weight whose believed gradient differs most from the true one, relative to the larger of the two;
    ``rather`` this one where several do, None where none does."""
    sizes, other = np.abs(truth.flat), np.abs(believed.flat)
    np.maximum(sizes, other, out=sizes)
    shares = np.abs(np.subtract(believed.flat, truth.flat, out=other), out=other)
    np.divide(shares, sizes, out=shares, where=sizes > 0)
    shares[sizes < WORTH_SEEING * sizes.max()] = 0.0
    most = float(shares.max())
    if most < TIED:
        return None
    np.copyto(sizes, shares >= most - TIED)
    tied = Parameters(truth.architecture, sizes)
    return rather if tied[rather] else first_of(tied)


def first_of(marked: Parameters) -> Weight:
    """The first weight, or else bias, whose number is not 0; there must be one."""
    for layer, weights in enumerate(marked.weights, start=1):
        for source, unit in np.argwhere(weights):
            return Weight(layer, int(source), int(unit))
    for layer, biases in enumerate(marked.biases, start=1):
        for unit in np.flatnonzero(biases):
            return Weight(layer, BIAS, int(unit))
    raise ValueError("no weight is marked")


def weights_into(weight: Weight, architecture: Architecture) -> list[Weight]:
    """All weights into the unit of this one: its bias, where there are some, then input by input."""
    first, inputs = lowest_source(architecture), architecture.sizes[weight.layer - 1]
    return [Weight(weight.layer, source, weight.unit) for source in range(first, inputs)]
