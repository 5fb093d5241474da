"""Checks of single values that people write: in a scenario file or on the command line.

Each is a function from a raw value to a checked one; it raises ValueError saying what is accepted.
"""

import math
from collections.abc import Callable, Iterable
from typing import Any

from bptui.data.near import nearest_name

Check = Callable[[Any], Any]
MOST_COLUMNS = 10_000


class ScenarioError(ValueError):
    """A scenario that cannot be used; the message is one line that names the file and the key."""


def integer(low: int, high: int) -> Check:
    """A whole number in a range; true and false are not numbers."""

    def check(raw: Any) -> int:
        if not isinstance(raw, int) or isinstance(raw, bool) or not low <= raw <= high:
            raise ValueError(f"expected a whole number from {low} to {high}, got {shown(raw)}")
        return raw

    return check


def number(low: float, high: float = math.inf, *, below: bool = False) -> Check:
    """A finite number in a range; with ``below`` the upper end itself is not accepted."""

    def check(raw: Any) -> float:
        good = isinstance(raw, int | float) and not isinstance(raw, bool)
        if good:
            try:
                value = float(raw)
            except OverflowError:
                value = math.inf
            if math.isfinite(value) and low <= value <= high and not (below and value == high):
                return value
        upto = "or more" if high == math.inf else f"to {'below ' if below else ''}{high:g}"
        raise ValueError(f"expected a number of {low:g} {upto}, got {shown(raw)}")

    return check


def choice(names: Iterable[str]) -> Check:
    """One of some names; the nearest one is suggested."""
    known = tuple(names)

    def check(raw: Any) -> str:
        if not isinstance(raw, str) or raw not in known:
            hint = nearest(raw, known) if isinstance(raw, str) else ""
            raise ValueError(f"expected one of {', '.join(known)}; got {shown(raw)}{hint}")
        return raw

    return check


def text(raw: Any) -> str:
    if not isinstance(raw, str) or not raw or "\0" in raw:
        raise ValueError(f"expected a text, got {shown(raw)}")
    return raw


def or_word(word: str, check_value: Check, meaning: Any = None) -> Check:
    """The word (which means ``meaning``), or what another check accepts."""

    def check(raw: Any) -> Any:
        if raw == word:
            return meaning
        try:
            return check_value(raw)
        except ValueError as problem:
            raise ValueError(str(problem).replace(", got", f' or "{word}", got')) from None

    return check


def or_words(words: Iterable[str], check_value: Check) -> Check:
    """One of some words, or what another check accepts."""
    known = tuple(words)

    def check(raw: Any) -> Any:
        if isinstance(raw, str) and raw in known:
            return raw
        try:
            return check_value(raw)
        except ValueError as problem:
            names = ", ".join(known)
            hint = nearest(raw, known) if isinstance(raw, str) else ""
            raise ValueError(str(problem).replace("expected", f"expected one of {names}, or", 1) + hint) from None

    return check


def columns(raw: Any) -> tuple[int | str, ...]:
    """Columns of a data file: a name or a place from 0 (−1 is the last one), or a list of them."""
    items = raw if isinstance(raw, list) else [raw]
    good = all(
        (isinstance(item, str) and item) or (isinstance(item, int) and not isinstance(item, bool)) for item in items
    )
    if not items or not good or len(items) > MOST_COLUMNS:
        raise ValueError(f"expected the name of a column, its place from 0, or a list of these, got {shown(raw)}")
    return tuple(items)


def list_of(check_item: Check, least: int, most: int) -> Check:
    """A list of a given length, each accepted by another check."""

    def check(raw: Any) -> list[Any]:
        if not isinstance(raw, list) or not least <= len(raw) <= most:
            raise ValueError(f"expected a list of {least} to {most} items, got {shown(raw)}")
        items = []
        for place, item in enumerate(raw):
            try:
                items.append(check_item(item))
            except ValueError as problem:
                raise ValueError(f"item {place}: {problem}") from None
        return items

    return check


def ranks(most: int, largest: int) -> Check:
    """A count of ranks, which share alike (1: none), or the share of each of two or more."""
    alike, shares = integer(1, most), list_of(integer(1, largest), 2, most)

    def check(raw: Any) -> tuple[int, ...]:
        if isinstance(raw, list):
            return tuple(shares(raw))
        try:
            count = alike(raw)
        except ValueError as problem:
            raise ValueError(str(problem).replace(", got", " or a list of shares, got")) from None
        return (1,) * count if count > 1 else ()

    return check


def bias_list(check_item: Check, most: int) -> Check:
    """A list of numbers; as one row or one column of a matrix too."""
    flat = list_of(check_item, 1, most)

    def check(raw: Any) -> list[Any]:
        if isinstance(raw, list) and raw and all(isinstance(row, list) for row in raw):
            if len(raw) == 1:
                return flat(raw[0])
            if all(len(row) == 1 for row in raw):
                return flat([row[0] for row in raw])
        return flat(raw)

    return check


def shown(raw: Any) -> str:
    """A value in a message: short, printable, on one line."""
    try:
        words = repr(raw)
    except ValueError:  # an integer of more than 4 300 digits
        return "a number of thousands of digits"
    words = words.encode("ascii", "backslashreplace").decode() if not words.isprintable() else words
    return words if len(words) <= 60 else words[:57] + "..."


def nearest(name: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` or nothing."""
    close = nearest_name(name, known)
    return f"; did you mean {close!r}?" if close is not None else ""
