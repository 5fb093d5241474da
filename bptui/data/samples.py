"""Samples as arrays of a file: inputs of any shape, with a label or with targets for each."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bptui.data.choosing import FILLED, OWN, Answers, filled, of_labels, of_numbers, refuse_many_classes
from bptui.data.dataset import DataError, Dataset, Floats, one_hot
from bptui.data.inputs import kept_kind
from bptui.data.pictures import recognised
from bptui.data.table import Wish


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """x (N, …) and y (N,) or (N, o); ``names`` of labels where the file's kind knows them; the last ``tests`` samples
    are for testing; ``notices`` as in a data set."""

    path: Path
    said: str
    x: NDArray[Any]
    y: NDArray[Any]
    names: dict[int, str] = field(default_factory=dict)
    tests: int = 0
    notices: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.x)


def dataset_of_samples(samples: Samples, wish: Wish) -> Dataset:
    """Raises DataError, also for wishes that need columns with names."""
    path = samples.path
    for wished, option in ((wish.target, "--target"), (wish.drop, "--drop")):
        if wished:
            raise DataError(f"{path}: {samples.said} has no columns to choose from; leave {option} out")
    if len(samples.x) != len(samples.y):
        across = samples.x.ndim == samples.y.ndim == 2 and samples.x.shape[1] == samples.y.shape[1]
        cure = "; a sample a row is read: x=x.T, y=y.T" if across else ""
        raise DataError(f"{path}: lengths differ: {len(samples.x)} inputs and {len(samples.y)} labels{cure}")
    if len(samples.x) == 0:
        raise DataError(f"{path}: no samples in it")
    x, image, notices = flat(samples)
    x, samples, gaps, read = without_gaps(x, samples, wish)
    y, classes = answers(samples, wish)
    data = Dataset(
        path.name.split(".")[0], kept_kind(x), y, classes, (), image, path.name, OWN,
        tests=samples.tests, gaps=gaps, file=samples.said, read=read, notices=(*samples.notices, *notices),
    )  # fmt: skip
    return recognised(data, wish.image)


def flat(samples: Samples) -> tuple[NDArray[Any], tuple[int, int] | None, tuple[str, ...]]:
    """x as N × i, the shape of its pictures, and what is to be said of that. Raises DataError."""
    x = samples.x
    if x.ndim == 4 and 1 in (x.shape[1], x.shape[3]):
        x = x.reshape(len(x), *(x.shape[2:] if x.shape[1] == 1 else x.shape[1:3]))
    if x.ndim == 2:
        return x, None, ()
    if x.ndim == 1:
        return x[:, None], None, ()
    if x.ndim == 3 and 0 not in x.shape:
        rows, columns = x.shape[1:]
        said = f"pictures of {rows} × {columns} are flattened to {rows * columns} inputs, row by row"
        return x.reshape(len(x), rows * columns), (rows, columns), (said,)
    cure = "; make colours grey first: x.mean(axis=-1)" if x.ndim == 4 else ""
    raise DataError(
        f"{samples.path}: inputs of shape {x.shape}; (samples, numbers) or (samples, rows, columns) expected{cure}"
    )


Gaps = NDArray[np.bool_] | None


def without_gaps(x: NDArray[Any], samples: Samples, wish: Wish) -> tuple[NDArray[Any], Samples, Gaps, tuple[str, ...]]:
    """Where a number of x (N × i) is nan: the samples without such ones, or filled up with which were missing, and what
    was done in words. Raises DataError where neither is said."""
    missing: NDArray[np.bool_] = np.isnan(x) if x.dtype.kind == "f" else np.zeros((0, 0), dtype=bool)
    if not missing.any():
        return x, samples, None, ()
    if wish.missing == "refuse":
        row, column = np.argwhere(missing)[0]
        raise DataError(
            f"{samples.path}: x[{row}][{column}] is nan, not a finite number; --missing drop leaves such samples out, "
            f"--missing mean fills them"
        )
    told = f"missing: {int(missing.sum())} numbers are nan"
    if wish.missing == "mean":
        filled_up, gaps = filled(x, len(x) - samples.tests)
        return filled_up, samples, gaps, (told, FILLED)
    kept = np.flatnonzero(~missing.any(axis=1))
    if len(kept) == 0:
        raise DataError(f"{samples.path}: every sample misses something; --missing mean fills inputs up")
    tests = int((kept >= len(x) - samples.tests).sum()) if samples.tests else 0
    left = replace(samples, x=samples.x[kept], y=samples.y[kept], tests=tests)
    return x[kept], left, None, (told, f"left out: {len(x) - len(kept)} samples")


def answers(samples: Samples, wish: Wish) -> Answers:
    """Targets: words and whole numbers are classes, and so is one 1 among zeros. Raises DataError."""
    y, file = samples.y, str(samples.path)
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.dtype.kind == "U":
        return of_words(file, y, wish)
    if y.dtype.kind not in "biuf" or y.ndim not in (1, 2):
        raise DataError(f"{file}: labels of dtype {y.dtype}, shape {y.shape}; one number or word a sample expected")
    values = y.astype(np.float64)
    if not np.isfinite(values).all():
        raise DataError(f"{file}: a label or target is not a finite number")
    if values.ndim == 2:
        return of_columns(file, values, wish)
    if samples.names and wish.kind != "numbers":
        return of_labels(file, values.astype(np.int64), samples.names)
    return of_numbers(file, values, wish.kind)


def of_words(file: str, y: NDArray[Any], wish: Wish) -> Answers:
    if wish.kind == "numbers" or y.ndim != 1:
        raise DataError(f"{file}: the labels are words; one for each sample, --as classes")
    there, codes = np.unique(y, return_inverse=True)
    refuse_many_classes(file, len(there))
    return one_hot(codes, len(there)), tuple(map(str, there))


def of_columns(file: str, values: Floats, wish: Wish) -> Answers:
    """Several numbers a sample: classes where one of them is 1 and the others 0."""
    marks = bool(((values == 0) | (values == 1)).all() and (values.sum(axis=1) == 1).all())
    if wish.kind == "numbers" or not marks:
        if wish.kind == "classes":
            raise DataError(f"{file}: targets of several numbers are classes where one is 1 and the others 0")
        return values, ()
    return values, tuple(str(k) for k in range(values.shape[1]))


def with_tests(samples: Samples, tests: Samples) -> Samples:
    """The samples, and behind them others that are for testing. Raises DataError."""
    if samples.x.shape[1:] != tests.x.shape[1:]:
        raise DataError(f"{tests.path}: inputs of shape {tests.x.shape[1:]}, training has {samples.x.shape[1:]}")
    if samples.tests:
        raise DataError(f"{samples.path}: it has {samples.tests} test samples of its own; leave test = … out")
    if samples.y.shape[1:] != tests.y.shape[1:] or samples.y.dtype.kind != tests.y.dtype.kind:
        raise DataError(f"{tests.path}: labels of another kind than in {samples.path.name}")
    x, y = np.concatenate([samples.x, tests.x]), np.concatenate([samples.y, tests.y])
    return replace(samples, x=x, y=y, tests=len(tests))
