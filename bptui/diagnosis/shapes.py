"""Arrays in the shapes that people give them → in bptui's own; what fits none is told in one line."""

from collections.abc import Iterator
from typing import Literal

import numpy as np

from bptui.data.dataset import DataError
from bptui.diagnosis.leaves import Leaf
from bptui.diagnosis.numbers import What
from bptui.engine.types import Floats

Bias = Literal["apart", "first", "last"]
Bounds = tuple[Floats, Floats]
"""Low and high."""


def told(leaf: Leaf, shape: str, axes: str) -> str:
    """The shape there is and the one expected, in one line."""
    return f"{leaf.said}: its shape is {leaf.shown_shape}, expected {shape} ({axes})"


def broadcast(leaf: Leaf, n: int) -> str:
    """A hint where a side is as long as the batch."""
    if n == 1 or n not in leaf.shape:
        return ""
    return f"; {n} is the number of samples: does an array of shape ({n},) meet one of ({n}, 1)?"


def loss_shape(leaf: Leaf, n: int) -> tuple[int, ...]:
    """(n,) for the samples' losses, () for a number of the batch. Raises DataError."""
    if leaf.values.size == n and leaf.shape:
        return (n,)
    if leaf.values.size == 1:
        return ()
    raise DataError(f"{leaf.said}: {leaf.values.size} numbers, expected one, or one for each of {n} samples")


def table(values: Floats, shape: tuple[int, int], turned: bool, problem: str) -> Floats:
    """n × o from n × o, or from o × n where turned; a lone sample or unit may lack its axis."""
    if values.ndim < 2 and 1 in shape and values.size == shape[0] * shape[1]:
        return values.reshape(shape)
    if turned and values.shape == shape[::-1]:
        return values.T
    if not turned and values.shape == shape:
        return values
    raise DataError(problem)


def vector(leaf: Leaf, values: Floats, o: int, n: int, per_sample: bool) -> Floats:
    """(o,) from (o,), 1 × o or o × 1, with the samples before where they are ``per_sample``; one number for the layer
    stands for each unit's. Raises DataError."""
    samples = (n,) if per_sample else ()
    if not samples and values.size == 1:
        return np.broadcast_to(values.reshape(1), (o,))
    shape = (*samples, o)
    if values.size == np.prod(shape) and tuple(k for k in values.shape if k > 1) == tuple(k for k in shape if k > 1):
        return values.reshape(shape)
    hint = "" if n == o or per_sample else broadcast(leaf, n)
    raise DataError(told(leaf, " × ".join(map(str, shape)), "a number for each unit") + hint)


def matrix(
    leaf: Leaf, both: Bounds, sizes: tuple[int, int], bias: Bias, turned: bool, n: int, per_sample: bool
) -> Iterator[tuple[What, Bounds]]:
    """Low and high of weights (i, o), with the samples before where they are ``per_sample``; and of the biases (o,)
    where these are among them. Raises DataError."""
    i, o = sizes
    inputs = i if bias == "apart" else i + 1
    samples = (n,) if per_sample else ()
    shape = (*samples, o, inputs) if turned else (*samples, inputs, o)
    known = f"{i} × {o} or {o} × {i}, or with a row or column of biases"
    problem = told(leaf, known, "inputs and units") + ("" if n in sizes or per_sample else broadcast(leaf, n))
    laid = []
    for values in both:
        line = sum(side > 1 for side in values.shape) <= 1  # however it lies, there is one way to read it
        flat = line and not samples and 1 in (inputs, o) and values.size == inputs * o
        if not flat and values.shape != shape:
            raise DataError(problem)
        whole = values.reshape(shape)
        laid.append(np.swapaxes(whole, -1, -2) if turned else whole)
    low, high = laid
    if bias == "apart":
        yield "weights", (low, high)
        return
    at = 0 if bias == "first" else -1
    yield "weights", (np.delete(low, at, axis=-2), np.delete(high, at, axis=-2))
    yield "biases", (low[..., at, :], high[..., at, :])
