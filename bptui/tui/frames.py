"""Writes only the cells that changed. Textual writes every dirty line anew, each segment with its full colour code.

What Textual is about to write is caught in :mod:`bptui.tui.private`.
"""

import re
from collections.abc import Iterable, Sequence
from math import inf
from operator import ne

from rich.cells import split_graphemes
from rich.segment import Segment

from bptui.tui.inks import ByRole, Cell, Ink, Inks, InOneInk, NotNarrow, change_pen
from bptui.views.text import Row

Run = tuple[int, int, list[Cell]]
"""Line, column, and the cells from there on."""
OTHER = re.compile(rb"\x01+")
FAR = 5  # up to four unchanged cells in the pen's own ink are cheaper written again than jumped over


class Shadow:
    """What the terminal shows, cell by cell; a cell not known is None. A wide character is followed by ("", ink)."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.lines: list[list[Cell | None]] = [[None] * width for _ in range(height)]

    def differences(self, y: int, x: int, cells: Sequence[Cell]) -> list[Run]:
        """How line y differs from these cells from column x on, as runs."""
        runs: list[Run] = []
        end = -FAR
        other = bytes(map(ne, self.lines[y][x : x + len(cells)], cells))
        for found in OTHER.finditer(other):
            start, stop = found.span()
            while start and not cells[start][0]:  # from the first half of a wide character
                start -= 1
            while stop < len(other) and not cells[stop][0]:  # to the second one
                stop += 1
            if start - end >= FAR or any(ink != runs[-1][2][-1][1] for _, ink in cells[end:start]):
                runs.append((y, x + start, []))
                end = start
            runs[-1][2].extend(cells[end:stop])
            end = stop
        return runs

    def take(self, runs: list[Run]) -> None:
        """From now on the terminal shows these."""
        for y, x, cells in runs:
            self.lines[y][x : x + len(cells)] = cells


def cells_of(strips: Iterable[Iterable[Segment]], inks: Inks) -> list[Cell]:
    """The cells of strips."""
    return [
        cell
        for strip in strips
        for text, style, control in strip
        if not control
        for cell in cells_in(text, inks[style])
    ]


def cells_of_row(row: Row, inks: ByRole) -> list[Cell]:
    """The cells of spans."""
    out: list[Cell] = []
    try:
        for text, role in row:
            out += map(inks[role].__getitem__, text)
    except NotNarrow:
        return [cell for text, role in row for cell in cells_in(text, inks[role])]
    return out


def cells_in(text: str, ink: InOneInk) -> list[Cell]:
    """The cells of a text, a character that takes several columns in the first of them."""
    try:
        return [*map(ink.__getitem__, text)]
    except NotNarrow:
        pieces = split_graphemes(text)[0]
        return [cell for a, b, size in pieces for cell in ((text[a:b], ink.ink), *[("", ink.ink)] * (size - 1))]


def cut(runs: list[Run], size: float) -> tuple[str, int, list[Run]]:
    """As many runs as about ``size`` bytes hold, one at least: their text, its bytes, and the runs that are left."""
    out, length, count = [], 0, 0
    pen = Pen()
    for run in runs:
        if count and length >= size:
            break
        text = pen.write(run)
        out.append(text)
        length += len(text) if text.isascii() else len(text.encode())
        count += 1
    out.append(end := pen.put_down())
    return "".join(out), length + len(end), runs[count:]


def encode(runs: list[Run]) -> str:
    """Runs (line, column, cells) as text: the shortest cursor moves, colours only where they change."""
    return cut(runs, inf)[0]


class Pen:
    """Where the cursor stands, and how what is written there would look."""

    def __init__(self) -> None:
        self._ink: Ink = ()
        self._at = (-1, -1)

    def write(self, run: Run) -> str:
        """A run as text."""
        y, x, cells = run
        on = self._at[0] == y and self._at[1] < x
        out = [f"\x1b[{x - self._at[1]}C" if on else f"\x1b[{y + 1};{x + 1}H"]
        held, unsure = self._ink, False
        for column, (char, ink) in enumerate(cells, x + 1):
            if not char:
                continue
            if ink is not held and ink != held:
                out.append(change_pen(held, ink))
                held = ink
            out.append(f"\x1b[{column}G{char}" if unsure else char)
            unsure = len(char) > 1  # where characters make one together, a terminal may count the columns otherwise
        self._ink = held
        self._at = (y, x + len(cells)) if not unsure else (-1, -1)
        return "".join(out)

    def put_down(self) -> str:
        """Leave no colour behind."""
        return "\x1b[m" if self._ink else ""
