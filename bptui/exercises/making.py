"""From what is wanted to exercises: drawn, selected, and asked about."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from bptui.data.digits import shortest
from bptui.engine.weight import Weight
from bptui.exercises import special, tables
from bptui.exercises.exercise import Blank, Choice, Exercise, Table, Wanted, Wrong
from bptui.exercises.families import Family, family_of
from bptui.exercises.selecting import Candidate, Question, selected, under_mistakes
from bptui.exercises.written import fixed, plain, writer
from bptui.explain import Explanation, explain, value
from bptui.explain.expression import Write, evaluate, mapped
from bptui.explain.quantity import OF_A_UNIT, Kind, Quantity
from bptui.training.record import UpdateRecord

Item = Blank | Choice
MORE = 4
"""Decimals that a formula may have more than its answer."""
SAID: dict[Kind, str] = {
    "contribution": "the gradient of {weight} for sample {sample} alone",
    "sum": "the samples' gradients of {weight}, added",
    "mean": "the mean over the batch, for {weight}",
    "reduced": "the gradient of {weight} that the optimizer gets",
    "memory-after": "the velocity of {weight} after this update",
}
"""What a number is, on paper."""


def exercises(wanted: Wanted) -> Iterator[Exercise]:
    """All of them, one after the other. Raises ScenarioError where the wishes do not fit the family."""
    for number in range(1, wanted.count + 1):
        yield exercise(wanted, number)


def exercise(wanted: Wanted, number: int) -> Exercise:
    """One of them (from 1), the same whatever stands before it. Raises ScenarioError."""
    family = family_of(wanted, number)
    question = question_of(wanted, family)
    rng = np.random.default_rng([wanted.seed, number])
    it = selected(question, rng)
    asked, extra, items = _special(it, family, question, wanted, rng)
    blanks = [_blank(it, q, question, wanted) for q in asked]
    record = it.record
    words = {"n": record.n, "nominal": record.settings.batch_size, "rate": shortest(record.learning_rate)}
    scenario = replace(it.scenario, origin=f"{family.kind}-{wanted.seed}-{number}")
    return Exercise(
        wanted,
        number,
        family.kind,
        family.title,
        family.task.format_map(words),
        scenario,
        record,
        _at(asked[0], family),
        _start(asked[0], family),
        (*_given(it, family, asked, wanted), *extra),
        (*items, *blanks),
        _worked(it, family, wanted),
    )


def question_of(wanted: Wanted, family: Family) -> Question:
    """What is asked of set-ups: answers twice the tolerance apart, so that none is taken for another."""
    return Question(family.shape(wanted), family.asks, 2 * wanted.tolerance, family.update, family.about)


def _special(
    it: Candidate, family: Family, question: Question, wanted: Wanted, rng: np.random.Generator
) -> tuple[tuple[Quantity, ...], tuple[Table, ...], tuple[Item, ...]]:
    """What is asked of the record, and what a family gives and asks besides."""
    asked, decimals = question.asks(it.record), wanted.decimals
    if family.more == "quotient":
        weight = asked[0].weight
        blank = special.quotient(it, weight, question.least, decimals)
        return asked, (special.loss_table(it, weight, decimals),), (blank,)
    if family.more == "mistake":
        rows = special.program(it, asked, rng, question.least)
        numbers = rows[0][1]
        more = decimals + special.MORE
        choice = special.choice(it, rows, rng, more)
        off = special.where_it_shows(it, asked, numbers, question.least)
        assert off is not None  # else it were not among the rows
        return (off,), (special.program_table(it, numbers, more),), (choice,)
    return asked, (), ()


def _blank(it: Candidate, q: Quantity, question: Question, wanted: Wanted) -> Blank:
    """What is asked, its formula, and every other number that a mistake gives."""
    found = explain(it.record, q)
    wrong: dict[str, Wrong] = {}
    same = []
    for theirs, words in others(it.record, q):
        if abs(theirs - found.result) > question.least:
            printed = fixed(theirs, wanted.decimals)
            known = wrong.get(printed, Wrong(theirs))
            wrong[printed] = replace(known, own=(*known.own, words))
    for change, number in under_mistakes(it, q, question):
        if number is None:
            continue
        if abs(number - found.result) <= question.least:
            same.append(change)
            continue
        printed = fixed(number, wanted.decimals)
        known = wrong.get(printed, Wrong(number))
        wrong[printed] = replace(known, changes=(*known.changes, change))
    numbers = formula(found, wanted.decimals)
    symbol = it.record.names.symbol(q.weight) if q.kind in SAID else ""
    words = SAID.get(q.kind, found.words).format(weight=symbol, sample=q.sample + 1)
    return Blank(found.name, words, found.result, found.symbols, numbers, tuple(wrong.values()), tuple(same), q)


def formula(it: Explanation, decimals: int) -> str:
    """The formula with as many decimals as the answer, or so many more that the numbers as printed give it: in
    −2 · −0.0110 = 0.0219 a factor is too short."""
    answer = fixed(it.result, decimals)
    writers = [writer(decimals + more) for more in range(MORE + 1)]
    true = (write for write in writers if fixed(as_printed(it, write), decimals) == answer)
    return it.formula(next(true, writers[-1]))


def as_printed(it: Explanation, write: Write) -> float:
    """What one gets who computes with the numbers as they are written."""
    assert it.numbers is not None
    return evaluate(mapped(it.numbers, lambda number: float(plain(write(number)))))


def others(record: UpdateRecord, q: Quantity) -> Iterator[tuple[float, str]]:
    """What the other samples have in the place of an answer, or give for it alone."""
    of_a_sample = q.kind in (*OF_A_UNIT, "loss", "contribution")
    if not (of_a_sample or q.kind in ("sum", "mean", "reduced")):
        return
    for m in range(record.n):
        if m != q.sample:
            number = value(record, replace(q, sample=m, kind=q.kind if of_a_sample else "contribution"))
            yield number, f"the number of sample #{m + 1}" if of_a_sample else f"the gradient of sample #{m + 1} alone"


def _given(it: Candidate, family: Family, asked: tuple[Quantity, ...], wanted: Wanted) -> Iterator[Table | str]:
    record = it.record
    if family.shows == "memory":
        yield tables.momentum(record, list(dict.fromkeys(q.weight for q in asked)), wanted.decimals)
        return
    yield tables.samples(record)
    yield from tables.weights(record)
    yield from tables.rules(record, family.kind != "forward", family.shows == "update")


def _worked(it: Candidate, family: Family, wanted: Wanted) -> tuple[Table, ...]:
    if family.shows == "memory":
        return ()
    update = () if family.kind in ("forward", "output-delta", "hidden-delta") else (
        tables.update(it.record, wanted.decimals),
    )  # fmt: skip
    return (*tables.passes(it.record, wanted.decimals), *update)


def _at(q: Quantity, family: Family) -> str:
    """The words of the moment at which the explorer has computed the number, with its weight selected."""
    time = _time(family)
    if q.kind in OF_A_UNIT or q.kind == "loss":
        phase = {"z": f"f{q.layer}", "a": f"f{q.layer}", "delta": f"d{q.layer}"}.get(q.kind, "loss")
        return f"{time} s{q.sample + 1} {phase}"
    phase = {"contribution": f"s{q.sample + 1} gradient", "sum": "reduce", "mean": "reduce"}.get(q.kind, "update")
    return f"{time} {phase} {_symbol(q.weight)}"


def _start(q: Quantity, family: Family) -> str:
    """The words of the moment at which its update begins, with its weight selected."""
    of_a_weight = q.kind not in OF_A_UNIT and q.kind != "loss"
    return f"{_time(family)} s1 input{f' {_symbol(q.weight)}' if of_a_weight else ''}"


def _time(family: Family) -> str:
    return f"u{family.update}" if family.update > 1 else "e1 b1"


def _symbol(weight: Weight) -> str:
    return f"b{weight.layer}[{weight.unit}]" if weight.is_bias else f"w{weight.layer}[{weight.source}>{weight.unit}]"
