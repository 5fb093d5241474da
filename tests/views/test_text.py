"""Text takes exactly the columns it is given, whatever the script; hostile characters do not pass the gate."""

import textwrap
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, get_character_cell_size

from bptui.data.clean import LONGEST, clean
from bptui.engine.weight import sub
from bptui.views.text import Row, as_many, beside, cells, cut, fit, fit_rows, in_lines, left, right, row_cells, window

POOL = "ab 0−·…δ█⠿漢字かなカﾊ한글👍🎉🚀é́̈ñ҉ा🇩🇪️‍⚠"
TEXTS = st.text(st.one_of(st.sampled_from(POOL), st.characters(exclude_categories=["Cs"])), max_size=30).map(clean)
WIDTHS = st.integers(0, 40)
SPANS = st.lists(st.tuples(TEXTS, st.sampled_from(["text", "dim"])), max_size=6)
BIDI = [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C]
SKINS = "".join(map(chr, range(0x1F3FB, 0x1F400)))
FLAGS = "".join(map(chr, range(0x1F1E6, 0x1F200)))


@given(TEXTS, WIDTHS)
def test_left_and_right_give_exactly_the_width(text: str, width: int) -> None:
    assert cells(left(text, width)) == width
    assert cells(right(text, width)) == width


@given(TEXTS, WIDTHS)
def test_cut_gives_at_most_the_width_and_says_that_it_cut(text: str, width: int) -> None:
    short = cut(text, width)
    assert cells(short) <= width
    assert short == text or width == 0 or short.endswith("…")


@given(SPANS, WIDTHS)
def test_fit_gives_exactly_the_width(row: Row, width: int) -> None:
    assert row_cells(fit(row, width)) == width


@given(SPANS, WIDTHS)
def test_fit_changes_nothing_that_fits(row: Row, width: int) -> None:
    told = "".join(text for text, _ in row)
    shown = "".join(text for text, _ in fit(row, width))
    if row_cells(row) <= width:
        assert shown == told + " " * (width - row_cells(row))


@pytest.mark.parametrize("width", [8, 9, 10, 11])
def test_a_row_that_is_cut_says_so(width: int) -> None:
    row: Row = (("updates ", "bar"), ("10", "bar-strong"), ("24", "bar-strong"))
    assert "".join(text for text, _ in fit(row, width)).endswith("…")


@given(st.lists(SPANS, max_size=6), WIDTHS, st.integers(0, 8))
def test_fit_rows_gives_a_rectangle(rows: list[Row], width: int, height: int) -> None:
    assert [row_cells(row) for row in fit_rows(rows, width, height)] == [width] * height


@given(st.lists(st.tuples(st.lists(SPANS, max_size=4), WIDTHS), max_size=3), st.integers(0, 5))
def test_blocks_beside_each_other_keep_their_columns(blocks: list[tuple[list[Row], int]], height: int) -> None:
    assert [row_cells(row) for row in beside(blocks, height)] == [sum(width for _, width in blocks)] * height


def differing(categories: set[str]) -> list[str]:
    """Characters of these categories that pass the gate and that Textual counts otherwise."""
    return [
        f"U+{code:04X} {unicodedata.name(char, '?')}: {cells(char)} here, {get_character_cell_size(char)} in Textual"
        for code in range(0x20, 0x2FFFF)
        for char in [chr(code)]
        if unicodedata.category(char) in categories
        and clean(char) == char
        and cells(char) != get_character_cell_size(char)
    ]


@pytest.mark.parametrize(
    "categories",
    [
        {"Lu", "Ll", "Lt", "Nd", "Nl", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Zs", "Mn", "Me"},
        {"Mc"},
        {"So", "No"},
        {"Sk"},
    ],
    ids=lambda categories: "+".join(sorted(categories)),
)
def test_every_character_is_as_wide_as_textual_paints_it(categories: set[str]) -> None:
    assert differing(categories) == []


@pytest.mark.parametrize(
    "word",
    [
        "setosa",
        "漢字かな",
        "한글",
        "naïve",
        "👍",
        "हिन्दी",
        "👍🏽",
        "👨‍👩‍👧",
        "⚠️",
    ],
)
def test_words_are_as_wide_as_textual_paints_them(word: str) -> None:
    assert cells(word) == cell_len(word)


@given(st.integers(0, 300), st.integers(1, 60), st.data(), st.integers(-400, 400))
def test_a_window_shows_as_many_rows_as_fit(count: int, height: int, data: st.DataObject, scroll: int) -> None:
    at = data.draw(st.integers(0, max(count - 1, 0)))
    shown = window(count, height, at, scroll)
    assert len(shown) == min(count, height)
    assert all(0 <= row < count for row in shown)


@given(st.integers(1, 300), st.integers(1, 60), st.data())
def test_a_window_that_is_not_scrolled_holds_the_current_row(count: int, height: int, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, count - 1))
    assert at in window(count, height, at)


@given(
    st.text(st.sampled_from("ab- \u00a0δ\t\n"), max_size=60) | st.lists(st.text("ab-", min_size=1)).map(" ".join),
    st.integers(10, 30), st.sampled_from(["", " ", "   "]), st.sampled_from(["", "  "]), st.booleans(),
)  # fmt: skip
def test_lines_are_those_of_textwrap(text: str, width: int, first: str, rest: str, cut_words: bool) -> None:
    wrapped = textwrap.wrap(text, width, initial_indent=first, subsequent_indent=rest, break_long_words=cut_words,
                            break_on_hyphens=False)  # fmt: skip
    assert in_lines(text, width, first, rest, cut_words=cut_words) == wrapped


@pytest.mark.parametrize("width", range(30))
def test_of_words_that_do_not_all_fit_none_is_cut(width: int) -> None:
    words = ["0.069", "−0.328", "1.5", "0.3617"]
    line = as_many(words, width)
    shown = line.removesuffix("…").split()
    assert cells(line) <= width
    assert shown == words[: len(shown)]
    assert line.endswith("…") == (len(shown) < len(words)) or width == 0


def test_subscripts() -> None:
    assert sub(1203) == "₁₂₀₃"


# --- the gate for text from outside ---


@given(st.text(st.characters()), st.integers(1, 300))
def test_nothing_that_a_terminal_obeys_passes_the_gate(text: str, longest: int) -> None:
    passed = clean(text, longest)
    assert len(passed) <= longest
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or ord(char) in BIDI for char in passed)


def test_each_hostile_character_gets_a_visible_stand_in() -> None:
    for code in (*range(0x20), *range(0x7F, 0xA0), *BIDI, 0x2028, 0x2029, 0xFEFF, 0xD800, 0xDFFF):
        first, stand_in, last = tuple(clean(f"a{chr(code)}b"))
        assert first + last == "ab", hex(code)
        assert stand_in.isprintable(), hex(code)
        assert cells(stand_in) == 1, hex(code)


@given(st.text(st.characters(categories=["L", "N", "P", "S"], exclude_characters=SKINS + FLAGS), max_size=LONGEST))
def test_ordinary_text_passes_unchanged(text: str) -> None:
    assert clean(text) == text


def test_colours_of_skin_which_terminals_measure_in_many_ways_are_left_out() -> None:
    assert clean("".join(f"a{skin}" for skin in SKINS)) == "a" * len(SKINS)


def test_cleaning_twice_changes_nothing() -> None:
    once = clean("\x1b]52;c;QQ==\x07" * 40)
    assert clean(once) == once
    assert len(once) == LONGEST
    assert once.endswith("…")


def test_a_joiner_at_the_end_swallows_no_blank() -> None:
    assert [left(clean("\u200d"), 2), left(clean("a\u200d"), 3)] == ["  ", "a  "]
