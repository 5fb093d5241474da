"""The command that recreates a screen: run, it shows the same moment, the same numbers, looked at in the same way."""

import shlex
from pathlib import Path
from typing import Any

import pytest

from bptui.cli import main
from bptui.session.beginning import Beginning
from bptui.session.session import Session
from bptui.tui.app import BptuiApp
from bptui.tui.config import Config
from bptui.tui.dialogs import Told
from bptui.views.looks import Looks, parse_looks
from tests import scenes

from .pilots import USUAL, WIDE, Pilots, explore


async def shown(at: Pilots, monkeypatch: pytest.MonkeyPatch) -> str:
    """The command that the key shows, which is the one that it copies."""
    copied: list[str] = []
    monkeypatch.setattr(BptuiApp, "copy_to_clipboard", lambda app, words: copied.append(words))
    await at.do("command")
    assert isinstance(at.app.screen, Told)
    words = at.app.screen.words
    assert copied == [words]
    assert " ".join(words.split()) in " ".join(line.strip("│ ") for line in at.lines()).replace("  ", " ")
    await at.press("escape")
    return words


def begun(monkeypatch: pytest.MonkeyPatch, command: str) -> tuple[Session, dict[str, Any]]:
    """What the shell's words open."""
    kept: dict[str, Any] = {}

    def keep(start: Beginning, config: Config, colour: bool, draw: str, aim: Any, looks: Any, **more: Any) -> int:
        kept.update(session=scenes.begun(start), aim=aim, looks=looks)
        return 0

    monkeypatch.setattr("bptui.tui.program.run_explorer", keep)
    monkeypatch.setattr("bptui.cli.exploring.why_no_terminal", lambda: None)
    name, *words = shlex.split(command)
    assert name == "bptui"
    assert main(words) == 0
    return kept.pop("session"), kept


KEYS = {
    "the start": (),
    "a phase": ("next-batch", "next-sample", "next-phase", "next-phase"),
    "a weight, maximised": ("next-epoch", "next-phase", "left", "source-after", "focus-4", "maximise"),
    "a sample chosen, the curves": ("next-batch", "focus-2", "down", "focus-5", "axis", "log", "focus-1"),
    "other settings": ("rate-up", "reduction", "halve-batch", "next-batch", "next-batch", "next-sample"),
    "another seed, sorted": ("reseed", "next-batch", "sort", "focus-3"),
}


@pytest.mark.parametrize(("name", "size"), [("xor", USUAL), ("digits", WIDE)], ids=["xor 80x24", "digits 120x40"])
@pytest.mark.parametrize("keys", KEYS.values(), ids=KEYS)
async def test_the_command_shows_the_same_screen(
    name: str, keys: tuple[str, ...], size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with explore(name, size) as at:
        for key in keys:
            await at.do(key)
            await at.until_idle()
        command = await shown(at, monkeypatch)
        moment, looks = at.session.moment, at.explorer.looks
        numbers = at.session.record.to_dict(per_sample=True)
    session, how = begun(monkeypatch, command)
    async with explore(session, size, **how) as at:
        await at.until_idle()
        assert at.session.moment == moment
        assert at.explorer.looks == looks
        assert at.session.record.to_dict(per_sample=True) == numbers


async def test_what_changed_on_the_way_fits_no_command() -> None:
    async with explore() as at:
        await at.do("next-batch", "rate-up", "command")
        assert "no command says γ 2 from update 2 on: ctrl+s keeps it" in at.foot()
        await at.do("reduction", "leave-out", "command")
        assert "on: ctrl+s keeps it" in at.foot(), "and what is long is not cut off"


async def test_once_it_is_saved_the_command_opens_the_file_as_long_as_that_is_what_one_sees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with explore() as at:
        await at.do("next-batch", "rate-up", "next-batch", "focus-4", "save-session")
        assert await shown(at, monkeypatch) == "bptui open xor.session.json"
        await at.do("focus-2", "command")
        assert "no command says" in at.foot()
        await at.do("focus-4")
        assert await shown(at, monkeypatch) == "bptui open xor.session.json"


async def test_the_command_stands_in_a_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with explore() as at:
        await at.do("rate-up", "next-batch", "picture")
    (drawn,) = tmp_path.iterdir()
    text = drawn.read_text(encoding="utf-8").replace("&#160;", " ")
    assert "<title>bptui xor --lr 2 --at &#x27;e1 b1&#x27;</title>" in text
    assert text.count("bptui xor --lr 2 --at") == 2  # over the picture too, where it has room


@pytest.mark.parametrize(
    "looks",
    [
        Looks(),
        Looks(focus=4, beside=4, maximised=True),
        Looks(focus=1, beside=3, axis="seen", scroll=-7),
        Looks(log=True, accuracy=True, sort="cosine"),
    ],
)
def test_looks_in_words(looks: Looks) -> None:
    assert parse_looks(looks.words) == looks


@pytest.mark.parametrize("words", ["9", "0", "upside", "scroll", "scroll1.5", "²"])
def test_other_words_of_looks_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match=f'not understood: "{words}"; known are panels 1-7'):
        parse_looks(words)
