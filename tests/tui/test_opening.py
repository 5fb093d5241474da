"""The screen before there is a session: what it shows, what becomes of keys typed at it, and how it ends."""

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.screen import Screen

from bptui.data.bounded import Tell
from bptui.scenario import Scenario, ScenarioError
from bptui.scenario.outline import Outline, outline_of
from bptui.session.beginning import Beginning
from bptui.session.keeping import Reopened
from bptui.session.keeping import opened as reopened
from bptui.session.known import known_of
from bptui.session.session import Session
from bptui.tui import opening, program
from bptui.tui.app import BptuiApp
from bptui.tui.config import Config
from bptui.tui.explorer import Explorer
from bptui.views.looks import parse_looks

from .pilots import USUAL, WIDE, explore, resize, until


class Opened:
    """An app whose session is made when ``go`` is set."""

    def __init__(self, app: BptuiApp, pilot: Pilot[int], go: threading.Event) -> None:
        self.app, self.pilot, self.go = app, pilot, go

    def lines(self) -> list[str]:
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    async def begin(self) -> None:
        """Let the session be made, and wait until what was typed before has acted."""
        self.go.set()
        await self.until(lambda: self.app.opening is None)
        await self.pilot.pause()

    async def until(self, holds: Callable[[], object]) -> None:
        await until(self.pilot, holds)


@asynccontextmanager
async def opened(
    name: str = "xor", size: tuple[int, int] = USUAL, outline: Outline | None = None, **options: object
) -> AsyncIterator[Opened]:
    go = threading.Event()

    def begin(tell: Tell) -> Session:
        tell(0.25)
        while not go.wait(0.01):
            tell(0.5)
        return Session(Scenario.built_in(name))

    app = BptuiApp(Beginning(outline or outline_of(name, {}), begin), **options)  # type: ignore[arg-type]
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        try:
            yield Opened(app, pilot, go)
        finally:
            go.set()
            if app.opening is not None:
                app.opening.give_up(10)


def stays(before: str, after: str) -> bool:
    """Is every character still there? Blanks are filled, and frames where titles become longer."""
    return all(one in (" ", other, "─", "━") for one, other in zip(before, after, strict=True))


@pytest.mark.parametrize(("name", "size"), [("xor", WIDE), ("digits", USUAL), ("mazur", (100, 30))])
async def test_what_is_shown_before_the_session_stays_when_it_is_there(
    name: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "BRIEF", 60.0)
    async with opened(name, size) as at:
        before = at.lines()
        await at.begin()
        after = at.lines()
    assert [(one, other) for one, other in zip(before, after, strict=True) if not stays(one, other)] == []
    assert "Network" in "".join(before)


async def test_of_data_only_the_name_is_known_and_the_rest_stands_for_itself() -> None:
    async with opened(outline=Outline("mine")) as at:
        text = "\n".join(at.lines())
    assert text.startswith(" mine  batch ·  ·  γ · ")
    assert "sample 1 of ·" in text
    assert "0 of · gradients added" in text
    assert "fwd" not in text


async def test_keys_typed_before_the_session_is_there_act_in_order_when_it_is() -> None:
    async with opened() as at:
        await at.pilot.press("s", "s", "g")
        await at.pilot.press(*"12", "enter", "S")
        assert at.app.opening is not None
        await at.begin()
        await at.until(lambda: at.app.session.moment.update == 12)
        assert (at.app.session.moment.phase.kind, at.app.session.moment.sample) == ("gradient", 3)
        assert at.app.session.record.n == 4


@pytest.mark.parametrize(("keys", "stopped"), [(["ctrl+c"], True), (["q"], False), (["s", "ctrl+q"], False)])
async def test_what_quits_acts_at_once(keys: list[str], stopped: bool) -> None:
    async with opened() as at:
        await at.pilot.press(*keys)
        await at.until(lambda: at.app._exit)
        assert (at.app.stopped, at.app.return_code) == (stopped, 0)
        assert at.app.opening is not None


async def test_a_q_that_may_be_meant_for_what_a_key_before_it_opens_waits_for_it() -> None:
    async with opened() as at:
        await at.pilot.press("question_mark", "q")
        await at.begin()
        assert not at.app._exit
        assert at.app.screen is at.app.explorer


async def test_esc_stops_what_takes_its_time_once_it_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "BRIEF", 3600.0)
    async with opened() as at:
        await at.pilot.press("escape")
        assert not at.app._exit
        monkeypatch.setattr(opening, "BRIEF", 0.0)
        await at.until(lambda: "xor is read: 50% · Esc stops" in "\n".join(at.lines()))
        await at.pilot.press("escape")
        await at.until(lambda: at.app._exit)
        assert at.app.stopped
        assert at.app.opening is not None
        assert at.app.opening.give_up(10)
        with pytest.raises(KeyboardInterrupt):
            program.leave_opening(at.app, at.app.opening, 0)


async def test_an_esc_behind_other_keys_is_meant_for_them_and_ctrl_c_is_said_to_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opening, "BRIEF", 0.0)
    async with opened() as at:
        await at.pilot.press("g", "5")
        await at.until(lambda: "xor is read: 50% · 2 keys wait · ctrl+c stops" in "\n".join(at.lines()))
        await at.pilot.press("escape", "s", "s")
        await at.begin()
        assert not at.app._exit
        moment = at.app.session.moment
        assert (moment.update, moment.phase.kind, moment.sample) == (1, "gradient", 1)


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_what_comes_while_typed_keys_act_waits_for_them(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "BRIEF", 0.0)
    acts = BptuiApp._until_idle

    async def meanwhile(app: BptuiApp, screen: Screen[object]) -> None:
        if not later and app.opening is not None:
            later.append(key)
            app.opening.typed(events.Key(key, None))
        await acts(app, screen)

    later: list[str] = []
    monkeypatch.setattr(BptuiApp, "_until_idle", meanwhile)
    async with opened() as at:
        await at.pilot.press("question_mark")
        await at.begin()
        assert later == [key]
        assert not at.app._exit
        assert at.app.screen is at.app.explorer  # it has closed the help


async def test_why_there_is_no_session_is_for_whoever_ran_it_to_say() -> None:
    def refuse(tell: Tell) -> Session:
        raise ScenarioError("mine.csv:3: not a number")

    app = BptuiApp(Beginning(Outline("mine"), refuse))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.refusal is not None)
    assert app.opening is not None
    with pytest.raises(ScenarioError, match="3: not a number"):
        program.leave_opening(app, app.opening, 0)


async def test_it_is_painted_at_every_size() -> None:
    async with opened("digits", WIDE) as at:
        for size in ((39, 9), (40, 10), (300, 80), USUAL):
            await resize(at.pilot, *size)
            lines = at.lines()
            assert {len(line) for line in lines} == {size[0]}
        await at.begin()
        assert "digits" in at.lines()[0]


@pytest.mark.parametrize("words", ["", "2", "5 1", "5 1 maximised log epoch", "3", "8 scroll-12"])
def test_the_focus_of_a_kept_session_is_known_without_what_computes(words: str) -> None:
    looks = parse_looks(words)
    assert looks.words == words
    assert opening.focus_in(words) == (looks.focus, looks.beside, looks.maximised)


@pytest.mark.parametrize("keys", [("right_curly_bracket", "b", "4", "ctrl+s"), ("b", "6", "1", "f", "b", "ctrl+s")])
async def test_what_is_shown_before_a_kept_session_stays_when_it_is_there(
    keys: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with explore("digits") as one:
        await one.press(*keys)
    monkeypatch.setattr(opening, "BRIEF", 60.0)
    path, go = Path("digits.session.json"), threading.Event()
    outline, look = known_of(path)

    def begin(_: Tell) -> Reopened:
        assert go.wait(10)
        return reopened(path)

    app = BptuiApp(Beginning(outline, begin, look))
    async with app.run_test(size=USUAL) as pilot:
        await pilot.pause()
        at = Opened(app, pilot, go)
        before = at.lines()
        seen: list[list[str]] = []
        monkeypatch.setattr(Explorer, "reopen", lambda _, kept: seen.append(at.lines()))
        await at.begin()
    assert set(before[0].split()) - {"·"} <= set(seen[0][0].split())  # what the file leaves to defaults comes later
    assert [(one, other) for one, other in zip(before[1:], seen[0][1:], strict=True) if not stays(one, other)] == []
    assert "digits  64-32-10" in before[0]


async def test_it_has_the_focus_that_the_config_file_gives() -> None:
    async with opened(config=Config(focus="loss")) as at:
        assert "┏━ 5 Loss" in "\n".join(at.lines())
        await at.begin()
        assert "┏━ 5 Loss" in "\n".join(at.lines())
