"""Every key of the table does what its tooltip says; a key that cannot act says why and changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Input

from bptui.engine.weight import Weight
from bptui.session.moment import Moment, phases
from bptui.session.player import Player
from bptui.training import Settings
from bptui.training.watching.watchable import Watchable
from bptui.tui import (
    breakpoints,
    confusion,
    doctor,
    draw,
    drill,
    explain,
    forks,
    gradients,
    history,
    lab,
    lists,
    matrices,
    poll_screen,
    predicting,
    race,
    scatter,
)
from bptui.tui import keys as key_table
from bptui.tui.app import Commands
from bptui.tui.breakpoints import BreakpointScreen
from bptui.tui.confusion import ConfusionScreen
from bptui.tui.dialogs import GoTo, Told
from bptui.tui.doctor import DoctorScreen
from bptui.tui.draw import DrawScreen
from bptui.tui.drill import DrillScreen
from bptui.tui.edit_lines import SampleLine, WeightLine
from bptui.tui.explain import ExplainScreen
from bptui.tui.explorer import Explorer
from bptui.tui.explorer_keys import BY_ID, KEYS
from bptui.tui.forks import ForksScreen
from bptui.tui.gradients import GradientScreen
from bptui.tui.history import HistoryScreen
from bptui.tui.keys import Table
from bptui.tui.lab import LabScreen
from bptui.tui.lists import Help, Questions
from bptui.tui.matrices import MatrixScreen
from bptui.tui.panel import Panel
from bptui.tui.predicting import DepthScreen
from bptui.tui.race import RaceScreen
from bptui.tui.scatter import ScatterScreen
from bptui.views.arrange import NETWORK
from bptui.views.looks import Looks
from bptui.views.panels import PANELS

from .pilots import USUAL, WIDE, Pilots, explore, session_with

PHASES = phases(2)
GRADIENT, LAST = PHASES[6], PHASES[8]


@dataclass(frozen=True)
class Look:
    """Everything a key may change."""

    moment: Moment
    settings: Settings
    player: Player
    seed: int
    collected: tuple[Settings, ...]
    watches: tuple[Watchable, ...]
    looks: Looks
    palette: str
    screen: type[Any]
    working: bool
    hints: int
    changes: int


def look(at: Pilots) -> Look:
    explorer, session = at.explorer, at.session
    return Look(
        session.moment,
        session.next_settings,
        replace(session.player, owed=0.0),
        session.scenario.data.seed,
        session.collected,
        session.stops.watches,
        explorer.looks,
        at.app.palette_name,
        type(at.app.screen),
        explorer._work is not None,
        session.prediction.hints if session.prediction else 0,
        sum(not isinstance(change, Settings) for _, change in session.run.causes.changes),
    )


def moved(**to: Any) -> Callable[[Look], Look]:
    return lambda before: replace(before, moment=replace(before.moment, **to))


def shows(**to: Any) -> Callable[[Look], Look]:
    return lambda before: replace(before, **to)


def looks(**to: Any) -> Callable[[Look], Look]:
    return lambda before: replace(before, looks=replace(before.looks, **to))


def changes(by: int) -> Callable[[Look], Look]:
    return lambda before: replace(before, changes=before.changes + by)


def plays(**to: Any) -> Callable[[Look], Look]:
    return lambda before: replace(before, player=replace(before.player, **to))


def trains(**to: Any) -> Callable[[Look], Look]:
    return lambda before: replace(before, settings=replace(before.settings, **to))


def rules(**to: Any) -> Callable[[Look], Look]:
    return lambda before: replace(before, settings=replace(before.settings, rules=replace(before.settings.rules, **to)))


def same(before: Look) -> Look:
    return before


PAGE = -1  # stands for as many samples as the batch panel shows on the screen at hand
EFFECTS: dict[str, tuple[tuple[str, ...], Callable[[Look], Look]]] = {
    "next-phase": ((), moved(phase=PHASES[1])),
    "previous-phase": (("next-phase", "next-phase"), moved(phase=PHASES[1])),
    "next-sample": ((), moved(phase=GRADIENT)),
    "previous-sample": (("next-sample", "next-sample"), moved(sample=0)),
    "next-batch": ((), moved(phase=LAST, sample=31)),
    "previous-batch": (("next-batch", "next-batch"), moved(update=1)),
    "next-epoch": ((), moved(update=25, phase=LAST, sample=31)),
    "previous-epoch": (("next-epoch", "next-batch"), moved(update=25)),
    "play": ((), plays(playing=True)),
    "faster": ((), plays(speed=2)),
    "slower": ((), plays(speed=0)),
    "stop": (("play",), plays(playing=False)),
    "go-to": ((), shows(screen=GoTo)),
    "time-back": (("next-batch", "next-batch"), moved(update=1, phase=PHASES[0], sample=0)),
    "time-on": ((), moved(phase=LAST, sample=31)),
    "reduction": ((), rules(reduction="sum")),
    "halve-batch": ((), trains(batch_size=16)),
    "double-batch": ((), trains(batch_size=64)),
    "rate-down": ((), rules(learning_rate=0.05)),
    "rate-up": ((), rules(learning_rate=0.2)),
    "set-weight": ((), shows(screen=WeightLine)),
    "change-sample": ((), shows(screen=SampleLine)),
    "leave-out": ((), changes(1)),
    "forks": ((), shows(screen=ForksScreen)),
    "undo": (("rate-up",), rules(learning_rate=0.1)),
    "redo": (("rate-up", "undo"), rules(learning_rate=0.2)),
    "restart": (("next-batch", "next-batch"), moved(update=1, phase=PHASES[0], sample=0)),
    "reseed": ((), shows(seed=8)),
    "focus-1": (("focus-4",), looks(focus=1)),
    **{f"focus-{n}": ((), looks(focus=n, beside=n)) for n in (panel.number for panel in PANELS) if n != NETWORK},
    "next-panel": ((), looks(focus=2, beside=2)),
    "previous-panel": (("focus-3",), looks(focus=2, beside=2)),
    "maximise": ((), looks(maximised=True)),
    "up": (("down", "down"), moved(unit=1)),
    "down": ((), moved(unit=1)),
    "left": ((), moved(layer=1, source=35)),  # pixel 0 is black everywhere: the strongest input of the unit
    "right": (("left",), moved(layer=2, source=0)),  # back to the weight one came from
    "source-before": ((), moved(source=-1)),
    "source-after": ((), moved(source=1)),
    "page-up": (("focus-2", "page-down"), looks(scroll=0)),
    "page-down": (("focus-2",), looks(scroll=PAGE)),
    "axis": ((), looks(axis="epoch")),
    "accuracy": ((), looks(accuracy=True)),
    "log": ((), looks(log=True)),
    "sort": (("next-batch",), looks(sort="loss", scroll=-32)),
    "questions": ((), shows(screen=Questions)),
    "explain": ((), shows(screen=ExplainScreen)),
    "check": ((), shows(screen=ExplainScreen)),
    "compare": ((), shows(screen=RaceScreen)),
    "collect": ((), lambda before: replace(before, collected=(before.settings,))),
    "lab": ((), shows(screen=LabScreen)),
    "drill": ((), shows(screen=DrillScreen)),
    "draw": ((), shows(screen=DrawScreen)),
    "noise": ((), shows(screen=ScatterScreen)),
    "confusion": ((), shows(screen=ConfusionScreen)),
    "doctor": (("next-batch",), shows(screen=DoctorScreen)),
    "gradients": ((), shows(screen=GradientScreen)),
    "matrices": ((), shows(screen=MatrixScreen)),
    "watch": ((), lambda before: replace(before, watches=(Watchable("weight", Weight(2, 0, 0)),))),
    "breakpoints": ((), shows(screen=BreakpointScreen)),
    "predict": ((), shows(screen=DepthScreen)),
    "hint": (("predict", "explain", "next-sample"), shows(hints=1)),  # Enter begins
    "history": ((), shows(screen=HistoryScreen)),
    "picture": ((), same),
    "command": ((), shows(screen=Told)),
    "follow": ((), same),
    "save-session": ((), same),
    "save-scenario": ((), same),
    "save-script": ((), same),
    "theme": ((), shows(palette="light")),
    "help": ((), shows(screen=Help)),
    "palette": ((), shows(screen=Commands)),
    "repaint": ((), same),
    "suspend": ((), same),
    "quit": ((), same),
}


def test_every_key_has_its_effect_tested() -> None:
    assert set(EFFECTS) == set(BY_ID)


@pytest.mark.parametrize(
    "table",
    [
        *(KEYS, lab.KEYS, race.KEYS, drill.KEYS, draw.KEYS, scatter.KEYS, confusion.KEYS, explain.KEYS),
        *(
            breakpoints.KEYS,
            history.KEYS,
            doctor.KEYS,
            gradients.KEYS,
            matrices.KEYS,
            predicting.KEYS,
            poll_screen.KEYS,
            poll_screen.OPEN_KEYS,
        ),
        *(lists.HELP_KEYS, lists.QUESTION_KEYS, forks.KEYS),
    ],
)
def test_no_key_means_two_things(table: Table) -> None:
    names = [name for key in table for name in key.keys]
    assert len(names) == len(set(names))
    assert len(table) == len({key.id for key in table})


def test_the_groups_of_the_explorers_keys_are_known() -> None:
    assert {key.group for key in KEYS} == {*key_table.FIRST, key_table.LAST}
    assert len(KEYS) == len(BY_ID)


LAID_OUT = ("focus-1", "focus-2", "focus-5", "focus-6", "maximise", "page-down", "left", "next-batch")
"""Keys whose effect hangs on which panels there are: tried on a wide screen too."""
EDITS = ("set-weight", "change-sample", "leave-out", "undo", "redo", "forks")
PRESSED = [(key_id, USUAL) for key_id in EFFECTS if key_id != "suspend"]
PRESSED += [(key_id, WIDE) for key_id in (*LAID_OUT, *EDITS)]


@pytest.mark.parametrize(("key_id", "size"), PRESSED)
async def test_a_key_does_what_it_says_and_nothing_else(
    key_id: str, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before_it, effect = EFFECTS[key_id]
    async with explore("digits", size) as at:
        await at.do(*before_it)
        await at.until_idle() if key_id != "stop" else None
        before, pixels = look(at), at.text()
        await at.do(key_id)
        if key_id != "play":
            await at.until_idle()
        after = look(at)
        if key_id == "play":  # it has begun to move
            after = replace(after, moment=before.moment)
        if key_id == "stop":
            before = replace(before, moment=after.moment)
        if key_id == "page-down":
            page = sum("□" in line or "▣" in line for line in pixels.splitlines()[6:])
            assert after.looks.scroll == page > 10
            after = replace(after, looks=replace(after.looks, scroll=PAGE))
        assert after == effect(before)
        if key_id == "picture":
            assert [path.name for path in tmp_path.iterdir()] == ["bptui-digits-u1-s1-p1.svg"]
        if key_id == "repaint":
            assert at.text() == pixels
        if key_id == "quit":
            assert at.app._exit
            assert at.app.return_value == 0


async def test_ctrl_z_pauses_and_suspends(monkeypatch: pytest.MonkeyPatch) -> None:
    async with explore() as at:
        suspended = []
        monkeypatch.setattr(at.app, "action_suspend_process", lambda: suspended.append(at.session.player.playing))
        await at.do("play", "suspend")
        assert suspended == [False]


@pytest.mark.parametrize("key_id", [key.id for key in KEYS if len(key.keys) > 1])
async def test_all_names_of_a_key_do_the_same(key_id: str) -> None:
    looks = []
    for name in BY_ID[key_id].keys:
        async with explore() as at:
            await at.press(name)
            looks.append((look(at), at.app._exit))
    assert all(seen == looks[0] for seen in looks)


DISABLED: dict[str, tuple[str, tuple[str, ...], str]] = {
    "previous-phase": ("xor", (), "this is the start of the run"),
    "hint": ("xor", (), "no number is asked"),
    "previous-sample": ("xor", (), "this is the start of the run"),
    "previous-batch": ("xor", (), "this is the start of the run"),
    "previous-epoch": ("xor", (), "this is the start of the run"),
    "stop": ("xor", (), "nothing is running"),
    "sort": ("digits", (), "not before all samples are in"),
    "log": ("xor", ("accuracy",), "the axis of right answers is linear"),
    "up": ("digits", ("next-sample", "focus-2"), "a sample can be chosen when all are in"),
    "down": ("digits", ("next-sample", "focus-3"), "a sample can be chosen when all are in"),
    "page-up": ("digits", (), "panels 2, 3 and 4 scroll"),
    "page-down": ("digits", ("focus-5",), "panels 2, 3 and 4 scroll"),
    "faster": ("xor", ("faster",) * 9, "this is the fastest"),
    "slower": ("xor", ("slower",), "this is the slowest"),
    "halve-batch": ("and", (), "a batch has at least one sample"),
    "double-batch": ("xor", (), "the batch already holds all 4 samples"),
    "undo": ("xor", (), "nothing was changed yet"),
    "redo": ("xor", ("rate-up",), "nothing was undone"),
    "rate-up": ("xor", ("rate-up",) * 11, "this is the end of the ladder"),
    "rate-down": ("xor", ("rate-down",) * 18, "this is the end of the ladder"),
}


@pytest.mark.parametrize("key_id", DISABLED)
async def test_a_disabled_key_says_why_and_changes_nothing(key_id: str) -> None:
    scenario, before_it, reason = DISABLED[key_id]
    async with explore(scenario) as at:
        for other in before_it:
            at.explorer.press(other)
        before = look(at)
        await at.do(key_id)
        assert look(at) == before
        assert reason in at.foot()


async def test_the_reason_goes_away_with_the_next_key() -> None:
    async with explore() as at:
        await at.do("previous-batch")
        await at.do("next-phase")
        assert "start of the run" not in at.text()


async def test_an_unknown_key_changes_nothing() -> None:
    async with explore() as at:
        before, screen = look(at), at.text()
        for key in ("f7", "Z", "ctrl+e"):
            await at.press(key)
            assert (look(at), at.text()) == (before, screen)


@pytest.mark.parametrize("size", [USUAL, WIDE])
@pytest.mark.parametrize("panel", [2, 3])
async def test_arrows_in_batch_and_deltas_choose_the_sample(panel: int, size: tuple[int, int]) -> None:
    async with explore("digits", size) as at:
        await at.press("b", str(panel), "up", "up", "up", "down")
        assert at.session.moment == replace(at.session.moment, sample=29, unit=0)
        assert at.session.moment.phase.kind == "update"
        assert "sample 30 of 32" in at.text()


async def test_arrows_in_the_update_panel_choose_the_weight() -> None:
    async with explore() as at:
        await at.press("4", "right", "down")
        assert (at.session.moment.source, at.session.moment.unit) == (1, 0)
        await at.press("left", "left")
        assert at.session.moment.source == -1
        assert "b₂[" in at.text()


MOVES = [key.id for key in KEYS if key.group == "Step" and key.id not in ("go-to", "time-on")]


@pytest.mark.parametrize("key_id", [*MOVES, "help", "go-to", "palette"])
async def test_playing_pauses_at_any_move(key_id: str) -> None:
    async with explore("digits") as at:
        await at.do("next-batch", "play")
        assert at.session.player.playing
        await at.do(key_id)
        assert not at.session.player.playing


async def test_playing_goes_on_by_itself_and_pauses_where_it_is() -> None:
    async with explore("digits") as at:
        at.session.player = at.session.player.faster(1)
        await at.do("play")
        await at.until(lambda: at.session.moment != Moment(layer=2))
        assert "▶ 10 phases/s" in at.foot()
        await at.do("play")
        stood = at.session.moment
        await at.pilot.pause(0.25)
        assert at.session.moment == stood


async def test_a_changed_setting_is_announced_and_begins_with_the_next_update() -> None:
    async with explore("digits") as at:
        await at.do("next-phase", "reduction", "double-batch", "rate-up")
        assert "learning rate 0.2 from update 2 on" in at.foot()
        assert "batch 32→64  mean→sum  γ 0.1→0.2" in at.lines()[0]
        await at.do("next-batch", "next-phase")
        assert "batch 64  sum  γ 0.2" in at.lines()[0]


async def test_learning_rate_0_is_accepted() -> None:
    async with explore(session_with("xor", learning_rate=0.0)) as at:
        await at.do("next-batch", "next-batch")
        record = at.session.record
        assert (record.before.flat == record.after.flat).all()


async def test_learning_rate_0_is_announced() -> None:
    async with explore(session_with("xor", learning_rate=0.0)) as at:
        assert "will not change" in at.text()


@pytest.mark.parametrize("door", ["lab", "compare", "drill", "noise", "explain", "questions"])
async def test_help_theme_picture_and_palette_work_in_every_screen(
    door: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with explore() as at:
        await at.do(door)
        screen = at.app.screen
        await at.press("question_mark")
        assert isinstance(at.app.screen, Help)
        await at.press("escape")
        await at.press("ctrl+t" if door == "lab" else "t")
        assert at.app.palette_name == "light"
        assert {panel.palette for panel in (*at.explorer.parts(), *screen.query(Panel))} == {"light"}
        await at.press("x")
        assert len(list(tmp_path.glob("bptui-*.svg"))) == 1
        await at.press("ctrl+p")
        assert isinstance(at.app.screen, Commands)
        await at.press("escape")
        assert at.app.screen is screen
        commands = {command.title for command in at.app.get_system_commands(at.app.screen)}
        assert {"picture", "help", "close"} <= commands


async def test_theme_and_picture_work_in_help_and_any_other_key_closes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with explore() as at:
        await at.press("question_mark", "t", "x")
        assert isinstance(at.app.screen, Help)
        assert at.app.palette_name == "light"
        assert [path.name for path in tmp_path.iterdir()] == ["bptui-help.svg"]
        await at.press("k")
        assert isinstance(at.app.screen, Explorer)


async def test_letters_typed_into_the_go_to_line_are_words_and_its_keys_are_the_others() -> None:
    async with explore() as at:
        await at.press("g", "x", "t", "question_mark")
        assert isinstance(at.app.screen, GoTo)
        assert at.app.screen.query_one(Input).value == "xt?"
        await at.press("ctrl+p")
        assert isinstance(at.app.screen, Commands)
        await at.press("escape", "escape")
        assert isinstance(at.app.screen, Explorer)


@pytest.mark.parametrize("key_id", ["explain", "lab", "compare", "drill", "noise", "help", "questions", "go-to"])
async def test_keys_typed_ahead_are_for_the_screen_that_has_opened_or_is_left(key_id: str) -> None:
    async with explore("xor") as at:
        await at.do(key_id)
        opened = at.app.screen
        assert opened is not at.explorer
        for _ in range(3):  # held down on a line that was stuck
            opened.post_message(events.Key("escape", None))
        opened.post_message(events.Key("s", "s"))
        there = replace(Moment(), phase=GRADIENT, layer=2, source=0)
        await at.until(lambda: at.app.screen is at.explorer and at.session.moment == there)
