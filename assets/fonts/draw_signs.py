"""Draws bptui/serve/page/signs.ttf: signs of bptui's screens that Roboto Mono, the page's font, does not have.

    pip install 'bptui[letters,web]'
    python assets/fonts/draw_signs.py

Lines, boxes, arrows and Braille are drawn here, in Roboto Mono's cells and with its stroke. Small digits and letters
are Roboto Mono's own (Apache License 2.0), made smaller.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, pairwise
from math import cos, hypot, pi, sin

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from bptui.serve.assets import OURS, theirs

WRITTEN = OURS / "signs.ttf"
EM, WIDTH, TOP, BOTTOM = 2048, 1229, 2146, -555
X, Y = WIDTH / 2, (TOP + BOTTOM) / 2  # the middle of a cell
AXIS = 676.0  # the height of plus and minus
THIN, THICK = 150.0, 300.0
SMALL, HEAVY = 0.62, 560  # small digits have the stroke of large ones
Point = tuple[float, float]
Shape = list[Point]
"""A closed outline, clockwise where it is filled and the other way round where it is cut out."""


def clockwise(shape: Shape, filled: bool = True) -> Shape:
    pairs = zip(shape, shape[1:] + shape[:1], strict=True)
    turns = sum((x2 - x1) * (y2 + y1) for (x1, y1), (x2, y2) in pairs) > 0
    return shape if turns == filled else shape[::-1]


def box(left: float, bottom: float, right: float, top: float) -> Shape:
    return clockwise([(left, bottom), (left, top), (right, top), (right, bottom)])


def line(begin: Point, end: Point, width: float = THIN) -> Shape:
    (x1, y1), (x2, y2) = begin, end
    length = hypot(x2 - x1, y2 - y1)
    dx, dy = (y2 - y1) / length * width / 2, (x1 - x2) / length * width / 2
    return clockwise([(x1 + dx, y1 + dy), (x2 + dx, y2 + dy), (x2 - dx, y2 - dy), (x1 - dx, y1 - dy)])


def lines(*points: Point) -> list[Shape]:
    """A stroke with corners, which are round."""
    strokes = [line(begin, end) for begin, end in pairwise(points)]
    return strokes + [disc(corner, THIN / 2) for corner in points[1:-1]]


def disc(middle: Point, radius: float, filled: bool = True, corners: int = 32) -> Shape:
    turns = [2 * pi * k / corners for k in range(corners)]
    return clockwise([(middle[0] + radius * cos(t), middle[1] + radius * sin(t)) for t in turns], filled)


def polygon(middle: Point, radius: float, corners: int, first: float) -> Shape:
    """With its first corner in this direction, in turns from the right."""
    turns = [2 * pi * (first + k / corners) for k in range(corners)]
    return clockwise([(middle[0] + radius * cos(t), middle[1] + radius * sin(t)) for t in turns])


def hollow(shape: Shape, middle: Point, left: float) -> list[Shape]:
    """The shape without its inside, which is so much of it."""
    inside = [(middle[0] + left * (x - middle[0]), middle[1] + left * (y - middle[1])) for x, y in shape]
    return [shape, clockwise(inside, filled=False)]


def arrow(*directions: float, bar: bool = False) -> list[Shape]:
    """Its heads in these directions, in turns from the right."""
    shapes = []
    for turn in directions:
        c, s = cos(2 * pi * turn), sin(2 * pi * turn)
        tip, tail = (X + 500 * c, AXIS + 500 * s), (X - 500 * c, AXIS - 500 * s)
        wings = [
            (X + 500 * c - 300 * c + side * 280 * s, AXIS + 500 * s - 300 * s - side * 280 * c) for side in (1, -1)
        ]
        shapes += [line(tail, tip, 130), *lines(wings[0], tip, wings[1])]
    return shapes + ([line((X - 500, AXIS - 280), (X - 500, AXIS + 280))] if bar else [])


def triangles() -> Iterator[tuple[str, list[Shape]]]:
    for signs, corner in (("▲△▴▵", 0.25), ("▶▷▸▹", 0.0), ("▼▽▾▿", 0.75), ("◀◁◂◃", 0.5)):
        for sign, radius, left in zip(signs, (720, 720, 540, 540), (0, 0.55, 0, 0.5), strict=True):
            c, s = cos(2 * pi * corner), sin(2 * pi * corner)
            middle = X - radius * c / 4, AXIS - radius * s / 4
            shape = polygon(middle, radius, 3, corner)
            yield sign, hollow(shape, middle, left) if left else [shape]


def forms() -> Iterator[tuple[str, list[Shape]]]:
    middle = (X, AXIS)
    square, diamond = box(X - 480, AXIS - 480, X + 480, AXIS + 480), polygon(middle, 560, 4, 0.25)
    yield from (
        ("■", [square]),
        ("□", hollow(square, middle, 0.76)),
        ("▣", [*hollow(square, middle, 0.76), box(X - 190, AXIS - 190, X + 190, AXIS + 190)]),
    )
    yield from (
        ("▪", [box(X - 230, AXIS - 230, X + 230, AXIS + 230)]),
        ("◆", [diamond]),
        ("◇", hollow(diamond, middle, 0.66)),
    )
    ring = hollow(disc(middle, 460), middle, 0.74)
    yield from (("●", [disc(middle, 460)]), ("○", ring), ("◦", hollow(disc(middle, 260), middle, 0.5)))
    yield "⊙", [*ring, disc(middle, 130)]
    cross = [
        line((X - 250, AXIS - 250), (X + 250, AXIS + 250), 110),
        line((X - 250, AXIS + 250), (X + 250, AXIS - 250), 110),
    ]
    yield "⊗", ring + cross


def signs() -> Iterator[tuple[str, list[Shape]]]:
    for sign, directions in (
        ("→", (0,)),
        ("↑", (0.25,)),
        ("←", (0.5,)),
        ("↓", (0.75,)),
        ("↔", (0, 0.5)),
        ("↕", (0.25, 0.75)),
    ):
        yield sign, arrow(*directions)
    yield "↦", arrow(0, bar=True)
    yield "∇", lines((120, 1380), (X, 60), (WIDTH - 120, 1380), (120, 1380), (X, 60))
    yield "‖", [line((X + side * 150, -200), (X + side * 150, 1560)) for side in (-1, 1)]
    for sign, ends in (("⌊", (1,)), ("⌋", (-1,))):
        (side,) = ends
        yield sign, lines((X - side * 200, 1560), (X - side * 200, -275), (X + side * 260, -275))
    for sign, side in (("⟨", 1), ("⟩", -1)):
        yield sign, lines((X + side * 220, 1560), (X - side * 220, AXIS), (X + side * 220, -210))
    yield from triangles()
    yield from forms()


# --- lines and blocks that join from cell to cell ---

ARMS = {
    "─": "l r", "━": "L R", "│": "u d", "┃": "U D", "┌": "r d", "┏": "R D", "┐": "l d", "┓": "L D", "└": "r u",
    "┗": "R U", "┘": "l u", "┛": "L U", "├": "u d r", "┤": "u d l", "┬": "l r d", "┴": "l r u", "┼": "l r u d",
    "╭": "r d", "╮": "l d", "╯": "l u", "╰": "r u", "╴": "l", "╵": "u", "╶": "r", "╷": "d",
}  # fmt: skip
"""Towards which sides a line goes, in capitals a thick one. Round corners are drawn square."""


def joined(arms: str) -> list[Shape]:
    shapes = []
    for arm in arms.split():
        half = (THICK if arm.isupper() else THIN) / 2
        shapes.append(
            {
                "l": box(0, Y - half, X + half, Y + half),
                "r": box(X - half, Y - half, WIDTH, Y + half),
                "u": box(X - half, Y - half, X + half, TOP),
                "d": box(X - half, BOTTOM, X + half, Y + half),
            }[arm.lower()]
        )
    return shapes


def dashed(count: int) -> list[Shape]:
    step = WIDTH / count
    return [box((k + 0.2) * step, Y - THIN / 2, (k + 0.8) * step, Y + THIN / 2) for k in range(count)]


def part(left: float, bottom: float, right: float, top: float) -> Shape:
    """Of a cell, in fractions of it."""
    high = TOP - BOTTOM
    return box(left * WIDTH, BOTTOM + bottom * high, right * WIDTH, BOTTOM + top * high)


QUARTERS = {"a": (0, 0.5, 0.5, 1), "b": (0.5, 0.5, 1, 1), "c": (0, 0, 0.5, 0.5), "d": (0.5, 0, 1, 0.5)}
BLOCKS = dict(zip("▖▗▘▙▚▛▜▝▞▟", ("c", "d", "a", "acd", "ad", "abc", "abd", "b", "bc", "bcd"), strict=True))


def blocks() -> Iterator[tuple[str, list[Shape]]]:
    yield from ((sign, joined(arms)) for sign, arms in ARMS.items())
    yield from (("╌", dashed(2)), ("┄", dashed(3)), ("┈", dashed(4)))
    yield from ((sign, [part(0, 0, 1, (k + 1) / 8)]) for k, sign in enumerate("▁▂▃▄▅▆▇█"))
    yield from ((sign, [part(0, 0, (7 - k) / 8, 1)]) for k, sign in enumerate("▉▊▋▌▍▎▏"))
    yield from (("▀", [part(0, 0.5, 1, 1)]), ("▐", [part(0.5, 0, 1, 1)]))
    yield from ((sign, [part(*QUARTERS[quarter]) for quarter in quarters]) for sign, quarters in BLOCKS.items())
    for sign, count in (("░", 1), ("▒", 2), ("▓", 3)):
        side = 0.06 + 0.02 * count
        grid = [((x + 0.5 * (y % 2) + 0.25) / 4, (y + 0.5) / 8) for y in range(8) for x in range(4)]
        yield sign, [part(max(x - side, 0), y - side / 2, min(x + side, 1), y + side / 2) for x, y in grid]


def braille() -> Iterator[tuple[str, list[Shape]]]:
    """Dots at even distances, also to those of the next cell, for curves; a bit more to the next row, since a picture
    may stand in each."""
    across, down = WIDTH / 2, 0.215 * (TOP - BOTTOM)
    places = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]
    dots = [disc(((x + 0.5) * across, Y + (1.5 - y) * down), 200, corners=12) for x, y in places]
    for bits in range(256):
        yield chr(0x2800 + bits), [dot for k, dot in enumerate(dots) if bits >> k & 1]


# --- small digits and letters ---

BELOW, ABOVE = -230.0, 640.0
SMALL_ONES = {
    BELOW: dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙₜᵢⱼₖ", "0123456789+−=()ntijk", strict=True)),
    ABOVE: dict(zip("⁰⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿᵀᵗˣ", "0456789+−=()inTtx", strict=True)),
}  # fmt: skip
Draw = Callable[[TTGlyphPen], None]


def small(font: TTFont) -> Iterator[tuple[str, Draw]]:
    names, glyphs = font.getBestCmap(), font.getGlyphSet()
    for height, pairs in SMALL_ONES.items():
        for sign, of in pairs.items():
            place = (SMALL, 0, 0, SMALL, X * (1 - SMALL), height)
            yield sign, lambda pen, of=of, place=place: glyphs[names[ord(of)]].draw(TransformPen(pen, place))


def filled(shapes: Sequence[Shape]) -> Draw:
    def draw(pen: TTGlyphPen) -> None:
        for shape in shapes:
            pen.moveTo((round(shape[0][0]), round(shape[0][1])))
            for x, y in shape[1:]:
                pen.lineTo((round(x), round(y)))
            pen.closePath()

    return draw


def main() -> None:
    roboto = instantiateVariableFont(TTFont(theirs() / "fonts" / "RobotoMono-VariableFont_wght.ttf"), {"wght": HEAVY})
    drawn = ((sign, filled(shapes)) for sign, shapes in chain(signs(), blocks(), braille()))
    draws: dict[str, Draw] = dict(chain(drawn, small(roboto)))
    named = {ord(sign): f"u{ord(sign):04X}" for sign in sorted(draws)}
    build = FontBuilder(EM, isTTF=True)
    build.setupGlyphOrder([".notdef", *named.values()])
    build.setupCharacterMap(named)
    glyphs = {".notdef": TTGlyphPen(None).glyph()}
    for code, name in named.items():
        pen = TTGlyphPen(None)
        draws[chr(code)](pen)
        glyphs[name] = pen.glyph()
    build.setupGlyf(glyphs)
    build.setupHorizontalMetrics(
        {name: (WIDTH, glyphs[name].xMin if name in glyphs and glyphs[name].numberOfContours else 0) for name in glyphs}
    )
    build.setupHorizontalHeader(ascent=TOP, descent=BOTTOM)
    build.setupNameTable(
        {
            "copyright": "The bptui authors; small digits and letters: The Roboto Mono Project Authors",
            "familyName": "bptui signs",
            "styleName": "Regular",
            "licenseDescription": "MIT; small digits and letters: Apache License, Version 2.0",
        }
    )
    build.setupOS2(sTypoAscender=TOP, sTypoDescender=BOTTOM, usWinAscent=TOP, usWinDescent=-BOTTOM)
    build.setupPost(isFixedPitch=1, keepGlyphNames=False)
    build.updateHead(created=0, modified=0)
    build.font.recalcTimestamp = False
    build.save(WRITTEN)


if __name__ == "__main__":
    main()
