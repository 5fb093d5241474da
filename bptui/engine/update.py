"""One update, from a batch to a step: forward, backward, sum, reduce, regularise, clip, optimizer.

The same code serves the reader and the hot loop. It writes into a :class:`Workspace`; a recorded update
gets a fresh one that becomes the record, the training loop writes every update of a size into the same one.
"""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bptui.engine.backprop import Pass, backward, forward, sum_gradients
from bptui.engine.losses import LOSSES
from bptui.engine.network import Architecture, Network, Parameters
from bptui.engine.optimizers import OPTIMIZERS, READ, Descent, OptimizerSettings, optimizer_named
from bptui.engine.parts import MOST_RANKS, micro_batch_slices, rank_slices
from bptui.engine.rates import RateSchedule
from bptui.engine.reduce import REDUCTIONS, Reduction, reduce_over_samples
from bptui.engine.types import Floats, Rows


@dataclass(frozen=True, slots=True)
class UpdateRules:
    """All that turns a batch into a step. Raises ValueError for unknown names and senseless numbers.

    ``ranks`` are the shares of several machines in a batch (:func:`bptui.engine.parts.rank_sizes`); (): one machine.
    """

    loss: str = "half-squared-error"
    reduction: Reduction = "mean"
    learning_rate: float = 0.1
    schedule: RateSchedule = field(default_factory=RateSchedule)
    optimizer: OptimizerSettings = field(default_factory=OptimizerSettings)
    micro_batches: int = 1
    l1: float = 0.0
    l2: float = 0.0
    clip_norm: float = 0.0
    ranks: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        known: tuple[tuple[str, Any, Any], ...] = (
            ("loss", self.loss, LOSSES),
            ("reduction", self.reduction, REDUCTIONS),
            ("optimizer", self.optimizer.name, OPTIMIZERS if self.optimizer.name != READ.name else READ.name),
        )
        for what, name, names in known:
            if name not in names:
                raise ValueError(f"unknown {what} {name!r}; one of {', '.join(names)}")
        for what in ("learning_rate", "l1", "l2", "clip_norm"):
            value = getattr(self, what)
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{what} must be a finite number of 0 or more, got {value}")
        if self.micro_batches < 1:
            raise ValueError(f"micro_batches must be 1 or more, got {self.micro_batches}")
        if self.ranks and (not 2 <= len(self.ranks) <= MOST_RANKS or min(self.ranks) < 1):
            raise ValueError(f"ranks must be 2 to {MOST_RANKS} shares of 1 or more, got {self.ranks}")
        if self.ranks and self.micro_batches > 1:
            raise ValueError("ranks cut a batch into parts, and so do micro_batches; one of them")

    def rate(self, t: int) -> float:
        """γ of update t, counted from 1."""
        return self.schedule.rate(self.learning_rate, t)

    def parts(self, n: int) -> list[slice]:
        """The parts in which a batch of n samples is computed, in their order; none is empty."""
        if self.ranks:
            return [part for part in rank_slices(n, self.ranks) if part.stop > part.start]
        return micro_batch_slices(n, min(self.micro_batches, n))


OVERFLOWS, UNDEFINED = "overflows", "is 0 / 0 where g and ε are 0"


class Divergence(ArithmeticError):
    """An update whose numbers are not finite; it was not applied. ``layer`` counts from 1.

    ``what`` of that layer does ``how``: "the step" "overflows".
    """

    def __init__(self, layer: int, what: str, how: str = OVERFLOWS) -> None:
        super().__init__(f"{what} of layer {layer} {how}")
        self.layer = layer
        self.what = what
        self.how = how


class Workspace:
    """Room for one update on n samples: the pass, the targets (n × o); Σ gradients, reduced gradient and step (p each).

    ``rate`` is γ of the update; ``part_sum`` (p) the sum over one part, where the batch is cut into some; ``both`` (2p)
    the reduced gradient with the step behind it.
    """

    __slots__ = ("architecture", "both", "n", "part_sum", "passed", "rate", "reduced", "step", "summed", "targets")

    def __init__(self, architecture: Architecture, n: int) -> None:
        self.architecture = architecture
        self.n = n
        self.rate = 0.0
        self.passed = Pass.empty(architecture, n)
        self.targets = np.empty((n, architecture.sizes[-1]))
        self.summed, self.part_sum = Parameters.zeros(architecture), Parameters.zeros(architecture)
        p = architecture.parameters
        self.both = np.zeros(2 * p)
        self.reduced, self.step = Parameters(architecture, self.both[:p]), Parameters(architecture, self.both[p:])

    def load(self, x: Rows, y: Floats, rows: Any) -> None:
        """Copy the batch in: the given rows of all inputs x (N × i) and targets y (N × o)."""
        x.take(rows, 0, self.passed.a[0], "clip")
        y.take(rows, 0, self.targets, "clip")


def compute_update(network: Network, rules: UpdateRules, memory: Floats, t: int, work: Workspace) -> None:
    """Fill ``work`` for update t on its loaded batch, and advance the optimizer's memory (k × p) in place.

    The network is not changed: apply ``work.step`` to it afterwards. Callers silence numpy's warnings
    (``with quiet()``, once around many updates). Instead of a step that is not finite this raises Divergence; the
    memory is then spoilt.
    """
    accumulate(network, rules, work)
    reduce_over_samples(work.summed.flat, work.n, rules.reduction, work.reduced.flat)
    if rules.l1 or rules.l2 or rules.clip_norm or network.architecture.bias == "frozen":
        adjust(network, rules, work.reduced)
    optimizer = optimizer_named(rules.optimizer.name)
    g, step = work.reduced.flat, work.step.flat
    work.rate = rules.rate(t)
    optimizer.step(Descent(rules.optimizer, work.rate, t), g, network.flat, memory, step)
    if network.architecture.bias == "frozen":
        freeze_biases(work.step)
    # g too: Adam and its kin divide by √(g²), so that an infinite g² would come out as a step of 0
    if not math.isfinite(work.both.dot(work.both)):
        raise locate_divergence(work)


def accumulate(network: Network, rules: UpdateRules, work: Workspace) -> None:
    """Forward and backward for every sample, the gradients summed over the batch.

    With micro-batches or ranks the batch is cut into parts whose sums are added, in their order: the division by n,
    if any, comes once, after all parts, so unequal parts weigh what they should.
    """
    loss = LOSSES[rules.loss]
    parts = rules.parts(work.n) if rules.ranks or rules.micro_batches > 1 else ()
    if len(parts) <= 1:
        forward(network, work.passed)
        backward(network, loss, work.targets, work.passed)
        sum_gradients(work.passed, work.summed)
        return
    work.summed.flat.fill(0.0)
    for part in parts:
        rows = work.passed.rows(part)
        forward(network, rows)
        backward(network, loss, work.targets[part], rows)
        sum_gradients(rows, work.part_sum)
        work.summed.flat += work.part_sum.flat


def adjust(network: Network, rules: UpdateRules, reduced: Parameters) -> None:
    """Regularise, freeze biases, clip: in that order, in place.

    L1 and L2 add λ₁ sign(w) + λ₂ w to the weights' gradient (of λ₁ Σ|w| + ½ λ₂ Σ w²), after the reduction,
    so that their strength does not depend on n; biases are not penalised (Goodfellow et al. 2016, section 7.1).
    Clipping scales the whole vector to norm c where it is longer (Pascanu et al. 2013).
    """
    for g, w in zip(reduced.weights, network.weights, strict=True):
        if rules.l2:
            g += rules.l2 * w
        if rules.l1:
            g += rules.l1 * np.sign(w)
    if network.architecture.bias == "frozen":
        freeze_biases(reduced)
    if rules.clip_norm:
        norm = math.sqrt(np.dot(reduced.flat, reduced.flat))
        if rules.clip_norm < norm < math.inf:  # a gradient too long to measure is left to stop the run
            reduced.flat *= rules.clip_norm / norm


def penalty(network: Network, rules: UpdateRules) -> float:
    """What L1 and L2 add to the reduced loss of a batch: λ₁ Σ|w| + ½ λ₂ Σ w² over the weights, not the biases.

    Its slope is what :func:`adjust` adds to the gradient. AdamW's weight decay is no part of the loss.
    """
    total = 0.0
    for w in network.weights if rules.l1 or rules.l2 else ():
        total += rules.l1 * float(np.abs(w).sum()) + 0.5 * rules.l2 * float(np.vdot(w, w))
    return total


def freeze_biases(vector: Parameters) -> None:
    """Set what a gradient or a step says for the biases to 0, in place."""
    for biases in vector.biases:
        biases.fill(0.0)


def locate_divergence(work: Workspace) -> Divergence:
    """Name the first quantity, in the order of computation, that is not finite or too large to square."""
    for layer, z in enumerate(work.passed.z, start=1):
        if not np.isfinite(z).all():
            return Divergence(layer, "the pre-activation z")
    for layer in range(work.architecture.layers, 0, -1):
        if not np.isfinite(work.passed.delta[layer - 1]).all():
            return Divergence(layer, "the delta")
    nothing = (work.reduced.flat == 0) & np.isnan(work.step.flat)
    undefined = Parameters(work.architecture, nothing.astype(np.float64))
    for vector, what in ((work.reduced, "the gradient"), (work.step, "the step")):
        for layer in range(1, work.architecture.layers + 1):
            if not all(math.isfinite(np.vdot(part, part)) for part in vector.layer(layer)):
                is_undefined = vector is work.step and any(part.any() for part in undefined.layer(layer))
                return Divergence(layer, what, UNDEFINED if is_undefined else OVERFLOWS)
    return Divergence(work.architecture.layers, "the step")
