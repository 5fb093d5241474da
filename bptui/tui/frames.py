"""Writes only the cells that changed. Textual writes every dirty line anew, each segment with its full colour code.

What Textual is about to write is caught in :mod:`bptui.tui.private`.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import inf

from rich.cells import split_graphemes
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

Cell = tuple[str, Style | None]
Run = tuple[int, int, list[Cell]]
"""Line, column, and the cells from there on."""
Piece = tuple[int, int, Sequence[Iterable[Segment]]]
"""Line, first column, and what is painted from there on without a gap: strips, or segments in other lists."""
NARROW = re.compile(
    "[ -~¡-¬®-˿Ͱ-ͷͺ-Ϳ΄-ΊΌΎ-ΡΣ-Ͽᴀ-ᶿ‐-‧‰-⁞⁰ⁱ⁴-₎←-↓↔-⇿∀-⌙⎛-⎳─-◼◿⟀-⟯⠀-⣿⦀-⫿]*",
)
"""Characters that take a column each and are never part of another: what nearly all texts are made of."""
FAR = 5  # up to four unchanged cells in the pen's own style are cheaper written again than jumped over


class Shadow:
    """What the terminal shows, cell by cell; a cell not known is None. A wide character is followed by ("", style)."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.lines: list[list[Cell | None]] = [[None] * width for _ in range(height)]

    def differences(self, y: int, x: int, strips: Iterable[Iterable[Segment]]) -> list[Run]:
        """How line y differs from what strips show from column x on, as runs."""
        line, at = self.lines[y], x
        runs: list[Run] = []
        last = -FAR - 2
        for strip in strips:
            for text, style, control in strip:
                cells = [] if control else cells_in(text, style)
                start, at = at, at + len(cells)
                if line[start:at] != cells:
                    last = self._compare(y, start, cells, runs, last)
        return runs

    def _compare(self, y: int, x: int, cells: list[Cell], runs: list[Run], last: int) -> int:
        """Add what is other in these cells to the runs; the last column that is, so far."""
        line = self.lines[y]
        for at, cell in enumerate(cells[: max(len(line) - x, 0)], start=x):
            if line[at] == cell:
                continue
            between = line[last + 1 : at] if last >= 0 and at - last <= FAR else None
            if between is not None and all(c is not None and c[1] == runs[-1][2][-1][1] for c in between):
                runs[-1][2].extend(c for c in between if c is not None)
                runs[-1][2].append(cell)
            elif cell[0]:
                runs.append((y, at, [cell]))
            else:  # the second half of a wide character: write the whole
                runs.append((y, at - 1, cells[at - 1 - x : at + 1 - x]))
            last = at
        return last

    def take(self, runs: list[Run]) -> None:
        """From now on the terminal shows these."""
        for y, x, cells in runs:
            self.lines[y][x : x + len(cells)] = cells


def cells_of(strips: Iterable[Iterable[Segment]]) -> list[Cell]:
    """The cells of strips."""
    return [cell for strip in strips for text, style, control in strip if not control for cell in cells_in(text, style)]


def cells_in(text: str, style: Style | None) -> list[Cell]:
    """The cells of a text, a character that takes several columns in the first of them."""
    if NARROW.fullmatch(text):
        return [(char, style) for char in text]
    out: list[Cell] = []
    for start, end, size in split_graphemes(text)[0]:
        out.append((text[start:end], style))
        out += [("", style)] * (size - 1)
    return out


@lru_cache(maxsize=4096)
def codes(style: Style | None, system: ColorSystem | None, colour: bool = True) -> tuple[str, ...]:
    """The SGR codes of a style, none for plain; without colours what else it says."""
    if style is None or system is None:
        return ()
    if not colour:
        style = uncoloured(style)
    rendered = style.render("\0", color_system=system)
    start = rendered.partition("\0")[0]
    return tuple(shortest(start[2:-1]).split(";")) if start.startswith("\x1b[") else ()


TRUE = re.compile(r"([34]8);2;(\d+);(\d+);(\d+)")
STEPS = (0, 95, 135, 175, 215, 255)
PALETTE = {(r, g, b): 16 + 36 * i + 6 * j + k for i, r in enumerate(STEPS) for j, g in enumerate(STEPS)
           for k, b in enumerate(STEPS)} | {(8 + 10 * k,) * 3: 232 + k for k in range(24)}  # fmt: skip
"""The numbers of the colours that every terminal of 256 has alike; the first sixteen are each terminal's own."""


def shortest(sgr: str) -> str:
    """The codes with the number of a colour in place of its red, green and blue, where it has one."""

    def number(colour: re.Match[str]) -> str:
        ground, *parts = colour.groups()
        known = PALETTE.get(tuple(map(int, parts)))  # type: ignore[arg-type]
        return colour.group() if known is None else f"{ground};5;{known}"

    return TRUE.sub(number, sgr)


def cut(runs: list[Run], size: float, system: ColorSystem | None, colour: bool = True) -> tuple[str, int, list[Run]]:
    """As many runs as about ``size`` bytes hold, one at least: their text, its bytes, and the runs that are left."""
    out, length, count = [], 0, 0
    pen = Pen(system, colour)
    for run in runs:
        if count and length >= size:
            break
        text = pen.write(run)
        out.append(text)
        length += len(text) if text.isascii() else len(text.encode())
        count += 1
    out.append(end := pen.put_down())
    return "".join(out), length + len(end), runs[count:]


def uncoloured(style: Style) -> Style:
    """What a style says without its colours: a ground of its own, as the chosen line of a list has, is reversed."""
    ground = style.bgcolor is not None and not style.bgcolor.is_default
    return style.without_color + Style(reverse=True) if ground else style.without_color


def encode(runs: list[Run], system: ColorSystem | None, colour: bool = True) -> str:
    """Runs (line, column, cells) as text: the shortest cursor moves, colours only where they change."""
    return cut(runs, inf, system, colour)[0]


class Pen:
    """Where the cursor stands, and how what is written there would look."""

    def __init__(self, system: ColorSystem | None, colour: bool) -> None:
        self._system, self._colour = system, colour
        self._codes: tuple[str, ...] = ()
        self._style: Style | None = None
        self._at = (-1, -1)

    def write(self, run: Run) -> str:
        """A run as text."""
        y, x, cells = run
        on = self._at[0] == y and self._at[1] < x
        out = [f"\x1b[{x - self._at[1]}C" if on else f"\x1b[{y + 1};{x + 1}H"]
        unsure = False
        for column, (char, style) in enumerate(cells, x + 1):
            if not char:
                continue
            if style is not self._style:
                out.append(self._change(style))
            out.append(f"\x1b[{column}G{char}" if unsure else char)
            unsure = len(char) > 1  # where characters make one together, a terminal may count the columns otherwise
        self._at = (y, x + len(cells)) if not unsure else (-1, -1)
        return "".join(out)

    def _change(self, style: Style | None) -> str:
        wanted = codes(style, self._system, self._colour)
        self._style, old, self._codes = style, self._codes, wanted
        return "" if wanted == old else change_pen(old, wanted)

    def put_down(self) -> str:
        """Leave no colour behind."""
        return "\x1b[m" if self._codes else ""


OFF = {"fg": "39", "bg": "49", "1": "22", "2": "22", "3": "23", "4": "24", "7": "27", "9": "29"}
"""The code that ends each attribute; 22 ends both bold and dim."""


@lru_cache(maxsize=8192)
def change_pen(old: tuple[str, ...], new: tuple[str, ...]) -> str:
    """From one set of SGR codes to another, the shorter way: end and begin what differs, or reset and begin anew."""
    before, after = attributes(old), attributes(new)
    anew = "\x1b[0;" + ";".join(new) + "m" if new else "\x1b[m"
    gone = [kind for kind in before if kind not in after]
    if any(kind not in OFF for kind in gone):
        return anew
    ended = {OFF[kind] for kind in gone}
    if "22" in ended:
        before = {kind: value for kind, value in before.items() if kind not in ("1", "2")}
    begun = [value for kind, value in after.items() if before.get(kind) != value]
    step = "\x1b[" + ";".join([*sorted(ended), *begun]) + "m"
    return step if len(step) < len(anew) else anew


def attributes(sgr: tuple[str, ...]) -> dict[str, str]:
    """SGR codes by what they set: foreground, background, or an attribute of its own."""
    out: dict[str, str] = {}
    k = 0
    while k < len(sgr):
        code = sgr[k]
        if code in ("38", "48"):
            length = 5 if sgr[k + 1] == "2" else 3
            out["fg" if code == "38" else "bg"] = ";".join(sgr[k : k + length])
            k += length
            continue
        number = int(code)
        foreground = 30 <= number <= 39 or 90 <= number <= 97
        background = 40 <= number <= 49 or 100 <= number <= 107
        out["fg" if foreground else "bg" if background else code] = code
        k += 1
    return out
