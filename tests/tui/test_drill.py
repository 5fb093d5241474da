"""The drill's screen under Textual's pilot: every key does what it says."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from bptui.scenario import Scenario
from bptui.session.session import Session
from bptui.tui.app import BptuiApp
from bptui.tui.drill import KEYS, DrillScreen, drill_of
from bptui.tui.lists import Help

from .pilots import clock_runs, resize, until


class Drilling:
    def __init__(self, app: BptuiApp, screen: DrillScreen, pilot: Pilot[int]) -> None:
        self.app, self.screen, self.pilot = app, screen, pilot

    async def press(self, *keys: str) -> None:
        """Press keys, and wait for what they began, except playing."""
        for key in keys:
            await self.pilot.press(key)
            await until(self.pilot, lambda: not self.screen.asked or self.screen.player.playing)
        await self.pilot.pause()

    async def until_drawn(self) -> None:
        await until(self.pilot, lambda: not self.screen.drawing.due)

    def text(self) -> str:
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())


@asynccontextmanager
async def drilling(name: str = "trask", size: tuple[int, int] = (80, 24), **options: Any) -> AsyncIterator[Drilling]:
    session = Session(Scenario.built_in(name))
    app = BptuiApp(session, **options)
    async with app.run_test(size=size) as pilot:
        screen = DrillScreen(session, drill_of(session), app.palette_name, app.ascii, app.colour)
        app.push_screen(screen)
        await pilot.pause()
        yield Drilling(app, screen, pilot)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_trasks_drill_can_be_shown_with_two_keys(size: tuple[int, int]) -> None:
    async with drilling(size=size) as at:
        await at.press("e")
        assert "drill:  50 back-propagations, 50 updates" in at.text()
        assert "passes: 50 back-propagations, 13 updates" in at.text()
        await at.press("n", "e")
        assert at.screen.drill.updates == 125
        assert "wrong again" in at.text()


async def test_s_makes_one_update_and_b_ten() -> None:
    async with drilling() as at:
        await at.press("s")
        assert at.screen.drill.updates == 1
        await at.press("b", "b")
        assert at.screen.drill.updates == 21


async def test_an_update_of_a_sample_that_is_right_is_refused_with_the_reason() -> None:
    async with drilling() as at:
        await at.press("e", "s")
        assert at.screen.drill.updates == 50
        assert "sample 1 has a loss below ε: n drills the next one" in at.text()


async def test_space_plays_and_pauses() -> None:
    async with drilling() as at:
        await at.press("space")
        assert at.screen.player.playing
        await until(at.pilot, lambda: at.screen.drill.updates)
        await at.press("space")
        made = at.screen.drill.updates
        assert made < 50
        await at.pilot.pause(0.3)
        assert at.screen.drill.updates == made


async def test_playing_ends_when_the_sample_is_right() -> None:
    async with drilling("digits") as at:
        await at.press("space")
        await until(at.pilot, lambda: not at.screen.player.playing)
        assert at.screen.drill.is_right
        assert "sample 1 has a loss below ε" in at.text()


async def test_brackets_change_epsilon_in_1_2_5_steps_to_the_end_of_the_ladder() -> None:
    async with drilling() as at:
        await at.press("right_square_bracket")
        assert "ε 0.01" in at.text()
        await at.press("left_square_bracket", "left_square_bracket")
        assert "ε 0.002" in at.text()
        await at.press(*["left_square_bracket"] * 20)
        assert "this is the end of the ladder" in at.text()


async def test_n_takes_the_next_sample_from_where_the_network_is() -> None:
    async with drilling() as at:
        await at.press("e", "n")
        assert at.screen.drill.sample == 1
        assert at.screen.drill.updates == 50
        assert "sample 2 of 4" in at.text()


async def test_r_goes_back_to_the_start() -> None:
    async with drilling() as at:
        await at.until_drawn()
        before = at.text()
        await at.press("e", "n", "e", "r")
        await at.until_drawn()
        assert at.text() == before


async def test_arrows_scroll_the_samples() -> None:
    async with drilling("digits") as at:
        assert "  32 " not in at.text()
        await at.press("pagedown", "pagedown", "pagedown")
        assert "  32 " in at.text()
        await at.press("pageup", "pageup", "pageup", "down", "up")
        assert at.screen.scroll_by == 0


@pytest.mark.parametrize("key", ["escape", "q", "d"])
async def test_it_closes_and_leaves_the_session_alone(key: str) -> None:
    async with drilling() as at:
        session = at.app.session
        before = session.moment, session.run.frontier
        await at.press("e", key)
        assert at.app.screen is not at.screen
        assert at.app.is_running
        assert (session.moment, session.run.frontier) == before


async def test_help_lists_every_key() -> None:
    async with drilling(size=(80, 60)) as at:
        await at.press("question_mark")
        assert isinstance(at.app.screen, Help)
        text = at.text()
        for key in KEYS:
            assert key.tooltip.split(":")[0][:40] in text


async def test_a_long_drill_answers_keys_meanwhile() -> None:
    async with drilling() as at:
        await at.press(*["left_square_bracket"] * 9)  # thousands of updates
        await at.pilot.press("e")
        assert at.screen.asked > 0
        await at.pilot.press("space")
        assert at.screen.asked == 0
        assert 0 < at.screen.drill.updates < 10_000


@pytest.mark.parametrize("size", [(39, 24), (80, 9), (1, 1)])
async def test_a_screen_too_small_says_what_it_needs_and_comes_back(size: tuple[int, int]) -> None:
    async with drilling(size=size) as at:
        words = f"bptui needs 40×10, has {size[0]}×{size[1]}"
        assert at.text().startswith(words if size[0] > 30 else "…")
        await resize(at.pilot, 80, 24)
        assert "sample 1 of 4" in at.text()


async def test_the_smallest_screen_shows_the_drill() -> None:
    async with drilling(size=(40, 10)) as at:
        await at.press("e")
        assert "#1 of 4 right: loss" in at.text()
        assert "2 of 3 others rose, 1 fell" in at.text()


async def test_the_large_screen_has_the_chart_of_both_ways() -> None:
    async with drilling(size=(120, 40)) as at:
        await at.press("e")
        await at.until_drawn()
        assert "mean loss of the batch by back-propagations: ─drill ╌passes" in at.text()
        assert any(0x2800 < ord(char) < 0x2900 for char in at.text())


async def test_without_unicode_the_signs_have_stand_ins() -> None:
    async with drilling(size=(120, 40), ascii_only=True) as at:
        await at.press("e")
        inside = "\n".join(line[1:-1] for line in at.text().splitlines()[1:23])
        assert inside.isascii()
        assert "?" not in inside
        assert " ^" in inside
        assert " v" in inside


async def test_an_idle_screen_runs_no_clock() -> None:
    async with drilling() as at:
        await at.press("e")
        assert not at.screen.working()
        assert not clock_runs(at.screen)


async def test_the_speed_of_playing_is_said_and_changed() -> None:
    async with drilling(size=(120, 40)) as at:
        await at.press("minus", "space")
        assert "▶ 2 updates/s" in at.text()
        await at.press("space", "plus", "plus", "plus")
        assert "speed: full speed" in at.text()
        await at.press("plus")
        assert "this is the fastest" in at.text()


async def test_escape_first_stops_a_long_drill() -> None:
    async with drilling() as at:
        await at.press(*["left_square_bracket"] * 9)
        await at.pilot.press("e")
        assert re.search(r"working: [\d ]+ updates made.* · Esc stops", at.text())
        await at.pilot.press("escape")
        assert at.app.screen is at.screen
        assert not at.screen.working()


@pytest.mark.parametrize(("name", "size"), [("xor", (80, 24)), ("xor", (120, 40)), ("iris", (200, 60))])
async def test_what_the_samples_leave_is_the_charts(name: str, size: tuple[int, int]) -> None:
    async with drilling(name, size) as at:
        await at.press("b", "b")
        await at.until_drawn()
        empty = [line for line in at.text().splitlines() if not line.strip("┃ ")]
        assert len(empty) < 4
