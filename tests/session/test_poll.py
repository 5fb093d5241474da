"""A poll counts the last answer of each seat by what is wrong with it, and tells nothing before the number is told."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bptui.diagnosis.miss import named_miss
from bptui.explain import value
from bptui.explain.quantity import Quantity, of_weight
from bptui.scenario import Scenario
from bptui.session.ballot import Ballot, message
from bptui.session.poll import FURTHER, MOST_MISTAKES, Poll, Polls, Tally, counted, judge_of
from bptui.session.prediction import DEPTHS, Prediction
from bptui.session.session import Session
from bptui.views.numbers import factor

MEAN = of_weight("mean", 2, 2, 0)
NAMES = {
    "sum": "that is the sum; the mean is in force",
    "sign": "the sign is the other way round",
    "half": "half of it is missing",
}


def asked_mean() -> Session:
    """A lecturer who asks for the mean of a batch."""
    session = Session(Scenario.built_in("xor"))
    session.select(source=2)
    session.predict(Prediction(frozenset(("mean",))))
    session.move(("batch", 1))
    return session


RECORD = asked_mean().record
TRUE = value(RECORD, MEAN)
SUM = value(RECORD, of_weight("sum", 2, 2, 0))
ANSWERS = {
    "right": f"{TRUE:.5f}",
    NAMES["sum"]: f"{SUM:.5f}",
    NAMES["sign"]: f"{-TRUE:.5f}",
    NAMES["half"]: f"{TRUE / 2:.6f}",
    "other": "77.77",
}
"""What an answer counts as → one."""


def tallied(given: list[str], nothing: int = 0) -> Tally:
    poll = Poll(1, MEAN)
    for seat, each in enumerate(given):
        poll = poll.heard(seat, ANSWERS[each])
    tally = poll.revealed(judge_of(RECORD, MEAN), len(given) + nothing).tally
    assert tally is not None
    return tally


def plain(given: list[str], nothing: int = 0) -> dict[str, int]:
    """How often each was given."""
    return {what: given.count(what) for what in ANSWERS if what in given} | ({"nothing": nothing} if nothing else {})


def as_plain(tally: Tally) -> dict[str, int]:
    rest = {"right": tally.right, "other": tally.other, "nothing": tally.nothing}
    return {what: count for what, count in (*rest.items(), *tally.mistakes) if count}


def test_each_answer_counts_as_what_prediction_calls_it() -> None:
    for what, given_ in ANSWERS.items():
        right, words = judge_of(RECORD, MEAN)(given_)
        assert (right, words or "other") == ((True, "other") if what == "right" else (False, what))
        if not right:
            assert words == named_miss(RECORD, MEAN, float(given_), 0.005 * abs(TRUE))


@settings(max_examples=25)
@given(st.lists(st.sampled_from(list(ANSWERS)), max_size=12), st.integers(0, 5), st.randoms(use_true_random=False))
def test_in_whichever_order_they_come_the_counts_are_those_of_what_was_given(
    answers: list[str], nothing: int, dice: object
) -> None:
    shuffled = sorted(answers, key=lambda _: dice.random())  # type: ignore[attr-defined]
    tally = tallied(answers, nothing)
    assert tally == tallied(shuffled, nothing)
    assert as_plain(tally) == plain(answers, nothing)
    assert tally.seats == len(answers) + nothing


def test_the_most_frequent_mistake_stands_first() -> None:
    tally = tallied([NAMES["sum"], NAMES["sign"], NAMES["sum"], NAMES["half"]])
    assert [count for _, count in tally.mistakes] == [2, 1, 1]
    assert tally.mistakes[0][0] == NAMES["sum"]


def test_of_very_many_mistakes_the_rarest_are_counted_together() -> None:
    tally = counted(((False, f"mistake {k}") for k in range(MOST_MISTAKES + 5)), 0)
    assert len(tally.mistakes) == MOST_MISTAKES + 1
    assert tally.mistakes[-1] == (FURTHER, 5)
    assert tally.answered == MOST_MISTAKES + 5


@pytest.mark.parametrize("words", ["", "abc", "0.1", "nan", "12e400", "0.0123 " + 50 * "9"])
def test_what_prediction_refuses_a_poll_refuses_in_the_same_words(words: str) -> None:
    said = []
    asked = Prediction(frozenset(DEPTHS), (MEAN,))
    for refuses in (
        lambda: Poll(1, MEAN).heard(1, words),
        lambda: Ballot().filled(words),
        lambda: asked.answered(words, TRUE, lambda *_: ""),
    ):
        try:
            refuses()
        except ValueError as problem:
            said.append(str(problem))
    assert len(said) == 3
    assert said[1] == said[2]
    assert said[0] == said[1] or len(words) > 40


def test_answers_are_forgotten_when_the_number_is_told_and_none_counts_after() -> None:
    poll = Poll(1, MEAN).heard(7, ANSWERS["right"]).revealed(judge_of(RECORD, MEAN), 3)
    assert not poll.given
    assert poll.tally == Tally(right=1, nothing=2)
    assert poll.heard(8, ANSWERS["right"]) == poll
    assert poll.revealed(judge_of(RECORD, MEAN), 5) == poll


def spellings(number: float) -> set[str]:
    return {factor(number, width).lstrip("+−-") for width in range(5, 11)} | {f"{abs(number):.{k}f}" for k in (4, 5, 6)}


class Class(RuleBasedStateMachine):
    """Seats come, answer, change their minds and go; the lecturer reveals: the counts are those of a plain list of last
    answers, and until then no message has a digit of the number."""

    @initialize(seats=st.integers(0, 4))
    def begin(self, seats: int) -> None:
        self.lecturer, self.polls = asked_mean(), Polls()
        self.here = set(range(seats))
        self.last: dict[int, str] = {}
        self.next_seat = seats
        self.look()

    def look(self) -> None:
        self.polls.seated(self.here)
        self.polls.look(self.lecturer)

    @property
    def asked(self) -> Quantity | None:
        return self.lecturer.prediction.now if self.lecturer.prediction else None

    @rule()
    def comes(self) -> None:
        self.here.add(self.next_seat)
        self.next_seat += 1
        self.look()

    @precondition(lambda self: self.here)
    @rule(data=st.data(), what=st.sampled_from(list(ANSWERS)))
    def answers(self, data: st.DataObject, what: str) -> None:
        seat = data.draw(st.sampled_from(sorted(self.here)))
        self.polls.heard(seat, self.polls.open.number if self.polls.open else 1, ANSWERS[what])
        if self.asked:
            self.last[seat] = what

    @precondition(lambda self: self.here)
    @rule(words=st.sampled_from(["", "x", "0.1", "e" * 99]), number=st.integers(0, 3))
    def sends_nonsense(self, words: str, number: int) -> None:
        self.polls.heard(min(self.here), number, words)

    @precondition(lambda self: self.here)
    @rule(data=st.data())
    def goes(self, data: st.DataObject) -> None:
        seat = data.draw(st.sampled_from(sorted(self.here)))
        self.here.remove(seat)
        self.last.pop(seat, None)
        self.look()

    @precondition(lambda self: self.asked)
    @rule()
    def reveals(self) -> None:
        assert self.lecturer.prediction is not None
        self.lecturer.predict(self.lecturer.prediction.skipped())
        self.look()
        if not self.here:
            assert self.polls.told is None
            return
        assert self.polls.told is not None
        assert self.polls.told.tally is not None
        answers = list(self.last.values())
        assert as_plain(self.polls.told.tally) == plain(answers, len(self.here) - len(answers))
        self.last.clear()

    @precondition(lambda self: not self.asked)
    @rule()
    def asks_again(self) -> None:
        self.polls.seen()
        self.lecturer = asked_mean()
        self.look()

    @invariant()
    def nothing_is_told_early_and_no_seat_is_ever_named(self) -> None:
        if not hasattr(self, "polls"):
            return
        said = json.dumps(message(self.polls))
        if self.asked:
            assert self.polls.open
            assert self.polls.open.answered == len(self.last)
            assert "right" not in said
        assert not any(re.search(rf"(?<!\d){re.escape(digits)}", said) for digits in spellings(TRUE))
        assert not set(ANSWERS.values()) & set(re.findall(r"[-\d.]+", said))


Class.TestCase.settings = settings(max_examples=15, stateful_step_count=20)
TestClass = Class.TestCase
