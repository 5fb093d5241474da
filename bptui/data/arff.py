"""Reads the head of an ARFF file (Weka's format): names and kinds of its columns; its data are a table as any other."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from bptui.data.bounded import LARGEST_FILE, Tell, blocks_of, silent
from bptui.data.csv_file import Reader
from bptui.data.dataset import DataError
from bptui.data.delimited import Layout, cells_of
from bptui.data.table import Table, Wish

ATTRIBUTE = re.compile(r"@attribute\s+('(?:[^'\\]|\\.)*'|\"[^\"]*\"|\S+)\s+(.*)", re.IGNORECASE)
NUMERIC = ("numeric", "real", "integer")


def is_arff(head: str) -> bool:
    """Does a text begin with a declaration of ARFF's, after its comments?"""
    lines = (line.strip() for line in head.splitlines())
    first = next((line for line in lines if line and not line.startswith("%")), "")
    return first.lower().startswith(("@relation", "@attribute"))


def read_arff(path: Path, wish: Wish, tell: Tell = silent) -> Table:
    """The table; a column of declared words keeps them and their order. Raises DataError."""
    blocks = blocks_of(path, LARGEST_FILE, tell)
    names: list[str] = []
    declared: dict[int, tuple[str, ...]] = {}
    number, lines = next(blocks, (1, [""]))
    for place, line in enumerate(lines, start=number):
        words = line.strip()
        if words.lower().startswith("@data"):
            layout = Layout(",", tuple(names), len(names), place + 1, quote=quote_of(lines[place:]), kind="ARFF")
            refuse_sparse(path, lines, place)
            return Reader(path, layout, wish, declared).read(chain([(number, lines)], without_comments(blocks)))
        if words.lower().startswith("@attribute"):
            names.append(attribute(path, place, words, declared, len(names)))
    raise DataError(f"{path}: no line @data in its first lines, as ARFF needs it")


def attribute(path: Path, line: int, words: str, declared: dict[int, tuple[str, ...]], column: int) -> str:
    """The name of a column; its words, where they are listed, go into ``declared``. Raises DataError."""
    found = ATTRIBUTE.match(words)
    if not found:
        raise DataError(f"{path}:{line}: expected @attribute NAME KIND")
    kind = found[2].strip()
    if kind.startswith("{") and kind.endswith("}"):
        quote = "'" if "'" in kind else '"'
        declared[column] = tuple(cell.strip() for row in cells_of([kind[1:-1]], ",", quote) for cell in row)
    elif not kind.lower().startswith((*NUMERIC, "string", "date")):
        raise DataError(f"{path}:{line}: the kind {kind[:30]!a} is not known; numeric, string or {{words}}")
    return found[1].strip("'\"")


def quote_of(lines: list[str]) -> str:
    """ARFF quotes with either sign."""
    return "'" if sum(line.count("'") for line in lines) > sum(line.count('"') for line in lines) else '"'


def refuse_sparse(path: Path, lines: list[str], place: int) -> None:
    first = next((line for line in lines[place:] if line.strip() and not line.startswith("%")), "")
    if first.lstrip().startswith("{"):
        raise DataError(f"{path}:{place + 1}: sparse rows {{…}} are not read; write every value")


def without_comments(blocks: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """Comments become empty lines: lines keep their numbers."""
    for number, lines in blocks:
        yield number, ["" if line.startswith("%") else line for line in lines]
