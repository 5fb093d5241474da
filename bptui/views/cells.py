"""A layer of too many units for a column: a picture of an image, a field of cells."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bptui.engine.types import Floats
from bptui.engine.weight import sub
from bptui.views.glyphs import PENDING, half_block, largest_of, levels, pixel, shade, signed
from bptui.views.kept import OfRecord
from bptui.views.layers import (
    Block,
    Grid,
    fitting,
    head_role,
    heading,
    latest,
    marked_window,
    more,
    numbers,
    selected_unit,
    units_of,
)
from bptui.views.numbers import num
from bptui.views.scene import Scene
from bptui.views.text import Row, Span

LEAST_COLUMNS, MOST_COLUMNS = 8, 17
SHORT_NUMBER = 6
CELL = 2  # columns of a cell where there is room: about a square


Piece = tuple[list[Row], Grid | None]
"""Rows, and where among them units stand as cells."""
WEIGHTS = OfRecord[list[Piece]]()


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Cells with a heading above and their largest size below. ``values`` is None where they are not known yet."""

    words: str
    role: str
    values: Floats | None
    chosen: int


class Field:
    """Cells line by line: a and δ, and the weights from these units to the selected one, as many as there is room for;
    of too many lines those around the selected unit."""

    wired = False

    def __init__(self, scene: Scene, layer: int, height: int) -> None:
        self.scene, self.layer, self.height = scene, layer, height
        self.units = units_of(scene, layer)
        self.least = max(LEAST_COLUMNS, len(f"{self.units} units"))
        self.usual = max(CELL * LEAST_COLUMNS, self.least)
        self.most = max(CELL * MOST_COLUMNS, self.least)

    def parts(self, width: int) -> list[Part]:
        scene, layer = self.scene, self.layer
        at, role = selected_unit(scene, layer), head_role(scene, layer)
        first = Part(heading(scene, layer, "a", width), role, numbers(scene, layer, "a"), at)
        second = [Part(f"δ{sub(layer)}", role, numbers(scene, layer, "δ"), at)] if layer else []
        return [first, *second, *weights_from(scene, layer)]

    def draw(self, width: int) -> Block:
        parts = self.parts(width)
        for count in range(len(parts), 1, -1):
            lines = (self.height - 1) // count - 2
            for size in (CELL, 1):
                columns = max(min(LEAST_COLUMNS, self.units), -(-self.units // max(lines, 1)))
                if columns * size <= width and lines > 0:
                    pieces = [
                        piece for part in parts[:count] for piece in whole(part, self.units, columns, size, width)
                    ]
                    return stack([*pieces, words(f"{self.units} units")], width)
        return stack(self.single(width), width)

    def single(self, width: int) -> list[Piece]:
        """What stands for the layer now; where not all lines fit, marks for those above and below."""
        symbol = latest(self.scene, self.layer)
        said = heading(self.scene, self.layer, symbol, width)
        at = selected_unit(self.scene, self.layer)
        part = Part(said, head_role(self.scene, self.layer), numbers(self.scene, self.layer, symbol), at)
        room = max(self.height - 3, 1)
        columns = min(max(LEAST_COLUMNS, -(-self.units // room)), width)
        size = CELL if CELL * columns <= width else 1
        cells = lines_of(part, self.units, columns, size)
        if len(cells[0]) > room:
            cells = scrolled(cells, room, max(at, 0) // columns, columns, self.units, width)
        return [words(said, part.role), cells, words(f"{self.units} units"), ([caption(part, width)], None)]


class Picture:
    """The input as an image, as large as there is room for; below it, where there is room for both, the weights from
    its pixels to the selected unit (or to the unit that the selected weight comes from)."""

    wired = False

    def __init__(self, scene: Scene, height: int) -> None:
        assert scene.data.image is not None
        self.scene, self.height = scene, height
        self.rows, self.columns = scene.data.image
        self.least = self.usual = max(self.columns, 5)
        self.parts = weights_from(scene, 0) or weights_to_source(scene)
        self.scales = [self.scale(pictures) for pictures in ((2, 1) if self.parts else (1,))]
        self.most = max(CELL * self.columns * next(filter(None, self.scales), 1), self.least)

    def scale(self, pictures: int) -> int:
        """How many rows high a pixel is where n pictures stand one below the other; 0 if they find no room."""
        return (self.height - 1 - 2 * (pictures - 1)) // (pictures * self.rows)

    def draw(self, width: int) -> Block:
        return stack([words(fitting(width, "input", "in"), head_role(self.scene, 0)), *self.pictures(width)], width)

    def pictures(self, width: int) -> list[Piece]:
        """The image, and the weights where both fit: pixels as large as can be, else half blocks and small cells."""
        room, across = self.height - 1, width // (CELL * self.columns)
        *both, alone = (min(scale, across) for scale in self.scales)
        if both and both[0]:
            return [self.large(both[0]), *self.weights(both[0], width)]
        small = [self.small(), *(self.weights(0, width) if self.parts else [])]
        if self.parts and sum(len(rows) for rows, _ in small) <= room:
            return small
        image = self.large(alone) if alone else self.small()
        lines = len(image[0])
        if lines > room > 2:
            units = self.rows * self.columns
            return [scrolled(image, room, 0, -(-units // lines), units, width)]
        return [image]

    @property
    def image(self) -> Floats:
        return self.scene.picture(self.scene.moment.sample)

    @property
    def chosen(self) -> tuple[int, int]:
        """Row and column of the pixel that the selected weight comes from."""
        source = selected_unit(self.scene, 0)
        return divmod(source, self.columns) if source >= 0 else (-1, -1)

    def large(self, scale: int) -> Piece:
        """A pixel ``scale`` rows high and twice as many columns wide."""
        rows: list[Row] = []
        for y, line in enumerate(self.image.tolist()):
            looks = [pixel(value, value) if self.scene.colour else shade(value) for value in line]
            wide = [(text * CELL * scale, role) for text, role in looks]
            if y == self.chosen[0]:
                wide[self.chosen[1]] = ("[" + " " * (CELL * scale - 2) + "]", "selected")
            rows += [tuple(wide)] * scale
        return rows, Grid(0, len(rows), self.columns, CELL * scale, tall=scale)

    def small(self) -> Piece:
        """Half blocks, two pixels a cell; a pixel a cell without colour."""
        if self.scene.colour:
            step, image = 2, [*levels(self.image), [0] * self.columns]
        else:
            step, image = 1, self.image.tolist()
        rows: list[Row] = []
        for y in range(0, self.rows, step):
            spans = [*map(half_block, image[y], image[y + 1])] if step == 2 else [*map(shade, image[y])]
            if self.chosen[0] in range(y, y + step):
                spans[self.chosen[1]] = ("+", "selected")
            rows.append(tuple(spans))
        return rows, Grid(0, len(rows), self.columns, 1, deep=step)

    def weights(self, scale: int, width: int) -> list[Piece]:
        """The samples of a batch meet the same ones."""
        size, units = CELL * scale if scale else 1, self.rows * self.columns
        drawn = self.scene.moment.weight, self.columns, units, size, width
        return WEIGHTS.get(
            self.scene.record, drawn, lambda: whole(self.parts[0], units, self.columns, size, width, max(scale, 1))
        )


def weights_from(scene: Scene, layer: int) -> list[Part]:
    """The weights from a layer's units to the selected one, if they lead there."""
    moment = scene.moment
    return weights_to(scene, layer + 1, moment.unit, moment.source) if moment.layer == layer + 1 else []


def weights_to_source(scene: Scene) -> list[Part]:
    """The weights from the inputs to the unit that the selected weight comes from."""
    moment = scene.moment
    return weights_to(scene, 1, moment.source, -1) if moment.layer == 2 and moment.source >= 0 else []


def weights_to(scene: Scene, layer: int, unit: int, chosen: int) -> list[Part]:
    weights = scene.record.before.weights[layer - 1][:, unit]
    return [Part(f"w{sub(layer)}[…→{scene.record.names.unit(layer, unit)}]", "head", weights, chosen)]


def words(said: str, role: str = "dim") -> Piece:
    return [((said, role),)], None


def whole(part: Part, units: int, columns: int, size: int, width: int, tall: int = 1) -> list[Piece]:
    """A part with its heading and what stands below it."""
    return [words(part.words, part.role), lines_of(part, units, columns, size, tall), ([caption(part, width)], None)]


def stack(pieces: Iterable[Piece], width: int) -> Block:
    """Pieces one below the other."""
    rows: list[Row] = []
    grids: list[Grid] = []
    for more_rows, grid in pieces:
        grids += [] if grid is None else [grid.lower(len(rows))]
        rows += more_rows
    return Block(rows, width, grids=tuple(grids))


def lines_of(part: Part, units: int, columns: int, size: int, tall: int = 1) -> Piece:
    """The cells of a part, each ``tall`` rows high."""
    rows = [row for row in heat(part, units, columns, size) for _ in range(tall)]
    return rows, Grid(0, len(rows), columns, size, tall)


def heat(part: Part, units: int, columns: int, size: int) -> list[Row]:
    """The cells of a part in lines of ``columns``, each cell ``size`` columns wide."""
    scale = largest_of(part.values) if part.values is not None else 0.0
    values = None if part.values is None else part.values.tolist()
    rows: list[Row] = []
    for first in range(0, units, columns):
        spans: list[Span] = []
        for unit in range(first, min(first + columns, units)):
            glyph, role = (PENDING, "pending") if values is None else signed(values[unit], scale)
            spans.append((glyph + " " * (size - 1), "selected" if unit == part.chosen else role))
        rows.append(tuple(spans))
    return rows


def caption(part: Part, width: int) -> Row:
    """What the strongest cell stands for, and where there is room the chosen one's number."""
    if part.values is None:
        return ((fitting(width, f"{PENDING} not yet known", f"{PENDING} later"), "dim"),)
    largest = f"▲▼ {num(largest_of(part.values), SHORT_NUMBER)}"
    if part.chosen < 0:
        return ((largest, "dim"),)
    chosen = f"[{part.chosen}] {num(float(part.values[part.chosen]), SHORT_NUMBER, plus=True)}"
    return ((fitting(width, f"{largest}  {chosen}", largest), "dim"),)


def scrolled(cells: Piece, room: int, at: int, columns: int, units: int, width: int) -> Piece:
    """Of lines of ``columns`` units each those around line ``at``, between marks for the others."""
    lines, grid = cells
    shown = marked_window(len(lines), room, at)
    above, below = shown.start * columns, max(units - shown.stop * columns, 0)
    before = more("↑", above, width)
    rows = [*before, *lines[shown.start : shown.stop], *more("↓", below, width)][:room]
    if grid is not None:
        grid = replace(grid, top=len(before), bottom=min(len(before) + len(shown), room), first=above)
    return rows, grid
