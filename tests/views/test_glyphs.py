"""A cell of a heat map says sign and size by its glyph, and again by its background."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptui.data.plain import in_plain
from bptui.tui.palette import MONO, PALETTES, Palette
from bptui.views.glyphs import HEATS, NEGATIVE, PENDING, POSITIVE, ZERO, signed


@given(st.floats(1e-6, 1.0), st.floats(1.0, 1e6))
def test_a_number_and_its_opposite_mirror_each_other(value: float, largest: float) -> None:
    (up, warm), (down, cold) = signed(value, largest), signed(-value, largest)
    assert POSITIVE.index(up) == NEGATIVE.index(down)
    assert warm == cold.replace("−", "").replace("-", "")


@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=2))
def test_a_larger_number_never_looks_smaller(pair: list[float]) -> None:
    small, large = sorted(pair)
    steps = [int(signed(value, 1.0)[1].split()[1]) for value in (small, large)]
    assert steps == sorted(steps)
    glyphs = [(ZERO + POSITIVE).index(signed(value, 1.0)[0]) for value in (small, large)]
    assert glyphs == sorted(glyphs)


def test_the_largest_is_the_strongest_cell() -> None:
    assert signed(2.5, 2.5) == (POSITIVE[-1], f"heat {HEATS}")
    assert signed(-2.5, 2.5) == (NEGATIVE[-1], f"heat {-HEATS}")


def test_zero_what_is_not_known_and_every_number_look_different() -> None:
    looks = {ZERO, PENDING, *POSITIVE, *NEGATIVE}
    assert len(looks) == 8
    assert signed(0.0, 1.0) == signed(0.0, 0.0) == signed(-0.0, 1.0) == (ZERO, "heat 0")


def test_they_look_different_in_plain_characters_too() -> None:
    assert len({in_plain(glyph) for glyph in (ZERO, PENDING, *POSITIVE, *NEGATIVE)}) == 8


@pytest.mark.parametrize("palette", [*PALETTES, MONO], ids=lambda palette: palette.name)
def test_every_step_has_a_look_and_signs_differ_only_where_there_is_colour(palette: Palette) -> None:
    steps = range(-HEATS, HEATS + 1)
    looks = {step: palette.roles[f"heat {step}"] for step in steps}
    for step in range(1, HEATS + 1):
        assert (looks[step] == looks[-step]) == (palette is MONO)
    assert looks[HEATS] != looks[1]
