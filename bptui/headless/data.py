"""``bptui data``: what was understood of data before anything is trained on them, and pictures of the first samples."""

from collections.abc import Iterator
from itertools import islice
from textwrap import wrap

import numpy as np

from bptui.data.dataset import Dataset, Floats, Split
from bptui.data.digits import shortest
from bptui.data.inputs import moments, ranges, unit_of
from bptui.scenario import Scenario
from bptui.views.glyphs import BARS
from bptui.views.grounds import picture
from bptui.views.text import beside, cells, cut, left, right

WIDTH = 80
NAME, NUMBER = 28, 13
LISTED = 24  # inputs that get a row each
CLASSES = 30  # that are named with their counts
PICTURES = 24  # samples drawn
GAP = 2


def described(scenario: Scenario, plot: bool) -> Iterator[str]:
    """A line each: file, target, classes, split, scale, inputs with their ranges, notices. Raises ScenarioError."""
    data, rows = scenario.samples()
    yield from about(scenario, data, rows)
    yield ""
    yield from inputs(data)
    for notice in scenario.notices:
        yield from wrapped("notice", notice)
    if plot:
        yield ""
        yield from pictures(data)


def about(scenario: Scenario, data: Dataset, rows: Split) -> Iterator[str]:
    """The data as a whole."""
    classes, numbers = len(data.classes), data.y.shape[1]
    outputs = (
        f"{classes} class{'es' * (classes > 1)}" if classes else f"{numbers} number{'s' * (numbers > 1)} to predict"
    )
    counts = [
        f"{count} {what}{'s' * (count > 1)}" for count, what in ((len(data), "sample"), (data.x.shape[1], "input"))
    ]
    yield from wrapped(data.name, f"{', '.join(counts)}, {outputs}")
    yield from wrapped("file", data.file or f"{data.source}, {data.licence}")
    for line in data.read:
        what, _, more = line.partition(": ")
        yield from wrapped(what, more) if more and cells(what) < NAME else wrapped("", line)
    yield from targets(data)
    trained = f"{len(rows.train)} sample{'s' * (len(rows.train) > 1)} to train on"
    tested = f"{len(rows.test)} to test" if len(rows.test) else "none to test"
    whose = " (the data's own)" if data.tests else ""
    if data.writers is not None and len(rows.test):
        whose = f" (of {len(np.unique(data.writers[rows.test]))} writers, none of whom is trained on)"
    yield from wrapped(
        "split",
        f"{trained}, {tested}{whose}; seed {scenario.data.seed}",
    )
    yield from wrapped(
        "scale", "none: inputs go into the network as they are" if not data.scaling else data.scaling.said
    )
    if data.image:
        yield from wrapped("image", f"{data.image[0]} × {data.image[1]} pixels, white is {shortest(data.white)}")


def targets(data: Dataset) -> Iterator[str]:
    """Classes with their counts, or the ranges of the numbers to be predicted."""
    labels = data.labels
    if labels is None:
        names = data.outputs or tuple(f"y{k}" for k in range(data.y.shape[1]))
        for k, name in enumerate(names[:LISTED]):
            y = data.y[:, k]
            low, high, mean = (shortest(float(it)) for it in (y.min(), y.max(), y.mean()))
            yield from wrapped("numbers", f"{name} from {low} to {high}, mean {mean}")
        return
    counts = np.bincount(labels, minlength=len(data.classes)).tolist()
    named = [f"{name} ({count})" for name, count in zip(data.classes, counts, strict=True)]
    more = f", and {len(named) - CLASSES} more" if len(named) > CLASSES else ""
    yield from wrapped("classes", ", ".join(named[:CLASSES]) + more)


def wrapped(what: str, words: str) -> Iterator[str]:
    """A name, and beside it what is said of it in lines of a page's width."""
    for k, line in enumerate(wrap(words, WIDTH - 10, break_on_hyphens=False) or [""]):
        yield f"{left(what if k == 0 else '', max(9, cells(what)) if k == 0 else 9)} {line}".rstrip()


def inputs(data: Dataset) -> Iterator[str]:
    """A row an input with its range, mean and deviation; of pictures one row for all."""
    low, high, mean, deviation = statistics(data)
    yield left("input", NAME) + "".join(right(word, NUMBER) for word in ("from", "to", "mean", "deviation"))
    constant = int((low == high).sum())
    if data.image:
        unit = unit_of(np.maximum(-low.min(), high.max()))
        squares = ((deviation / unit) ** 2 + (mean / unit) ** 2).mean() - (mean.mean() / unit) ** 2
        yield row(f"all {len(low)} pixels", (low.min(), high.max(), mean.mean(), float(np.sqrt(squares) * unit)))
    else:
        names = data.features or tuple(f"x{k}" for k in range(len(low)))
        for name, *numbers in islice(zip(names, low, high, mean, deviation, strict=True), LISTED):
            yield row(name, tuple(numbers))
        if len(names) > LISTED:
            yield f"and {len(names) - LISTED} more"
    if constant:
        yield f"{constant} of {len(low)} inputs are the same in every sample"


def row(name: str, numbers: tuple[float, ...]) -> str:
    return left(cut(name, NAME), NAME) + "".join(right(shortest(float(it)), NUMBER) for it in numbers)


def statistics(data: Dataset) -> tuple[Floats, Floats, Floats, Floats]:
    """Lowest, highest, mean and standard deviation of each input as the file has it, (i,)."""
    return *ranges(data.x), *moments(data.x)


def pictures(data: Dataset) -> Iterator[str]:
    """The first samples: as pictures side by side, else a bar for each input, as high as it stands in its column."""
    if not data.image:
        yield from bars(data)
        return
    rows, columns = data.image
    across = max(WIDTH // (max(columns, 6) + GAP), 1)
    greys = np.asarray(data.x[:PICTURES], dtype=np.float64).reshape(-1, rows, columns) / data.white
    for first in range(0, min(len(greys), PICTURES), across):
        size = max(columns, 6) + GAP
        tiles = []
        for k in range(first, min(first + across, len(greys))):
            head = ((f"{k} {label(data, k)}", "dim"),)
            tiles.append(([head, *picture(greys[k], colour=False)], size))
        for line in beside(tiles, rows + 1):
            yield "".join(text for text, _ in line).rstrip()


def bars(data: Dataset) -> Iterator[str]:
    low, high, _, _ = statistics(data)
    size = np.where(high > low, high - low, 1.0)
    for k, x in enumerate(np.asarray(data.x[:PICTURES], dtype=np.float64)):
        share = ((x - low) / size)[: WIDTH - NAME]
        yield f"{k:>4} " + "".join(BARS[round(float(it) * (len(BARS) - 1))] for it in share) + f"  {label(data, k)}"


def label(data: Dataset, k: int) -> str:
    """The class of a sample, or its numbers."""
    labels = data.labels
    return data.classes[labels[k]] if labels is not None else " ".join(shortest(float(it)) for it in data.y[k])
