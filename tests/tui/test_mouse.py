"""The mouse: clicks and the wheel, never its movements; and none of it where it is the terminal's own."""

import pytest
from textual import events

from bptui.tui.lists import List
from bptui.views.arrange import BATCH
from bptui.views.panels import NUMBERS
from tests.cli.commands import terminal

from .pilots import WIDE, Pilots, explore


async def click(at: Pilots, number: int) -> None:
    await at.pilot.click(at.explorer.stage.panels[number], offset=(4, 2))
    await at.pilot.pause()


@pytest.mark.parametrize("number", sorted(NUMBERS.values()))
async def test_a_click_gives_a_panel_the_focus(number: int) -> None:
    async with explore("digits", WIDE) as at:
        await at.press("5" if number != 5 else "1")
        if at.explorer.stage.panels[number].display:
            await click(at, number)
            assert at.explorer.looks.focus == number


async def test_a_click_beside_the_panels_does_nothing() -> None:
    async with explore("digits", WIDE) as at:
        await at.until_drawn()
        before = at.lines()
        await at.pilot.click(at.explorer.stage.ribbon, offset=(4, 0))
        await at.pilot.click(at.explorer.stage.footer, offset=(4, 0))
        assert at.lines() == before


async def wheel(at: Pilots, kind: type[events.MouseScrollUp | events.MouseScrollDown]) -> None:
    at.app.post_message(kind(None, 5, 5, 0, 1 if kind is events.MouseScrollDown else -1, 0, False, False, False, 5, 5))
    await at.pilot.pause()


async def test_the_wheel_scrolls_the_focused_list_there_and_back() -> None:
    async with explore("digits", WIDE) as at:
        await at.press("b", "2")
        before = at.explorer.stage.panels[BATCH]._rows
        await wheel(at, events.MouseScrollUp)
        assert at.explorer.stage.panels[BATCH]._rows != before
        await wheel(at, events.MouseScrollDown)
        assert at.explorer.stage.panels[BATCH]._rows == before


async def test_in_a_panel_without_a_list_the_wheel_says_nothing() -> None:
    async with explore("xor", WIDE) as at:
        await at.until_drawn()
        before = at.lines()
        await wheel(at, events.MouseScrollDown)
        assert at.lines() == before


async def test_the_wheel_scrolls_help() -> None:
    async with explore("xor") as at:
        await at.press("question_mark")
        await wheel(at, events.MouseScrollDown)
        assert isinstance(at.app.screen, List)
        assert at.app.screen.first == 1


@pytest.mark.parametrize(("words", "taken"), [((), True), (("--no-mouse",), False)], ids=str)
def test_the_terminal_is_asked_for_clicks_but_not_for_movements(words: tuple[str, ...], taken: bool) -> None:
    with terminal("xor", *words) as at:
        at.wait_for("Network")
        at.type("q")
        assert at.wait() == 0
        assert (b"\x1b[?1000h" in at.sent) == taken
        assert b"\x1b[?1003h" not in at.sent
        if taken:
            assert at.sent.rfind(b"\x1b[?1000l") > at.sent.rfind(b"\x1b[?1000h")


def test_a_click_as_a_terminal_sends_it_moves_the_focus() -> None:
    click = "\x1b[<0;70;20M\x1b[<0;70;20m"
    with terminal("xor", width=100, height=30) as at:
        at.wait_for("┏━ 1 Network")
        at.type(click)
        at.wait_for("┏━ 4 Update")
        at.type("?")
        at.wait_for("Help")
        at.type("q")
        at.wait_for("┏━ 4 Update")
        at.type("q")
        assert at.wait() == 0
