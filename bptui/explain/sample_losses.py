"""Formulas of one sample's loss. Each is a row's own; :mod:`bptui.explain.spelling` says which name has which."""

import numpy as np

from bptui.engine.weight import sub
from bptui.explain.expression import (
    HALF,
    ONE,
    Expression,
    Negative,
    Quotient,
    Sum,
    call,
    evaluate,
    minus,
    square,
    times,
    whole,
)
from bptui.explain.formula import Formula, long_sum, number
from bptui.explain.quantity import Quantity, of_unit, tag, target
from bptui.training.record import UpdateRecord

NEAR = 1e-4  # of 0 and 1: from here on ln a and ln(1 − a) lose digits, and the loss is written in z
ZERO = whole(0)
IN_Z = "written in z: where a is next to 0 or 1, ln a would lose its digits"


def pairs(record: UpdateRecord, m: int, kind: str = "a") -> list[tuple[Quantity, Quantity]]:
    """(a_k, y_k), or (z_k, y_k), of every output."""
    outputs = range(record.targets.shape[1])
    return [(of_unit("z" if kind == "z" else "a", record.layers, k, m), target(k, m)) for k in outputs]


def letters(record: UpdateRecord, m: int, kind: str = "a") -> tuple[str, str]:
    """The symbols of a_k, or z_k, and y_k under a sum over k."""
    return f"{kind}{sub(record.layers)}[k]{tag(m)}", f"y[k]{tag(m)}"


def over_outputs(record: UpdateRecord, terms: list[Expression], of: list[tuple[Quantity, Quantity]]) -> Expression:
    """The sum of the terms, one for each output; a long one is cut short."""
    return Sum(long_sum([evaluate(term) for term in terms], lambda k: terms[k], lambda k: of[k]))


# --- squared errors: Σ_k (a_k − y_k)², halved, as it is, or over the number of outputs --------------


def squares(record: UpdateRecord, m: int) -> tuple[str, Expression]:
    """Σ_k (a_k − y_k)², in symbols and with numbers."""
    of = pairs(record, m)
    a, y = letters(record, m)
    terms: list[Expression] = [square(minus(number(record, said), number(record, wanted))) for said, wanted in of]
    return f"Σ_k ({a} − {y})²", over_outputs(record, terms, of)


def half_squared_error(record: UpdateRecord, m: int) -> Formula:
    """½ Σ_k (a_k − y_k)²."""
    symbols, total = squares(record, m)
    return Formula(f"½ · {symbols}", times(HALF, total))


def squared_error(record: UpdateRecord, m: int) -> Formula:
    """Σ_k (a_k − y_k)²."""
    return Formula(*squares(record, m))


def mean_squared_error(record: UpdateRecord, m: int) -> Formula:
    """Σ_k (a_k − y_k)² / o."""
    symbols, total = squares(record, m)
    count = record.targets.shape[1]
    return Formula(f"{symbols} / {count}", Quotient(total, whole(count)), "the mean is over outputs, not samples")


# --- cross-entropies: in a, or in z as the engine computes them (see bptui.engine.losses) -----------


def never(record: UpdateRecord, m: int) -> bool:
    """A loss that is never written in z."""
    return False


def binary_in_z(record: UpdateRecord, m: int) -> bool:
    """Is this sample so sure of an answer that ln a or ln(1 − a) would lose its digits?"""
    a = record.passed.a[-1][m]
    return bool((np.minimum(a, 1.0 - a) < NEAR).any())


def categorical_in_z(record: UpdateRecord, m: int) -> bool:
    """Is this sample so sure of its answer that ln a would lose its digits?"""
    a, y = record.passed.a[-1][m], record.targets[m]
    return bool((a <= 0).any() or (1.0 - a[y != 0] < NEAR).any())


def binary_cross_entropy(record: UpdateRecord, m: int) -> Formula:
    """−Σ_k [y ln a + (1 − y) ln(1 − a)]; in z: Σ_k max(z, 0) − z y + ln(1 + e^−|z|)."""
    written_in_z = binary_in_z(record, m)
    of = pairs(record, m, "z" if written_in_z else "a")
    s, y = letters(record, m, "z" if written_in_z else "a")
    terms: list[Expression] = []
    for out, wanted in of:
        x, truth = number(record, out), number(record, wanted)
        if written_in_z:
            tail = call("ln", Sum((ONE, call("e^", Negative(call("abs", x))))))
            terms.append(Sum((call("max", x, ZERO), Negative(times(x, truth)), tail)))
        else:
            no = times(minus(ONE, truth), call("ln", minus(ONE, x)))
            terms.append(Sum((times(truth, call("ln", x)), no)))
    total = over_outputs(record, terms, of)
    if written_in_z:
        return Formula(f"Σ_k [max({s}, 0) − {s} · {y} + ln(1 + e^(−|{s}|))]", total, IN_Z)
    return Formula(f"−Σ_k [{y} · ln({s}) + (1 − {y}) · ln(1 − {s})]", Negative(total))


def cross_entropy(record: UpdateRecord, m: int) -> Formula:
    """−Σ_k y_k ln a_k."""
    if categorical_in_z(record, m):
        return cross_entropy_in_z(record, m)
    of = pairs(record, m)
    a, y = letters(record, m)
    terms: list[Expression] = [times(number(record, wanted), call("ln", number(record, said))) for said, wanted in of]
    return Formula(f"−Σ_k {y} · ln({a})", Negative(over_outputs(record, terms, of)))


def cross_entropy_in_z(record: UpdateRecord, m: int) -> Formula:
    """ln Σ_j e^(z_j − max z) − Σ_k y_k (z_k − max z)."""
    of = pairs(record, m, "z")
    z, y = letters(record, m, "z")
    top = int(record.passed.z[-1][m].argmax())
    largest = number(record, of[top][0])
    away = [minus(number(record, before), largest) for before, _ in of]
    others = [k for k in range(len(of)) if k != top]
    powers = [call("e^", away[k]) for k in others]
    rest = long_sum([evaluate(power) for power in powers], lambda j: powers[j], lambda j: of[others[j]][:1])
    terms: list[Expression] = [times(number(record, wanted), away[k]) for k, (_, wanted) in enumerate(of)]
    symbols = f"ln Σ_j e^(z{sub(record.layers)}[j]{tag(m)} − max z) − Σ_k {y} · ({z} − max z)"
    return Formula(symbols, minus(call("ln", Sum((ONE, *rest))), over_outputs(record, terms, of)), IN_Z)
