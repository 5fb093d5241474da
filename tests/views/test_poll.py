"""The bars of a poll: every count is there, told by a glyph too, and a seat sees which bar its own answer is in."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.data.plain import in_plain
from bptui.diagnosis.miss import candidates
from bptui.explain import value
from bptui.explain.quantity import Quantity, of_weight
from bptui.scenario import Scenario
from bptui.session.poll import Tally, counted
from bptui.session.prediction import DEPTHS, Prediction, Question
from bptui.session.session import Session
from bptui.views.poll import BAR, YOURS, answered_words, poll_rows
from bptui.views.text import cells
from tests.scenes import compare_with_golden, lines

MEAN = of_weight("mean", 2, 2, 0)
OF_SUM = "that is the sum; the mean is in force"
CLASS = Tally(11, ((OF_SUM, 4), ("the sign is the other way round", 2)), 1, 2)


def question(given_: str, words: str = "", of: Quantity = MEAN) -> Question:
    """The number was told, and this was given ("" for nothing)."""
    session = Session(Scenario.built_in("xor"))
    session.move(("batch", 1))
    asked = Prediction(frozenset(DEPTHS), (of,))
    told = asked.answered(given_, value(session.record, of), lambda *_: words) if given_ else asked.skipped()
    return Question(told, session.record)


MANY = counted(
    [(True, "")] * 3 + [(False, words) for _, words in list(candidates(question("").record, MEAN))[:18]] * 2, 1
)
CASES: dict[str, tuple[Question, Tally, bool]] = {
    "the lecturer": (question(""), CLASS, False),
    "a seat that took the sum": (question("0.1017", OF_SUM), CLASS, True),
    "a seat that is right": (question("0.0254"), CLASS, True),
    "a seat with another number": (question("77.77"), CLASS, True),
    "a seat that gave none": (question(""), CLASS, True),
    "more mistakes than rows": (question("0.1017", OF_SUM), MANY, True),
    "nobody has answered": (question(""), Tally(nothing=3), False),
}


def test_polls_look_as_stored() -> None:
    text = "the bars of a poll\n"
    for words, (asked, tally, seat) in CASES.items():
        for width in (38, 78):
            text += f"\n== {words}, {width} columns\n"
            text += "".join(f"{row.rstrip()}\n" for row in lines(poll_rows(asked, tally, width, 20, seat)))
    text += "\n== without Unicode\n"
    text += "".join(
        f"{in_plain(row).rstrip()}\n" for row in lines(poll_rows(*CASES["a seat that took the sum"][:2], 38, 20, True))
    )
    compare_with_golden("poll", text)


NAMES = st.text("abcdefg φδ", min_size=1, max_size=60).map(lambda words: "x" + words.strip())
TALLIES = st.builds(
    Tally,
    st.integers(0, 40),
    st.lists(st.tuples(NAMES, st.integers(1, 40)), max_size=14, unique_by=lambda each: each[0]).map(tuple),
    st.integers(0, 40),
    st.integers(0, 40),
)


@settings(max_examples=40)
@given(TALLIES, st.integers(36, 130), st.integers(4, 40), st.booleans())
def test_whatever_was_answered_the_rows_fit_and_their_counts_are_all_there(
    tally: Tally, width: int, height: int, seat: bool
) -> None:
    rows = poll_rows(CASES["a seat that took the sum"][0], tally, width, height, seat)
    assert len(rows) <= height
    assert all(cells(row) <= width for row in lines(rows))
    if height < 9:
        return
    counts = [int(spans[1][0]) for spans in rows if len(spans) > 1 and spans[1][1] == "strong"]
    hidden = re.search(r"(\d+) seats", "\n".join(lines(rows)))
    assert sum(counts) + (int(hidden[1]) if hidden else 0) == tally.seats


@pytest.mark.parametrize("width", [38, 78])
def test_bars_are_as_long_as_their_shares_of_the_class(width: int) -> None:
    drawn = [row.count(BAR) for row in lines(poll_rows(question(""), CLASS, width, 20, False)) if BAR in row]
    assert drawn == [-(-count * (width - 7) // 20) for count in (11, 4, 2, 1, 2)]


def test_a_seat_finds_its_own_answer_and_the_lecturer_nobodys() -> None:
    marked = {
        words: [row for row in lines(poll_rows(asked, tally, 78, 20, seat)) if YOURS in row]
        for words, (asked, tally, seat) in CASES.items()
    }
    assert [row.split("  ◂")[0] for row in marked["a seat that took the sum"]] == [f" ×  4 {OF_SUM}"]
    assert [row.split("  ◂")[0] for row in marked["a seat that is right"]] == [" ● 11 right"]
    assert [row.split("  ◂")[0] for row in marked["a seat with another number"]] == [" ?  1 another number"]
    assert [row.split("  ◂")[0] for row in marked["a seat that gave none"]] == [" ·  2 no answer"]
    assert not marked["the lecturer"]
    assert "you gave" not in "".join(lines(poll_rows(*CASES["the lecturer"][:2], 78, 20, False)))


def test_how_many_have_answered_is_said_in_any_width() -> None:
    assert answered_words(12, 20)[0] == "12 of 20 have answered"
    assert answered_words(1, 20)[0] == "1 of 20 has answered"
    assert answered_words(12, 20)[-1] == "12/20"
