"""The drawing pad: the field, and the network's own numbers beside it, at any size."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.session.sketch import Sketch
from bptui.views.sketch import HEAD, SketchNow, place_of, sketch_rows
from bptui.views.text import cells, fit_rows
from tests.scenes import compare_with_golden, lines, read_back, session

LETTERS = tuple("abcdefghijklmnopqrstuvwxyz")
SIZES = [(78, 21), (118, 37), (198, 57)]
"""Inside the border of a screen of 80 × 24, 120 × 40 and 200 × 60."""


def letter(**changes: Any) -> SketchNow:
    """A stroke on the field of the letters, and what the untrained network makes of it."""
    there = session("letters")
    sketch = Sketch.blank(12, 12).pen_changed().moved(1, 0).moved(1, 0).pen_changed().moved(0, 2).shaded(2)
    outputs = there.answer(there.network_now(), sketch.x)
    now = SketchNow(sketch, LETTERS, outputs, None, 0, 0, 0, 0.05, None, 1, 32, 0, False, True)
    return replace(now, **changes)


def painted(now: SketchNow, width: int, height: int) -> str:
    return "\n".join(row.rstrip() for row in lines(fit_rows(sketch_rows(now, width, height), width, height)))


@given(
    shape=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    classes=st.integers(1, 60),
    width=st.integers(38, 200),
    height=st.integers(7, 60),
    data=st.data(),
)
@settings(max_examples=60, deadline=None)
def test_any_picture_of_any_classes_fills_any_box(
    shape: tuple[int, int], classes: int, width: int, height: int, data: st.DataObject
) -> None:
    sketch = Sketch.blank(*shape).at(data.draw(st.integers(0, 50)), data.draw(st.integers(0, 50))).dotted()
    names = tuple(f"class {k}" for k in range(classes)) if classes > 1 else ("no", "yes")
    outputs = np.linspace(0, 1, classes)
    now = SketchNow(
        sketch, names, outputs, data.draw(st.sampled_from([None, outputs[::-1]])), 3, 5, 1, float("nan"),
        data.draw(st.sampled_from([None, 0, len(names) - 1])), 6, 33, 1, data.draw(st.booleans()),
        data.draw(st.booleans()),
    )  # fmt: skip
    rows = sketch_rows(now, width, height)
    assert len(rows) <= height
    assert all(cells(text) == width for text in lines(fit_rows(rows, width, height)))


@pytest.mark.parametrize("size", SIZES)
def test_all_26_letters_stand_beside_the_field_with_the_networks_numbers(size: tuple[int, int]) -> None:
    now = letter()
    text = painted(now, *size)
    for name, output in zip(LETTERS, now.outputs, strict=True):
        words = next(
            part for row in text.splitlines() for part in row.split("  ") if part.strip(" ▶│┐").startswith(f"{name} ")
        )
        assert read_back(words.split()[-1].rstrip("◂")) == pytest.approx(read_back(f"{output:.4f}"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shape", [(8, 8), (12, 12), (28, 28)])
def test_every_pixel_shown_is_found_where_it_is_painted(shape: tuple[int, int], size: tuple[int, int]) -> None:
    sketch = Sketch.blank(*shape)
    place = place_of(sketch, *size)
    assert sketch.pen[0] in place.shown
    found = [
        place.pixel_at(x, y, shape[1])
        for y in range(place.y, place.y + place.high * len(place.shown), place.high)
        for x in range(place.x, place.x + place.across * shape[1], place.across)
    ]
    assert found == [(row, column) for row in place.shown for column in range(shape[1])]
    for x, y in ((place.x - 1, place.y), (place.x, HEAD), (place.x + place.across * shape[1], place.y), (0, 0)):
        assert place.pixel_at(x, y, shape[1]) is None


def test_the_answer_the_label_and_the_change_are_marked() -> None:
    now = letter()
    earlier = np.full(26, 1 / 26)
    text = painted(replace(now, earlier=earlier, since=7, label=2), 78, 21)
    assert text.count("▶") == 1
    said = LETTERS[now.said]
    assert f"▶{said} " in text
    assert f"says {said}, " in text
    (labelled,) = (row for row in text.splitlines() if "◂" in row)
    assert labelled[: labelled.index("◂")].rstrip().rsplit("  ", 1)[-1].startswith("c ")
    assert "the signed number is the change since update 7" in text
    change = now.outputs[2] - earlier[2]
    assert f"{change:+.4f}◂".replace("-", "−") in text


@pytest.mark.parametrize("since", [0, 7, 12345])
def test_what_the_signed_numbers_are_is_cut_off_in_no_terminal_of_80_columns(since: int) -> None:
    now = replace(letter(), earlier=np.full(26, 1 / 26), since=since)
    told = [line for line in painted(now, 78, 21).splitlines() if "since" in line]
    assert told
    assert not any("…" in line for line in told)


def test_an_empty_field_has_no_answer_yet() -> None:
    text = painted(letter(sketch=Sketch.blank(12, 12)), 78, 21)
    assert "draw something" in text
    assert "▶" not in text


def test_a_single_output_for_two_classes_is_told_as_both() -> None:
    now = letter(classes=("no", "yes"), outputs=np.array([0.25]))
    assert now.shares.tolist() == [0.75, 0.25]
    assert "says no, 0.75" in painted(now, 78, 21)


def test_without_colour_ink_is_told_by_glyphs() -> None:
    now = letter(colour=False)
    text = painted(replace(now, sketch=now.sketch.moved(0, 3)), 78, 21)
    assert "██" in text
    assert "▒▒" in text


def test_the_pad_looks_as_stored() -> None:
    text = ""
    for words, now in {
        "a stroke": letter(),
        "with a label, one in the batch, after training": letter(
            label=8, guests=1, n=33, earlier=np.full(26, 1 / 26), since=520, update=521, epoch=20, coming=522
        ),
        "asking for the label, without colour": letter(naming=True, colour=False),
    }.items():
        for width, height in ((38, 7), *SIZES[:2]):
            text += f"== {words}, {width} × {height}\n{painted(now, width, height)}\n"
    compare_with_golden("sketch", text)
