"""What formulas are made of: the numbers of a record by name, long sums cut short, symbols."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bptui.engine.types import Floats
from bptui.explain.expression import Expression, Number, Rest, total
from bptui.explain.quantity import Quantity, name
from bptui.explain.values import value
from bptui.training.record import UpdateRecord

SHOWN = 4  # terms of a long sum that are written out
LISTED = 1000  # quantities of a very long sum that are listed
TOO_FAR = 300.0  # from here on e^z is written so that it stays finite


@dataclass(frozen=True, slots=True)
class Formula:
    """The right side in symbols, the same with numbers, and a remark. Without numbers it is given, not computed."""

    symbols: str
    numbers: Expression | None
    note: str = ""


def given(note: str) -> Formula:
    """What is not computed in this update: only a remark."""
    return Formula("", None, note)


def number(record: UpdateRecord, q: Quantity) -> Number:
    """A number of the record, as a leaf of a formula. Raises ValueError or IndexError where there is none such."""
    return Number(value(record, q), q)


def named(record: UpdateRecord, q: Quantity) -> str:
    """The quantity in symbols, by the record's names of the units."""
    return name(q, record.names)


def long_sum(
    values: Floats | Sequence[float],
    spell: Callable[[int], Expression],
    members: Callable[[int], tuple[Quantity, ...]],
) -> tuple[Expression, ...]:
    """The terms of a sum: all of them, or the largest by size and the rest as one number.

    ``values`` are the terms' values, ``spell(k)`` writes the k-th out, ``members(k)`` names its quantities.
    """
    count = len(values)
    if count <= SHOWN + 1:
        return tuple(spell(k) for k in range(count))
    sizes = np.asarray(values, dtype=np.float64)
    order = np.argsort(-np.abs(sizes), kind="stable").tolist()
    most = min(SHOWN, max(int(np.count_nonzero(sizes)), 1))  # terms of 0 say nothing
    rest = order[most:]
    inside = tuple(q for k in rest[:LISTED] for q in members(k))
    return (*(spell(k) for k in order[:most]), Rest(len(rest), total(sizes[rest].tolist()), inside))
