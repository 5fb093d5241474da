"""Numbers as single characters: cells of a heat map, bars, grey values, dots of braille.

A cell says a signed number by glyph and by background, so that it reads without colour too: ▵ ▴ ▲ are positive,
▿ ▾ ▼ negative, small, middling and large; 0 is zero, · is not computed yet.
"""

from functools import cache
from math import isnan, nan
from typing import TYPE_CHECKING

from bptui.views.text import Span

if TYPE_CHECKING:
    from bptui.engine.types import Floats

BARS = "▁▂▃▄▅▆▇█"
POSITIVE, NEGATIVE = "▵▴▲", "▿▾▼"
ZERO, PENDING = "0", "·"
EDITED = "*"
"""Behind a number that was set by hand."""
HEATS = 6  # steps of background on either side of zero, two to a glyph


def signed(value: float, largest: float) -> Span:
    """One cell for a value among values of at most ``largest`` in size; its role is ``heat −6 … 6``."""
    if isnan(value):
        return "?", "dim"
    if value == 0 or not largest > 0:
        return ZERO, "heat 0"
    step = min(int(abs(value) / largest * HEATS), HEATS - 1)
    ramp, sign = (POSITIVE, 1) if value > 0 else (NEGATIVE, -1)
    return ramp[step * len(ramp) // HEATS], f"heat {sign * (step + 1)}"


def largest_of(values: "Floats") -> float:
    """Largest size among the values, of those that are not hidden (nan where all are); 0 for none."""
    known = values[values == values]  # noqa: PLR0124  nan, told without numpy
    return float(abs(known).max()) if known.size else nan if values.size else 0.0


def pixel(above: float, below: float) -> Span:
    """A half block for two grey values 0 … 1, one above the other."""
    return half_block(level(above), level(below))


def levels(image: "Floats") -> list[list[int]]:
    """Grey values as :func:`level` has them, all at once."""
    out: list[list[int]] = (image.clip(0.0, 1.0) * 16).round().astype(int).tolist()
    return out


@cache
def half_block(above: int, below: int) -> Span:
    return "▀", f"px {above}|px {below}"


def level(value: float) -> int:
    return round(min(max(float(value), 0.0), 1.0) * 16)


SHADES = " ░▒▓█"


def shade(value: float) -> Span:
    """A grey value 0 … 1 as a character, for terminals without colour."""
    return SHADES[round(min(max(float(value), 0.0), 1.0) * (len(SHADES) - 1))], "text"


BRAILLE_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


def thumbnail(image: list[list[float]]) -> str:
    """A picture in one line: each character is 2 × 4 dots, a dot for a pixel above the picture's middle grey.

    Pictures taller than 4 rows are squeezed to 4.
    """
    rows, columns = len(image), len(image[0])
    middle = 0.5 * max(max(row) for row in image)
    squeezed = []
    for dot in range(4):
        band = image[dot * rows // 4 : max((dot + 1) * rows // 4, dot * rows // 4 + 1)]
        squeezed.append([sum(row[c] for row in band) / len(band) for c in range(columns)])
    text = ""
    for c in range(0, columns, 2):
        code = 0x2800
        for r in range(4):
            for d in range(2):
                if c + d < columns and squeezed[r][c + d] > middle * 0.9:
                    code |= BRAILLE_DOTS[r][d]
        text += chr(code)
    return text
