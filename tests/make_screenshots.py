"""Makes the pictures of the README and its pages with the app itself: ``python tests/make_screenshots.py [FOLDER]``."""

import asyncio
import os
import re
import sys
from html import unescape
from pathlib import Path

from bptui.data.output import write_whole
from bptui.scenario import Scenario
from bptui.session.session import Session
from bptui.tui.app import BptuiApp
from bptui.tui.pictures import picture
from bptui.tui.polling import Lectern
from bptui.tui.slides import until_drawn

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "screenshots"


def goes_to(words: str) -> list[str]:
    """The keys that go there."""
    return ["g", *words, "enter"]


EPOCH_20 = goes_to("e20")
STEM = [*["up"] * 4, "left", "left", "d", *["down"] * 8, "d"]
ARCH = [*["up"] * 4, "right", "d", "right", "up", "right", "down", "right", *["down"] * 4, "d"]
"""An h on the field of the letters."""
TYPED = [*"0.0834", "enter"]
"""The sum of the batch."""
PICTURES = {
    "explorer": ("digits", (120, 36), ["e", "e", "b", *["s"] * 9, *["p"] * 6]),
    "ledger": ("xor", (80, 24), ["e", "e", "p", "w", "1"]),
    "drill": ("digits", (100, 30), ["e", "b", "d", "e"]),
    "sum-and-mean": ("digits", (100, 30), ["w", "3", *["pause"] * 12, "space"]),
    "explain": ("xor", (80, 24), ["e", "e", "w", "4", "enter"]),
    "lab": ("trask", (100, 30), ["w", "5", *["e"] * 30]),
    "batches": ("digits", (100, 30), ["w", "7", *["pause"] * 12, "space"]),
    "draw": ("letters", (120, 36), [*EPOCH_20, "D", *STEM, *ARCH, "l", "h", "enter", "b"]),
    "map": ("moons", (120, 36), ["7", *["e"] * 20]),
    "letters": ("letters", (120, 36), [*["e"] * 6, "7", "left"]),
    "forks": ("moons", (120, 36), [*goes_to("400"), *goes_to("37"), "T", *"flip", "enter", *goes_to("400"), "5"]),
    "predict": ("xor", (100, 30), [*goes_to("e1 b1 s3"), "j", "1", "2", "3", "enter", "s", *TYPED, *TYPED]),
    "poll": ("xor", (100, 17), ["j", *"123467", "enter", "b", "class", "escape"]),
    "noise": ("digits", (100, 30), ["e", "b", "w", "9", "4"]),
}


GIVEN = {1.0: 14, 4.0: 6, -1.0: 2, 0.5: 1}
"""What a class answers to the mean of four: so many times it, by how many."""
MOVING = ("sum-and-mean", "batches")
"""Of what runs by the clock: no two are alike."""


async def drawn(name: str) -> str:
    """One of the pictures: the keys pressed in an app of its own, then the screen as SVG. ``pause`` lets a second pass;
    after every other key what it began is waited for."""
    scenario, size, keys = PICTURES[name]
    app = BptuiApp(Session(Scenario.built_in(scenario)))
    if name == "poll":
        app.polling = Lectern(app, lambda: None)
    async with app.run_test(size=size) as pilot:
        for key in keys:
            if key == "pause":
                await pilot.pause(1.0)
            elif key == "class":
                answered(app)
            else:
                await pilot.press(key)
                await (pilot.pause() if name in MOVING else until_drawn(app, pilot))
            if isinstance(app.polling, Lectern):
                app.polling.message()
        await pilot.pause(0.6)  # the chart comes behind the numbers
        return picture(app, f"bptui {scenario}")


def answered(app: BptuiApp) -> None:
    """A class of 24 answers what it is asked, all but one."""
    assert isinstance(app.polling, Lectern)
    app.polling.seated(range(sum(GIVEN.values()) + 1))
    said = app.polling.message()
    true = app.session.record.mean[app.session.moment.weight]
    given = [f"{times * true:.4g}" for times, seats in GIVEN.items() for _ in range(seats)]
    for seat, number in enumerate(given):
        app.polling.heard(seat, {"poll": said["open"]["id"] if said else 0, "given": number})


def as_made(name: str) -> str:
    """The picture, whatever terminal makes it."""
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    os.environ.pop("NO_COLOR", None)
    return asyncio.run(drawn(name))


def words_in(svg: str) -> list[str]:
    """What is written in a picture, from above to below: what another version of Rich draws the same."""
    return [unescape(found) for found in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in PICTURES:
        write_whole(folder / f"{name}.svg", as_made(name))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
