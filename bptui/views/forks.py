"""The list of forks: what differs, since where, losses and answers at one update and at the end; two curves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Literal

import numpy as np

from bptui.data.digits import grouped
from bptui.engine.types import Floats
from bptui.training.history import Curve, History
from bptui.views.charts import Chart, Series, drawable, sign_of, squeeze
from bptui.views.layers import fitting
from bptui.views.numbers import num, share
from bptui.views.text import Row, Span, fit, left, right, window

Unit = Literal["update", "epoch", "seen", "mult_adds"]
UNITS: dict[Unit, str] = {
    "update": "updates",
    "epoch": "epochs",
    "seen": "samples seen",
    "mult_adds": "multiply-adds, time that hangs on no machine",
}
SELF, OTHER = "series-1", "ghost"
LEAST_CHART = 8  # rows
NUMBERS = 8  # columns of a number and the blank before it
FIXED, LEAST_NAME = 18, 16  # columns of marks, number and where it parts; of what differs


@dataclass(frozen=True, slots=True, eq=False)
class ForkLine:
    """A fork as it is listed: ``known`` updates of which ``made`` are replayed; its ``cost`` is that of a sample in
    multiply-adds."""

    number: int
    name: str
    parent: int
    parts: int
    known: int
    made: int
    live: bool
    beside: bool
    kept: bool
    history: History
    cost: int


@dataclass(frozen=True, slots=True)
class ForksLook:
    """``chosen`` is a place in the list; ``update`` the one at which all are compared: where one stands."""

    chosen: int
    update: int
    unit: Unit = "update"
    log: bool = False
    classes: bool = False

    def next_unit(self) -> Unit:
        names = list(UNITS)
        return names[(names.index(self.unit) + 1) % len(names)]


def chart_height(count: int, height: int) -> int:
    """Rows of the chart under a list of so many forks; 0 where there is no room for one."""
    room = height - min(count, 6) - 3
    return room if room >= LEAST_CHART else 0


def fork_rows(forks: Sequence[ForkLine], look: ForksLook, width: int, height: int) -> list[Row]:
    """The list in ``height`` rows: its heads, a row for each fork around the chosen one."""
    groups = groups_of(forks, look, width)
    wide = width - FIXED - NUMBERS * sum(len(columns) for _, columns in groups)
    upper = " " * (FIXED + wide) + "".join(right(name, NUMBERS * len(columns)) for name, columns in groups)
    lower = " " * 6 + left("what differs", wide) + left(" parts", FIXED - 6)
    lower += "".join(right(head, NUMBERS) for _, columns in groups for head, _, _ in columns)
    rows: list[Row] = [fit(((line, "head"),), width) for line in (upper, lower)]
    shown = window(len(forks), max(height - len(rows), 1), look.chosen)
    columns = [column for _, columns in groups for column in columns]
    return [*rows, *(fit(fork_row(forks[k], k == look.chosen, look, wide, columns), width) for k in shown)]


Column = tuple[str, str, bool]
"""Its head, of which series it is, and whether at the end of each fork."""


def groups_of(forks: Sequence[ForkLine], look: ForksLook, width: int) -> list[tuple[str, list[Column]]]:
    """Columns under their common heads: those that fit, the more important ones first."""
    tested = any(not np.isnan(fork.history.epochs.last("test_loss")).all() for fork in forks)
    wanted = [("train loss", "train_loss", True), ("right", "train_accuracy", look.classes)]
    wanted += [("test loss", "test_loss", tested), ("test right", "test_accuracy", tested and look.classes)]
    here = fitting(NUMBERS - 1, f"at {look.update}", "here")
    groups: list[tuple[str, list[Column]]] = [("known", [("to", "", True)])]
    room = width - FIXED - LEAST_NAME - NUMBERS
    for name, series, there in wanted:
        if there and room >= 2 * NUMBERS:
            groups.append((name, [(here, series, False), ("at end", series, True)]))
            room -= 2 * NUMBERS
    return groups


def fork_row(it: ForkLine, chosen: bool, look: ForksLook, wide: int, columns: list[Column]) -> Row:
    mark = "▸" if chosen else " "
    sign = "●" if it.live else "┈" if it.beside else " "
    role = "selected" if chosen else "strong" if it.live else "text"
    parts = f"{it.parent} at {grouped(it.parts)}" if it.parent else "–"
    name = it.name.removesuffix(f" from update {it.parts}") + (" (kept)" if it.kept else "")
    start = f"{mark}{sign}{it.number:>3} {left(name, wide)}"
    spans: list[Span] = [(start, role), (f" {left(parts, FIXED - 7)}", "dim")]
    for _, series, at_end in columns:
        spans.append((right(told(it, look, series, at_end), NUMBERS), "text"))
    return tuple(spans)


def told(it: ForkLine, look: ForksLook, series: str, at_end: bool) -> str:
    """A number of the list; · for what is not replayed yet or not reached."""
    if not series:
        return grouped(it.known) if it.made >= it.known else f"{grouped(it.made)}…"
    curve = it.history.epochs
    if not at_end and it.made < look.update:
        return "·"
    value = float(curve.last(series)[max(curve.place(it.made if at_end else look.update), 0)])
    if isnan(value):
        return ""
    return share(value) if series.endswith("accuracy") else num(value, NUMBERS - 1)


def legend(one: ForkLine, other: ForkLine | None, look: ForksLook, colour: bool) -> Row:
    """Which curve is whose, and by what they are laid over each other."""
    spans: list[Span] = [(f" train loss {sign_of(SELF, 'line', colour)}fork {one.number}", SELF)]
    if other is not None and other is not one:
        spans.append((f"  {sign_of(OTHER, 'dots', colour)}fork {other.number}", OTHER))
    return (*spans, (f"  by {UNITS[look.unit]}{', log' if look.log else ''}", "dim"))


def fork_chart(one: ForkLine, other: ForkLine | None, look: ForksLook, columns: int) -> Chart:
    """The training loss of two of them, whole."""
    pair = [] if other is None or other is one else [(other, OTHER)]
    drawn = [series for it, role in (*pair, (one, SELF)) for series in curve(it, role, look, columns)]
    return Chart(tuple(drawn), look.log)


def curve(it: ForkLine, role: str, look: ForksLook, columns: int) -> Iterator[Series]:
    epochs = it.history.epochs
    name, whole = ("train_loss", epochs) if len(epochs.axis("update")) > 2 else ("batch_loss", it.history.updates)
    low, high = whole.low(name), whole.high(name)
    if len(low) and not np.isnan(low).all():
        x, low, high = squeeze(axis(it, whole, look.unit), low, high, columns)
        style: Literal["line", "dots"] = "line" if role == SELF else "dots"
        yield Series(f"fork {it.number}", role, x, drawable(low, look.log), drawable(high, look.log), style)


def axis(it: ForkLine, whole: Curve, unit: Unit) -> Floats:
    return whole.axis("seen") * it.cost if unit == "mult_adds" else whole.axis(unit)
