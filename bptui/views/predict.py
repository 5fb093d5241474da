"""What is asked, at the foot and in panel 6: the question, the answer typed so far, hints, and what an answer was."""

from collections.abc import Iterator
from typing import NamedTuple

from bptui.explain import Explanation, explain, name
from bptui.explain.expression import Number as Alone
from bptui.explain.quantity import GIVEN, Quantity
from bptui.session.prediction import DEPTHS, LETTERS, MOST_HINTS, Asked, Prediction, Question
from bptui.views.explain import prose, screen_number
from bptui.views.keys_named import Keys
from bptui.views.layers import fitting
from bptui.views.numbers import factor
from bptui.views.text import Row, Span, cells, cut, first_fitting, left, right

FOOT = 2  # rows at the foot; one more for the last hint, which is the longest
CURSOR = "_"


class Ways(NamedTuple):
    """What Enter and Esc do with a number ("": nothing); what is said of a poll of it, the longest wording first, and
    the key that shows its bars before the number is told. ``whose`` the score is, where a class might take it for
    theirs."""

    enter: str = "answers"
    esc: str = "skips"
    poll: tuple[str, ...] = ()
    bars: str = ""
    whose: str = ""


ALONE = Ways()
"""Nobody else is asked."""


def foot_rows(question: Question, width: int, keys: Keys, choices: list[float], ways: Ways = ALONE) -> list[Row]:
    """The question with what is typed, and the hint or the numbers to choose among; or what the last answer was, and
    the formula; the score at the right."""
    asking = question.prediction
    first, second = asked_rows(question, width, keys, choices, ways) if asking.now else told_rows(question, width, keys)
    if foot_height(asking) == FOOT:
        return [first, with_score(second, asking, width, ways)]
    upper, *rest = prose(hints(question)[-1], width - 2)
    room = width - 3 - cells(asking.score.short)
    return [
        first,
        ((f" {upper}", "bar"),),
        with_score(((f" {cut(' '.join(rest), max(room, 0))}", "bar"),), asking, width, ways),
    ]


def foot_height(asking: Prediction) -> int:
    """Rows that the question takes."""
    return FOOT + (asking.now is not None and asking.hints == MOST_HINTS and not asking.offered)


def with_score(row: Row, asking: Prediction, width: int, ways: Ways) -> Row:
    text, score = "".join(part for part, _ in row), asking.score
    long, short = (f" {ways.whose}{words} " for words in (score.words, score.short))
    words = long if cells(text) + cells(long) <= width else short
    if ways.whose and not score.answered:
        words = ""
    role = row[0][1] if row else "bar"
    return (left(text, max(width - cells(words), 0)), role), (right(words, min(cells(words), width)), "bar-strong")


# --- while a number is hidden ---


def asked_rows(question: Question, width: int, keys: Keys, choices: list[float], ways: Ways) -> tuple[Row, Row]:
    asking, record = question.prediction, question.record
    assert asking.now is not None
    chosen = "" if asking.chosen is None or asking.chosen >= len(choices) else f" {factor(choices[asking.chosen], 8)}"
    typed: Span = (f"{asking.typed}{chosen}{CURSOR}", "bar-strong")
    said = list(keys_said(asking.offered, keys.get("hint", "J"), ways))
    words = f" ? {name(asking.now, record.names)} = "
    first = first_fitting(
        (((words, "notice"), typed, (poll, "bar-strong"), (tail, "bar")) for poll, tail in said), width
    )
    room = width - 3 - cells(asking.score.short)
    return first, ((f" {cut(second_words(question, room, choices, keys), max(room, 0))}", "bar"),)


def keys_said(offered: bool, hint: str, ways: Ways) -> Iterator[tuple[str, str]]:
    """What a poll says and what keys do, in more words and in fewer."""
    esc = f"  Esc {ways.esc}" if ways.esc else ""
    esc = f"  {ways.bars} bars{esc}" if ways.bars else esc
    if offered:
        tails = [
            f"  a letter chooses  Enter {ways.enter}  Tab hides them{esc}",
            f"  a letter chooses  Enter {ways.enter}{esc}",
            "  a letter, then Enter",
        ]
    else:
        tails = [
            f"  Enter {ways.enter}  {hint} hint  Tab offers{esc}",
            f"  {hint} hint  Tab offers{esc}",
            f"  {hint} hint",
        ]
    if not ways.poll:
        yield from (("", tail) for tail in (*tails, ""))
        return
    for poll in ways.poll:
        yield from ((f"  {poll}", tail) for tail in (*tails[:-1], f"  {hint} hint{esc}", esc))
    yield f"  {ways.poll[-1]}", ""


def second_words(question: Question, width: int, choices: list[float], keys: Keys) -> str:
    """Numbers to choose among, else the last hint, else what the answer before was worth, else what to do."""
    asking = question.prediction
    if asking.offered:
        return "   ".join(f"{letter} {factor(number, 8)}" for letter, number in zip(LETTERS, choices, strict=False))
    if asking.hints:
        return hints(question)[-1]
    if asking.told:
        return verdict(question, width)[0]
    if asking.now is not None and asking.now.kind in ("sum", "mean"):
        return f"two digits or more; {keys.get('gradients', 'G')} shows what each sample adds"
    return "two digits or more; what the screen shows is exact enough"


def hints(question: Question) -> list[str]:
    """As many as were asked for: the formula, then its numbers, then how its terms come about."""
    asking = question.prediction
    assert asking.now is not None
    it = explain(question.record, asking.now)
    steps = "; ".join(step for term in it.terms if (step := step_of(question, term, it.result)))
    numbers = f"= {it.formula(screen_number)}"
    if isinstance(it.numbers, Alone):  # it is the number itself
        numbers = f"it is {it.symbols}"
    every = f"{it.name} = {it.symbols}", numbers, steps or "its terms are given: there are no steps before"
    return list(every[: asking.hints])


def step_of(question: Question, term: Quantity, asked: float) -> str:
    """How a term comes about, and its number where that is not the one asked; "" for one that is given."""
    if term.kind in GIVEN:
        return ""
    it = explain(question.record, term)
    result = "" if it.result == asked else f" = {screen_number(it.result)}"
    spelled = it.symbols if isinstance(it.numbers, Alone) else it.formula(screen_number)
    return f"{it.name}{f' = {spelled}' if spelled else ''}{result}"


def question_rows(question: Question, width: int, height: int) -> list[Row]:
    """Panel 6 while a number is hidden: what it is, and the hints so far."""
    asking, record = question.prediction, question.record
    assert asking.now is not None
    it = explain(record, asking.now)
    rows: list[Row] = [
        ((f" {line}", "strong"),) for line in prose(f"What is {it.name}? It is ? everywhere.", width - 2)
    ]
    rows += [((f" {line}", "text"),) for line in prose(it.words, width - 2)]
    for hint in hints(question):
        rows += [(), *(((f" {line}", "text"),) for line in prose(hint, width - 2))]
    left_over = MOST_HINTS - asking.hints
    if left_over:
        words = "Hints: the formula, then its numbers, then the steps." if not asking.hints else f"{left_over} more."
        rows += [(), *(((f" {line}", "dim"),) for line in prose(words, width - 2))]
    return rows[:height]


# --- what the last answer was ---


def told_rows(question: Question, width: int, keys: Keys) -> tuple[Row, Row]:
    if question.prediction.told is None:
        depth = ", ".join(SHORT[kind] for kind in DEPTHS if kind in question.prediction.kinds)
        said = f" predict {depth}: step on, the next number is asked", f" predict {depth}: step on", " step on"
        return first_fitting((((each, "notice"),) for each in said), width), (
            (f" {keys.get('predict', 'j')} ends", "bar"),
        )
    words, role = verdict(question, width - 1)
    return ((f" {words}", role),), ((f" {formula_words(question, width)}", "bar"),)


SHORT: dict[Asked, str] = {
    "answer": "answers",
    "delta": "δ",
    "contribution": "contributions",
    "sum": "Σ",
    "mean": "mean",
    "step": "Δw",
    "weight": "new weight",
}


def told_of(question: Question) -> Explanation:
    assert question.prediction.told is not None
    return explain(question.record, question.prediction.told.of)


def verdict(question: Question, width: int) -> tuple[str, str]:
    """Right or not, the number itself, and what a miss was, its name only where there is room; and its role."""
    told = question.prediction.told
    assert told is not None
    it = told_of(question)
    number = screen_number(it.result)
    true = f"{it.name} = {number}"
    if told.right is None:
        return f"{told.words or 'skipped'}: {true}", "notice"
    if told.right:
        return f"right: {true}", "good"
    words = f"no: {told.words}" if told.words else f"no, not {told.given}"
    return fitting(width, f"{words} · {true}", f"{words}; it is {number}"), "wrong"


def formula_words(question: Question, width: int) -> str:
    """Explain's line of the number, in symbols and numbers, or as much of it as there is room for."""
    it = told_of(question)
    result = screen_number(it.result)
    numbers = "" if it.numbers is None else f" = {it.formula(screen_number)}"
    room = width - cells(question.prediction.score.short) - 4
    spellings = (
        f"{it.name} = {it.symbols}{numbers} = {result}",
        f"{it.symbols}{numbers} = {result}",
        f"{numbers[3:]} = {result}",
    )
    return next((words for words in spellings if cells(words) <= room), cut(spellings[-1], max(room, 0)))


# --- what is asked at all ---


def depth_rows(kinds: frozenset[Asked], width: int) -> list[Row]:
    """The list of what can be asked, with what will be."""
    rows: list[Row] = [((f" {line}", "text"),) for line in prose(ABOUT, width - 2)]
    rows.append(())
    for number, (kind, words) in enumerate(DEPTHS.items(), start=1):
        on = kind in kinds
        rows.append(((f" {number} ", "key"), ("[x] " if on else "[ ] ", "good" if on else "dim"), (words, "text")))
    return rows


ABOUT = (
    "A step then stops before the next number: it is ? in every place until you have typed it. Two digits are enough. "
    "A wrong number is named where it is one that a known mistake gives."
)
