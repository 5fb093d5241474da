"""The lines of a program that makes an update, one for each quantity of a layer, in the record's own terms."""

from bptui.data.digits import shortest
from bptui.engine.activations import ACTIVATIONS
from bptui.engine.losses import LOSSES
from bptui.engine.optimizers import optimizer_named
from bptui.training.record import UpdateRecord


def z_line(layer: int, biases: bool) -> str:
    """z of layer 1 … L."""
    return f"z{layer} = a{layer - 1} W{layer}{f' + b{layer}' if biases else ''}"


def a_line(record: UpdateRecord, layer: int) -> str:
    """a of layer 1 … L."""
    return f"a{layer} = {ACTIVATIONS[record.before.architecture.activations[layer - 1]].formula}"


def delta_line(record: UpdateRecord, layer: int) -> str:
    """Where δ of layer 1 … L comes from: ``(δ2 W2ᵀ) · φ′, φ′ = a (1 − a)``."""
    architecture, loss = record.before.architecture, LOSSES[record.settings.rules.loss]
    slope = ACTIVATIONS[architecture.activations[layer - 1]].slope_formula
    if layer < architecture.layers:
        return f"(δ{layer + 1} W{layer + 1}ᵀ) · φ′, φ′ = {slope}"
    return loss.slope_formula if loss.joined else f"({loss.slope_formula}) · φ′, φ′ = {slope}"


def gradient_line(record: UpdateRecord, layer: int, bias: bool, reduction: str = "") -> str:
    """The gradient of a layer's weights or biases, reduced as the settings say (or sum, or mean), with its penalty."""
    rules = record.settings.rules
    share = "" if (reduction or rules.reduction) == "sum" else "(1/n) "
    inside = f"δ{layer}" if bias else f"a{layer - 1}ᵀ δ{layer}"
    line = f"∂L/∂{'b' if bias else 'W'}{layer} = {share}{f'Σ_m {inside}[m]' if bias else inside}"
    if reduction:
        return line
    line += f" + λ₂ W{layer}" if rules.l2 and not bias else ""
    line += f" + λ₁ sign(W{layer})" if rules.l1 and not bias else ""
    return line + (", clipped" if rules.clip_norm else "")


def step_line(record: UpdateRecord) -> str:
    """What the optimizer adds to θ."""
    return f"Δθ = {optimizer_named(record.settings.rules.optimizer.name).formula}, γ = {shortest(record.learning_rate)}"
