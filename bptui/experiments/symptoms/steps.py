"""Steps that are too long or too short, and gradients that do not come back as they should."""

from collections.abc import Iterator

import numpy as np

from bptui.data.digits import grouped, shortest
from bptui.engine.evaluate import sample_losses
from bptui.engine.network import Network
from bptui.engine.reduce import mean_over_samples
from bptui.engine.types import quiet
from bptui.engine.update import penalty
from bptui.engine.weight import Weight
from bptui.experiments.symptoms.patient import Finding, Patient, Symptom, typed

WORSE = 1.5  # times the loss that the update descends on, before it
SLIGHT = 0.01  # of the loss at the start: a batch that has less is not made worse by anything that matters
HALVINGS = 60
USUAL = 1e-4, 1e-1  # length of the step over length of the weights, a layer
LOOKED_AT = 20  # steps: a single one may be of any length, and so may the first ones
ENOUGH = 5  # of them, where they take long
APART = 1e3  # between the layers' gradients, root mean square


def loss_after(it: Patient, share: float) -> float:
    """What the update descends on, the reduced loss of its batch with the penalty, after this share of its step."""
    record, rules = it.record, it.record.settings.rules
    flat = record.before.flat + share * (record.after.flat - record.before.flat)
    network = Network(record.before.architecture, flat)
    with quiet():
        losses = sample_losses(network, rules.loss, record.passed.a[0], record.targets)
        reduced = losses.sum() if rules.reduction == "sum" else mean_over_samples(losses)
        return float(reduced) + penalty(network, rules)


def overshoots(it: Patient) -> Iterator[Finding]:
    """A step that makes worse what it descends on: longer than the valley is wide, or uphill from its first bit."""
    record = it.record
    before, after = record.penalised_loss, loss_after(it, 1.0)
    rules = record.settings.rules
    start = float(it.train_losses[1][0]) * (record.n if rules.reduction == "sum" else 1)
    name = "loss of this batch after ÷ before its own update"
    if before <= 0:
        return
    measured = shortest(after / before, 3)
    if after <= WORSE * before or after <= SLIGHT * start:
        yield Finding(name, measured)
        return
    what = "loss with the penalty" if record.penalised else "loss"
    words = f"update {record.number} raises its own batch's {what} from {shortest(before, 4)} to {shortest(after, 4)}"
    downhill = float(record.reduced.flat @ record.step.flat) < 0
    yield Finding(name, measured, too_long(it, words, before) if downhill else uphill(it, words))


def too_long(it: Patient, words: str, before: float) -> Symptom:
    """The step goes downhill at first: a shorter one lowers the loss."""
    rules = it.record.settings.rules
    falls = next((k for k in range(1, HALVINGS) if loss_after(it, 0.5**k) < before), None)
    plain = rules.optimizer.name == "sgd" and not rules.clip_norm
    cause = "γ times the curvature along the step is above 2" if plain else "the step is longer than the valley is wide"
    shorter = "" if falls is None else f": a step {grouped(2**falls)} times shorter lowers it"
    cure = "a smaller --lr" if falls is None else f"--lr {it.rate_for(it.record.learning_rate * 0.5**falls)}"
    return Symptom("overshoots", words + shorter, f"{cause}: it jumps over the valley", cure, "loss")


def uphill(it: Patient, words: str) -> Symptom:
    """The step rises from its first bit, so that no length of it would do: not γ but the optimizer turned it."""
    record, optimizer = it.record, it.record.settings.rules.optimizer
    words += ": it goes uphill at any length"
    decayed = record.learning_rate * optimizer.weight_decay * float(record.reduced.flat @ record.before.flat)
    if optimizer.name == "adamw" and float(record.reduced.flat @ record.step.flat) + decayed < 0:
        cause = "the weight decay pulls harder towards 0 than the gradient pulls downhill"
        return Symptom("uphill", words, cause, f"--weight-decay below {typed(optimizer.weight_decay)}", "update")
    if optimizer.name in ("momentum", "nesterov"):
        left, mu = 1 - optimizer.momentum, shortest(optimizer.momentum)  # 0 < 1 − μ: the scenario refuses another
        cause = (
            f"the steps remembered outweigh this batch's gradient: at μ = {mu} they add up to {shortest(1 / left, 3)} "
            f"times a single one"
        )
        cure = f"--lr {it.rate_for(record.learning_rate * left)}, or a --momentum below {mu}"
        return Symptom("uphill", words, cause, cure, "update")
    cause = "the steps remembered outweigh this batch's gradient"
    return Symptom("uphill", words, cause, f"a smaller --lr, or --beta1 below {typed(optimizer.beta1)}", "update")


def steps(it: Patient) -> Iterator[Finding]:
    """The lengths of the last steps over those of the weights, a layer: most of them out of what is usual."""
    record, (_, losses) = it.record, it.train_losses
    learnt = it.now.train_loss < 0.5 * losses[0] or not np.ptp(it.x, axis=0).any()
    ratios = it.step_ratios(LOOKED_AT)
    low, high = USUAL
    for layer in range(1, record.layers + 1):
        of = ratios[:, layer - 1]
        of = of[np.isfinite(of)]
        if not len(of):
            continue
        short, middle, long = (float(v) for v in np.quantile(of, (0.25, 0.5, 0.75)))
        name, measured = f"layer {layer}: |Δw| ÷ |w|, the middle of {len(of)} steps", shortest(middle, 2)
        is_long, is_short = short > high, long < low and not learnt
        if not (is_long or is_short):
            yield Finding(name, measured)
            continue
        if record.number < LOOKED_AT or len(of) < ENOUGH:
            early = f", judged from {LOOKED_AT} on" if record.number < LOOKED_AT else ""
            yield Finding(name, measured + early)
            continue
        words = (
            f"layer {layer}: most of the last {len(of)} steps are {'longer' if is_long else 'shorter'} than "
            f"{shortest(high if is_long else low)} of the weights' length, the middle one {measured}"
        )
        yield Finding(name, measured, Symptom(
            f"{'long' if is_long else 'short'}-{layer}", words,
            "a learning rate that is too large" if is_long else "a learning rate or a gradient that is too small",
            "a smaller --lr" if is_long else "a larger --lr, or cure what makes the gradient small", "update",
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
