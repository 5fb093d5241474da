"""The Explain screen under Textual's pilot."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from bptui.explain import Comparison, Quantity, compare, name, value
from bptui.explain.quantity import GIVEN, of_weight
from bptui.scenario import Scenario
from bptui.session.moment import Moment, Phase, phases
from bptui.session.session import Session
from bptui.training import UpdateRecord, stepper
from bptui.tui.app import BptuiApp
from bptui.tui.explain import ExplainScreen
from bptui.views.arrange import BATCH, DELTAS, LOSS, NETWORK, UPDATE
from bptui.views.numbers import precise
from bptui.views.panels import BY_NUMBER, what_happened
from tests.scenes import scene as scene_at
from tests.scenes import session as session_of

from . import pilots


class Opened:
    """The screen over an explorer, and what it says."""

    def __init__(self, app: BptuiApp, pilot: Pilot[int], screen: ExplainScreen) -> None:
        self.app, self.pilot, self.screen = app, pilot, screen

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    @property
    def here(self) -> Quantity:
        return self.screen.walk_now.here

    def text(self) -> str:
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())


@asynccontextmanager
async def opened(
    scenario: str = "xor", kind: str = "update", size: tuple[int, int] = (80, 24), **options: bool
) -> AsyncIterator[Opened]:
    session = Session(Scenario.built_in(scenario))
    phase = next(phase for phase in phases(session.layers) if phase.kind == kind)
    sample = session.record.n - 1 if kind in ("reduce", "update") else 0
    session.moment = replace(session.moment, phase=phase, sample=sample)
    app = BptuiApp(session, **options)  # type: ignore[arg-type]
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        scene = app.explorer.scene()
        screen = ExplainScreen(scene, what_happened(scene), app.palette_name, app.ascii)
        app.push_screen(screen)
        await pilot.pause()
        yield Opened(app, pilot, screen)


async def test_the_walk_down_from_a_weight_ends_in_what_is_given_and_comes_back() -> None:
    async with opened() as it:
        assert name(it.here) == "w₂[0→0] after"
        await it.press("down", "enter")
        assert name(it.here) == "Δw₂[0→0]"
        seen = [it.here]
        for _ in range(20):
            if it.here.kind in (*GIVEN, "rate"):
                break
            await it.press("end", "enter")
            seen.append(it.here)
        assert it.here.kind in GIVEN
        assert "the walk ends here" in it.text()
        for _ in seen:
            await it.press("backspace")
        assert name(it.here) == "w₂[0→0] after"


async def test_the_screen_shows_formula_numbers_and_result() -> None:
    async with opened("mazur", "gradient") as it:
        text = it.text()
        assert "∂L/∂w₂[h1→o1][#1] = a₁[h1][#1] · δ₂[o1][#1]" in text
        assert f"= {precise(value(it.screen.scene.record, it.here))}" in text
        assert "▸ a₁[h1][#1]" in text


async def test_u_goes_up_and_offers_a_choice() -> None:
    async with opened("xor", "gradient") as it:
        await it.press("u")
        assert name(it.here) == "SUM w₂[0→0]"
        await it.press("u")
        assert name(it.here) == "MEAN w₂[0→0]"
        await it.press("left", "left", "down", "enter")
        assert name(it.here) == "δ₂[0][#1]"
        await it.press("u")
        assert "choose" in it.text()
        await it.press("down", "enter")
        assert name(it.here) == "∂L/∂w₂[1→0][#1]"


async def until(it: Opened, words: str) -> None:
    await pilots.until(it.pilot, lambda: words in it.text())


@pytest.mark.parametrize("kind", ["loss", "delta", "gradient", "reduce"])
async def test_v_shows_the_check_of_the_number_and_of_the_whole_batch(kind: str) -> None:
    async with opened("xor", kind) as it:
        await it.press("v")
        await until(it, "|∇L| of the batch, mean")
        text = it.text()
        assert text.count("central differences") == 2
        assert "relative distance" in text


async def test_where_passes_take_long_no_key_waits_for_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    checkers: list[threading.Thread] = []

    def noted(record: UpdateRecord, q: Quantity) -> Comparison | str:
        checkers.append(threading.current_thread())
        return compare(record, q)

    monkeypatch.setattr(stepper, "COSTLY", 0)
    monkeypatch.setattr("bptui.tui.explain.compare", noted)
    async with opened("xor", "gradient") as it:
        await it.press("v")
        await until(it, "|∇L| of the batch, mean")
        assert it.text().count("central differences") == 2
        assert len(checkers) == 1
        assert threading.main_thread() not in checkers


async def test_a_check_that_comes_late_is_not_shown_at_another_number() -> None:
    async with opened("xor", "gradient") as it:
        it.screen.check()
        await it.press("enter")
        await asyncio.sleep(0.2)
        await it.pilot.pause()
        assert it.screen.walk_now.checks == ()


async def test_esc_closes_and_keys_of_the_explorer_do_nothing_meanwhile() -> None:
    async with opened() as it:
        moment = it.app.session.moment
        await it.press("p", "b", "space")
        assert it.app.session.moment == moment
        await it.press("escape")
        assert it.app.screen is it.app.explorer


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (120, 40)])
async def test_it_fills_screens_of_all_sizes(size: tuple[int, int]) -> None:
    async with opened("digits", "delta", size) as it:
        rows = it.text().split("\n")
        assert len(rows) == size[1]
        assert rows[0].startswith("┏━ Explain")
        assert rows[-2].startswith("┗")
        assert "Esc close" in rows[-1]
        assert "δ₂[0][#1]" in it.text()


async def test_without_colour_and_unicode_it_still_says_the_numbers() -> None:
    async with opened("mazur", "gradient", colour=False, ascii_only=True) as it:
        assert it.text().isascii()
        assert precise(value(it.screen.scene.record, it.here)) in it.text()


def test_a_walk_starts_at_what_the_phase_made_or_at_what_the_panel_shows() -> None:
    def start(phase: Phase, panel: int) -> Quantity:
        moment = Moment(1, phase, 2, layer=2, unit=1, source=0)
        return BY_NUMBER[panel].explained(scene_at(session_of("xor"), moment))

    kinds = ["input", "a", "a", "loss", "delta", "delta", "contribution", "reduced", "after"]
    assert [start(phase, NETWORK).kind for phase in phases(2)] == kinds
    gradient, update, forward = Phase("gradient"), Phase("update"), Phase("forward", 1)
    assert start(gradient, BATCH) == Quantity("loss", sample=2)
    assert start(gradient, DELTAS) == Quantity("delta", 2, 1, sample=2)
    assert start(gradient, UPDATE).kind == "contribution"
    assert start(update, UPDATE) == of_weight("after", 2, 0, 1)
    assert start(update, LOSS).kind == "loss-mean"
    assert start(forward, BATCH).kind == "a"
