"""The explorer as one sees it: panels, dialogs, sizes, long work, divergence, themes, pictures."""

import math
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from unittest.mock import Mock

import numpy as np
import pytest
from rich.color import ColorType
from textual import events
from textual.command import CommandList
from textual.widgets import Input

from bptui.data.digits import grouped
from bptui.scenario import built_in_names
from bptui.session.aim import parse_aim
from bptui.session.moment import Moment, Phase
from bptui.session.session import Session
from bptui.training import UpdateRecord
from bptui.tui import explorer as explorer_module
from bptui.tui.app import Commands
from bptui.tui.config import Config
from bptui.tui.dialogs import LONGEST, GoTo
from bptui.tui.explorer import Explorer
from bptui.tui.explorer_keys import KEYS
from bptui.tui.lists import Help
from bptui.tui.palette import MONO, OKABE_ITO, PALETTES, Palette
from bptui.views.arrange import BATCH, DELTAS, LOSS, MAP, NETWORK, READ_WITH, UPDATE, WATCHES
from bptui.views.panels import BY_NUMBER
from tests.scenes import own_data, own_session

from .pilots import USUAL, WIDE, Pilots, clock_runs, explore, session_with


def titles(at: Pilots) -> set[int]:
    """Numbers of the panels whose title is on the screen."""
    return {number for number, panel in BY_NUMBER.items() if f" {number} {panel.name}" in at.text()}


# --- panels ---


@pytest.mark.parametrize(
    ("name", "size"), [*((name, WIDE) for name in built_in_names()), ("xor", USUAL), ("digits", USUAL)]
)
async def test_every_scenario_opens_and_fills_the_screen(name: str, size: tuple[int, int]) -> None:
    async with explore(name, size) as at:
        await at.press("p", "p", "s", "b")
        assert [strip.cell_length for strip in at.strips()] == [size[0]] * size[1]
        assert at.session.moment.update == 1
        assert titles(at) == ({1, 2} if size == USUAL else set(BY_NUMBER) - {MAP, WATCHES})


@pytest.mark.parametrize("panel", [panel for panel in BY_NUMBER if panel != NETWORK])
async def test_a_focused_panel_stands_beside_the_network_or_what_it_is_read_with(panel: int) -> None:
    async with explore() as at:
        await at.press(str(panel))
        assert titles(at) == {panel, READ_WITH.get(panel, NETWORK)}
        assert f"┏━ {panel} " in at.text()
        await at.press("1")
        assert titles(at) == {1, panel}
        assert "┏━ 1 " in at.text()


@pytest.mark.parametrize(("panel", "size"), [*((panel, USUAL) for panel in BY_NUMBER), (NETWORK, WIDE), (LOSS, WIDE)])
async def test_a_maximised_panel_has_the_body_for_itself(panel: int, size: tuple[int, int]) -> None:
    async with explore("digits", size) as at:
        await at.until_drawn()
        before = at.text()
        await at.press(str(panel), "f")
        assert titles(at) == {panel}
        await at.press("f", "1", "2", "1")
        await at.until_drawn()
        assert at.text() == before


def samples_listed(at: Pilots, panel: int) -> set[int]:
    """Numbers of the samples that the panel beside the network shows."""
    mark = "#" if panel == UPDATE else "[■▣□]"
    return {int(found) for found in re.findall(rf"┃ ?{mark} *(\d+) ", at.text())}


@pytest.mark.parametrize(
    ("panel", "moves"), [(BATCH, ""), (BATCH, "bbbb"), (BATCH, "bk"), (DELTAS, "bk"), (UPDATE, "bbbb")]
)
async def test_paging_shows_every_sample_once_up_and_once_down(panel: int, moves: str) -> None:
    async with explore("digits") as at:
        await at.press(str(panel), *moves)
        pages: list[list[set[int]]] = []
        for key in ("pageup", "pagedown", "pageup"):
            pages.append([samples_listed(at, panel)])
            for _ in range(8):
                await at.press(key)
                pages[-1].append(samples_listed(at, panel))
        assert set().union(*pages[1]) == set(range(1, 33))
        assert set().union(*pages[2]) == set(range(1, 33))
        if "k" not in moves or panel == UPDATE:
            assert 1 in pages[0][-1]
            assert 32 in pages[1][-1]


@pytest.mark.parametrize("panel", [BATCH, DELTAS])
async def test_a_sorted_panel_begins_with_the_sample_that_stands_out_most(panel: int) -> None:
    async with explore("digits") as at:
        await at.press("b", str(panel), "k")
        largest = int(at.session.record.passed.loss.argmax()) + 1
        first = next(line for line in at.lines()[6:] if re.search(r"┃[■▣]", line))
        assert re.search(rf"┃[■▣] *{largest} ", first)


async def test_the_batch_panel_scrolls_over_all_samples_and_back() -> None:
    async with explore("digits") as at:
        await at.press("2")
        first = at.text()
        await at.press("pagedown", "pagedown", "pagedown")
        assert "□ 32 " in at.text()
        await at.press("pageup", "pageup", "pageup")
        assert at.text() == first


async def test_page_up_acts_at_once_at_the_end_of_the_rows() -> None:
    async with explore("digits") as at:
        await at.press("2", *["pagedown"] * 5)
        end = at.text()
        await at.press("pageup")
        assert at.text() != end


async def test_a_move_brings_the_current_sample_back_into_view() -> None:
    async with explore("digits") as at:
        await at.press("2", "pagedown", "s")
        assert "■  1 " in at.text() or "▣  1 " in at.text()


async def test_an_idle_explorer_runs_no_clock() -> None:
    async with explore() as at:
        await at.press("p")
        assert not at.explorer.busy
        assert not clock_runs(at.explorer)


# --- dialogs ---


async def ask(at: Pilots, words: str) -> str:
    """Type into the go-to line and press Enter; what the dialog then says, or "" when it has closed."""
    await at.press("g", *("space" if letter == " " else letter for letter in words), "enter")
    await at.until_idle()
    return str(at.app.screen.query_one("#question").render()) if isinstance(at.app.screen, GoTo) else ""


async def test_go_to_stands_at_the_end_of_the_update() -> None:
    goals = {"1": 1, "120": 120, "u7": 7, "e1": 1, "e3": 51, "e3 b5": 55, "E2 B25": 50}
    async with explore("digits") as at:
        for words, update in goals.items():
            assert await ask(at, words) == ""
            assert (at.session.moment.update, at.session.moment.phase) == (update, Phase("update")), words
            assert f"update {update}: epoch" in at.foot()


async def test_go_to_says_what_it_understands() -> None:
    async with explore("digits") as at:
        await at.press("g")
        for words in ("", "0", "abc", "1.5", "e", "e0", "e1 b0", "12345678", "e1 e2", "٣"):
            at.app.screen.query_one(Input).value = words
            await at.press("enter")
            assert isinstance(at.app.screen, GoTo), words
            said = str(at.app.screen.query_one("#question").render())
            assert "; write 120, +20, -5, 50%, start, end, e3, e3 b5" in said
            assert ('not understood: "abc"' in said) == (words == "abc")
        await at.press("escape")
        assert isinstance(at.app.screen, Explorer)
        assert at.session.moment == Moment(layer=2)


async def test_more_than_the_line_takes_is_dropped_with_a_word_and_not_a_bell_a_character() -> None:
    async with explore("xor") as at:
        await at.press("g", "7")
        bells: list[None] = []
        at.app.bell = lambda: bells.append(None)  # type: ignore[method-assign]
        line = at.app.screen.query_one(Input)
        line.post_message(events.Paste("e3 b5 " * 1000))
        await at.press("8")
        assert str(at.app.screen.query_one("#question").render()) == f"that is too long: at most {LONGEST} characters"
        line.value = "9" * LONGEST
        await at.press("8", "8")
        assert (line.value, bells) == ("9" * LONGEST, [])


async def test_go_to_a_phase_of_a_sample_and_on_from_there() -> None:
    async with explore("digits") as at:
        for words, place in {
            "e2 b3 s4 d1": (28, "delta", 3),
            "f2": (28, "forward", 3),
            "s9": (28, "gradient", 8),
            "+2": (29, "update", 31),
            "-4": (25, "update", 31),
            "50%": (14, "update", 31),
            "start": (1, "input", 0),
            "end": (29, "update", 31),
        }.items():
            assert await ask(at, words) == ""
            moment = at.session.moment
            assert (moment.update, moment.phase.kind, moment.sample) == place, words


async def test_the_explorer_begins_where_it_is_told_to() -> None:
    async with explore("digits", aim=parse_aim("e3 b2 s4 d1 w1[35>2]")) as at:
        await at.until_idle()
        assert at.session.moment == Moment(52, Phase("delta", 1), 3, layer=1, unit=2, source=35)
        assert "update 52: epoch 3, batch 2" in at.foot()


async def test_where_there_is_no_such_sample_one_stays_and_is_told() -> None:
    async with explore("digits") as at:
        await ask(at, "2")
        for words, why in {"3 s40": "update 3 has 32 samples, no 40", "d3": "no layer 3: the network has 2"}.items():
            await ask(at, words)
            assert why in at.foot()
            assert at.session.moment.update == 2


async def test_go_to_goes_back_as_well() -> None:
    async with explore("digits") as at:
        await ask(at, "30")
        await ask(at, "2")
        assert at.session.moment.update == 2
        assert at.session.run.frontier == 30


async def test_q_typed_into_the_go_to_line_is_a_letter() -> None:
    async with explore() as at:
        await at.press("g", "q", "question_mark")
        assert at.app.screen.query_one(Input).value == "q?"
        assert not at.app._exit


@pytest.mark.parametrize("size", [USUAL, (48, 16)], ids=["80x24", "48x16"])
async def test_help_scrolls_to_every_key_and_closes(size: tuple[int, int]) -> None:
    async with explore(size=size) as at:
        before = at.text()
        await at.press("question_mark")
        seen = at.lines()
        await at.press("down", "up", "pagedown")
        for _ in range(100):
            if seen[-len(at.lines()) :] == at.lines():
                break
            seen += at.lines()
            await at.press("pagedown")
        told = " ".join(" ".join(line.strip("┃ ") for line in seen).split())
        for key in KEYS:
            assert " ".join(key.tooltip.split()[:2]) in told
        await at.press("end", "pagedown")
        end = at.text()
        await at.press("home")
        assert at.text() != end
        await at.press("escape")
        assert isinstance(at.app.screen, Explorer)
        assert at.text() == before


async def test_help_tells_why_a_key_cannot_act_now() -> None:
    async with explore(size=(120, 80)) as at:
        await at.press("f1")
        assert "(not now: this is the start of the run)" in at.text()
        assert "The states kept take 1 of 64 MB." in at.text()


@pytest.mark.parametrize("key", ["q", "escape", "question_mark", "b"])
async def test_any_other_key_closes_help_and_does_nothing_else(key: str, tmp_path: Path) -> None:
    async with explore() as at:
        await at.press("question_mark", key)
        assert not isinstance(at.app.screen, Help)
        assert not at.app._exit


@pytest.mark.parametrize("guarded", [True, False])
async def test_in_a_palette_whose_list_has_no_room_no_key_is_a_fault(
    guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it is none without the guard either, :meth:`Commands.check_action` may go."""
    if not guarded:
        monkeypatch.delattr(Commands, "check_action")
    async with explore() as at:
        await at.press("ctrl+p", "down")
        options = at.app.screen.query_one(CommandList)
        options.styles.height = options.styles.max_height = 0
        options.styles.border = ("none", "black")
        await at.until(lambda: not options.size.height)
        await at.press("e")  # what is listed anew while there is no room has no lines: a fault of Textual's
        searched = at.app.workers
        await at.until(lambda: all(it.is_finished for it in searched) and options.highlighted is not None)
        if guarded:
            await at.press("pageup", "pagedown", "down")
        else:
            with pytest.raises(KeyError):
                await options.run_action("page_up")


async def found(at: Pilots, words: str) -> None:
    """The command palette, once the command that Enter runs is the one searched for."""
    await at.press("ctrl+p", *words)
    options = at.app.screen.query_one(CommandList)

    def ready() -> bool:
        searching = not all(worker.is_finished for worker in at.app.workers)
        first = options.highlighted_option
        return not searching and first is not None and words in str(first.prompt)

    await at.until(ready)


async def test_the_command_palette_runs_a_key() -> None:
    async with explore() as at:
        await found(at, "maximise")
        await at.press("enter")
        await at.until(lambda: at.explorer.looks.maximised)


async def test_a_key_that_comes_right_behind_a_line_is_for_what_lies_below_it() -> None:
    async with explore() as at:
        for key, character in ("g", "g"), ("5", "5"), ("enter", "\r"), ("b", "b"):
            at.app.post_message(events.Key(key, character))
        await at.until(lambda: at.session.moment.applied == 6)  # the line had "5b" in it, and understood nothing
        assert at.app.screen is at.explorer


async def test_of_three_enters_that_come_for_the_command_palette_at_once_one_acts() -> None:
    async with explore() as at:
        await found(at, "maximise")
        for _ in range(3):
            at.app.post_message(events.Key("enter", None))
        await at.until(lambda: at.explorer.looks.maximised)
        await at.pilot.pause()
        assert at.app.screen is at.explorer
        assert at.explorer.looks.maximised  # a second time would take it back


# --- sizes ---


async def test_a_screen_too_small_says_so_and_keeps_the_state() -> None:
    async with explore("digits") as at:
        await at.press("b", "s", "s", "3", "down")
        before, moment = at.text(), at.session.moment
        for width, height, words in (
            (39, 9, "bptui needs 40×10, has 39×9"),
            (10, 3, "needs 40×10, has 10×3"),
            (7, 2, "has 7×2"),
            (1, 1, "…"),
        ):
            await at.resize(width, height)
            assert " ".join(at.text().split()) == words
        await at.resize(80, 24)
        assert at.text() == before
        assert at.session.moment == moment


@pytest.mark.parametrize(("width", "height"), [(40, 10), (71, 24), (72, 10), (80, 18), (100, 60), (250, 80)])
async def test_a_resized_screen_looks_like_one_begun_at_that_size(width: int, height: int) -> None:
    async with explore("iris", (width, height)) as at:
        fresh = at.text()
    async with explore("iris") as at:
        await at.resize(width, height)
        assert at.text() == fresh


@pytest.mark.parametrize("panel", BY_NUMBER)
async def test_every_panel_can_be_shown_on_the_smallest_screen(panel: int) -> None:
    async with explore("digits", (40, 10)) as at:
        await at.press(str(panel), "p", "s", "b")
        assert titles(at) == {panel}


# --- long work ---


async def test_escape_stops_a_long_epoch_at_a_batch_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explorer_module, "WORK_SLICE", 0.002)
    async with explore(session_with("moons", batch_size=1, samples=100_000)) as at:
        await at.pilot.press("e")
        await at.until(lambda: "of the way to epoch 2" in at.foot())
        await at.pilot.press("b", "m")  # any other key waits for Esc
        assert at.session.next_settings.rules.reduction == "mean"
        await at.pilot.press("escape")
        run, moment = at.session.run, at.session.moment
        reached = run.frontier
        assert f"stopped after update {grouped(reached)}" in at.foot()
        assert 0 < reached < 80_000
        assert (moment.update, moment.phase) == (reached, Phase("update"))
        assert run.history.updates.last_update == reached
        await at.press("b")
        fresh = session_with("moons", batch_size=1, samples=100_000)
        assert same_record(at.session.record, fresh.run.record(reached + 1))


def same_record(a: UpdateRecord, b: UpdateRecord) -> bool:
    """Bit for bit."""
    vectors = ("before", "after", "summed", "reduced", "step")
    passed = all(
        np.array_equal(x, y)
        for name in ("a", "z", "delta")
        for x, y in zip(getattr(a.passed, name), getattr(b.passed, name), strict=True)
    )
    return passed and a.number == b.number and all(
        np.array_equal(getattr(a, name).flat, getattr(b, name).flat) for name in vectors
    )  # fmt: skip


async def test_hundreds_of_phases_forward_and_back_end_where_they_began() -> None:
    async with explore("xor", (40, 24)) as at:
        await at.press("b", "s", "p")
        screen, moment, record = at.text(), at.session.moment, at.session.record
        for _ in range(300):
            at.explorer.press("next-phase")
        assert at.session.moment.update > moment.update + 6
        for _ in range(300):
            at.explorer.press("previous-phase")
        assert at.session.moment == moment
        await at.pilot.pause()
        assert at.text() == screen
        at.session.run._records.clear()
        assert same_record(at.session.record, record)


async def test_the_way_back_ends_at_the_start() -> None:
    async with explore("xor") as at:
        first = at.text()
        for _ in range(7):
            at.explorer.press("next-phase")
        for _ in range(20):
            at.explorer.press("previous-phase")
        assert at.session.moment == Moment(layer=2)
        await at.press("1")
        assert at.text() == first


# --- divergence ---


def wild() -> Session:
    return session_with("plane", learning_rate=1000.0)


def stands_before_the_bad_update(at: Pilots) -> bool:
    run, record = at.session.run, at.session.record
    assert run.stop is not None
    finite = all(math.isfinite(v) for vector in (record.before, record.after) for v in vector.flat)
    return finite and at.session.moment.update == run.frontier == run.stop.update - 1


async def test_a_diverging_run_stops_before_the_bad_update_and_names_it() -> None:
    async with explore(wild(), WIDE) as at:
        for _ in range(60):
            if at.session.run.stop:
                break
            await at.press("e")
            await at.until_idle()
        assert stands_before_the_bad_update(at)
        stop = at.session.run.stop
        assert stop is not None
        notice = at.foot()
        for words in (f"update {stop.update}", "epoch ", "batch ", "layer 1"):
            assert words in notice
        before = at.session.moment
        for key in ("p", "s", "b", "e", "space"):
            await at.press(key)
            assert at.session.moment == before
            assert f"stopped before update {stop.update}" in at.foot()
        await at.press("P")
        assert at.session.moment != before


async def test_playing_at_full_speed_pauses_before_the_bad_update() -> None:
    async with explore(wild()) as at:
        at.session.player = at.session.player.faster(99)
        await at.press("space")
        await at.until_idle()
        assert stands_before_the_bad_update(at)
        assert "stopped before update" in at.foot()


async def test_a_stopped_run_goes_on_at_a_lower_learning_rate() -> None:
    async with explore(wild()) as at:
        await at.press("space")
        at.session.player = at.session.player.faster(99)
        await at.until_idle()
        stuck = at.session.moment.update
        for _ in range(20):
            await at.press("left_curly_bracket")
        await at.press("b")
        assert at.session.moment.update == stuck + 1


# --- looks ---


async def test_themes_come_round_and_change_colours_only() -> None:
    async with explore("digits") as at:
        words, looks = at.lines()[:-2], []
        for palette in [*PALETTES[1:], PALETTES[0]]:
            await at.press("t")
            assert at.app.palette_name == palette.name
            assert at.lines()[:-2] == words
            assert f"theme {palette.name}" in at.foot()
            looks.append(at.strips()[:-1])
        assert len({str(strips) for strips in looks}) == len(PALETTES)


@pytest.mark.parametrize("palette", [*PALETTES, MONO], ids=lambda palette: palette.name)
def test_every_palette_knows_the_same_roles(palette: Palette) -> None:
    assert set(palette.roles) == set(PALETTES[0].roles)
    assert len(palette.grey) == 17


@pytest.mark.parametrize(
    "screen", [(), ("question_mark",), ("5",), ("4", "f")], ids=["explorer", "help", "loss", "full"]
)
async def test_without_colour_nothing_is_coloured(screen: tuple[str, ...]) -> None:
    async with explore("digits", WIDE, colour=False) as at:
        await at.press("b", *screen)
        await at.until_drawn()
        for strip in at.strips():
            for segment in strip:
                for colour in (segment.style.color, segment.style.bgcolor) if segment.style else ():
                    assert colour is None or colour.is_default


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light"])
@pytest.mark.parametrize("keys", ["bes", "be5f", "g1", "?", ["ctrl+p", "a"]], ids=str)
async def test_a_theme_of_16_colours_has_no_other(theme: str, keys: Sequence[str]) -> None:
    async with explore("xor", WIDE, config=Config(theme=theme)) as at:
        await at.press(*keys)
        await at.until_drawn()
        styles = [segment.style for strip in at.strips() for segment in strip if segment.style]
        colours = {colour for style in styles for colour in (style.color, style.bgcolor) if colour is not None}
        assert len(colours) > 2
        assert {colour.type for colour in colours} <= {ColorType.DEFAULT, ColorType.STANDARD}, colours


def test_okabe_ito_takes_its_colours_alone_and_each_is_read_on_its_ground() -> None:
    """WCAG 2.1: 4.5 to 1 for text. Greys, white and black beside their eight."""
    theirs = {"#000000", "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7"}
    for role, look in OKABE_ITO.roles.items():
        if role.startswith("heat "):
            continue  # mixed: from the ground to a sign's colour in steps
        ink, ground = re.findall("#[0-9a-f]{6}", look)
        assert all(colour in theirs or len({colour[1:3], colour[3:5], colour[5:]}) == 1 for colour in (ink, ground))
        assert contrast(ink, ground) >= 4.5, role


def contrast(one: str, other: str) -> float:
    light, dark = sorted(map(luminance, (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, as WCAG 2.1 defines it."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("doors", [(), ("drill",)], ids=str)
async def test_ctrl_c_says_which_key_quits_and_lays_nothing_over_the_numbers(doors: tuple[str, ...]) -> None:
    async with explore(ascii_only=True) as at:
        await at.do(*doors)
        await at.press("ctrl+c")
        await at.until_seen("ctrl+c is no key here: ")
        assert "quits" in at.text()
        assert not at.app._notifications
        assert at.text().isascii()


async def test_without_colour_the_theme_key_says_so() -> None:
    async with explore(colour=False) as at:
        await at.press("t")
        assert at.app.palette_name == "mono"
        assert "no colours" in at.foot()


@pytest.mark.parametrize("name", ["digits", "xor", "iris"])
async def test_in_ascii_mode_every_character_is_ascii(name: str) -> None:
    async with explore(name, WIDE, ascii_only=True) as at:
        for keys in (("p", "s", "b"), ("5",), ("4", "f"), ("question_mark",)):
            await at.press(*keys)
            await at.until_drawn()
            assert at.text().isascii(), keys


@pytest.mark.parametrize(
    "screen",
    [
        "g",
        "ctrl+p",
    ],
)
async def test_in_ascii_mode_dialogs_are_ascii_too(screen: str) -> None:
    async with explore(ascii_only=True) as at:
        await at.press(screen)
        await at.until_drawn()
        assert at.text().isascii()
        assert ("the palette needs a terminal with Unicode: ? lists the keys" in at.text()) == (screen == "ctrl+p")


async def test_ascii_mode_has_few_question_marks() -> None:
    """A character without a stand-in becomes a question mark."""
    async with explore("digits", WIDE, ascii_only=True) as at:
        await at.press("p", "s", "b")
        await at.until_drawn()
        assert at.text().count("?") == at.foot().count("? help")


# --- quitting ---


async def test_a_long_run_is_not_lost_by_a_q_too_many() -> None:
    async with explore("digits") as at:
        await at.press("e", "e", "e", "e", "e", "d", "q", "q")
        assert not at.app._exit
        assert "q again quits; 125 updates are lost" in at.foot()
        await at.press("s", "q")
        assert not at.app._exit
        await at.press("q")
        assert at.app._exit


async def test_a_short_run_is_quit_at_once() -> None:
    async with explore() as at:
        await at.press("b", "ctrl+q")
        assert at.app._exit


# --- pictures ---


async def test_a_picture_is_well_formed_svg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with explore("digits") as at:
        await at.press("b", "x")
        assert "saved bptui-digits-u1-s32-p9.svg" in at.foot()
    picture = ElementTree.parse(tmp_path / "bptui-digits-u1-s32-p9.svg").getroot()
    assert picture.tag.endswith("svg")
    assert "Network" in "".join(picture.itertext())
    assert all(rect.get("width") != "0" for rect in picture.iter() if rect.tag.endswith("rect"))


async def test_a_picture_of_hostile_names_is_well_formed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = ("</svg>&<b>", "\x1b]52;c;QQ==\x07", "漢字 👍")
    async with explore(own_session(own_data(names, names))) as at:
        await at.press("b", "x")
    (picture,) = tmp_path.glob("*.svg")
    ElementTree.parse(picture)
    assert "\x1b" not in picture.read_text(encoding="utf-8")


async def test_a_picture_never_takes_the_place_of_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with explore() as at:
        await at.press("x", "x", "p", "x")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["bptui-xor-u1-s1-p1-2.svg", "bptui-xor-u1-s1-p1.svg", "bptui-xor-u1-s1-p2.svg"]


async def test_a_folder_that_is_gone_is_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    async with explore() as at:
        await at.press("x")
        assert "nothing was saved" in at.foot()


# --- names of the data ---


@pytest.mark.parametrize("name", ["[/]", "[b", "[@click=app.quit]q[/]", "x[i][j]"])
async def test_markup_in_names_is_literal(name: str) -> None:
    async with explore(own_session(own_data((name, "other"), (name, "v"))), WIDE) as at:
        await at.press("b", "4", "5", "question_mark", "escape")
        assert name[:5] in at.text()
        assert not at.app._exit


async def test_hostile_names_keep_the_layout() -> None:
    names = ("\x1b[2J", "漢字" * 30, "x" * 10_000, "a\nb", "\u202eabc")
    async with explore(own_session(own_data(names, names)), WIDE) as at:
        await at.press("b")
        await at.until_drawn()
        assert [strip.cell_length for strip in at.strips()] == [WIDE[0]] * WIDE[1]
        assert not {"\x1b", "\n", "\u202e"} & set("".join(at.lines()))


async def test_a_list_cut_by_its_panel_says_how_many_samples_are_not_shown() -> None:
    async with explore("digits") as at:
        await at.press("b", "2")
        shown = sum(line.count("■") for line in at.lines()[6:])
        above = 32 - shown
        assert f" ↑ {above} ━┛" in at.text()
        await at.press("pageup", "pageup", "pageup")
        assert f" ↓ {above} ━┛" in at.text()
    async with explore("xor") as at:
        assert "↑" not in at.text()
        assert "↓" not in at.text()


async def test_at_full_speed_slices_follow_one_another_and_a_pause_shows_where_one_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Frames that nobody could read are left out; at any other speed each tick is shown."""
    monkeypatch.setattr(explorer_module, "FULL_SPEED_FRAME", 3600.0)
    async with explore("xor") as at:
        tick, paint = Mock(wraps=at.session.tick), Mock(wraps=at.explorer.stage.paint)
        monkeypatch.setattr(at.session, "tick", tick)
        monkeypatch.setattr(at.explorer.stage, "paint", paint)
        await at.press(*9 * "+", "space")
        assert at.explorer.hurries()
        before = paint.call_count
        await at.until(lambda: tick.call_count > 5)
        assert paint.call_count - before <= 1
        await at.press("space")
        assert not at.explorer.hurries()
        assert re.search(rf"\b(updates|upd) {at.session.moment.applied}\b", at.text())


async def test_a_panel_that_a_key_has_brought_stands_where_it_belongs_when_it_has_acted() -> None:
    async with explore("xor", (80, 24)) as at:
        chart = at.explorer.stage.panels[5]
        await at.press("4")
        assert not chart.region
        at.explorer._press_and_show("focus-5")  # nothing of Textual's runs behind it: work would come first
        assert (chart.region.x, chart.region.y) == chart.corner
        assert chart.region.size == (chart.styles.width.value, chart.styles.height.value)  # type: ignore[union-attr]


async def test_work_gives_way_to_a_key_that_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    acting: list[bool] = []
    press = Explorer.press

    def pressed(explorer: Explorer, key_id: str) -> None:
        acting.append(explorer.app.key_waits)
        press(explorer, key_id)

    async with explore("xor") as at:
        monkeypatch.setattr(Explorer, "working", lambda _: True)
        monkeypatch.setattr(Explorer, "press", pressed)
        monkeypatch.setattr(Explorer, "work", lambda _, elapsed, pause: asked.append(pause()))
        at.explorer._tick()
        monkeypatch.setattr(at.app._driver, "pressed", monotonic(), raising=False)
        at.explorer._tick()
        await at.press("y")
        at.explorer._tick()
        monkeypatch.setattr(at.app._driver, "pressed", monotonic() - 1.0)  # it came to nobody
        at.app._key_acted = 0.0
        at.explorer._tick()
    assert [asked[0], asked[1], asked[-1]] == [False, True, False]
    assert acting == [True], "until it has acted: work that began before would keep it waiting"
