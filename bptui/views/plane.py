"""The plane of two inputs: what the network, or one of its hidden units, answers at every place, and the samples."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bptui.engine.evaluate import activations
from bptui.engine.network import Network
from bptui.engine.types import Floats, Integers
from bptui.views.glyphs import largest_of
from bptui.views.grounds import area, blocks, glyph, grey, heat, joined
from bptui.views.layers import fitting
from bptui.views.numbers import num
from bptui.views.text import Row, Span, cut, first_fitting

MARGIN = 0.08  # of the range of the samples, on every side
SPOTS = "○×△□◇+*"
"""What a sample of each class is drawn with."""
HERE = "◆"


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """The part of the plane that is shown: lowest and highest of both inputs."""

    low: Floats
    high: Floats

    @classmethod
    def around(cls, x: Floats) -> "Window":
        """All samples (N × 2) and a margin."""
        low, high = x.min(axis=0), x.max(axis=0)
        size = np.where(high > low, high - low, np.maximum(np.abs(high), 1.0))
        return cls(low - MARGIN * size, high + MARGIN * size)

    def grid(self, columns: int, lines: int) -> Floats:
        """The middles of columns × lines fields, from the top line on: (lines · columns) × 2."""
        across = self.low[0] + (np.arange(columns) + 0.5) / columns * (self.high[0] - self.low[0])
        down = self.high[1] - (np.arange(lines) + 0.5) / lines * (self.high[1] - self.low[1])
        return np.stack([np.tile(across, lines), np.repeat(down, columns)], axis=1)

    def places(self, x: Floats, columns: int, lines: int) -> tuple[Integers, Integers]:
        """Column and line of each sample."""
        share = (x - self.low) / (self.high - self.low)
        across = np.clip((share[:, 0] * columns).astype(np.int64), 0, columns - 1)
        return across, np.clip(((1 - share[:, 1]) * lines).astype(np.int64), 0, lines - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """What is seen at each place of a plane, and what it says; ``grounds`` are lines of names of backgrounds,
    ``values`` (lines × columns) what they stand for."""

    grounds: list[list[str]]
    values: Floats
    legend: list[Span]


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """All that a map of the plane is made of. ``layer`` and ``unit`` are those of a hidden unit, or ``unit`` is None
    for the network's answer, of numbers that of ``output``; ``kinds`` are the samples' classes; ``batch`` rows of x,
    ``here`` the one of now; ``given`` makes of x what the network gets."""

    network: Network
    x: Floats
    y: Floats
    classes: tuple[str, ...]
    kinds: Integers | None
    batch: Integers
    here: int
    layer: int
    unit: int | None
    output: int
    names: tuple[str, str]
    title: str
    colour: bool
    given: Callable[[Floats], Floats]

    def field(self, columns: int, lines: int) -> Field:
        """The answers at the middles of so many fields; beside the samples, where alone the run stops at overflows, an
        infinite one is the largest there is, and one that is no number 0."""
        points = Window.around(self.x).grid(columns, lines)
        answers = np.nan_to_num(activations(self.network, self.layer, self.given(points)))
        if self.unit is not None:
            return self._of_unit(answers[:, self.unit].reshape(lines, columns))
        if not self.classes:
            return self._of_number(answers[:, self.output].reshape(lines, columns))
        if answers.shape[1] > 2:
            return self._of_classes(answers.reshape(lines, columns, -1))
        share = answers[:, 0] if answers.shape[1] == 1 else answers[:, 1] - answers[:, 0] + 0.5
        return self._of_two(2 * share.reshape(lines, columns) - 1)

    def _of_unit(self, values: Floats) -> Field:
        largest = largest_of(values)
        legend = [(f" {self.title} ", "strong"), ("▲", "heat 6"), (" positive ", "dim"), ("▼", "heat -6")]
        return Field(mapped(values, lambda v: heat(v, largest)), values, [*legend, (" negative", "dim")])

    def _of_two(self, values: Floats) -> Field:
        """Above 0 the second class is said, below 0 the first."""
        bounded = np.clip(values, -1.0, 1.0)
        first, second = self.classes[:2] if len(self.classes) > 1 else ("other", self.classes[0])
        legend = [
            (" answer ", "strong"),
            ("▲", "heat 6"),
            (f" {second} ", "text"),
            ("▼", "heat -6"),
            (f" {first}", "text"),
        ]
        return Field(mapped(bounded, lambda v: heat(v, 1.0)), bounded, legend)

    def _of_classes(self, answers: Floats) -> Field:
        said = np.argmax(answers, axis=2)
        legend: list[Span] = [(" answer ", "strong")]
        for kind, name in enumerate(self.classes):
            legend += [(f" {SPOTS[kind % len(SPOTS)]} {cut(name, 12)} ", f"spot|{area(kind)}"), (" ", "text")]
        return Field(mapped(said, lambda kind: area(int(kind))), said.astype(np.float64), legend)

    def _of_number(self, values: Floats) -> Field:
        """From the lowest target to the highest; where all are alike, with the answers to the samples."""
        known = targets = self.y[:, self.output]
        if targets.min() == targets.max():
            answers = activations(self.network, self.layer, self.x)[:, self.output]
            known = np.append(answers[np.isfinite(answers)], targets)
        low, high = float(known.min()), float(known.max())
        legend = [(f" {self.title} ", "strong"), (f"{num(low, 7)} dark, {num(high, 7)} bright", "dim")]
        return Field(mapped(values, lambda v: grey(v, low, high)), values, legend)


def mapped(values: Floats | Integers, ground: Callable[[float], str]) -> list[list[str]]:
    return [[ground(value) for value in line] for line in values.tolist()]


def plane_rows(plane: Plane, width: int, height: int) -> list[Row]:
    """What is shown, the plane with its samples, the ends of both axes."""
    rows = height - 2
    if rows < 1 or width < 4:
        return []
    field = plane.field(width, 2 * rows if plane.colour else rows)
    drawn = blocks(field.grounds) if plane.colour else glyphs(field)
    with_samples(plane, field, drawn)
    return [legend_row(plane, field, width), *map(joined, drawn), axes_row(plane, width)]


def glyphs(field: Field) -> list[list[Span]]:
    """A character a field, for terminals without colour."""
    largest = largest_of(field.values)
    return [
        [glyph(ground, value, largest) for ground, value in zip(grounds, values, strict=True)]
        for grounds, values in zip(field.grounds, field.values.tolist(), strict=True)
    ]


def with_samples(plane: Plane, field: Field, drawn: list[list[Span]]) -> None:
    """The samples over the plane: those of the batch over the others, the one of now over all."""
    lines, columns = field.values.shape
    across, down = Window.around(plane.x).places(plane.x, columns, lines)
    halves = lines // len(drawn)
    others = np.setdiff1d(np.arange(len(plane.x)), plane.batch)
    for rows, role in ((others, "spot"), (plane.batch, "lit"), (np.array([plane.here]), "lit")):
        for row in rows.tolist():
            column, line = int(across[row]), int(down[row])
            kind = 0 if plane.kinds is None else int(plane.kinds[row])
            char = HERE if row == plane.here else SPOTS[kind % len(SPOTS)]
            ground = f"|{field.grounds[line][column]}" if plane.colour else ""
            drawn[line // halves][column] = char, f"{role}{ground}" if ground else "strong" if role == "lit" else "text"


def legend_row(plane: Plane, field: Field, width: int) -> Row:
    """What the backgrounds and the characters stand for, as far as there is room."""
    legend = field.legend
    here: list[Span] = [("  ", "text"), (HERE, "lit-text"), (" this sample", "dim")]
    if plane.kinds is None or len(plane.classes) != 2:
        return first_fitting(([*legend, *here], legend), width)
    spots: list[Span] = [("  " + "  ".join(f"{SPOTS[k]} {name}" for k, name in enumerate(plane.classes)), "dim")]
    return first_fitting(([*legend, *spots, *here], [*legend, *spots], legend), width)


def axes_row(plane: Plane, width: int) -> Row:
    """From where to where both inputs go."""
    window, (first, second) = Window.around(plane.x), plane.names
    words = []
    for size in (7, 6, 5):
        a, b, c, d = (num(float(end[k]), size) for k in (0, 1) for end in (window.low, window.high))
        words.append(f" → {first} {a} … {b}  ↑ {second} {c} … {d}")
    return ((fitting(width, *words, f" → {cut(first, width // 2 - 4)} ↑ {cut(second, width // 2 - 4)}"), "dim"),)
