"""Writes only the cells that changed. Textual writes every dirty line anew, each segment with its full colour code.

What Textual is about to write is caught in :mod:`bptui.tui.private`.
"""

from functools import lru_cache

from rich.cells import split_graphemes
from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

Cell = tuple[str, Style | None]
FAR = 5  # up to four unchanged cells in the pen's own style are cheaper written again than jumped over


class Shadow:
    """What the terminal shows, cell by cell; a cell not known is None. A wide character is followed by ("", style)."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.lines: list[list[Cell | None]] = [[None] * width for _ in range(height)]

    def differences(self, y: int, x: int, strips: list[Strip]) -> list[tuple[int, list[Cell]]]:
        """Take in what line y shows from column x on; give back the runs (column, cells) that differ."""
        line = self.lines[y]
        runs: list[tuple[int, list[Cell]]] = []
        last = -FAR - 2
        for cell in cells_of(strips):
            if x >= len(line):
                break
            if line[x] != cell:
                line[x] = cell
                between = line[last + 1 : x] if last >= 0 and x - last <= FAR else None
                if between is not None and all(c is not None and c[1] == runs[-1][1][-1][1] for c in between):
                    runs[-1][1].extend(line[last + 1 : x + 1])  # type: ignore[arg-type]
                elif cell[0]:
                    runs.append((x, [cell]))
                else:  # the second half of a wide character: write the whole
                    runs.append((x - 1, [line[x - 1], cell]))  # type: ignore[list-item]
                last = x
            x += 1
        return runs


def cells_of(strips: list[Strip]) -> list[Cell]:
    """The cells of strips, a character that takes several columns in the first of them."""
    out: list[Cell] = []
    for strip in strips:
        for text, style, control in strip:
            if control:
                continue
            if text.isascii():
                out += [(char, style) for char in text]
                continue
            for start, end, size in split_graphemes(text)[0]:
                out.append((text[start:end], style))
                out += [("", style)] * (size - 1)
    return out


@lru_cache(maxsize=4096)
def codes(style: Style | None, system: ColorSystem | None) -> tuple[str, ...]:
    """The SGR codes of a style, none for plain."""
    if style is None or system is None:
        return ()
    rendered = style.render("\0", color_system=system)
    start = rendered.partition("\0")[0]
    return tuple(start[2:-1].split(";")) if start.startswith("\x1b[") else ()


def encode(runs: list[tuple[int, int, list[Cell]]], system: ColorSystem | None) -> str:
    """Runs (line, column, cells) as text: the shortest cursor moves, colours only where they change."""
    out: list[str] = []
    pen: tuple[str, ...] = ()
    at = (-1, -1)
    for y, x, cells in runs:
        if at[0] == y and at[1] < x:
            out.append(f"\x1b[{x - at[1]}C")
        else:
            out.append(f"\x1b[{y + 1};{x + 1}H")
        for char, style in cells:
            if not char:
                continue
            wanted = codes(style, system)
            if wanted != pen:
                out.append(change_pen(pen, wanted))
                pen = wanted
            out.append(char)
        at = (y, x + len(cells))
    if pen:
        out.append("\x1b[m")
    return "".join(out)


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
