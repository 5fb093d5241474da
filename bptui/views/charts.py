"""Curves as numbers to be drawn: reduced to minimum and maximum per column beforehand."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from bptui.engine.types import Floats

Style = Literal["line", "dashes", "band", "dots"]
MARKS = {
    "series-0": ".",
    "series-1": "+",
    "series-2": "x",
    "series-3": "o",
    "series-4": "*",
    "series-5": "%",
    "series-6": "#",
    "ghost": ":",
}
"""What each curve is drawn with where colours do not tell them apart."""
SHAPES: dict[Style, str] = {"band": "░", "line": "─", "dashes": "╌", "dots": "┈"}
"""What a legend shows of each way to draw a curve."""
SMALLEST = 1e-12  # a logarithmic axis has no zero
LARGEST = 1e300  # drawn no higher: beyond, the length of an axis is not finite


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A curve: x, and low and high of y at each x (alike where a column holds one point). A name of one character is
    no curve: that character, written at the curve's one point."""

    name: str
    role: str
    x: Floats
    low: Floats
    high: Floats
    style: Style = "line"


@dataclass(frozen=True, slots=True)
class Mark:
    """A character above the chart, at x, and the words that explain it."""

    x: float
    glyph: str
    words: str
    role: str


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """What to draw: the series, those behind first; whether y is logarithmic (low and high are logarithms then), what
    is said without series; where one stands, and marks."""

    series: tuple[Series, ...]
    log: bool
    empty: str = "no update yet"
    cursor: float | None = None
    marks: tuple[Mark, ...] = ()


def drawable(values: Floats, log: bool) -> Floats:
    """Finite and in a range that can be drawn."""
    bounded: Floats = np.clip(np.nan_to_num(values, nan=0.0, posinf=LARGEST, neginf=-LARGEST), -LARGEST, LARGEST)
    return np.log10(np.maximum(bounded, SMALLEST)) if log else bounded


def squeeze(x: Floats, low: Floats, high: Floats, columns: int) -> tuple[Floats, Floats, Floats]:
    """At most ``columns`` points, each the minimum and maximum of the points it stands for, at the last of their x; the
    first at the first x of all, so that the curve begins where it begins."""
    if len(x) <= columns:
        return x, low, high
    edges = np.linspace(0, len(x), columns + 1).astype(np.int64)[:-1]
    last = np.append(edges[1:], len(x)) - 1
    at = x[last]
    at[0] = x[0]
    return at, np.minimum.reduceat(low, edges), np.maximum.reduceat(high, edges)


def sign_of(role: str, style: Style, colour: bool) -> str:
    """What stands for a curve in a legend: its shape, or its character where colours do not tell curves apart; a
    letter and the name behind it would be one word."""
    return SHAPES[style] if colour else f"{MARKS[role]} "
