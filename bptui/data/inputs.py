"""Inputs as they are stored, and as a network gets them: shifted and scaled, in float64, when a batch is gathered."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Scale = Literal["none", "standard", "minmax"] | float
LARGE = 2**26  # bytes of inputs beyond which no second copy of them is made
KINDS = ("uint8", "float32", "float64")
"""How inputs are stored; other kinds of numbers become the next one that holds them exactly."""
ROWS = 1024  # looked at at once


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """x ↦ (x − offset) × factor, column by column, both (i,); ``how`` says what was asked for."""

    offset: Floats
    factor: Floats
    how: Scale

    def apply(self, x: Floats) -> Floats:
        """In place; the same array."""
        x -= self.offset
        x *= self.factor
        return x

    def undone(self, x: Floats) -> Floats:
        """Inputs of a network as they stand in the file, up to rounding; a constant column is its one value."""
        factor = np.where(self.factor == 0, 1.0, self.factor)
        return x / factor + self.offset

    @property
    def said(self) -> str:
        if self.how == "standard":
            return "each column less its mean, divided by its standard deviation over the training samples"
        if self.how == "minmax":
            return "each column from 0 to 1 over the training samples"
        return f"divided by {self.how:g}"


def fitted(x: NDArray[Any], rows: Integers, how: Scale) -> Scaling | None:
    """What brings these rows of x (the training samples) to a common scale; None where nothing is to be done.

    A column that is the same in all of them becomes 0 by ``standard`` and ``minmax``.
    """
    if how == "none":
        return None
    width = x.shape[1]
    if how == "standard":
        mean, deviation = moments(x, rows)
        return Scaling(mean, inverse(deviation, np.abs(mean)), how)
    if how == "minmax":
        low, high = ranges(x, rows)
        return Scaling(low, inverse(high - low, np.abs(low)), how)
    return Scaling(np.zeros(width), np.full(width, 1.0 / how), how)


def with_means(x: NDArray[Any], rows: Integers, gaps: NDArray[np.bool_]) -> NDArray[Any]:
    """x with the numbers of the gaps (N × i) replaced by the mean of their column over those of the rows that are
    none; a column with no other number there becomes 0."""
    there = ~gaps[rows]
    means = np.where(there, x[rows], 0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    return np.where(gaps, means, x)


def inverse(spread: Floats, size: Floats) -> Floats:
    """1 ÷ spread; 0 where there is none but that of rounding."""
    real = spread > 1e-12 * size
    return np.divide(1.0, spread, out=np.zeros_like(spread), where=real & (spread > 0))


def moments(x: NDArray[Any], rows: Integers | None = None) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each column, (i,), over some rows (all)."""
    count, zeros = len(x) if rows is None else len(rows), np.zeros(x.shape[1])
    mean = sum((part.sum(axis=0) for part in parts(x, rows)), zeros) / count
    low, high = ranges(x, rows)
    unit = unit_of(np.maximum(np.abs(low), np.abs(high)))
    squares = sum(((((part - mean) / unit) ** 2).sum(axis=0) for part in parts(x, rows)), zeros)
    return mean, np.sqrt(squares / count) * unit


def unit_of(size: Floats) -> Floats:
    """Powers of two about as large: in them squares of any finite numbers are finite, and dividing rounds nothing."""
    unit: Floats = 2.0 ** np.clip(np.frexp(size)[1], -1000, 1000)
    return unit


def ranges(x: NDArray[Any], rows: Integers | None = None) -> tuple[Floats, Floats]:
    """The least and the largest value of each column, (i,)."""
    if rows is None:
        return x.min(axis=0).astype(np.float64), x.max(axis=0).astype(np.float64)
    bounds = [(part.min(axis=0), part.max(axis=0)) for part in parts(x, rows)]
    low, high = zip(*bounds, strict=True)
    return np.min(low, axis=0), np.max(high, axis=0)


def parts(x: NDArray[Any], rows: Integers | None = None) -> Iterator[Floats]:
    """Some rows of x (all, in their order), a thousand at a time, in float64."""
    for start in range(0, len(x) if rows is None else len(rows), ROWS):
        chosen = slice(start, start + ROWS) if rows is None else rows[start : start + ROWS]
        yield x[chosen].astype(np.float64)


class Inputs:
    """Rows of a table of inputs in their stored kind, read as an array N × i of float64: each use gathers its rows.
    ``others`` are rows of the table that have other numbers, (i,) each and scaled already."""

    def __init__(
        self, x: NDArray[Any], rows: Integers, scaling: Scaling | None, others: dict[int, Floats] | None = None
    ) -> None:
        self.x, self.rows, self.scaling, self.others = x, rows, scaling, others or {}

    @property
    def shape(self) -> tuple[int, int]:
        """N × i."""
        return len(self.rows), self.x.shape[1]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, rows: Any) -> Floats:
        found = self.x[self.rows[rows]].astype(np.float64)
        return self._rewritten(self.scaling.apply(found) if self.scaling else found, self.rows[rows])

    def _rewritten(self, found: Floats, rows: Any) -> Floats:
        for row, x in self.others.items():
            found[rows == row] = x
        return found

    def take(self, indices: Any, axis: int, out: Floats, mode: Literal["clip"]) -> Floats:
        """As numpy's take: the rows ``indices`` written into ``out``."""
        out[...] = self.x[self.rows[indices]]
        return self._rewritten(self.scaling.apply(out) if self.scaling else out, self.rows[indices])

    def tolist(self) -> list[list[float]]:
        """All rows as numbers."""
        return self[:].tolist()


def kept_kind(x: NDArray[Any]) -> NDArray[Any]:
    """The same numbers in one of the kinds that inputs are stored in."""
    if x.dtype.name in KINDS and x.dtype.isnative:
        return x
    small = x.dtype.kind in "biuf" and x.dtype.itemsize <= 2
    return x.astype(np.uint8 if x.dtype.kind == "b" else np.float32 if small else np.float64)
