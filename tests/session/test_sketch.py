"""A sketch: every stroke makes another one, none leaves the field, and each can be taken back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptui.session.sketch import MOST_PAST, Sketch

STROKES = {
    "left": lambda sketch: sketch.moved(0, -1),
    "right": lambda sketch: sketch.moved(0, 1),
    "up": lambda sketch: sketch.moved(-1, 0),
    "down": lambda sketch: sketch.moved(1, 0),
    "dot": Sketch.dotted,
    "pen": Sketch.pen_changed,
    "darker": lambda sketch: sketch.shaded(1),
    "lighter": lambda sketch: sketch.shaded(-1),
    "clear": Sketch.cleared,
}


def drawn(*strokes: str, sketch: Sketch | None = None) -> Sketch:
    sketch = sketch or Sketch.blank(4, 3)
    for stroke in strokes:
        sketch = STROKES[stroke](sketch)
    return sketch


@given(strokes=st.lists(st.sampled_from(list(STROKES)), max_size=40))
def test_ink_stays_between_paper_and_black_and_the_pen_on_the_field(strokes: list[str]) -> None:
    sketch = drawn(*strokes)
    assert sketch.x.shape == (12,)
    assert 0 <= sketch.x.min() <= sketch.x.max() <= 1
    assert sketch.pen in np.ndindex(4, 3)


@given(strokes=st.lists(st.sampled_from(list(STROKES)), max_size=40))
def test_all_strokes_taken_back_leave_paper(strokes: list[str]) -> None:
    sketch = drawn(*strokes)
    while sketch.past:
        sketch = sketch.taken_back()
    assert sketch.is_blank


def test_a_pen_that_is_down_draws_along_and_one_that_is_up_does_not() -> None:
    sketch = drawn("pen", "down", "right", "pen", "up", "up")
    assert np.argwhere(sketch.x.reshape(4, 3)).tolist() == [[2, 1], [3, 1], [3, 2]]
    assert sketch.pen == (1, 2)
    assert not sketch.down


def test_a_dot_on_ink_is_paper_again() -> None:
    assert drawn("dot").under_pen == 1
    assert drawn("dot", "dot").is_blank


@pytest.mark.parametrize(("steps", "ink"), [(1, 0.25), (3, 0.75), (9, 1.0)])
def test_ink_gets_darker_in_quarters(steps: int, ink: float) -> None:
    assert drawn(*["darker"] * steps).under_pen == ink
    assert drawn(*["darker"] * steps, *["lighter"] * 9).is_blank


def test_at_the_edge_the_pen_stays_and_nothing_is_drawn_twice() -> None:
    sketch = drawn("pen", *["right"] * 5)
    assert sketch.pen == (2, 2)
    assert len(sketch.past) == 2


def test_a_stroke_of_many_pixels_is_taken_back_at_once() -> None:
    sketch = Sketch.blank(4, 3).at(0, 0).inked(1.0).at(0, 1).inked(1.0, joined=True).at(0, 2).inked(1.0, joined=True)
    assert sketch.x.sum() == 3
    assert sketch.taken_back().is_blank


def test_an_empty_field_can_be_filled_again_by_taking_back() -> None:
    picture = np.linspace(0, 1, 12)
    sketch = Sketch.blank(4, 3).filled(picture)
    assert sketch.x.tolist() == picture.tolist()
    assert sketch.cleared().is_blank
    assert sketch.cleared().taken_back().x.tolist() == picture.tolist()


def test_so_many_strokes_are_kept_and_no_more() -> None:
    assert len(drawn(*["dot"] * (MOST_PAST + 7)).past) == MOST_PAST
