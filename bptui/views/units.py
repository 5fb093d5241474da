"""A layer as a column: one unit below the other, each with its name and its numbers."""

from collections.abc import Iterator
from dataclasses import dataclass

from bptui.diagnosis.number import Number
from bptui.engine.weight import Weight, sub
from bptui.explain.quantity import of_unit, target
from bptui.views.glyphs import EDITED, PENDING
from bptui.views.kept import OfRecord
from bptui.views.layers import (
    KINDS,
    OWN,
    Block,
    Symbol,
    fitting,
    has_own,
    head_role,
    heading,
    latest,
    marked_window,
    marks_target,
    more,
    numbers,
    own_number,
    selected_unit,
    unit_label,
    units_of,
)
from bptui.views.numbers import brief, num, sign_role
from bptui.views.scene import Scene
from bptui.views.text import Row, Span, cells, cut, left, right

NUMBER, SHORT_NUMBER = 7, 6
LONGEST_NAME, SHORTEST_NAME = 20, 2
FROM_ABOVE: tuple[Symbol, ...] = ("a", "own a", "t", "δ", "own δ", "z", "own z", "b")


class Names:
    """What the units of a layer are called, made once for all samples of an update. ``longest`` is the most columns a
    name may take."""

    def __init__(self, scene: Scene, layer: int) -> None:
        self._words = [unit_label(scene, layer, unit) for unit in range(units_of(scene, layer))]
        self._symbol = "x" if layer == 0 else ""
        self.longest = max(min(max(map(cells, self._words)), LONGEST_NAME), 1)
        self._within: dict[int, list[str]] = {}

    def within(self, width: int) -> list[str]:
        """Each in exactly ``width`` columns; the symbols where too little would be seen of the names to tell them
        apart."""
        if width not in self._within:
            apart = len({cut(name, width) for name in self._words}) == len({*self._words})
            named = apart and width >= min(self.longest, 4)
            words = self._words if named else [f"{self._symbol}{unit}" for unit in range(len(self._words))]
            self._within[width] = [left(each, width) for each in words]
        return self._within[width]


NAMES = OfRecord[Names]()


@dataclass(frozen=True, slots=True)
class Widths:
    """Columns of the names and of a number, and the symbols of numbers beside the first one."""

    name: int
    number: int
    beside: tuple[Symbol, ...]


class Column:
    """Units shared out over the height. ``lines`` are the numbers one below the other: a, target, δ, z and bias where
    there are rows for them, else those that matter most; a single line holds a, and δ once it is known."""

    wired = True

    def __init__(self, scene: Scene, layer: int, height: int) -> None:
        self.scene, self.layer = scene, layer
        units, rows = units_of(scene, layer), max(height - 1, 1)
        self.shown = marked_window(units, rows, max(selected_unit(scene, layer), 0))
        self.above, self.below = self.shown.start, units - self.shown.stop
        self.rows = max(rows - bool(self.above) - bool(self.below), 1)
        self.lines = told(scene, layer, self.rows // len(self.shown))
        self.beside = beside(scene, layer, len(self.lines))
        named = scene.data, scene.units, layer
        self.names = NAMES.get(scene.record, named, lambda: Names(scene, layer))
        self.longest = self.names.longest
        self.shortest = min(self.longest, SHORTEST_NAME)
        fixed = 1 + 1 + marks_target(scene, layer)
        self.least = fixed + self.shortest + SHORT_NUMBER
        self.usual = fixed + self.longest + NUMBER
        self.most = self.usual + (NUMBER + 1) * len(self.beside)

    def widths(self, width: int) -> Widths:
        """How ``width`` columns are spent: longer names first, then longer numbers, then numbers beside."""
        spare = max(width - self.least, 0)
        name = min(self.shortest + spare, self.longest)
        spare -= name - self.shortest
        number = min(SHORT_NUMBER + spare, NUMBER)
        spare -= number - SHORT_NUMBER
        return Widths(name, number, self.beside[: spare // (NUMBER + 1)])

    def draw(self, width: int) -> Block:
        w = self.widths(width)
        rows: list[Row] = [((self.heading(w, width), head_role(self.scene, self.layer)),)]
        rows += more("↑", self.above, width)
        body: list[Row] = [()] * self.rows
        ports = {}
        count, high = len(self.shown), len(self.lines)
        for place, (unit, lines) in enumerate(zip(self.shown, self.unit_rows(w), strict=True)):
            start, end = place * self.rows // count, (place + 1) * self.rows // count
            top = start + (end - start - high) // 2
            body[top : top + high] = lines
            ports[unit] = 1 + bool(self.above) + top + (high - 1) // 2
        rows += [*body, *more("↓", self.below, width)]
        return Block(rows, width, ports, (self.shown, self.rows, high, self.above > 0))

    def heading(self, w: Widths, width: int) -> str:
        layer = self.layer
        if len(self.lines) > 1:
            columns = right("target", NUMBER + 1) if w.beside else ""
            return left(heading(self.scene, layer, "a", width - cells(columns)), width - cells(columns)) + columns
        if "δ" not in w.beside:
            return heading(self.scene, layer, latest(self.scene, layer), width)
        columns = "".join(
            right(f"{symbol}{sub(layer)}" if symbol == "δ" else "target", NUMBER + 1) for symbol in w.beside
        )
        before = width - cells(columns)
        return left(heading(self.scene, layer, "a", before), before) + columns

    def unit_rows(self, w: Widths) -> Iterator[list[Row]]:
        """Of every unit shown a row a number: the unit's name before the first, the number's own before the others;
        behind the first the target's mark and the numbers beside."""
        scene, layer, shown = self.scene, self.layer, self.shown
        first, *others = self.lines
        if not others and "δ" not in w.beside:
            first = latest(scene, layer)
        numbers = written(scene, layer, first, shown, w.number)
        further = [*zip(*(written(scene, layer, symbol, shown, NUMBER + 1) for symbol in w.beside), strict=True)]
        below = [(symbol, written(scene, layer, symbol, shown, w.number)) for symbol in others]
        names, chosen, marks = self.names.within(w.name), selected_unit(scene, layer), self.target_marks()
        sign = "▸" if layer == scene.moment.layer else "◦"  # the selected unit, the source of its weight
        for k, unit in enumerate(shown):
            here = unit == chosen
            head = (f"{sign if here else ' '}{names[unit]} ", "selected" if here else "text")
            rows: list[Row] = [(head, numbers[k], marks[k], *(further[k] if further else ()))]
            for symbol, under in below:
                role = "selected" if symbol == "b" and here and scene.moment.source < 0 else "dim"
                rows.append(((f" {right(spelled(symbol, w.name), w.name)} ", role), under[k]))
            yield rows

    def target_marks(self) -> list[Span]:
        """Behind the unit of the sample's class a mark."""
        scene = self.scene
        if not marks_target(scene, self.layer):
            return [("", "text")] * len(self.shown)
        wanted = int(scene.record.targets[scene.moment.sample].argmax())
        return [("◂" if unit == wanted else " ", "good") for unit in self.shown]


def told(scene: Scene, layer: int, rows: int) -> tuple[Symbol, ...]:
    """Which numbers of a unit stand one below the other in ``rows`` rows; from the third row on one stays free."""
    if layer == 0:
        return ("a",)
    wanted: list[Symbol] = ["a", "δ", "t", "z", "b"] if layer == scene.record.layers else ["a", "δ", "z", "b"]
    if not scene.record.before.biases:
        wanted.remove("b")
    wanted = [
        each for symbol in wanted for each in ((symbol, OWN[symbol]) if has_own(scene, layer, symbol) else (symbol,))
    ]
    chosen = wanted[: max(rows - (rows > 2), 1)]
    return tuple(symbol for symbol in FROM_ABOVE if symbol in chosen)


def beside(scene: Scene, layer: int, lines: int) -> tuple[Symbol, ...]:
    """Which numbers may stand beside the first one: those there are no rows for."""
    if layer == 0 or lines > 2:
        return ()
    output = layer == scene.record.layers
    own: tuple[Symbol, ...] = ("δ",) if lines == 1 else ()
    return (*own, "t") if output else own


def spelled(symbol: Symbol, width: int) -> str:
    """The symbol in ``width`` columns; a person's own number has that of the line above it."""
    return fitting(width, "yours", "y") if symbol in KINDS else symbol


def written(scene: Scene, layer: int, symbol: Symbol, units: range, width: int) -> list[Span]:
    """These units' numbers, right in ``width`` columns, or that they are not known yet."""
    if symbol in KINDS:
        return [own_written(own_number(scene, layer, symbol, unit), width) for unit in units]
    values = numbers(scene, layer, symbol)
    if values is None:
        return [(right(PENDING, width), "pending")] * len(units)
    some = values[units.start : units.stop].tolist()
    if scene.record.edits or scene.record.originals:
        edited = [is_edited(scene, layer, symbol, unit) for unit in units]
        return [number_written(symbol, value, width, each) for value, each in zip(some, edited, strict=True)]
    return [number_written(symbol, value, width) for value in some]


def number_written(symbol: Symbol, value: float, width: int, edited: bool = False) -> Span:
    """A number with a mark behind it where it was set by hand."""
    if edited:
        text, role = number_written(symbol, value, width - len(EDITED))
        return text + EDITED, role
    if symbol == "t":
        return right(brief(value, width), width), "text"
    return right(num(value, width, plus=True), width), sign_role(value)


def own_written(own: Number | None, width: int) -> Span:
    """A person's own number."""
    if own is None:
        return right(PENDING, width), "pending"
    return right(num(own.value, width, plus=True), width), "good" if own.right else "wrong"


def is_edited(scene: Scene, layer: int, symbol: Symbol, unit: int) -> bool:
    """Was this number set by hand?"""
    m = scene.moment.sample
    if symbol == "b":
        return scene.weight_was(Weight(layer, -1, unit)) is not None
    if symbol == "t":
        return scene.was(target(unit, m)) is not None
    return layer == 0 and scene.was(of_unit("input", 0, unit, m)) is not None
