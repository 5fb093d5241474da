"""The network's panel uses what room it has, says what it leaves out, and draws no line that cannot be followed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptui.engine.weight import Weight
from bptui.session.moment import Moment
from bptui.session.session import Session
from bptui.views.edges import places_for
from bptui.views.glyphs import PENDING, ZERO
from bptui.views.layers import listed, marked_window, selected_unit
from bptui.views.network import laid_out, network, shared, unit_at
from bptui.views.numbers import num
from bptui.views.scene import Scene
from bptui.views.text import cells
from tests.scenes import own_data, own_session, painted, phase_of, scene, session

SIZES = [(30, 6), (38, 16), (58, 22), (78, 20), (118, 34), (198, 57)]
BRAILLE = re.compile("[⠁-⣿]")


def at(it: Session, kind: str, phase: int = 0, **selected: int) -> Scene:
    """Sample 1 of update 1 in a phase (of a layer), the output layer's first unit selected unless another is."""
    return scene(it, Moment(1, phase_of(kind, phase), 0, **{"layer": it.layers, **selected}))


def panel(it: Scene, width: int, height: int) -> str:
    return "\n".join(painted("network", it, width, height))


def test_a_small_network_maximised_shows_every_number_it_has() -> None:
    it = at(session("mazur"), "reduce")
    record, shown = it.record, panel(it, 118, 30)
    for weight in (Weight(layer, i, o) for layer in (1, 2) for i in (0, 1) for o in (0, 1)):
        assert f"{record.names.symbol(weight)} {num(record.before[weight], 7, plus=True)}" in shown
    for layer in (1, 2):
        for values in (record.passed.z[layer - 1], record.passed.a[layer], record.passed.delta[layer - 1]):
            assert all(num(value, 7, plus=True) in shown for value in values[0])
    assert all(f"t  {num(value, 7)}" in shown for value in record.targets[0])
    assert all(num(bias, 7, plus=True) in shown for layer in record.before.biases for bias in layer)


def test_units_have_the_names_of_the_published_example() -> None:
    shown = panel(at(session("mazur"), "reduce"), 118, 30)
    assert all(re.search(rf"[▸◦ ]{name} +[+−]\d", shown) for name in ("i1", "i2", "h1", "h2", "o1", "o2"))


def test_at_the_update_each_edge_says_where_its_weight_has_gone() -> None:
    it = at(session("mazur"), "update")
    for weight in (Weight(2, i, o) for i in (0, 1) for o in (0, 1)):
        before, after = (num(theta[weight], 7, plus=True) for theta in (it.record.before, it.record.after))
        assert f"{it.record.names.symbol(weight)} {before} → {after}" in panel(it, 118, 30)


@pytest.mark.parametrize(("width", "height"), [(78, 20), (118, 34), (198, 57)])
@pytest.mark.parametrize("name", ["xor", "mazur", "digits", "iris", "sine", "spiral", "trask"])
def test_no_half_of_the_panel_is_empty(name: str, width: int, height: int) -> None:
    rows = painted("network", at(session(name), "reduce"), width, height)[:-2]
    halves = (
        rows[1 : height // 2],
        rows[height // 2 :],
        [r[: width // 2] for r in rows],
        [r[width // 2 :] for r in rows],
    )
    for half in halves:
        inked = sum(bool(row.strip()) for row in half)
        assert inked >= len(half) // 2, "\n".join(rows)
    assert max(len(row.rstrip()) for row in rows) >= width - 10


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("name", ["xor", "mazur", "digits", "spiral"])
def test_the_selected_unit_and_weight_are_told_at_every_size(name: str, width: int, height: int) -> None:
    it = at(session(name), "reduce", source=1)
    shown = panel(it, width, height)
    assert "▸" in shown
    if height >= 8:
        assert it.weight_name in shown


def test_in_a_narrow_gap_stand_the_numbers_of_the_selected_unit_and_no_lines() -> None:
    it = at(session("mazur"), "reduce", unit=1)
    weights, shown = it.record.before.weights[1], panel(it, 38, 16)
    assert not BRAILLE.search(shown)
    assert all(num(weight, 6, plus=True) in shown for weight in weights[:, 1])
    assert num(weights[0, 0], 6, plus=True) not in shown


@pytest.mark.parametrize(
    ("name", "layer", "width", "said"),
    [("xor", 2, 38, " w₂…→0 "), ("mazur", 2, 38, " …→o1 "), ("mazur", 1, 38, " …→h1 "), ("digits", 2, 64, " w₂[…→0] ")],
)
def test_whose_the_weights_of_a_gap_without_lines_are_stands_over_them_and_touches_nothing(
    name: str, layer: int, width: int, said: str
) -> None:
    head, *rows = panel(at(session(name), "reduce", layer=layer), width, 40).splitlines()
    assert said in head
    column = head.index(said) + 1
    assert any("w" in row[max(column - 2, 0) : column + 2] for row in rows)


def test_over_lines_that_say_where_they_lead_no_heading_is_needed() -> None:
    assert "…→" not in panel(at(session("xor"), "reduce"), 78, 20).splitlines()[0]


def test_of_a_hidden_unit_the_weights_that_bring_its_delta_back_are_told_too() -> None:
    it = at(session("mazur"), "reduce", layer=1)
    assert all(num(weight, 6, plus=True) in panel(it, 60, 16) for weight in it.record.before.weights[1][0])


def test_a_tangle_is_not_drawn_where_there_are_more_lines_than_columns() -> None:
    it = at(session("digits"), "reduce", layer=2, unit=3)
    shown = panel(it, 118, 30)
    weights = it.record.before.weights[1]
    assert all(num(weight, 7, plus=True) in shown for weight in weights[:10, 3])
    assert f"w₂[0→4] {num(weights[0, 4], 7, plus=True)}" not in shown


@pytest.mark.parametrize(
    ("name", "width", "height", "numbers"),
    [("xor", 78, 20, 6), ("trask", 118, 30, 12), ("iris", 78, 20, 0), ("iris", 118, 34, 0), ("spiral", 118, 34, 0)],
)
def test_numbers_stand_on_all_edges_or_on_the_selected_unit_s_alone(
    name: str, width: int, height: int, numbers: int
) -> None:
    """The output's first unit is selected: are the edges into layer 1 numbered?"""
    it = at(session(name), "reduce")
    shown = panel(it, width, height)
    weights = it.record.before.weights[0].ravel()
    assert len(re.findall(r"w₁\[x\d+→\d+\] [+−]", shown)) == numbers
    if numbers:
        assert all(num(weight, 7, plus=True) in shown for weight in weights)


@pytest.mark.parametrize(("width", "height"), [(38, 16), (58, 22), (78, 20), (118, 30)])
@pytest.mark.parametrize("name", ["xor", "mazur", "iris", "trask"])
@pytest.mark.parametrize("layer", [1, 2])
def test_a_weight_in_a_row_with_a_delta_cannot_be_read_as_the_delta(
    name: str, width: int, height: int, layer: int
) -> None:
    shown = panel(at(session(name), "reduce", layer=layer), width, height)
    assert not re.search(r"(?:[δzb] |\d )[+−][\d.]+ *[+−]\d", shown), shown


@pytest.mark.parametrize(("width", "lined"), [(64, False), (118, False), (198, True)])
def test_many_lines_that_meet_are_drawn_only_where_they_have_room(width: int, lined: bool) -> None:
    shown = panel(at(session("digits"), "reduce"), width, 40)
    assert bool(BRAILLE.search(shown)) == lined


@given(st.data())
def test_numbers_on_edges_never_touch_each_other(data: st.DataObject) -> None:
    row = st.integers(0, 30)
    lines = tuple(data.draw(st.lists(st.tuples(row, row), min_size=1, max_size=12)))
    width, length = data.draw(st.integers(14, 80)), data.draw(st.integers(5, 14))
    places = places_for(lines, length, width, (0.5, 0.3, 0.7, 0.0, 1.0))
    if places is not None:
        cells = [(y, x + k) for x, y in places for k in range(-1, length)]
        assert len(set(cells)) >= len(cells) - len(places)
        assert all(0 <= x <= width - length for x, _ in places)
        assert all(min(line) <= y <= max(line) for line, (_, y) in zip(lines, places, strict=True))


@pytest.mark.parametrize("layer", range(1, 20))
def test_layers_out_of_sight_are_counted_on_their_side(layer: int) -> None:
    deep = own_session(own_data(("a", "b"), ("u", "v")), hidden=(5,) * 18)
    it = at(deep, "reduce", layer=layer)
    shown, first = laid_out(it, 60, 16).shown, painted("network", it, 60, 16)[0]
    before, after = shown.start, 20 - shown.stop
    assert layer in shown
    assert layer - 1 in shown
    for count, words in ((before, f"‹ {before} layer"), (after, f"{after} layer")):
        assert (words in first) == (count > 0)


@given(st.integers(1, 60), st.integers(3, 40), st.data())
def test_a_list_between_marks_fills_its_rows_and_holds_the_chosen_one(
    count: int, height: int, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, count - 1))
    shown = marked_window(count, height, at)
    assert at in shown
    assert len(shown) + (shown.start > 0) + (shown.stop < count) == min(count, height)
    rows = listed(count, height, at, 40, lambda place: ((f"row {place}", "text"),))
    assert len(rows) == min(count, height)


@pytest.mark.parametrize("unit", [0, 7, 15])
def test_units_out_of_sight_are_counted(unit: int) -> None:
    it = at(session("spiral"), "reduce", layer=1, unit=unit)
    shown = panel(it, 60, 14)
    hidden = sum(map(int, re.findall(r"[↑↓] (\d+) more", shown)))
    told = sum(num(value, 6, plus=True) in shown for value in it.record.passed.delta[0][0])
    assert hidden > 0
    assert "▸" in shown
    assert told + hidden == 16


def test_a_field_that_is_not_computed_yet_looks_different_from_zeros() -> None:
    it = session("digits")
    before, after = (panel(at(it, kind, phase), 38, 16) for kind, phase in (("input", 0), ("forward", 1)))
    assert PENDING * 8 in before
    assert "not yet known" in panel(at(it, "input"), 58, 16)
    assert PENDING * 8 not in after.split("δ₁")[0]
    assert ZERO * 8 not in before


@given(st.lists(st.tuples(st.integers(5, 20), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=6), st.data())
def test_the_columns_shared_out_are_all_there_are(layers: list[tuple[int, int, int]], data: st.DataObject) -> None:
    class Layer:
        def __init__(self, least: int, more: int, most: int) -> None:
            self.least, self.usual, self.most = least, least + more, least + more + most
            self.wired = data.draw(st.booleans())

        def draw(self, width: int) -> None:
            raise AssertionError("nothing is drawn here")

    forms = [Layer(*numbers) for numbers in layers]
    needed = sum(form.least for form in forms) + len(forms) - 1
    width = data.draw(st.integers(needed, needed + 200))
    sizes, gaps, margin = shared(forms, width, data.draw(st.integers(-1, 5)))  # type: ignore[arg-type]
    assert all(form.least <= size <= max(form.most, form.least) for form, size in zip(forms, sizes, strict=True))
    assert sum(sizes) + sum(gaps) + 2 * margin in (width, width - 1)
    if any(a.wired and b.wired for a, b in pairwise(forms)):
        assert margin == 0


@pytest.mark.parametrize("colour", [True, False])
@pytest.mark.parametrize(("width", "height"), [*SIZES, (38, 8)])
def test_the_chosen_cell_of_a_picture_or_a_field_is_found_where_it_stands(
    width: int, height: int, colour: bool
) -> None:
    it, seen = session("digits"), set()
    for unit, source in ((0, 0), (9, 27), (31, 63), (17, 36)):
        for layer, selected in ((1, {"unit": unit, "source": source}), (2, {"unit": unit % 10, "source": unit})):
            here = replace(at(it, "gradient", layer=layer, **selected), colour=colour)
            for x, y in chosen_cells(here, width, height):
                found = unit_at(here, width, height, x, y)
                if found is not None:
                    seen.add(found[0])
                    below = selected_unit(here, found[0]) - found[1]
                    assert below == 0 or (below == 8 and found[0] == 0 and colour), "a half block has two pixels"
    assert seen >= {0, 1}


def chosen_cells(it: Scene, width: int, height: int) -> Iterator[tuple[int, int]]:
    """Where something is painted as selected, but for the numbers below all layers."""
    below = len(laid_out(it, width, height).details)
    for y, row in enumerate(network(it, width, height)[: height - below]):
        x = 0
        for text, role in row:
            if role == "selected":
                yield from ((x + k, y) for k, glyph in enumerate(text) if not glyph.isspace() or text[0] == "[")
            x += cells(text)


def test_beside_the_cells_of_a_layer_there_is_no_unit() -> None:
    it = at(session("digits"), "gradient")
    drawn = laid_out(it, 58, 16)
    (picture, field), left = drawn.blocks[:2], drawn.margin
    assert picture.grids
    assert field.grids
    assert unit_at(it, 58, 16, left, 0) is None  # the heading
    assert unit_at(it, 58, 16, left + picture.width, 1) is None  # the gap
    assert unit_at(it, 58, 16, left, 1) == (0, 0)
