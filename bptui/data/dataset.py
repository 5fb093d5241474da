"""A data set: inputs, targets, and what is needed to name and draw them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bptui.data.clean import clean

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class DataError(ValueError):
    """Data that cannot be used; the message is one plain line."""


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """x is N × i, y is N × o, both float64 and finite. ``classes`` names the columns of y when they are classes
    (one-hot, or a single column of 0 and 1 for two classes); () for regression. ``image`` is (rows, columns)
    when an input is a grey picture with values 0 … 1. ``writers`` says who made each sample, as a number from 0, (N,),
    where that is known: a test then holds out whole writers."""

    name: str
    x: Floats
    y: Floats
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    image: tuple[int, int] | None = None
    source: str = "made by bptui"
    licence: str = "MIT"
    writers: Integers | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", clean(self.name))
        object.__setattr__(self, "classes", tuple(map(clean, self.classes)))
        object.__setattr__(self, "features", tuple(map(clean, self.features)))
        for what, array in (("x", self.x), ("targets", self.y)):
            if array.ndim != 2 or array.dtype != np.float64:
                raise DataError(f"{self.name}: {what} must be a table of numbers")
            if not np.isfinite(array).all():
                row, column = np.argwhere(~np.isfinite(array))[0]
                raise DataError(f"{self.name}: {what}[{row}][{column}] is not a finite number")
            array.flags.writeable = False
        if len(self.x) == 0 or len(self.x) != len(self.y):
            raise DataError(f"{self.name}: {len(self.x)} inputs and {len(self.y)} targets")

    def __len__(self) -> int:
        return len(self.x)

    @property
    def labels(self) -> Integers | None:
        """Class number of every sample, (N,), or None for regression."""
        if not self.classes:
            return None
        if self.y.shape[1] == 1 and len(self.classes) == 2:
            return np.rint(self.y[:, 0]).astype(np.int64)
        return np.argmax(self.y, axis=1)

    def target(self, label: int) -> Floats:
        """The target (o,) of a class. Raises IndexError for one that is not there."""
        if not 0 <= label < len(self.classes):
            raise IndexError(f"no class {label}; there are {len(self.classes)}")
        outputs = self.y.shape[1]
        return np.array([float(label)]) if outputs == 1 else one_hot(np.array([label]), outputs)[0]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Row numbers of a data set to train on and to test on (the test may be empty)."""

    train: Integers
    test: Integers


def split(data: Dataset, samples: int | None, test_fraction: float, seed: int) -> Split:
    """Choose ``samples`` rows (None: all) and hold a fraction of them back for testing: whole writers, where the data
    know theirs, so that the test asks for hands that were never seen.

    With all rows and no test the order is the data's own. Raises DataError when more rows are asked for than
    there are, or none would be left to train on.
    """
    n = len(data) if samples is None else samples
    if n > len(data):
        raise DataError(f"{data.name} has {len(data)} samples, {n} were asked for")
    held_out = round(n * test_fraction)
    if n - held_out < 1:
        raise DataError(f"{data.name}: no sample is left to train on")
    if n == len(data) and held_out == 0:
        return Split(np.arange(n), np.arange(0))
    rng = np.random.default_rng([seed, 2])
    if data.writers is not None and held_out:
        return split_by_writers(data, data.writers, n, test_fraction, rng)
    rows = rng.permutation(len(data))[:n]
    return Split(np.sort(rows[held_out:]), np.sort(rows[:held_out]))


def split_by_writers(data: Dataset, writers: Integers, n: int, test_fraction: float, rng: np.random.Generator) -> Split:
    """At least one writer for the test and one to train on; of both parts so many rows that there are n in all."""
    names = rng.permutation(np.unique(writers))
    if len(names) < 2:
        raise DataError(f"{data.name}: one writer; there is none to hold out for the test")
    out = min(max(round(len(names) * test_fraction), 1), len(names) - 1)
    tested = np.isin(writers, names[:out])
    rows = rng.permutation(len(data))
    test, train = rows[tested[rows]], rows[~tested[rows]]
    held_out = round(n * len(test) / len(data))
    return Split(np.sort(train[: n - held_out]), np.sort(test[:held_out]))


def one_hot(labels: Integers, classes: int) -> Floats:
    """Targets N × classes with a 1 in each sample's class."""
    return np.eye(classes)[labels]
