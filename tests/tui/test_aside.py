"""What takes longer than a key may wait is done beside the screen: it stays alive, and what comes of it is the same."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from textual import events
from textual.widgets import Input

from bptui.engine.update import compute_update
from bptui.experiments.mistakes.lab import Lab
from bptui.scenario import Scenario, ScenarioError
from bptui.session.prediction import Prediction
from bptui.session.session import Session
from bptui.training import Run, UpdateRecord, stepper
from bptui.training.watching.trail import Trail
from bptui.tui import aside
from bptui.tui.app import Commands
from bptui.tui.aside import Over, Slice, left_over
from bptui.tui.breakpoints import BreakpointScreen, WaitFor
from bptui.tui.drawing import Drawing
from bptui.tui.explorer import Explorer
from bptui.tui.gradients import GradientScreen
from bptui.tui.lab import LabScreen, lab_of
from bptui.tui.recovery import Recovery
from bptui.tui.stage import Stage
from bptui.tui.workbench import Workbench
from bptui.views.arrange import BATCH, LOSS, NETWORK
from bptui.views.scene import Scene

from .pilots import PATIENCE, WIDE, Pilots, clock_runs, explore


class Gate:
    """Updates of a costly run wait here for as long as it is closed."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self.entered = threading.Event()
        self._compute = compute_update

    def __call__(self, *given: Any) -> None:
        self.entered.set()
        assert self.open.wait(PATIENCE)
        self._compute(*given)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    it = Gate()
    monkeypatch.setattr(stepper, "COSTLY", 0)
    monkeypatch.setattr(stepper, "compute_update", it)
    monkeypatch.setattr(aside, "AT_ONCE", 0.0)
    yield it
    it.open.set()


async def until_over(at: Pilots) -> None:
    """Until nothing is computed beside the screen any more, nothing waits for it, and what is seen stands still."""
    before, end = list[str](), monotonic() + PATIENCE
    while monotonic() < end:
        await at.pilot.pause(0.01)
        top, seen = at.app.screen, at.lines()
        at_rest = isinstance(top, Workbench) and not (top.slices.busy or top.slices.kept or top.working())
        if at_rest and seen and seen == before:
            return
        before = seen if at_rest else []
    raise AssertionError(f"it goes on for ever: {at.foot()}")


async def blocked(at: Pilots, gate: Gate, *keys: str) -> None:
    """Press keys that need an update which does not come."""
    gate.open.clear()
    gate.entered.clear()
    await at.press(*keys)
    await at.until(gate.entered.is_set)
    assert at.explorer.slices.busy


async def test_the_foot_says_what_is_computed_and_keys_wait_for_it_in_order(gate: Gate, tmp_path: Path) -> None:
    async with explore("xor") as at:
        await at.press("b")
        await until_over(at)
        before = at.lines()[:-2]
        await blocked(at, gate, "b")
        assert "working: update 1, 50% of the way to update 2 · Esc stops …" in at.foot()
        await at.press("p", "p")
        assert "2 keys waiting" in at.foot()
        assert at.lines()[:-2] == before
        assert clock_runs(at.explorer), "the seconds go on"
        at.explorer.post_message(Over())  # of a slice that was taken at once
        await at.pilot.pause()
        assert at.explorer.slices.busy
        kept = at.app.recovery = Recovery(tmp_path)
        await kept.note(at.explorer)
        assert not kept.path or not kept.path.exists()
        await at.resize(100, 30)
        gate.open.set()
        await until_over(at)
        assert (at.session.moment.update, str(at.session.moment.phase.kind)) == (3, "forward")
        assert "computing" not in at.foot()
        assert kept.path is not None
        await at.until(kept.path.exists)


async def test_what_is_being_worked_on_is_looked_at_by_nobody_else(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    lookers: set[threading.Thread] = set()
    record = Run.record

    def noted(run: Run, update: int) -> UpdateRecord:
        lookers.add(threading.current_thread())
        return record(run, update)

    def held(*_: object) -> None:
        gate.entered.set()
        assert gate.open.wait(PATIENCE)

    async with explore("iris", WIDE) as at:
        at.session.predict(Prediction(frozenset()))  # the foot tells of a number, and there is none to stop before
        await at.press("2")
        await until_over(at)
        monkeypatch.setattr(Stage, "prepare", held)
        await blocked(at, gate, "p")
        monkeypatch.setattr(Run, "record", noted)
        for way in events.MouseScrollDown, events.MouseScrollUp:
            at.explorer.post_message(way(at.explorer.stage.panels[BATCH], 5, 5, 0, 0, 0, False, False, False))
        await at.press("ctrl+c")
        at.explorer.tell_of_start()
        await at.resize(90, 30)
        await at.press("ctrl+p")
        assert at.app.screen is at.explorer
        assert "ctrl+c is no key here" in at.foot()
        assert threading.main_thread() not in lookers
        gate.open.set()
        await at.until(lambda: isinstance(at.app.screen, Commands) and at.app.screen.is_mounted)


async def test_keys_behind_one_that_opens_a_screen_are_for_that_screen(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*given: Any) -> Lab:
        gate.entered.set()
        assert gate.open.wait(PATIENCE)
        return lab_of(*given)

    monkeypatch.setattr("bptui.tui.lab.lab_of", held)
    async with explore("xor") as at:
        before = at.session.moment
        await blocked(at, gate, "l")
        await at.press("b", "y")
        assert "computing: mistakes lab … · 2 keys waiting" in at.foot()
        await at.pilot.click(at.explorer.stage.panels[LOSS])
        gate.open.set()
        await at.until(lambda: isinstance(at.app.screen, LabScreen))
        await until_over(at)
        lab = at.app.screen
        assert isinstance(lab, LabScreen)
        assert (lab.lab.made, lab.log_scale) == (1, True)
        assert at.session.moment == before
        assert at.explorer.looks.focus == NETWORK, "a click is for what is seen"


async def test_a_screen_opened_while_it_plays_shows_its_numbers(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare = Stage.prepare

    def held(stage: Stage, scene: Scene) -> None:
        prepare(stage, scene)
        assert at.session.player.playing or gate.open.wait(PATIENCE)

    async with explore("xor") as at:
        await at.press("b")
        await until_over(at)
        monkeypatch.setattr(Stage, "prepare", held)
        await at.press("space")
        await at.until(lambda: at.session.player.playing)
        gate.open.clear()
        await at.press("G")
        await at.until(lambda: isinstance(at.app.screen, GradientScreen))
        gate.open.set()
        await until_over(at)
        assert "Gradients, update 1: 4 samples" in at.text()


async def test_what_a_screen_works_on_the_one_below_it_does_not_look_at(
    gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookers: set[threading.Thread] = set()
    record = Run.record

    def noted(run: Run, update: int) -> UpdateRecord:
        lookers.add(threading.current_thread())
        return record(run, update)

    async with explore("iris", WIDE) as at:
        at.session.predict(Prediction(frozenset()))
        await at.press("b", "G")
        await until_over(at)
        gate.open.clear()
        gate.entered.clear()
        await at.press("b")
        await at.until(gate.entered.is_set)
        monkeypatch.setattr(Run, "record", noted)
        await at.resize(90, 30)
        kept = at.app.recovery = Recovery(tmp_path)
        await kept.note(at.explorer)
        assert threading.main_thread() not in lookers
        assert kept.path is not None
        assert not kept.path.exists()
        gate.open.set()
        await at.until(kept.path.exists)


async def test_a_session_that_no_file_can_hold_is_said_so_between_two_slices(
    gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> str:
        raise ScenarioError("it cannot be written")

    monkeypatch.setattr("bptui.session.keeping.text_of_session", refused)
    async with explore("xor") as at:
        await at.press("b")
        await until_over(at)
        kept = at.app.recovery = Recovery(tmp_path)
        await blocked(at, gate, "b")
        await kept.note(at.explorer)
        gate.open.set()
        await at.until(lambda: bool(kept.trouble))
        assert kept.trouble == "no recovery file can be kept: it cannot be written"


async def test_a_slice_is_known_to_be_at_work_from_its_first_moment_on(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: list[bool] = []
    monkeypatch.setattr(Explorer, "prepare", lambda explorer: known.append(explorer.slices.busy))
    async with explore("xor") as at:
        await at.press("2", "3")
        await until_over(at)
        assert known
        assert all(known)


async def test_what_is_to_be_said_waits_until_it_can_be_read(gate: Gate) -> None:
    async with explore("xor") as at:
        at.explorer._to_say.append("something of the data")
        await blocked(at, gate, "b")
        assert "something of the data" not in at.foot()
        gate.open.set()
        await until_over(at)
        assert "something of the data" in at.foot()


async def test_a_letter_typed_while_breakpoints_look_back_begins_one_line(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with explore("xor") as at:
        at.session.run.extend_to(20)
        await at.press("K")
        await until_over(at)
        screen = at.app.screen
        assert isinstance(screen, BreakpointScreen)
        gate.open.clear()
        gate.entered.clear()
        followers: set[threading.Thread] = set()
        follow = Trail.follow

        def noted(*given: Any) -> None:
            followers.add(threading.current_thread())
            follow(*given)

        await at.press("1")
        await at.until(gate.entered.is_set)
        assert screen.slices.busy
        monkeypatch.setattr(Trail, "follow", noted)
        screen.notice = ""  # then the foot says how far it is
        await at.press("w", "2")
        screen.wake()
        assert threading.main_thread() not in followers
        gate.open.set()
        await at.until(lambda: isinstance(at.app.screen, WaitFor))
        await at.until(lambda: [field.value for field in at.app.screen.query(Input)] == ["w2"])
        assert at.app.screen_stack[-2] is screen


async def test_esc_stops_after_a_whole_update_and_leaves_the_run_as_it_would_be_without(gate: Gate) -> None:
    async with explore("xor") as at:
        await blocked(at, gate, "g", "9", "0", "0", "0", "enter")
        await at.press("escape")
        assert "stopping: an update is made whole …" in at.foot()
        gate.open.set()
        await until_over(at)
        made = at.session.run.frontier
        assert f"stopped after update {made}" in at.foot()
        assert 2 <= made < 9000
        assert at.session.moment.update == made
        plain = Session(Scenario.built_in("xor")).run
        assert at.session.record.after.flat.tobytes() == plain.record(made).after.flat.tobytes()


async def test_long_work_comes_back_now_and_then_so_that_keys_act_and_the_session_is_kept(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bptui.tui.explorer.ASIDE_SLICE", 0.002)
    taken: list[int] = []
    monkeypatch.setattr(Recovery, "note_between", lambda _, explorer: taken.append(explorer.session.run.frontier))
    async with explore("xor") as at:
        at.app.recovery = Recovery(None)
        await at.press("g", *"300", "enter")
        await until_over(at)
        assert at.session.run.frontier == 300
        assert len({*taken}) > 1


async def test_a_fault_beside_the_screen_is_a_fault_like_any_other(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("a fault")

    async def go_on() -> None:
        async with explore("xor") as at:
            monkeypatch.setattr(Stage, "prepare", fails)
            await at.press("2")
            await at.until(lambda: at.app.fault)

    with pytest.raises(ZeroDivisionError, match="a fault"):
        await go_on()


async def test_q_leaves_at_once_and_what_is_at_work_then_is_not_waited_for(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with explore("xor") as at:
        await at.press("b")
        await until_over(at)
        await blocked(at, gate, "b")
        left: list[bool] = []
        monkeypatch.setattr(Explorer, "paint_foot", lambda explorer: left.append(explorer.app._exit))
        await at.press("q")
        assert at.app.return_value == 0
        assert not any(left), "the terminal would answer that when it is the shell's"
        assert left_over(0.0)
        gate.open.set()
        assert not left_over(PATIENCE)


async def test_a_screen_that_is_not_waited_for_any_more_does_not_open(gate: Gate) -> None:
    async with explore("xor") as at:
        for given_up in (False, True):
            entered, go_on, shown = threading.Event(), threading.Event(), list[bool]()

            def make(entered: threading.Event = entered, go_on: threading.Event = go_on) -> bool:
                entered.set()
                return go_on.wait(PATIENCE)

            at.explorer.do(partial(Explorer.ahead, make=make, show=shown.append))
            assert entered.wait(PATIENCE)
            if given_up:
                await at.press("escape")
            go_on.set()
            await until_over(at)
            assert shown == ([] if given_up else [True])


async def test_esc_that_stops_work_closes_nothing_when_that_has_ended_meanwhile(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(screen: LabScreen, updates: int, pause: Callable[[], bool]) -> int:
        gate.entered.set()
        assert gate.open.wait(PATIENCE)
        return screen.lab.advance(updates, pause)

    monkeypatch.setattr(LabScreen, "make", held)
    async with explore("xor") as at:
        await at.press("l")
        await until_over(at)
        lab = at.app.screen
        gate.open.clear()
        await at.press("b")
        await at.until(gate.entered.is_set)
        await at.press("escape")
        gate.open.set()
        await until_over(at)
        assert at.app.screen is lab
        await at.press("escape")
        assert at.app.screen is at.explorer


async def test_a_quit_that_asks_first_stops_nothing(gate: Gate) -> None:
    async with explore("xor") as at:
        at.session.run.extend_to(200)
        entered, go_on, shown = threading.Event(), threading.Event(), list[bool]()

        def make() -> bool:
            entered.set()
            return go_on.wait(PATIENCE)

        at.explorer.do(partial(Explorer.ahead, make=make, show=shown.append))
        assert entered.wait(PATIENCE)
        await at.press("q")
        assert "q again quits; 200 updates are lost" in at.foot()
        go_on.set()
        await until_over(at)
        assert shown == [True]


KEYS = ["p", "b", "m", "B", "right_square_bracket", "e", "o", "escape", "l", "b", "escape", "d", "escape", "r"]


async def test_every_key_does_beside_the_screen_what_it_does_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[list[str]]] = []
    monkeypatch.setattr(Drawing, "rows", lambda *_: [])  # curves are drawn a moment later
    for costly in (10**12, 0):
        monkeypatch.setattr(stepper, "COSTLY", costly)
        monkeypatch.setattr(aside, "AT_ONCE", 0.0)
        seen.append([])
        async with explore("iris", (100, 40)) as at:
            for key in KEYS:
                await at.press(key)
                await until_over(at)
                seen[-1].append(at.lines())
    for key, inside, beside in zip(KEYS, *seen, strict=True):
        assert inside == beside, key


def test_what_goes_wrong_beside_the_screen_comes_to_who_takes_it() -> None:
    told = threading.Event()

    def fails() -> None:
        raise ArithmeticError("too large")

    it = Slice(fails, told.set)
    it.begin()
    assert told.wait(PATIENCE)
    assert it.wait(0)
    with pytest.raises(ArithmeticError, match="too large"):
        it.take()
