"""Never silent nonsense: what about a file makes training pointless or slow, each with the option that cures it."""

from dataclasses import replace

import numpy as np

from bptui.data.dataset import Dataset
from bptui.data.digits import shortest
from bptui.data.inputs import ranges
from bptui.data.other_targets import LABELS, named, option, other_target

WIDE = 30.0  # times that one column spreads more than another
LARGE = 20.0  # of inputs, beyond which units saturate
FEW = 10  # classes, and rows of each
LEAST_COLUMNS = 3
MANY = 20  # classes of whole numbers that may as well be amounts
MOST_LABELS = 62  # digits and letters
LEAST_SIDE = 5
LEAST_ID = 1000
MOSTLY = 0.95
SAMPLE = 500  # rows that are looked at
COLUMNS = 4  # the first ones, of which one may count the rows
ID_NAMES = ("id", "index", "row", "no", "nr", "number", "unnamed: 0", "#", "key")


def noticed(data: Dataset) -> Dataset:
    """The data with what a person should know of them, the gravest first."""
    found = [*(about_target(data) or filter(None, [other_target(data)])), *about_columns(data)]
    return replace(data, notices=(*found, *data.notices))


def about_target(data: Dataset) -> list[str]:
    """A target that is none, or the wrong column."""
    pixel = pixel_target(data)
    if pixel:
        return [pixel]
    name = data.outputs[0] if data.outputs else "the target"
    if not data.classes and first_is_class(data):
        first = data.features[0]
        return [f"{first} looks like a class, and the target is the last column; --target {first_option(data)}"]
    if not data.classes:
        same = np.ptp(data.y, axis=0) == 0
        return (
            [f"{name} is {shortest(data.y[0, 0])} in every row: nothing to learn; --target NAME takes another"]
            if same.all()
            else []
        )
    if len(data.classes) == 1:
        return [f"only one class ({data.classes[0]}): nothing to tell apart; --target NAME takes another column"]
    if len(data.classes) > max(len(data) / 2, 2):
        numbers = all(name.isdigit() for name in data.classes)
        cure = "--as numbers predicts them as numbers" if numbers else "--target NAME takes another column"
        return [f"{len(data.classes)} classes for {len(data)} samples; {cure}"]
    if len(data.classes) > MANY and all(name.isdigit() for name in data.classes):
        return [f"{len(data.classes)} whole numbers are taken as classes; --as numbers predicts them"]
    return []


def first_is_class(data: Dataset) -> bool:
    """Is the first column named like a target, or one of a few whole numbers beside others that are none?"""
    if not data.features or data.x.shape[1] < LEAST_COLUMNS:
        return False
    values, counts = np.unique(np.asarray(data.x[:SAMPLE, 0], dtype=np.float64), return_counts=True)
    few = 2 <= len(values) <= FEW and bool((values % 1 == 0).all()) and int(counts.min()) >= FEW
    return few and (data.features[0].lower() in LABELS or data.features[0] == "x0")


def first_option(data: Dataset) -> str:
    """How the first column is asked for."""
    return option(data, data.features[0]) if data.features and named(data) else "first"


def pixel_target(data: Dataset) -> str:
    """Label-first files of images: the last column is a pixel in a corner, the first one the label; else "" ."""
    side = round(data.x.shape[1] ** 0.5)
    if side < LEAST_SIDE or side * side != data.x.shape[1]:
        return ""
    x = np.asarray(data.x[:SAMPLE], dtype=np.float64)
    labels, pixels = x[:, 0], x[:, 1:]
    whole = bool((labels % 1 == 0).all()) and 1 < len(np.unique(labels)) <= MOST_LABELS
    corner = data.labels if data.classes else data.y[:, 0]
    assert corner is not None
    _, counts = np.unique(corner, return_counts=True)
    alike = counts.max() > 0.5 * len(data)
    if not (whole and alike and pixels.min() >= 0 and labels.max() < MOST_LABELS):
        return ""
    if (
        not (data.features[:1] and data.features[0].lower() in LABELS)
        and pixels.max() <= 2 * labels.max()
        and pixels.max() > 1
    ):
        return ""
    name = first_option(data)
    return f"the target looks like a pixel, the first column like the label; --target {name}"


def about_columns(data: Dataset) -> list[str]:
    """A column that only counts, and columns that need scaling."""
    out = []
    large, name = large_target(data), counting(data)
    if large:
        out.append(large)
    if name:
        out.append(f"{name} only counts the rows; --drop {0 if name == 'x0' else option(data, name)}")
    elif tells_apart(data):
        first = data.features[0]
        out.append(f"{first} is another whole number in nearly every row, as an id is; --drop {option(data, first)}")
    return out


def large_target(data: Dataset) -> str:
    """Of numbers to be predicted that are so large that the first steps are long; "" where they are not."""
    size = np.abs(data.y).max(axis=0)
    if data.classes or size.max() <= LARGE or not np.ptp(data.y, axis=0).any():
        return ""
    most = int(size.argmax())
    name = data.outputs[most] if data.outputs else "the target"
    return f"{name} reaches {shortest(size[most], 3)}, and errors with it: a smaller --lr, or divide it in the file"


def tells_apart(data: Dataset) -> bool:
    """Is the first column of a file without names one of large whole numbers, nearly each another?"""
    if named(data) or len(data) < MANY or data.x.shape[1] < 2 or data.image:
        return False
    values = np.asarray(data.x[:, 0], dtype=np.float64)
    return bool((values % 1 == 0).all() and values.min() >= LEAST_ID and len(np.unique(values)) > MOSTLY * len(values))


def counting(data: Dataset) -> str:
    """The name of a column of inputs that is one more in every row, or is called so and has no value twice; else ""."""
    if len(data) < 5:
        return ""
    for place, name in enumerate(data.features[:COLUMNS]):
        values = np.asarray(data.x[: len(data) - data.tests, place], dtype=np.float64)
        steps = np.diff(values)
        if (steps == 1).all():
            return name
        if name.lower().strip("_ ") in ID_NAMES and len(np.unique(values)) == len(values):
            return name
    return ""


def needs_scaling(data: Dataset) -> str:
    """What is to be said of inputs that go into the network as they are; "" where they may."""
    if data.scaling is not None:
        return ""
    low, high = ranges(data.x)
    spread, size = high - low, np.maximum(np.abs(low), np.abs(high))
    real = np.flatnonzero(spread > 0)
    if len(real) == 0:
        return ""
    if data.image:
        if size.max() <= LARGE:
            return ""
        return f"pixels reach {shortest(size.max())}; --scale {shortest(data.white)} brings them to 1"
    most, least = real[spread[real].argmax()], real[spread[real].argmin()]
    names = data.features or tuple(f"x{k}" for k in range(data.x.shape[1]))
    if spread[most] > WIDE * spread[least]:
        wide, narrow = (f"{names[k]} by {shortest(spread[k], 3)}" for k in (most, least))
        return f"columns of very different scale: {wide}, {narrow}; --scale standard"
    if size.max() > LARGE:
        where = size.argmax()
        return f"inputs reach {shortest(size[where], 3)} ({names[where]}) and saturate units; --scale standard"
    return ""
