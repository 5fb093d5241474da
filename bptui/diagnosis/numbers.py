"""What a person's numbers stand for: each is an interval, as wide as its printed digits and its arithmetic leave it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bptui.engine.types import Floats, Integers, read_only

Kind = Literal["z", "a", "delta", "loss", "gradient", "samples", "step", "after"]
What = Literal["weights", "biases", ""]

PREFIXES: dict[Kind, str] = {"gradient": "", "samples": "samples_", "step": "step_", "after": "after_"}
"""What stands before W1 or b1 in the name of a quantity of the weights."""
ROUNDING = {8: 1e-9, 4: 2e-6, 2: 4e-3}
"""Bytes of a float → how far sums in another order may move it, in parts of the largest number beside it."""
NOTHING = 1e-14
"""How far from 0 a sum may come out whose terms cancel."""
SHORT = 9
"""So many significant digits any number may have that came from a float of 4 bytes; a longer one shows its bits."""
WHOLE = re.compile(r"\s*[-+]?\d+\s*")
ZEROS_KEPT = re.compile(r"\.\d+0(?!\d)")
EXACT_ZERO = re.compile(r"[-+]?0*\.?0*[eE].*")
"""With a power of ten any other number than 0 would show its first digits."""
NUMBER = re.compile(r"[-+]?(\d*)\.?(\d*)(?:[eE]([-+]?\d+))?")


@dataclass(frozen=True, eq=False)
class Part:
    """One quantity of a person's program, every number of it known to lie between ``low`` and ``high``.

    ``layer`` counts from 1 and is 0 for the loss; ``what`` is "" for z, a, delta and loss. Shapes are bptui's own:
    weights (i, o), biases (o,); z, a and delta (n, o); of samples, weights (n, i, o) and biases (n, o); the loss (n,)
    where it is each sample's, else () for their sum or mean.
    """

    kind: Kind
    layer: int
    what: What
    low: Floats
    high: Floats

    @property
    def name(self) -> str:
        """``W1`` and ``b1`` of the gradient, ``after_W1``, ``step_b2``, ``samples_W1``; ``z1``, ``a2``, ``delta2``,
        ``loss``."""
        if self.kind == "loss":
            return "loss"
        if self.what:
            return f"{PREFIXES[self.kind]}{'W' if self.what == 'weights' else 'b'}{self.layer}"
        return f"{self.kind}{self.layer}"

    @property
    def middle(self) -> Floats:
        """The numbers as they were given."""
        return 0.5 * (self.low + self.high)

    def allows(self, values: Floats) -> bool:
        """Does every one of these numbers, of the same shape, lie where the person's may?"""
        return holds(self.low, values, self.high)


def holds(low: Floats, values: Floats, high: Floats) -> bool:
    """Do the values of one shape with the bounds lie between them?"""
    return values.shape == low.shape and bool(((low <= values) & (values <= high)).all())


def from_floats(values: Floats, size: int = 8, scale: float = 0.0) -> tuple[Floats, Floats]:
    """Low and high of numbers that a program computed with floats of 8, 4 or 2 bytes; ``scale`` is the largest number
    beside them, where it is not among them."""
    slack = ROUNDING[size] * max(scale, _largest(values)) + NOTHING
    return read_only(np.asarray(values - slack)), read_only(np.asarray(values + slack))


def from_digits(words: Sequence[str]) -> tuple[Floats, Floats]:
    """Low and high, (k,), of printed numbers: "0.0133" stands for 0.01325 … 0.01335. Raises ValueError for a word that
    is no finite number.

    Python and others leave zeros at the end away, so a short number is as exact as its neighbours: to the decimals of
    the longest, or to as many significant digits. Where a "0.50" shows that zeros are kept, each number says it of
    itself. Whole numbers alone are exact.
    """
    values = np.array([float(word) for word in words])
    if not np.isfinite(values).all():
        raise ValueError("not a finite number")
    half = 0.5 * _units(words)
    slack = ROUNDING[4 if _are_single(values, words) else 8] * _largest(values) + NOTHING
    return read_only(values - half - slack), read_only(values + half + slack)


def _units(words: Sequence[str]) -> Floats:
    """The unit in the last place that each number really has, (k,)."""
    if all(WHOLE.fullmatch(word) for word in words):
        return np.zeros(len(words))
    own, first, count = np.array([_digits(word) for word in words], dtype=np.int64).T
    kept = any(ZEROS_KEPT.search(word) for word in words)
    units = _power(own if kept else np.minimum(own, np.maximum(own.min(), first - count.max() + 1)))
    units[[EXACT_ZERO.fullmatch(word) is not None for word in words]] = 0.0
    return units


def _power(tens: Integers) -> Floats:
    powers: Floats = 10.0 ** np.clip(tens, -300, 300).astype(np.float64)
    return powers


def _digits(word: str) -> tuple[int, int, int]:
    """Powers of ten of the last printed digit and of the first that is not 0, and how many digits are significant."""
    found = NUMBER.fullmatch(word.strip())
    if found is None:
        raise ValueError("not a plain number")
    whole, part, power = found[1], found[2], int(found[3] or 0)
    last = power - len(part)
    significant = len((whole + part).lstrip("0"))
    return last, last + max(significant, 1) - 1, significant


def significant_digits(word: str) -> int:
    """How many digits of a printed number are significant. Raises ValueError."""
    return _digits(word)[2]


def _are_single(values: Floats, words: Sequence[str]) -> bool:
    """Do the numbers show the bits of floats of 4 bytes, written out with all their digits?"""
    if max((_digits(word)[2] for word in words), default=0) <= SHORT:
        return False
    with np.errstate(over="ignore"):
        return bool((values.astype(np.float32).astype(np.float64) == values).all())


def _largest(values: Floats) -> float:
    return float(np.abs(values).max(initial=0.0))
