"""Panel 1: the network from left to right, every unit with its activation, in backward phases with its δ."""

from dataclasses import dataclass

from bptui.engine.types import Floats
from bptui.engine.weight import sub
from bptui.views.edges import edges
from bptui.views.glyphs import largest_of, pixel, shade, signed
from bptui.views.numbers import num, sign_role
from bptui.views.scene import Scene
from bptui.views.text import Row, Span, cells, fit, left, right, window

NUMBER, SHORT_NUMBER = 7, 6
GAP = 2  # columns between two layers at least
MOST_EDGES = 80  # more lines than this tell nothing


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One layer as drawn: its rows, and for columns of units the row of each unit shown."""

    rows: list[Row]
    width: int
    unit_rows: dict[int, int]


def network(scene: Scene, width: int, height: int) -> list[Row]:
    """The layers side by side with edges between small ones; below, the selected unit and weight in numbers."""
    details = detail_rows(scene, width) if height >= 8 else []
    room = height - len(details)
    visible = visible_layers(scene, room, width)
    given = widths(scene, visible, room, width)
    blocks = [block(scene, layer, room, given, width) for layer in visible if layer > 0]
    if visible[0] == 0:
        blocks.insert(0, block(scene, 0, room, given, width - sum(b.width + GAP for b in blocks)))
    first = visible[0]
    gaps = spread(width - sum(b.width for b in blocks), len(blocks) - 1)
    rows: list[Row] = []
    between = [edge_block(scene, first + k, blocks[k], blocks[k + 1], gaps[k], room) for k in range(len(blocks) - 1)]
    for y in range(room):
        spans: list[Span] = []
        for k, part in enumerate(blocks):
            spans += fit(part.rows[y] if y < len(part.rows) else (), part.width)
            if k < len(between):
                spans += between[k][y]
        rows.append(tuple(spans))
    return [*rows, *details]


def least_width(scene: Scene, layer: int, height: int) -> int:
    """Columns a layer cannot do without: short names, short numbers."""
    units = scene.record.before.architecture.sizes[layer]
    if layer == 0 and scene.data.image is not None:
        return scene.data.image[1]
    if units > height - 1:
        return max(8, len(f"{units} units"))
    longest = max(cells(unit_label(scene, layer, j)) for j in range(units))
    return 1 + min(longest, 2) + 1 + SHORT_NUMBER + marks_target(scene, layer)


def marks_target(scene: Scene, layer: int) -> bool:
    """Does the layer mark the unit of the sample's class?"""
    record = scene.record
    return layer == record.layers and record.before.architecture.sizes[-1] > 1 and bool(scene.data.classes)


def visible_layers(scene: Scene, height: int, width: int) -> range:
    """As many layers as fit, the selected one and its inputs among them."""
    layer = scene.moment.layer
    first, last = 0, scene.record.layers + 1
    while last - first > 1:
        needed = sum(least_width(scene, k, height) + GAP for k in range(first, last)) - GAP
        if needed <= width:
            break
        if first < layer - 1 or (first < layer and last == layer + 1):
            first += 1
        else:
            last -= 1
    return range(first, last)


def spread(room: int, gaps: int) -> list[int]:
    """The columns left over, shared out over the gaps, 24 at most each."""
    if gaps == 0:
        return []
    return [min(max(room // gaps, 1), 24)] * gaps


@dataclass(frozen=True, slots=True)
class Widths:
    """Columns of the units' names by layer, and of the numbers."""

    names: dict[int, int]
    number: int


def widths(scene: Scene, visible: range, height: int, width: int) -> Widths:
    """All the columns that names and numbers want; else shorter numbers, then shorter names, the longest first."""
    room = width - GAP * (len(visible) - 1) - sum(least_width(scene, layer, height) for layer in visible)
    names = {}
    wanted = {}
    for layer in visible:
        units = scene.record.before.architecture.sizes[layer]
        if not (layer == 0 and scene.data.image is not None) and units <= height - 1:
            longest = max(cells(unit_label(scene, layer, j)) for j in range(units))
            names[layer], wanted[layer] = min(longest, 2), min(longest, 20)
    number = NUMBER if room >= len(names) * (NUMBER - SHORT_NUMBER) else SHORT_NUMBER
    room -= len(names) * (number - SHORT_NUMBER)
    while room > 0 and names != wanted:
        shortest = min((layer for layer in names if names[layer] < wanted[layer]), key=lambda layer: names[layer])
        names[shortest] += 1
        room -= 1
    return Widths(names, number)


def block(scene: Scene, layer: int, height: int, given: Widths, width: int) -> Block:
    """A picture for an image input, a column where the units fit, else a field of signed cells. ``width`` is the
    panel's, for the input what the other layers leave of it."""
    units = scene.record.before.architecture.sizes[layer]
    if layer == 0 and scene.data.image is not None:
        return picture(scene, height, doubled=width >= 2 * scene.data.image[1])
    if units <= height - 1:
        return column(scene, layer, given.names[layer], given.number, height)
    share = width // (scene.record.layers + 1) if layer else width
    return field(scene, layer, height, min(max(share - 4, 8), 34))


def heading(scene: Scene, layer: int) -> str:
    if layer == 0:
        return "input"
    symbol = "δ" if shows_delta(scene, layer) else "a"
    return f"{symbol}{sub(layer)} {scene.record.before.architecture.activations[layer - 1]}"


def shows_delta(scene: Scene, layer: int) -> bool:
    """From the layer's own backward phase on, its δ takes the place of its activation."""
    return layer > 0 and scene.reached(scene.moment.sample, "delta", layer)


def values(scene: Scene, layer: int) -> Floats | None:
    """What the units of a layer hold for the current sample, or None while they wait for the forward pass."""
    record, m = scene.record, scene.moment.sample
    if shows_delta(scene, layer):
        return record.passed.delta[layer - 1][m]
    if layer == 0 or scene.reached(m, "forward", layer):
        return record.passed.a[layer][m]
    return None


def picture(scene: Scene, height: int, doubled: bool) -> Block:
    """The input as an image: half blocks, two pixels a cell; a pixel two cells wide where there is room."""
    assert scene.data.image is not None
    rows, columns = scene.data.image
    image = scene.record.passed.a[0][scene.moment.sample].reshape(rows, columns)
    chosen = divmod(scene.moment.source, columns) if scene.moment.layer == 1 else (-1, -1)
    out: list[Row] = [(("input", "lit-text" if lit_layer(scene) == 0 else "head"),)]
    if doubled and height - 1 >= rows:
        for y in range(rows):
            spans = [pixel(value, value) if scene.colour else shade(value) for value in image[y]]
            out.append(
                tuple(
                    ("[]", "selected") if (y, x) == chosen else (text * 2, role) for x, (text, role) in enumerate(spans)
                )
            )
        return Block(out, 2 * columns, {})
    blank = [0.0] * columns
    for y in range(0, rows, 2 if scene.colour else 1):
        below = image[y + 1] if y + 1 < rows else blank
        spans = (
            [pixel(*pair) for pair in zip(image[y], below, strict=True)]
            if scene.colour
            else [shade(v) for v in image[y]]
        )
        lines = (y, y + 1) if scene.colour else (y,)
        out.append(
            tuple(("+", "selected") if chosen[0] in lines and x == chosen[1] else span for x, span in enumerate(spans))
        )
    return Block(out, max(columns, 5), {})


def column(scene: Scene, layer: int, name_width: int, number: int, height: int) -> Block:
    """A row per unit, spread over the height: its name and its number."""
    record, moment = scene.record, scene.moment
    units = record.before.architecture.sizes[layer]
    held = values(scene, layer)
    names = [unit_label(scene, layer, j) for j in range(units)]
    if name_width < min(max(cells(name) for name in names), 4):
        names = [f"x{j}" if layer == 0 else str(j) for j in range(units)]
    marked = marks_target(scene, layer)
    block_width = 1 + name_width + 1 + number + marked
    lit = lit_layer(scene) == layer
    rows: list[Row] = [((left(heading(scene, layer), block_width), "lit-text" if lit else "head"),)]
    pitch = min(max((height - 1) // units, 1), 3)
    rows += [()] * ((height - 1 - pitch * (units - 1) - 1) // 2 if pitch > 1 else 0)
    places = {}
    for j in range(units):
        chosen = (layer == moment.layer and j == moment.unit) or (layer == moment.layer - 1 and j == moment.source)
        mark = "▸" if layer == moment.layer and j == moment.unit else "◦" if chosen else " "
        words = "·" if held is None else num(float(held[j]), number, plus=True)
        role = "pending" if held is None else sign_role(float(held[j]))
        places[j] = len(rows)
        rows.append(
            (
                (mark + left(names[j], name_width) + " ", "selected" if chosen else "text"),
                (right(words, number), role),
                ("◂" if marked and int(record.targets[moment.sample].argmax()) == j else "", "good"),
            )
        )
        rows += [()] * (pitch - 1)
    return Block(rows, block_width, places)


def unit_label(scene: Scene, layer: int, unit: int) -> str:
    return scene.source_name(1, unit) if layer == 0 else scene.unit_name(layer, unit)


def lit_layer(scene: Scene) -> int:
    """The layer the current phase works on, −1 for none."""
    kind = scene.phase.kind
    return 0 if kind == "input" else scene.phase.layer if kind in ("forward", "delta") else -1


def field(scene: Scene, layer: int, height: int, widest: int) -> Block:
    """Many units as signed cells, row by row; of too many those around the selected one."""
    record, moment = scene.record, scene.moment
    units = record.before.architecture.sizes[layer]
    lines = height - 3
    columns = min(max(8, -(-units // max(lines, 1))), widest)
    held = values(scene, layer)
    scale = largest_of(held) if held is not None else 0.0
    all_lines = -(-units // columns)
    at = moment.unit if layer == moment.layer else max(moment.source, 0) if layer == moment.layer - 1 else 0
    lit = lit_layer(scene) == layer
    rows: list[Row] = [((heading(scene, layer), "lit-text" if lit else "head"),)]
    for y in window(all_lines, max(lines, 1), at // columns):
        spans: list[Span] = []
        for j in range(y * columns, min((y + 1) * columns, units)):
            glyph, role = ("·", "pending") if held is None else signed(float(held[j]), scale)
            chosen = j == at and layer in (moment.layer, moment.layer - 1) and not (at == 0 > moment.source)
            spans.append((glyph, "selected" if chosen else role))
        rows.append(tuple(spans))
    rows.append(((f"{units} units", "dim"),))
    if held is not None:
        rows.append(((f"█ {num(scale, 6)}", "dim"),))
    return Block(rows, max(columns, 8, len(f"{units} units")), {})


def edge_block(scene: Scene, layer: int, start: Block, end: Block, width: int, height: int) -> list[list[Span]]:
    """What stands between layer and layer + 1: lines for small layers, else an arrow in the phase's direction."""
    if start.unit_rows and end.unit_rows and len(start.unit_rows) * len(end.unit_rows) <= MOST_EDGES and width >= 2:
        weights = scene.record.before.weights[layer]
        moment = scene.moment
        chosen = (moment.source, moment.unit) if moment.layer == layer + 1 else (-1, -1)
        pad: list[Span] = [(" ", "text")] if width >= 6 else []
        places = list(start.unit_rows.values()), list(end.unit_rows.values())
        return [[*pad, *row, *pad] for row in edges(weights, *places, width - 2 * len(pad), height, chosen)]
    backward = scene.phase.kind in ("delta", "gradient", "reduce", "update")
    arrow = ("◀" if backward else "▶").center(width) if width >= 3 else " " * width
    blank: list[Span] = [(" " * width, "text")]
    middle = min(height // 2, 5)
    return [[(arrow, "dim")] if y == middle else blank for y in range(height)]


def detail_rows(scene: Scene, width: int) -> list[Row]:
    """The selected unit and the selected weight of the current sample, in numbers."""
    digits, gap = (7, "  ") if width >= 52 else (6, " ")
    record, moment, m = scene.record, scene.moment, scene.moment.sample
    layer, unit, source = moment.layer, moment.unit, moment.source
    forward, backward = scene.reached(m, "forward", layer), scene.reached(m, "delta", layer)
    z, a = record.passed.z[layer - 1][m, unit], record.passed.a[layer][m, unit]
    delta = record.passed.delta[layer - 1][m, unit]
    at = sub(layer)
    numbers = f" {num(z, digits)}{gap}a{at} {num(a, digits)}" if forward else f" ·{gap}a{at} ·"
    unit_row: Row = (
        (f" z{at}[{unit}]", "selected"),
        (numbers, "text"),
        (f"{gap}δ{at} {num(delta, digits + 1, plus=True)}" if backward else f"{gap}δ{at} ·", "text"),
    )
    weight = record.before[moment.weight]
    change: list[Span] = []
    if scene.phase.kind == "update":
        change = [(f" → {num(record.after[moment.weight], 8, plus=True)}", "good")]
    known = source < 0 or layer == 1 or scene.reached(m, "forward", layer - 1)
    a_in = 1.0 if source < 0 else float(record.passed.a[layer - 1][m, source])
    weight_row: Row = (
        (f" {moment.weight.symbol} ", "selected"),
        (num(weight, 8, plus=True), sign_role(weight)),
        *change,
        ("" if change else f"{gap}input {num(a_in, digits)}" if known else f"{gap}input ·", "text"),
    )
    return [unit_row, weight_row]
