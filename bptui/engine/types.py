"""The one array type of the engine: float64, C order; and how its arithmetic is kept quiet."""

from contextlib import AbstractContextManager
from typing import Any, Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Array = TypeVar("Array", Floats, Integers)


class Rows(Protocol):
    """Rows of numbers that are copied when they are used: an array N × k, or what gathers one from elsewhere."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: Any, /) -> Any: ...

    def take(self, indices: Any, axis: Literal[0], out: Floats, mode: Literal["clip"], /) -> Any:
        """Write the rows ``indices`` into ``out``."""


def read_only(array: Array) -> Array:
    """The same array, refusing to be written through this name."""
    array.flags.writeable = False
    return array


def number(value: float) -> Floats:
    """A number of a formula as an array without axes. With a plain float numpy makes one anew each time, which takes as
    long as the arithmetic on a small batch itself."""
    return read_only(np.array(value, dtype=np.float64))


ZERO, HALF, ONE = number(0.0), number(0.5), number(1.0)


def quiet() -> AbstractContextManager[object]:
    """No warning of numpy's where a number becomes infinite or undefined: the code that cares looks for it."""
    return np.errstate(over="ignore", invalid="ignore", divide="ignore")
