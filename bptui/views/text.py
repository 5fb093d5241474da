"""Rows of text: what every view makes and every panel paints.

A span is (text, role); a role says what the text is (``positive``, ``lit``, ``dim`` …), the terminal room says
how that looks. ``above|below`` is a half block between two grounds (``bptui/views/grounds.py``).
"""

import re
import textwrap
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import itemgetter

from rich.cells import cell_len, set_cell_size

Span = tuple[str, str]
Row = tuple[Span, ...]
NARROW = re.compile(
    "[ -~¡-¬®-˿Ͱ-ͷͺ-Ϳ΄-ΊΌΎ-ΡΣ-Ͽᴀ-ᶿ‐-‧‰-⁞⁰ⁱ⁴-₎←-↓↔-⇿∀-⌙⎛-⎳─-◼◿⟀-⟯⠀-⣿⦀-⫿]*",
)
"""Characters that take a column each and are never part of another: what nearly all texts are made of."""
BREAKS = re.compile("[\t\n\x0b\x0c\r]")
LEAST_WORDS = 12  # columns of a sentence that still says something


def cells(text: str) -> int:
    """Columns a text takes on a terminal, counted as the terminal room counts them when it paints."""
    return len(text) if text.isascii() else other_cells(text)


@lru_cache(maxsize=2048)
def other_cells(text: str) -> int:
    """Those of a text with other characters than ASCII's: Rich asks for each of them."""
    return len(text) if NARROW.fullmatch(text) else cell_len(text)


def cut(text: str, width: int) -> str:
    """The text in at most ``width`` columns, an ellipsis in the last if it was longer."""
    if cells(text) <= width:
        return text
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


def as_many(words: Sequence[str], width: int) -> str:
    """As many of the words as have room whole, an ellipsis for the others: no number is cut."""
    for count in range(len(words), 0, -1):
        line = " ".join([*words[:count], *(["…"] if count < len(words) else [])])
        if cells(line) <= width:
            return line
    return "…" if words and width > 0 else ""


def left(text: str, width: int) -> str:
    """The text cut or padded to exactly ``width`` columns, at the left."""
    spare = width - cells(text)
    return text + " " * spare if spare >= 0 else cut(text, width)


def right(text: str, width: int) -> str:
    """The text cut or padded to exactly ``width`` columns, at the right."""
    spare = width - cells(text)
    return " " * spare + text if spare >= 0 else cut(text, width)


def row_cells(row: Iterable[Span]) -> int:
    texts = [text for text, _ in row]
    together = "".join(texts)
    return len(together) if together.isascii() or NARROW.fullmatch(together) else sum(map(cells, texts))


def fit(row: Iterable[Span], width: int, fill: str = "text") -> Row:
    """The row cut or padded to exactly ``width`` columns."""
    return known_fit(tuple(row), width, fill)


def fit_new(row: Row, width: int, fill: str = "text") -> Row:
    """The same of a row that has hardly ever been fitted before: what is known is not searched for it."""
    spare = width - row_cells(row)
    if spare >= 0:
        return (*row, (" " * spare, fill)) if spare else row
    kept: list[Span] = []
    room = width
    for text, role in filter(itemgetter(0), row):
        size = cells(text)
        if size > room:
            kept.append((left(text, room), role))
            break
        kept.append((text, role))
        room -= size
    return say_cut(kept) if room == 0 else tuple(kept)


known_fit = lru_cache(maxsize=512)(fit_new)  # from one moment to the next most rows stay


def first_fitting(spellings: Iterable[Iterable[Span]], width: int) -> Row:
    """The first of some spellings, longest first, that has room in ``width`` columns; the last where none has."""
    row: Row = ()
    for spelling in spellings:
        row = tuple(spelling)
        if row_cells(row) <= width:
            break
    return row


def keeping_cure(words: str, width: int) -> str:
    """A sentence that ends in the option which cures what it says: where it has no room, the option has."""
    what, mark, cure = words.rpartition("; --")
    room = width - cells(mark + cure)
    return words if not mark or cells(words) <= width or room < LEAST_WORDS else cut(what, room) + mark + cure


def say_cut(spans: list[Span]) -> Row:
    """A row cut between two spans: an ellipsis in place of its last column says so."""
    spans = [span for span in spans if span[0]]
    if spans:
        text, role = spans[-1]
        spans[-1] = (left(text + " ", cells(text)), role)
    return tuple(spans)


def fit_rows(rows: Iterable[Row], width: int, height: int) -> list[Row]:
    """Exactly ``height`` rows of ``width`` columns."""
    out = [fit(row, width) for row in rows][:height]
    return out + [fit((), width)] * (height - len(out))


def beside(blocks: Iterable[tuple[list[Row], int]], height: int) -> list[Row]:
    """Blocks of (rows, width) side by side, each filled up to its width and to the height."""
    columns = [fit_rows(rows, width, height) for rows, width in blocks]
    return [tuple(span for column in columns for span in column[y]) for y in range(height)]


def grow(sizes: list[int], goals: dict[int, int], spare: int) -> int:
    """Give columns one by one to whichever is the narrowest and short of its goal; what is left over."""
    while spare > 0 and (short := [k for k, goal in goals.items() if sizes[k] < goal]):
        sizes[min(short, key=sizes.__getitem__)] += 1
        spare -= 1
    return spare


def fill(sizes: list[int], goals: dict[int, int], spare: int) -> int:
    """Give columns to those that they bring to their goal, the nearest to it first; what is left over."""
    for k in sorted(goals, key=lambda k: goals[k] - sizes[k]):
        if 0 < (missing := goals[k] - sizes[k]) <= spare:
            sizes[k] += missing
            spare -= missing
    return spare


def window(count: int, height: int, at: int, scroll: int = 0) -> range:
    """Which of ``count`` rows to show in ``height``: the page that row ``at`` is on, moved by ``scroll``.

    Pages rather than a row kept in the middle: while one steps along, the rows stand still.
    """
    if count <= height or height < 1:
        return range(min(count, max(height, 0)))
    page = min(at // height * height, count - height)
    start = min(max(page + scroll, 0), count - height)
    return range(start, start + height)


def scrolled(shown: range, count: int, pages: int) -> int:
    """By how many rows a window of ``count`` rows moves for n pages, as far as there are rows."""
    there = min(max(shown.start + pages * max(len(shown), 1), 0), max(count - len(shown), 0))
    return there - shown.start


def in_lines(text: str, width: int, first: str = "", rest: str = "", *, cut_words: bool = True) -> list[str]:
    """As textwrap breaks a text into lines, none at a hyphen: ``first`` stands before the first one, ``rest`` before
    the others. Where nothing but single spaces parts the words, in an eighth of its time."""
    words = text.split(" ")
    fits = not cut_words or max(map(len, words)) <= width - max(len(first), len(rest))
    if not fits or "" in words or any(map(str.isspace, words)) or BREAKS.search(text):
        return textwrap.wrap(text, width, initial_indent=first, subsequent_indent=rest, break_long_words=cut_words,
                             break_on_hyphens=False)  # fmt: skip
    lines: list[str] = []
    line = first + words[0]
    for word in words[1:]:
        if len(line) + 1 + len(word) <= width:
            line += " " + word
        else:
            lines.append(line)
            line = rest + word
    return [*lines, line]


def wrapped(line: str, width: int) -> list[str]:
    """The line in parts of at most ``width`` columns, later ones indented like the first."""
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(line, max(width, 10), subsequent_indent=indent, drop_whitespace=True) or [""]
