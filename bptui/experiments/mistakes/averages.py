"""Mistakes that mix the samples before back-propagation is over: means of causes for the mean of effects."""

from bptui.engine.activations import ACTIVATIONS
from bptui.engine.backprop import Pass
from bptui.engine.losses import LOSSES
from bptui.engine.network import Network, Parameters
from bptui.engine.reduce import mean_over_samples
from bptui.engine.types import Floats
from bptui.engine.update import UpdateRules
from bptui.experiments.mistakes.step import forward_pass, from_gradient, full_pass, standing_for, summed_over


@from_gradient
def average_inputs(network: Network, x: Floats, y: Floats, rules: UpdateRules) -> Parameters:
    """One forward and backward pass with x̄ and ȳ."""
    passed = full_pass(network, mean_over_samples(x)[None], mean_over_samples(y)[None], rules)
    return standing_for(summed_over(passed, network), len(x), rules)


@from_gradient
def mean_error_mean_activations(network: Network, x: Floats, y: Floats, rules: UpdateRules) -> Parameters:
    """The mean output error handed back once, through the mean z and the mean a of every unit."""
    passed = forward_pass(network, x)
    stand_in = Pass.empty(network.architecture, 1)
    for single, all_rows in ((stand_in.a, passed.a), (stand_in.z, passed.z)):
        for row, rows in zip(single, all_rows, strict=True):
            row[0] = mean_over_samples(rows)
    return back_once(network, y, passed, stand_in, rules)


@from_gradient
def mean_error_last_activations(network: Network, x: Floats, y: Floats, rules: UpdateRules) -> Parameters:
    """The mean output error handed back once, through the z and a that the last sample left in the units."""
    passed = forward_pass(network, x)
    return back_once(network, y, passed, passed.rows(slice(len(x) - 1, None)), rules)


def back_once(network: Network, y: Floats, passed: Pass, stand_in: Pass, rules: UpdateRules) -> Parameters:
    """Back-propagate the mean of the outputs' ∂L/∂a (δ itself where the loss gives that) through one row."""
    loss, activations = LOSSES[rules.loss], network.architecture.activations
    errors = passed.delta[-1]
    loss.slope(passed.a[-1], y, errors)
    # a copy: the stand-in may be a row of the same pass
    delta = mean_over_samples(errors)[None].copy()
    for layer in range(network.architecture.layers - 1, -1, -1):
        if layer < network.architecture.layers - 1:
            delta = delta.dot(network.weights[layer + 1].T)
        if layer < network.architecture.layers - 1 or loss.joined is None:
            ACTIVATIONS[activations[layer]].pull_back(
                delta, stand_in.z[layer], stand_in.a[layer + 1], stand_in.scratch[layer]
            )
        stand_in.delta[layer][:] = delta
    return standing_for(summed_over(stand_in, network), len(y), rules)
