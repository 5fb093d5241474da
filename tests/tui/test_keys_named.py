"""Texts that name keys name those in force: with every key remapped none of the usual ones is left in any screen."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bptui.session.questions import QUESTIONS
from bptui.tui.config import read_config
from bptui.tui.dialogs import Line
from bptui.tui.lists import Help
from bptui.tui.screens import tables
from bptui.tui.workbench import KEY_ID, Workbench

from .pilots import WIDE, Pilots, explore

OTHERS = {
    key_id: chr(0x1403 + place)
    for place, key_id in enumerate(
        {key.id: key for table in tables().values() for key in table if key.id not in ("quit", "palette")}
    )
}
"""A key for every id that can have another: letters of Inuktitut, which no text of bptui has."""
USUAL = {word for table in tables().values() for key in table for word in key.shown.split()}
FIELD = {"a", "h", "n", "u", "w", "x", "z", *"0123456789"}
"""Usual keys that texts also use for activations, inputs, hidden units, numbers of samples, weights and numbers."""
NO_KEYS = re.compile(r"\d s\b|[↑↓] \d+")
"""Seconds, and samples above and below a list."""


class Remapped(Pilots):
    """Presses keys by their ids, and looks at all that is said."""

    @property
    def screen(self) -> Workbench:
        assert isinstance(self.app.screen, Workbench)
        return self.app.screen

    async def do(self, *ids: str) -> None:
        for key_id in ids:
            await self.press(next(key.keys[0] for key in self.screen.keys_now() if key.id == key_id))
            self.look()

    async def said(self, *ids: str) -> str:
        """The notice after the keys that have these ids."""
        await self.do(*ids)
        return self.screen.notice

    def look(self) -> None:
        """No sentence names a key that is not in force here, and nothing else is painted as a key."""
        told = self.app.screen_stack[-2:] if isinstance(self.screen, Help | Line) else [self.screen]
        here = {
            word
            for screen in told
            if isinstance(screen, Workbench)
            for key in screen.keys_now()
            for word in key.shown.split()
        }
        words = "\n".join([self.screen.notice, *self.lines()[:1], *self.lines()[-2:]])
        alone = set(re.split(r"[\s·;:,()┏━]+", NO_KEYS.sub("", words)))
        assert alone & (USUAL - FIELD - here) == set(), words
        assert not KEY_ID.search(words), words
        assert painted_as_keys(self.screen) <= here


def painted_as_keys(screen: Workbench) -> set[str]:
    rows = [row for panel in screen.parts() if panel.display for row in panel._rows]
    spans = [text for row in rows for text, role in row if role in ("key", "bar-key")]
    return {word for text in spans for word in re.split(r"[\s▸–-]+", text) if word}


@asynccontextmanager
async def remapped(name: str, tmp_path: Path) -> AsyncIterator[Remapped]:
    path = tmp_path / "config.toml"
    path.write_text("[keys]\n" + "\n".join(f'{key_id} = "{key}"' for key_id, key in OTHERS.items()), encoding="utf-8")
    async with explore(name, WIDE, config=read_config(path)) as at:
        yield Remapped(at.app, at.pilot)


async def test_reasons(tmp_path: Path) -> None:
    async with remapped("digits", tmp_path) as at:
        assert f"press {OTHERS['next-batch']}" in await at.said("sort")
        assert f"before that {OTHERS['next-sample']} and" in await at.said("focus-2", "down")
        await at.do("go-to")
        assert "Go to update" in at.text()


async def test_what_collecting_says(tmp_path: Path) -> None:
    async with remapped("xor", tmp_path) as at:
        assert f"press {OTHERS['collect']} again" in await at.said("collect")
        races = f"{OTHERS['compare']} {OTHERS['race-7']} races them"
        for change in ("reduction", "rate-up", "rate-up", "rate-up", "rate-up"):
            assert races in await at.said(change, "collect")
        assert f"{OTHERS['compare']} {OTHERS['race-7']} starts it" in await at.said("rate-up", "collect")


@pytest.mark.parametrize("number", range(1, len(QUESTIONS) + 1))
async def test_answers_to_questions_and_their_titles(number: int, tmp_path: Path) -> None:
    async with remapped("digits", tmp_path) as at:
        await at.do("questions", f"question-{number}")
        await at.pilot.pause(0.2)
        at.look()
        if at.app.screen is not at.explorer:
            asked = f"{OTHERS['questions']} {OTHERS[f'question-{number}']} · "
            assert (asked in at.lines()[0]) == (at.screen.NAME in ("Compare", "Mistakes lab"))
            await at.do("help", "close", "close")


async def test_the_drill(tmp_path: Path) -> None:
    async with remapped("xor", tmp_path) as at:
        await at.do("drill", "until-right")
        await at.until(lambda: not at.screen.working())
        await at.pilot.pause()
        at.look()
        assert f"{OTHERS['smaller-epsilon']} asks for more" in await at.said("one")


async def test_races_noise_and_lab(tmp_path: Path) -> None:
    async with remapped("digits", tmp_path) as at:
        await at.do("compare")
        assert f"first: {OTHERS['collect']} in the explorer" in at.text()
        assert f"(but in {OTHERS['race-3']} and {OTHERS['race-7']})" in " ".join(at.text().split())
        await at.do("race-3", "close", "noise", "close", "lab")
        for key_id in ("other-case", "rule-after", "log"):
            await at.do(key_id)


def test_every_id_that_a_text_names_is_a_keys(tmp_path: Path) -> None:
    named = {
        found
        for path in (Path(__file__).resolve().parent.parent.parent / "bptui").rglob("*.py")
        if path.parent.name in ("session", "experiments")
        for found in KEY_ID.findall(path.read_text(encoding="utf-8"))
        if "-" in found or found in OTHERS
    }
    assert {"compare", "race-7", "next-phase", "smaller-epsilon"} <= named <= set(OTHERS)
