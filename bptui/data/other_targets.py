"""Where another column, or several, may be what was meant to be learnt: each with the option that takes it."""

import re

import numpy as np

from bptui.data.dataset import Dataset, Floats
from bptui.data.digits import shortest
from bptui.data.table import PLACE

FEW = 10  # different values that may be classes, and rows of each
SHOWN = 3  # words of a column
LABELS = ("label", "labels", "class", "digit", "letter", "target", "y")
NUMBERED = re.compile(r"x(\d{1,6})", re.ASCII)


def named(data: Dataset) -> bool:
    """Did the file say what its columns are called?"""
    return "no header line" not in data.file and not data.file.startswith(".npy")


def option(data: Dataset, name: str) -> str:
    """How a column is named on the command line."""
    place = None if named(data) else PLACE.fullmatch(name) or NUMBERED.fullmatch(name)
    if place:
        return place[1]
    return f"'{name}'" if " " in name else name


def target_of(data: Dataset) -> str:
    """The name of the target; "" where the file has none."""
    told = next((line for line in data.read if line.startswith("target: ")), "")
    return told.removeprefix("target: ")


def in_turn(data: Dataset) -> str:
    """Columns at the end of which one is 1 and the others 0 in every row, with the last one taken for the target."""
    name, labels = target_of(data), data.labels
    if not name or labels is None or data.classes != ("0", "1"):
        return ""
    total: Floats = labels.astype(np.float64)
    for k in reversed(range(len(data.features))):
        column = np.asarray(data.x[:, k], dtype=np.float64)
        if "=" in data.features[k] or not ((column == 0) | (column == 1)).all():
            return ""
        total += column
        if (total == 1).all():
            columns = [*data.features[k:], name]
            who = f"{columns[0]} to {name}" if len(columns) > 2 else f"{columns[0]} and {name}"
            asked = ",".join(option(data, each) for each in columns)
            return f"{who}: one of them is 1 in every row; --target {asked} --as classes"
    return ""


def few_numbers(data: Dataset) -> str:
    """A few whole numbers below 0 too, which are predicted as numbers."""
    if data.classes or data.y.shape[1] > 1:
        return ""
    values, counts = np.unique(data.y[:, 0], return_counts=True)
    if not (1 < len(values) <= FEW and (values % 1 == 0).all() and values.min() < 0 and counts.min() >= FEW):
        return ""
    listed = ", ".join(shortest(value) for value in values.tolist())
    return f"{data.outputs[0] if data.outputs else 'the target'} is only ever {listed}; --as classes takes them so"


def of_words(data: Dataset) -> str:
    """The only column of words in a file without names, where the target is another, of numbers."""
    words: dict[str, list[str]] = {}
    for name in data.features:
        column, is_word, word = name.partition("=")
        if is_word:
            words.setdefault(column, []).append(word)
    if not words or named(data) or len(words) > 1 or not all(name.lstrip("-").isdigit() for name in data.classes):
        return ""
    first = next(iter(words))
    some = ", ".join(words[first][:SHOWN]) + (" …" if len(words[first]) > SHOWN else "")
    return f"{first} alone is of words ({some}); if they are the classes, --target {option(data, first)}"


def called_a_class(data: Dataset) -> str:
    """A first column whose name says that it is the class, where the target is another that does not."""
    target = target_of(data)
    if not (named(data) and data.features and target) or target.lower() in LABELS:
        return ""
    first, is_word, _ = data.features[0].partition("=")
    if first.lower() not in LABELS:
        return ""
    values, counts = np.unique(np.asarray(data.x[:, 0], dtype=np.float64), return_counts=True)
    few = bool(is_word) or (len(values) <= FEW and (values % 1 == 0).all() and counts.min() >= FEW)
    return f"{first} looks like a class, and the target is {target}; --target {option(data, first)}" if few else ""


def other_target(data: Dataset) -> str:
    """The first of these that is to be said; "" for none."""
    return in_turn(data) or few_numbers(data) or called_a_class(data) or of_words(data)
