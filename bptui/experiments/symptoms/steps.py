"""Steps that are too long or too short, and gradients that do not come back as they should."""

from collections.abc import Iterator

import numpy as np

from bptui.data.digits import shortest
from bptui.engine.evaluate import sample_losses
from bptui.engine.network import Network
from bptui.engine.reduce import mean_over_samples
from bptui.engine.types import quiet
from bptui.engine.weight import Weight
from bptui.experiments.symptoms.patient import Finding, Patient, Symptom

WORSE = 1.5  # times the batch's loss before its own update
RATIOS = 1e-5, 1.0  # length of the step over length of the weights, a layer
APART = 1e3  # between the layers' gradients, root mean square
HALVINGS = 12


def penalty(it: Patient) -> Iterator[Finding]:
    """γ λ₂ above 2: plain descent multiplies every weight by 1 − γ λ₂, which then grows in size."""
    rules = it.record.settings.rules
    if not rules.l2:
        return
    product = it.record.learning_rate * rules.l2
    name = "γ · λ₂"
    if product <= 2:
        yield Finding(name, shortest(product, 3))
        return
    factor = shortest(1 - product, 3)
    words = (
        f"γ · λ₂ = {shortest(product, 3)} is above 2: the penalty alone multiplies every weight by {factor} an update"
    )
    cure = f"--l2 below {shortest(2 / it.record.learning_rate, 3)}, or --lr below {shortest(2 / rules.l2, 3)}"
    yield Finding(name, shortest(product, 3), Symptom(
        "penalty", words, "the step of the penalty overshoots 0 by more than it began with", cure, "update"
    ))  # fmt: skip


def overshoots(it: Patient) -> Iterator[Finding]:
    """A step that makes the loss of its own batch larger: longer than the valley is wide."""
    record = it.record
    x, y, loss = record.passed.a[0], record.targets, record.settings.rules.loss

    def at(share: float) -> float:
        flat = record.before.flat + share * (record.after.flat - record.before.flat)
        with quiet():
            return float(mean_over_samples(sample_losses(Network(record.before.architecture, flat), loss, x, y)))

    before, after = record.loss_mean, at(1.0)
    name = "loss of this batch after ÷ before its own update"
    if before <= 0:
        return
    measured = shortest(after / before, 3)
    if after <= WORSE * before:
        yield Finding(name, measured)
        return
    falls = next((k for k in range(1, HALVINGS) if at(0.5**k) < before), None)
    gamma = record.learning_rate
    shorter = "no shorter one lowers it either" if falls is None else f"a step {2**falls} times shorter lowers it"
    was, becomes = shortest(before, 4), shortest(after, 4)
    words = f"update {record.number} raises its own batch's loss from {was} to {becomes}: {shorter}"
    cure = "a smaller --lr" if falls is None else f"--lr {shortest(gamma * 0.5**falls, 3)}"
    yield Finding(name, measured, Symptom(
        "overshoots", words, "γ times the curvature along the step is above 2: it jumps over the valley", cure, "loss"
    ))  # fmt: skip


def steps(it: Patient) -> Iterator[Finding]:
    """The length of the step over the length of the weights, a layer."""
    record, (_, losses) = it.record, it.train_losses
    learnt = (len(losses) > 1 and losses[-1] < 0.5 * losses[0]) or not np.ptp(it.x, axis=0).any()
    for layer in range(1, record.layers + 1):
        size = float(np.linalg.norm(record.before.weights[layer - 1]))
        if size == 0 or not record.passed.a[layer - 1].any():  # inputs of 0 move no weight
            continue
        ratio = float(np.linalg.norm(record.step.weights[layer - 1])) / size
        name = f"layer {layer}: |Δw| ÷ |w|"
        low, high = RATIOS
        if low <= ratio <= high or (ratio < low and learnt):
            yield Finding(name, shortest(ratio, 2))
            continue
        long = ratio > high
        words = (
            f"layer {layer}: the step is {shortest(ratio, 2)} of the weights' length; between 0.0001 and 0.1 is usual"
        )
        yield Finding(name, shortest(ratio, 2), Symptom(
            f"step-{layer}", words,
            "a learning rate that is too large" if long else "a learning rate or a gradient that is too small",
            "a smaller --lr" if long else "a larger --lr, or cure what makes the gradient small", "update",
            Weight(layer, 0, 0),
        ))  # fmt: skip


def layers(it: Patient) -> Iterator[Finding]:
    """Gradients that vanish or explode on their way back."""
    sizes = [float(np.sqrt(np.mean(g * g))) for g in it.record.mean.weights]
    if len(sizes) < 2 or sizes[-1] == 0:
        return
    ratio = sizes[0] / sizes[-1]
    name, measured = "gradient of the first layer ÷ of the last", shortest(ratio, 2)
    if 1 / APART <= ratio <= APART or not np.isfinite(ratio):
        yield Finding(name, measured)
        return
    word = "vanishes" if ratio < 1 else "explodes"
    last, first = shortest(sizes[-1], 2), shortest(sizes[0], 2)
    words = f"the gradient {word} on its way back: {last} in the last layer, {first} in the first"
    yield Finding(name, measured, Symptom(
        "vanishes" if ratio < 1 else "explodes", words,
        "many layers of small slopes, or saturated or dead ones" if ratio < 1 else "large weights in many layers",
        "--activation relu, --init he or glorot, fewer layers" if ratio < 1 else "--clip-norm 1, smaller start weights",
        "deltas", Weight(1, 0, 0),
    ))  # fmt: skip
