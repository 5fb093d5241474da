"""The deltas' panel: beside each δ stands the input that is the sample's own, and no average of anything."""

import re

import numpy as np
import pytest

from bptui.session.moment import Moment
from bptui.views.deltas import columns
from bptui.views.glyphs import PENDING
from bptui.views.numbers import brief, num
from bptui.views.scene import Scene
from tests.scenes import painted, phase_of, scene, session
from tests.tui.pilots import session_with

CELLS = re.compile("[▵▴▲▿▾▼]|·{2,}")


def at(name: str, kind: str, sample: int = 0, phase: int = 0, sort: str = "batch", **selected: int) -> Scene:
    it = session(name)
    moment = Moment(1, phase_of(kind, phase), sample, **{"layer": 1, **selected})
    return scene(it, moment, sort=sort)


def listed(it: Scene, width: int, height: int = 30) -> list[list[str]]:
    """The words of each sample's row without its cells."""
    rows = [row for row in painted("deltas", it, width, height) if row[0] in "■▣□"]
    return [[word for word in row[5:].split() if not CELLS.match(word)] for row in rows]


@pytest.mark.parametrize("width", [38, 58, 78, 118])
@pytest.mark.parametrize(("name", "layer", "source"), [("xor", 1, 0), ("iris", 1, 2), ("iris", 2, 4), ("spiral", 2, 3)])
def test_every_sample_has_its_own_input_beside_its_own_delta(name: str, layer: int, source: int, width: int) -> None:
    it = at(name, "reduce", layer=layer, source=source)
    passed, c = it.record.passed, columns(it, width)
    products = it.record.contributions(it.moment.weight)
    rows = listed(it, width)
    assert len(rows) == it.record.n
    for m, (x, delta, product, *_) in enumerate(rows):
        assert x == brief(passed.a[layer - 1][m, source], c.x)
        assert delta == num(passed.delta[layer - 1][m, 0], c.delta, plus=True)
        assert product == num(products[m], c.product, plus=True)


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("width", [38, 58])
def test_once_all_are_in_the_one_vector_they_make_is_told(reduction: str, width: int) -> None:
    it = session_with("xor", reduction=reduction)
    given = it.record.passed
    own = np.einsum("mi,mj->mij", given.a[1], given.delta[1])[:, :, 0]
    rest = np.einsum("mi,mj->mij", given.a[0], given.delta[0]).reshape(4, -1)
    flat = np.concatenate([own, given.delta[1], rest, given.delta[0]], axis=1).sum(axis=0)
    flat = flat / 4 if reduction == "mean" else flat
    name = "MEAN ÷4" if reduction == "mean" else "SUM"
    last = painted("deltas", scene(it, Moment(1, phase_of("reduce"), 3, 2)), width, 12)[-1]
    assert last.strip() == f"{name}: a·δ {num(flat[0], 8, plus=True)}, |∇L| {num(float(np.linalg.norm(flat)), 7)}"
    before = painted("deltas", scene(it, Moment(1, phase_of("gradient"), 3, 2)), width, 12)[-1]
    assert before.strip() == "each its own a and δ: no average"


def test_a_bias_has_the_input_1() -> None:
    assert {row[0] for row in listed(at("iris", "reduce", source=-1), 58)} == {"1"}


def test_a_first_layer_input_is_known_before_its_delta() -> None:
    it = at("iris", "input", source=1)
    for m, row in enumerate(listed(it, 38)):
        assert row[0] == brief(it.record.passed.a[0][m, 1], columns(it, 38).x)
        assert set("".join(row[1:])) == {PENDING}


@pytest.mark.parametrize("sort", ["batch", "loss", "norm", "cosine"])
@pytest.mark.parametrize("width", [38, 45, 60])
@pytest.mark.parametrize("name", ["digits", "iris", "xor", "mazur"])
def test_the_length_of_each_samples_gradient_always_stands_there(name: str, width: int, sort: str) -> None:
    it = at(name, "reduce", sort=sort, layer=2)
    head, *rows = painted("deltas", it, width, 16)
    assert "|∇L|" in head
    listed = [row for row in rows if row[0] in "■▣□"]
    assert listed
    size = columns(it, width).norm
    for row in listed:
        assert num(it.record.gradient_norms[int(row[1:4]) - 1], size) in row.split()


@pytest.mark.parametrize("width", [38, 45, 60, 78])
def test_that_the_length_has_the_frozen_biases_in_it_is_said(width: int) -> None:
    it = at("mazur", "reduce", layer=2)
    assert "|∇L| with " in painted("deltas", it, width, 16)[-1]
    assert it.record.gradient_norms[0] > np.linalg.norm(it.record.reduced.flat)  # what the optimizer gets is shorter
    assert "frozen" not in "".join(painted("deltas", at("xor", "reduce", layer=2), width, 16))


@pytest.mark.parametrize(("sort", "place"), [("norm", "|∇L|"), ("cosine", "cos")])
@pytest.mark.parametrize("width", [38, 45, 60])
def test_what_the_rows_are_sorted_by_is_always_shown(sort: str, place: str, width: int) -> None:
    it = at("digits", "reduce", sort=sort, layer=2)
    assert place in painted("deltas", it, width, 16)[0]


@pytest.mark.parametrize(("layer", "sources", "units"), [(1, 4, 6), (2, 6, 3)])
def test_where_there_is_room_stands_what_a_sample_adds_to_the_whole_layer(layer: int, sources: int, units: int) -> None:
    it = at("iris", "gradient", 3, layer=layer)
    passed = it.record.passed
    share = np.outer(passed.a[layer - 1][3], passed.delta[layer - 1][3])
    rows = painted("deltas", it, 78, 30)
    first = next(k for k, row in enumerate(rows) if "each a · each δ" in row) + 2
    for i in range(sources):
        assert rows[first + i].split()[-units:] == [num(value, 7, plus=True) for value in share[i]]
    assert rows[first + sources].split()[:2] == ["b", "1"]
    name = " x0 (sepal length cm) " if layer == 1 else " 0 "
    assert rows[first].startswith(name)
    assert len(rows[first].removeprefix(name).split()) == 1 + units


def test_beside_a_long_list_stands_what_the_current_sample_adds() -> None:
    it = at("digits", "gradient", 3, layer=2)
    rows = painted("deltas", it, 118, 14)
    share = it.record.passed.a[1][3, 0] * it.record.passed.delta[1][3]
    assert [row for row in rows if row[0] in "■▣□"][-1][1:4] == " 11"
    words = " ".join(num(value, 7, plus=True) for value in share[:3])
    assert any(words in row for row in rows)


def test_inputs_of_the_layer_out_of_sight_are_counted() -> None:
    it = at("spiral", "gradient", 3, layer=2, source=15)
    rows = "\n".join(painted("deltas", it, 78, 24))
    hidden = sum(map(int, re.findall(r"[↑↓] (\d+) more", rows)))
    shown = len(re.findall(r"^ (?:\d+|b) +[−\d]", rows.split("each a")[1], re.MULTILINE))
    assert hidden + shown == 17
