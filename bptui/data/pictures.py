"""Inputs that are pictures: the shape asked for or recognised, and which value is white."""

from dataclasses import replace
from math import isqrt

import numpy as np

from bptui.data.dataset import DataError, Dataset
from bptui.data.inputs import ranges

WHITES = (1.0, 15.0, 16.0, 255.0, 65535.0)
LEAST_SIDE = 5
SAMPLE = 500  # rows that are looked at


def recognised(data: Dataset, shape: tuple[int, ...] | None, all_numbers: bool = True) -> Dataset:
    """The data with the shape of their pictures: as asked for (() for none), else squares of grey values. Raises
    DataError for a shape that the inputs do not have."""
    inputs = data.x.shape[1]
    if shape == ():
        return replace(data, image=None)
    if shape is not None:
        rows, columns = shape
        if rows * columns != inputs:
            raise DataError(
                f"{data.name}: pictures of {rows} × {columns} have {rows * columns} pixels, there are {inputs} inputs"
            )
        return replace(data, image=(rows, columns), white=white_of(data))
    side = isqrt(inputs)
    if data.image or not all_numbers or side < LEAST_SIDE or side * side != inputs or not is_grey(data):
        return replace(data, white=white_of(data)) if data.image else data
    seen = f"{inputs} grey values are shown as pictures of {side} × {side}; --image none shows numbers"
    return replace(data, image=(side, side), white=white_of(data), notices=(*data.notices, seen))


def is_grey(data: Dataset) -> bool:
    """Are the first inputs whole numbers from 0 to 255 or shares of 1, of which many pixels use the whole range?"""
    x = np.asarray(data.x[:SAMPLE], dtype=np.float64)
    low, high = x.min(), x.max()
    whole = bool((x % 1 == 0).all())
    if low < 0 or high > 255 or low == high or (not whole and high > 1):
        return False
    return bool(((x.max(axis=0) >= 0.5 * high) | (x.max(axis=0) == 0)).mean() > 0.5)


def white_of(data: Dataset) -> float:
    """The value of white: the least of the usual ones that no pixel exceeds."""
    _, high = ranges(data.x)
    largest = max(float(high.max()), 0.0)
    return next((white for white in WHITES if largest <= white), largest)
