"""The chart's axes: a label says the value of the row it stands in."""

import re
from dataclasses import replace

import numpy as np
import pytest

from bptui.tui.plot import draw, place_at
from bptui.views.charts import Chart, Series, drawable
from bptui.views.text import Row
from tests.scenes import read_back

HEIGHT = 15
LABEL = re.compile(r"^ *([−.\de]+)[┤┼]")


def rows_of(values: list[float], log: bool) -> list[Row]:
    """The chart of a curve through these values, one a step."""
    y = drawable(np.array(values), log)
    curve = Series("train", "series-0", np.arange(1.0, len(y) + 1), y, y)
    return draw(Chart((curve,), log), 60, HEIGHT)


def labels(rows: list[Row]) -> dict[float, int]:
    """Labels of the vertical axis and the row each stands in."""
    found = {}
    for at, row in enumerate(rows):
        label = LABEL.match("".join(text for text, _ in row))
        if label:
            found[float(read_back(label[1]))] = at
    return found


def test_a_logarithmic_axis_is_labelled_with_the_powers_of_ten_themselves() -> None:
    assert set(labels(rows_of([100.0, 1.0, 0.01], log=True))) == {100.0, 10.0, 1.0, 0.1, 0.01}
    assert set(labels(rows_of([1e-9, 1e-7], log=True))) == {1e-9, 1e-8, 1e-7}


@pytest.mark.parametrize("log", [True, False])
@pytest.mark.parametrize("values", [[10.0, 1.0, 0.1], [0.5, 0.25, 0.002], [40.0, 1.0, 3.0]])
def test_a_label_stands_in_the_row_of_its_value(values: list[float], log: bool) -> None:
    rows = rows_of(values, log)
    seen = labels(rows)
    assert seen
    low, high = (float(end) for end in drawable(np.array([min(values), max(values)]), log))
    for label, at in seen.items():
        here = float(drawable(np.array([label]), log)[0])
        from_below = (here - low) / (high - low) * (HEIGHT - 3)  # two borders and the labels below
        assert abs(HEIGHT - 3 - from_below - at) <= 1, (label, at)


@pytest.mark.parametrize(("width", "height"), [(16, 5), (38, 12), (118, 30)])
@pytest.mark.parametrize("colour", [True, False])
def test_the_place_of_a_column_is_drawn_in_that_column(width: int, height: int, colour: bool) -> None:
    x = np.arange(50.0)
    curve = Chart((Series("train", "series-1", x, x, x),), log=False)
    places = [place_at(curve, width, height, column, 2, colour) for column in range(-1, width + 1)]
    known = [place for place in places if place is not None]
    assert (known[0], known[-1]) == (0.0, 49.0)
    for column, place in enumerate(places, start=-1):
        if place is not None:
            row = "".join(text for text, _ in draw(replace(curve, cursor=place), width, height, colour)[height - 2])
            assert row.index("▲") == column


def test_beside_the_curves_and_where_nothing_is_drawn_there_is_no_place() -> None:
    x = np.arange(50.0)
    curve = Chart((Series("train", "series-1", x, x, x),), log=False)
    assert place_at(curve, 38, 12, 0, 2) is None
    assert place_at(curve, 38, 12, 37, 2) is None, "the frame"
    assert place_at(curve, 38, 12, 20, 12) is None
    assert place_at(curve, 15, 12, 9, 2) is None
    assert place_at(replace(curve, series=()), 38, 12, 20, 2) is None
