"""Data that make it hard: columns of very different scale, one class with nearly all samples."""

from collections.abc import Iterator

import numpy as np

from bptui.data.digits import shortest
from bptui.engine.weight import Weight
from bptui.experiments.symptoms.patient import Finding, Patient, Symptom

UNEVEN = 100.0  # between the columns' deviations
IMBALANCE = 20.0  # between the largest and the smallest class


def columns(it: Patient) -> Iterator[Finding]:
    """Inputs of very different scale."""
    x = it.x
    if it.problem.data.image:
        return
    spread, middle = x.std(axis=0), np.abs(x.mean(axis=0))
    varied = spread[spread > 0]
    if not len(varied):
        return
    name, ratio = "largest ÷ smallest deviation of a column", float(varied.max() / varied.min())
    far = int((middle + spread).argmax())
    if ratio <= UNEVEN and middle[far] + spread[far] <= UNEVEN:
        yield Finding(name, shortest(ratio, 3))
        return
    features = it.problem.data.features
    called = features[far] if features else f"x{far}"
    mean, deviation, least = (shortest(float(v), 4) for v in (x[:, far].mean(), spread[far], varied.min()))
    words = f"the columns are badly scaled: {called} is {mean} ± {deviation}, the least varied one has ± {least}"
    yield Finding(name, shortest(ratio, 3), Symptom(
        "scale", words, "one γ cannot fit columns of so different size, and large ones saturate the units",
        "--scale standard", "batch", Weight(1, far, 0),
    ))  # fmt: skip


def imbalance(it: Patient) -> Iterator[Finding]:
    """One class with nearly all samples."""
    labels = it.problem.data.labels
    if labels is None:
        return
    counts = np.bincount(labels[it.problem.split.train], minlength=max(len(it.problem.data.classes), 1))
    some = counts[counts > 0]
    name, ratio = "largest ÷ smallest class", float(some.max() / some.min())
    if ratio <= IMBALANCE:
        yield Finding(name, shortest(ratio, 3))
        return
    most, total = int(counts.argmax()), int(counts.sum())
    words = (
        f"{counts[most]} of {total} training samples are of class {it.problem.data.classes[most]}: always saying it is "
        f"right for {counts[most] / total:.0%}"
    )
    yield Finding(name, shortest(ratio, 3), Symptom(
        "imbalance", words, "the mean loss hardly notices the rare classes", "more samples of them, or fewer of it",
        "confusion",
    ))  # fmt: skip
