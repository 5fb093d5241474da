"""Writing only the cells that changed leaves the terminal showing exactly what a full repaint would."""

import random
import re
from itertools import chain
from math import inf

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import split_graphemes
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.strip import Strip

from bptui.tui.frames import Pen, Run, Shadow, cells_of, cut, encode
from bptui.tui.inks import Cell, Inks, attributes, change_pen, codes, shortest
from bptui.tui.palette import PALETTES, style_of
from bptui.tui.private import Diffed
from bptui.views.text import NARROW

from .pilots import WIDE, explore, resize

WIDTH, HEIGHT = 12, 4
TEXTS = st.text(st.sampled_from("ab ·█⠿漢字カ👍é"), max_size=8)
COLOURS = st.sampled_from(
    [None, "red", "bright_blue", "#102030", "#ff8800", "#5fafff", "#303030", "color(123)", "default"]
)
STYLES = st.builds(
    Style, color=COLOURS, bgcolor=COLOURS, bold=st.none() | st.booleans(), reverse=st.none() | st.booleans(),
    italic=st.none() | st.booleans(), underline=st.none() | st.booleans(),
)  # fmt: skip
SEGMENTS = st.lists(st.tuples(TEXTS, st.none() | STYLES).map(lambda pair: Segment(*pair)), max_size=4)
LINES = SEGMENTS.map(lambda segments: Strip(segments).adjust_cell_length(WIDTH, Style()))
SCREENS = st.lists(LINES, min_size=HEIGHT, max_size=HEIGHT)
SYSTEMS = st.sampled_from([ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT, ColorSystem.STANDARD, None])


class Terminal:
    """What a terminal shows after what it was sent."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT, kind: type[pyte.Screen] = pyte.Screen) -> None:
        self.screen = kind(width, height)
        self.stream = pyte.Stream(self.screen)

    def show(self, text: str) -> None:
        self.stream.feed(text)

    def cells(self) -> list[list[pyte.screens.Char]]:
        return [[self.screen.buffer[y][x] for x in range(self.screen.columns)] for y in range(self.screen.lines)]


class Wiping(pyte.Screen):
    """Where one half of a wide character is written over it wipes out the other, as most terminals do."""

    def draw(self, data: str) -> None:
        for char in data:
            line, x = self.buffer[self.cursor.y], self.cursor.x
            if line[x].data == "":
                line[x - 1] = line.default
            super().draw(char)
            if line[self.cursor.x].data == "":
                line[self.cursor.x] = line.default


PLAIN = Inks(None)


def differences(shadow: Shadow, lines: list[Strip], system: ColorSystem | None) -> list[Run]:
    inks = Inks(system)
    return [run for y, line in enumerate(lines) for run in shadow.differences(y, 0, cells_of([line], inks))]


def paint(shadow: Shadow, lines: list[Strip], system: ColorSystem | None = ColorSystem.TRUECOLOR) -> str:
    runs = differences(shadow, lines, system)
    shadow.take(runs)
    return encode(runs)


def painted_whole(lines: list[Strip], system: ColorSystem | None) -> Terminal:
    terminal = Terminal()
    terminal.show(paint(Shadow(WIDTH, HEIGHT), lines, system))
    return terminal


@given(st.lists(SCREENS, min_size=1, max_size=4), SYSTEMS)
def test_differences_lead_to_the_same_screen_as_a_full_repaint(
    screens: list[list[Strip]], system: ColorSystem | None
) -> None:
    terminal, shadow = Terminal(), Shadow(WIDTH, HEIGHT)
    for lines in screens:
        terminal.show(paint(shadow, lines, system))
        assert terminal.cells() == painted_whole(lines, system).cells()


@given(st.lists(SCREENS, min_size=2, max_size=3), SYSTEMS, st.randoms(use_true_random=False))
def test_in_any_order_they_lead_to_it_though_the_terminal_wipes_out_halves_of_wide_characters(
    screens: list[list[Strip]], system: ColorSystem | None, dice: random.Random
) -> None:
    terminal, shadow = Terminal(kind=Wiping), Shadow(WIDTH, HEIGHT)
    for lines in screens:
        runs = differences(shadow, lines, system)
        shadow.take(runs)
        dice.shuffle(runs)
        terminal.show(cut(runs, inf, Pen())[0] + "\x1b[m")
        assert terminal.cells() == painted_whole(lines, system).cells()


def test_what_looks_alike_is_written_together() -> None:
    red, green = Style(color="red"), Style(color="green")
    line = Strip([Segment(*pair) for pair in (("a", red), ("▲▲", green), ("b", red), ("c", green), ("dd", red))])
    text = paint(Shadow(7, 1), [line])
    assert text == "\x1b[1;1H\x1b[31ma\x1b[2Cb\x1b[Cdd\x1b[1;2H\x1b[32m▲▲\x1b[Cc\x1b[m"


def test_what_does_not_look_alike_is_written_as_it_stands_where_that_is_in_order() -> None:
    line = Strip([Segment("ab"), Segment("cd", Style(color="red")), Segment("ef", Style(color="yellow"))])
    assert paint(Shadow(6, 1), [line]) == "\x1b[1;1Hab\x1b[31mcd\x1b[33mef\x1b[m"


@given(SCREENS, SYSTEMS, st.integers(1, 200))
def test_a_frame_in_pieces_leads_to_the_same_screen(lines: list[Strip], system: ColorSystem | None, size: int) -> None:
    shadow, terminal = Shadow(WIDTH, HEIGHT), Terminal()
    left, pen = differences(shadow, lines, system), Pen()
    longest = max(len(encode([run]).encode()) for run in left)
    while left:
        text, length, left = cut(left, size, pen)
        terminal.show(text)
        assert length == len(text.encode()) <= size + longest
    assert terminal.cells() == painted_whole(lines, system).cells()


@pytest.mark.parametrize(
    ("colour", "code"),
    [("#5fafff", "38;5;75"), ("#303030", "38;5;236"), ("#000000", "38;5;16"), ("#303031", "38;2;48;48;49")],
)
def test_a_colour_of_the_palette_is_written_by_its_number(colour: str, code: str) -> None:
    assert ";".join(codes(Style(color=colour), ColorSystem.TRUECOLOR)) == code
    assert shortest(f"1;{code.replace('38', '48')};3") == f"1;{code.replace('38', '48')};3"


@given(SCREENS)
def test_a_full_repaint_shows_the_text(lines: list[Strip]) -> None:
    shown = painted_whole(lines, ColorSystem.TRUECOLOR)
    assert ["".join(cell.data for cell in row) for row in shown.cells()] == [line.text for line in lines]


@given(SCREENS)
def test_what_has_not_changed_is_not_written(lines: list[Strip]) -> None:
    shadow = Shadow(WIDTH, HEIGHT)
    paint(shadow, lines)
    assert paint(shadow, lines) == ""


@given(SCREENS, st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1))
def test_a_single_changed_cell_costs_little(lines: list[Strip], x: int, y: int) -> None:
    plain = [Strip([Segment("a" * WIDTH)]) for _ in lines]
    other = [*plain]
    other[y] = Strip([Segment("a" * x + "b" + "a" * (WIDTH - x - 1))])
    shadow = Shadow(WIDTH, HEIGHT)
    paint(shadow, plain)
    assert paint(shadow, other) == f"\x1b[{y + 1};{x + 1}Hb"


@given(SEGMENTS)
def test_cells_keep_text_and_width(segments: list[Segment]) -> None:
    cells: list[Cell] = cells_of([Strip(segments)], PLAIN)
    assert "".join(text for text, _ in cells) == Strip(segments).text
    assert len(cells) == Strip(segments).cell_length


def test_what_is_called_narrow_is_a_column_each_whatever_stands_beside_it() -> None:
    narrow = [char for char in map(chr, range(32, 0x20000)) if NARROW.fullmatch(char)]
    assert {"a", "δ", "▲", "⠿", "│", "₂", "→", "∂", "·"} <= {*narrow}
    for char in narrow:
        assert split_graphemes(f"a{char}b") == ([(0, 1, 1), (1, 2, 1), (2, 3, 1)], 3), hex(ord(char))


@pytest.mark.parametrize(
    "word",
    [
        "👍🏽",
        "हि",
        "👨‍👩‍👧",
        "⚠️",
    ],
)
def test_cells_keep_the_width_of_clusters(word: str) -> None:
    assert len(cells_of([Strip([Segment(word)])], PLAIN)) == Strip([Segment(word)]).cell_length


@pytest.mark.parametrize("word", ["👍🏽", "e\u0301\u0302", "👩‍👧", "हि"])
def test_what_follows_a_cluster_stands_in_its_column_however_wide_a_terminal_makes_it(word: str) -> None:
    shadow, terminal = Shadow(WIDTH, 1), Terminal()
    terminal.show(paint(shadow, [Strip([Segment(f"{word}x".ljust(WIDTH))])]))
    at = Strip([Segment(word)]).cell_length
    assert terminal.cells()[0][at][0] == "x"


@pytest.mark.parametrize("text", ["字aaaaaaabaa", "字aaaaabaaaa", "a漢aaaaaaaaa", "字aaaaa字aab"])
def test_what_follows_a_wide_character_that_changed_stands_in_its_column(text: str) -> None:
    shadow, terminal = Shadow(WIDTH, 1), Terminal()
    for words in ("漢aaaaaaaaaa", text):
        line = Strip([Segment(words)]).adjust_cell_length(WIDTH, Style())
        terminal.show(paint(shadow, [line]))
    assert terminal.cells() == painted_whole([line], ColorSystem.TRUECOLOR).cells()


@given(SEGMENTS, st.integers(0, WIDTH))
def test_what_lies_beyond_the_edge_is_not_written(segments: list[Segment], x: int) -> None:
    shadow = Shadow(WIDTH, 1)
    runs = shadow.differences(0, x, cells_of([Strip(segments)], PLAIN))
    shadow.take(runs)
    assert all(at + len(cells) <= WIDTH for _, _, at, cells in runs)
    assert len(shadow.lines[0]) == WIDTH


@pytest.mark.parametrize("colour", [True, False])
@pytest.mark.parametrize("palette", [palette.name for palette in PALETTES])
def test_the_ink_of_two_grounds_is_made_of_that_of_each(palette: str, colour: bool) -> None:
    grounds = [f"{kind} {k}" for kind, some in (("px", range(17)), ("heat", range(-6, 7))) for k in some]
    style_of.cache_clear()  # a style of Rich's keeps the codes of the first colour system that it was asked for
    inks = Inks(ColorSystem.EIGHT_BIT, colour).of(palette)
    for role in (f"{above}|{below}" for above in (*grounds, "spot", "lit") for below in grounds):
        assert inks[role].ink == codes(style_of(palette, role), ColorSystem.EIGHT_BIT, colour), role
    style_of.cache_clear()


@pytest.mark.parametrize(("style", "codes_wanted"), [
    ("bold red", ("1",)), ("on white", ("7",)), ("black on white reverse", ("7",)), ("dim on default", ("2",)),
])  # fmt: skip
def test_without_colours_a_ground_is_reversed_and_nothing_has_one(style: str, codes_wanted: tuple[str, ...]) -> None:
    assert codes(Style.parse(style), ColorSystem.TRUECOLOR, colour=False) == codes_wanted


def test_what_looks_alike_has_one_ink_whatever_it_is_called() -> None:
    inks = Inks(ColorSystem.TRUECOLOR)
    dark = inks.of("dark")
    assert dark["dim"] is dark["head"] is inks[style_of("dark", "pending")]
    assert dark["dim"] is not dark["text"]


def test_cells_are_forgotten_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bptui.tui.inks.CELLS", 50)
    monkeypatch.setattr("bptui.tui.inks.KEPT", 6)
    inks = Inks(ColorSystem.TRUECOLOR)
    for red in range(30):
        text = "".join(map(chr, range(0x2800, 0x2800 + 5 * red)))
        segments = [Segment(text, Style(color=f"#{red:02x}0000")), Segment("漢字", Style(color="red"))]
        assert "".join(char for char, _ in cells_of([segments], inks)) == f"{text}漢字"
        kept = {id(ink): len(ink) for ink in inks.values()}
        assert sum(kept.values()) <= 50
        assert len(kept) <= 6


def in_order(sgr: tuple[str, ...]) -> tuple[str, ...]:
    """Attributes before foreground before background, as Rich writes them."""
    by_kind = attributes(sgr)
    kinds = sorted(by_kind, key=lambda kind: (kind == "bg", kind == "fg", kind))
    return tuple(part for kind in kinds for part in by_kind[kind].split(";"))


SGR = st.lists(
    st.sampled_from(["1", "3", "4", "7", "31", "44", "91", "104", "38;5;9", "48;5;200", "38;2;1;2;3", "48;2;9;9;9"]),
    max_size=4,
    unique_by=lambda code: next(iter(attributes(tuple(code.split(";"))))),
).map(lambda codes: tuple(part for code in codes for part in code.split(";")))  # fmt: skip


@given(SGR.map(in_order), SGR.map(in_order))
def test_changing_the_pen_equals_beginning_with_the_new_one(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    changed, fresh = Terminal(), Terminal()
    changed.show(f"\x1b[{';'.join(old)}m{change_pen(old, new) if old != new else ''}x")
    fresh.show(f"\x1b[{';'.join(new)}mx" if new else "x")
    assert changed.cells()[0][0] == fresh.cells()[0][0]


# --- the whole app ---

SERIES = {
    "steps": ("p", "p", "p", "s", "s", "b", "P", "S", "B", "e", "E"),
    "panels": ("2", "3", "4", "5", "f", "f", "1", "f", "pagedown", "down", "right"),
    "looks": ("t", "t", "t", "t", "y", "a", "m"),
    "dialogs": ("question_mark", "down", "pagedown", "escape", "g", "7", "enter", "g", "escape", "x", "ctrl+l"),
    "palette": ("ctrl+p", "h", "e", "escape", "p"),
}


@pytest.mark.parametrize(("name", "series"), [("iris", series) for series in SERIES] + [("digits", "steps")])
async def test_the_terminal_shows_what_textual_composes(
    name: str, series: str, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.chdir(str(tmp_path))
    terminal = Terminal(*WIDE)
    whole = App._display

    def display(app: App[int], screen: object, renderable: object) -> None:
        if isinstance(renderable, Diffed):
            terminal.show(renderable.text)
        elif not app._batch_count:  # in a batch Textual shows nothing
            assert renderable is None, "an update went past the diff"
        whole(app, screen, renderable)  # type: ignore[arg-type]

    monkeypatch.setattr(App, "_display", display)
    async with explore(name, WIDE) as at:
        for key in ("p", *SERIES[series]):
            await at.press(key)
            fresh = Terminal(*WIDE)
            shadow = Shadow(*WIDE)
            fresh.show(paint(shadow, composed(at.app), at.app.console._color_system))
            assert terminal.screen.display == fresh.screen.display, key
            assert terminal.cells() == fresh.cells(), key


async def test_no_screen_is_shown_before_it_is_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, whole = Terminal(*WIDE), App._display
    seen: list[bool] = []

    def display(app: App[int], screen: object, renderable: object) -> None:
        if isinstance(renderable, Diffed):
            terminal.show(renderable.text)
            seen.append(all(any(map(str.strip, terminal.screen.display[y : y + 4])) for y in (0, 18, 36)))
        whole(app, screen, renderable)  # type: ignore[arg-type]

    monkeypatch.setattr(App, "_display", display)
    async with explore("iris", WIDE) as at:
        for key in ("question_mark", "escape", "w", "escape", "g", "escape"):
            await at.press(key)
        await resize(at.pilot, WIDE[0] - 10, WIDE[1])
        await at.press("s")
        assert not at.not_shown()
    assert len(seen) > 5
    assert all(seen)


async def test_what_is_painted_below_another_screen_is_not_written_over_it() -> None:
    async with explore("iris", WIDE) as at:
        at.app.begin_frame()
        at.session.move(("sample", 1))
        at.explorer.paint()
        assert at.app._painted
        await at.press("question_mark")
        at.app.begin_frame()
        at.session.move(("batch", 1))
        at.explorer.paint()
        assert at.app._painted == {}


def composed(app: App[int]) -> list[Strip]:
    """The screen with what shines through from below a dialog."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(update, LayoutUpdate)
    return [Strip(chain.from_iterable(strips)) for strips in update.strips]


def test_the_diff_writes_no_more_than_it_must() -> None:
    """One cell of a line in colour: cursor, colour, character, colour off."""
    red = Style(color="red")
    shadow = Shadow(WIDTH, 1)
    paint(shadow, [Strip([Segment(" " * WIDTH)])])
    text = paint(shadow, [Strip([Segment("  "), Segment("x", red), Segment(" " * (WIDTH - 3))])])
    assert re.fullmatch(r"\x1b\[1;3H\x1b\[31mx\x1b\[m", text)
