"""Makes the README's pictures with the app itself: ``python tests/make_screenshots.py``."""

import asyncio
from pathlib import Path

from bptui.scenario import Scenario
from bptui.session.session import Session
from bptui.tui.app import BptuiApp

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "screenshots"
PICTURES = {
    "explorer": ("digits", (120, 36), ["e", "e", "b", *["s"] * 9, *["p"] * 6]),
    "small": ("xor", (80, 24), ["e", "e", "s", "p", "p", "p", "p", "p", "4"]),
    "ledger": ("xor", (80, 24), ["e", "e", "p", "w", "1"]),
    "drill": ("digits", (100, 30), ["e", "b", "d", "e"]),
    "sum-and-mean": ("digits", (100, 30), ["w", "3", *["pause"] * 12, "space"]),
    "explain": ("xor", (80, 24), ["e", "e", "w", "4", "enter"]),
    "lab": ("trask", (100, 30), ["w", "5", *["e"] * 30]),
    "batches": ("digits", (100, 30), ["w", "7", *["pause"] * 12, "space"]),
    "noise": ("digits", (100, 30), ["e", "b", "w", "9", "4"]),
}


async def picture(name: str) -> None:
    scenario, size, keys = PICTURES[name]
    app = BptuiApp(Session(Scenario.built_in(scenario)))
    async with app.run_test(size=size) as pilot:
        for key in keys:
            if key == "pause":
                await pilot.pause(1.0)
            else:
                await pilot.press(key)
        await pilot.pause(0.6)  # the chart comes behind the numbers
        svg = app.export_screenshot(title=f"bptui {scenario}", simplify=True)
    FOLDER.mkdir(exist_ok=True)
    FOLDER.joinpath(f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    for each in PICTURES:
        asyncio.run(picture(each))
