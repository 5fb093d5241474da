"""What a program with a wrong rule would write where a number is asked for, and which rules bear on it at all."""

import math

from bptui.diagnosis.search import DEPENDS, HIDDEN_ONLY, singles
from bptui.engine.types import Floats, quiet
from bptui.engine.wrong_rules import Change, Rule, Workings
from bptui.engine.wrong_rules.settled import TOGETHER
from bptui.engine.wrong_rules.workings import What
from bptui.explain.quantity import Quantity

OF_A_UNIT = ("z", "a", "delta")
LATE = {"reduction", "part_size", "step", "l2"}
"""Choices that come after the sum over the batch."""
NO_SUM = ("added", "set to", "each sample", "carried")
"""Of these a program has no sum over the batch of its own, or the true one."""


def bearing(workings: Workings, q: Quantity) -> list[Change]:
    """The known mistakes that have to do with this number, none twice: those whose choices it depends on, as far as
    they matter in an update of this shape."""
    sizes = workings.given.network.architecture.sizes
    return [
        change
        for change in singles(workings.given)
        if _depends(q, len(sizes) - 1) & change.choices.keys() and not _passes_by(change.rule, q, sizes)
    ]


def _depends(q: Quantity, layers: int) -> set[str]:
    """The choices that a number depends on."""
    if q.kind == "memory-after":
        return {"momentum"}
    if q.kind in ("z", "a", "loss", "delta"):
        depends = set(DEPENDS[q.kind])
    elif q.weight.is_bias:
        depends = set(DEPENDS["samples biases" if q.kind == "contribution" else "biases"]) - {"weights_from", "outer"}
    else:
        depends = set(DEPENDS["samples weights" if q.kind == "contribution" else "weights"])
    depends -= LATE if q.kind in ("contribution", "sum") else set()
    depends -= {"l2"} if q.kind == "mean" else set()
    depends |= {"momentum"} if q.kind in ("step", "after") else set()
    return depends - HIDDEN_ONLY if q.layer == layers else depends


def _passes_by(rule: Rule, q: Quantity, sizes: tuple[int, ...]) -> bool:
    """Does the choice make no difference to a number of this kind and place, whatever the numbers are?"""
    layer, layers = q.layer, len(sizes) - 1
    return (
        (q.kind in ("z", "a") and rule.pairing not in ("own", *TOGETHER))
        or (q.kind == "memory-after" and rule.momentum != "damped")
        or (q.kind == "step" and rule.step == "set to")
        or (q.kind in ("sum", "mean", "reduced") and rule.step in NO_SUM)
        or (rule.weights_from == "output error" and layer < layers)
        or (rule.outer == "transposed" and (sizes[layer - 1] != sizes[layer] or q.source == q.unit))
        or (rule.biases == "one number" and sizes[layer] == 1)
    )


def momentum_alone(change: Change) -> bool:
    """Is it of the step alone? Where the gradient is given all else is right."""
    return change.choices.keys() <= {"momentum", "step"} and change.rule.step in ("right", "added", "set to")


def number_of(workings: Workings, rule: Rule, q: Quantity) -> float | None:
    """The number that the rule gives; None where it is not finite."""
    with quiet():
        found = _number(workings, rule, q)
    return found if math.isfinite(found) else None


def _number(workings: Workings, rule: Rule, q: Quantity) -> float:
    if q.kind == "loss":
        return float(_row(workings.quantity(rule, "loss"), q.sample))
    if q.kind in OF_A_UNIT:
        return float(_row(workings.quantity(rule, q.kind, q.layer), q.sample)[q.unit])  # type: ignore[arg-type]
    what: What = "biases" if q.weight.is_bias else "weights"
    if q.kind == "memory-after":  # the velocity, of which the step is −γ times as much
        return _at(workings.quantity(rule, "step", q.layer, what), q) / -workings.given.rules.learning_rate
    if q.kind == "contribution":
        return _at(_row(workings.quantity(rule, "samples", q.layer, what), q.sample), q)
    if q.kind in ("sum", "mean"):
        part = workings.summed if q.kind == "sum" else workings.reduced
        return _at(part(rule, q.layer, what), q)
    kind = "gradient" if q.kind == "reduced" else q.kind
    return _at(workings.quantity(rule, kind, q.layer, what), q)  # type: ignore[arg-type]


def _row(values: Floats, sample: int) -> Floats:
    """The sample's row; the only one there is where one row stands for all."""
    row: Floats = values[min(sample, len(values) - 1)]
    return row


def _at(values: Floats, q: Quantity) -> float:
    return float(values[q.unit] if q.weight.is_bias else values[q.source, q.unit])
