"""Signed numbers as single characters: solid bars are positive, dots are negative, with or without colour."""

import numpy as np

from bptui.engine.types import Floats
from bptui.views.numbers import sign_role
from bptui.views.text import Span

POSITIVE = "▁▂▃▄▅▆▇█"
NEGATIVE = "⠂⠒⠖⠶⠷⠿"
ZERO = "·"


def signed(value: float, largest: float) -> Span:
    """One cell for a value among values of at most ``largest`` in size."""
    if value == 0 or largest <= 0:
        return ZERO, "dim"
    ramp = POSITIVE if value > 0 else NEGATIVE
    level = min(int(abs(value) / largest * len(ramp)), len(ramp) - 1)
    return ramp[level], sign_role(value)


def largest_of(values: Floats) -> float:
    """Largest size among the values, 0 for none."""
    return float(np.abs(values).max()) if values.size else 0.0


def pixel(above: float, below: float) -> Span:
    """A half block for two grey values 0 … 1, one above the other."""
    return "▀", f"px {level(above)} {level(below)}"


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
