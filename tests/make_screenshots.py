"""Makes the pictures of the README and its pages with the app itself: ``python tests/make_screenshots.py [FOLDER]``."""

import asyncio
import os
import sys
from pathlib import Path

from textual.pilot import Pilot

from bptui.data.output import write_whole
from bptui.scenario import Scenario
from bptui.session.session import Session
from bptui.tui.app import BptuiApp
from bptui.tui.pictures import picture

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "screenshots"
EPOCH_20 = ["g", "e", "2", "0", "enter", "idle"]
STEM = [*["up"] * 4, "left", "left", "d", *["down"] * 8, "d"]
ARCH = [*["up"] * 4, "right", "d", "right", "up", "right", "down", "right", *["down"] * 4, "d"]
"""An h on the field of the letters."""
PICTURES = {
    "explorer": ("digits", (120, 36), ["e", "e", "b", *["s"] * 9, *["p"] * 6]),
    "small": ("xor", (80, 24), ["e", "e", "s", "p", "p", "p", "p", "p", "4"]),
    "ledger": ("xor", (80, 24), ["e", "e", "p", "w", "1"]),
    "drill": ("digits", (100, 30), ["e", "b", "d", "e"]),
    "sum-and-mean": ("digits", (100, 30), ["w", "3", *["pause"] * 12, "space"]),
    "explain": ("xor", (80, 24), ["e", "e", "w", "4", "enter"]),
    "lab": ("trask", (100, 30), ["w", "5", *["e"] * 30]),
    "batches": ("digits", (100, 30), ["w", "7", *["pause"] * 12, "space"]),
    "draw": ("letters", (120, 36), [*EPOCH_20, "D", *STEM, *ARCH, "l", "h", "enter", "b"]),
    "map": ("moons", (120, 36), ["7", *["e"] * 20]),
    "letters": ("letters", (120, 36), [*["e"] * 6, "7", "left"]),
    "noise": ("digits", (100, 30), ["e", "b", "w", "9", "4"]),
}


async def drawn(name: str) -> str:
    """One of the pictures: the keys pressed in an app of its own, then the screen as SVG. ``pause`` lets a second pass,
    ``idle`` waits for the end of long work."""
    scenario, size, keys = PICTURES[name]
    app = BptuiApp(Session(Scenario.built_in(scenario)))
    async with app.run_test(size=size) as pilot:
        for key in keys:
            if key == "pause":
                await pilot.pause(1.0)
            elif key == "idle":
                while app.explorer.busy:
                    await pilot.pause(0.05)
            else:
                await pilot.press(key)
                await until_reached(app, pilot)
        await pilot.pause(0.6)  # the chart comes behind the numbers
        return picture(app, f"bptui {scenario}")


async def until_reached(app: BptuiApp, pilot: Pilot[int]) -> None:
    """Wait for long work, during which keys mean nothing; playing goes on by itself."""
    for _ in range(1000):
        if app.session.player.playing or not app.explorer.busy:
            return
        await pilot.pause(0.02)
    raise TimeoutError("the picture's work takes more than 20 seconds")


def main(folder: Path) -> None:
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}  # whatever terminal makes them
    os.environ.pop("NO_COLOR", None)
    folder.mkdir(parents=True, exist_ok=True)
    for name in PICTURES:
        write_whole(folder / f"{name}.svg", asyncio.run(drawn(name)))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
