"""A seat's side of a poll: what is sent both ways, and how a follower's own prediction goes with the lecturer's.

A message says which number is asked, by its kind: the moment says the rest. What the number is every process knows from
its own run, so it is in no message.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Self

from bptui.data.clean import clean
from bptui.diagnosis.miss import named_miss
from bptui.explain import value
from bptui.explain.quantity import Quantity
from bptui.session.moment import Moment
from bptui.session.poll import LONGEST_ANSWER, Poll, Polls, Tally
from bptui.session.prediction import DEPTHS, Asked, Prediction, Score, made, understood
from bptui.session.standing import Standing
from bptui.training.record import UpdateRecord

MOST_MISTAKES, LONGEST_NAME = 100, 160
MOST_COUNTED = 10_000

# --- what is sent ---


def message(polls: Polls) -> dict[str, Any] | None:
    """To the seats: which number is asked, and what was answered to the one before while that is looked at; never by
    whom. None where there is neither."""
    said = {}
    if polls.open:
        said["open"] = numbered(polls.open)
    if polls.told and polls.told.tally:
        tally = polls.told.tally
        counts = {"right": tally.right, "other": tally.other, "nothing": tally.nothing}
        said["told"] = numbered(polls.told) | counts | {"mistakes": [list(each) for each in tally.mistakes]}
    return said or None


def numbered(poll: Poll) -> dict[str, Any]:
    kinds = {"a": "answer", "after": "weight"}
    return {"id": poll.number, "kind": kinds.get(poll.of.kind, poll.of.kind)}


def answer(number: int, given: str) -> dict[str, Any]:
    """To the lecturer: what a seat gives."""
    return {"poll": number, "given": given}


@dataclass(frozen=True, slots=True)
class Asks:
    """Which number a poll is of."""

    number: int
    kind: Asked

    def quantity(self, record: UpdateRecord, moment: Moment) -> Quantity | None:
        """The number meant; None where that moment makes none of the kind."""
        return next(made(record, moment, frozenset((self.kind,))), None)


@dataclass(frozen=True, slots=True)
class Heard:
    """A message to the seats, as it is read."""

    open: Asks | None = None
    told: Asks | None = None
    tally: Tally | None = None


def heard_of(said: object) -> Heard:
    """What a message says. Raises ValueError where it is none of ours."""
    match said:
        case None:
            return Heard()
        case {**parts} if set(parts) <= {"open", "told"}:
            told = parts.get("told")
            tally = None if told is None else tally_of(told)
            return Heard(asks_of(parts.get("open")), asks_of(told), tally)
    raise ValueError("no poll")


def asks_of(said: object) -> Asks | None:
    match said:
        case None:
            return None
        case {"id": number, "kind": str(kind)} if kind in DEPTHS:
            return Asks(count_of(number), kind)
    raise ValueError("no poll")


def tally_of(said: object) -> Tally:
    match said:
        case {"right": right, "mistakes": [*mistakes], "other": other, "nothing": nothing}:
            pairs = tuple(mistake_of(each) for each in mistakes[:MOST_MISTAKES])
            return Tally(count_of(right), pairs, count_of(other), count_of(nothing))
    raise ValueError("no tally")


def mistake_of(said: object) -> tuple[str, int]:
    match said:
        case [str(words), count]:
            return clean(words, LONGEST_NAME), count_of(count)
    raise ValueError("no mistake")


def count_of(said: object) -> int:
    if isinstance(said, int) and not isinstance(said, bool) and 0 <= said <= MOST_COUNTED:
        return said
    raise ValueError("no count")


def answer_of(said: object) -> tuple[int, str]:
    """The poll that is answered, and with what. Raises ValueError where it is no answer of ours."""
    match said:
        case {"poll": number, "given": str(given)} if len(given) <= LONGEST_ANSWER:
            return count_of(number), given
    raise ValueError("no answer")


# --- a follower's own ---


@dataclass(frozen=True, slots=True)
class Ballot:
    """``open`` is what this seat is asked, ``given`` what it has answered so far ("": nothing), ``chosen`` the number
    where it was taken from those offered; ``told`` and ``tally`` what is looked at."""

    open: Asks | None = None
    given: str = ""
    chosen: float | None = None
    told: Asks | None = None
    tally: Tally | None = None
    score: Score = field(default_factory=Score)

    def filled(self, given: str, chosen: float | None = None) -> Self:
        """With an answer in place of the one before. Raises ValueError as a prediction does."""
        if chosen is None:
            understood(given)
        return replace(self, given=given, chosen=chosen)

    @property
    def answer(self) -> dict[str, Any]:
        """As it is sent; a number that was taken with all its digits, since it is exactly that."""
        assert self.open is not None, "an answer is to what is asked"
        return answer(self.open.number, self.given if self.chosen is None else repr(float(self.chosen)))


def followed(standing: Standing, ballot: Ballot, heard: Heard) -> Ballot:
    """As the lecturer's poll goes on: what is asked there is asked and hidden here; what is told there is told here,
    with what was answered here. One stands where the lecturer stands."""
    asking = standing.prediction or Prediction(frozenset(DEPTHS))
    if asking.score == Score():  # it has begun anew
        asking = replace(asking, score=ballot.score)
    newly = heard.told if heard.told and heard.told != ballot.told else None
    if newly:
        asking = told_here(standing, asking, ballot, newly)
    asked = heard.open.quantity(standing.record, standing.moment) if heard.open else None
    if asked is None or heard.open is None:
        asking = replace(asking, asked=())
    elif heard.open != ballot.open or asking.now != asked:
        asking = replace(asking, kinds=frozenset((heard.open.kind,)), asked=(asked,), hints=0, typed="", offered=False)
    standing.predict(asking if asking.asked or asking.told else None)
    same = heard.open == ballot.open
    return Ballot(
        heard.open,
        ballot.given if same else "",
        ballot.chosen if same else None,
        heard.told,
        heard.tally,
        asking.score,
    )


def told_here(standing: Standing, asking: Prediction, ballot: Ballot, told: Asks) -> Prediction:
    """The number is told to this seat: right, or what its own miss is called; it may have given none, or come late."""
    record = standing.record
    q = told.quantity(record, standing.moment)
    if q is None:
        return asking
    asking = replace(asking, asked=(q,))
    if told != ballot.open or not ballot.given:
        return asking.told_to_all()
    return asking.answered(
        ballot.given, value(record, q), lambda given, reach: named_miss(record, q, given, reach), ballot.chosen
    )
