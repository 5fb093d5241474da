"""How roles look: a palette per theme, from role names to Rich styles."""

from functools import lru_cache
from typing import NamedTuple

from rich.style import Style

from bptui.data.plain import in_plain
from bptui.views.glyphs import HEATS
from bptui.views.text import Row, cells, row_cells


class Palette(NamedTuple):
    """``textual`` is the matching theme of Textual, for palette and dialogs; ``grey`` gives the image levels:
    16 + 1 colours from black to white."""

    name: str
    textual: str
    roles: dict[str, str]
    grey: tuple[str, ...]


def greys(first: int, last: int) -> tuple[str, ...]:
    levels = [round(first + (last - first) * k / 16) for k in range(17)]
    return tuple(f"#{v:02x}{v:02x}{v:02x}" for v in levels)


def roles(
    text: str,
    ground: str,
    dim: str,
    positive: str,
    negative: str,
    accent: str,
    good: str,
    bad: str,
    bar: str,
    violet: str,
) -> dict[str, str]:
    """All roles from a few colours; meaning never rests on colour alone (glyphs, bold and reverse say it too)."""
    base = f"{text} on {ground}"
    return heats(text, ground, positive, negative) | {
        "text": base,
        "strong": f"bold {base}",
        "dim": f"{dim} on {ground}",
        "pending": f"{dim} on {ground}",
        "done": f"{good} on {ground}",
        "good": f"bold {good} on {ground}",
        "wrong": f"bold {bad} on {ground}",
        "head": f"{dim} on {ground}",
        "positive": f"{positive} on {ground}",
        "negative": f"{negative} on {ground}",
        "lit": f"bold {ground} on {accent}",
        "lit-text": f"bold {accent} on {ground}",
        "selected": f"bold {accent} on {ground}",
        "edge-selected": f"bold {accent} on {ground}",
        "border": f"{dim} on {ground}",
        "border-focus": f"bold {accent} on {ground}",
        "title": f"bold {text} on {ground}",
        "key": f"bold {accent} on {ground}",
        "bar": f"{text} on {bar}",
        "bar-strong": f"bold {text} on {bar}",
        "bar-change": f"bold {accent} on {bar}",
        "bar-key": f"bold {accent} on {bar}",
        "bar-off": f"{dim} on {bar}",
        "notice": f"bold {ground} on {accent}",
        "series-0": f"{dim} on {ground}",
        "series-1": f"{positive} on {ground}",
        "series-2": f"{negative} on {ground}",
        "series-3": f"{good} on {ground}",
        "series-4": f"{accent} on {ground}",
        "series-5": f"bold {text} on {ground}",
        "series-6": f"{violet} on {ground}",
        "ghost": f"{dim} on {ground}",
    }


def heats(text: str, ground: str, positive: str, negative: str) -> dict[str, str]:
    """The cells of a heat map: the background goes from the ground's colour to the sign's in steps; in a terminal of
    16 colours, which has none between, to the sign's colour for the largest."""
    styles = {"heat 0": f"{text} on {ground}"}
    for step in range(1, HEATS + 1):
        for sign, colour in ((1, positive), (-1, negative)):
            if ground.startswith("#"):
                behind = between(ground, colour, step / HEATS)
                style = f"{legible(text, ground, behind)} on {behind}"
            else:
                style = f"{ground} on {colour}" if step > HEATS - 2 else f"{colour} on {ground}"
            styles[f"heat {sign * step}"] = style
    return styles


def legible(one: str, other: str, behind: str) -> str:
    """Whichever of two colours stands out more."""
    return max(one, other, key=lambda ink: abs(brightness(ink) - brightness(behind)))


def brightness(colour: str) -> float:
    """How bright a colour #rrggbb looks, 0 … 255 (the luma of ITU-R BT.601)."""
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def between(one: str, other: str, share: float) -> str:
    """The colour so far on the way from one to the other, all as #rrggbb."""
    parts = [(int(one[k : k + 2], 16), int(other[k : k + 2], 16)) for k in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in parts)


DARK = Palette(
    "dark",
    "textual-dark",
    roles("#e4e4e4", "#121212", "#8a8a8a", "#5fafff", "#ff875f", "#ffd75f", "#87d787", "#ff5f5f", "#303030", "#d787ff"),
    greys(0x12, 0xFF),
)
LIGHT = Palette(
    "light",
    "textual-light",
    roles("#121212", "#ffffff", "#626262", "#005faf", "#af3a00", "#875f00", "#005f00", "#af0000", "#dadada", "#8700af"),
    greys(0xFF, 0x00),
)
ANSI_DARK = Palette(
    "ansi-dark",
    "ansi-dark",
    roles(
        "white",
        "black",
        "bright_black",
        "bright_cyan",
        "bright_red",
        "bright_yellow",
        "green",
        "red",
        "blue",
        "bright_magenta",
    ),
    ("black",) * 4 + ("bright_black",) * 5 + ("white",) * 5 + ("bright_white",) * 3,
)
ANSI_LIGHT = Palette(
    "ansi-light",
    "ansi-light",
    roles("black", "bright_white", "bright_black", "blue", "red", "magenta", "green", "red", "white", "cyan"),
    ("bright_white",) * 4 + ("white",) * 5 + ("bright_black",) * 5 + ("black",) * 3,
)
MONO = Palette(
    "mono",
    "ansi-dark",
    {
        role: "reverse bold"
        if role in ("lit", "notice")
        else "bold"
        if "bold" in style
        else "reverse" * (role == "bar")
        for role, style in DARK.roles.items()
    }
    | {role: "reverse" for role in DARK.roles if role.startswith("bar")}
    | {f"heat {sign * step}": "reverse" for sign in (1, -1) for step in (HEATS - 1, HEATS)},
    ("default",) * 17,
)
# Okabe & Ito 2008, "Color universal design": told apart with every kind of colour vision, here on black.
SKY_BLUE, ORANGE, YELLOW, GREEN, VERMILLION, PURPLE = "#56b4e9", "#e69f00", "#f0e442", "#009e73", "#d55e00", "#cc79a7"
OKABE_ITO = Palette(
    "okabe-ito",
    "textual-dark",
    roles("#ffffff", "#000000", "#999999", SKY_BLUE, ORANGE, YELLOW, GREEN, VERMILLION, "#262626", PURPLE),
    greys(0x00, 0xFF),
)
PALETTES = (DARK, LIGHT, ANSI_DARK, ANSI_LIGHT, OKABE_ITO)


def ground(palette: Palette, name: str) -> str:
    """The colour of a ground, as ``bptui.views.grounds`` names them: of a signed value the more of its sign's colour
    the larger it is, of an area its class's colour in a soft tone, of a grey value its level. In a terminal of 16
    colours, which has none between, a sign or a class is its colour."""
    kind, number = name.split()
    behind = palette.roles["text"].split(" on ")[1]
    if kind == "px":
        return palette.grey[int(number)]
    role = f"series-{int(number)}" if kind == "area" else "positive" if int(number) > 0 else "negative"
    share = 0.55 if kind == "area" else 0.15 + 0.55 * abs(int(number)) / HEATS
    if name == "heat 0":
        return behind
    colour = palette.roles[role].removeprefix("bold ").split(" on ")[0]
    return between(behind, colour, share) if behind.startswith("#") else colour


def ink_on(palette: Palette, name: str) -> str:
    """Whichever of the palette's two colours stands out on a ground."""
    text, behind = palette.roles["text"].split(" on ")
    return legible(text, behind, ground(palette, name)) if behind.startswith("#") else behind


@lru_cache(maxsize=4096)
def style_of(palette: str, role: str) -> Style:
    """The style of a role; ``above|below`` has one ground over another."""
    chosen = next(p for p in (*PALETTES, MONO) if p.name == palette)
    if "|" in role:
        above, below = role.split("|")
        if above in ("spot", "lit"):
            return Style(color=ink_on(chosen, below), bgcolor=ground(chosen, below), bold=above == "lit")
        return Style(color=(above and ground(chosen, above)) or None, bgcolor=(below and ground(chosen, below)) or None)
    if role.startswith("area "):
        return Style(color=ink_on(chosen, role), bgcolor=ground(chosen, role))
    return Style.parse(chosen.roles.get(role, chosen.roles["text"]) or "none")


def halves_of(role: str) -> tuple[str, str] | None:
    """Of ``above|below`` a role for each half alone, where what is above does not depend on what is below."""
    above, _, below = role.partition("|")
    return (f"{above}|", f"|{below}") if above and below and above not in ("spot", "lit") else None


QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
BLOCKS = str.maketrans(
    {
        chr(0x2800 + dots): QUADRANTS[sum(bool(dots & some) << k for k, some in enumerate((0x03, 0x18, 0x44, 0xA0)))]
        for dots in range(256)
    }
)
"""Patterns of braille in quarters of a cell, two dots in each, for fonts that have no braille."""


def in_blocks(row: Row) -> Row:
    return tuple((text.translate(BLOCKS), role) for text, role in row)


def in_room(text: str) -> str:
    """In plain characters, as wide as it was where it ends in blanks enough: what follows stands where it stood."""
    plain, blanks = in_plain(text), len(text) - len(text.rstrip(" "))
    grown = len(plain) - cells(text) if blanks > 1 else 0
    return plain[: -min(grown, blanks - 1)] if grown > 0 else plain + " " * -grown


def in_ascii(row: Row) -> Row:
    """The row in characters that every terminal has; others become a question mark. What stands for a character may be
    longer: blanks behind it make room for it, else those at the end."""
    plain = [(in_room(text), role) for text, role in row if text]
    grown = row_cells(plain) - row_cells(row)
    while plain and grown > 0 and plain[-1][0].endswith(" "):
        text, role = plain.pop()
        spare = min(grown, len(text) - len(text.rstrip(" ")))
        grown -= spare
        if len(text) > spare:
            plain.append((text[:-spare], role))
    return tuple(plain)
