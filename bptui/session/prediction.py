"""Predict, then reveal: which numbers a step stops before, what is hidden meanwhile, and what an answer is worth.

It is a value beside the moment: a step with it in force goes to the next moment that makes a number asked for, and
that number is hidden (:mod:`bptui.session.veil`) until it was answered or skipped.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import isfinite
from typing import Literal, Self

from bptui.explain.quantity import Quantity, of_unit, of_weight
from bptui.session.moment import Moment
from bptui.session.moves import Move, end_of_move
from bptui.training.record import UpdateRecord
from bptui.training.run import Run

Asked = Literal["answer", "delta", "contribution", "sum", "mean", "step", "weight"]
DEPTHS: dict[Asked, str] = {
    "answer": "the answers: a of the output",
    "delta": "δ of every layer",
    "contribution": "what one sample adds to the selected weight",
    "sum": "Σ of the batch, of the selected weight",
    "mean": "the mean, where it is in force",
    "step": "Δw, the step of the selected weight",
    "weight": "the new weight",
}
OF_BATCH: frozenset[Asked] = frozenset(("sum", "mean", "step", "weight"))
Named = Callable[[float, float], str]
"""A wrong number and how far off it may be → what it is, "" where it is nothing known."""
MOST_HINTS = 3
LONGEST = 14  # characters of an answer
LETTERS = "abcd"
"""Those of the numbers that are offered."""
NUMBER = re.compile(r"[-+]?(\d*)(?:\.(\d*))?(?:e([-+]?\d{1,3}))?")
LEAST_DIGITS = 2
SLACK = 0.005
"""Of the true number: what is worked out with the digits on the screen is as good as these are."""


@dataclass(frozen=True, slots=True)
class Score:
    """How many numbers were answered rightly, of how many, with how many hints; how many were skipped."""

    right: int = 0
    answered: int = 0
    hints: int = 0
    skipped: int = 0

    @property
    def short(self) -> str:
        return f"{self.right}/{self.answered}"

    @property
    def words(self) -> str:
        parts = [f"{self.right} of {self.answered} right"]
        parts += [f"{self.hints} hint{'s' * (self.hints > 1)}"] if self.hints else []
        parts += [f"{self.skipped} skipped"] if self.skipped else []
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Question:
    """What the screen asks: the prediction, and the true record, from which hints and answers are told."""

    prediction: "Prediction"
    record: UpdateRecord


@dataclass(frozen=True, slots=True)
class Told:
    """What was made of the last answer; ``right`` is None where there was none. ``words`` name a miss, or say how the
    number was told where it was not skipped."""

    of: Quantity
    given: str
    right: bool | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Prediction:
    """``kinds`` is the depth: what is asked at all. ``asked`` are the numbers of this moment that are still to be told,
    the first of them asked now; ``hints`` those given for it; ``typed`` the answer so far, or the letter of a number
    that is ``offered``: those to choose among are shown then."""

    kinds: frozenset[Asked]
    asked: tuple[Quantity, ...] = ()
    hints: int = 0
    typed: str = ""
    offered: bool = False
    score: Score = Score()
    told: Told | None = None

    @property
    def chosen(self) -> int | None:
        """The place of the number that is chosen among those offered, from 0; None where none is."""
        return LETTERS.index(self.typed) if self.offered and self.typed and self.typed in LETTERS else None

    @property
    def now(self) -> Quantity | None:
        """The number that is asked and hidden."""
        return self.asked[0] if self.asked else None

    def of(self, record: UpdateRecord, moment: Moment) -> Self:
        """At a moment that one has stepped to: what it makes is asked."""
        return replace(self, asked=tuple(made(record, moment, self.kinds)), hints=0, typed="", offered=False, told=None)

    def at(self, record: UpdateRecord, moment: Moment) -> Self:
        """Something else is selected there: what is asked now is asked of it."""
        return replace(self, asked=tuple(made(record, moment, self.kinds))[-len(self.asked) :]) if self.asked else self

    def away(self) -> Self:
        """One has gone elsewhere: nothing is asked there."""
        return replace(self, asked=(), hints=0, typed="", offered=False, told=None)

    def takes_letter(self, character: str) -> bool:
        """Is it one that chooses a number?"""
        return self.offered and character != "" and character in LETTERS

    def with_typed(self, character: str) -> Self:
        """One more character; a letter, and what follows one, stands alone."""
        alone = character in LETTERS or self.chosen is not None
        return replace(self, typed=character if alone else (self.typed + character)[:LONGEST])

    def with_offers(self, shown: bool) -> Self:
        """Numbers to choose among are shown, or no longer: then none of them is chosen."""
        return replace(self, offered=shown, typed="" if self.chosen is not None else self.typed)

    def hinted(self) -> Self:
        """One hint more."""
        if not self.asked or self.hints == MOST_HINTS:
            return self
        return replace(self, hints=self.hints + 1, score=replace(self.score, hints=self.score.hints + 1))

    def answered(self, given: str, true: float, named: Named, chosen: float | None = None) -> Self:
        """The number is told; ``named`` (given number, how far off it may be) says what a miss is. One that was
        ``chosen``, not typed, is exactly that, however it is written."""
        right, words = judged(given, true, named, chosen)
        told = Told(self.asked[0], given, right, words)
        score = replace(self.score, right=self.score.right + right, answered=self.score.answered + 1)
        return self._next(told, score)

    def skipped(self) -> Self:
        """It is told without an answer."""
        return self._next(Told(self.asked[0], "", None), replace(self.score, skipped=self.score.skipped + 1))

    def told_to_all(self) -> Self:
        """It is told to a class, who have answered; nobody has skipped it."""
        return self._next(Told(self.asked[0], "", None, "told"), self.score)

    def _next(self, told: Told, score: Score) -> Self:
        return replace(self, asked=self.asked[1:], hints=0, typed="", offered=False, score=score, told=told)


def judged(given: str, true: float, named: Named, chosen: float | None = None) -> tuple[bool, str]:
    """Is it right, and what is a miss? Raises ValueError as :func:`understood`."""
    value, slack = understood(given) if chosen is None else (chosen, 0.0)
    reach = max(slack, SLACK * abs(true))
    right = abs(value - true) <= reach
    return right, "" if right else named(value, reach)


def understood(given: str) -> tuple[float, float]:
    """A typed number, and half of what one more in its last digit is worth. Raises ValueError with what to do: a number
    of one digit says too little, unless it is whole."""
    plain = given.strip().replace("−", "-").replace(",", ".").lower()
    found = NUMBER.fullmatch(plain)
    digits = (found[1] or "") + (found[2] or "") if found else ""
    if found is None or not digits or not isfinite(float(plain)):
        raise ValueError(f"{given!r} is no number: as 0.0123, −1.5 or 2.1e-4")
    last = int(found[3] or 0) - len(found[2] or "")
    whole = not digits.strip("0") or (not found[2] and not found[3])
    if not whole and len(digits.lstrip("0")) < LEAST_DIGITS:
        raise ValueError(f"two significant digits: {with_one_more(plain)}")
    return float(plain), 0.0 if whole else 0.5 * 10.0**last * (1 + 1e-9)


def with_one_more(plain: str) -> str:
    """A number with a 0 more behind its point: 0.50 for 0.5."""
    mantissa, e, exponent = plain.replace("-", "−").partition("e")
    return f"{mantissa}{'' if '.' in mantissa else '.'}0{e}{exponent}"


def made(record: UpdateRecord, moment: Moment, kinds: frozenset[Asked]) -> Iterator[Quantity]:
    """The numbers asked for that a moment has just made, of the selected unit, weight and sample."""
    phase, m, layers = moment.phase, moment.sample, record.layers
    weight = of_weight("weight", moment.layer, moment.source, moment.unit)
    frozen = moment.source < 0 and record.before.architecture.bias == "frozen"
    match phase.kind:
        case "forward" if "answer" in kinds and phase.layer == layers:
            yield of_unit("a", layers, unit_of(moment, layers), m)
        case "delta" if "delta" in kinds:
            yield of_unit("delta", phase.layer, unit_of(moment, phase.layer), m)
        case "gradient":
            yield from gathered(record, moment, kinds, weight)
        case "reduce" if "step" in kinds and not frozen:
            yield weight.of_weight("step")
        case "update" if "weight" in kinds and not frozen:
            yield weight.of_weight("after")


def gathered(record: UpdateRecord, moment: Moment, kinds: frozenset[Asked], weight: Quantity) -> Iterator[Quantity]:
    """Where a sample's gradient is added; with the last one sum and mean are known."""
    if "contribution" in kinds:
        yield weight.of_weight("contribution", sample=moment.sample)
    if record.n > 1 and moment.sample == record.n - 1:
        if "sum" in kinds:
            yield weight.of_weight("sum")
        if "mean" in kinds and record.settings.rules.reduction == "mean":
            yield weight.of_weight("mean")


def unit_of(moment: Moment, layer: int) -> int:
    """The unit meant in a layer: the selected one, the input of its weight in the layer below, else the first."""
    if layer == moment.layer:
        return moment.unit
    return max(moment.source, 0) if layer == moment.layer - 1 else 0


def next_stop(run: Run, moment: Moment, move: Move, kinds: frozenset[Asked]) -> Moment:
    """Where a move forward stops: at the first moment on its way that makes a number asked for, else at its end."""
    end, wanted = end_of_move(run, moment, move), stops(kinds, move[0])
    here = moment
    while here != end:
        there = end_of_move(run, here, ("phase", 1))
        if there == here:
            break
        here = there
        if any(made(run.record(here.update), here, wanted)):
            break
    return here


def stops(kinds: frozenset[Asked], scale: str) -> frozenset[Asked]:
    """Before which of the numbers a step stops: a batch's before those of the batch, where any of them is asked."""
    of_batch = kinds & OF_BATCH
    return of_batch if scale in ("batch", "epoch") and of_batch else kinds
