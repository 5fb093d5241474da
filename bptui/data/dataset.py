"""A data set: inputs, targets, and what is needed to name and draw them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bptui.data.clean import clean
from bptui.data.error import DataError
from bptui.data.inputs import KINDS, LARGE, ROWS, Floats, Inputs, Integers, Scale, Scaling, fitted, with_means

__all__ = ["DataError", "Dataset", "Floats", "Integers", "Split", "one_hot", "split"]
LARGEST = 1e300
"""In size, of inputs and targets: how far apart more can be is not finite."""


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """x is N × i and y is N × o, both finite and of :data:`LARGEST` at most; y is float64, x may be stored more shortly
    (:data:`inputs.KINDS`).

    ``classes`` names the columns of y when they are classes (one-hot, or a single column of 0 and 1 for two classes);
    () for regression, where ``outputs`` may name them. ``image`` is (rows, columns) when an input is a grey picture
    from 0 to ``white``. ``writers`` says who made each sample, as a number from 0, (N,), where that is known: a test
    then holds out whole writers. The last ``tests`` samples are for testing only. ``scaling`` is what x goes through on
    its way into a network. ``gaps`` (N × i) are the numbers of x that were missing: :meth:`scaled` fills them. ``file``
    says what the file is, ``read`` more of what was made of it, ``notices`` what a person should know."""

    name: str
    x: NDArray[Any]
    y: Floats
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    image: tuple[int, int] | None = None
    source: str = "made by bptui"
    licence: str = "MIT"
    writers: Integers | None = None
    outputs: tuple[str, ...] = ()
    white: float = 1.0
    tests: int = 0
    scaling: Scaling | None = None
    gaps: NDArray[np.bool_] | None = None
    file: str = ""
    read: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", clean(self.name))
        for key in ("classes", "features", "outputs", "read", "notices"):
            object.__setattr__(self, key, tuple(map(clean, getattr(self, key))))
        for what, array, kinds in (("x", self.x, KINDS), ("targets", self.y, ("float64",))):
            if array.ndim != 2 or array.dtype.name not in kinds:
                raise DataError(f"{self.name}: {what} must be a table of numbers")
            if array.dtype.kind == "f":
                refuse_too_large(self.name, what, array)
            array.flags.writeable = False
        if len(self.x) == 0 or len(self.x) != len(self.y):
            raise DataError(f"{self.name}: {len(self.x)} inputs and {len(self.y)} targets")

    def __len__(self) -> int:
        return len(self.x)

    def inputs(self, rows: Integers) -> Floats | Inputs:
        """What a network gets of these rows: scaled; where x is stored shortly or is large, gathered as it is used."""
        if self.x.dtype != np.float64 or self.x.nbytes > LARGE:
            return Inputs(self.x, rows, self.scaling)
        found: Floats = self.x[rows]
        return self.scaling.apply(found) if self.scaling else found

    def given(self, x: NDArray[Any]) -> Floats:
        """What a network gets where these inputs (… × i) stand in the file."""
        found = x.astype(np.float64)
        return self.scaling.apply(found) if self.scaling else found

    def scaled(self, rows: Integers, how: Scale) -> "Dataset":
        """The same data scaled as these rows, the training samples, need it; what is missing becomes the mean of its
        column over the rows where it is not."""
        whole = self if self.gaps is None else replace(self, x=with_means(self.x, rows, self.gaps))
        return replace(whole, scaling=fitted(whole.x, rows, how))

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

    With all rows and no test the order is the data's own. Data that bring their own test samples are tested on these,
    and ``samples`` are chosen among the others. Raises DataError when more rows are asked for than there are, or none
    would be left to train on.
    """
    if data.tests:
        return own_split(data, samples, test_fraction, seed)
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


def own_split(data: Dataset, samples: int | None, test_fraction: float, seed: int) -> Split:
    """The split of data with test samples of their own, which stand last. Raises DataError."""
    if test_fraction:
        raise DataError(f"{data.name} has its own {data.tests} test samples; leave test_fraction out")
    count = len(data) - data.tests
    if samples is not None and samples > count:
        raise DataError(f"{data.name} has {count} training samples, {samples} were asked for")
    train = np.arange(count)
    if samples is not None and samples < count:
        train = np.sort(np.random.default_rng([seed, 2]).permutation(count)[:samples])
    return Split(train, np.arange(count, len(data)))


def refuse_too_large(name: str, what: str, array: NDArray[Any]) -> None:
    """Raises DataError that names the first number that is not finite, or too large to reckon with; looks at a
    thousand rows at a time."""
    largest = LARGEST if array.dtype == np.float64 else np.finfo(array.dtype).max
    for start in range(0, len(array), ROWS):
        wrong = ~(np.abs(array[start : start + ROWS]) <= largest)
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            place, value = f"{name}: {what}[{start + row}][{column}]", array[start + row, column]
            if np.isfinite(value):
                raise DataError(f"{place} is {value:g}, more than {LARGEST:g} in size: change its unit")
            raise DataError(f"{place} is not a finite number")


def one_hot(labels: Integers, classes: int) -> Floats:
    """Targets N × classes with a 1 in each sample's class."""
    return np.eye(classes)[labels]
