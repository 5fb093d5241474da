"""Curves as numbers to be drawn: reduced to minimum and maximum per column beforehand."""

from dataclasses import dataclass

import numpy as np

from bptui.engine.types import Floats

MARKS = {
    "series-0": ".",
    "series-1": "+",
    "series-2": "x",
    "series-3": "o",
    "series-4": "*",
    "series-5": "%",
    "series-6": "#",
}
"""What each curve is drawn with where colours do not tell them apart."""
SMALLEST = 1e-12  # a logarithmic axis has no zero
LARGEST = 1e12  # drawn no higher; the numbers say the truth


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A curve: x, and low and high of y at each x (alike where a column holds one point)."""

    name: str
    role: str
    x: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """What to draw: the series, the name of the x axis, whether y is logarithmic, and what is said without series."""

    series: tuple[Series, ...]
    x_name: str
    log: bool
    empty: str = "no update yet"


def drawable(values: Floats, log: bool) -> Floats:
    """Finite and in a range that can be drawn."""
    bounded: Floats = np.clip(np.nan_to_num(values, nan=0.0, posinf=LARGEST, neginf=-LARGEST), -LARGEST, LARGEST)
    return np.log10(np.maximum(bounded, SMALLEST)) if log else bounded


def squeeze(x: Floats, low: Floats, high: Floats, columns: int) -> tuple[Floats, Floats, Floats]:
    """At most ``columns`` points, each the minimum and maximum of the points it stands for."""
    if len(x) <= columns:
        return x, low, high
    edges = np.linspace(0, len(x), columns + 1).astype(np.int64)[:-1]
    last = np.append(edges[1:], len(x)) - 1
    return x[last], np.minimum.reduceat(low, edges), np.maximum.reduceat(high, edges)
