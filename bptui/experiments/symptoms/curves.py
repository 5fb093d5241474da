"""Curves that tell of trouble: a loss that stands still, a test loss that rises."""

from collections.abc import Iterator

import numpy as np

from bptui.data.digits import shortest
from bptui.engine.losses import LOSSES
from bptui.engine.reduce import mean_over_samples
from bptui.experiments.symptoms.patient import Finding, Patient, Symptom

STUCK = 0.02  # so near the loss of the best constant answer counts as at it
SETTLED = 20  # epochs after which a loss that has not left it is a symptom
NEAR = 1.1  # times that loss: where a loss that jumps about lies in the middle, and still is at it
STILL = 0.02  # of that loss: a spread over the last half of the run that counts as none
OVERFIT = 1.5  # times the least test loss


def constant_loss(it: Patient) -> float:
    """The training loss of the best answer that does not look at the input: the mean of the targets."""
    y = it.y
    p = y.mean(axis=0)
    match it.record.settings.rules.loss:
        case "cross-entropy":
            return float(-sum(v * np.log(v) for v in p.tolist() if v > 0))
        case "binary-cross-entropy":
            return float(-sum(q * np.log(q) for v in p.tolist() for q in (v, 1 - v) if q > 0))
        case loss:
            z = np.broadcast_to(p, y.shape)
            return float(mean_over_samples(LOSSES[loss].value(z, z, y)))


def stuck(it: Patient) -> Iterator[Finding]:
    """The loss at that of the best constant answer, and staying there."""
    best, now = constant_loss(it), it.now.train_loss
    epochs, losses = it.train_losses
    name = "train loss ÷ loss of the best constant answer"
    if best <= 0 or not np.ptp(it.x, axis=0).any():
        return
    half = np.append(losses[len(losses) // 2 :], now)
    measured, constant = shortest(now / best, 3), "the best answer that does not look at the input"
    if it.now.epoch >= SETTLED and np.ptp(half) <= STILL * best and abs(now / best - 1) < STUCK:
        words = f"the loss stands still at {shortest(now, 6)}: {constant} has {shortest(best, 6)}"
    elif it.now.epoch >= 2 * SETTLED and half.min() > (1 - STUCK) * best and np.median(half) < NEAR * best:
        first = int(epochs[len(losses) // 2])
        least = shortest(half.min(), 4)
        words = f"since epoch {first} the loss was {least} at best: {constant} has {shortest(best, 4)}"
    else:
        yield Finding(name, measured)
        return
    yield Finding(name, measured, Symptom(
        "constant", words,
        "the network answers nearly the same whatever comes in: dead or saturated units, inputs that are not scaled, "
        "start weights that are all alike, or steps of no fitting length",
        "cure what else is found here; else scale the inputs, another --lr, more units", "loss",
    ))  # fmt: skip


def overfit(it: Patient) -> Iterator[Finding]:
    """A test loss that has risen far above its least, while the training loss is lower than it was then."""
    tests, (epochs, trains) = it.test_losses, it.train_losses
    if len(tests) < 3 or np.isnan(tests).any():
        return
    best = int(tests.argmin())
    least, now = float(tests[best]), it.now.test_loss
    name = "test loss now ÷ its least"
    if least <= 0 or now <= OVERFIT * least or it.now.train_loss >= trains[best]:
        yield Finding(name, shortest(now / least, 3) if least > 0 else "1")
        return
    epoch = int(epochs[best])
    then, is_now = shortest(least, 4), shortest(now, 4)
    trained = f"{shortest(float(trains[best]), 4)} to {shortest(it.now.train_loss, 4)}"
    words = (
        f"it overfits: from epoch {epoch} to {it.now.epoch} the test loss rose from {then} to {is_now}, "
        f"the training loss fell from {trained}"
    )
    yield Finding(name, shortest(now / least, 3), Symptom(
        "overfit", words, "more weights than the samples can hold down: it learns them by heart",
        f"stop after epoch {epoch}, --l2 0.001, fewer units, or more samples", "loss",
    ))  # fmt: skip
