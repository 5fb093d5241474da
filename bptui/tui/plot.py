"""The chart, drawn by plotext: the only module that knows it. Its colours come back as roles."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

import numpy as np
import plotext

from bptui.engine.types import Floats
from bptui.views.axes import Axis, round_logarithms, round_values, spread
from bptui.views.charts import MARKS, Chart, Mark, Series, Style
from bptui.views.text import Row, Span, cells, fit

SGR = re.compile(r"\x1b\[([0-9;]*)m")
COLOURS = {
    "series-0": 1,
    "series-1": 2,
    "series-2": 3,
    "series-3": 4,
    "series-4": 5,
    "series-5": 6,
    "series-6": 7,
    "ghost": 8,
}
"""Colour codes handed to plotext, so that its output tells which series a cell belongs to."""
ROLES = {f"38;5;{code}": role for role, code in COLOURS.items()}
LEAST = 16, 5
"""Columns and rows of a chart."""
Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Canvas:
    """Curves in their frame: the cells row by row, the axes, and how many columns stand before the first of a curve."""

    rows: tuple[tuple[Cell, ...], ...]
    x: Axis
    y: Axis
    margin: int


def draw(chart: Chart, width: int, height: int, colour: bool = True) -> list[Row]:
    """The chart in exactly ``width`` columns and ``height`` rows; a word instead where there is nothing to draw.
    Without colours each curve has a character of its own, the legend's."""
    if not chart.series:
        return [fit(((f" {chart.empty}", "dim"),), width)]
    if width < LEAST[0] or height < LEAST[1]:
        return [fit(((" too small for a chart", "dim"),), width)]
    canvas = canvas_of(chart, width, height, colour)
    rows = [list(row) for row in canvas.rows]
    annotate(rows, chart, canvas)
    return [fit(joined(row), width) for row in rows]


def place_at(chart: Chart, width: int, height: int, column: int, row: int, colour: bool = True) -> float | None:
    """Where on the x axis a column of the chart, as drawn in that size, stands; None beside its curves."""
    if not chart.series or width < LEAST[0] or height < LEAST[1] or not 0 <= row < height:
        return None
    canvas = canvas_of(chart, width, height, colour)
    cell = column - canvas.margin
    return canvas.x.of_cell(cell) if 0 <= cell < canvas.x.cells else None


def canvas_of(chart: Chart, width: int, height: int, colour: bool) -> Canvas:
    curves = tuple(frozen(series) for series in chart.series if len(series.name) > 1)
    return drawn(curves or tuple(map(frozen, chart.series)), chart.log, ends(chart), (width, height), colour)


Frozen = tuple[str, str, Style, bytes, bytes, bytes]
"""A series as a value that can be compared: its x, low and high as the bytes of their arrays."""


def frozen(series: Series) -> Frozen:
    x, low, high = (
        np.ascontiguousarray(each, dtype=np.float64).tobytes() for each in (series.x, series.low, series.high)
    )
    return series.name, series.role, series.style, x, low, high


def thawed(curve: Frozen) -> Series:
    name, role, style, x, low, high = curve
    return Series(name, role, np.frombuffer(x), np.frombuffer(low), np.frombuffer(high), style)


@lru_cache(maxsize=4)
def drawn(
    frozen_curves: tuple[Frozen, ...], log: bool, x_ends: tuple[float, float], size: tuple[int, int], colour: bool
) -> Canvas:
    """The curves drawn: plotext takes its time, and while one steps through what is known they stay the same."""
    width, height = size
    curves = [thawed(curve) for curve in frozen_curves]
    y = y_axis(curves, log, height - 3, 4 if colour else 1)
    most = max(min(y.cells // 2, 6), 2)
    y_ticks = y.ticks((round_logarithms if log else round_values)(y.low, y.high, most), log)
    margin = max(map(cells, y_ticks[1]), default=0) + 1
    x = Axis(*x_ends, width - margin - 1, 2 if colour else 1)
    plotext.clear_figure()
    plotext.limit_size(False, False)
    plotext.plot_size(width, height)
    plotext.theme("clear")
    plotext.xlim(x.low, x.high)
    plotext.ylim(y.low, y.high)
    plotext.xticks(*x.ticks(x_values(curves, x)))
    plotext.yticks(*y_ticks)
    for series in curves:
        trace(series, x, y, "braille" if colour else MARKS[series.role])
    return Canvas(tuple(map(cells_of, plotext.build().splitlines()[:height])), x, y, margin)


def y_axis(curves: list[Series], log: bool, rows: int, dots: int) -> Axis:
    low, high = min(float(s.low.min()) for s in curves), max(float(s.high.max()) for s in curves)
    return Axis(*spread(low, high, log), rows, dots)


def ends(chart: Chart) -> tuple[float, float]:
    """Of the x axis, with room for the cursor and the marks; a single point stands at the left of one unit."""
    places = [mark.x for mark in chart.marks] + ([] if chart.cursor is None else [chart.cursor])
    low, high = (float(end([*places, *(end(series.x) for series in chart.series)])) for end in (min, max))
    return low, high if high > low else low + 1.0


def x_values(curves: list[Series], x: Axis) -> list[float]:
    """What is written below: whole numbers where all that is drawn stands at whole numbers."""
    whole = all(bool((series.x == np.floor(series.x)).all()) for series in curves)
    return round_values(x.low, x.high, max(min(x.cells // 7, 8), 3), 1.0 if whole else 0.0)


def trace(series: Series, x: Axis, y: Axis, marker: str) -> None:
    """Draw a curve: as a line; as dashes, between which a curve beneath can be seen; sparse; or as a light band."""
    code = COLOURS[series.role]
    if series.style == "line" or len(series.x) == 1:
        # Low and high are drawn as one zigzag through both.
        across = [float(v) for v in series.x for _ in range(2)]
        up = [float(v) for pair in zip(series.low, series.high, strict=True) for v in pair]
        plotext.plot(across, up, color=code, marker=marker)
        return
    ways = {"dashes": dashes, "band": band, "dots": sparse}
    dots = list(ways[series.style](series, x, y))
    plotext.scatter([x.of_dot(i) for i, _ in dots], [y.of_dot(j) for _, j in dots], color=code, marker=marker)


def dashes(series: Series, x: Axis, y: Axis) -> Iterator[tuple[int, int]]:
    """Dots of a line, two cells of three."""
    for i, low, high in extents(series, x, y):
        if i // x.dots % 3 < 2:
            yield from ((i, j) for j in range(low, high + 1))


def sparse(series: Series, x: Axis, y: Axis) -> Iterator[tuple[int, int]]:
    """A dot of a line in every third column of dots, or of cells where a cell has one."""
    for i, low, high in extents(series, x, y):
        if i % 3 == 0:
            yield from ((i, j) for j in range(low, high + 1))


def band(series: Series, x: Axis, y: Axis) -> Iterator[tuple[int, int]]:
    """Every other dot, both ways, from low to high; a dotted line where these meet."""
    for i, low, high in extents(series, x, y):
        if i % 2 == 0 or x.dots == 1:
            inside = [j for j in range(low, high + 1) if j % 2 == 0 or y.dots == 1]
            yield from ((i, j) for j in inside or [low])


def extents(series: Series, x: Axis, y: Axis) -> Iterator[tuple[int, int, int]]:
    """For each column of dots from a curve's first to its last the rows from the lowest to the highest, reaching to
    the column before so that no gap is left."""
    first, last = x.dot(float(series.x[0])), x.dot(float(series.x[-1]))
    columns = np.arange(first, last + 1)
    at = x.low + (x.high - x.low) * columns / max(x.count - 1, 1)
    low, high = np.interp(at, series.x, series.low), np.interp(at, series.x, series.high)
    own = np.array([x.dot(float(v)) - first for v in series.x])
    np.minimum.at(low, own, series.low)
    np.maximum.at(high, own, series.high)
    before: tuple[int, int] | None = None
    for i, bottom, top in zip(columns.tolist(), dots_of(low, y), dots_of(high, y), strict=True):
        reach = (bottom, top) if before is None else (min(bottom, before[1]), max(top, before[0]))
        before = bottom, top
        yield i, *reach


def dots_of(values: Floats, y: Axis) -> list[int]:
    return [y.dot(value) for value in values.tolist()]


def annotate(rows: list[list[Cell]], chart: Chart, canvas: Canvas) -> None:
    """Write what is no curve: the cursor behind the lines, marks above, single characters on their curves."""
    x, y, margin, inside = canvas.x, canvas.y, canvas.margin, range(1, len(rows) - 2)
    if chart.cursor is not None and x.low <= chart.cursor <= x.high:
        column = margin + x.cell(chart.cursor)
        for k in inside:
            if rows[k][column][0].isspace() or rows[k][column][1] == "series-0":
                rows[k][column] = ("│", "selected")
        rows[inside.stop][column] = ("▲", "selected")
    shown = [(margin + x.cell(mark.x), mark) for mark in chart.marks if x.low <= mark.x <= x.high]
    for column, mark in shown:
        rows[0][column] = (mark.glyph, mark.role)
    name_marks(rows[0], shown)
    for series in chart.series:
        if len(series.name) == 1:
            row, column = y.cell(float(series.low[0])), x.cell(float(series.x[0]))
            rows[inside.stop - 1 - row][margin + column] = (series.name, series.role)


def name_marks(row: list[Cell], marks: list[tuple[int, Mark]]) -> None:
    """Write what marks (and their columns) mean beside one of each kind, the last that has room for it."""
    for words in dict.fromkeys(mark.words for _, mark in marks):
        said = f" {words} "
        same = [(column, mark) for column, mark in reversed(marks) if mark.words == words]
        places = ((start, mark.role) for column, mark in same for start in (column + 1, column - len(said)))
        for start, role in places:
            if [glyph for glyph, _ in row[max(start, 0) : start + len(said)]] == ["─"] * len(said):
                row[start : start + len(said)] = [(glyph, role) for glyph in said]
                break


def cells_of(line: str) -> tuple[Cell, ...]:
    """A line with colour codes, cell by cell with roles; a braille pattern without dots is a blank."""
    return tuple((" " if glyph == "\u2800" else glyph, role) for text, role in spans(line) for glyph in text)


def joined(row: list[Cell]) -> list[Span]:
    """The cells as spans, one for neighbours of one role."""
    return [("".join(glyph for glyph, _ in same), role) for role, same in groupby(row, key=itemgetter(1))]


def spans(line: str) -> list[Span]:
    """A line with colour codes as spans with roles."""
    out: list[Span] = []
    role, at = "dim", 0
    for code in SGR.finditer(line):
        if code.start() > at:
            out.append((line[at : code.start()], role))
        role = ROLES.get(code.group(1), "dim")
        at = code.end()
    if at < len(line):
        out.append((line[at:], role))
    return out
