"""The record of one update: every number of it, and nothing that could change."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bptui.engine.activations import ACTIVATIONS
from bptui.engine.backprop import Pass
from bptui.engine.network import Network, Parameters
from bptui.engine.reduce import mean_over_samples, reduce_over_samples, share_of_samples
from bptui.engine.statistics import contributions, cosines_with, sample_gradient, squared_norms
from bptui.engine.types import Floats, Integers, read_only
from bptui.engine.update import Workspace, penalty
from bptui.engine.weight import Names, Weight
from bptui.training import forms
from bptui.training.causes import Edit
from bptui.training.judged import chosen_class
from bptui.training.provider import Told
from bptui.training.roster import Cell, Roster
from bptui.training.schedule import Position
from bptui.training.settings import Settings
from bptui.training.shares import Share, mean_of_means, shares_of

RowKey = Literal["batch", "loss", "norm", "cosine", "wrong"]
GUEST = -1
"""Stands for the row of a sample that is none of the data."""
ROW_KEYS: tuple[RowKey, ...] = ("batch", "loss", "norm", "cosine", "wrong")


@dataclass(frozen=True, eq=False)
class UpdateRecord:
    """Update ``number`` (from 1), factored: per layer a (n × i) and δ (n × o), never n × i × o.

    Attributes:
        position, following: where this update and the next one stand in the schedule.
        batches: number of batches in this epoch, as far as the settings stay what they are.
        settings: those in force in this update: rules, batch size, order, repeats.
        edits: the weights set by hand between the update before and this one, in the order they were set.
        left: the network as the update before left it, without those edits.
        roster: how the training samples of this update differ from the data's own.
        originals: of the batch's rows the data's own numbers, as a network gets them, where others stand now.
        learning_rate: γ of this update after the schedule.
        indices: (n,) rows of the data set, −1 for a guest (behind the others). x = a[0] (n × i); targets (n × o).
        before, after: the network at frozen weights, and with the step added.
        memory: the optimizer's memory before the update, k × p.
        passed: z, a, δ, loss of every sample.
        summed, reduced, step: Σ gradients; what the optimizer got; what was added to θ.
        told: of an update that was read, what the program that made it told of it; else None.
    """

    number: int
    position: Position
    following: Position
    batches: int
    settings: Settings
    edits: tuple[Edit, ...]
    left: Network
    roster: Roster
    originals: dict[Cell, float]
    learning_rate: float
    indices: Integers
    targets: Floats
    before: Network
    after: Network
    memory: Floats
    passed: Pass
    summed: Parameters
    reduced: Parameters
    step: Parameters
    told: Told | None = None

    @property
    def n(self) -> int:
        """Number of samples in the batch."""
        return len(self.indices)

    @property
    def bytes(self) -> int:
        """Memory that it takes."""
        arrays = (*self.passed.a, *self.passed.z, *self.passed.delta, self.passed.loss, self.targets, self.memory)
        vectors = (self.before, self.after, self.summed, self.reduced, self.step)
        return sum(array.nbytes for array in arrays) + sum(vector.flat.nbytes for vector in vectors)

    @property
    def guests(self) -> int:
        """Number of them that are no rows of the data: the last ones."""
        return int((self.indices == GUEST).sum())

    @property
    def layers(self) -> int:
        """Number of layers that compute, the input not counted."""
        return self.before.architecture.layers

    @property
    def names(self) -> Names:
        """How the units are called inside symbols."""
        return self.before.architecture.names

    @property
    def ends_epoch(self) -> bool:
        """Is this the last update of its epoch?"""
        return self.following.epoch > self.position.epoch

    @cached_property
    def mean(self) -> Parameters:
        """Mean of the per-sample gradients."""
        flat = self.summed.flat.copy()
        reduce_over_samples(self.summed.flat, self.n, "mean", flat)
        return Parameters(self.summed.architecture, read_only(flat))

    @cached_property
    def shares(self) -> tuple[Share, ...]:
        """What each rank contributed, in rank order; () on one machine."""
        return shares_of(self.passed, self.settings.rules.ranks, self.summed.architecture)

    @cached_property
    def mean_of_means(self) -> Parameters:
        """Mean of the means of the ranks that have samples: no step is made of it. Raises ValueError without ranks."""
        return mean_of_means(self.shares)

    @cached_property
    def means_off(self) -> Parameters:
        """By how much that is off the mean over the samples: 0 where the ranks have equally many."""
        off = self.mean_of_means.flat - self.mean.flat
        return Parameters(self.summed.architecture, read_only(off))

    @cached_property
    def errors(self) -> Floats:
        """Answer minus target of every sample and output, n × o."""
        return read_only(self.passed.a[-1] - self.targets)

    @cached_property
    def mean_errors(self) -> Floats:
        """Mean of the errors over the samples, (o,): no step is made of it."""
        return read_only(mean_over_samples(self.errors))

    @cached_property
    def loss_sum(self) -> float:
        """Σ_m of the samples' losses, before the update, without a penalty."""
        return float(self.passed.loss.sum())

    @cached_property
    def loss_mean(self) -> float:
        """Mean of the samples' losses, before the update, without a penalty."""
        return float(mean_over_samples(self.passed.loss))

    @cached_property
    def penalised(self) -> bool:
        """Do L1 or L2 add a penalty to the loss?"""
        return bool(self.settings.rules.l1 or self.settings.rules.l2)

    @cached_property
    def penalty(self) -> float:
        """What L1 and L2 add to the reduced loss, at the weights before the update; 0 without them."""
        return penalty(self.before, self.settings.rules)

    @cached_property
    def penalised_loss(self) -> float:
        """Sum or mean of the losses, as the reduction in force has it, and the penalty: what the update descends on."""
        reduced = self.loss_sum if self.settings.rules.reduction == "sum" else self.loss_mean
        return reduced + self.penalty

    @cached_property
    def gradient_norms(self) -> Floats:
        """|∂L_m/∂θ| of each sample, (n,)."""
        norms: Floats = squared_norms(self.passed, bool(self.before.biases)) ** 0.5
        return read_only(norms)

    @cached_property
    def running_loss(self) -> Floats:
        """Σ of the losses of samples 1 … m, (n,)."""
        return read_only(np.cumsum(self.passed.loss))

    def mean_of(self, running: Floats, done: int) -> float:
        """Mean of the first ``done`` values (1 or more) of which ``running`` holds the sums. Raises IndexError."""
        if done < 1:
            raise IndexError("the mean of no samples")
        return share_of_samples(float(running[done - 1]), done)

    @cached_property
    def cosines(self) -> Floats:
        """Cosine of each sample's gradient with the batch's mean, (n,); 0 where either is zero."""
        return read_only(cosines_with(self.mean, self.gradient_norms, self.passed))

    @cached_property
    def right(self) -> NDArray[np.bool_]:
        """Is each sample's class answered rightly? (n,). Use it only where the targets are classes."""
        return chosen_class(self.passed.a[-1]) == chosen_class(self.targets)

    def rows_by(self, key: RowKey) -> Integers:
        """Rows of the batch, the most remarkable first: by loss or norm from the largest, by cosine from the one
        that pulls hardest against the others; or only those whose class is answered wrongly, by loss."""
        if key == "wrong":
            rows = np.flatnonzero(~self.right)
            return rows[np.argsort(-self.passed.loss[rows], kind="stable")]
        by = {"loss": -self.passed.loss, "norm": -self.gradient_norms, "cosine": self.cosines}
        return np.argsort(by[key], kind="stable") if key in by else np.arange(self.n)

    def contributions(self, weight: Weight) -> Floats:
        """a_i · δ_j of each sample, (n,): its gradient of one weight. Raises IndexError where there is none such."""
        weight.require(self.before.architecture.sizes, bool(self.before.biases))
        return contributions(self.passed, weight)

    def contribution(self, weight: Weight, sample: int) -> float:
        """That of one sample (from 0). Raises IndexError where there is none such."""
        weight.require(self.before.architecture.sizes, bool(self.before.biases))
        delta = self.passed.delta[weight.layer - 1][sample, weight.unit]
        return float(delta if weight.is_bias else self.passed.a[weight.layer - 1][sample, weight.source] * delta)

    def running(self, weight: Weight) -> Floats:
        """Σ of the contributions of samples 1 … m, (n,): the ledger's total after each sample. Raises IndexError."""
        return np.cumsum(self.contributions(weight))

    def gradient(self, sample: int) -> Parameters:
        """∂L_m/∂θ of one sample m (from 0) of the batch, in full. Raises IndexError for another."""
        return sample_gradient(self.before.architecture, self.passed, sample)

    def slope(self, layer: int, sample: int) -> Floats:
        """φ′(z) of one sample (from 0) in layer 1 … L, (o,).

        Raises IndexError for another layer or sample, ValueError for softmax, which has no slope of one unit.
        """
        self.before.architecture.require_layer(layer)
        if not 0 <= sample < self.n:
            raise IndexError(f"no sample {sample}; there are 0 to {self.n - 1}")
        activation = ACTIVATIONS[self.before.architecture.activations[layer - 1]]
        if activation.slope is None:
            raise ValueError("softmax has no slope per unit")
        z, a = self.passed.z[layer - 1][sample], self.passed.a[layer][sample]
        out = z.copy()
        activation.slope(z, a, out)
        return out

    def table(self, layer: int) -> dict[str, NDArray[Any]]:
        """The weights and biases of layer 1 … L as columns of one length, in the order of θ.

        ``weight`` is how it is written, ``source`` (−1: the bias) and ``unit`` count from 0; ``before``, ``summed``,
        ``mean``, ``reduced``, ``step`` and ``after`` are its numbers. Raises IndexError for another layer.
        """
        return forms.columns(self, layer)

    def to_frame(self, layer: int) -> Any:
        """:meth:`table` as a pandas frame. Raises ImportError where pandas is not installed, and IndexError."""
        return forms.frame(self, layer)

    def to_dict(self, per_sample: bool = False) -> dict[str, Any]:
        """Plain lists and numbers, as ``bptui trace`` writes them in JSON; what is not finite is None.

        With ``per_sample`` every sample has its whole gradient, n × p numbers in all.
        """
        return forms.as_dict(self, per_sample)

    def to_numpy(self) -> dict[str, NDArray[Any]]:
        """The arrays by name, not copied and read-only: ``numpy.savez(path, **record.to_numpy())`` keeps them.

        indices, loss, gradient_norms (n,); x (n × i), targets (n × o), memory (k × p); z1, a1, delta1 … of each layer
        (n × o); before_weights1 (i × o), before_biases1 (o,), likewise summed, mean, reduced, step and after.
        """
        return forms.arrays(self)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return forms.as_html(self)


def freeze(work: Workspace) -> None:
    """Make every array of a workspace read-only: from now on it is part of a record."""
    for arrays in (work.passed.a, work.passed.z, work.passed.delta):
        for array in arrays:
            read_only(array)
    read_only(work.passed.loss)
    read_only(work.targets)
    for vector in (work.summed, work.reduced, work.step):
        read_only(vector.flat)
        for view in (*vector.weights, *vector.biases):
            read_only(view)
