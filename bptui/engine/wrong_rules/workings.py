"""One update under any rule: gradients of the samples, their reduction, the penalty, the step and the weights after.

Each part of an update is asked for by itself, and only what it needs is computed.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Literal

import numpy as np

from bptui.engine.network import Network, Parameters
from bptui.engine.optimizers import Descent, optimizer_named
from bptui.engine.reduce import Reduction, reduce_over_samples, sum_over_samples
from bptui.engine.types import Floats, read_only
from bptui.engine.update import freeze_biases
from bptui.engine.wrong_rules.given import NOTHING_CARRIED, Carried
from bptui.engine.wrong_rules.passes import Passes, targets
from bptui.engine.wrong_rules.rule import BACK, BIASES, SAMPLES, WEIGHTS, Rule
from bptui.engine.wrong_rules.stages import stage

Kind = Literal["z", "a", "delta", "loss", "gradient", "samples", "step", "after"]
What = Literal["weights", "biases", ""]
EVERYTHING = slice(None)
LAST = ("last", "last divided")
MOST_IN_CHAINS = 20_000_000
"""Numbers in the chains kept: each has the weights once for every sample."""
OF_MEANS = ("mean of means", "sum of means")


class Workings(Passes):
    """The workings of one update under any rule, as far as they are asked for; callers silence numpy's warnings.

    Layers count from 1. Weights are i × o, biases (o,).
    """

    # --- the samples' gradients ---

    @stage(*SAMPLES)
    def sources(self, rule: Rule, layer: int) -> Floats:
        """What meets a in the gradient of the weights: δ, n × o."""
        back = self.back(rule, layer)
        at_output = rule.weights_from == "output error" and layer == self.given.layers
        return back.incoming if at_output or rule.weights_from == "error" else back.delta

    def weights_summed(self, rule: Rule, layer: int, rows: slice = EVERYTHING) -> Floats:
        """Σ a ⊗ δ over some of the samples, i × o."""
        summed: Floats = self.flow(rule).a[layer - 1][rows].T.dot(self.sources(rule, layer)[rows])
        square = summed.shape[0] == summed.shape[1]
        return summed.T.copy() if rule.outer == "transposed" and square else summed

    @stage(*BACK, "biases")
    def bias_sources(self, rule: Rule, layer: int) -> Floats:
        """What the biases' gradient is the sum of, n × o."""
        back = self.back(rule, layer)
        match rule.biases:
            case "before φ′":
                return back.incoming
            case "last" | "last divided":
                return back.delta[-1:]
            case "one number":
                return np.broadcast_to(back.delta.sum(axis=1, keepdims=True), back.delta.shape)
        return back.delta

    def biases_summed(self, rule: Rule, layer: int, rows: slice = EVERYTHING) -> Floats:
        """Their sum over some of the samples, (o,)."""
        sources = self.bias_sources(rule, layer)
        sources = sources if rule.biases in LAST else sources[rows]
        summed = np.empty(sources.shape[1])
        sum_over_samples(sources, summed)
        return summed

    # --- their reduction ---

    @stage(*WEIGHTS)
    def weights_reduced(self, rule: Rule, layer: int) -> Floats:
        """Over the batch, as the rule does it, with what is carried over; without a penalty."""
        return self._reduced(rule, lambda rows: self.weights_summed(rule, layer, rows), (layer, "weights"))

    @stage(*BIASES)
    def biases_reduced(self, rule: Rule, layer: int) -> Floats:
        """The same for the biases; 0 where they are frozen."""
        inputs, units = self.given.network.weights[layer - 1].shape
        if rule.biases == "never" or self.given.network.architecture.bias == "frozen":
            return np.zeros(units)
        if rule.biases == "row sums":
            return self.weights_reduced(rule, layer).sum(axis=0)
        reducing, reduction = self._bias_reduction(rule)
        reduced = self._reduced(
            reducing, lambda rows: self.biases_summed(rule, layer, rows), (layer, "biases"), reduction
        )
        if rule.biases == "divided twice":
            reduce_over_samples(reduced, self.given.n, "mean", reduced)
        return inputs * reduced if rule.biases == "once per weight" else reduced

    @staticmethod
    def _bias_reduction(rule: Rule) -> tuple[Rule, Reduction | None]:
        """The rule by which biases are reduced, and the reduction where it is another than that of the update."""
        undivided = rule.biases in {"undivided", "last"}
        reducing = replace(rule, reduction="right") if undivided or rule.biases == "last divided" else rule
        return reducing, "sum" if undivided else None

    def shares(self, rule: Rule, layer: int, what: What) -> Floats:
        """How often the a · δ of each row counts in a reduced gradient, (rows,); none for biases that get none."""
        frozen = self.given.network.architecture.bias == "frozen"
        if what == "biases" and (frozen or rule.biases in {"never", "row sums"}):
            return np.zeros(0)
        last = what == "biases" and rule.biases in LAST
        count = 1 if last else len(self.flow(rule).error)

        def counted(rows: slice) -> Floats:
            out = np.zeros(count)
            out[EVERYTHING if last else rows] = 1.0
            return out

        reducing, reduction = self._bias_reduction(rule) if what == "biases" else (rule, None)
        shares = self._reduced(reducing, counted, None, reduction)
        if what == "biases" and rule.biases == "divided twice":
            reduce_over_samples(shares, self.given.n, "mean", shares)
        inputs = len(self.given.network.weights[layer - 1])
        return inputs * shares if what == "biases" and rule.biases == "once per weight" else shares

    def _reduced(
        self,
        rule: Rule,
        summed: Callable[[slice], Floats],
        place: tuple[int, What] | None = None,
        reduction: Reduction | None = None,
    ) -> Floats:
        """A sum over rows, reduced, with what the program has of it from the batches before, where it has a place."""
        given, count = self.given, self.given.n
        reduction = reduction or given.rules.reduction
        if rule.reduction in OF_MEANS and reduction == "mean" and rule.step != "carried":
            total = self._of_means(rule, summed)
        else:
            total = self._in_all(rule, summed)
            count += given.padding if rule.reduction == "padded" else 0
            if rule.step == "carried":
                if self.waits(rule):
                    return np.zeros_like(total)
                total = total + (self._kept(*place) if place else 0.0)
                count += given.carried.count
            self._divide(rule, total, count, reduction)
        return total + self._kept(*place) if place and rule.step == "never cleared" else total

    def _in_all(self, rule: Rule, summed: Callable[[slice], Floats]) -> Floats:
        """The sum over the batch, and over its first samples again where they fill up the ranks."""
        given, total = self.given, summed(EVERYTHING)
        more = given.padding if rule.reduction == "padded" else 0
        if len(self.flow(rule).error) < given.n:  # one row that stands for all
            return (given.n + more) * total
        again, first = divmod(more, given.n)
        if again:
            total = (1 + again) * total
        return total + summed(slice(0, first)) if first else total

    def _of_means(self, rule: Rule, summed: Callable[[slice], Floats]) -> Floats:
        rows = len(self.flow(rule).error)
        parts = self.given.parts(rule.part_size) if rows == self.given.n else [slice(0, rows)]
        total: Floats | None = None
        for part in parts:
            mean = summed(part)
            reduce_over_samples(mean, part.stop - part.start, "mean", mean)
            total = mean if total is None else total + mean
        assert total is not None
        if rule.reduction == "mean of means":
            reduce_over_samples(total, len(parts), "mean", total)
        return total

    def _divide(self, rule: Rule, total: Floats, count: int, reduction: Reduction) -> None:
        match rule.reduction:
            case "other":
                reduction = "mean" if reduction == "sum" else "sum"
            case "nominal":
                count = self.nominal
            case "twice":
                reduce_over_samples(total, count, "mean", total)
                reduction = "mean"
            case "by ranks" if self.given.rules.ranks:
                count, reduction = self.given.ranks, "mean"
            case "times ranks":
                total *= self.given.ranks
        reduce_over_samples(total, count, reduction, total)

    def waits(self, rule: Rule) -> bool:
        """Does the program keep this batch for the next one, and make no update at all?"""
        return rule.step == "carried" and self.given.n < self.nominal

    @property
    def nominal(self) -> int:
        """The batch size asked for."""
        return self.given.nominal or self.given.n

    def _kept(self, layer: int, what: What) -> Floats:
        """What the program kept from the batches before, zeros where it kept nothing."""
        total = self.given.carried.total
        if total is None:
            return np.zeros_like(self.theta(layer, what))
        weights, biases = self.given.network.architecture.views(total)
        return (biases if what == "biases" else weights)[layer - 1]

    # --- the penalty and the step ---

    def gradient(self, rule: Rule, layer: int, what: What) -> Floats:
        """What the optimizer gets of one layer."""
        if self.given.rules.clip_norm:
            weights, biases = self.given.network.architecture.views(self.clipped(rule))
            return (biases if what == "biases" else weights)[layer - 1]
        return self.unclipped(rule, layer, what)

    def unclipped(self, rule: Rule, layer: int, what: What) -> Floats:
        """The same before the whole of it is shortened: with the penalty."""
        rules, network = self.given.rules, self.given.network
        biases, reduced = what == "biases", self.reduced(rule, layer, what)
        if self.waits(rule):
            return reduced
        theta = self.theta(layer, what)
        if biases and (rule.l2 != "on biases" or network.architecture.bias == "frozen"):
            return reduced
        if rules.l2 and rule.l2 != "left out":
            strength = rules.l2 * {"subtracted": -1.0, "doubled": 2.0}.get(rule.l2, 1.0)
            penalty = strength * theta
            if rule.l2 == "divided":
                reduce_over_samples(penalty, self.given.n, "mean", penalty)
            reduced = reduced + penalty
        return reduced + rules.l1 * np.sign(theta) if rules.l1 and not biases else reduced

    def reduced(self, rule: Rule, layer: int, what: What) -> Floats:
        """The gradient of one layer, reduced over the batch, without a penalty."""
        return self.biases_reduced(rule, layer) if what == "biases" else self.weights_reduced(rule, layer)

    def summed(self, rule: Rule, layer: int, what: What) -> Floats:
        """Its sum over the samples; 0 for biases that are frozen."""
        if what == "weights":
            return self.weights_summed(rule, layer)
        frozen = self.given.network.architecture.bias == "frozen"
        return np.zeros_like(self.theta(layer, what)) if frozen else self.biases_summed(rule, layer)

    def _layers(self, rule: Rule, part: Callable[[Rule, int, What], Floats]) -> Floats:
        """A part of every layer, in the order of θ."""
        kinds: tuple[What, ...] = ("weights", "biases")
        kinds = kinds[: 1 if self.given.network.architecture.bias == "none" else 2]
        layers = range(1, self.given.layers + 1)
        return np.concatenate([part(rule, layer, what).ravel() for layer in layers for what in kinds])

    def clipped(self, rule: Rule) -> Floats:
        """All of it, (p,), no longer than the rules allow."""
        whole = self._layers(rule, self.unclipped)
        most = self.given.rules.clip_norm
        if most and most < (norm := math.sqrt(np.dot(whole, whole))) < math.inf:
            whole *= most / norm
        return whole

    def whole(self, rule: Rule, memory: Floats) -> tuple[Floats, Floats]:
        """What the optimizer gets, and the step (p each); its memory (k × p) is brought up to date."""
        g, network = self.clipped(rule), self.given.network
        step = self.optimized(rule, g, network.flat, memory)
        if network.architecture.bias == "frozen":
            freeze_biases(Parameters(network.architecture, step))
        return g, step

    def step(self, rule: Rule, layer: int, what: What) -> Floats:
        """What the program adds to one layer's weights or biases, or sets them to."""
        return self._step(rule, layer, what, self.gradient(rule, layer, what))

    def _step(self, rule: Rule, layer: int, what: What, g: Floats) -> Floats:
        architecture, place = self.given.network.architecture, layer - 1
        rows = (architecture.views(row) for row in self.memory)
        memory = [(biases if what == "biases" else weights)[place].copy() for weights, biases in rows]
        theta = self.theta(layer, what)
        if what == "biases" and architecture.bias == "frozen":
            return np.zeros_like(theta)
        return self.optimized(rule, g, theta, np.array(memory).reshape(-1, *theta.shape))

    def theta(self, layer: int, what: What) -> Floats:
        """The weights or biases of a layer before the update."""
        network = self.given.network
        return (network.biases if what == "biases" else network.weights)[layer - 1]

    def optimized(self, rule: Rule, g: Floats, theta: Floats, memory: Floats) -> Floats:
        """The step for a gradient, some weights and their optimizer's memory, which is brought up to date."""
        if self.waits(rule):
            return np.zeros_like(theta)
        rules, step = self.given.rules, np.empty_like(theta)
        rate = -rules.learning_rate if rule.step == "added" else rules.learning_rate
        before = memory[0].copy() if rule.momentum == "old v" and len(memory) else None
        if rules.optimizer.name in {"momentum", "nesterov"}:
            if rule.momentum == "first without γ" and self.given.t == 1:
                rate = math.copysign(1.0, rate)
            if rule.momentum == "damped":
                g = (1.0 - rules.optimizer.momentum) * g
        optimizer_named(rules.optimizer.name).step(Descent(rules.optimizer, rate, self.given.t), g, theta, memory, step)
        return step if before is None else -rate * before

    @cached_property
    def memory(self) -> Floats:
        """The optimizer's, before the update: k × p."""
        return self.given.memory_or_fresh()

    def after(self, rule: Rule, layer: int, what: What) -> Floats:
        """The weights or biases of a layer after the update."""
        return self._moved(rule, layer, what, self.step(rule, layer, what))

    def _moved(self, rule: Rule, layer: int, what: What, step: Floats) -> Floats:
        return step if rule.step == "set to" else self.theta(layer, what) + step

    def new_weights(self, rule: Rule, layer: int) -> Floats:
        """Those that a program hands δ back through which updates on the way; clipping comes too late for them."""
        step = self._step(rule, layer, "weights", self.unclipped(rule, layer, "weights"))
        return self._moved(rule, layer, "weights", step)

    # --- by name ---

    def quantity(self, rule: Rule, kind: Kind, layer: int = 0, what: What = "") -> Floats:
        """Any quantity of the update: z, a, δ (n × o; one row where the program has but one), the loss (n,), the
        samples' gradients (n × i × o or n × o), the gradient, the step, the weights after (i × o or o)."""
        if rule.step == "each sample":
            return self.chain(rule).quantity(kind, layer, what)
        match kind:
            case "z":
                return self.flow(rule).z[layer - 1]
            case "a":
                return self.flow(rule).a[layer]
            case "delta":
                return self.back(rule, layer).delta
            case "loss":
                return self.losses(rule)
            case "samples":
                return self.samples(rule, layer, what)
            case "gradient":
                return self.gradient(rule, layer, what)
            case "step":
                return self.step(rule, layer, what)
        return self.after(rule, layer, what)

    def losses(self, rule: Rule) -> Floats:
        """The loss of each sample, (n,), or of the one row that stands for all."""
        flow = self.flow(rule)
        if rule.softmax != "classes" and self.given.loss.joined == "softmax":
            return -(flow.y * np.log(flow.a[-1])).sum(axis=1)
        return self.given.loss.value(flow.z[-1], flow.a[-1], flow.y)

    def samples(self, rule: Rule, layer: int, what: What) -> Floats:
        """Each sample's own gradient: n × i × o, or n × o."""
        if what == "biases":
            return self.bias_sources(rule, layer)
        one: Floats = self.flow(rule).a[layer - 1][:, :, None] * self.sources(rule, layer)[:, None, :]
        square = one.shape[1] == one.shape[2]
        return one.transpose(0, 2, 1) if rule.outer == "transposed" and square else one

    def carries(self, rule: Rule) -> Carried:
        """What the program keeps for its next batch."""
        given, kept = self.given, self.given.carried
        if rule.step == "never cleared":
            return Carried(read_only(self._layers(rule, self.reduced)), kept.count + given.n)
        if self.waits(rule):
            here = replace(rule, step="right", reduction="right")
            before = 0.0 if kept.total is None else kept.total
            return Carried(read_only(before + self._layers(here, self.summed)), kept.count + given.n)
        return NOTHING_CARRIED

    def chain(self, rule: Rule) -> "Chain":
        """The updates that are made where one is due, for a rule that updates after each sample."""
        if rule not in self._chains:
            if len(self._chains) * self.given.n * len(self.given.network.flat) > MOST_IN_CHAINS:
                self._chains.clear()
            self._chains[rule] = Chain(self, rule)
        return self._chains[rule]

    @cached_property
    def _chains(self) -> dict[Rule, "Chain"]:
        return {}


class Chain:
    """An update after each sample of the batch, each with the whole γ. What the program believes in is the sum of what
    it followed."""

    def __init__(self, workings: Workings, rule: Rule) -> None:
        given = workings.given
        self.rule = replace(rule, step="right", pairing="own" if rule.pairing in PERMUTED else rule.pairing)
        self.links: list[Workings] = []
        self.believed, self.step = np.zeros_like(given.network.flat), np.zeros_like(given.network.flat)
        self.network, y = given.network, targets(rule, given.y)
        memory = workings.memory.copy()
        for sample in range(given.n):
            link = Workings(given.alone(sample, y, self.network, memory.copy(), given.t + sample), self.rule)
            g, step = link.whole(self.rule, memory)
            self.links.append(link)
            self.believed += g
            self.step += step
            self.network = Network(given.network.architecture, self.network.flat + step)

    def quantity(self, kind: Kind, layer: int, what: What) -> Floats:
        """As :meth:`Workings.quantity`, of all its updates."""
        if kind in {"gradient", "step", "after"}:
            flat = {"gradient": self.believed, "step": self.step, "after": self.network.flat}[kind]
            weights, biases = self.network.architecture.views(flat)
            return (biases if what == "biases" else weights)[layer - 1]
        return np.concatenate([link.quantity(self.rule, kind, layer, what) for link in self.links])


PERMUTED = ("every", "next", "before", "reversed")
