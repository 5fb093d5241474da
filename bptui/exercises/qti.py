"""Questions for text2qti, which makes QTI of them (Canvas and others): each number of an exercise a question with
several answers, the wrong ones those of known mistakes."""

from collections.abc import Iterator, Sequence

import numpy as np

from bptui.exercises import markdown
from bptui.exercises.exercise import Blank, Choice, Exercise, Table
from bptui.exercises.key import LETTERS, notation, said_of, title_of
from bptui.exercises.written import fixed, plain

MOST_WRONG = 4
WIDTH = 6  # of a number with its full stop; what goes on is indented as far
INDENT = " " * WIDTH


def quiz(every: Sequence[Exercise]) -> str:
    """The whole file, for ``text2qti FILE``."""
    return "\n".join(_quiz(every)) + "\n"


def _quiz(every: Sequence[Exercise]) -> Iterator[str]:
    yield f"Quiz title: {title_of(every)}"
    yield f"Quiz description: Made by `{every[0].wanted.command}`. {notation(every)}"
    count = 0
    for it in every:
        for letter, item in zip(LETTERS, it.items, strict=False):
            count += 1
            yield from (
                "",
                f"Title: {it.number}{letter} {it.title}",
                "Points: 1",
                f"{f'{count}.':<{WIDTH}}{it.task}",
                "",
            )
            yield from (f"{INDENT}{line}".rstrip() for line in _given(it))
            yield (
                f"{INDENT}{item.name}: {item.words} = ?"
                if isinstance(item, Blank)
                else f"{INDENT}{item.words[0].upper()}{item.words[1:]}?"
            )
            yield from _answers(item, it)


def _given(it: Exercise) -> Iterator[str]:
    for part in it.given:
        yield from markdown.table(part) if isinstance(part, Table) else (part, "")


def _answers(item: Blank | Choice, it: Exercise) -> Iterator[str]:
    if isinstance(item, Choice):
        answers = [(option.words, option.said, option.right) for option in item.options]
        yield f"... The program's mistake: {item.right.words}. Step by step: `{it.open_command}`"
    else:
        steps = f"{item.name} = {item.symbols} = {item.numbers} = {item.printed(it.wanted.decimals)}"
        yield f"... {steps}. Step by step: `{it.open_command}`"
        answers = chosen(item, it)
        if len(answers) == 1:
            yield f"=   {plain(item.printed(it.wanted.decimals))} +- {it.wanted.tolerance:.{it.wanted.decimals}f}"
            return
    for letter, (words, said, right) in zip(LETTERS, answers, strict=False):
        mark = f"*{letter})" if right else f"{letter})"
        yield f"{mark:<4}{words}"
        yield f"... {said}"


def chosen(blank: Blank, it: Exercise) -> list[tuple[str, str, bool]]:
    """The right number and some wrong ones, in an order of the seed's."""
    decimals = it.wanted.decimals
    rng = np.random.default_rng([it.wanted.seed, it.number, it.blanks.index(blank)])
    wrong = [blank.wrong[k] for k in sorted(rng.permutation(len(blank.wrong))[:MOST_WRONG])]
    answers = [(blank.printed(decimals), "Right.", True)]
    answers += [(fixed(each.value, decimals), said_of([each], it.reduction), False) for each in wrong]
    return [answers[k] for k in rng.permutation(len(answers))]
