"""From what a file holds to samples: which columns are the target, what becomes of words and of missing cells."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bptui.data.clean import clean
from bptui.data.dataset import DataError, Dataset, Floats, Integers, one_hot
from bptui.data.drawings import shape_of
from bptui.data.inputs import kept_kind, with_means
from bptui.data.lone import lone_classes
from bptui.data.pictures import recognised
from bptui.data.table import Kind, Table, Wish, place_of

MOST_CLASSES = 1000
MOST_WORDS = 50  # different words in a column of inputs
OWN = "the file's own"
FILLED = "filled: each with the mean of its column over the training samples"
Answers = tuple[Floats, tuple[str, ...]]
"""Targets N × o and the names of the classes, () for numbers to be predicted."""


def dataset_of(table: Table, wish: Wish, tests: int = 0) -> Dataset:
    """The samples of a table of which the last ``tests`` rows are for testing. Raises DataError."""
    chosen = target_places(table, wish)
    holes, whole = missing_in(table), table
    table, tests, dropped = complete(table, chosen, wish, tests)
    inputs = [place for place in table.kept if place not in chosen]
    if not inputs:
        raise DataError(f"{table.path}: no column is left to be an input")
    refuse_many_words(table, inputs)
    x, features, spread = inputs_of(table, inputs)
    x, gaps = filled(x, len(table) - tests)
    y, classes = answers_of(table, chosen, wish.kind)
    if [*features] == [f"column {place}" for place in range(len(features))]:
        features = tuple(f"x{place}" for place in range(len(features)))
    outputs = () if classes else tuple(called(table, place) for place in chosen)
    lone = lone_classes(whole, chosen[0], y, classes) if classes and len(chosen) == 1 else []
    left_out = [called(table, place) for place in range(len(table.names)) if place not in table.kept]
    image = shape_of(features, x)
    data = Dataset(
        table.path.stem,
        kept_kind(x),
        y,
        classes,
        features,
        image,
        table.path.name,
        OWN,
        outputs=outputs,
        tests=tests,
        gaps=gaps,
        file=table.said,
        read=tuple(story(table, chosen, left_out, spread, holes, dropped, gaps is not None)),
        notices=(*odd_words(table, spread), *lone),
    )
    return recognised(data, wish.image, all_numbers=not spread)


def called(table: Table, place: int) -> str:
    """A column by its name, or by its place in the file, which is not always that of an input."""
    return table.names[place] if table.named else f"column {place}"


def target_places(table: Table, wish: Wish) -> list[int]:
    """The columns of the targets: those asked for, else the last one that is not left out. Raises DataError."""
    kept = table.kept
    if len(kept) < 2:
        raise DataError(f"{table.path}: {len(kept)} column left; an input and a target are needed")
    ends = {"first": kept[0], "last": kept[-1]}
    found = []
    for column in wish.target or ("last",):
        named = isinstance(column, str) and column in ends and column not in table.names
        found.append(ends[str(column)] if named else place_of(table.path, table.names, column))
    for place in found:
        if place not in kept:
            raise DataError(f"{table.path}: the column {clean(table.names[place])} is target and left out at once")
    return list(dict.fromkeys(found))


def complete(table: Table, chosen: list[int], wish: Wish, tests: int) -> tuple[Table, int, int]:
    """The table without the rows that miss something (their target, where inputs are filled up); how many are left of
    the last ``tests`` ones; and how many are gone."""
    gone = np.zeros(len(table), dtype=bool)
    for place in table.kept if wish.missing == "drop" else chosen:
        if place in table.words:
            gone |= table.words[place].codes < 0
    if table.numbers.dtype.kind == "f":
        columns = [k for k, place in enumerate(table.places) if wish.missing == "drop" or place in chosen]
        gone |= np.isnan(table.numbers[:, columns]).any(axis=1)
    if not gone.any():
        return table, tests, 0
    rows = np.flatnonzero(~gone)
    if len(rows) == 0:
        raise DataError(f"{table.path}: every row misses something; --missing mean fills inputs up")
    words = {place: replace(it, codes=it.codes[rows]) for place, it in table.words.items()}
    left = int((rows >= len(table) - tests).sum()) if tests else 0
    return replace(table, numbers=table.numbers[rows], words=words), left, int(gone.sum())


def refuse_many_words(table: Table, inputs: list[int]) -> None:
    """Raises DataError for columns of so many words that they are names rather than kinds."""
    many = [place for place in inputs if place in table.words and len(table.words[place].names) > MOST_WORDS]
    if not many:
        return
    names = [table.names[place] if table.named else str(place) for place in many]
    words = table.words[many[0]].names
    cure = f"--drop {clean(','.join(names))} leaves such columns out"
    if meant_as_numbers(words):
        cure += f", or write plain numbers in place of {clean(words[0], 20)}"
    raise DataError(
        f"{table.path}: {len(words)} different words in column {clean(names[0], 40)}, more than {MOST_WORDS} inputs; "
        f"{cure}"
    )


def meant_as_numbers(words: tuple[str, ...]) -> bool:
    """Do most of them begin like a number or an amount of money?"""
    return sum(word.lstrip("+-$€(")[:1].isdigit() for word in words) > len(words) / 2


def inputs_of(table: Table, inputs: list[int]) -> tuple[NDArray[Any], tuple[str, ...], list[int]]:
    """x, nan where a cell is missing, its names, and the columns of words: each word of these is an input that is 1
    where it stands, else 0."""
    spread = [place for place in inputs if place in table.words]
    if not spread:
        where = [table.places.index(place) for place in inputs]
        whole = where == list(range(where[0], where[0] + len(where)))
        x = table.numbers[:, where[0] : where[0] + len(where)] if whole else table.numbers[:, where]
        return x, tuple(called(table, place) for place in inputs), []
    columns: list[NDArray[Any]] = []
    names: list[str] = []
    for place in inputs:
        if place in table.words:
            words = table.words[place]
            marks = one_hot(words.codes, len(words.names))
            marks[words.codes < 0] = np.nan
            columns.append(marks)
            names += [f"{called(table, place)}={word}" for word in words.names]
        else:
            columns.append(table.column(place)[:, None])
            names.append(called(table, place))
    return np.hstack(columns), tuple(names), spread


def filled(x: NDArray[Any], train: int) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """The same numbers, missing ones replaced by the mean of their column over the first ``train`` rows as long as
    nothing is known of a split, and which these are (N × i); None where none is."""
    gaps = np.isnan(x) if x.dtype.kind == "f" else np.zeros(0, dtype=bool)
    return (with_means(x, np.arange(train), gaps), gaps) if gaps.any() else (x, None)


def answers_of(table: Table, chosen: list[int], kind: Kind | None) -> Answers:
    """Targets of these columns. Raises DataError."""
    if len(chosen) == 1:
        place = chosen[0]
        if place in table.words:
            return of_words(table, place, kind)
        return of_numbers(str(table.path), table.column(place), kind)
    for place in chosen:
        if place in table.words:
            raise DataError(
                f"{table.path}: of several targets each is a number, {clean(table.names[place])} is of words"
            )
    y = np.column_stack([table.column(place) for place in chosen])
    if kind != "classes":
        return y, ()
    if not ((y == 0) | (y == 1)).all() or not (y.sum(axis=1) == 1).all():
        raise DataError(
            f"{table.path}: several targets are classes where one of them is 1 and the others 0 in every row"
        )
    return y, tuple(table.names[place] for place in chosen)


def of_words(table: Table, place: int, kind: Kind | None) -> Answers:
    words = table.words[place]
    if kind == "numbers":
        raise DataError(f"{table.path}: the target {clean(table.names[place])} is of words; --as classes")
    refuse_many_classes(str(table.path), len(words.names))
    there = np.unique(words.codes) if not words.declared else np.arange(len(words.names))
    return one_hot(np.searchsorted(there, words.codes), len(there)), tuple(words.names[k] for k in there)


def of_numbers(file: str, values: Floats, kind: Kind | None) -> Answers:
    """Whole numbers from 0 to 999 throughout are classes unless it is said that they are numbers. Raises DataError."""
    whole = bool((values % 1 == 0).all())
    if kind == "numbers" or (kind is None and not (whole and values.min() >= 0 and values.max() < MOST_CLASSES)):
        return values[:, None].copy(), ()
    if not whole:
        raise DataError(
            f"{file}: classes by number are whole numbers, {values[values % 1 != 0][0]:g} is none; --as numbers"
        )
    return of_labels(file, values.astype(np.int64))


def of_labels(file: str, labels: Integers, names: dict[int, str] | None = None) -> Answers:
    """A column for each label there is, in their order; a label is called what ``names`` says, else by its number."""
    there, codes = np.unique(labels, return_inverse=True)
    refuse_many_classes(file, len(there))
    return one_hot(codes, len(there)), tuple((names or {}).get(int(label), str(label)) for label in there)


def refuse_many_classes(file: str, count: int) -> None:
    if count > MOST_CLASSES:
        raise DataError(f"{file}: {count} classes; at most {MOST_CLASSES}; --target NAME takes another column")


def odd_words(table: Table, spread: list[int]) -> list[str]:
    """What is to be said of columns of words that may have been meant as numbers or dates."""
    out = []
    for place in spread:
        names, said = table.words[place].names, table.names[place] if table.named else str(place)
        if meant_as_numbers(names):
            out.append(f"{called(table, place)} is taken for words ({names[0]} …), an input for each; --drop {said}")
    return out


def missing_in(table: Table) -> dict[str, int]:
    """How many cells are missing, by the name of their column."""
    found = {place: int((it.codes < 0).sum()) for place, it in table.words.items()}
    if table.numbers.dtype.kind == "f":
        found |= dict(zip(table.places, np.isnan(table.numbers).sum(axis=0).tolist(), strict=True))
    return {called(table, place): found[place] for place in sorted(found) if found[place]}


def story(
    table: Table,
    chosen: list[int],
    left_out: list[str],
    spread: list[int],
    holes: dict[str, int],
    dropped: int,
    filled_up: bool,
) -> list[str]:
    """What was made of the columns, a line each."""
    lines = [f"target: {', '.join(called(table, place) for place in chosen)}"]
    lines += [f"left out: {', '.join(left_out)}"] if left_out else []
    lines += [f"missing: {', '.join(f'{count} in {name}' for name, count in holes.items())}"] if holes else []
    lines += [f"rows left out: {dropped}, something is missing in them"] if dropped else []
    lines += [FILLED] if filled_up else []
    for place in spread:
        names = table.words[place].names
        lines.append(f"words: {called(table, place)}, an input for each: {', '.join(names)}")
    return lines
