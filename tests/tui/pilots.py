"""An explorer under Textual's pilot, and what its screen says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from textual.pilot import Pilot
from textual.strip import Strip

from bptui.scenario import Scenario
from bptui.session.keeping import Reopened
from bptui.session.session import Session
from bptui.tui.app import BptuiApp
from bptui.tui.explorer import Explorer
from bptui.tui.explorer_keys import BY_ID
from bptui.tui.frames import cells_of
from bptui.tui.workbench import Workbench

USUAL, WIDE = (80, 24), (120, 40)


class Pilots:
    """The app, its explorer, and the pilot that presses keys."""

    def __init__(self, app: BptuiApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def explorer(self) -> Explorer:
        return self.app.explorer

    @property
    def session(self) -> Session:
        return self.app.session

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def do(self, *ids: str) -> None:
        """Press the keys with these ids of the table."""
        await self.press(*(BY_ID[key_id].keys[0] for key_id in ids))

    async def until_idle(self) -> None:
        """Wait for long work or playing to end by itself."""
        for _ in range(1000):
            if not self.explorer.busy:
                return
            await self.pilot.pause(0.02)
        raise AssertionError("still busy after 20 seconds")

    async def until_drawn(self) -> None:
        """Wait until the chart behind the numbers is the one of now."""
        for _ in range(200):
            await self.pilot.pause(0.02)
            if not self.explorer.stage.drawing.due:
                return
        raise AssertionError("no chart after 4 seconds")

    async def resize(self, width: int, height: int) -> None:
        await resize(self.pilot, width, height)

    def not_shown(self) -> list[int]:
        """Lines in which the terminal is not known to show what Textual composes."""
        shadow, inks = self.app._shadow, self.app._inks
        assert shadow is not None
        assert inks is not None
        return [y for y, strip in enumerate(self.strips()) if shadow.differences(y, 0, cells_of([strip], inks))]

    def strips(self) -> list[Strip]:
        """The lines of the whole screen as Textual composes them."""
        return self.app.screen._compositor.render_strips()

    def lines(self) -> list[str]:
        return [strip.text for strip in self.strips()]

    def foot(self) -> str:
        """The footer, of two rows on a usual screen."""
        return "\n".join(self.lines()[-2:])

    def text(self) -> str:
        return "\n".join(self.lines())


async def resize(pilot: Pilot[int], width: int, height: int) -> None:
    """Another size, and wait until the screen of that size stands still."""
    await pilot.resize_terminal(width, height)
    seen: list[str] = []
    for _ in range(100):
        await pilot.pause(0.02)
        before, seen = seen, [strip.text for strip in pilot.app.screen._compositor.render_strips()]
        if seen == before and len(seen) == height:
            return
    raise AssertionError("the screen does not come to rest")


def clock_runs(screen: Workbench) -> bool:
    """Is the clock of a screen at work? An idle one has none that ticks."""
    return bool(screen._clock._active.is_set())


@asynccontextmanager
async def explore(
    session: Session | Reopened | str = "xor", size: tuple[int, int] = USUAL, **options: Any
) -> AsyncIterator[Pilots]:
    """An explorer on a screen of this size; a session, or the name of a built-in scenario."""
    app = BptuiApp(Session(Scenario.built_in(session)) if isinstance(session, str) else session, **options)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Pilots(app, pilot)


def session_with(name: str, batch_size: int | None = None, samples: int | None = None, **rules: Any) -> Session:
    """A built-in scenario with other settings."""
    scenario = Scenario.built_in(name)
    settings = replace(scenario.settings, rules=replace(scenario.settings.rules, **rules))
    settings = replace(settings, batch_size=batch_size or settings.batch_size)
    data = replace(scenario.data, samples=samples or scenario.data.samples)
    return Session(replace(scenario, settings=settings, data=data))
