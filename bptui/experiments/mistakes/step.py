"""What a rule of the lab makes of a batch: what it takes for the gradient, the step, and the network after it."""

import math
from dataclasses import dataclass

import numpy as np

from bptui.engine.backprop import Pass, backward, forward, sum_gradients
from bptui.engine.network import Network, Parameters
from bptui.engine.reduce import mean_over_samples, reduce_over_samples
from bptui.engine.types import Floats, read_only
from bptui.engine.update import Divergence, UpdateRules, adjust
from bptui.engine.wrong_rules import NOTHING_CARRIED, Carried, Given, Rule, Workings

RIGHT = Rule()
"""The rule the others miss: every sample its own pass at frozen weights, sum, reduce once, update once."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """``believed``: the vector the rule takes for the reduced gradient (p,); ``step``: what it adds to θ; the
    network after that; and what it carries on."""

    believed: Parameters
    step: Parameters
    after: Network
    carried: Carried


def outcome(rule: Rule, given: Given) -> Outcome:
    """What a program with this rule makes of a batch. Raises Divergence, as an update of the engine does, when what it
    believes in is too large to measure. Callers silence numpy's warnings."""
    return outcome_of(rule, Workings(given))


def outcome_of(rule: Rule, workings: Workings) -> Outcome:
    """The same from workings that are there already."""
    network = workings.given.network
    if rule.step == "each sample":
        chain = workings.chain(rule)
        g, step, after = chain.believed, chain.step, chain.network.flat
    else:
        g, step = workings.whole(rule, workings.memory.copy())
        after = step if rule.step == "set to" else network.flat + step
        g, step = followed(rule, g, after - network.flat if rule.step == "set to" else step, workings.given.rules)
    believed = Parameters(network.architecture, g)
    refuse_overflow(believed)
    return Outcome(
        believed,
        Parameters(network.architecture, read_only(step)),
        Network(network.architecture, read_only(after)),
        workings.carries(rule),
    )


def followed(rule: Rule, g: Floats, step: Floats, rules: UpdateRules) -> tuple[Floats, Floats]:
    """The gradient that a step follows, where that is another than the one it was made of; and the step."""
    if rule.step == "added":
        return -g, step
    if rule.step == "set to" and rules.learning_rate > 0:
        return step / -rules.learning_rate, step
    return g, step


def refuse_overflow(believed: Parameters) -> None:
    """Raise Divergence, naming the layer, where the sum of its squares is no number."""
    if math.isfinite(np.dot(believed.flat, believed.flat)):
        return
    for layer in range(1, believed.architecture.layers + 1):
        if not all(math.isfinite(np.vdot(part, part)) for part in believed.layer(layer)):
            raise Divergence(layer, "the gradient")
    raise Divergence(believed.architecture.layers, "the gradient")


def true_outcome(given: Given) -> tuple[Outcome, float]:
    """The engine's own update in plain steps, which is the right rule's to the last bit, and the mean loss. Raises
    Divergence."""
    network, rules = given.network, given.rules
    passed, g = Pass.empty(network.architecture, given.n), Parameters.zeros(network.architecture)
    passed.a[0][:] = given.x
    forward(network, passed)
    backward(network, given.loss, given.y, passed)
    sum_gradients(passed, g)
    reduce_over_samples(g.flat, given.n, rules.reduction, g.flat)
    adjust(network, rules, g)
    refuse_overflow(g)
    step = Parameters(network.architecture, read_only(g.flat * -rules.learning_rate))
    after = Network(network.architecture, read_only(network.flat + step.flat))
    return Outcome(g, step, after, NOTHING_CARRIED), float(mean_over_samples(passed.loss))


def true_reduced(network: Network, x: Floats, y: Floats, rules: UpdateRules) -> tuple[Parameters, float]:
    """The true reduced gradient, and the mean loss of the batch at these weights."""
    made, loss = true_outcome(Given(network, x, y, rules))
    return made.believed, loss


__all__ = [
    "NOTHING_CARRIED",
    "RIGHT",
    "Carried",
    "Outcome",
    "outcome",
    "outcome_of",
    "refuse_overflow",
    "true_outcome",
    "true_reduced",
]
