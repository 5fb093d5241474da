"""The private names of Textual: all there in this version, and in two modules; without them bptui runs all the same."""

import gc
import re
import sys
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from rich.console import Console
from rich.segment import Segment
from textual import _compositor
from textual._compositor import Compositor
from textual._styles_cache import StylesCache
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

import bptui
from bptui.tui import panel, private
from bptui.tui.app import BptuiApp
from tests.cli.commands import terminal

from .pilots import WIDE, explore

OURS = Path(bptui.__file__).parent


def test_this_version_of_textual_has_every_one() -> None:
    """Where this fails bptui still runs; see what the newer version has in their place."""
    for name in ("_display", "_fatal_error", "_close_messages_no_wait"):
        assert callable(getattr(App, name)), name
    app = App[int]()
    assert app._batch_count == 0
    assert app._exception is None
    assert "_background_screens" in vars(App)
    assert callable(Screen._on_timer_update)
    assert callable(_compositor.Compositor.render_update)
    assert hasattr(Console(), "_color_system")
    assert {"spans", "chops"} <= set(_compositor.ChopsUpdate.__init__.__annotations__)
    assert {"strips", "region"} <= set(_compositor.LayoutUpdate.__init__.__annotations__)


def test_two_modules_alone_know_them() -> None:
    knows = re.compile(r"textual\._|\b_(display|fatal_error|batch_count|exception|compositor|color_system)\b")
    assert {path.name for path in OURS.rglob("*.py") if knows.search(path.read_text(encoding="utf-8"))} == {
        "driver.py",
        "private.py",
    }


@pytest.mark.parametrize("broken", ["lines_of", "cut"])
async def test_where_one_means_something_else_textual_writes_the_whole(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[object] = []
    whole = App._display

    def display(app: App[int], screen: Any, renderable: Any) -> None:
        given.append(renderable)
        whole(app, screen, renderable)

    monkeypatch.setattr(App, "_display", display)
    monkeypatch.setattr(private, broken, None)
    async with explore("xor", WIDE) as at:
        await at.press("p", "2", "s", "e")
        app = at.app
        assert isinstance(app, BptuiApp)
        assert not app._understood
        assert [each for each in given if isinstance(each, _compositor.LayoutUpdate | _compositor.ChopsUpdate)]
        assert not [each for each in given if isinstance(each, private.Diffed)]


async def test_what_panels_paint_goes_past_textual_and_is_what_textual_composes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    composed: list[object] = []
    whole = Compositor.render_update

    def render_update(self: Compositor, *given: Any, **more: Any) -> Any:
        composed.append(1)
        return whole(self, *given, **more)

    monkeypatch.setattr(Compositor, "render_update", render_update)
    async with explore("digits", WIDE) as at:
        await at.until_drawn()
        for key in ("s", "s", "2", "b", "down", "right", "space", "space", "t", "b", "f", "s", "f", "s"):
            composed.clear()
            await at.press(key)
            assert bool(composed) == (key in ("t", "f")), key
            await at.until_drawn()
            assert not at.not_shown(), key


async def test_what_was_painted_on_a_screen_that_another_covers_is_there_when_that_closes() -> None:
    async with explore("xor", WIDE) as at:
        await at.press("s")
        explorer, app = at.explorer, at.app
        app.begin_frame()
        explorer.press("next-batch")
        explorer.show_help()
        app.show_now(explorer)
        await at.press("escape")
        assert "update" in at.text()
        assert not at.not_shown()


async def test_an_answer_that_came_before_it_was_waited_for_is_not_missed() -> None:
    async with explore("xor") as at:
        app = at.app
        assert app.hears(monotonic()) is None  # from the driver's thread, when nothing waited
        app._newer = True
        app._come_back()
        await at.pilot.pause()
        assert not app._newer, "it waits for an answer that has come"


async def test_an_answer_that_is_waited_for_wakes_the_app() -> None:
    async with explore("xor") as at:
        at.app._newer = True
        goes_on = at.app.hears(monotonic())
        assert goes_on is not None
        goes_on()
        await at.pilot.pause()
        assert not at.app._newer


def starts_steps_and_quits(program: str) -> None:
    """A Python program that is the explorer, in a terminal."""
    with terminal(command=[sys.executable, "-c", program], width=100) as at:
        at.wait_for("Network")
        at.type("p")
        at.wait_for("forward")
        at.type("q")
        assert at.wait() == 0


@pytest.mark.parametrize("gone", ["textual.drivers._writer_thread.WriterThread", "textual._xterm_parser.XTermParser"])
def test_where_what_the_driver_is_made_for_is_gone_textual_drives_the_terminal(gone: str) -> None:
    module, _, name = gone.rpartition(".")
    program = f"""
import sys
import textual.drivers.linux_driver  # Textual itself has it
import {module} as changed
del changed.{name}
sys.argv = ["bptui", "xor"]
from bptui.__main__ import run
run()
"""
    starts_steps_and_quits(program)


def test_without_any_of_them_the_terminal_shows_the_explorer() -> None:
    program = """
import sys
import textual.app, textual.screen  # Textual itself has them
import textual._compositor as compositor

class Hidden(type(compositor)):
    def __getattribute__(self, name):
        if name in ("ChopsUpdate", "LayoutUpdate", "CompositorUpdate"):
            raise AttributeError(name)
        return super().__getattribute__(name)

compositor.__class__ = Hidden
from bptui.tui import panel, private
assert private.ChopsUpdate is private.Unknown
sys.argv = ["bptui", "xor"]
from bptui.__main__ import run
run()
"""
    starts_steps_and_quits(program)


def test_a_fault_ends_the_app_even_where_textual_has_no_such_way(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[App[int]] = []

    def gone(app: App[int]) -> None:
        raise AttributeError

    monkeypatch.setattr(App, "_close_messages_no_wait", gone)
    monkeypatch.setattr(App, "_fatal_error", lambda app: told.append(app))  # noqa: PLW0108 - a method is called on it
    monkeypatch.setattr(private, "write_log", lambda details: "a log")
    app = private.Faults()
    app._fatal_error()
    assert told == [app]
    assert app.fault.endswith("a fault of bptui itself; a log")


def test_of_faults_that_follow_one_another_the_first_is_logged_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    logs: list[str] = []

    def write_log(details: str) -> str:
        logs.append(details)
        return f"log {len(logs)}"

    monkeypatch.setattr(private, "write_log", write_log)
    app = private.Faults()
    app._fatal_error()
    app._fatal_error()
    assert len(logs) == 1
    assert app.fault.endswith("a fault of bptui itself; log 1")


class Cell(Widget, can_focus=True):
    """A line in which each key changes one cell."""

    count = 0

    def render_line(self, y: int) -> Strip:
        return Strip([Segment(f"{self.count}{'.' * 39}")])

    def on_key(self) -> None:
        self.count += 1
        self.refresh(Region(0, 0, 1, 1))


class Plain(App[int]):
    """Textual by itself, with a single cell."""

    def compose(self) -> ComposeResult:
        yield Cell()


def divided(secret: str) -> float:
    return len(secret) / 0


async def test_textual_by_itself_writes_a_whole_line_for_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this fails :class:`private.CellDiff` need compare no cells."""
    written: list[str] = []
    app = Plain()

    def display(_: App[int], screen: Any, renderable: Any) -> None:
        written.extend(segment.text for segment in app.console.render(renderable) if not segment.control)

    async with app.run_test(size=(40, 1)) as pilot:
        app.query_one(Cell).focus()
        monkeypatch.setattr(App, "_display", display)
        await pilot.press("a")
        await pilot.pause()
    assert written[-1] == f"1{'.' * 39}"  # a machine that is late writes what came before the key too


async def test_textual_by_itself_tells_a_fault_with_the_values_of_variables(capsys: pytest.CaptureFixture[str]) -> None:
    """Where this fails :class:`private.Faults` may go."""
    app = Plain()
    with pytest.raises(ZeroDivisionError):
        await fault_in(app)
    assert "a value of nobody's business" in capsys.readouterr().err


async def fault_in(app: App[int]) -> None:
    async with app.run_test() as pilot:
        app.call_later(divided, "a value of nobody's business")
        await pilot.pause()


async def lines_kept_after_steps(steps: int) -> int:
    """How many lines are in memory, besides those before, when so many steps were painted and no garbage looked for."""
    async with explore("xor", WIDE) as at:
        await at.press("s")
        gc.collect()
        gc.disable()
        try:
            counts = []
            for times in (1, steps):
                await at.press(*times * ["s"])
                counts.append(sum(isinstance(thing, Strip) for thing in gc.get_objects()))
        finally:
            gc.enable()
        return counts[1] - counts[0]


@pytest.mark.parametrize("past", [True, False])
async def test_a_line_painted_over_is_let_go_at_once(past: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Playing at full speed paints hundreds of lines a second, past Textual's compositor or on a slow line by it."""
    if not past:
        monkeypatch.setattr(private.CellDiff, "takes", lambda *_: False)
    assert await lines_kept_after_steps(30) < 2 * WIDE[1]


async def test_a_line_of_textual_holds_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this fails :class:`bptui.tui.panel.Line` may go."""
    monkeypatch.setattr(panel, "Line", Strip)
    monkeypatch.setattr(private.CellDiff, "takes", lambda *_: False)  # as on a slow line: Textual composes
    assert await lines_kept_after_steps(30) > 6 * WIDE[1]


async def lines_kept_after_closing(screens: int) -> int:
    """How many lines are in memory, besides those before, when help has been opened and closed so often."""
    async with explore("xor", WIDE) as at:
        counts = []
        for times in (1, screens):
            for _ in range(times):
                await at.press("question_mark")
                assert at.text()  # painted, however quickly it is closed
                await at.press("escape")
            gc.collect()
            counts.append(sum(isinstance(thing, Strip) for thing in gc.get_objects()))
        return counts[1] - counts[0]


async def test_a_screen_that_has_closed_leaves_nothing_in_memory() -> None:
    assert await lines_kept_after_closing(8) < WIDE[1]


async def test_textual_by_itself_keeps_the_lines_of_screens_that_have_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this fails :func:`private.let_go_of_what_closes` may go."""
    monkeypatch.setattr(StylesCache, "get_inner_outer", lru_cache(1024)(StylesCache.get_inner_outer))
    assert await lines_kept_after_closing(8) >= 2 * WIDE[1]
