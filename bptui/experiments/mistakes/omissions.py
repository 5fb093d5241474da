"""A factor forgotten, and a step taken too often."""

from bptui.engine.losses import LOSSES
from bptui.engine.network import Network, Parameters
from bptui.engine.types import Floats
from bptui.engine.update import UpdateRules
from bptui.experiments.mistakes.step import forward_pass, from_gradient, reduced_over, summed_over, true_reduced


@from_gradient
def no_slope(network: Network, x: Floats, y: Floats, rules: UpdateRules) -> Parameters:
    """δ without φ′: ∂L/∂a at the output, Σ_k w δ_k below. Where the loss gives a − y, that already is δ."""
    passed = forward_pass(network, x)
    LOSSES[rules.loss].slope(passed.a[-1], y, passed.delta[-1])
    for layer in range(network.architecture.layers - 1, 0, -1):
        passed.delta[layer].dot(network.weights[layer].T, out=passed.delta[layer - 1])
    return reduced_over(summed_over(passed, network), len(x), rules)


@from_gradient
def bias_per_weight(network: Network, x: Floats, y: Floats, rules: UpdateRules) -> Parameters:
    """The bias step stands inside the loop over the incoming weights: a unit with i inputs makes it i times."""
    believed, _ = true_reduced(network, x, y, rules)
    for inputs, biases in zip(network.architecture.sizes, believed.biases, strict=False):
        biases *= inputs
    return believed
