"""The built-in data sets: real ones, letters, points in the plane, curves, and the truth tables."""

from collections.abc import Callable
from dataclasses import dataclass
from math import pi

import numpy as np

from bptui.data.dataset import DataError, Dataset, Floats, one_hot
from bptui.data.shipped import asset

Maker = Callable[[int, np.random.Generator], Dataset]


def digits(samples: int, rng: np.random.Generator) -> Dataset:
    with np.load(asset("data", "digits.npz"), allow_pickle=False) as stored:
        pixels, labels = stored["x"], stored["labels"].astype(np.int64)
    return Dataset(
        "digits",
        pixels.astype(np.float64) / 16.0,
        one_hot(labels, 10),
        classes=tuple("0123456789"),
        image=(8, 8),
        source="UCI Optical Recognition of Handwritten Digits (E. Alpaydin, C. Kaynak), scikit-learn's copy",
        licence="CC BY 4.0",
    )


def letters(samples: int, rng: np.random.Generator) -> Dataset:
    with np.load(asset("data", "letters.npz"), allow_pickle=False) as stored:
        pixels, labels, writers = stored["x"], stored["labels"].astype(np.int64), stored["writers"].astype(np.int64)
    return Dataset(
        "letters",
        pixels.astype(np.float64) / 15.0,
        one_hot(labels, 26),
        classes=tuple("abcdefghijklmnopqrstuvwxyz"),
        image=(12, 12),
        source="40 open handwriting typefaces, not scans; their authors stand in assets/data/letters.md",
        licence="OFL-1.1, Apache-2.0",
        writers=writers,
    )


def iris(samples: int, rng: np.random.Generator) -> Dataset:
    lines = asset("data", "iris.csv").read_text(encoding="utf-8").splitlines()
    features = tuple(lines[0].split(",")[:4])
    rows = [line.split(",") for line in lines[1:]]
    x = np.array([[float(cell) for cell in row[:4]] for row in rows])
    names = sorted({row[4] for row in rows})
    labels = np.array([names.index(row[4]) for row in rows])
    return Dataset(
        "iris",
        (x - x.mean(axis=0)) / x.std(axis=0),
        one_hot(labels, 3),
        classes=tuple(names),
        features=features,
        source="UCI Iris (R. A. Fisher), scikit-learn's copy",
        licence="CC BY 4.0",
    )


def truth_table(name: str, outputs: list[int]) -> Maker:
    def make(samples: int, rng: np.random.Generator) -> Dataset:
        x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
        y = np.array(outputs, dtype=np.float64)[:, None]
        return Dataset(name, x, y, classes=("0", "1"), features=("x0", "x1"))

    return make


def two_classes(name: str, draw: Callable[[int, int, np.random.Generator], Floats]) -> Maker:
    """Points in the plane: ``draw(class, count, rng)`` gives count × 2; classes alternate row by row."""

    def make(samples: int, rng: np.random.Generator) -> Dataset:
        x, y = np.empty((samples, 2)), np.zeros((samples, 1))
        for label in (0, 1):
            x[label::2] = draw(label, len(x[label::2]), rng)
            y[label::2] = label
        return Dataset(name, x, y, classes=("0", "1"), features=("x0", "x1"))

    return make


def draw_circles(label: int, count: int, rng: np.random.Generator) -> Floats:
    angle, radius = rng.uniform(0, 2 * pi, count), (1.0, 0.4)[label] + rng.normal(0, 0.08, count)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def draw_spiral(label: int, count: int, rng: np.random.Generator) -> Floats:
    along = np.linspace(0.1, 1.0, count)
    angle = 3.5 * along * pi / 1.5 + label * pi
    return np.column_stack([along * np.cos(angle), along * np.sin(angle)]) + rng.normal(0, 0.02, (count, 2))


def draw_gaussians(label: int, count: int, rng: np.random.Generator) -> Floats:
    centre = np.array([[-0.6, -0.4], [0.6, 0.4]])[label]
    return centre + rng.normal(0, 0.4, (count, 2))


def draw_moons(label: int, count: int, rng: np.random.Generator) -> Floats:
    angle = rng.uniform(0, pi, count)
    moon = np.column_stack([np.cos(angle), np.sin(angle)])
    if label:
        moon = np.array([1.0, 0.5]) - moon
    return moon - np.array([0.5, 0.25]) + rng.normal(0, 0.1, (count, 2))


def sine(samples: int, rng: np.random.Generator) -> Dataset:
    x = rng.uniform(-1.0, 1.0, (samples, 1))
    y = np.sin(pi * x) + rng.normal(0, 0.05, (samples, 1))
    return Dataset("sine", x, y, features=("x0",))


def plane(samples: int, rng: np.random.Generator) -> Dataset:
    x = rng.uniform(-1.0, 1.0, (samples, 2))
    y = 0.7 * x[:, :1] - 0.4 * x[:, 1:] + 0.2 + rng.normal(0, 0.02, (samples, 1))
    return Dataset("plane", x, y, features=("x0", "x1"))


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """``size`` is the number of samples stored, or None when as many are made as one asks for."""

    make: Maker
    size: int | None
    about: str


BUILT_IN: dict[str, BuiltIn] = {
    "digits": BuiltIn(digits, 1797, "real handwritten digits, 8 × 8 pixels, 10 classes"),
    "letters": BuiltIn(letters, 1040, "letters a … z in 40 handwriting typefaces, 12 × 12 pixels, 26 classes"),
    "iris": BuiltIn(iris, 150, "real iris flowers, 4 lengths, 3 species"),
    "xor": BuiltIn(truth_table("xor", [0, 1, 1, 0]), 4, "the truth table of exclusive or"),
    "and": BuiltIn(truth_table("and", [0, 0, 0, 1]), 4, "the truth table of and"),
    "circles": BuiltIn(two_classes("circles", draw_circles), None, "a ring around a ring, 2 classes"),
    "spiral": BuiltIn(two_classes("spiral", draw_spiral), None, "two spiral arms, 2 classes"),
    "gaussians": BuiltIn(two_classes("gaussians", draw_gaussians), None, "two overlapping clouds, 2 classes"),
    "moons": BuiltIn(two_classes("moons", draw_moons), None, "two half moons, 2 classes"),
    "sine": BuiltIn(sine, None, "one period of a sine with noise, regression"),
    "plane": BuiltIn(plane, None, "a tilted plane with noise, regression"),
}
LARGEST_MADE = 1_000_000


def load(name: str, samples: int | None, seed: int) -> Dataset:
    """The built-in data set of that name; sets that are made have ``samples`` rows (200 unless said).

    Raises DataError for an unknown name or an impossible number of samples.
    """
    if name not in BUILT_IN:
        raise DataError(f"unknown data set {name!r}; one of {', '.join(BUILT_IN)}")
    built_in = BUILT_IN[name]
    if samples is not None:
        limit = built_in.size or LARGEST_MADE
        if not 1 <= samples <= limit:
            raise DataError(f"{name} has 1 to {limit} samples, {samples} were asked for")
    return built_in.make(samples or 200, np.random.default_rng([seed, 3]))
