"""A file of drawings made by hand: a CSV table with a picture a row, whose header says where each pixel lies."""

import csv
import io
import re
from pathlib import Path

from bptui.data.bounded import text_of
from bptui.data.dataset import DataError, Floats
from bptui.data.output import write_new, write_whole

PIXEL = re.compile(r"r(\d{1,4})c(\d{1,4})", re.ASCII)
DIGITS = 4  # of a grey value


def pixel_names(shape: tuple[int, int]) -> list[str]:
    """``r0c0 r0c1 …``: the columns of a table of pictures (rows, columns)."""
    return [f"r{row}c{column}" for row in range(shape[0]) for column in range(shape[1])]


def shape_of(names: tuple[str, ...], x: Floats) -> tuple[int, int] | None:
    """(rows, columns) of the pictures in a table (N × i) with these columns, or None where it holds none."""
    last = PIXEL.fullmatch(names[-1])
    if last is None:
        return None
    shape = int(last[1]) + 1, int(last[2]) + 1
    is_grid = shape[0] * shape[1] == len(names) and list(names) == pixel_names(shape)
    return shape if is_grid and x.min() >= 0 and x.max() <= 1 else None


def row_of(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def table_of(shape: tuple[int, int], drawn: list[tuple[Floats, str]]) -> str:
    """Pictures (i,) with the names of their classes as such a table."""
    head = row_of([*pixel_names(shape), "label"])
    return head + "".join(row_of([*(f"{value:.{DIGITS}g}" for value in x.tolist()), label]) for x, label in drawn)


def keep(path: Path, shape: tuple[int, int], x: Floats, label: str) -> tuple[Path, int]:
    """Put a picture at the end of the table in the file, or into a new one with a free name where there is no such
    table there; the name and the number of pictures in it. Raises OSError, the file as it was."""
    table = table_of(shape, [(x, label)])
    head, line = table.split("\n", 1)
    try:
        before = text_of(path).rstrip("\n")
    except DataError:
        before = ""
    if before.split("\n", 1)[0] == head:
        write_whole(path, f"{before}\n{line}")
        return path, len(before.split("\n"))
    return write_new(path, table), 1
