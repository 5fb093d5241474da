"""Rows of text: what every view makes and every panel paints.

A span is (text, role); a role says what the text is (``positive``, ``lit``, ``dim`` …), the terminal room says
how that looks. ``px T B`` is a half block with grey levels T above and B below, 0 … 16.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

Span = tuple[str, str]
Row = tuple[Span, ...]

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def sub(number: int) -> str:
    """A layer number as a subscript."""
    return str(number).translate(SUBSCRIPTS)


@lru_cache(maxsize=8192)
def cells(text: str) -> int:
    """Columns a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(map(_cell, text))


def _cell(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, width: int) -> str:
    """The text in at most so many columns, an ellipsis in the last if it was longer."""
    if cells(text) <= width:
        return text
    kept, used = [], 0
    for char in text:
        if used + _cell(char) > width - 1:
            break
        kept.append(char)
        used += _cell(char)
    return "".join(kept) + "…" if width > 0 else ""


def left(text: str, width: int) -> str:
    """The text cut or padded to exactly so many columns, at the left."""
    text = cut(text, width)
    return text + " " * (width - cells(text))


def right(text: str, width: int) -> str:
    """The text cut or padded to exactly so many columns, at the right."""
    text = cut(text, width)
    return " " * (width - cells(text)) + text


def row_cells(row: Iterable[Span]) -> int:
    return sum(cells(text) for text, _ in row)


def fit(row: Iterable[Span], width: int, fill: str = "text") -> Row:
    """The row cut or padded to exactly so many columns."""
    out: list[Span] = []
    room = width
    for text, role in row:
        size = cells(text)
        if size > room:
            if room > 0:
                out.append((left(text, room), role))
                room = 0
            break
        if text:
            out.append((text, role))
            room -= size
    if room > 0:
        out.append((" " * room, fill))
    return tuple(out)


def fit_rows(rows: Iterable[Row], width: int, height: int) -> list[Row]:
    """Exactly ``height`` rows of ``width`` columns."""
    out = [fit(row, width) for row in rows][:height]
    return out + [fit((), width)] * (height - len(out))


def beside(blocks: Iterable[tuple[list[Row], int]], height: int) -> list[Row]:
    """Blocks of (rows, width) side by side, each filled up to its width and to the height."""
    columns = [fit_rows(rows, width, height) for rows, width in blocks]
    return [tuple(span for column in columns for span in column[y]) for y in range(height)]


def window(count: int, height: int, at: int, scroll: int = 0) -> range:
    """Which of ``count`` rows to show in ``height``: the page that row ``at`` is on, moved by ``scroll``.

    Pages rather than a row kept in the middle: while one steps along, the rows stand still.
    """
    if count <= height:
        return range(count)
    start = min(max(at // height * height + scroll, 0), count - height)
    return range(start, start + height)
