"""A panel shows the rows it is given last, whatever it showed before."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bptui.tui.panel import Panel

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
