"""Axes: a label stands in the row of its value and says that value; its values are round, few and inside."""

import re
from dataclasses import replace
from itertools import pairwise
from math import log10

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.tui.plot import draw, drawn
from bptui.views.axes import Axis, round_logarithms, round_values, spread
from bptui.views.charts import Chart, Mark, Series
from bptui.views.numbers import rate
from bptui.views.text import row_cells
from tests.scenes import lines, read_back

RANGES = [(0.0, 1.0), (0.31, 0.74), (-3.0, 1e12), (1e-9, 2e-9), (2.0, 2.0), (0.0, 1e300), (0.1, 0.94)]
MAGNITUDES = st.floats(1e-6, 1e6)


def flat(value: float, x: tuple[float, ...] = (0.0, 10.0), style: str = "line", role: str = "series-1") -> Series:
    y = np.full(len(x), value)
    return Series("flat", role, np.array(x), y, y, style)  # type: ignore[arg-type]


@pytest.mark.parametrize(("low", "high"), RANGES)
def test_ticks_are_few_round_and_inside(low: float, high: float) -> None:
    ticks = round_values(low, high)
    assert 1 <= len(ticks) <= 5
    assert all(low <= tick <= high * (1 + 1e-9) for tick in ticks)
    assert all(len(rate(tick)) <= 9 for tick in ticks)


@given(low=st.floats(-12, 12), length=st.floats(0.01, 300))
def test_ticks_of_a_logarithmic_axis_are_few_round_and_inside(low: float, length: float) -> None:
    ticks = round_logarithms(low, low + length)
    assert len(ticks) <= 6
    assert all(low - 1e-6 <= tick <= low + length + 1e-6 for tick in ticks)
    if length > 2:
        assert len(ticks) >= 2
        assert all(tick == round(tick) for tick in ticks)


@given(low=MAGNITUDES, factor=st.floats(1.001, 1e6), cells=st.integers(2, 60), log=st.booleans())
@settings(max_examples=200)
def test_every_label_says_the_value_that_a_curve_has_in_its_row(
    low: float, factor: float, cells: int, log: bool
) -> None:
    ends = (log10(low), log10(low * factor)) if log else (low, low * factor)
    axis = Axis(*spread(*ends, log), cells, 4)
    values = (round_logarithms if log else round_values)(axis.low, axis.high)
    places, labels = axis.ticks(values, log)
    for place, label in zip(places, labels, strict=True):
        said = float(read_back(label))
        row = axis.cell(log10(said) if log else said)
        assert axis.of_cell(row) == place
        assert abs(place - (log10(said) if log else said)) <= (axis.high - axis.low) / (cells - 1)


@pytest.mark.parametrize("log", [False, True], ids=["linear", "log"])
@pytest.mark.parametrize("height", [7, 9, 12, 20, 37])
@pytest.mark.parametrize("ends", [(0.00031, 4.7), (0.2, 0.9), (1e-5, 0.1), (3.0, 70.0)])
def test_on_the_screen_a_curve_at_a_label_s_value_runs_beside_the_label(
    ends: tuple[float, float], height: int, log: bool
) -> None:
    def drawn(*values: float) -> list[str]:
        held = [log10(v) if log else v for v in (*ends, *values)]
        corners = [flat(value, (10.0,)) for value in held[:2]]
        return lines(draw(Chart((*corners, *(flat(v) for v in held[2:])), log), 60, height))

    labelled = [(row, line.split("┤")[0].strip()) for row, line in enumerate(drawn()) if "┤" in line]
    assert labelled
    for row, label in labelled:
        line = drawn(float(read_back(label)))[row].split("┤")[1]
        assert sum(0x2800 < ord(glyph) <= 0x28FF for glyph in line) > 40, (label, line)


def test_small_labels_are_written_as_numbers_are_and_take_little_room() -> None:
    high = np.array([0.0, 300.0])
    (steep,) = (Series("steep", "series-1", np.array([0.0, 9.0]), y, y) for y in [np.array([-5.0, -1.0])])
    text = "\n".join(lines(draw(Chart((steep,), True), 40, 14)))
    assert "1e−5┤" in text
    assert "e-" not in text
    wild = Series("wild", "series-1", np.array([0.0, 9.0]), high, high)
    assert all(re.match("[^┤│]{1,6}[┤│]", line) for line in lines(draw(Chart((wild,), True), 40, 14))[1:-2])


class TestLayers:
    """What is drawn over what."""

    def roles(self, chart: Chart) -> set[str]:
        return {role for row in draw(chart, 60, 14) for text, role in row if text.strip()}

    @pytest.mark.parametrize("colour", [True, False])
    def test_a_dashed_curve_leaves_the_one_beneath_to_be_seen(self, colour: bool) -> None:
        chart = Chart((flat(1.0), flat(1.0, style="dashes", role="series-2"), flat(2.0, (10.0,))), False)
        row = next(row for row in draw(chart, 60, 14, colour) if any(role == "series-2" for _, role in row))
        shown = [sum(len(text) for text, role in row if role == name) for name in ("series-1", "series-2")]
        assert min(shown) >= 15

    def test_a_band_is_seen_around_the_curve_in_it(self) -> None:
        x = np.linspace(0, 10, 50)
        around = Series("batch", "series-0", x, np.full(50, 0.5), np.full(50, 1.5), "band")
        chart = Chart((around, flat(1.0)), False)
        assert {"series-0", "series-1"} <= self.roles(chart)
        inside = [text for row in draw(chart, 60, 14) for text, role in row if role == "series-0"]
        dots = sum((ord(glyph) - 0x2800).bit_count() for text in inside for glyph in text if glyph > "\u2800")
        assert 0 < dots <= 3 * sum(map(len, inside))  # of eight a cell

    def test_the_cursor_stands_where_one_stands_and_hides_no_curve(self) -> None:
        chart = Chart((flat(1.0), flat(2.0, (10.0,))), False)
        bare, pointed = lines(draw(chart, 60, 14)), lines(draw(replace(chart, cursor=5.0), 60, 14))
        columns = {k for a, b in zip(bare, pointed, strict=True) for k in range(60) if a[k] != b[k]}
        assert len(columns) == 1
        column, margin = columns.pop(), bare[0].index("┌") + 1
        assert abs((column - margin) / (59 - margin) - 0.5) < 0.03
        assert pointed[-2][column] == "▲"
        curve = next(line for line in bare if sum(ord(glyph) > 0x2800 for glyph in line) > 30)
        assert pointed[bare.index(curve)] == curve

    def test_marks_stand_above_and_are_explained(self) -> None:
        marks = tuple(Mark(x, "▼", "changed", "selected") for x in (2.0, 4.0))
        chart = Chart((flat(1.0), flat(2.0, (10.0,))), False, marks=marks)
        top = lines(draw(chart, 60, 14))[0]
        assert top.count("▼") == 2
        assert top.index("▼ changed ─") > top.index("▼")
        assert row_cells(draw(chart, 60, 14)[0]) == 60
        assert "changed" not in lines(draw(replace(chart, marks=()), 60, 14))[0]
        end = (Mark(10.0, "×", "stopped", "wrong"),)
        assert lines(draw(replace(chart, marks=end), 60, 14))[0].endswith("─ stopped ×┐")

    def test_curves_are_drawn_once_while_one_steps_along_them(self) -> None:
        chart = Chart((flat(1.0), flat(2.0, (10.0,))), False, cursor=1.0)
        draw(chart, 61, 14)
        before = drawn.cache_info().misses
        moved = [draw(replace(chart, cursor=place), 61, 14) for place in (2.0, 5.0, 9.0)]
        assert drawn.cache_info().misses == before
        assert len({tuple(lines(rows)) for rows in moved}) == 3
        longer = np.array([1.0, 3.0])
        grown = Series("grown", "series-2", np.array([0.0, 9.0]), longer, longer)
        draw(replace(chart, series=(*chart.series, grown)), 61, 14)
        assert drawn.cache_info().misses == before + 1

    def test_neighbours_of_one_role_are_one_span(self) -> None:
        for row in draw(Chart((flat(1.0), flat(2.0, (10.0,))), False, cursor=5.0), 60, 14):
            roles = [role for text, role in row if text]
            assert all(a != b for a, b in pairwise(roles)), row
