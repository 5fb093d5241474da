"""A panel shows the rows it is given last, whatever it showed before, and writes what is other in them."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bptui.tui.panel import Panel, difference
from bptui.views.text import Row, fit, row_cells

WORDS = st.sampled_from(["", "a", "δ₁", "+0.5", "漢字", "one two", "▲▼", "·"])
ROLES = st.sampled_from(["text", "dim", "selected"])
ROWS = st.lists(st.lists(st.tuples(WORDS, ROLES), max_size=4).map(tuple), max_size=5)
SHOWN = st.tuples(ROWS, st.integers(2, 14), st.integers(2, 6), WORDS, st.sampled_from(["", "↓ 3"]), st.booleans())


def alone(bordered: bool, ascii_only: bool, blocks: bool) -> Panel:
    panel = Panel("alone", bordered)
    panel.ascii, panel.blocks = ascii_only, blocks
    return panel


@pytest.fixture(autouse=True)
def no_app(monkeypatch: pytest.MonkeyPatch) -> None:
    """Panels of no app: nothing is painted."""
    monkeypatch.setattr(Panel, "_painted", lambda *_: True)
    monkeypatch.setattr(Panel, "refresh", lambda panel, *_, **__: panel)


@given(st.lists(SHOWN, min_size=1, max_size=6), st.booleans(), st.booleans(), st.booleans())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_shown_before_leaves_nothing(shown: list[Any], bordered: bool, ascii_only: bool, blocks: bool) -> None:
    panel = alone(bordered, ascii_only, blocks)
    for each in shown:
        panel.show(*each)
        fresh = alone(bordered, ascii_only, blocks)
        fresh.show(*each)
        assert panel._rows == fresh._rows


@given(ROWS.filter(bool), ROWS.filter(bool))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_difference_makes_one_row_of_the_other(old: list[Row], new: list[Row]) -> None:
    before, after = fit(old[0], 12), fit(new[0], 12)
    x, spans = difference(before, after)
    cells = [(char, role) for text, role in before for char in text + " " * (row_cells([(text, role)]) - len(text))]
    wanted = [(char, role) for text, role in after for char in text + " " * (row_cells([(text, role)]) - len(text))]
    other = [(char, role) for text, role in spans for char in text + " " * (row_cells([(text, role)]) - len(text))]
    assert [*cells[:x], *other, *cells[x + len(other) :]] == wanted


@pytest.mark.parametrize(("old", "new", "said"), [
    ((("a", "text"), ("1", "dim"), ("z", "text")), (("a", "text"), ("2", "dim"), ("z", "text")), (1, (("2", "dim"),))),
    ((("a", "text"), ("1", "dim")), (("a", "text"), ("1", "dim")), (2, ())),
    ((("ab", "text"), ("1", "dim")), (("a", "text"), ("b1", "dim")), (0, (("a", "text"), ("b1", "dim")))),
])  # fmt: skip
def test_only_the_spans_that_are_other_are_said(old: Row, new: Row, said: tuple[int, Row]) -> None:
    assert difference(old, new) == said
