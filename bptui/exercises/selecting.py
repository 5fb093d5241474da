"""Of many set-ups the first in which every mistake that bears on an answer gives another number than the right one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import numpy as np

from bptui.diagnosis.fits import given_of
from bptui.engine.wrong_rules import Change, Workings
from bptui.exercises.drawing import Shape, drawn
from bptui.exercises.under_rules import bearing, number_of
from bptui.explain import value
from bptui.explain.quantity import Quantity
from bptui.scenario.scenario import Scenario
from bptui.training.record import UpdateRecord

LEARNT, MORE = 60, 300
"""Set-ups from which is learnt what can differ at all, and how much of it at once."""
TRIES = 800
"""Set-ups tried for an exercise. Of 1 000 drawn 11 (each sample's gradient) to 967 (momentum) will do."""
Asks = Callable[[UpdateRecord], tuple[Quantity, ...]]
Pair = tuple[Quantity, str]
"""An answer and a mistake."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A set-up, the update that is asked about, and what rules make of it."""

    scenario: Scenario
    record: UpdateRecord
    workings: Workings


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of set-ups of a shape: quantities of update ``update``, and of which mistakes (``about``) the
    numbers have to be more than ``least`` away from the right ones."""

    shape: Shape
    asks: Asks
    least: float
    update: int = 1
    about: Callable[[Change], bool] = lambda _: True


def candidate(question: Question, rng: np.random.Generator) -> Candidate:
    """A random one."""
    scenario = drawn(question.shape, rng)
    record = scenario.begin().record(question.update)
    return Candidate(scenario, record, Workings(given_of(record)))


@lru_cache(maxsize=1024)
def mistakes_of(question: Question, q: Quantity) -> tuple[Change, ...]:
    """The mistakes that bear on an answer: the same in all set-ups of a shape."""
    workings = candidate(question, np.random.default_rng(0)).workings
    return tuple(filter(question.about, bearing(workings, q)))


def under_mistakes(it: Candidate, q: Quantity, question: Question) -> Iterator[tuple[Change, float | None]]:
    """The mistakes that bear on an answer, and the number that each gives."""
    for change in mistakes_of(question, q):
        yield change, number_of(it.workings, change.rule, q)


def apart(it: Candidate, question: Question) -> Iterator[tuple[Pair, bool]]:
    """Every answer with every mistake that bears on it: are its number and the right one far enough apart?"""
    for q in reversed(question.asks(it.record)):  # those asked last depend on most
        right = value(it.record, q)
        for change, found in under_mistakes(it, q, question):
            yield (q, change.id), found is not None and abs(found - right) > question.least


@lru_cache(maxsize=64)
def differing(question: Question) -> tuple[frozenset[Pair], int]:
    """Answers and mistakes that are apart in one of LEARNT set-ups at least; and how few of them are not in the best of
    these and MORE: of a softmax's outputs one is the target, and there a mistake is none."""
    rng = np.random.default_rng(0)
    every = [dict(apart(candidate(question, rng), question)) for _ in range(LEARNT)]
    can = frozenset(pair for pairs in every for pair, is_apart in pairs.items() if is_apart)
    fewest = min(sum(not pairs.get(pair, False) for pair in can) for pairs in every)
    for _ in range(MORE):
        if not fewest:
            break
        fewest = min(fewest, missed_in(candidate(question, rng), question, can, fewest))
    return can, fewest


def selected(question: Question, rng: np.random.Generator) -> Candidate:
    """The first set-up in which all are apart that can be in one; after TRIES without one, that in which most are."""
    can, least_missed = differing(question)
    best, fewest = None, len(can) + 1
    for _ in range(TRIES):
        if fewest <= least_missed:
            break
        it = candidate(question, rng)
        missed = missed_in(it, question, can, fewest)
        if missed < fewest:
            best, fewest = it, missed
    assert best is not None
    return best


def missed_in(it: Candidate, question: Question, can: frozenset[Pair], enough: int) -> int:
    """How many of these are not apart; counted up to ``enough``."""
    missed = (pair for pair, is_apart in apart(it, question) if pair in can and not is_apart)
    return sum(1 for _ in islice(missed, enough))
