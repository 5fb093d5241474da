"""Data that make it hard: columns of very different scale, one class with nearly all samples."""

from collections.abc import Iterator

import numpy as np

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
        yield Finding(name, f"{ratio:.3g}")
        return
    features = it.problem.data.features
    called = features[far] if features else f"x{far}"
    words = (
        f"the columns are badly scaled: {called} is {x[:, far].mean():.4g} ± {spread[far]:.4g}, the least varied one "
        f"has ± {varied.min():.4g}"
    )
    yield Finding(name, f"{ratio:.3g}", Symptom(
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
        yield Finding(name, f"{ratio:.3g}")
        return
    most, total = int(counts.argmax()), int(counts.sum())
    words = (
        f"{counts[most]} of {total} training samples are of class {it.problem.data.classes[most]}: always saying it is "
        f"right for {counts[most] / total:.0%}"
    )
    yield Finding(name, f"{ratio:.3g}", Symptom(
        "imbalance", words, "the mean loss hardly notices the rare classes", "more samples of them, or fewer of it",
        "confusion",
    ))  # fmt: skip
