"""A poll: one asked number that a whole class answers, each seat for itself.

Answers stand under seats, which are numbers of connections and have no names, and only until the number is told: then
they are counts, and what anybody gave is forgotten. Nothing here tells the number itself.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Self

from bptui.diagnosis.miss import namer
from bptui.explain import value
from bptui.explain.quantity import Quantity
from bptui.session.moment import Phase
from bptui.session.prediction import judged, understood
from bptui.session.standing import Standing
from bptui.training.record import UpdateRecord

Judge = Callable[[str], tuple[bool, str]]
"""An answer → is it right, and what a miss is called ("" where it is nothing known)."""
LONGEST_ANSWER = 40  # characters: a number of seventeen digits has room
MOST_MISTAKES = 24  # that are told apart
FURTHER = "further known mistakes"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many are right, made which known mistake (the most first), gave another number, gave none."""

    right: int = 0
    mistakes: tuple[tuple[str, int], ...] = ()
    other: int = 0
    nothing: int = 0

    @property
    def answered(self) -> int:
        return self.right + sum(count for _, count in self.mistakes) + self.other

    @property
    def seats(self) -> int:
        return self.answered + self.nothing


@dataclass(frozen=True, slots=True)
class Poll:
    """The ``number``-th poll. ``given`` are the answers by seat, the last of each, until there is a ``tally``."""

    number: int
    of: Quantity
    given: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    tally: Tally | None = None

    @property
    def answered(self) -> int:
        """How many seats have answered."""
        return len(self.given) if self.tally is None else self.tally.answered

    def heard(self, seat: int, given: str) -> Self:
        """With the answer of a seat, in place of the one that it gave before; as it is once the number is told. Raises
        ValueError for what is no answer, with what to do."""
        if self.tally is not None:
            return self
        understood(given[:LONGEST_ANSWER])
        return self._with({**self.given, seat: given[:LONGEST_ANSWER]})

    def of_seats(self, here: Collection[int]) -> Self:
        """These seats are left; whoever has gone took the answer along: who comes back answers anew, and counts
        once."""
        return self._with({seat: given for seat, given in self.given.items() if seat in here})

    def _with(self, given: dict[int, str]) -> Self:
        return replace(self, given=MappingProxyType(given))

    def so_far(self, judge: Judge, seats: int) -> Tally:
        """What ``seats`` seats have answered until now."""
        return self.tally or counted((judge(given) for given in self.given.values()), seats - len(self.given))

    def revealed(self, judge: Judge, seats: int) -> Self:
        """The number is told: of ``seats`` seats, those that answered are counted, and their answers forgotten."""
        return replace(self, given=MappingProxyType({}), tally=self.so_far(judge, seats))


def counted(judgements: Iterable[tuple[bool, str]], nothing: int) -> Tally:
    """Judgements by what they are; mistakes that are as frequent stand in the order of the alphabet."""
    right, other, mistakes = 0, 0, Counter[str]()
    for is_right, words in judgements:
        if is_right:
            right += 1
        elif words:
            mistakes[words] += 1
        else:
            other += 1
    ordered = sorted(mistakes.items(), key=lambda each: (-each[1], each[0]))
    apart, rest = ordered[:MOST_MISTAKES], sum(count for _, count in ordered[MOST_MISTAKES:])
    further = [(FURTHER, rest)] if rest else []
    return Tally(right, (*apart, *further), other, max(nothing, 0))


def judge_of(record: UpdateRecord, of: Quantity) -> Judge:
    """Judges answers to a number of this update, as a prediction does."""
    true, named = value(record, of), namer(record, of)
    return lambda given: judged(given, true, named)


class Polls:
    """A lecturer's polls: each number that the prediction asks opens one; its answer, or that it is skipped, tells it
    to all. ``open`` is the one that takes answers, ``told`` the one whose tally is looked at."""

    def __init__(self) -> None:
        self.seats = 0
        self.open: Poll | None = None
        self.told: Poll | None = None
        self._count = 0
        self._at: tuple[int, Phase, int] | None = None  # when what is open is asked

    def look(self, standing: Standing) -> None:
        """What is asked there now? What is no longer asked was told, or is withdrawn where one has gone elsewhere."""
        asking = standing.prediction
        now, told = (asking.now, asking.told) if asking else (None, None)
        at = standing.moment.time
        if self.open and (self.open.of != now or self._at != at):
            if told and told.of == self.open.of and self._at == at:
                self._tell(standing.record, self.open)
            self.open = None
        if self.open is None and now:
            self._count += 1
            self.open, self._at = Poll(self._count, now), at

    def _tell(self, record: UpdateRecord, poll: Poll) -> None:
        """Where nobody sits there is nothing to look at."""
        told = poll.revealed(judge_of(record, poll.of), self.seats)
        self.told = told if told.tally and told.tally.seats else None

    def so_far(self, record: UpdateRecord) -> Tally:
        """What has been answered until now, in ``record``, where that is asked."""
        return self.open.so_far(judge_of(record, self.open.of), self.seats) if self.open else Tally()

    def seen(self) -> None:
        """The tally was looked at."""
        self.told = None

    def heard(self, seat: int, number: int, given: str) -> None:
        """An answer; too late, or none, it counts for nothing: a seat refuses by itself what is no number."""
        if self.open and self.open.number == number:
            try:
                self.open = self.open.heard(seat, given)
            except ValueError:
                return

    def seated(self, here: Collection[int]) -> None:
        """In these seats there is somebody."""
        self.seats = len(here)
        self.open = self.open and self.open.of_seats(here)
