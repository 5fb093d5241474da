"""Mistakes about when the weights change: inside the backward pass, or inside the batch."""

import numpy as np

from bptui.engine.activations import ACTIVATIONS
from bptui.engine.losses import LOSSES
from bptui.engine.network import Network, Parameters
from bptui.engine.reduce import reduce_over_samples, sum_over_samples
from bptui.engine.types import Floats
from bptui.engine.update import UpdateRules
from bptui.experiments.mistakes.step import (
    NOTHING_CARRIED,
    Carried,
    Outcome,
    forward_pass,
    from_gradient,
    refuse_overflow,
    true_step,
)


@from_gradient
def new_weights_first(network: Network, x: Floats, y: Floats, rules: UpdateRules) -> Parameters:
    """Every layer is updated on the way back, before its δ is handed to the layer below: through the new weights."""
    passed = forward_pass(network, x)
    activations, top = network.architecture.activations, network.architecture.layers - 1
    believed = Parameters.zeros(network.architecture)
    delta = passed.delta[top]
    LOSSES[rules.loss].delta(ACTIVATIONS[activations[top]], passed.z[top], passed.a[-1], y, delta, passed.scratch[top])
    for layer in range(top, -1, -1):
        weights = believed.weights[layer]
        passed.a[layer].T.dot(delta, out=weights)
        reduce_over_samples(weights, len(x), rules.reduction, weights)
        if network.architecture.bias == "trained":
            biases = believed.biases[layer]
            sum_over_samples(delta, biases)
            reduce_over_samples(biases, len(x), rules.reduction, biases)
        if layer > 0:
            changed = network.weights[layer] + weights * -rules.learning_rate
            below = passed.delta[layer - 1]
            delta.dot(changed.T, out=below)
            ACTIVATIONS[activations[layer - 1]].pull_back(
                below, passed.z[layer - 1], passed.a[layer], passed.scratch[layer - 1]
            )
            delta = below
    return believed


def update_each_sample(
    network: Network, x: Floats, y: Floats, rules: UpdateRules, nominal: int, carried: Carried
) -> Outcome:
    """n updates of batch size 1, each with the whole γ. What it believes in is the sum of what it followed."""
    believed, step = Parameters.zeros(network.architecture), Parameters.zeros(network.architecture)
    moving = network
    for m in range(len(x)):
        one = true_step(moving, x[m : m + 1], y[m : m + 1], rules, 1, NOTHING_CARRIED)
        np.add(believed.flat, one.believed.flat, out=believed.flat)
        np.add(step.flat, one.step.flat, out=step.flat)
        moving = one.after
    refuse_overflow(believed)
    return Outcome(believed, step, moving, NOTHING_CARRIED)
