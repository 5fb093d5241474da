"""Panel 1: the network from left to right: its layers, the weights between them, the selected unit in numbers."""

from dataclasses import dataclass
from typing import Protocol

from bptui.engine.weight import sub
from bptui.views.cells import Field, Picture
from bptui.views.edges import NUMBERED, READABLE, between
from bptui.views.glyphs import EDITED
from bptui.views.layers import Block, fitting, units_of
from bptui.views.numbers import num, sign_role
from bptui.views.scene import Scene
from bptui.views.text import Row, Span, first_fitting, fit_new, grow
from bptui.views.units import Column

GAP, ARROW, WIDEST_ARROW = 1, 3, 9  # columns between two layers: at least, with an arrow, at most with an arrow
LEAST_PAGE = 4  # rows that a column can be scrolled in
MOST_COLUMN_PAGES = 2  # a column that is scrolled shows at least every second unit


class Form(Protocol):
    """A way to draw a layer: the columns it cannot do without, those it wants, those it can use; ``wired`` if edges
    can lead to its units."""

    least: int
    usual: int
    most: int
    wired: bool

    def draw(self, width: int) -> Block: ...


@dataclass(frozen=True, slots=True)
class Layout:
    """The layers shown, each as a block, the columns between them and left of all; the rows above and below them."""

    shown: range
    blocks: list[Block]
    gaps: list[int]
    margin: int
    away: list[Row]
    details: list[Row]
    room: int


def laid_out(scene: Scene, width: int, height: int) -> Layout:
    details = detail_rows(scene, width) if height >= 8 else []
    room = height - len(details)
    forms = [form(scene, layer, room) for layer in range(scene.record.layers + 1)]
    shown = layers_shown(scene, forms, width)
    away = scrolled_away(scene, shown, width)
    if away:
        room -= len(away)
        forms = [form(scene, layer, room) for layer in shown]
    sizes, gaps, margin = shared(forms, width, scene.moment.layer - 1 - shown.start)
    blocks = [one.draw(size) for one, size in zip(forms, sizes, strict=True)]
    return Layout(shown, blocks, gaps, margin, away, details, room)


def network(scene: Scene, width: int, height: int) -> list[Row]:
    """The layers side by side, as many as there is room for; below, the selected unit and weight in numbers."""
    it = laid_out(scene, width, height)
    pairs = zip(it.shown, it.blocks, it.blocks[1:], it.gaps, strict=False)
    wires = [between(scene, layer, one, other, gap, it.room) for layer, one, other, gap in pairs]
    rows = (side_by_side(it.blocks, wires, y, it.margin) for y in range(it.room))
    return [*it.away, *rows, *it.details]


def unit_at(scene: Scene, width: int, height: int, x: int, y: int) -> tuple[int, int] | None:
    """Layer and unit that stand in a column and row of the panel's inside; None where none does."""
    it = laid_out(scene, width, height)
    start = it.margin
    for layer, block, gap in zip(it.shown, it.blocks, [*it.gaps, 0], strict=True):
        row = y - len(it.away)
        if start <= x < start + block.width and 0 < row < it.room:
            unit = block.unit(x - start, row)
            return (layer, unit) if unit is not None and unit < units_of(scene, layer) else None
        start += block.width + gap
    return None


def side_by_side(blocks: list[Block], wires: list[list[Row]], y: int, margin: int) -> Row:
    """Row ``y`` of layers and wires in turn."""
    spans: list[Span] = [(" " * margin, "text")]
    for k, block in enumerate(blocks):
        spans += fit_new(block.rows[y] if y < len(block.rows) else (), block.width)
        if k < len(wires):
            spans += wires[k][y]
    return tuple(spans)


def form(scene: Scene, layer: int, height: int) -> Form:
    """A picture for an image, a column where most units fit, else a field of cells."""
    if layer == 0 and scene.data.image is not None:
        return Picture(scene, height)
    rows = max(height - 1, 1)
    if units_of(scene, layer) <= rows * (MOST_COLUMN_PAGES if rows >= LEAST_PAGE else 1):
        return Column(scene, layer, height)
    return Field(scene, layer, height)


def layers_shown(scene: Scene, forms: list[Form], width: int) -> range:
    """As many layers as fit, the selected one and its inputs among them."""
    layer, first, last = scene.moment.layer, 0, len(forms)
    least = [one.least + GAP for one in forms]
    while last - first > 1 and sum(least[first:last]) - GAP > width:
        if first < layer - 1 or (first < layer and last == layer + 1):
            first += 1
        else:
            last -= 1
    return range(first, last)


def scrolled_away(scene: Scene, shown: range, width: int) -> list[Row]:
    """A row that says how many layers are out of sight on either side; none if all are shown."""
    before, after = shown.start, scene.record.layers + 1 - shown.stop
    if before + after == 0:
        return []
    left_side = fitting(width // 2, f"‹ {before} {plural(before)}", f"‹{before}") if before else ""
    right_side = fitting(width - len(left_side), f"{after} {plural(after)} ›", f"{after}›") if after else ""
    return [((left_side, "dim"), (" " * max(width - len(left_side) - len(right_side), 0), "text"), (right_side, "dim"))]


def plural(count: int) -> str:
    return "layer" if count == 1 else "layers"


def shared(forms: list[Form], width: int, selected: int) -> tuple[list[int], list[int], int]:
    """Columns of the layers, of the gaps between them, and left of all.

    First come the weights of the selected unit (gap number ``selected`` leads to it, the next one from it), then names,
    then gaps in which lines can be told apart, the selected unit's before others, then more numbers; what is left
    makes the edges longer, or where there are none the margin.
    """
    sizes, gaps = [one.least for one in forms], [GAP] * (len(forms) - 1)
    wired = [k for k in range(len(gaps)) if forms[k].wired and forms[k + 1].wired]
    spare = width - sum(sizes) - sum(gaps)
    for gap in (selected, selected + 1):
        spare = grow(gaps, {gap: NUMBERED + 1} if gap in wired else {}, spare)
    spare = grow(gaps, dict.fromkeys(range(len(gaps)), ARROW), spare)
    spare = grow(sizes, {k: one.usual - 1 for k, one in enumerate(forms)}, spare)
    spare = grow(gaps, {selected: READABLE} if selected in wired else {}, spare)
    spare = grow(gaps, dict.fromkeys(wired, READABLE), spare)
    spare = grow(sizes, {k: one.usual for k, one in enumerate(forms)}, spare)
    spare = grow(sizes, {k: one.most for k, one in enumerate(forms)}, spare)
    spare = grow(gaps, dict.fromkeys(wired or range(len(gaps)), width if wired else WIDEST_ARROW), spare)
    return sizes, gaps, max(spare, 0) // 2


def detail_rows(scene: Scene, width: int) -> list[Row]:
    """The selected unit and the selected weight of the current sample, in numbers."""
    digits, gap = (7, "  ") if width >= 52 else (6, " ")
    record, moment, m = scene.record, scene.moment, scene.moment.sample
    layer, unit, source = moment.layer, moment.unit, moment.source
    forward, backward = scene.reached(m, "forward", layer), scene.reached(m, "delta", layer)
    z, a = record.passed.z[layer - 1][m, unit], record.passed.a[layer][m, unit]
    delta = record.passed.delta[layer - 1][m, unit]
    at = sub(layer)
    numbers = f" {num(z, digits)}{gap}a{at} {num(a, digits)}{gap}δ{at}" if forward else f", a{at}, δ{at}"
    unit_row: Row = (
        (f" z{at}[{record.names.unit(layer, unit)}]", "selected"),
        (numbers, "text" if forward else "pending"),
        (f" {num(delta, digits + 1, plus=True)}", "text") if backward else (" to come", "pending"),
    )
    weight = record.before[moment.weight]
    change: list[Span] = []
    if scene.phase.kind == "update":
        after = " stays: frozen" if scene.frozen else f" → {num(record.after[moment.weight], 8, plus=True)}"
        change = [(after, "good")]
    known = source < 0 or layer == 1 or scene.reached(m, "forward", layer - 1)
    a_in = 1.0 if source < 0 else float(record.passed.a[layer - 1][m, source])
    head: Row = ((f" {scene.weight_name} ", "selected"), (num(weight, 8, plus=True), sign_role(weight)))
    before = scene.weight_was(moment.weight)
    by_hand: Row = () if before is None else ((f"{EDITED} was {num(before, 7, plus=True)}", "strong"),)
    if change or by_hand:
        rows = ((*head, *by_hand, *change), (*head, *change) if change else (*head, *by_hand))
        return [unit_row, first_fitting(rows, width)]
    called = record.names.column(source) if layer == 1 and source >= 0 else ""
    value = num(a_in, digits) if known else "to come"
    spelt = [f"input {called}:", "input"] if called else ["input"]
    weight_rows = ((*head, (f"{gap}{given} {value}", "text")) for given in spelt)
    return [unit_row, first_fitting(weight_rows, width)]
