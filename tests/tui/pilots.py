"""An explorer under Textual's pilot, and what its screen says."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from time import monotonic
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
PATIENCE = 30.0  # seconds: what comes at all has come by then on a busy machine too


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
        """Press keys, each when the work that the one before has begun is over: on a busy machine what is short is
        long, and refuses other keys. What is computed beside the screen is not waited for."""
        for key in keys:
            await self.pilot.press(key)
            await self.until(lambda: self.explorer._work is None or self.explorer.costly())
        await self.pilot.pause()

    async def do(self, *ids: str) -> None:
        """Press the keys with these ids of the table."""
        await self.press(*(BY_ID[key_id].keys[0] for key_id in ids))

    async def until(self, holds: Callable[[], object]) -> None:
        await until(self.pilot, holds)

    async def until_seen(self, words: str) -> None:
        await self.until(lambda: words in self.text())

    async def until_idle(self) -> None:
        """Wait for long work or playing to end by itself."""
        await self.until(lambda: not self.explorer.busy)

    async def until_drawn(self) -> None:
        """Wait until the chart behind the numbers is the one of now."""
        await self.pilot.pause(0.02)
        await self.until(lambda: not self.explorer.stage.drawing.due)

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


def lines_of(pilot: Pilot[int]) -> list[str]:
    return [strip.text for strip in pilot.app.screen._compositor.render_strips()]


async def until(pilot: Pilot[int], holds: Callable[[], object]) -> None:
    """Wait until it is so, however long a busy machine takes."""
    end = monotonic() + PATIENCE
    while not holds():
        if monotonic() > end:
            raise AssertionError("\n".join(["it never came:", *lines_of(pilot)]))
        await pilot.pause(0.01)


async def resize(pilot: Pilot[int], width: int, height: int) -> None:
    """Another size, and wait until the screen of that size stands still."""
    await pilot.resize_terminal(width, height)
    seen: list[str] = []

    def rests() -> bool:
        nonlocal seen
        before, seen = seen, lines_of(pilot)
        return seen == before and len(seen) == height

    await pilot.pause(0.02)
    await until(pilot, rests)


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
