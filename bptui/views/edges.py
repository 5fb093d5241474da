"""Edges between two columns of units as braille lines: solid is a positive weight, dotted a negative one, thick a
weight of more than half the largest."""

from bptui.engine.types import Floats
from bptui.views.glyphs import BRAILLE_DOTS
from bptui.views.text import Span


def edges(
    weights: Floats, left_rows: list[int], right_rows: list[int], width: int, height: int, selected: tuple[int, int]
) -> list[list[Span]]:
    """``height`` rows of ``width`` cells. weights is i × o, ``left_rows`` the cell row of each input, ``right_rows``
    of each unit; weak weights (below a twentieth of the largest) are left out, the selected one (i, o) never."""
    dots: dict[tuple[int, int], int] = {}
    roles: dict[tuple[int, int], tuple[float, str]] = {}
    largest = float(abs(weights).max()) if weights.size else 0.0
    for i, start in enumerate(left_rows):
        for o, end in enumerate(right_rows):
            chosen = (i, o) == selected
            size = abs(float(weights[i, o]))
            if not chosen and (largest == 0 or size < largest / 20):
                continue
            positive = weights[i, o] >= 0
            role = "edge-selected" if chosen else "positive" if positive else "negative"
            importance = float("inf") if chosen else size
            for x, y in line(start * 4 + 2, end * 4 + 2, width * 2, bool(positive), size > largest / 2):
                cell = (y // 4, x // 2)
                dots[cell] = dots.get(cell, 0) | BRAILLE_DOTS[y % 4][x % 2]
                if cell not in roles or roles[cell][0] < importance:
                    roles[cell] = (importance, role)
    return [
        [(chr(0x2800 + dots[y, x]), roles[y, x][1]) if (y, x) in dots else (" ", "text") for x in range(width)]
        for y in range(height)
    ]


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
