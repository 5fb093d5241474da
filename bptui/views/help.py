"""The help screen's text: the keys (from the one table), the words, and the answer to the first questions."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from bptui.data.digits import grouped
from bptui.views.text import Row, Span, left, wrapped

KEY_WIDTH = 12
if TYPE_CHECKING:
    from bptui.training.checkpoints import Reach

MB = 2**20
GUIDE = (
    "When is back-propagation applied?",
    "  Once for every sample: one forward and one backward pass at frozen weights.",
    "  The samples' gradients are added (SUM) or averaged (MEAN), and then",
    "  the weights change once for the whole batch: θ ← θ − γ ∇L.",
    "  Batch size 1 is SGD, all samples in one batch is gradient descent.",
    "",
    "How to read the screen",
    "  In a map of cells ▵ ▴ ▲ are positive numbers, ▿ ▾ ▼ negative ones, from",
    "  small to large; 0 is zero, · is not computed yet. ▲▼ names the largest size.",
    "  A solid edge is a positive weight, a dotted one a negative. Where edges",
    "  would run into each other, the selected unit's weights stand as numbers: w+0.719.",
    "  Below a unit's a stand its target t, δ, z and bias b, as rows allow.",
    "  z is a unit's pre-activation, a its activation, δ = ∂L/∂z its delta.",
    "  ■ sample done, ▣ current, □ to come; ▸ the selected unit, ◦ the input of its weight.",
    "  ◂ marks what is in force; ▶ ◀ between layers: the way of the pass just now.",
    "  w₂[5→3] leads from unit 5 of layer 1 to unit 3 of layer 2, w₂[…→3] all into unit 3.",
    "  Samples of a batch count from 1; rows of the data, inputs and units from 0.",
)


class KeyLine(NamedTuple):
    """One line of the key table as shown: keys, what they do, and the reason why not now (or None)."""

    group: str
    keys: str
    tooltip: str
    reason: str | None


def way_back(reach: "Reach") -> tuple[str, ...]:
    """What going back takes in this run."""
    taken, budget, recent = -(-reach.bytes // MB), reach.budget // MB, grouped(reach.recent)
    return (
        "",
        "How far back",
        "  Every update comes back bit for bit, replayed from a state kept;",
        f"  of the last {recent} none is more than {reach.spacing} updates from one.",
        f"  The states kept take {taken} of {budget} MB.",
    )


def help_rows(keys: list[KeyLine], width: int, more: Sequence[str] = ()) -> list[Row]:
    """All lines of the help, long ones wrapped to ``width``; the screen scrolls them. ``more`` follows the guide."""
    rows: list[Row] = []
    for line in (*GUIDE, *more):
        role = "head" if line and not line.startswith(" ") else "text"
        rows += [((part, role),) for part in wrapped(line, width)]
    group = ""
    for key in keys:
        if key.group != group:
            group = key.group
            rows += [(), ((group, "head"),)]
        words = key.tooltip if key.reason is None else f"{key.tooltip} (not now: {key.reason})"
        first, *rest = wrapped(words, max(width - KEY_WIDTH, 10))
        rows.append((("  " + left(key.keys, KEY_WIDTH - 2), "key"), (first, "dim" if key.reason else "text")))
        rows += [((" " * KEY_WIDTH + part, "dim" if key.reason else "text"),) for part in rest]
    return rows


Hint = tuple[str, str, bool]
PINNED = 2
"""Hints at the end of the list that are always shown: help and quit."""


def footer_rows(hints: Iterable[Hint], width: int, height: int, taken: int = 0) -> tuple[Row, ...]:
    """Hints (keys, label, enabled), as many as fit into ``height`` rows of ``width`` columns, ``taken`` of them in the
    first row by something else; a disabled one is dim, the last ones keep their place."""
    return known_footer(tuple(hints), width, height, taken)


@lru_cache(maxsize=8)  # few keys change what others can do
def known_footer(hints: tuple[Hint, ...], width: int, height: int, taken: int) -> tuple[Row, ...]:
    rows: list[list[Span]] = [[(" ", "bar")] for _ in range(height)]
    pinned = hints[-PINNED:]
    rooms = [width - 1 - taken * (row == 0) for row in range(height)]
    rooms[-1] -= sum(hint_width(*hint) for hint in pinned)
    row = 0
    for hint in hints[:-PINNED]:
        if hint_width(*hint) > rooms[row] and row < height - 1:
            row += 1
        if hint_width(*hint) <= rooms[row]:
            rows[row] += hint_spans(*hint)
            rooms[row] -= hint_width(*hint)
    for hint in pinned:
        rows[-1] += hint_spans(*hint)
    return tuple(tuple(spans) for spans in rows)


def hint_width(keys: str, label: str, enabled: bool) -> int:
    return len(keys) + len(label) + 3


def hint_spans(keys: str, label: str, enabled: bool) -> list[Span]:
    return [(keys, "bar-key" if enabled else "bar-off"), (f" {label}  ", "bar" if enabled else "bar-off")]
