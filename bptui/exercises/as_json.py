"""Exercises as data: everything that the other formats write, and the scenario of each."""

import json
from collections.abc import Sequence
from typing import Any

from bptui.exercises.exercise import Blank, Choice, Exercise, Table


def document(every: Sequence[Exercise]) -> str:
    """One JSON object."""
    wanted = every[0].wanted
    whole = {
        "command": wanted.command,
        "kind": wanted.kind,
        "seed": wanted.seed,
        "decimals": wanted.decimals,
        "tolerance": wanted.tolerance,
        "exercises": [_exercise(it) for it in every],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _exercise(it: Exercise) -> dict[str, Any]:
    return {
        "number": it.number,
        "kind": it.kind,
        "title": it.title,
        "task": without_marks(it.task),
        "open": it.open_command,
        "at": it.at,
        "given": [_table(part) if isinstance(part, Table) else without_marks(part) for part in it.given],
        "asked": [_choice(item) if isinstance(item, Choice) else _blank(item, it) for item in it.items],
        "worked": [_table(part) for part in it.worked],
        "scenario": it.scenario.document(),
    }


def without_marks(text: str) -> str:
    """A sentence without the backticks round its formulas."""
    return text.replace("`", "")


def _table(it: Table) -> dict[str, Any]:
    return {"title": it.title, "head": list(it.head), "rows": [list(row) for row in it.rows]}


def _blank(it: Blank, of: Exercise) -> dict[str, Any]:
    return {
        "name": it.name,
        "words": it.words,
        "answer": it.value,
        "printed": it.printed(of.wanted.decimals),
        "symbols": it.symbols,
        "numbers": it.numbers,
        "wrong": [
            {"value": each.value, "ids": [change.id for change in each.changes], "words": each.words(of.reduction)}
            for each in it.wrong
        ],
        "same": [change.id for change in it.same],
    }


def _choice(it: Choice) -> dict[str, Any]:
    options = [{"words": each.words, "said": each.said, "right": each.right} for each in it.options]
    return {"name": it.name, "words": it.words, "options": options}
