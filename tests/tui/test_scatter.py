"""The noise screen under Textual's pilot: every key does what it says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from bptui.engine.weight import Weight
from bptui.scenario import Scenario
from bptui.session.session import Session
from bptui.tui.app import BptuiApp
from bptui.tui.scatter import KEYS, ScatterScreen, scatter_of

from .pilots import clock_runs, resize, until


class Looking:
    def __init__(self, app: BptuiApp, screen: ScatterScreen, pilot: Pilot[int]) -> None:
        self.app, self.screen, self.pilot = app, screen, pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def measured(self) -> None:
        await until(self.pilot, lambda: not self.screen.working())

    def text(self) -> str:
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    @property
    def selection(self) -> Weight:
        return self.screen.weight


@asynccontextmanager
async def looking(name: str = "iris", size: tuple[int, int] = (80, 24), **options: Any) -> AsyncIterator[Looking]:
    session = Session(Scenario.built_in(name))
    session.move(("batch", 1))
    session.move(("batch", 1))
    app = BptuiApp(session, **options)
    async with app.run_test(size=size) as pilot:
        screen = ScatterScreen(session, scatter_of(session), app.palette_name, app.ascii, app.colour)
        app.push_screen(screen)
        await pilot.pause()
        at = Looking(app, screen, pilot)
        await at.measured()
        await pilot.pause()
        yield at


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_strip_samples_law_and_noise_scale_are_on_one_screen(size: tuple[int, int]) -> None:
    async with looking(size=size) as at:
        text = at.text()
        for words in ("SUM", "MEAN ÷10", "deviation", "standard error s/√10", "noise scale", "|∇L|"):
            assert words in text
        for words in ("measured", "dev/√n", "drawn without replacement", "N = 120"):
            assert words in text


@pytest.mark.parametrize(("key", "order"), [("2", "loss"), ("3", "norm"), ("4", "cosine"), ("5", "wrong")])
async def test_digits_sort_and_choose_the_first(key: str, order: Any) -> None:
    async with looking() as at:
        rows = at.screen.scatter.record.rows_by(order).tolist()
        await at.press(key)
        assert at.screen.chosen == rows[0]
        assert list(at.screen.now().rows) == rows
        await at.press("1")
        assert list(at.screen.now().rows) == list(range(10))
        assert at.screen.chosen == rows[0]


async def test_wrong_answers_need_classes() -> None:
    async with looking("sine") as at:
        await at.press("5")
        assert at.screen.key == "batch"
        assert "no answer is right or wrong" in at.text()


async def test_arrows_choose_a_sample_and_stop_at_the_ends() -> None:
    async with looking() as at:
        await at.press("2")
        rows = at.screen.now().rows
        await at.press("down", "down")
        assert at.screen.chosen == rows[2]
        await at.press(*["up"] * 5)
        assert at.screen.chosen == rows[0]
        await at.press("pagedown", "pagedown")
        assert at.screen.chosen == rows[-1]


async def test_enter_opens_the_chosen_sample() -> None:
    async with looking() as at:
        before = at.app.session.moment
        await at.press("3", "down")
        chosen = at.screen.chosen
        assert chosen != before.sample
        await at.press("enter")
        after = at.app.session.moment
        assert at.app.screen is not at.screen
        assert after.sample == chosen
        assert (after.update, after.phase) == (before.update, before.phase)


async def test_enter_moves_nothing_when_the_session_has_left_that_update() -> None:
    async with looking() as at:
        at.app.session.move(("batch", 1))
        moved = at.app.session.moment
        await at.press("3", "down", "enter")
        assert at.app.session.moment == moved


@pytest.mark.parametrize("key", ["escape", "q", "o"])
async def test_it_closes_without_moving_the_sample(key: str) -> None:
    async with looking() as at:
        before = at.app.session.moment
        await at.press("3", "down", key)
        assert at.app.screen is not at.screen
        assert at.app.is_running
        assert at.app.session.moment == before


async def test_left_and_right_take_another_weight_and_its_law() -> None:
    async with looking() as at:
        before, law = at.selection, at.screen.now().laws
        await at.press("right")
        assert at.selection == replace(before, source=before.source + 1)
        assert at.screen.now().laws != law
        await at.press("left")
        assert at.selection == before
        assert at.screen.now().laws == law


@pytest.mark.parametrize(
    ("keys", "moved"), [((".",), Weight(2, 0, 1)), ((",",), Weight(2, 0, 2)), (("<",), Weight(1, 0, 0))]
)
async def test_other_units_and_layers_can_be_reached(keys: tuple[str, ...], moved: Weight) -> None:
    async with looking() as at:
        assert at.selection == Weight(2, 0, 0)
        await at.press(*keys)
        assert at.selection == moved


@pytest.mark.parametrize("size", [(39, 24), (80, 9), (1, 1)])
async def test_a_screen_too_small_says_what_it_needs_and_comes_back(size: tuple[int, int]) -> None:
    async with looking(size=size) as at:
        words = f"bptui needs 40×10, has {size[0]}×{size[1]}"
        assert at.text().startswith(words if size[0] > 30 else "…")
        await resize(at.pilot, 80, 24)
        assert "noise scale" in at.text()


async def test_the_smallest_screen_shows_numbers_and_samples() -> None:
    async with looking(size=(40, 10)) as at:
        assert "MEAN ÷10" in at.text()
        assert "|∇L|" in at.text()


async def test_a_measured_screen_runs_no_clock() -> None:
    async with looking() as at:
        assert not clock_runs(at.screen)


async def test_without_unicode_the_signs_have_stand_ins() -> None:
    async with looking("digits", ascii_only=True) as at:
        inside = "\n".join(line[1:-1] for line in at.text().splitlines()[1:22])
        assert inside.isascii()
        assert "?" not in inside


def test_every_key_says_what_it_does_once() -> None:
    names = [name for key in KEYS for name in key.keys]
    assert len(names) == len(set(names))
    assert all(key.tooltip for key in KEYS)
