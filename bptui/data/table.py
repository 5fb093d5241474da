"""A table as a file has it: columns of numbers and columns of words, before it is said which of them is the target."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bptui.data.clean import clean
from bptui.data.dataset import DataError, Integers
from bptui.data.near import nearest_name

Kind = Literal["classes", "numbers"]
Missing = Literal["refuse", "drop", "mean"]
Column = int | str
"""A column by its place, from 0 (−1 is the last one), or by its name; ``first`` and ``last`` are places too."""

ENDS = {"first": 0, "last": -1}
PLACE = re.compile(r"column (\d{1,6})", re.ASCII)
"""What a column of a file without a header is called."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person says of a data file: which columns are targets and which are left out, whether targets are classes,
    what becomes of missing cells, the shape of pictures (() for none, None where nothing is said), the file of the
    test samples."""

    target: tuple[Column, ...] = ()
    kind: Kind | None = None
    drop: tuple[Column, ...] = ()
    missing: Missing = "refuse"
    image: tuple[int, ...] | None = None
    test: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A column of words: ``codes`` (N,) are places in ``names``, −1 where a cell is missing. ``declared``: the file
    itself lists the names, in this order; else ``where`` says of each on which line it first stands."""

    codes: Integers
    names: tuple[str, ...]
    declared: bool = False
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """``names`` of all columns of the file; those in ``words`` are of words, those in ``places`` of numbers, the
    columns of ``numbers`` (N × numeric columns, nan where a cell is missing); others were left out."""

    path: Path
    said: str
    names: tuple[str, ...]
    numbers: NDArray[Any]
    places: tuple[int, ...]
    words: dict[int, Words] = field(default_factory=dict)
    named: bool = True

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def kept(self) -> list[int]:
        """Places of the columns that were not left out, in the file's order."""
        return sorted((*self.places, *self.words))

    def column(self, place: int) -> NDArray[np.float64]:
        """A column of numbers, (N,), nan where a cell is missing."""
        return np.asarray(self.numbers[:, self.places.index(place)], dtype=np.float64)


def places_of(path: Path, names: tuple[str, ...], columns: tuple[Column, ...]) -> list[int]:
    """Places of columns that were asked for, from 0. Raises DataError for one that is not there."""
    return [place_of(path, names, column) for column in columns]


def place_of(path: Path, names: tuple[str, ...], column: Column) -> int:
    if isinstance(column, str):
        if column in names:
            return names.index(column)
        if column in ENDS:
            return ENDS[column] % len(names)
        if (by_place := PLACE.fullmatch(column)) and int(by_place[1]) < len(names):
            return int(by_place[1])
        close = nearest_name(column, names)
        hint = f"; did you mean {clean(close)}?" if close else f"; the columns are {clean(', '.join(names))}"
        raise DataError(f"{path}: no column named {clean(column)}{hint}")
    if not -len(names) <= column < len(names):
        raise DataError(f"{path}: no column {column}; they count from 0 to {len(names) - 1}")
    return column % len(names)


def below(table: Table, more: Table) -> Table:
    """Two tables of the same columns, the second below the first one. Raises DataError."""
    if len(more.names) != len(table.names):
        raise DataError(f"{more.path}: {len(more.names)} columns, {len(table.names)} in {clean(table.path.name)}")
    if table.named and more.named and more.names != table.names:
        other = next(name for name, wanted in zip(more.names, table.names, strict=True) if name != wanted)
        raise DataError(f"{more.path}: its column {clean(other)} is not that of {clean(table.path.name)}")
    if more.places != table.places:
        changed = next(place for place in table.kept if (place in table.words) != (place in more.words))
        raise DataError(f"{more.path}: column {clean(table.names[changed])} is not of the same kind as in training")
    words = {place: both(mine, more.words[place], more.path.name) for place, mine in table.words.items()}
    return replace(table, numbers=np.concatenate([table.numbers, more.numbers]), words=words)


def both(mine: Words, others: Words, other_file: str) -> Words:
    """A column of words from two files."""
    names = mine.names if mine.declared else tuple(sorted({*mine.names, *others.names}))
    names += tuple(name for name in others.names if name not in names)
    place = {name: k for k, name in enumerate(names)}
    moved = [np.array([*(place[name] for name in it.names), -1])[it.codes] for it in (mine, others)]
    where = {name: f"{line} of {other_file}" for name, line in zip(others.names, others.where, strict=False)}
    where |= dict(zip(mine.names, mine.where, strict=False))
    return Words(np.concatenate(moved), names, mine.declared, tuple(where.get(name, "") for name in names))
