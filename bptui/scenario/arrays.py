"""A scenario's three parts from arrays that are in memory, checked as a file's are."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bptui.data import Dataset
from bptui.data.dataset import DataError, Floats, one_hot
from bptui.data.pictures import recognised
from bptui.scenario.accept import nearest, shown
from bptui.scenario.choices import DataChoice, NetworkChoice
from bptui.scenario.keys import KEYS, OTHER_NAMES, READING
from bptui.scenario.reading import network_choice, section, settings_choice
from bptui.training.settings import Settings

HIDDEN, BATCH_SIZE = 8, 10
MOST_CLASSES = 1000
WRITTEN = ("name", "file", "x", "targets", "labels", "layers", *(key for key in READING if key != "image"))
"""Keys of a file that are arguments of their own here, or that arrays stand for."""
ARGUMENTS = {
    "x": "the argument x",
    "targets": "the argument y",
    "labels": "the argument y",
    "layers": "the argument layers",
    "file": "Scenario.of_data(path)",
}
"""What stands here for such a key."""


def parts_of(
    x: Any, y: Any, layers: Any, name: str, given: Mapping[str, Any]
) -> tuple[DataChoice, NetworkChoice, Settings]:
    """Data, network and settings. Raises ValueError (a DataError among them) with one plain sentence."""
    table = dataset(x, y, name)
    sizes = plain(layers) if layers is not None else [table.x.shape[1], HIDDEN, table.y.shape[1]]
    raw = sections_of({key: plain(value) for key, value in given.items()})
    raw["network"]["layers"] = sizes
    raw["training"] = {"loss": fitting_loss(table, sizes), "batch_size": BATCH_SIZE} | raw["training"]
    checked = {title: section(raw, title) for title in KEYS}
    shape = checked["data"].pop("image", None)
    table = recognised(table, tuple(shape)) if shape is not None else table
    data = DataChoice(table.name, None, table, **checked["data"])
    settings = settings_choice(checked["training"], data.order)
    return data, network_choice(checked["network"], settings.rules.loss), settings


def sections_of(given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Settings by their section: each key is in one of them only."""
    out: dict[str, dict[str, Any]] = {title: {} for title in KEYS}
    known = {key: title for title, keys in KEYS.items() for key in keys if key not in WRITTEN}
    for key, value in given.items():
        if key not in known:
            raise ValueError(f"unknown setting {shown(key)}{meant(key, known) or nearest(key, sorted(known))}")
        out[known[key]][key] = value
    return out


def meant(key: str, known: Mapping[str, str]) -> str:
    """``; here it is …`` for a name that other programs use, as for a key of a file; else nothing."""
    name = key.lower().replace("-", "_")
    ours = OTHER_NAMES.get(name, name)
    if " " in ours:
        return f"; {ours}"
    ours = ARGUMENTS.get(ours, ours)
    return f"; here it is {ours}" if ours != key and (ours in known or ours in ARGUMENTS.values()) else ""


def plain(value: Any) -> Any:
    """Tuples, arrays and numpy's numbers as the lists and numbers that a file would hold."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return [plain(item) for item in value] if isinstance(value, tuple | list) else value


def dataset(x: Any, y: Any, name: str) -> Dataset:
    """Copies of x (N × i) and y (N × o). Whole numbers, words, true and false in one dimension are class labels."""
    inputs, answers = table_of(x, "x"), np.asarray(y)
    if answers.ndim == 1 and answers.dtype.kind in "biuOUS":
        targets, classes = classes_of(answers)
    else:
        targets, classes = table_of(y, "y"), ()
    return Dataset(name, inputs, targets, classes, source="arrays")


def table_of(raw: Any, what: str) -> Floats:
    """A copy as float64, one column where there is one dimension."""
    try:
        array = np.array(raw)
        if array.dtype.kind not in "biufO":
            raise ValueError
        array = array.astype(np.float64)
    except (ValueError, TypeError):
        raise DataError(f"{what}: not a table of numbers, rows of the same length") from None
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        how = "reshape pictures to (samples, pixels)" if array.ndim > 2 else "one row per sample"
        raise DataError(f"{what}: 1 or 2 dimensions expected, got shape {array.shape}; {how}")
    if 0 in array.shape:
        raise DataError(f"{what}: nothing in it, its shape is {array.shape}")
    return array


def classes_of(labels: np.ndarray) -> tuple[Floats, tuple[str, ...]]:
    """One column per class, in the order of the labels sorted, and what the classes are called."""
    try:
        found, numbers = np.unique(labels, return_inverse=True)
    except TypeError:
        raise DataError("y: labels of several kinds; make them all words or all whole numbers") from None
    if len(found) == 0:
        raise DataError("y: nothing in it")
    if len(found) > MOST_CLASSES:
        raise DataError(f"y: {len(found)} different labels; targets that are no classes are floats: y.astype(float)")
    return one_hot(numbers, len(found)), tuple(map(str, found.tolist()))


def fitting_loss(table: Dataset, sizes: Any) -> str:
    """The usual loss of these data: of classes cross-entropy, binary where one output says which of two."""
    if not table.classes:
        return "half-squared-error"
    single = isinstance(sizes, list) and sizes[-1:] == [1] and len(table.classes) == 2
    return "binary-cross-entropy" if single else "cross-entropy"
