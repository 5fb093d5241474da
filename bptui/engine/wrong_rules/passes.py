"""Forward and backward under any rule: z, a and δ of every sample, as the program computes them."""

from typing import NamedTuple

import numpy as np

from bptui.engine.backprop import Pass, forward
from bptui.engine.reduce import mean_over_samples
from bptui.engine.types import Floats
from bptui.engine.wrong_rules.given import Given
from bptui.engine.wrong_rules.rule import BACK, FORWARD, OUTPUT, Rule
from bptui.engine.wrong_rules.slopes import hidden_delta, joined_delta, output_delta
from bptui.engine.wrong_rules.stages import Kept, stage


class Flow(NamedTuple):
    """a[0] is the input, a[l] and z[l − 1] of layer l, y the targets that meet the answers, error ∂L/∂a of the output
    (δ where the loss gives that): a row for every sample, or a single one that stands for all. ``times`` is how often
    each error counts."""

    a: tuple[Floats, ...]
    z: tuple[Floats, ...]
    y: Floats
    error: Floats
    times: float = 1.0


class Back(NamedTuple):
    """What came into a layer, before φ′, and its δ."""

    incoming: Floats
    delta: Floats


class Passes(Kept):
    """The passes of one batch under any rule, callers silencing numpy's warnings."""

    def __init__(self, given: Given, rule: Rule | None = None) -> None:
        super().__init__(rule)
        self.given = given
        self.names = given.network.architecture.activations

    # --- forward ---

    @stage(*FORWARD)
    def flow(self, rule: Rule) -> Flow:
        """The forward pass, and the error it ends with."""
        x, y = self.given.x, self.given.y
        match rule.pairing:
            case "mean sample":
                return self._flow(mean_over_samples(x)[None], mean_over_samples(y)[None], rule)
            case "mean activations" | "last activations":
                return self._mean_error(rule)
        flow = self._flow(x, targets(rule, y), rule)
        counted = rule.pairing == "every" and y.shape[1] == 1 and self.given.rules.reduction == "sum"
        return flow._replace(times=float(len(x))) if counted else flow

    def _flow(self, x: Floats, y: Floats, rule: Rule) -> Flow:
        passed = Pass.forward_only(self.given.network.architecture, x)
        forward(self.given.network, passed)
        if rule.softmax != "classes" and self.names[-1] == "softmax":
            powers = np.exp(passed.z[-1] - passed.z[-1].max())
            passed.a[-1][:] = powers / powers.sum(axis=None if rule.softmax == "batch" else 0)
        error = np.empty_like(passed.a[-1])
        self.given.loss.slope(passed.a[-1], y, error)
        return Flow(passed.a, passed.z, y, error)

    def _mean_error(self, rule: Rule) -> Flow:
        """The mean error once, with the mean z and a of every unit or those that the last sample left in it."""
        flow = self._flow(self.given.x, self.given.y, rule)

        def one(rows: Floats) -> Floats:
            return mean_over_samples(rows)[None] if rule.pairing == "mean activations" else rows[-1:]

        y = mean_over_samples(flow.y)[None]
        return Flow(tuple(map(one, flow.a)), tuple(map(one, flow.z)), y, mean_over_samples(flow.error)[None])

    # --- backward ---

    def back(self, rule: Rule, layer: int) -> Back:
        """What came into layer 1 … L on the way back, and its δ (n × o each)."""
        return self.output(rule) if layer == self.given.layers else self.hidden(rule, layer)

    @stage(*OUTPUT)
    def output(self, rule: Rule) -> Back:
        """At the output layer."""
        flow = self.flow(rule)
        scale = flow.times * self._scale(rule)
        error = flow.error if scale == 1.0 else scale * flow.error
        z, a, name = flow.z[-1], flow.a[-1], self.names[-1]
        if self.given.loss.joined is None:
            return Back(error, output_delta(rule.output_slope, name, error, z, a))
        return Back(error, joined_delta(rule.output_slope, name, error, scale, a, flow.y))

    def _scale(self, rule: Rule) -> float:
        scale = rule.factor * rule.layer_factor * (-1.0 if rule.sign == "y − a" else 1.0)
        outputs = self.given.network.architecture.sizes[-1]
        return scale * {"divided": 1.0 / outputs, "multiplied": float(outputs)}.get(rule.outputs, 1.0)

    @stage(*BACK)
    def hidden(self, rule: Rule, layer: int) -> Back:
        """At hidden layer 1 … L − 1, from what the layer above handed back."""
        flow, above = self.flow(rule), self.back(rule, layer + 1)
        handed = {"delta": above.delta, "error": above.incoming, "output": flow.a[layer + 1]}[rule.handed]
        incoming = self._through(rule, layer + 1, handed)
        factor = rule.layer_factor * rule.hidden_factor
        if factor != 1.0:
            incoming = factor * incoming
        here = rule.hidden_where == "all" or layer == self.given.layers - 1
        kind = rule.hidden_slope if here else "right"
        return Back(incoming, hidden_delta(kind, self.names[layer - 1], incoming, flow.z[layer - 1], flow.a[layer]))

    def _through(self, rule: Rule, layer: int, handed: Floats) -> Floats:
        weights = self.given.network.weights[layer - 1]
        match rule.through:
            case "new":
                weights = self.new_weights(rule, layer)
            case "gradient":
                weights = self.weights_reduced(rule, layer)
            case "untransposed" if weights.shape[0] == weights.shape[1]:
                weights = weights.T
        return handed.dot(weights.T)

    def new_weights(self, rule: Rule, layer: int) -> Floats:
        """Those of layer 1 … L after their update."""
        raise NotImplementedError

    def weights_reduced(self, rule: Rule, layer: int) -> Floats:
        """The gradient of the weights of layer 1 … L, reduced over the batch."""
        raise NotImplementedError


def targets(rule: Rule, y: Floats) -> Floats:
    """The targets (n × o) that a program holds against the answers, row by row."""
    match rule.pairing:
        case "every" if y.shape[1] == 1:
            return np.broadcast_to(mean_over_samples(y), y.shape).copy()
        case "next":
            return np.roll(y, -1, axis=0)
        case "before":
            return np.roll(y, 1, axis=0)
        case "reversed":
            return y[::-1].copy()
    return y
