"""Writes only the cells that changed. Textual writes every dirty line anew, each segment with its full colour code.

What Textual is about to write is caught in :mod:`bptui.tui.private`.
"""

import re
from collections.abc import Iterable, Sequence
from math import inf
from operator import itemgetter, ne

from rich.cells import split_graphemes
from rich.segment import Segment

from bptui.tui.inks import ByRole, Cell, Ink, Inks, InOneInk, NotNarrow, change_pen
from bptui.views.text import Row

Run = tuple[Ink, int, int, Sequence[Cell]]
"""Cells of one ink: that, their line, the first one's column, and they."""
INK = itemgetter(0)
OTHER = re.compile(rb"\x01+")
FAR = 5  # up to four unchanged cells in the run's own ink are cheaper written again than jumped over


class Shadow:
    """What the terminal shows, cell by cell; a cell not known is None. A wide character is followed by ("", ink)."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.lines: list[list[Cell | None]] = [[None] * width for _ in range(height)]

    def differences(self, y: int, x: int, cells: Sequence[Cell]) -> list[Run]:
        """How line y differs from these cells from column x on, as runs."""
        runs: list[Run] = []
        end, held = -FAR, None
        other = bytes(map(ne, self.lines[y][x : x + len(cells)], cells))
        for found in OTHER.finditer(other):
            start, stop = found.span()
            while start and not cells[start][0]:  # from the first half of a wide character
                start -= 1
            while stop < len(other) and not cells[stop][0]:  # to the second one
                stop += 1
            ink = cells[start][1]
            if ink == held and start - end < FAR and all(ink == held for _, ink in cells[end:start]):
                start = runs.pop()[2] - x
            column, held = start, ink
            for _, ink in cells[start:stop]:
                if ink is not held and ink != held:
                    runs.append((held, y, x + start, cells[start:column]))
                    start, held = column, ink
                column += 1
            runs.append((held, y, x + start, cells[start:stop]))
            end = stop
        return runs

    def take(self, runs: list[Run]) -> None:
        """From now on the terminal shows these."""
        for _, y, x, cells in runs:
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


def in_order(runs: Iterable[Run]) -> list[Run]:
    """Those that look alike one after another: to move the cursor takes fewer bytes than to change a colour."""
    return sorted(runs, key=INK)


def cut(runs: list[Run], size: float, pen: "Pen") -> tuple[str, int, list[Run]]:
    """As many runs as about ``size`` bytes hold, one at least: their text, its bytes, and the runs that are left."""
    out, length, count = [], 0, 0
    for run in runs:
        if count and length >= size:
            break
        text = pen.write(run)
        out.append(text)
        length += len(text) if text.isascii() else len(text.encode())
        count += 1
    return "".join(out), length, runs[count:]


def encode(runs: list[Run]) -> str:
    """Runs as text: the shortest cursor moves, colours only where they change."""
    pen = Pen()
    return cut(in_order(runs), inf, pen)[0] + pen.put_down()


class Pen:
    """Where the cursor stands, and how what is written there would look."""

    def __init__(self) -> None:
        self._ink: Ink = ()
        self._at = (-1, -1)

    def write(self, run: Run) -> str:
        """A run as text."""
        ink, y, x, cells = run
        line, at = self._at
        if y != line or x < at:
            move = f"\x1b[{y + 1};{x + 1}H"
        else:
            move = f"\x1b[{x - at}C" if x - at > 1 else "\x1b[C" * (x - at)
        pen = "" if ink is self._ink or ink == self._ink else change_pen(self._ink, ink)
        chars = [char for char, _ in cells]
        text = "".join(chars)
        self._ink, self._at = ink, (y, x + len(chars))
        if not text.isascii() and (len(text) != len(chars) or "" in chars):
            text, self._at = apart(chars, x), (-1, -1)
        return f"{move}{pen}{text}"

    def put_down(self) -> str:
        """Leave no colour behind."""
        return "\x1b[m" if self._ink else ""


def apart(chars: list[str], x: int) -> str:
    """Characters from column x on, of which some are not of one column. Where several make one together a terminal may
    count the columns otherwise: it is told where the next one stands."""
    out, unsure = [], False
    for column, char in enumerate(chars, x + 1):
        if char:
            out.append(f"\x1b[{column}G{char}" if unsure else char)
            unsure = len(char) > 1
    return "".join(out)
