"""What a terminal is told of how a cell looks: the codes of a style, and the shortest way from one to another."""

import re
from functools import lru_cache

from rich.color import ColorSystem
from rich.style import Style

from bptui.tui.palette import halves_of, style_of
from bptui.views.text import NARROW

Ink = tuple[str, ...]
"""How a cell looks, as SGR codes; () is plain."""
Cell = tuple[str, Ink]
KEPT = 2048  # inks, or roles that stand for them: more are never on a screen at once
CELLS = 16384  # of all inks: 4 MB, of which a tenth is used for long


class NotNarrow(Exception):
    """A character that takes two columns, or none, or joins with others: a cell cannot be told from it alone."""


class InOneInk(dict[str, Cell]):
    """The cells of one ink by their characters, each made once: to compare what is one and the same is quick. Raises
    NotNarrow where a character is no cell."""

    __slots__ = ("_inks", "ink")

    def __init__(self, ink: Ink, inks: "Inks") -> None:
        super().__init__()
        self.ink, self._inks = ink, inks

    def __missing__(self, char: str) -> Cell:
        if not NARROW.fullmatch(char):
            raise NotNarrow(char)
        self._inks.make_room()
        cell = self[char] = char, self.ink
        return cell


class ByRole(dict[str, InOneInk]):
    """The inks of a palette by the roles they stand for."""

    def __init__(self, palette: str, inks: "Inks") -> None:
        super().__init__()
        self._palette, self._inks = palette, inks

    def __missing__(self, role: str) -> InOneInk:
        if len(self) >= KEPT:
            self.clear()
        halves = halves_of(role)
        if halves:  # of few grounds there are many pairs
            above, below = halves
            ink = self._inks.in_one(self[above].ink + self[below].ink)
        else:
            ink = self._inks[style_of(self._palette, role)]
        self[role] = ink
        return ink


class Inks(dict[Style | None, InOneInk]):
    """What styles are to one terminal: its colours, or without ``colour`` what else they say."""

    def __init__(self, system: ColorSystem | None, colour: bool = True) -> None:
        super().__init__()
        self._system, self._colour = system, colour
        self._by_role: dict[str, ByRole] = {}
        self._all: dict[Ink, InOneInk] = {}
        self._cells = 0

    def __missing__(self, style: Style | None) -> InOneInk:
        if len(self) >= KEPT:
            self.clear()
        ink = self[style] = self.in_one(codes(style, self._system, self._colour))
        return ink

    def in_one(self, ink: Ink) -> InOneInk:
        """The cells of an ink, whatever roles and styles look like it."""
        if len(self._all) >= KEPT:
            self._forget()
        return self._all.setdefault(ink, InOneInk(ink, self))

    def make_room(self) -> None:
        """For one more cell."""
        if self._cells >= CELLS:
            self._forget()
        self._cells += 1

    def _forget(self) -> None:
        """Begin anew: what is in use comes back at once."""
        for ink in self._all.values():
            ink.clear()
        for roles in self._by_role.values():
            roles.clear()
        self._all.clear()
        self.clear()
        self._cells = 0

    def of(self, palette: str) -> ByRole:
        """Those of a palette."""
        if palette not in self._by_role:
            self._by_role[palette] = ByRole(palette, self)
        return self._by_role[palette]


def codes(style: Style | None, system: ColorSystem | None, colour: bool = True) -> Ink:
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


def uncoloured(style: Style) -> Style:
    """What a style says without its colours: a ground of its own, as the chosen line of a list has, is reversed."""
    ground = style.bgcolor is not None and not style.bgcolor.is_default
    return style.without_color + Style(reverse=True) if ground else style.without_color


OFF = {"fg": "39", "bg": "49", "1": "22", "2": "22", "3": "23", "4": "24", "7": "27", "9": "29"}
"""The code that ends each attribute; 22 ends both bold and dim."""


@lru_cache(maxsize=KEPT)
def change_pen(old: tuple[str, ...], new: tuple[str, ...]) -> str:
    """From one set of SGR codes to another, the shorter way: end and begin what differs, or reset and begin anew."""
    before, after = attributes(old), attributes(new)
    gone = [kind for kind in before if kind not in after]
    if before and not gone:  # to begin what differs is never the longer way
        return "\x1b[" + ";".join([value for kind, value in after.items() if before.get(kind) != value]) + "m"
    anew = "\x1b[0;" + ";".join(new) + "m" if new else "\x1b[m"
    if any(kind not in OFF for kind in gone):
        return anew
    ended = {OFF[kind] for kind in gone}
    if "22" in ended:
        before = {kind: value for kind, value in before.items() if kind not in ("1", "2")}
    begun = [value for kind, value in after.items() if before.get(kind) != value]
    step = "\x1b[" + ";".join([*sorted(ended), *begun]) + "m"
    return step if len(step) < len(anew) else anew


@lru_cache(maxsize=KEPT)  # of few inks there are many changes
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
