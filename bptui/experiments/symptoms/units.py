"""Units that do not learn: dead, saturated, or twins of one another."""

from collections.abc import Iterator

import numpy as np

from bptui.data.digits import shortest
from bptui.engine.weight import Weight
from bptui.experiments.symptoms.patient import Finding, Patient, Symptom

FLAT = 0.02  # of the largest slope: below it a unit hardly hands anything back
FLAT_AT_BOTH_ENDS = ("sigmoid", "tanh")
MOSTLY = 0.8  # of the slopes of a layer


def several(names: list[str]) -> str:
    """``unit 2``, ``units 2 and 5``, ``units 0, 1, 2 and 13 more``."""
    if len(names) == 1:
        return f"unit {names[0]}"
    if len(names) > 4:
        return f"units {', '.join(names[:3])} and {len(names) - 3} more"
    return f"units {', '.join(names[:-1])} and {names[-1]}"


def dead(it: Patient) -> Iterator[Finding]:
    """Units with slope 0 for every sample: no gradient reaches them, so no update changes that."""
    for layer in it.hidden():
        if it.record.before.architecture.activations[layer - 1] in FLAT_AT_BOTH_ENDS:
            continue  # a slope of 0 is the end of being saturated there
        slopes = it.slopes(layer)
        units = np.flatnonzero((slopes == 0).all(axis=0)).tolist()
        name = f"layer {layer}: units with slope 0 for every sample"
        measured = f"{len(units)} of {slopes.shape[1]}"
        if not units:
            yield Finding(name, measured)
            continue
        whole = len(units) == slopes.shape[1]
        who = "every unit" if whole else several([it.unit(layer, unit) for unit in units])
        verb = "is" if whole or len(units) == 1 else "are"
        words = f"layer {layer}: {who} {verb} dead: slope 0 for all {len(slopes)} samples looked at"
        from_start = bool((it.slopes(layer, it.passed_first)[:, units] == 0).all())
        since = "as at the start: " if from_start else "which it was not at the start: "
        cause = "inputs that are not scaled, or unlucky start weights" if from_start else "a step that was too long"
        cure = "scale the inputs, --init he" if from_start else "a smaller --lr, scale the inputs"
        yield Finding(name, measured, Symptom(
            f"dead-{layer}", words,
            f"z is below 0 for every sample, so the gradient is 0 and no update changes it, {since}{cause}",
            f"{cure}, or --activation leaky-relu",
            "network", Weight(layer, 0, units[0]),
        ))  # fmt: skip


def saturated(it: Patient) -> Iterator[Finding]:
    """Layers whose slopes are nearly all small against the largest that their activation has."""
    for layer in it.hidden():
        activation = it.record.before.architecture.activations[layer - 1]
        if activation not in FLAT_AT_BOTH_ENDS:
            continue
        largest = 0.25 if activation == "sigmoid" else 1.0
        slopes = it.slopes(layer)
        share = float((slopes < FLAT * largest).mean())
        name = f"layer {layer}: slopes under {FLAT:.0%} of the largest"
        if share <= MOSTLY:
            yield Finding(name, f"{share:.0%}")
            continue
        sizes = np.abs(it.passed.z[layer - 1])
        words = (
            f"layer {layer} is saturated: {share:.0%} of its slopes are under {FLAT:.0%} of {activation}'s largest; "
            f"|z| is {shortest(np.median(sizes), 3)} in the middle"
        )
        from_start = float((it.slopes(layer, it.passed_first) < FLAT * largest).mean()) > MOSTLY
        since = (
            "as they were at the start: columns that are not scaled, or start weights that are too large"
            if from_start
            else "which they were not at the start: long steps have made the weights grow"
        )
        cure = "scale the inputs, smaller start weights" if from_start else "a smaller --lr"
        yield Finding(name, f"{share:.0%}", Symptom(
            f"saturated-{layer}", words,
            f"the pre-activations are so large that the activation is flat, {since}", f"{cure}, or --activation relu",
            "network", Weight(layer, 0, int(slopes.mean(axis=0).argmin())),
        ))  # fmt: skip


def twins(it: Patient) -> Iterator[Finding]:
    """Units of a layer that are equal bit for bit: they get the same gradient for ever, and are one unit."""
    network = it.record.before
    for layer in it.hidden():
        columns = [network.weights[layer - 1].T, network.weights[layer]]
        if network.biases:
            columns.append(network.biases[layer - 1][:, None])
        name, units = f"layer {layer}: units that are alike", network.architecture.sizes[layer]
        if len(np.unique(columns[0][:, 0])) == units:  # whole columns of thousands of units take a second
            yield Finding(name, "none")
            continue
        _, first, counts = np.unique(np.hstack(columns), axis=0, return_index=True, return_counts=True)
        if len(first) == units:
            yield Finding(name, "none")
            continue
        same = int(counts.max())
        words = f"layer {layer}: {same} of {units} units are equal bit for bit, weights and bias"
        yield Finding(name, f"{same} of {units}", Symptom(
            f"twins-{layer}", words,
            "start weights that are alike: such units get the same gradient at every update and stay one unit",
            "random start weights: --init glorot", "network", Weight(layer, 0, int(first[counts.argmax()])),
        ))  # fmt: skip
