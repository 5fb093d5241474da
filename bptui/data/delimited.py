"""How a table of text is laid out: what separates its cells, whether its first line names the columns."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Protocol

from bptui.data.dataset import DataError

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
DECIMAL_COMMA = re.compile(r"[+-]?(\d+,\d*|,\d+)([eE][+-]?\d+)?", re.ASCII)
NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)
RUN_OF_NUMBERS = re.compile(r"[\d.][ ]+[-+\d.]+[ ]+[-+\d.]")
MISSING = frozenset({"", "?", "NA", "N/A", "n/a", "na", "NaN", "nan", "null", "NULL"})
BLANKS = " "
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars", ",": "commas", BLANKS: "blanks"}
"""What separates cells; where several would do, the first of them does."""
SAMPLE = 200  # lines that are looked at
LEAST_COUNT = 8  # columns from which a first line 0, 1, 2, … counts them


class Cells(Protocol):
    """A reader of the csv module: rows of cells, and how many lines it has taken."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


@dataclass(frozen=True, slots=True)
class Layout:
    """``names`` are those of a header or of the file's own declarations, else (); ``trailing``: every line ends with
    one separator too many; ``first`` is the number of the first line of data, ``width`` the number of columns."""

    separator: str
    names: tuple[str, ...]
    width: int
    first: int
    trailing: bool = False
    quote: str = '"'
    kind: str = ""

    @property
    def said(self) -> str:
        """What the file is, in words."""
        if self.kind:
            return self.kind
        return f"{SEPARATORS[self.separator]}, {'a header line' if self.names else 'no header line'}"


def is_comment(line: str) -> bool:
    """A remark, or the line ``sep=;`` that Excel is told by."""
    return line.lstrip().startswith(("#", "%")) or line.lower().startswith("sep=")


def looks_like_number(cell: str) -> bool:
    """Was a number meant? Then the whole column must be numbers, and a slip in one cell is no class of its own."""
    return any(pattern.fullmatch(cell) for pattern in (NUMBER, DECIMAL_COMMA, NOT_FINITE))


def cells_of(lines: Iterable[str], separator: str, quote: str = '"') -> "Cells":
    """A reader of cells; blanks may stand in runs, tabs among them, at both ends of a line too."""
    if separator == BLANKS:
        lines = (f"{line.replace(chr(9), ' ').strip()}\n" for line in lines)
    else:
        lines = (f"{line}\n" for line in lines)
    return csv.reader(lines, delimiter=separator, quotechar=quote, strict=True, skipinitialspace=True)


def layout_of(path: Path, lines: list[str]) -> Layout:
    """The layout of a table whose first lines these are. Raises DataError."""
    numbered = [(k, line) for k, line in enumerate(lines[:SAMPLE], 1) if line.strip(' \t,;|"')]
    begin = next((place for place, (_, line) in enumerate(numbered) if not is_comment(line)), len(numbered))
    data = numbered[begin:]
    if not data:
        raise DataError(f"{path}: empty")
    separator = separator_of([line for _, line in data])
    rows = [row for row in sampled(path, data, separator) if any(row)]
    trailing = ends_in_separators(rows)
    rows = [row[:-1] if trailing and len(row) == max(map(len, rows)) else row for row in rows]
    if is_header(rows):
        if len(rows) == 1:
            raise DataError(f"{path}: no samples, only a header line")
        names, first = rows[0], data[1][0]
    else:
        names, first = commented_names(numbered[:begin], rows, separator), data[0][0]
    width = len(names or rows[0])
    if names and len(rows) > 1 and len(rows[-1]) == width + 1 and len({*map(len, rows[1:])}) == 1:
        names, width = ["row", *names], width + 1  # as R writes tables: names of rows have no name
    if width < 2:
        raise DataError(f"{path}:{data[0][0]}: one column; features and a last column with the target are needed")
    return Layout(separator, tuple(name or f"x{k}" for k, name in enumerate(names)), width, first, trailing)


def separator_of(lines: list[str]) -> str:
    """The first separator that gives every line the same number of cells, two or more; else the most frequent one."""
    first = lines[0]
    for separator in SEPARATORS:
        if separator == BLANKS and any(other in first for other in ",;|"):
            continue
        widths = {len(row) for row in lenient(lines, separator)}
        if separator != BLANKS and all(map(RUN_OF_NUMBERS.search, lines)):
            continue  # what it separates are rows of numbers themselves
        if min(widths, default=0) > 1 and (len(widths) == 1 or (separator != BLANKS and near(lines, separator))):
            return separator
    found = max(",;\t|", key=first.count)
    return found if found in first or not re.search(r"\S[ \t]+\S", first) else BLANKS


def near(lines: list[str], separator: str) -> bool:
    """Is the header alone a cell shorter or longer?"""
    widths = [len(row) for row in lenient(lines, separator)]
    return len(widths) > 2 and len({*widths[1:]}) == 1 and abs(widths[0] - widths[1]) == 1


def in_words(problem: csv.Error) -> str:
    """What Python's reader complains of, and what to do."""
    told = str(problem)
    if "end of data" in told:
        return "a quote is opened and never closed; close it, or delete it"
    if "field limit" in told:
        return f"a cell of more than {csv.field_size_limit()} characters; is a quote not closed?"
    return told


def lenient(lines: list[str], separator: str) -> Iterator[list[str]]:
    try:
        yield from cells_of(lines, separator)
    except csv.Error:
        return


def sampled(path: Path, numbered: list[tuple[int, str]], separator: str) -> Iterator[list[str]]:
    """Cells of the first lines. Raises DataError, but for what a line beyond them may put right."""
    reader = cells_of((line for _, line in numbered), separator)
    try:
        for cells in reader:
            yield [cell.strip() for cell in cells]
    except csv.Error as problem:
        if len(numbered) < SAMPLE:
            raise DataError(f"{path}:{numbered[reader.line_num - 1][0]}: {in_words(problem)}") from None


def ends_in_separators(rows: list[list[str]]) -> bool:
    """Does every row of data end with an empty cell, for which a header has no name?"""
    body = rows[1:] if len(rows) > 1 and is_header(rows) else rows
    header = rows[0] if body is not rows else []
    nameless = not header or not header[-1] or len(header) < len(body[0])
    return len(body) > 1 and nameless and all(len(row) > 2 and not row[-1] for row in body)


def is_header(rows: list[list[str]]) -> bool:
    """Names, no sample: above numbers it has words (``nan,1`` and ``,1`` are samples that lack a number); above nothing
    but words, none of these occurs again in its column."""
    first, rest = rows[0], rows[1:]
    if counts_columns(first, rest):
        return True
    if any(map(looks_like_number, first[:-1])) or not any(first):
        return False
    below = [any(looks_like_number(cell) for cell in column) for column in zip_longest(*rest, fillvalue="")]
    if any(below) or looks_like_number(first[-1]):
        return any(cell and number and not looks_like_number(cell) for cell, number in zip(first, below, strict=False))
    again = any(cell == row[place] for row in rest for place, cell in enumerate(first[: len(row)]))
    return len({*first}) == len(first) and not again


def counts_columns(first: list[str], rest: list[list[str]]) -> bool:
    """A line 0, 1, 2, … as libraries write it for columns without names; the last may have one, a word of its own."""
    *counted, last = first
    if counted != [str(k) for k in range(len(counted))] or not rest:
        return False
    if last == str(len(counted)):
        return len(first) >= LEAST_COUNT
    return len(counted) > 1 and not looks_like_number(last) and all(last not in row[-1:] for row in rest)


def commented_names(comments: list[tuple[int, str]], rows: list[list[str]], separator: str) -> list[str]:
    """Names in the comment just before the data, as numpy writes a header."""
    if not comments:
        return []
    words = comments[-1][1].lstrip(" #%")
    names = [cell.strip() for row in lenient([words], separator) for cell in row]
    return names if len(names) == len(rows[0]) and all(names) and not any(map(looks_like_number, names)) else []
