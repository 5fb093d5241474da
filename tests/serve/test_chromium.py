"""A real browser at ``bptui serve --web``: the page works, and nothing in it leaves this machine."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytest.importorskip("aiohttp", reason="the browser's door needs aiohttp, of the extra `web`")
pytest.importorskip("textual_serve", reason="the browser's door needs textual-serve, of the extra `web`")

from bptui.serve.command import Opening
from bptui.serve.limits import Limits, Seats
from bptui.serve.stay import Guests
from bptui.serve.web import Door, Lobby
from tests.cli.commands import BEGUN
from tests.serve.browser import BY_NAME, CHROMIUM, browsing

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here")
FONTS = """
[...document.fonts].map((face) => `${face.family} ${face.style} ${face.status}`).sort().join(", ")
"""


async def test_in_a_browser_one_steps_and_the_counters_move_and_nothing_is_asked_of_anybody_else(
    tmp_path: Path,
) -> None:
    """By plain HTTP and a name, as a class comes."""
    opening = Opening(("digits",), ("digits", "xor"))
    guests = Guests(opening.arguments, Seats(Limits()))
    door = Door(Lobby(guests, "token"))
    port = await door.open("127.0.0.1", 0)
    page = f"http://{BY_NAME}:{port}/token/?xor"
    wrong = page.replace("token", "wrong")
    try:
        async with browsing(tmp_path) as tab:
            await tab.go(wrong)
            assert await tab.until_answered(wrong) == 403
            await tab.go(page)
            begun = await tab.until(BEGUN)
            assert "xor" in begun
            assert "forward 0 · backward 0 · updates 0" in begun
            await tab.type("s")
            await tab.until("forward 1 · backward 1 · updates 0")
            await tab.type("b")
            await tab.until("forward 4 · backward 4 · updates 1")
            await tab.value('document.addEventListener("copy", () => (copied = document.activeElement.value))')
            await tab.type("i")
            await tab.until("The command that shows this screen again")
            await tab.until_true('typeof copied != "undefined"')
            assert str(await tab.value("copied")).startswith("bptui xor --at")
            await tab.escape()
            await tab.until("1 Network")
            await tab.type("s")
            await tab.until("forward 5 · backward 5 · updates 1")
            assert (
                await tab.value(FONTS) == "Monaco normal loaded, Roboto Mono italic loaded, Roboto Mono normal loaded"
            )
            assert not tab.faults
            assert {urlsplit(asked).netloc for asked in tab.asked} == {f"{BY_NAME}:{port}"}
            assert {status for address, status in tab.statuses.items() if "/token/" in address} == {200}
            await tab.type("q")
            await tab.until_true("document.body.classList.contains('-closed')")
        assert not guests.here
    finally:
        await door.close()
