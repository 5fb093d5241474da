"""Reads tables of text. Anything that is not plainly right is refused with file, line and column."""

import csv
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bptui.data.bounded import LARGEST_FILE, Tell, blocks_of, silent
from bptui.data.dataset import DataError, Floats
from bptui.data.delimited import (
    BLANKS,
    DECIMAL_COMMA,
    MISSING,
    NUMBER,
    Layout,
    cells_of,
    in_words,
    is_comment,
    layout_of,
    looks_like_number,
)
from bptui.data.faults import Faults
from bptui.data.table import Table, Wish, Words, places_of

ROWS = 2000  # read before the next look whether they are well
FEW = 10  # of so many cells one may be a number in a column of words
PLAIN = Wish()
Lines = Iterator[tuple[int, list[str]]]


def read_table(path: Path, wish: Wish = PLAIN, tell: Tell = silent) -> Table:
    """A table with one sample a row, separated by commas, semicolons, tabs or blanks; a first line without numbers is a
    header. A column that holds more than a few numbers is one of numbers, others are of words.

    Raises DataError with file, line and column.
    """
    blocks = blocks_of(path, LARGEST_FILE, tell)
    head = next(blocks, (1, [""]))
    layout = layout_of(path, head[1])
    return Reader(path, layout, wish).read(chain([head], blocks))


class Reader:
    """Gathers a table part by part: by numpy's own reader while there are only numbers, else cell by cell."""

    def __init__(
        self, path: Path, layout: Layout, wish: Wish, declared: dict[int, tuple[str, ...]] | None = None
    ) -> None:
        self.path, self.layout, self.missing = path, layout, wish.missing
        names = layout.names or tuple(f"x{k}" for k in range(layout.width))
        left_out = places_of(path, names, wish.drop)
        self.names, self.kept = names, [k for k in range(layout.width) if k not in left_out]
        self.declared = declared or {}
        self.of_words: dict[int, dict[str, int]] | None = None  # column → word → code, once the first part is known
        self.numbers: list[NDArray[Any]] = []
        self.first_line = 0  # of the first row of data, where it was read cell by cell
        self.codes: dict[int, list[NDArray[np.int64]]] = {}
        self.first_lines: dict[int, list[int]] = {}  # of each word of a column, by its code
        self.marks = {",": "", ".": ""}  # where a decimal comma and a decimal point were first seen
        self.faults = Faults(path)

    def read(self, blocks: Lines) -> Table:
        """All of the table. Raises DataError, which tells of faults further down too."""
        for first, lines in blocks:
            if self.faults.enough:
                break
            first, lines = self.without_head(first, lines)
            if not lines:
                continue
            quoted = any(self.layout.quote in line for line in lines)
            if quoted:  # a cell may go on in the next lines
                self.take_cells(chain([(first, lines)], blocks))
            elif not self.take_numbers(lines):
                self.take_cells(iter([(first, lines)]))
        self.faults.refuse()
        if not self.numbers:
            raise DataError(f"{self.path}: no samples, only a header line")
        return self.table()

    def without_head(self, first: int, lines: list[str]) -> tuple[int, list[str]]:
        """The lines of data among these, without comments at their head."""
        skipped = max(self.layout.first - first, 0)
        return first + skipped, lines[skipped:]

    def take_numbers(self, lines: list[str]) -> bool:
        """Take lines that hold nothing but finite numbers; False for others, which are looked at cell by cell."""
        if self.of_words or any(not line.strip() or "_" in line for line in lines):
            return False
        layout, marks = self.layout, self.marks
        if layout.trailing:
            lines = [line.rstrip().removesuffix(layout.separator) for line in lines]
        if layout.separator == ";":
            marks = {
                mark: seen or ("seen" if any(mark in line for line in lines) else "") for mark, seen in marks.items()
            }
            if all(marks.values()):
                return False
            lines = [line.replace(",", ".") for line in lines]
        separator = None if layout.separator == BLANKS else layout.separator
        try:
            found = np.loadtxt(lines, delimiter=separator, comments=None, ndmin=2)
        except ValueError:
            return False
        if found.shape != (len(lines), layout.width) or not np.isfinite(found).all():
            return False
        if len(self.kept) < layout.width:
            found = found[:, self.kept]
        self.of_words, self.marks = {}, marks
        self.numbers.append(compact(found))
        return True

    # --- cell by cell ---

    def take_cells(self, blocks: Lines) -> None:
        """Take lines whatever is in them, until enough is wrong with them."""
        rows: list[list[str]] = []
        at: list[int] = []
        for line, cells in self.rows_of(blocks):
            rows.append(cells)
            at.append(line)
            self.first_line = self.first_line or line
            if len(rows) == ROWS:
                self.take_rows(rows, at)
                rows, at = [], []
                if self.faults.enough:
                    return
        if rows:
            self.take_rows(rows, at)

    def rows_of(self, blocks: Lines) -> Iterator[tuple[int, list[str]]]:
        """The line on which each row ends, and its cells, of the rows that have as many as there are columns."""
        layout, first = self.layout, 0

        def plain_lines() -> Iterator[str]:
            nonlocal first
            for number, lines in blocks:
                number, lines = self.without_head(number, lines)
                first = first or number
                yield from lines

        reader = cells_of(plain_lines(), layout.separator, layout.quote)
        try:
            for row in reader:
                cells = [cell.strip() for cell in row]
                if not any(cells):
                    continue
                line = first + reader.line_num - 1
                if layout.trailing and len(cells) == layout.width + 1 and not cells[-1]:
                    cells.pop()
                if len(cells) != layout.width:
                    if is_comment(cells[0]):
                        continue
                    self.faults.add(line, f"{len(cells)} cells, {layout.width} expected{self.cure(cells)}")
                    if self.faults.enough:
                        return
                    continue
                yield line, cells
        except csv.Error as problem:
            self.faults.add(max(first, 1) + reader.line_num - 1, in_words(problem))

    def cure(self, cells: list[str]) -> str:
        """What may help where a row has too few or too many cells."""
        if self.layout.separator == BLANKS and self.layout.names and len(cells) < self.layout.width:
            return "; names of several words stand in quotes, or commas between the cells"
        return "; every row needs as many as the first (an empty cell counts)"

    def take_rows(self, rows: list[list[str]], at: list[int]) -> None:
        columns = [[row[k] for row in rows] for k in self.kept]
        if self.of_words is None:
            self.of_words = {k: {} for k, cells in zip(self.kept, columns, strict=True) if self.is_of_words(k, cells)}
            for k in self.of_words:
                self.of_words[k] = {name: code for code, name in enumerate(self.declared.get(k, ()))}
        numbers = []
        for k, cells in zip(self.kept, columns, strict=True):
            if k in self.of_words:
                self.codes.setdefault(k, []).append(self.coded(k, cells, at))
            else:
                numbers.append(self.numbers_in(k, cells, at))
        self.numbers.append(compact(np.column_stack(numbers)) if numbers else np.empty((len(rows), 0)))

    def is_of_words(self, column: int, cells: list[str]) -> bool:
        """Is no cell of the column a number, and one a word? A few numbers among words are the slips, not the words."""
        if column in self.declared:
            return True
        there = [cell for cell in cells if cell not in MISSING]
        numbers = sum(map(looks_like_number, there))
        return len(there) > numbers * (FEW if numbers > 1 else 2)

    def coded(self, column: int, cells: list[str], at: list[int]) -> NDArray[np.int64]:
        assert self.of_words is not None
        codes = self.of_words[column]
        if not MISSING.isdisjoint(cells):
            self.refuse_missing(column, cells, at, "missing")
        for place, cell in enumerate(cells):
            if cell not in codes and cell not in MISSING:
                if column in self.declared:
                    self.fault(at[place], column, f"{cell[:30]!a} is none of the words declared for it")
                elif looks_like_number(cell):
                    what = f"{cell[:30]!a} in a column of words; correct it, or {self.without(column)}"
                    self.fault(at[place], column, what)
                else:
                    codes[cell] = len(codes)
                    self.first_lines.setdefault(column, []).append(at[place])
        return np.array([codes.get(cell, -1) for cell in cells])

    def numbers_in(self, column: int, cells: list[str], at: list[int]) -> Floats:
        """Finite numbers in plain notation, nan where a cell is missing: no underscores, no hexadecimal."""
        plain = cells
        if self.layout.separator == ";":
            plain = [self.with_point(column, cell, line) for cell, line in zip(cells, at, strict=True)]
        try:
            values = np.array([float(cell) for cell in plain])
            joined = "".join(plain)
            if np.isfinite(values).all() and joined.isascii() and "_" not in joined:
                return values
        except ValueError:
            pass
        if not MISSING.isdisjoint(cells):
            self.refuse_missing(column, cells, at, "not a finite number: missing")
        return np.array(
            [np.nan if cell in MISSING else self.real(column, cell, line) for cell, line in zip(plain, at, strict=True)]
        )

    def with_point(self, column: int, cell: str, line: int) -> str:
        """A number with a decimal comma as one with a point; a fault where a file has both."""
        if not ("," in cell or "." in cell) or not (NUMBER.fullmatch(cell) or DECIMAL_COMMA.fullmatch(cell)):
            return cell
        mark, other = (",", ".") if "," in cell else (".", ",")
        self.marks[mark] = self.marks[mark] or f"{self.path}:{line}:{column + 1}"
        if self.marks[other]:
            self.fault(line, column, f"{cell[:30]!a}: decimal points and decimal commas in one file")
        return cell.replace(",", ".")

    def refuse_missing(self, column: int, cells: list[str], at: list[int], what: str) -> None:
        """Missing cells are faults, unless it is said what becomes of them."""
        if self.missing != "refuse":
            return
        for cell, line in zip(cells, at, strict=True):
            if cell in MISSING:
                words = "empty cell" if not cell else f"{cell!a} is {what}"
                self.fault(line, column, f"{words}; --missing drop leaves such rows out, --missing mean fills them")

    def real(self, column: int, cell: str, line: int) -> float:
        """A finite number in plain notation, else a fault and nan."""
        if NUMBER.fullmatch(cell):
            value = float(cell)
            if np.isfinite(value):
                return value
        cure = f"; correct it, or {self.without(column)}"
        if not self.numbers and line == self.first_line and not any(map(str.isdigit, cell)):
            cure += "; a second line of names is to be deleted"
        if DECIMAL_COMMA.fullmatch(cell):
            cure = "; write a decimal point, not a comma"
        self.fault(line, column, f"{cell[:30]!a} is not a finite number{cure}")
        return np.nan

    def without(self, column: int) -> str:
        name = self.names[column] if self.layout.names else column
        return f"--drop {name} leaves the column out"

    def fault(self, line: int, column: int, what: str) -> None:
        self.faults.add(line, what, column + 1)

    def table(self) -> Table:
        of_words = self.of_words or {}
        words = {
            k: Words(np.concatenate(self.codes[k]), tuple(codes), declared=True)
            if k in self.declared
            else sorted_words(np.concatenate(self.codes[k]), codes, self.first_lines[k])
            for k, codes in of_words.items()
        }
        said = self.layout.said + (", decimal commas" if self.marks[","] else "")
        places = tuple(k for k in self.kept if k not in of_words)
        return Table(self.path, said, self.names, joined(self.numbers), places, words, bool(self.layout.names))


def compact(numbers: Floats) -> NDArray[Any]:
    """The same numbers in an eighth of the room where all of them are whole and from 0 to 255."""
    small = numbers.astype(np.uint8) if numbers.size and numbers.min() >= 0 and numbers.max() <= 255 else numbers
    return small if small is not numbers and (small == numbers).all() else numbers


def joined(parts: list[NDArray[Any]]) -> NDArray[Any]:
    """The parts of an array, one below the other, each let go of once it is copied."""
    if len(parts) == 1:
        return parts[0]
    kind = np.uint8 if all(part.dtype == np.uint8 for part in parts) else np.float64
    whole = np.empty((sum(map(len, parts)), parts[0].shape[1]), kind)
    end = len(whole)
    while parts:
        part = parts.pop()
        whole[end - len(part) : end] = part
        end -= len(part)
    return whole


def sorted_words(codes: NDArray[np.int64], known: dict[str, int], first_lines: list[int]) -> Words:
    """Words in the order of the alphabet."""
    names = tuple(sorted(known))
    place = {name: k for k, name in enumerate(names)}
    moved = np.array([*(place[name] for name in known), -1])  # code −1, missing, is the last place
    return Words(moved[codes], names, where=tuple(f"line {first_lines[known[name]]}" for name in names))
