"""What panel 1 tells of a layer at this moment, whichever way the layer is drawn."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Literal

from bptui.diagnosis.number import Number
from bptui.engine.types import Floats
from bptui.engine.weight import sub
from bptui.explain.quantity import Kind, of_unit
from bptui.views.scene import Scene
from bptui.views.text import Row, cells, window

Symbol = Literal["z", "a", "δ", "t", "b", "own z", "own a", "own δ"]
"""``own``: a person's own number."""
OWN: dict[Symbol, Symbol] = {"a": "own a", "δ": "own δ", "z": "own z"}
KINDS: dict[Symbol, Kind] = {"own a": "a", "own δ": "delta", "own z": "z"}


@dataclass(frozen=True, slots=True)
class Grid:
    """Where units stand as cells in rows ``top`` to ``bottom``: ``across`` units a line, the first of them ``first``;
    a cell takes ``wide`` columns and ``tall`` rows, or a row shows ``deep`` lines."""

    top: int
    bottom: int
    across: int
    wide: int
    tall: int = 1
    deep: int = 1
    first: int = 0

    def unit(self, x: int, y: int) -> int | None:
        """The one that stands in a column and row (of several the uppermost); None where none does."""
        if not self.top <= y < self.bottom or not 0 <= x < self.across * self.wide:
            return None
        return self.first + (y - self.top) // self.tall * self.deep * self.across + x // self.wide

    def lower(self, rows: int) -> "Grid":
        """So many rows further down."""
        top, bottom = self.top + rows, self.bottom + rows
        return Grid(top, bottom, self.across, self.wide, self.tall, self.deep, self.first)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One layer as drawn: its rows, its columns, the row at which edges reach each unit shown, or the units' cells;
    blocks with the same ``places`` have the same ports."""

    rows: list[Row]
    width: int
    ports: dict[int, int] = field(default_factory=dict)
    places: Hashable = None
    grids: tuple[Grid, ...] = ()

    def unit(self, x: int, y: int) -> int | None:
        """Which one stands in a column and row below the heading; None where none does."""
        if self.ports:
            return min(self.ports, key=lambda unit: abs(self.ports[unit] - y))
        return next((unit for grid in self.grids if (unit := grid.unit(x, y)) is not None), None)


def numbers(scene: Scene, layer: int, symbol: Symbol) -> Floats | None:
    """(units,) of the current sample: z, a, δ, target or bias; None while they are not computed yet."""
    record, m = scene.record, scene.moment.sample
    match symbol:
        case "t":
            return record.targets[m]
        case "b":
            return record.before.biases[layer - 1]
        case "δ":
            return record.passed.delta[layer - 1][m] if scene.reached(m, "delta", layer) else None
    if layer == 0:
        return record.passed.a[0][m]
    if not scene.reached(m, "forward", layer):
        return None
    return record.passed.a[layer][m] if symbol == "a" else record.passed.z[layer - 1][m]


def own_number(scene: Scene, layer: int, symbol: Symbol, unit: int) -> Number | None:
    """A person's own number of a unit and the current sample, once the true one is known."""
    base = next(each for each, own in OWN.items() if own == symbol)
    if numbers(scene, layer, base) is None:
        return None
    return scene.yours_of(of_unit(KINDS[symbol], layer, unit, scene.moment.sample))


def has_own(scene: Scene, layer: int, symbol: Symbol) -> bool:
    """Are there numbers of a person's own for this one of the layer, in this update?"""
    if scene.yours is None or symbol not in OWN:
        return False
    return scene.yours_of(of_unit(KINDS[OWN[symbol]], layer, 0, scene.moment.sample)) is not None


def latest(scene: Scene, layer: int) -> Symbol:
    """What stands for a layer where there is room for one number a unit: δ from its own backward phase on."""
    return "δ" if layer > 0 and scene.reached(scene.moment.sample, "delta", layer) else "a"


def units_of(scene: Scene, layer: int) -> int:
    return scene.record.before.architecture.sizes[layer]


def activation(scene: Scene, layer: int) -> str:
    return scene.record.before.architecture.activations[layer - 1]


def unit_label(scene: Scene, layer: int, unit: int) -> str:
    return scene.source_name(1, unit) if layer == 0 else scene.unit_name(layer, unit)


def selected_unit(scene: Scene, layer: int) -> int:
    """The unit that the selection names in a layer: the selected one, or the source of its weight; −1 for none."""
    moment = scene.moment
    return moment.unit if layer == moment.layer else moment.source if layer == moment.layer - 1 else -1


def marks_target(scene: Scene, layer: int) -> bool:
    """Does the layer mark the unit of the sample's class?"""
    return layer == scene.record.layers and units_of(scene, layer) > 1 and bool(scene.data.classes)


def head_role(scene: Scene, layer: int) -> str:
    """Lit is the layer that the current phase works on."""
    phase = scene.phase
    lit = 0 if phase.kind == "input" else phase.layer if phase.kind in ("forward", "delta") else -1
    return "lit-text" if lit == layer else "head"


def heading(scene: Scene, layer: int, symbol: Symbol, width: int) -> str:
    """The symbol and its activation, in the longest spelling that fits."""
    if layer == 0:
        return fitting(width, "input", "in")
    name = activation(scene, layer)
    return fitting(width, f"{symbol}{sub(layer)} {name}", f"{symbol}{sub(layer)}")


def fitting(width: int, *spellings: str) -> str:
    """The first spelling that fits, else the last."""
    return next((words for words in spellings if cells(words) <= width), spellings[-1])


def more(arrow: str, count: int, width: int) -> list[Row]:
    """The mark of what is scrolled away, ``↑ 3 more``; none where nothing is."""
    words = fitting(width, f"{arrow} {count} more", f"{arrow}{count}")
    return [((words, "dim"),)] if count else []


def marked_window(count: int, height: int, at: int) -> range:
    """Which of ``count`` rows to show in ``height``, the page that row ``at`` is on; of too many so few that there is
    a row for the mark of those above and one for those below."""
    if count <= height:
        return range(count)
    shown = window(count, max(height - 2, 1), at)
    if height < 3:  # no room for two marks
        return shown
    if shown.start == 0:
        return range(height - 1)
    return range(count - height + 1, count) if shown.stop == count else shown


def listed(count: int, height: int, at: int, width: int, row: Callable[[int], Row]) -> list[Row]:
    """Rows 0 … ``count`` − 1 made by ``row``, of too many those around ``at`` between marks for the others; where there
    is no room for two marks, one counts them all, and where there is a single row, it is the mark."""
    if 0 < height < min(count, 3):
        sign = "↓" if at == 0 else "↑" if at == count - 1 else "↕"
        return [*(row(at) for _ in range(height - 1)), *more(f" {sign}", count - height + 1, width)]
    shown = marked_window(count, height, at)
    rows = [*more(" ↑", shown.start, width), *map(row, shown), *more(" ↓", count - shown.stop, width)]
    return rows[: max(height, 0)]
