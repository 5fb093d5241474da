"""One array as a person gave it, in its own shape: printed numbers, or numbers that a program computed."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bptui.data.dataset import DataError
from bptui.diagnosis.numbers import NOTHING, ROUNDING, from_digits, from_floats, significant_digits
from bptui.engine.types import Floats

MOST_NUMBERS = 20_000_000
DEEPEST = 6
TOO_DEEP = 20  # a list may hold itself
LARGEST = 1e150
"""Beyond it squares overflow, and no update is made (see :mod:`bptui.engine.update`)."""
FEW, ROUNDED = 3, 12
"""Significant digits of numbers that were rounded; float64 shows 15 to 17."""


class Digits(str):
    """A number as it was printed."""

    __slots__ = ()


@dataclass(frozen=True, eq=False)
class Leaf:
    """``said`` is what the person calls it. ``words`` are its numbers as printed, or None where they were computed with
    floats of ``size`` bytes; ``values`` has the shape."""

    said: str
    values: Floats
    words: tuple[str, ...] | None = None
    size: int = 8

    @property
    def shape(self) -> tuple[int, ...]:
        """As it was given."""
        return self.values.shape

    @property
    def shown_shape(self) -> str:
        """``3 × 2``; a lone number has none."""
        return " × ".join(map(str, self.shape)) or "one number"


def leaf_of(said: str, raw: Any) -> Leaf:
    """Nested lists of numbers, or an array of numpy's or PyTorch's. Raises DataError: no number, not finite, ragged."""
    raw = as_array(raw)
    if isinstance(raw, np.ndarray | np.generic):
        return _of_array(said, np.asarray(raw))
    flat: list[Any] = []
    shape = _shape(said, raw, flat, 0)
    words = tuple(flat) if flat and all(isinstance(each, Digits) for each in flat) else None
    try:
        values = np.array([float(each) for each in flat])
    except OverflowError:
        raise DataError(f"{said}: a number of thousands of digits") from None
    return _finite(Leaf(said, values.reshape(shape), words))


def is_array(raw: Any) -> bool:
    """Is it one array, and no list of several?"""
    raw = as_array(raw)
    if isinstance(raw, np.ndarray | np.generic):
        return raw.dtype != object
    if not isinstance(raw, list | tuple):
        return isinstance(raw, int | float | Digits)
    return all(isinstance(each, int | float | Digits) for each in raw)


def depth_of(raw: Any) -> int:
    """How many lists are in each other, along the first item of each; TOO_DEEP where they go on beyond that."""
    depth, raw = 0, as_array(raw)
    while isinstance(raw, list | tuple) and depth < TOO_DEEP:
        depth, raw = depth + 1, as_array(raw[0]) if raw else None
    return depth + (raw.ndim if isinstance(raw, np.ndarray | np.generic) else 0)


def refuse_what_is_no_number(said: str, raw: list[Any]) -> None:
    """Raise DataError where the first of all in a list of nested lists is nothing, or a text."""
    for place, each in enumerate(raw):
        _refuse_first(f"{said}[{place}]", each)


def _refuse_first(said: str, raw: Any) -> None:
    for _ in range(depth_of(raw)):
        if not isinstance(raw, list | tuple) or not raw:
            return
        said, raw = f"{said}[0]", raw[0]
    if raw is None or (isinstance(raw, str) and not isinstance(raw, Digits)):
        _number(said, raw)


def as_array(raw: Any) -> Any:
    """PyTorch's tensors as arrays of numpy's; all else as it is."""
    if hasattr(raw, "detach"):
        return raw.detach().cpu().numpy()
    return raw


def bounds(leaves: Sequence[Leaf]) -> list[tuple[Floats, Floats]]:
    """Low and high of each, in its own shape. All are of one kind: a short number is as exact as its neighbours."""
    leaves = _as_rounded(leaves)
    printed = [word for leaf in leaves for word in leaf.words or ()]
    try:
        low, high = from_digits(printed)
    except ValueError as problem:
        raise DataError(f"{leaves[0].said}: {problem}") from None
    scale = max((float(np.abs(leaf.values).max(initial=0.0)) for leaf in leaves), default=0.0)
    out, start = [], 0
    for leaf in leaves:
        if leaf.words is None:
            out.append(from_floats(leaf.values, leaf.size, scale))
        else:
            part = slice(start, start + len(leaf.words))
            start = part.stop
            room = ROUNDING[8] * scale + NOTHING
            out.append(((low[part] - room).reshape(leaf.shape), (high[part] + room).reshape(leaf.shape)))
    return out


def _as_rounded(leaves: Sequence[Leaf]) -> list[Leaf]:
    """With words where computed numbers show that they were rounded: not one has more than ROUNDED digits.

    Numbers of one or two digits (0.5, 3) show nothing of the kind; they are exact.
    """
    computed = [leaf for leaf in leaves if leaf.words is None and leaf.size == 8]
    most = 0
    for leaf in computed:
        for value in leaf.values.ravel().tolist():
            most = max(most, significant_digits(repr(value)))
            if most > ROUNDED:
                return list(leaves)
    if most < FEW:
        return list(leaves)
    return [
        replace(leaf, words=tuple(map(repr, leaf.values.ravel().tolist()))) if leaf in computed else leaf
        for leaf in leaves
    ]


def _of_array(said: str, array: np.ndarray[Any, Any]) -> Leaf:
    if array.dtype.kind not in "fiu" or array.dtype.itemsize > 8:
        raise DataError(f"{said}: expected numbers, got an array of {array.dtype}")
    values = array.astype(np.float64)
    size = array.dtype.itemsize if array.dtype.kind == "f" else 8
    return _finite(Leaf(said, values, None, 4 if size == 8 and _were_single(values) else size))


def _were_single(values: Floats) -> bool:
    """Do they show the bits of floats of 4 bytes? Simple fractions do so by chance."""
    with np.errstate(over="ignore", invalid="ignore"):
        single = values.astype(np.float32).astype(np.float64) == values
        return bool(single.all()) and not bool((values * 1024 == np.rint(values * 1024)).all())


def _finite(leaf: Leaf) -> Leaf:
    if leaf.values.size == 0:
        raise DataError(f"{leaf.said}: nothing in it")
    if not np.isfinite(leaf.values).all():
        place = np.argwhere(~np.isfinite(leaf.values))[0].tolist()
        at = "".join(f"[{k}]" for k in place)
        raise DataError(f"{leaf.said}{at}: {leaf.values[tuple(place)]}, not a finite number")
    if np.abs(leaf.values).max() > LARGEST:
        raise DataError(f"{leaf.said}: a number larger than {LARGEST:g}")
    return leaf


def _shape(said: str, raw: Any, flat: list[Any], depth: int) -> tuple[int, ...]:
    """The shape of nested lists, their numbers added to ``flat``."""
    raw = as_array(raw)
    if isinstance(raw, np.ndarray | np.generic):
        raw = raw.tolist()
    if not isinstance(raw, list | tuple):
        flat.append(_number(said, raw))
        if len(flat) > MOST_NUMBERS:
            raise DataError(f"{said}: more than {MOST_NUMBERS} numbers")
        return ()
    if depth == DEEPEST:
        raise DataError(f"{said}: nested too deeply")
    inner = list(_inner(said, raw, flat, depth))
    if any(each != inner[0] for each in inner):
        lengths = sorted({each[0] if each else 0 for each in inner})
        raise DataError(f"{said}: rows of different lengths ({', '.join(map(str, lengths))})")
    return (len(raw), *(inner[0] if inner else ()))


def _inner(said: str, raw: Sequence[Any], flat: list[Any], depth: int) -> Iterator[tuple[int, ...]]:
    for place, each in enumerate(raw):
        yield _shape(f"{said}[{place}]" if depth < DEEPEST else said, each, flat, depth + 1)


def _number(said: str, raw: Any) -> Any:
    if raw is None:
        raise DataError(f"{said}: null, where a number is expected")
    if isinstance(raw, bool) or not isinstance(raw, int | float | Digits):
        what = "a text" if isinstance(raw, str) else f"a {type(raw).__name__}"
        raise DataError(f"{said}: {what}, where a number is expected")
    if isinstance(raw, float) and not math.isfinite(raw):
        raise DataError(f"{said}: {raw}, not a finite number")
    return raw
