"""The chart, drawn by plotext: the only module that knows it. Its colours come back as roles."""

import re
from math import ceil, floor, log10

import plotext

from bptui.views.charts import MARKS, Chart
from bptui.views.numbers import rate
from bptui.views.text import Row, Span, fit

SGR = re.compile(r"\x1b\[([0-9;]*)m")
COLOURS = {"series-0": 1, "series-1": 2, "series-2": 3, "series-3": 4, "series-4": 5, "series-5": 6, "series-6": 7}
"""Colour codes handed to plotext, so that its output tells which series a cell belongs to."""
ROLES = {f"38;5;{code}": role for role, code in COLOURS.items()}


def draw(chart: Chart, width: int, height: int, colour: bool = True) -> list[Row]:
    """The chart in exactly so many columns and rows; a word instead where there is nothing to draw. Without colours
    each curve has a character of its own, the legend's."""
    if not chart.series:
        return [fit(((f" {chart.empty}", "dim"),), width)]
    if width < 16 or height < 5:
        return [fit(((" too small for a chart", "dim"),), width)]
    plotext.clear_figure()
    plotext.limit_size(False, False)
    plotext.plot_size(width, height)
    plotext.theme("clear")
    for series in chart.series:
        code = COLOURS[series.role]
        if len(series.name) == 1:  # a mark: its one character at its one point
            plotext.text(
                series.name, float(series.x[0]), at_its_row(float(series.low[0]), chart, height - 3), color=code
            )
            continue
        # A band is drawn as its lower and its upper edge, one zigzag through both.
        x = [float(v) for v in series.x for _ in range(2)]
        y = [float(v) for pair in zip(series.low, series.high, strict=True) for v in pair]
        plotext.plot(x, y, color=code, marker="braille" if colour else MARKS[series.role])
    x_ticks(chart)
    if chart.log:
        log_ticks(chart)
    else:
        linear_ticks(chart)
    return [fit(spans(line), width) for line in plotext.build().splitlines()[:height]]


def at_its_row(y: float, chart: Chart, rows: int) -> float:
    """Where a character must be put to stand on a curve at y: plotext rounds dots to quarters of a row, characters
    to whole ones, so that the two often part by a row."""
    low = min(float(series.low.min()) for series in chart.series)
    high = max(float(series.high.max()) for series in chart.series)
    if chart.log:
        high = max(high, low + 0.1)  # as log_ticks sets it
    if rows < 2 or high <= low:
        return y
    row = int(0.5 + (4 * rows - 1) * (y - low) / (high - low)) // 4
    return low + (high - low) * row / (rows - 1)


def x_ticks(chart: Chart) -> None:
    """Whole numbers for what is counted; a single point stands at the left of an axis one unit long."""
    low = min(float(series.x.min()) for series in chart.series)
    high = max(float(series.x.max()) for series in chart.series)
    high = max(high, low + 1.0)
    plotext.xlim(low, high)
    if chart.x_name != "epochs" or high - low >= 8:
        ticks = sorted({round(low + (high - low) * k / 4) for k in range(5)})
        plotext.xticks(ticks, [str(tick) for tick in ticks])


def linear_ticks(chart: Chart) -> None:
    """A few round values, written as short as they can be."""
    low = min(float(series.low.min()) for series in chart.series)
    high = max(float(series.high.max()) for series in chart.series)
    ticks = round_values(low, high)
    plotext.yticks(ticks, [rate(tick) for tick in ticks])


def round_values(low: float, high: float, most: int = 5) -> list[float]:
    """At most so many multiples of 1, 2 or 5 times a power of ten between two ends; the ends alike: that value."""
    if high <= low:
        return [low]
    power = 10.0 ** floor(log10((high - low) / most))
    step = next(k * power for k in (1, 2, 5, 10, 20) if (high - low) / (k * power) <= most - 1)
    return [k * step for k in range(ceil(low / step), floor(high / step) + 1)]


def log_ticks(chart: Chart) -> None:
    """Powers of ten as labels: the values handed over are logarithms."""
    low = min(float(series.low.min()) for series in chart.series)
    high = max(float(series.high.max()) for series in chart.series)
    steps = max(1, round((high - low) / 4))
    places = list(range(int(low // 1), int(-(-high // 1)) + 1, steps))
    plotext.ylim(low, max(high, low + 0.1))
    inside: list[float] = [place for place in places if low <= place <= high] or [low, high]
    plotext.yticks(inside, [rate(float(f"{10.0**place:.3g}")) for place in inside])


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
