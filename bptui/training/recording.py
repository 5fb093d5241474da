"""A run that was made elsewhere: of every update the weights, the batch and the optimizer's memory, as they were read.

Where a run is replayed from its causes, its weights come out of the engine. Of a recording they are given: the engine
makes the forward and the backward pass of an update at the weights that stand there, and goes on at the next ones.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bptui.engine.activations import ACTIVATIONS
from bptui.engine.network import Architecture, Parameters
from bptui.engine.optimizers import READ
from bptui.engine.reduce import reduce_over_samples
from bptui.engine.types import Floats, Integers, read_only
from bptui.engine.update import Workspace, freeze_biases
from bptui.training.causes import Causes, Change
from bptui.training.checkpoints import State
from bptui.training.problem import Problem
from bptui.training.provider import Told
from bptui.training.schedule import Position
from bptui.training.settings import Settings
from bptui.training.stepper import Ended, Stepper

FAR = 1e-2
"""A difference that is none of rounding, as a share of the largest number."""
FINE = {"float32": 1e-5, "float64": 1e-13}
"""What rounding may leave of a sum whose largest numbers are about 1."""
Numbers = NDArray[Any]
"""Floats as they were stored: float32 or float64."""


@dataclass(slots=True)
class Agreement:
    """The largest difference of a gradient so far (see :class:`Told`), the first update that has it, and how many
    updates were looked at; ``corners`` of them are off by more than FAR at a corner, and do not count."""

    worst: float = 0.0
    update: int = 0
    of: int = 0
    corners: int = 0

    def note(self, update: int, told: Told) -> None:
        """What was found of one."""
        corner = told.at_corner and told.gradient_off > FAR
        self.corners += corner and update > self.of
        self.of = max(self.of, update)
        if told.gradient_off > self.worst and not corner:
            self.worst, self.update = told.gradient_off, update


@dataclass(frozen=True, eq=False, repr=False)
class Recording:
    """U updates of p parameters.

    Attributes:
        name: what the file is called. by: the program, the optimizer's class and the kind of its numbers, in words.
        theta: (U + 1) × p, before the first update and after each. memory: (U + 1) × k × p likewise.
        gradients: U × p, reduced over the batch. losses, rates: (U,) of the batch, and γ.
        places: of all batches one behind the other, among the training samples. sizes: (U,) of the batches.
        epochs: (U,) from 1, ascending.
        settings: in force in every update, but for γ.
        agreement: how well the engine's gradients agree with those that were read, as far as it has been there.
    """

    name: str
    by: str
    settings: Settings
    theta: Numbers
    memory: Numbers
    gradients: Numbers
    losses: Floats
    rates: Floats
    places: Integers
    sizes: Integers
    epochs: Integers

    agreement: "Agreement" = field(default_factory=Agreement)

    @property
    def updates(self) -> int:
        """U."""
        return len(self.sizes)

    @cached_property
    def starts(self) -> Integers:
        """Where in ``places`` each batch begins, and the end, (U + 1,)."""
        return read_only(np.concatenate([[0], np.cumsum(self.sizes)]).astype(np.int64))

    @cached_property
    def firsts(self) -> Integers:
        """Of every update the first one of its epoch, both from 0."""
        begins = np.flatnonzero(np.diff(self.epochs, prepend=0))
        return read_only(begins[self.epochs - 1].astype(np.int64))

    @cached_property
    def _visited(self) -> list[int]:
        """Samples of each epoch."""
        ends = np.searchsorted(self.epochs, np.arange(1, int(self.epochs[-1]) + 1), side="right")
        return np.diff(self.starts[ends], prepend=0).tolist()

    def causes(self) -> Causes:
        """The settings of the first update, and others where γ changes."""
        changes: list[tuple[int, Change]] = [(1, self._settings_with(float(self.rates[0])))]
        for k in np.flatnonzero(np.diff(self.rates)).tolist():
            changes.append((k + 2, self._settings_with(float(self.rates[k + 1]))))
        return Causes(tuple(changes))

    def _settings_with(self, rate: float) -> Settings:
        return replace(self.settings, rules=replace(self.settings.rules, learning_rate=rate))

    def position(self, update: int) -> Position:
        """Where an update (from 1) stands; behind the last one a new epoch begins."""
        at = update - 1
        if at >= self.updates:
            return Position(int(self.epochs[-1]) + 1, seen=int(self.starts[-1]))
        first, seen = int(self.firsts[at]), int(self.starts[at])
        return Position(int(self.epochs[at]), at - first + 1, seen - int(self.starts[first]), 1, seen, 0, self)

    def update(self, position: Position) -> int:
        """The update (from 1) that stands there."""
        return int(np.searchsorted(self.epochs, position.epoch)) + position.batch

    # --- what a position asks of its plan ---

    def size(self, position: Position) -> int:
        """Of the batch, as it was."""
        return int(self.sizes[self.update(position) - 1])

    def after(self, position: Position) -> Position:
        """That of the next update; passes are counted on from those of this position."""
        there = self.position(self.update(position) + 1)
        return there._replace(seen=position.seen + self.size(position), looked=position.looked)

    def batches(self, position: Position) -> int:
        """Of the epoch, as far as that was recorded."""
        first, last = np.searchsorted(self.epochs, [position.epoch, position.epoch + 1])
        return int(last - first)

    def visited(self, position: Position, count: int) -> int:
        """As many as the epoch visited; of the last one, which may have been broken off, as many as the first did."""
        found = self._visited
        if position.epoch < len(found):
            return found[position.epoch - 1]
        return max(found[-1], found[0] if len(found) > 1 else count)

    # --- what a problem asks ---

    def order(self, epoch: int, count: int) -> Integers | None:
        """The places as an epoch (from 1) visited them, and behind them those that it did not; None for an epoch of
        which nothing was recorded."""
        if epoch > self.epochs[-1]:
            return None
        return visits(self, epoch, count)

    # --- what a run asks of where its updates come from ---

    def why_no_change(self) -> str:
        """Why no update of it can be made otherwise; what is to be done instead names keys by their ids, in braces."""
        cure = "; {save-scenario} writes a scenario"  # which bptui trains; a row of 80 columns has no room for more
        known = self.settings.rules.optimizer.name != READ.name
        return f"read from {self.name}: only PyTorch knows what would come{cure if known else ''}"

    def state(self, update: int) -> State:
        """What the first n updates left."""
        theta, memory = (np.array(array[update], dtype=np.float64) for array in (self.theta, self.memory))
        return State(update, read_only(theta), read_only(memory), self.position(update + 1))

    def stepper(self, problem: Problem, architecture: Architecture, causes: Causes, state: State) -> Stepper:
        """Goes on from a state by reading."""
        return Reader(problem, architecture, causes, state, self)

    def told(self, update: int, work: Workspace) -> Told:
        """See :class:`Told`."""
        gradient, loss = self.gradients[update - 1].astype(np.float64), float(self.losses[update - 1])
        ours, reduction = Parameters.zeros(work.architecture), self.settings.rules.reduction
        reduce_over_samples(work.summed.flat, work.n, reduction, ours.flat)
        if work.architecture.bias == "frozen":
            freeze_biases(ours)
        our_loss = np.empty(1)
        reduce_over_samples(work.passed.loss.sum(keepdims=True), work.n, reduction, our_loss)
        corner = bool(near_corner(work, self.theta.dtype.name).any())
        return Told(read_only(gradient), loss, off(ours.flat, gradient), off(our_loss, np.array([loss])), corner)


class Reader(Stepper):
    """Goes through a recording: the engine's pass at the weights that were read, then the next ones."""

    __slots__ = ("_recording",)

    def __init__(
        self, problem: Problem, architecture: Architecture, causes: Causes, state: State, recording: Recording
    ) -> None:
        self._recording = recording
        super().__init__(problem, architecture, causes, state)

    def compute(self, work: Workspace | None = None) -> Workspace:
        """As of any other; where the optimizer's own rule is not known, the step is what came of it. Raises Ended
        behind the last update."""
        if self.update >= self._recording.updates:
            raise Ended(f"the recording ends here: {self._recording.updates} updates stand in {self._recording.name}")
        work = super().compute(work)
        if self._settings.rules.optimizer.name == READ.name:
            np.subtract(self.after(work), self.network.flat, out=work.step.flat)
        return work

    def after(self, work: Workspace) -> Floats:
        """θ as it was read, (p,)."""
        return self._recording.theta[self.update + 1].astype(np.float64)

    def _apply(self, work: Workspace) -> None:
        update = self.update + 1
        self._recording.agreement.note(update, self._recording.told(update, work))
        self.network.flat[:] = self._recording.theta[self.update + 1]
        self.memory[:] = self._recording.memory[self.update + 1]


def near_corner(work: Workspace, kind: str) -> NDArray[np.bool_]:
    """Samples with a z so near the corner of its activation that rounding in this kind of numbers decides on the slope,
    (n,)."""
    near: NDArray[np.bool_] = np.zeros(work.n, dtype=bool)
    for name, z in zip(work.architecture.activations, work.passed.z, strict=True):
        if ACTIVATIONS[name].at_corner is not None:
            near |= (np.abs(z) < FINE[kind] * max(1.0, float(np.abs(z).max()))).any(axis=1)
    return near


def off(ours: Floats, theirs: Floats) -> float:
    """The largest difference, as a share of the largest number."""
    most = float(max(np.abs(theirs).max(), np.abs(ours).max()))
    return float(np.abs(ours - theirs).max()) / most if most else 0.0


@lru_cache(maxsize=64)
def visits(recording: Recording, epoch: int, count: int) -> Integers:
    """See :meth:`Recording.order`."""
    first, last = np.searchsorted(recording.epochs, [epoch, epoch + 1])
    visited = recording.places[recording.starts[first] : recording.starts[last]]
    rest = np.setdiff1d(np.arange(count), visited) if len(visited) < count else visited[:0]
    return read_only(np.concatenate([visited, rest]).astype(np.int64))
