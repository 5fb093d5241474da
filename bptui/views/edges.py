"""What stands between two layers: weights as lines of braille with their numbers on them, or an arrow.

A solid line is a positive weight, a dotted one negative, a thick one more than half the largest. Lines are told from
each other only where they have room: in a narrow gap, or where there are too many, the selected unit's alone are drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb

from bptui.engine.weight import Weight, sub
from bptui.views.glyphs import BRAILLE_DOTS, EDITED
from bptui.views.kept import OfRecord
from bptui.views.layers import Block
from bptui.views.numbers import num, sign_role
from bptui.views.scene import Scene
from bptui.views.text import Row, Span, cells, left

READABLE = 14  # columns that a tangle of lines needs
NUMBERED = 7  # columns that one unit's weights need as numbers
LINED = 11  # columns in which there is room for more of the line than its number covers
NUMBER, SHORT_NUMBER = 7, 6
MOST_EDGES = 80  # more lines than this tell nothing
MOST_CROSSINGS = 0.2  # of lines, a cell
MOST_FAN = 20  # lines that meet in one unit
ROOMY = 3  # columns for each of them, where there are more
MOST_NUMBERS = 12  # on more lines than this nobody sees which number is whose
ANYWHERE = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9, 0.0, 1.0)
NEAR_START, NEAR_END = (0.25, 0.15, 0.0), (0.75, 0.85, 1.0)


@dataclass(frozen=True, slots=True)
class Edge:
    """A weight with the rows it leads from and to; ``near`` if it is one of the selected unit's."""

    weight: Weight
    value: float
    start: int
    end: int
    near: bool
    chosen: bool


BETWEEN = OfRecord[list[Row]]()


def between(scene: Scene, layer: int, start: Block, end: Block, width: int, height: int) -> list[Row]:
    """``height`` rows of ``width`` columns between a layer (from 0) and the next one. The samples of a batch meet the
    same weights."""
    moment = scene.moment
    read = layer, start.places, end.places, width, height, moment.weight, scene.phase.kind
    return BETWEEN.get(scene.record, read, lambda: drawn_between(scene, layer, start, end, width, height))


def drawn_between(scene: Scene, layer: int, start: Block, end: Block, width: int, height: int) -> list[Row]:
    before = " " * (width > 2 and width != NUMBERED)
    after = " " * (width > NUMBERED + 1)
    room = width - len(before) - len(after)
    many = width < READABLE or is_tangle(len(start.ports), len(end.ports), width * height)
    drawn = edges(scene, layer, start, end, many) if start.ports and end.ports and width >= NUMBERED else []
    near = [edge for edge in drawn if edge.near]
    if not drawn:
        return arrow(scene, width, height)
    largest = float(abs(scene.record.before.weights[layer]).max())
    fan = max(min(room - NUMBER + 1, MOST_FAN), room // ROOMY)  # lines that can be followed to where they meet
    lined = not many or (room >= LINED and len(near) <= fan)
    rows = [[*row] for row in lines(tuple(drawn) if lined else (), room, height, largest)]
    found = numbered(scene, drawn, room, lined)
    for edge, (words, x, y) in found:
        role = "selected" if edge.chosen else sign_role(edge.value)
        rows[y][x : x + cells(words)] = [(char, role) for char in words]
    if found and not lined:
        indent = 0 if before else 1  # it touches no layer's heading
        heading = whose_weights(scene, found[0][0].weight, room - indent - (0 if after else 1))
        rows[0][indent : indent + cells(heading)] = [(char, "head") for char in heading]
    return [joined([(before, "text"), *row, (after, "text")]) for row in rows]


def whose_weights(scene: Scene, one: Weight, width: int) -> str:
    """What stands over the selected unit's weights, ``one`` of them, where no line leads from them to a unit."""
    names, moment, at = scene.record.names, scene.moment, sub(one.layer)
    unit = names.unit(moment.layer, moment.unit)
    which = f"…→{unit}" if one.layer == moment.layer else f"{unit}→…"
    return next((words for words in (f"w{at}[{which}]", f"w{at}{which}", which) if cells(words) <= width), "")


def is_tangle(sources: int, units: int, area: int) -> bool:
    """Would the lines between all of them cross too often in the cells there are? Each two sources cross with each two
    units once at most."""
    return sources * units > MOST_EDGES or comb(sources, 2) * comb(units, 2) > MOST_CROSSINGS * area


def edges(scene: Scene, layer: int, start: Block, end: Block, near_only: bool) -> list[Edge]:
    """The weights between the units shown, or those of the selected unit alone."""
    moment, weights = scene.moment, scene.record.before.weights[layer]
    selected = moment.weight
    out = []
    for i, y in start.ports.items():
        for o, there in end.ports.items():
            into = moment.layer == layer + 1 and moment.unit == o
            near = into or (moment.layer == layer and moment.unit == i)
            if near or not near_only:
                weight = Weight(layer + 1, i, o)
                out.append(Edge(weight, float(weights[i, o]), y, there, near, weight == selected))
    return out


def arrow(scene: Scene, width: int, height: int) -> list[Row]:
    """The direction of the current phase, where edges are not drawn."""
    backward = scene.phase.kind in ("delta", "gradient", "reduce", "update")
    sign = ("◀" if backward else "▶").center(width) if width >= 3 else " " * width
    middle = min(height // 2, 5)
    return [((sign if y == middle else " " * width, "dim"),) for y in range(height)]


def numbered(scene: Scene, drawn: list[Edge], width: int, lined: bool) -> list[tuple[Edge, tuple[str, int, int]]]:
    """Edges with (words, column, row) of their numbers: of all, or else of the selected unit's."""
    for some in (drawn, [edge for edge in drawn if edge.near]):
        few = len(some) <= MOST_NUMBERS or all(edge.near for edge in some)
        found = first_places(scene, some, width, lined) if some and few else []
        if found:
            return list(zip(some, found, strict=True))
    return []


def first_places(scene: Scene, some: list[Edge], width: int, lined: bool) -> list[tuple[str, int, int]]:
    """(words, column, row) for every edge's number, in the longest spelling for which all find a place."""
    geometry = tuple((edge.start, edge.end) for edge in some)
    prefer = preferred(some, lined)
    for words in spellings(scene, some):
        length = max(map(cells, words))
        found = places_for(geometry, length, width, prefer) if length <= width else None
        if found:
            return [(left(text, length), x, y) for text, (x, y) in zip(words, found, strict=True)]
    return []


def preferred(some: list[Edge], lined: bool) -> tuple[float, ...]:
    """How far along its line a number stands best: where lines meet in one unit, near their other ends."""
    starts, ends = len({edge.start for edge in some}), len({edge.end for edge in some})
    if ends == 1 < starts:
        return NEAR_START if lined else NEAR_START[-1:]
    if starts == 1 < ends:
        return NEAR_END if lined else NEAR_END[-1:]
    return ANYWHERE


def spellings(scene: Scene, some: list[Edge]) -> list[list[str]]:
    """Name and number, at the update with the number after it; the number behind a w, as it may stand in a row with a
    unit's δ; a short one."""
    record = scene.record
    marks = [EDITED if scene.weight_was(edge.weight) is not None else "" for edge in some]
    pairs = list(zip(some, marks, strict=True))
    short = [f"w{num(edge.value, SHORT_NUMBER - len(mark), plus=True)}{mark}" for edge, mark in pairs]
    values = [f"{num(edge.value, NUMBER - len(mark), plus=True)}{mark}" for edge, mark in pairs]
    named = [f"{record.names.symbol(edge.weight)} {value}" for edge, value in zip(some, values, strict=True)]
    alone = [f"w{value}" for value in values]
    if scene.phase.kind != "update":
        return [named, alone, short]
    after = [num(record.after[edge.weight], NUMBER, plus=True) for edge in some]
    moved = [f"{words} → {value}" for words, value in zip(named, after, strict=True)]
    return [moved, named, alone, short]


@lru_cache(maxsize=256)
def places_for(
    geometry: tuple[tuple[int, int], ...], length: int, width: int, prefer: tuple[float, ...]
) -> list[tuple[int, int]] | None:
    """(column, row) of a number on each line, all of one length; None if one finds no place of its own.

    Each takes, of the places that no other number touches, the one that the fewest other lines cross.
    """
    taken: list[tuple[int, int]] = []
    for own, (start, end) in enumerate(geometry):
        others = [line for k, line in enumerate(geometry) if k != own]
        best: tuple[int, int, int, int] | None = None
        for order, along in enumerate(prefer):
            x = min(max(round(along * (width - 1)) - length // 2, 0), width - length)
            middle = along if along in (0.0, 1.0) else (x + length / 2) / max(width, 1)
            y = round(start + (end - start) * middle)
            if any(row == y and abs(column - x) <= length for column, row in taken):
                continue
            crossing = sum(crosses(line, x, y, length, width) for line in others)
            if best is None or (crossing, order) < best[:2]:
                best = (crossing, order, x, y)
        if best is None:
            return None
        taken.append(best[2:])
    return taken


def crosses(line: tuple[int, int], x: int, y: int, length: int, width: int) -> bool:
    """Does a line pass through a number at this place?"""
    start, end = line
    at = sorted(start + (end - start) * column / max(width, 1) for column in (x, x + length))
    return at[0] - 0.5 <= y <= at[1] + 0.5


@lru_cache(maxsize=32)
def lines(drawn: tuple[Edge, ...], width: int, height: int, largest: float) -> tuple[tuple[Span, ...], ...]:
    """A cell each of ``height`` × ``width``; weak weights (below a twentieth of the largest) are left out, the
    selected unit's never."""
    dots: dict[tuple[int, int], int] = {}
    looks: dict[tuple[int, int], tuple[float, str]] = {}
    for edge in drawn:
        size = abs(edge.value)
        if not edge.near and size < largest / 20:
            continue
        positive = edge.value >= 0
        role = "edge-selected" if edge.chosen else "positive" if positive else "negative"
        importance = float("inf") if edge.chosen else size
        for cell, bits in stroke(edge.start, edge.end, width, positive, size > largest / 2):
            dots[cell] = dots.get(cell, 0) | bits
            if cell not in looks or looks[cell][0] < importance:
                looks[cell] = (importance, role)
    return tuple(
        tuple((chr(0x2800 + dots[y, x]), looks[y, x][1]) if (y, x) in dots else (" ", "text") for x in range(width))
        for y in range(height)
    )


@lru_cache(maxsize=2 * MOST_EDGES)  # between two pairs of layers; one may be 13 kB
def stroke(start: int, end: int, width: int, solid: bool, thick: bool) -> tuple[tuple[tuple[int, int], int], ...]:
    """The cells (row, column) of a straight line between the middles of two rows, each with its dots of braille."""
    dots: dict[tuple[int, int], int] = {}
    for x, y in line(start * 4 + 2, end * 4 + 2, width * 2, solid, thick):
        cell = (y // 4, x // 2)
        dots[cell] = dots.get(cell, 0) | BRAILLE_DOTS[y % 4][x % 2]
    return tuple(dots.items())


def line(start: int, end: int, length: int, solid: bool, thick: bool) -> list[tuple[int, int]]:
    """Dots (x, y) of a straight line from the left to the right side, two dots thick or one, with gaps if not solid."""
    points = []
    steps = max(length, abs(end - start) + 1)
    for k in range(steps):
        if not solid and k % 4 > 1:
            continue
        x = k * (length - 1) // max(steps - 1, 1)
        y = start + round((end - start) * k / max(steps - 1, 1))
        points += [(x, y - 1), (x, y)] if thick else [(x, y)]
    return points


def joined(spans: Sequence[Span]) -> Row:
    """The same row with neighbours of one role in one span."""
    out: list[Span] = []
    for text, role in spans:
        if out and out[-1][1] == role:
            out[-1] = (out[-1][0] + text, role)
        else:
            out.append((text, role))
    return tuple(out)
