"""The Compare screen under the fingers: a digit starts a race at once, it stops at its goal, keys are answered."""

import asyncio
import gc
import re
import weakref
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from bptui.experiments.race import Race
from bptui.experiments.races import PRESETS, Preset
from bptui.scenario import Scenario
from bptui.session.session import Session
from bptui.tui.app import SWEPT_AFTER, BptuiApp
from bptui.tui.race import RaceScreen
from bptui.views.race import stretch

from .pilots import PATIENCE, clock_runs, explore, resize

SIZES = [(80, 24), (120, 40), (40, 10), (60, 16), (200, 60)]


@asynccontextmanager
async def compare(
    name: str = "iris", size: tuple[int, int] = (80, 24), **looks: Any
) -> AsyncIterator[tuple[RaceScreen, Pilot[int]]]:
    """The screen over the explorer of a built-in scenario."""
    app = BptuiApp(Session(Scenario.built_in(name)), **looks)
    async with app.run_test(size=size) as pilot:
        screen = RaceScreen(app.session, app.palette_name, app.ascii, app.colour)
        await app.push_screen(screen)
        await pilot.pause()
        yield screen, pilot


async def come(holds: Callable[[], object]) -> None:
    """Let the clock run until it is so."""
    end = monotonic() + PATIENCE
    while not holds():
        assert monotonic() < end, "the race does not move"
        await asyncio.sleep(0.01)


async def until(screen: RaceScreen, seen: float) -> None:
    """Let the clock run until every lane has seen n samples."""
    await come(lambda: screen.race is not None and screen.race.progress >= seen)


def shown(screen: RaceScreen) -> list[str]:
    """The rows on the screen, from top to bottom."""
    return [
        "".join(text for text, _ in row) for panel in screen.panels.values() if panel.display for row in panel._rows
    ]


async def test_it_opens_with_the_list_of_questions() -> None:
    async with compare() as (screen, _):
        rows = shown(screen)
        for preset in PRESETS:
            assert any(row.split()[:1] == [str(preset.number)] and preset.question in row for row in rows)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
async def test_a_digit_starts_the_race_for_its_question_at_once(preset: Preset) -> None:
    async with compare() as (screen, pilot):
        await pilot.press(str(preset.number))
        assert screen.preset is preset
        assert preset.question in shown(screen)[0]
        await until(screen, 20)
        assert screen.race is not None
        assert all(lane.run.frontier > 0 for lane in screen.race.lanes)


async def test_a_race_stops_by_itself_at_its_goal_and_space_takes_it_as_far_again() -> None:
    async with compare() as (screen, pilot):
        await pilot.press("2")
        assert screen.race is not None
        screen.race.advance(screen.race.goal - 200)
        goal = screen.race.goal
        await until(screen, goal)
        await come(lambda: screen.until is None and not clock_runs(screen))
        await pilot.pause()
        await pilot.press("space")
        assert screen.race.goal == 2 * goal
        await until(screen, goal + 32)


async def test_space_halts_the_race_with_figures_of_now() -> None:
    async with compare() as (screen, pilot):
        await pilot.press("1")
        await until(screen, 50)
        await pilot.press("space")
        assert screen.race is not None
        stood = [lane.run.frontier for lane in screen.race.lanes]
        await pilot.pause(0.2)
        assert [lane.run.frontier for lane in screen.race.lanes] == stood
        assert [lane.points[-1].update for lane in screen.race.lanes] == stood


async def test_an_epoch_is_gone_to_its_end_and_no_further() -> None:
    async with compare() as (screen, pilot):
        await pilot.press("1", "space")
        assert screen.race is not None
        mark = screen.race.next_epoch()
        await pilot.press("e")
        await until(screen, mark)
        await pilot.pause(0.2)
        assert {lane.back_propagations for lane in screen.race.lanes} == {mark}
        assert mark % 120 == 0


async def test_the_title_of_the_chart_follows_the_axis_the_loss_and_the_scale() -> None:
    async with compare() as (screen, pilot):
        await pilot.press("1")
        await until(screen, 250)
        await pilot.press("space")
        assert any("train loss by samples seen, linear" in row for row in shown(screen))
        await pilot.press("a", "a", "l", "y")
        end = stretch(screen.look())
        assert end is not None
        assert any(f"test loss by updates, log · the first {end:.0f}, z for all" in row for row in shown(screen))
        await pilot.press("z")
        assert any(row.startswith("┌─ test loss by updates, log ──") for row in shown(screen))


async def test_without_test_samples_there_is_no_test_loss_to_choose() -> None:
    async with compare("xor") as (screen, pilot):
        await pilot.press("1", "l")
        assert any("batch loss by samples seen" in row for row in shown(screen))
        await pilot.press("l")
        assert any("train loss by samples seen" in row for row in shown(screen))


async def test_r_starts_the_same_race_again() -> None:
    async with compare() as (screen, pilot):
        await pilot.press("4")
        await until(screen, 100)
        before = screen.race
        await pilot.press("r", "space")
        assert screen.race is not before
        assert screen.preset is PRESETS[3]


async def test_a_question_that_cannot_be_raced_says_why() -> None:
    async with compare("mazur") as (screen, pilot):
        await pilot.press("1")
        assert screen.race is None
        assert shown(screen)[-1].strip() == "too few training samples, all lanes alike: try bptui xor"


async def test_escape_first_stops_the_race_with_every_lane_measured_where_it_is() -> None:
    async with compare("moons") as (screen, pilot):
        await pilot.press("1")
        await until(screen, 200)
        await pilot.press("escape")
        await pilot.pause()
        assert screen.is_current
        assert not screen.working()
        race = screen.race
        assert race is not None
        assert not race.finished
        assert all(lane.points[-1].seen == lane.progress("seen") for lane in race.lanes)
        assert "paused" in shown(screen)[-1]
        await pilot.press("escape")
        await pilot.pause()
        assert not screen.is_current


@pytest.mark.parametrize("size", [(40, 24), (80, 24), (120, 40)])
async def test_a_race_under_way_says_share_and_time_left_beside_help_and_how_to_stop(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bptui.tui.long_work.SURE", 0.0)
    async with compare("moons", size) as (screen, pilot):
        await pilot.press("1")
        await until(screen, 200)
        told = re.compile(r" ▶ \d+%( of [\d ]+ samples seen · [\d ]+/s)? · [\d a-z]+ left ")
        await come(lambda: told.match(shown(screen)[-1]))
        foot = shown(screen)[-1]
        assert ("/s" in foot) == (size[0] >= 80)
        assert foot.rstrip().endswith("? help  Esc stop")


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_closing_gives_the_explorer_back_and_leaves_its_run_alone(key: str) -> None:
    async with compare() as (screen, pilot):
        frontier = screen.session.run.frontier
        await pilot.press("1")
        await until(screen, 10)
        await pilot.press("space", key)
        await pilot.pause()
        assert pilot.app.screen is pilot.app.explorer  # type: ignore[attr-defined]
        assert screen.session.run.frontier == frontier


async def test_the_lanes_begin_with_the_settings_now_in_force() -> None:
    async with compare() as (screen, pilot):
        screen.session.change_rate(True)
        await pilot.press("4", "space")
        assert screen.race is not None
        assert [lane.settings.rules.learning_rate for lane in screen.race.lanes] == [0.05, 0.1, 0.2, 0.5, 1, 2]


@pytest.mark.parametrize("size", SIZES)
async def test_the_screen_is_filled_row_by_row(size: tuple[int, int]) -> None:
    async with compare("iris", size) as (screen, pilot):
        for key in "0", "1", "5":
            await pilot.press(key)
            rows = shown(screen)
            assert [len(row) for row in rows] == [size[0]] * size[1]
        assert any("lane" in row for row in rows)


@pytest.mark.parametrize("size", [(39, 24), (80, 9)])
async def test_below_40_by_10_there_is_one_line(size: tuple[int, int]) -> None:
    async with compare("iris", size) as (screen, pilot):
        await pilot.press("1")
        assert shown(screen)[0].strip() == f"bptui needs 40×10, has {size[0]}×{size[1]}"
        assert sum(panel.display for panel in screen.panels.values()) == 1


async def test_a_smaller_window_is_laid_out_anew() -> None:
    async with compare("iris", (120, 40)) as (screen, pilot):
        await pilot.press("1")
        await resize(pilot, 80, 24)
        assert [len(row) for row in shown(screen)] == [80] * 24


async def test_without_colour_and_unicode_it_is_all_ascii() -> None:
    async with compare(colour=False, ascii_only=True) as (screen, pilot):
        await pilot.press("3")
        await until(screen, 50)
        assert all(row.isascii() for row in shown(screen))
        assert {panel.palette for panel in screen.panels.values()} == {"mono"}


async def test_a_race_of_the_user_s_own_settings() -> None:
    """C collects the current settings in the explorer; c 7 races them from the same start."""
    app = BptuiApp(Session(Scenario.built_in("xor")))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("C", "m", "C", "right_curly_bracket", "C")
        assert [settings.rules.reduction for settings in app.session.collected] == ["mean", "sum", "sum"]
        await pilot.press("c", "7")
        await pilot.pause()
        race = app.screen.race  # type: ignore[attr-defined]
        assert [lane.name for lane in race.lanes] == ["all mean γ 1", "all sum γ 1", "all sum γ 2"]
        starts = {lane.run.start.flat.tobytes() for lane in race.lanes}
        assert len(starts) == 1


async def test_one_setting_is_no_race_and_collecting_twice_takes_it_out() -> None:
    app = BptuiApp(Session(Scenario.built_in("xor")))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("C", "c", "7")
        await pilot.pause()
        assert app.screen.race is None  # type: ignore[attr-defined]
        await pilot.press("escape", "C")
        assert app.session.collected == ()


def race_on(screen: Screen[Any]) -> Race:
    assert isinstance(screen, RaceScreen)
    assert screen.race is not None
    return screen.race


async def test_a_race_that_has_closed_leaves_memory_soon() -> None:
    async with explore("xor") as at:
        at.app.sweeps = (
            gc.get_threshold()
        )  # as in the program, where what there was before it showed anything is frozen
        gc.disable()
        try:
            await at.press("c", "1")
            race = weakref.ref(race_on(at.app.screen))
            while at.app.screen is not at.explorer:  # it pauses first
                await at.press("escape")
            end = monotonic() + PATIENCE
            while race() is not None:  # a slow machine may not be done with it when it is swept first
                assert monotonic() < end
                await at.pilot.pause(2 * SWEPT_AFTER)
                if race() is not None:
                    await at.press("question_mark", "escape")
        finally:
            gc.enable()


async def test_batch_sizes_are_tried_after_the_race_until_they_are_stopped_and_on_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bptui.tui.race.SAMPLES", 40)
    async with compare("xor") as (screen, pilot):
        await pilot.press("1")
        assert screen.seen is not None
        assert screen.seen.trials is not None
        trials, screen.seen.race.goal, screen.until = screen.seen.trials, 40, 40
        await until(screen, 40)
        await come(lambda: screen.trying or trials.done)
        await pilot.press("escape")
        assert not screen.working()
        made = trials.made
        await pilot.press("space")
        await come(lambda: trials.done)
        await come(lambda: "has the lowest loss" in "\n".join(shown(screen)))
        assert trials.made == trials.planned >= made
        text = "\n".join(shown(screen))
        assert "5 seeds" in text
        assert len(re.findall(r"\btime\b", text)) == 1  # that of the updates alone
