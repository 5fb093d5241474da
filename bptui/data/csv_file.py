"""Readers for people's own files. Anything that is not plainly right is refused with file, line and column."""

import csv
import io
import re
from pathlib import Path

import numpy as np

from bptui.data.bounded import text_of
from bptui.data.dataset import DataError, Dataset, one_hot

MOST_CLASSES = 1000
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def read_csv(path: Path) -> Dataset:
    """A table with one sample a row: features, then the target in the last column.

    Separated by commas, semicolons or tabs; a first line of names is a header. The target is a class
    when it is text or a whole number from 0 to 999 throughout, else a number to be predicted.
    Raises DataError with file, line and column.
    """
    body = text_of(path)
    separator = max(",;\t", key=body.split("\n", 1)[0].count)
    rows = table(path, body, separator)
    header = rows[0][1] if rows and is_header(rows[0][1]) else None
    if not rows:
        raise DataError(f"{path}: empty")
    if header is not None:
        rows = rows[1:]
    if not rows:
        raise DataError(f"{path}: no samples, only a header line")
    width = len(header or rows[0][1])
    if width < 2:
        raise DataError(f"{path}:1: one column; features and a last column with the target are needed")
    for line, cells in rows:
        if len(cells) != width:
            raise DataError(f"{path}:{line}: {len(cells)} cells, {width} expected")
    x = np.array([[real(path, line, c, cell) for c, cell in enumerate(cells[:-1], 1)] for line, cells in rows])
    y, classes = targets(path, [(line, cells[-1]) for line, cells in rows], width)
    features = tuple(header[:-1]) if header else tuple(f"x{c}" for c in range(width - 1))
    return Dataset(path.stem, x, y, classes, features, source=path.name, licence="the file's own")


def table(path: Path, body: str, separator: str) -> list[tuple[int, list[str]]]:
    """(line number, cells) of every line that is not blank."""
    reader = csv.reader(io.StringIO(body), delimiter=separator, strict=True)
    try:
        return [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as problem:
        raise DataError(f"{path}:{reader.line_num}: {problem}") from None


def is_header(cells: list[str]) -> bool:
    """Names, with no number meant among the features: ``nan,1`` and ``,1`` are samples that lack a number."""
    *features, target = cells
    return not any(map(looks_like_number, features)) and (any(features) or not looks_like_number(target))


def real(path: Path, line: int, column: int, cell: str) -> float:
    """A finite number in plain notation: no underscores, no hexadecimal, no decimal comma."""
    if NUMBER.fullmatch(cell):
        value = float(cell)
        if np.isfinite(value):
            return value
    what = "empty cell" if not cell else f"{cell[:30]!a} is not a finite number"
    cure = "; write a decimal point, not a comma" if re.fullmatch(r"[+-]?\d+,\d+", cell) else ""
    raise DataError(f"{path}:{line}:{column}: {what}{cure}")


def targets(path: Path, cells: list[tuple[int, str]], column: int) -> tuple[np.ndarray, tuple[str, ...]]:
    """Targets N × o and the names of the classes, () for a number to be predicted."""
    for line, cell in cells:
        if not cell:
            raise DataError(f"{path}:{line}:{column}: empty cell")
    texts = [cell for _, cell in cells]
    whole = all(re.fullmatch(r"\d{1,3}", cell, re.ASCII) for cell in texts)
    if not whole and any(looks_like_number(cell) for cell in texts):
        return np.array([[real(path, line, column, cell)] for line, cell in cells]), ()
    names = sorted(set(texts), key=(lambda name: (int(name), name)) if whole else str)
    if len(names) > MOST_CLASSES:
        raise DataError(f"{path}: {len(names)} classes in the last column; at most {MOST_CLASSES}")
    place = {name: k for k, name in enumerate(names)}
    return one_hot(np.array([place[cell] for cell in texts]), len(names)), tuple(names)


def looks_like_number(cell: str) -> bool:
    """Was a number meant? Then the whole column must be numbers, and a slip in one cell is no class of its own."""
    meant = NUMBER.fullmatch(cell) or re.fullmatch(
        r"[+-]?\d+,\d+|[+-]?(nan|inf|infinity)", cell, re.ASCII | re.IGNORECASE
    )
    return meant is not None
