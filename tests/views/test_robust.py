"""Views never raise and always fill the box they are given, whatever the size and whatever the data."""

import unicodedata
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.scenario import built_in_names
from bptui.session.moment import Moment, Phase, phases
from bptui.session.session import Session
from bptui.training.record import ROW_KEYS
from bptui.views.loss import chart
from bptui.views.scene import AXES
from bptui.views.text import cells
from tests.scenes import PANELS, VIEWS, own_data, own_session, painted, scene, session

HOSTILE = (
    "[/]",
    "[@click=app.quit]q[/]",
    "\x1b]52;c;QQ==\x07",
    "\u202eabc",
    "a\0b\nc\td",
    "漢字" * 30,
    "👍🏽👨‍👩‍👧",
    "x" * 10_000,
)
OWN: dict[str, Session] = {
    "hostile names": own_session(own_data(HOSTILE, HOSTILE[::-1])),
    "names without width": own_session(own_data(("́", "", "️"), ("", "́"))),
    "40 classes": own_session(own_data(tuple(f"class {k}" for k in range(40)), ("u", "v"), 40), hidden=(30, 20, 10)),
    "1 sample": own_session(own_data(("yes", "no"), ("u", "v"), samples=1)),
    "a regression of large numbers": own_session(own_data((), tuple("abcdefghijkl")), (), learning_rate=1e-12),
    "a wide picture": own_session(own_data(("a", "b", "c"), (), image=(3, 50))),
    "a tall picture": own_session(own_data(("a", "b", "c"), (), image=(50, 1))),
    "a sample of one's own": own_session(own_data(("a", "b"), (), image=(3, 2))),
    "a deep network": own_session(own_data(("a", "b"), ("u", "v")), hidden=(5,) * 18),
    "momentum": own_session(own_data((), ("u",)), optimizer="momentum", l1=0.01),
    "ranks, most without samples": own_session(own_data((), ("u",)), ranks=tuple(range(1, 65))),
    "learning rate 0": own_session(own_data((), ("u",)), learning_rate=0.0),
}
OWN["a sample of one's own"].put_in(np.ones(6), 1)


def sessions() -> dict[str, Session]:
    return {**{name: session(name) for name in built_in_names()}, **OWN}


@st.composite
def moments(draw: st.DrawFn, session: Session) -> Moment:
    update = draw(st.integers(1, 2))
    session.run.extend_to(update)
    record = session.run.record(update)
    sizes = record.before.architecture.sizes
    layer = draw(st.integers(1, record.layers))
    bias = -1 if record.before.biases else 0
    return Moment(
        update,
        draw(st.sampled_from(phases(record.layers))),
        draw(st.integers(0, record.n - 1)),
        layer,
        draw(st.integers(0, sizes[layer] - 1)),
        draw(st.integers(bias, sizes[layer - 1] - 1)),
    )


@pytest.mark.parametrize("name", [*built_in_names(), *OWN])
@given(data=st.data())
@settings(max_examples=12)
def test_views_fill_any_box(name: str, data: st.DataObject) -> None:
    it = sessions()[name]
    looks = {
        "scroll": data.draw(st.integers(-100, 100)),
        "colour": data.draw(st.booleans()),
        "log": data.draw(st.booleans()),
        "axis": data.draw(st.sampled_from(AXES)),
        "sort": data.draw(st.sampled_from(ROW_KEYS if it.run.problem.data.classes else ROW_KEYS[:-1])),
    }
    seen = scene(it, data.draw(moments(it)), **looks)
    width, height = data.draw(st.integers(6, 200)), data.draw(st.integers(9, 60))
    for view in VIEWS:
        rows = painted(view, seen, width, height)
        assert [cells(row) for row in rows] == [width] * height, view
    drawn = chart(seen, max(2 * width, 1))
    assert all(len(series.x) == len(series.low) == len(series.high) <= 2 * width for series in drawn.series)


@pytest.mark.parametrize("name", ["xor", "digits", "spiral", "hostile names"])
@pytest.mark.parametrize("view", VIEWS)
def test_views_fill_the_smallest_boxes(view: str, name: str) -> None:
    it = sessions()[name]
    every = phases(it.layers)
    for phase in (*every[:2], *every[-3:-1]):
        seen = scene(it, Moment(1, phase, it.record.n - 1, it.layers))
        for width in range(1, 12):
            for height in range(10):
                assert [cells(row) for row in painted(view, seen, width, height)] == [width] * height


def test_data_of_a_single_class_can_be_looked_at() -> None:
    it = own_session(own_data(("only",), ("u", "v")))
    assert "only" in "".join(painted("batch", scene(it, Moment(1, Phase("input"), 0, 1)), 60, 10))


@pytest.mark.parametrize("view", VIEWS)
def test_no_name_brings_a_control_character_to_the_screen(view: str) -> None:
    it = OWN["hostile names"]
    it.run.extend_to(1)
    for layer in (1, 2):
        shown = "".join(painted(view, scene(it, Moment(1, Phase("update"), 0, layer)), 100, 30))
        assert not any(unicodedata.category(char) == "Cc" or char == "\u202e" for char in shown)


@pytest.mark.parametrize("view", ["network", "batch"])  # the others write units as numbers
@pytest.mark.parametrize("name", ["[/]", "[@click=app.quit]q[/]"])
def test_markup_in_a_name_is_shown_as_it_is_written(view: str, name: str) -> None:
    it = own_session(own_data((name, "other"), ("u", "v")))
    rows = "".join(painted(view, scene(it, Moment(1, Phase("update"), 0, 2)), 110, 24))
    assert name[:4] in rows


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_uses_no_more_rows_than_it_has(panel: str) -> None:
    """What is said at the bottom must not fall off the screen at 80 × 24."""
    it = session("digits")
    for phase in phases(it.layers):
        seen = scene(it, replace(it.moment, phase=phase, sample=it.record.n - 1 if phase.per_batch else 3))
        assert len(VIEWS[panel](seen, 38, 16)) <= 16
