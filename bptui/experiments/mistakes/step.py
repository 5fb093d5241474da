"""What every rule of the lab is: a pure step of plain SGD, and the true one to compare it with.

Shapes: x is n × i, y is n × o. Callers silence numpy's warnings (``quiet()``).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bptui.engine.backprop import Pass, backward, forward, sum_gradients
from bptui.engine.losses import LOSSES
from bptui.engine.network import Network, Parameters
from bptui.engine.reduce import mean_over_samples, reduce_over_samples
from bptui.engine.types import Floats, read_only
from bptui.engine.update import Divergence, UpdateRules, freeze_biases


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """What a program keeps from one batch to the next: a sum as long as θ (None: nothing), and of how many samples."""

    total: Floats | None = None
    count: int = 0


NOTHING_CARRIED = Carried()


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """``believed``: the vector the rule takes for the reduced gradient (p,); ``step``: what it adds to θ; the
    network after that; and what it carries on."""

    believed: Parameters
    step: Parameters
    after: Network
    carried: Carried


Gradient = Callable[[Network, Floats, Floats, UpdateRules], Parameters]
Rule = Callable[[Network, Floats, Floats, UpdateRules, int, Carried], Outcome]
"""(network, x, y, rules, nominal batch size, what is carried over) → Outcome. Raises Divergence."""


def from_gradient(gradient: Gradient) -> Rule:
    """The step of a rule that only computes another gradient, and carries nothing."""

    def rule(network: Network, x: Floats, y: Floats, rules: UpdateRules, nominal: int, carried: Carried) -> Outcome:
        return apply(network, gradient(network, x, y, rules), rules)

    return rule


def apply(network: Network, believed: Parameters, rules: UpdateRules, carried: Carried = NOTHING_CARRIED) -> Outcome:
    """θ − γ g. Raises Divergence, as an update of the engine does, when g is too large to measure."""
    refuse_overflow(believed)
    step = Parameters(network.architecture, read_only(believed.flat * -rules.learning_rate))
    after = Network(network.architecture, read_only(network.flat + step.flat))
    return Outcome(believed, step, after, carried)


def refuse_overflow(believed: Parameters) -> None:
    if math.isfinite(np.dot(believed.flat, believed.flat)):
        return
    for layer in range(1, believed.architecture.layers + 1):
        if not all(math.isfinite(np.vdot(part, part)) for part in believed.layer(layer)):
            raise Divergence(layer, "the gradient")
    raise Divergence(believed.architecture.layers, "the gradient")


def forward_pass(network: Network, x: Floats) -> Pass:
    """z and a of every sample."""
    passed = Pass.empty(network.architecture, len(x))
    passed.a[0][:] = x
    forward(network, passed)
    return passed


def full_pass(network: Network, x: Floats, y: Floats, rules: UpdateRules) -> Pass:
    """z, a, loss and δ of every sample, each with its own numbers: what all rules should start from."""
    passed = forward_pass(network, x)
    backward(network, LOSSES[rules.loss], y, passed)
    return passed


def summed_over(passed: Pass, network: Network) -> Parameters:
    """Σ_n of the per-sample gradients; 0 for biases that are frozen."""
    summed = Parameters.zeros(network.architecture)
    sum_gradients(passed, summed)
    if network.architecture.bias == "frozen":
        freeze_biases(summed)
    return summed


def reduced_over(summed: Parameters, n: int, rules: UpdateRules) -> Parameters:
    """The sum, or the sum divided by n, in place."""
    reduce_over_samples(summed.flat, n, rules.reduction, summed.flat)
    return summed


def standing_for(one: Parameters, n: int, rules: UpdateRules) -> Parameters:
    """What a rule makes of a single gradient that is to stand for n samples: their mean, or n of it for the sum."""
    if rules.reduction == "sum":
        one.flat *= n
    return one


def true_reduced(network: Network, x: Floats, y: Floats, rules: UpdateRules) -> tuple[Parameters, float]:
    """The true reduced gradient, and the mean loss of the batch at these weights."""
    passed = full_pass(network, x, y, rules)
    return reduced_over(summed_over(passed, network), len(x), rules), float(mean_over_samples(passed.loss))


@from_gradient
def true_step(network: Network, x: Floats, y: Floats, rules: UpdateRules) -> Parameters:
    """The rule the others miss: every sample its own pass at frozen weights, sum, reduce once, update once."""
    return true_reduced(network, x, y, rules)[0]
