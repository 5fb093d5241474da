"""A person's quantities beside the record's, one by one: exact, close, the same but for a constant, or different."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from bptui.diagnosis.numbers import Part
from bptui.diagnosis.search import Fit
from bptui.engine.types import Floats
from bptui.training.record import UpdateRecord

State = Literal["exact", "close", "factor", "rule", "different"]
CLOSE = 1e-4
"""How far from the true numbers, in parts of the largest of them, what is called close may be: float32 is within it."""
NARROW = 0.02
"""The widest interval, in parts of a constant, that names one: wider, the printed digits say too little."""


@dataclass(frozen=True, eq=False)
class Compared:
    """One quantity beside the record's ``true`` numbers. ``where`` is the place of the largest difference; ``factor``
    the constant by which all its numbers are off, ``constants`` what that may be (n, 1/n, −1 …; () for a number that
    has no name); ``fits`` the mistakes that give it; ``own_way``: another way to write what is right."""

    part: Part
    true: Floats
    state: State
    max_difference: float
    where: tuple[int, ...]
    factor: float | None = None
    constants: tuple[str, ...] = ()
    fits: tuple[Fit, ...] = ()
    own_way: bool = False

    @property
    def name(self) -> str:
        """``W1``, ``delta2``, ``loss`` …"""
        return self.part.name

    @property
    def right(self) -> bool:
        """Is nothing wrong with it?"""
        return self.own_way or self.state in ("exact", "close")

    @property
    def is_other_loss(self) -> bool:
        """A loss that is off by a constant (½, or the sum) says nothing of the way back."""
        return self.part.kind == "loss" and self.state == "factor"


def compare(record: UpdateRecord, part: Part, reduction: str = "") -> Compared:
    """A part beside the record; ``reduction`` is what the person calls their gradient or loss: sum, mean, or ""."""
    true = true_numbers(record, part, reduction)
    miss = np.abs(part.middle - true)
    place = np.unravel_index(int(miss.argmax()), miss.shape) if miss.shape else ()
    where = tuple(int(k) for k in place)
    largest = float(miss[where])
    if part.allows(true):
        return Compared(part, true, "exact", largest, where)
    if is_close(part, true):
        return Compared(part, true, "close", largest, where)
    found = factor_of(record, part, true)
    if found is not None:
        return Compared(part, true, "factor", largest, where, *found)
    return Compared(part, true, "different", largest, where)


def true_numbers(record: UpdateRecord, part: Part, reduction: str) -> Floats:
    """The record's numbers of the same quantity, in the same shape."""
    layer, passed = part.layer - 1, record.passed
    if part.kind == "loss":
        return _loss(record, part, reduction)
    if part.kind in ("z", "a", "delta"):
        arrays = {"z": passed.z, "a": passed.a[1:], "delta": passed.delta}[part.kind]
        return arrays[layer]
    if part.kind == "samples":
        delta = passed.delta[layer]
        return delta if part.what == "biases" else passed.a[layer][:, :, None] * delta[:, None, :]
    if part.kind == "gradient":
        vector = {"sum": record.summed, "mean": record.mean}.get(reduction, record.reduced)
    else:
        vector = record.step if part.kind == "step" else record.after
    return vector.weights[layer] if part.what == "weights" else vector.biases[layer]


def _loss(record: UpdateRecord, part: Part, reduction: str) -> Floats:
    """The loss that the person's is nearest to, where its name does not say which."""
    if part.low.shape:
        return record.passed.loss
    known = {"sum": record.loss_sum, "mean": record.loss_mean}
    if reduction in known:
        return np.asarray(known[reduction])
    every = [known[record.settings.rules.reduction], record.penalised_loss, *known.values()]
    return np.asarray(min(every, key=lambda value: abs(value - float(part.middle))))


def is_close(part: Part, true: Floats) -> bool:
    """Within what float32 leaves, or one unit of the last printed digit where digits were cut off, not rounded."""
    half = 0.5 * (part.high - part.low)
    miss = np.abs(part.middle - true)
    largest = float(np.abs(true).max(initial=0.0))
    return bool((miss <= np.maximum(2.05 * half, CLOSE * largest)).all())


def factor_of(record: UpdateRecord, part: Part, true: Floats) -> tuple[float, tuple[str, ...]] | None:
    """The constant c with part = c · true, and its names; None where there is none, or too few numbers tell."""
    low, high = part.low.ravel(), part.high.ravel()
    right = true.ravel()
    if part.kind == "after":  # the step that was added, beside the true one
        before = start_of(record, part).ravel()
        low, high, right = low - before, high - before, (right - before)
    zero = right == 0
    if zero.all() or not ((low[zero] <= 0) & (high[zero] >= 0)).all():
        return None
    ends = np.stack([low[~zero] / right[~zero], high[~zero] / right[~zero]])
    least, most = float(ends.min(axis=0).max()), float(ends.max(axis=0).min())
    if least <= 0 <= most:
        return 0.0, ("0",)
    if least > most:
        return None
    middle = 0.5 * (least + most)
    names = {name: value for name, value in constants(record, part) if least <= value <= most}
    if most - least > NARROW * abs(middle):
        return None
    if names:  # one of them is the value
        return next(iter(names.values())), tuple(names)
    return None if int((~zero).sum()) < 2 else (middle, ())


def beside(one: Compared, others: Iterable[Compared]) -> Compared:
    """A lone number that is off by the constant by which the rest of its layer is off: by itself it has none."""
    part = one.part
    if one.state != "different" or part.low.size != 1 or part.kind not in ("gradient", "samples", "step"):
        return one
    for other in others:
        c = other.factor
        if (
            c is not None
            and (other.part.kind, other.part.layer) == (part.kind, part.layer)
            and part.allows(c * one.true)
        ):
            return replace(one, state="factor", factor=c, constants=other.constants)
    return one


def start_of(record: UpdateRecord, part: Part) -> Floats:
    """The record's weights or biases before the update."""
    vector = record.before.weights if part.what == "weights" else record.before.biases
    return vector[part.layer - 1]


def constants(record: UpdateRecord, part: Part) -> Iterable[tuple[str, float]]:
    """Names and values of constants that programs multiply by, the likeliest first; 1 is none."""
    n, rate = record.n, record.learning_rate
    outputs = record.before.architecture.sizes[-1]
    named = {"2": 2.0, "½": 0.5, "n": n, "1/n": 1 / n}
    if outputs > 1:
        named |= {"outputs": outputs, "1/outputs": 1 / outputs, "2/outputs": 2 / outputs, "outputs/2": outputs / 2}
        named |= {"1/(n outputs)": 1 / (n * outputs)}
    if part.what == "biases":  # whose line stands in the loop over the weights
        inputs = record.before.architecture.sizes[part.layer - 1]
        named |= {"inputs": inputs, "1/inputs": 1 / inputs, "inputs + 1": inputs + 1}
    named |= {"2n": 2 * n, "2/n": 2 / n, "1/(2n)": 1 / (2 * n)}
    if rate not in (0.0, 1.0):
        named |= {"γ": rate, "γ/n": rate / n, "γ n": rate * n}
        named |= {"1/γ": 1 / rate} if part.kind in ("step", "after") else {}
    yield "−1", -1.0
    for sign, mark in ((1.0, ""), (-1.0, "−")):
        for name, value in named.items():
            if value != 1:
                yield f"{mark}{name}", sign * value
