"""What a terminal sends, cut into whole pieces: in whatever parts it comes, no key is told that nobody pressed."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptui.tui.typed import BURST, HELD, KEPT, LONGEST, PASTE_LOST, PASTING, Piece, Typed

ESCAPE, LATE = 0.03, 0.5
SEQUENCES = (
    *("\x1b[A", "\x1b[1;5C", "\x1b[15~", "\x1bOP", "\x1b[[A", "\x1b[<0;12;7M", "\x1b[MABC", "\x1b[?2026;2$y", "\x1bx"),
    *("\x1b[27u", "\x1b]11;rgb:0000/0000/0000\x1b\\", "\x1b]11;rgb:ffff/ffff/ffff\x07", "\x1bP>|term 1\x1b\\"),
    "\x1b[200~a\x1b[Ab\x1b[201~",
)
PAUSES = st.sampled_from((0.0, ESCAPE / 2, ESCAPE, LATE, PASTE_LOST))


def pieces(*parts: tuple[float, str], wait: bool = True) -> list[tuple[str, str]]:
    """What comes out of parts, each at its time; at last of waiting."""
    typed = Typed(ESCAPE, LATE)
    out: list[Piece] = []
    for at, text in parts:
        out += typed.feed(text, at)
    if wait and typed.deadline is not None:
        out += typed.tick(typed.deadline)
        assert typed.deadline is None
    return [(piece.kind, piece.text) for piece in out]


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_a_sequence_is_one_piece_wherever_a_line_cuts_it(sequence: str) -> None:
    (whole,) = pieces((0, sequence))
    for cut in range(1, len(sequence)):
        soon = pieces((0, sequence[:cut]), (ESCAPE / 2, sequence[cut:]), (1, "k"))
        if cut > 1 or sequence[1] in "[O":
            assert soon == [whole, ("key", "k")]
        else:
            assert soon[0] == ("escape", "\x1b")  # a terminal sends these at once: Esc, and something else


@pytest.mark.parametrize("sequence", [each for each in SEQUENCES if each[1] in "[O"])
def test_what_comes_late_is_still_none_of_the_keys_it_is_written_with(sequence: str) -> None:
    late = pieces((0, "\x1b"), (ESCAPE + LATE / 2, sequence[1:]), (2, "k"))
    assert late == [("escape", "\x1b"), *pieces((0, sequence)), ("key", "k")]


def test_esc_alone_is_told_after_its_delay() -> None:
    typed = Typed(ESCAPE, LATE)
    assert list(typed.feed("\x1b", 10)) == []
    assert typed.deadline == 10 + ESCAPE
    assert list(typed.tick(10 + ESCAPE / 2)) == []
    assert list(typed.tick(10 + ESCAPE)) == [("escape", "\x1b")]


def test_a_bracket_after_esc_is_a_key_once_no_rest_can_be_under_way() -> None:
    assert pieces((0, "\x1b"), (0.1, "[")) == [("escape", "\x1b")]
    assert pieces((0, "\x1b"), (ESCAPE, ""), (LATE + 1, "[")) == [("escape", "\x1b"), ("key", "[")]
    assert pieces((0, "["), (0.1, "O")) == [("key", "["), ("key", "O")]


def test_keys_typed_after_esc_are_keys() -> None:
    assert pieces((0, "\x1b"), (ESCAPE / 2, "s")) == [("escape", "\x1b"), ("key", "s")]
    assert pieces((0, "\x1b\x1b\x1b")) == [("escape", "\x1b")] * 3


@pytest.mark.parametrize("lost", ["\x1b[1;", "\x1b[M", "\x1bO", "\x1b]11;rgb:", "\x1b[?2026;2$"])
def test_a_sequence_whose_end_is_lost_types_nothing(lost: str) -> None:
    assert pieces((0, lost)) == []
    assert pieces((0, lost), (LATE + 1, "k")) == [("key", "k")]
    assert pieces((0, lost + "\x1b[A"))[-1:] == [("sequence", "\x1b[A")]


def test_an_answer_without_an_end_does_not_swallow_everything() -> None:
    assert pieces((0, "\x1b]1" + "0" * LONGEST), (1, "k"))[-1] == ("key", "k")


def test_many_characters_at_once_are_a_paste_to_its_last_part() -> None:
    text = "The quick brown fox. " * (BURST // 10)
    assert pieces((0, text), (PASTING / 2, "q")) == [("paste", text), ("paste", "q")]
    assert pieces((0, text), (2 * PASTING, "q")) == [("paste", text), ("key", "q")]
    assert pieces((0, "s" * BURST * 2)) == [("key", "s")] * BURST * 2  # a key held down on a line that was stuck
    assert pieces((0, "9" * (HELD + 1))) == [("paste", "9" * (HELD + 1))]


def test_of_a_paste_no_more_is_kept_than_anybody_can_mean_and_its_end_is_found_wherever_it_is_cut() -> None:
    sent = "\x1b[200~" + "9" * (3 * KEPT) + "\x1b[201~k"
    for step in (1000, len(sent) - 4, len(sent) - 2):
        first, *others = pieces(*((0, sent[at : at + step]) for at in range(0, len(sent), step)))
        assert first[0] == "paste"
        assert KEPT <= len(first[1]) <= KEPT + step + len("\x1b[201~")
        assert others == [("key", "k")]


def test_a_paste_whose_end_is_lost_ends_after_a_silence() -> None:
    assert pieces((0, "\x1b[200~abc"), (1, "def"), (1 + PASTE_LOST, "k")) == [("paste", "abcdef"), ("key", "k")]


@given(
    st.lists(st.tuples(st.sampled_from((0.0, ESCAPE / 2, ESCAPE, LATE, PASTE_LOST)), st.text("\x1b[]OP~0;?AMqé\x07\\")))
)
def test_whatever_comes_nothing_is_invented_and_nothing_waits_for_ever(parts: list[tuple[float, str]]) -> None:
    times = itertools.accumulate(seconds for seconds, _ in parts)
    out = pieces(*zip(times, (text for _, text in parts), strict=True))
    sent = "".join(text for _, text in parts)
    assert sum(len(text) for kind, text in out if kind == "key") <= len(sent.replace("\x1b", ""))
    assert sum(kind == "escape" for kind, _ in out) <= sent.count("\x1b")
    rest = iter(sent)
    assert all(character in rest for kind, text in out if kind == "key" for character in text), "in their order"
