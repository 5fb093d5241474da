"""Pictures made of two values a character: one for its upper half, one for its lower.

A ground is the name of a background: ``heat −6 … 6``, ``area 0 … 6`` or ``px 0 … 16``. ``above|below`` is the role of a
half block between two of them, ``spot|ground`` that of a character written on one, ``lit|ground`` the same lit.
"""

from collections.abc import Sequence
from itertools import groupby

from bptui.engine.types import Floats
from bptui.views.glyphs import HEATS, SHADES, level, signed
from bptui.views.text import Row, Span

AREAS = 7
"""Colours of areas; further classes begin again, and their letters tell them apart."""
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def heat(value: float, largest: float) -> str:
    """The ground of a signed value among values of at most ``largest`` in size; never that of zero but for zero."""
    if value == 0 or not largest > 0:
        return "heat 0"
    step = min(int(abs(value) / largest * HEATS), HEATS - 1) + 1
    return f"heat {step if value > 0 else -step}"


def area(kind: int) -> str:
    return f"area {kind % AREAS}"


def grey(value: float, low: float, high: float) -> str:
    """The ground of a value between the darkest and the brightest."""
    return f"px {level((value - low) / (high - low) if high > low else 0.5)}"


def joined(spans: Sequence[Span]) -> Row:
    """Neighbours of one role as one span."""
    return tuple(("".join(text for text, _ in run), role) for role, run in groupby(spans, key=lambda span: span[1]))


def blocks(grounds: Sequence[Sequence[str]]) -> list[list[Span]]:
    """Half blocks for an even number of lines of grounds."""
    return [
        [("▀", f"{above}|{below}") for above, below in zip(upper, lower, strict=True)]
        for upper, lower in zip(grounds[::2], grounds[1::2], strict=True)
    ]


def glyph(ground: str, value: float, largest: float) -> Span:
    """What stands for a ground where there is no colour."""
    kind, number = ground.split()
    if kind == "heat":
        return signed(value, largest)[0], "text"
    if kind == "area":
        return LETTERS[int(number) % len(LETTERS)], "dim"
    return SHADES[round(int(number) / 16 * (len(SHADES) - 1))], "text"


def picture(values: Floats, colour: bool) -> list[Row]:
    """A grey picture, values 0 … 1 (rows × columns), in half blocks; a character a pixel without colour."""
    if not colour:
        return [joined([glyph(grey(v, 0.0, 1.0), v, 1.0) for v in line]) for line in values.tolist()]
    lines = [[grey(v, 0.0, 1.0) for v in line] for line in values.tolist()]
    if len(lines) % 2:
        lines.append(["px 0"] * values.shape[1])
    return [joined(row) for row in blocks(lines)]
