"""A seat is asked what the lecturer is asked, sends what it gives, and is told the number when the lecturer is."""

import json
import re

import pytest

from bptui.data.wire import Board
from bptui.diagnosis.miss import candidates
from bptui.explain import value
from bptui.explain.quantity import of_weight
from bptui.scenario import Scenario
from bptui.session.ballot import Ballot, Heard, answer_of, followed, heard_of, message
from bptui.session.catching_up import Follower
from bptui.session.following import Presented, View
from bptui.session.poll import Poll, Polls, Tally, judge_of
from bptui.session.prediction import DEPTHS, Prediction
from bptui.session.session import Session

from .test_poll import ANSWERS, MEAN, NAMES, RECORD, asked_mean, spellings


def sent(polls: Polls) -> Heard:
    """What the seats hear."""
    return heard_of(json.loads(json.dumps(message(polls))))


def test_a_number_that_is_asked_opens_a_poll_and_its_answer_tells_it_to_all() -> None:
    lecturer, polls = asked_mean(), Polls()
    polls.seated(range(3))
    polls.look(lecturer)
    assert polls.open == Poll(1, MEAN)
    seats = [asked_mean() for _ in range(3)]
    ballots = [Ballot() for _ in seats]
    for k, seat in enumerate(seats):
        seat.predict(None)
        ballots[k] = followed(seat, ballots[k], sent(polls))
        assert seat.prediction is not None
        assert seat.prediction.now == MEAN
    for k, what in enumerate(("right", NAMES["sum"])):
        ballots[k] = ballots[k].filled(ANSWERS[what])
        number, given_ = answer_of(json.loads(json.dumps(ballots[k].answer)))
        polls.heard(k, number, given_)
    assert polls.open.answered == 2
    lecturer.predict(lecturer.prediction and lecturer.prediction.skipped())
    polls.look(lecturer)
    assert "open" not in (message(polls) or {"open": "still"})
    assert sent(polls).tally == Tally(1, ((NAMES["sum"], 1),), 0, 1)
    verdicts = []
    for k, seat in enumerate(seats):
        ballots[k] = followed(seat, ballots[k], sent(polls))
        assert seat.prediction is not None
        assert seat.prediction.now is None
        assert seat.prediction.told is not None
        verdicts.append((seat.prediction.told.right, seat.prediction.told.words))
        assert ballots[k].tally == Tally(1, ((NAMES["sum"], 1),), 0, 1)
    assert verdicts == [(True, ""), (False, NAMES["sum"]), (None, "told")]
    polls.seen()
    assert message(polls) is None
    assert followed(seats[0], ballots[0], sent(polls)).tally is None


def test_the_next_number_of_the_moment_is_asked_at_once_and_stays_hidden() -> None:
    lecturer, polls = Session(Scenario.built_in("xor")), Polls()
    polls.seated([0])
    lecturer.predict(Prediction(frozenset(("sum", "mean"))))
    lecturer.move(("batch", 1))
    seat, ballot = Session(Scenario.built_in("xor")), Ballot()
    seat.moment = lecturer.moment
    polls.look(lecturer)
    ballot = followed(seat, ballot, sent(polls))
    lecturer.predict(lecturer.prediction and lecturer.prediction.skipped())
    polls.look(lecturer)
    ballot = followed(seat, ballot, sent(polls))
    assert seat.prediction is not None
    assert seat.prediction.told is not None
    assert (seat.prediction.told.of.kind, seat.prediction.now and seat.prediction.now.kind) == ("sum", "mean")
    polls.heard(0, ballot.filled(ANSWERS["other"]).answer["poll"], "77.77")
    assert polls.open
    assert polls.open.answered == 1


def test_a_seat_that_comes_while_a_tally_is_looked_at_sees_it_and_has_answered_nothing() -> None:
    lecturer, polls = asked_mean(), Polls()
    polls.seated([0])
    polls.look(lecturer)
    lecturer.predict(lecturer.prediction and lecturer.prediction.skipped())
    polls.look(lecturer)
    late = asked_mean()
    late.predict(None)
    ballot = followed(late, Ballot(), sent(polls))
    assert ballot.tally == Tally(nothing=1)
    assert late.prediction is not None
    assert late.prediction.told is not None
    assert (late.prediction.told.of, late.prediction.told.right) == (MEAN, None)
    assert ballot.score.skipped == 0


def test_going_elsewhere_withdraws_a_poll_and_another_weight_asks_anew() -> None:
    lecturer, polls = asked_mean(), Polls()
    polls.seated([0])
    polls.look(lecturer)
    polls.heard(0, 1, ANSWERS["right"])
    lecturer.select(source=-1)
    polls.look(lecturer)
    assert polls.open == Poll(2, of_weight("mean", 2, 1, 0))
    lecturer.move(("phase", -1))
    polls.look(lecturer)
    assert message(polls) is None


def test_without_seats_there_is_no_tally_to_look_at() -> None:
    lecturer, polls = asked_mean(), Polls()
    polls.look(lecturer)
    lecturer.predict(lecturer.prediction and lecturer.prediction.skipped())
    polls.look(lecturer)
    assert message(polls) is None


def test_what_a_seat_has_typed_stays_while_others_answer() -> None:
    lecturer, polls = asked_mean(), Polls()
    polls.look(lecturer)
    seat = asked_mean()
    ballot = followed(seat, Ballot(), sent(polls))
    assert seat.prediction is not None
    seat.predict(Prediction(frozenset(DEPTHS), seat.prediction.asked, hints=2, typed="0.0"))
    before = seat.prediction
    ballot = followed(seat, ballot.filled("0.012"), sent(polls))
    assert seat.prediction == before
    assert ballot.given == "0.012"


def test_a_number_that_was_chosen_counts_as_exactly_that() -> None:
    lecturer, polls = asked_mean(), Polls()
    polls.look(lecturer)
    wrong = next(number for number, words in candidates(RECORD, MEAN) if words == NAMES["half"])
    ballot = followed(asked_mean(), Ballot(), sent(polls)).filled("0.0", wrong)
    assert float(ballot.answer["given"]) == wrong
    polls.heard(0, *answer_of(ballot.answer))
    assert polls.open
    assert polls.open.revealed(judge_of(RECORD, MEAN), 1).tally == Tally(0, ((NAMES["half"], 1),))


@pytest.mark.parametrize(
    "said",
    [
        7,
        [],
        {"open": 3},
        {"open": {"id": True, "kind": "sum"}},
        {"open": {"id": 1, "kind": "truth"}},
        {"open": {"id": -1, "kind": "sum"}},
        {"more": 1},
        {"told": {"id": 1, "kind": "sum"}},
        {"told": {"id": 1, "kind": "sum", "right": 1, "mistakes": ["x"], "other": 0, "nothing": 0}},
        {"told": {"id": 1, "kind": "sum", "right": 1.5, "mistakes": [], "other": 0, "nothing": 0}},
    ],
)
def test_what_is_no_message_of_ours_is_refused(said: object) -> None:
    with pytest.raises(ValueError, match=r"^no "):
        heard_of(said)


@pytest.mark.parametrize("said", [None, {}, {"poll": 1}, {"poll": "1", "given": "2"}, {"poll": 1, "given": 41 * "9"}])
def test_what_is_no_answer_of_ours_is_refused(said: object) -> None:
    with pytest.raises(ValueError, match=r"^no "):
        answer_of(said)


class Class:
    """A lecturer's session and a follower's, with all lines between them."""

    def __init__(self, name: str) -> None:
        self.lecturer, self.polls, self.presented = Session(Scenario.built_in(name)), Polls(), Presented()
        self.board, self.stamps, self.lines = Board(), dict[str, int](), list[bytes]()
        self.follower, self.ballot = Follower(), Ballot()
        self.polls.seated([0])
        self.lecturer.predict(Prediction(frozenset(DEPTHS)))
        self.tell()
        self.session = self.follower.begin()
        self.follow()

    def tell(self) -> None:
        """What the lecturer's explorer does after every key."""
        self.polls.look(self.lecturer)
        for key, body in self.presented.news(self.lecturer, View(poll=message(self.polls))):
            self.board.put(key, body)
        for key, stamp, line in list(self.board.after(self.stamps)):
            self.stamps[key] = stamp
            self.lines.append(line)
            self.follower.hear(line)

    def follow(self) -> None:
        """And a follower's, when lines come."""
        while not self.follower.bring(self.session, lambda: False):
            pass
        assert self.follower.place
        self.ballot = followed(self.session, self.ballot, heard_of(self.follower.place.view.poll))

    def go_on(self) -> None:
        self.tell()
        self.follow()


@pytest.mark.parametrize("name", ["xor", "mazur", "iris"])
def test_in_every_update_a_seat_is_asked_the_same_and_no_line_tells_the_number_before_it_is_told(name: str) -> None:
    it, kinds, given = Class(name), set[str](), 0
    for _ in range(8):
        it.lecturer.move(("sample", 1))
        it.go_on()
        while (q := it.lecturer.prediction.now if it.lecturer.prediction else None) is not None:
            kinds.add(q.kind)
            assert it.session.prediction is not None
            assert it.session.prediction.now == q
            true = value(it.lecturer.record, q)
            secret = {words for words in spellings(true) if len(words.lstrip("0.")) > 3}
            said = b"".join(it.lines[-2:]).decode()
            assert not [digits for digits in secret if re.search(rf"(?<![\d.]){re.escape(digits)}", said)]
            it.ballot = it.ballot.filled(f"{true:.8f}" if given % 2 else "77.77")
            it.polls.heard(0, *answer_of(it.ballot.answer))
            given += 1
            it.lecturer.predict(it.lecturer.prediction and it.lecturer.prediction.skipped())
            it.go_on()
            assert it.ballot.tally in (Tally(right=1), Tally(other=1))
            assert it.session.prediction.told is not None
            assert (it.session.prediction.told.of, it.session.prediction.told.right) == (q, given % 2 == 0)
            it.polls.seen()
            it.go_on()
            assert it.ballot.tally is None
    assert {"a", "delta", "contribution"} <= kinds
    assert it.ballot.score.answered == given
    assert it.ballot.score.right == given // 2
