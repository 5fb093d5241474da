"""Session files: replayed, a session is what it was, bit for bit; a damaged file is refused, never believed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from bptui.scenario import Scenario
from bptui.session import MOVES, Move, edits
from bptui.session.forks import Fork
from bptui.session.keeping import KeptError, Replay, check_of, opened, reopened, text_of_session
from bptui.session.kept_forks import digest_of
from bptui.session.moves import to_update
from bptui.session.session import Session
from bptui.session.settings_line import change_settings, parse_settings
from bptui.session.stops import Stops
from bptui.training.causes import Edit, Guest
from bptui.training.roster import Part, Rewrite
from tests.training.builders import fingerprint, planned

TYPED = (
    "optimizer adam lr 0.01",
    "repeats 3 repeat_until 0.1",
    "repeats 2 repeat_until 0",
    "ranks 3,1 micro_batches 1",
    "order replacement",
    "order fixed",
    "batch 3 last_batch drop",
    "schedule cosine schedule_length 20",
    "loss squared-error",
)


def there_and_back(session: Session, folder: Path) -> tuple[Session, str]:
    """The session out of its own file, replayed, and what is said of it."""
    path = folder / "a.session.json"
    path.write_text(text_of_session(session, "4 log", folder), encoding="utf-8")
    again, kept = opened(path)
    replay, clock = Replay(again, kept), cycle([False] * 6 + [True])  # as the clock of a screen cuts it
    while not replay.go_on(lambda: next(clock)):
        assert replay.share <= 1
    assert kept.look == "4 log"
    return again, reopened(again, kept)


def same(one: Session, other: Session) -> bool:
    return (
        one.moment == other.moment
        and one.run.causes.changes == other.run.causes.changes
        and one.run.frontier == other.run.frontier
        and fingerprint(one.record) == fingerprint(other.record)
        and fingerprint(one.run.record(one.run.frontier)) == fingerprint(other.run.record(other.run.frontier))
        and [told(one, fork) for fork in one.forks.all] == [told(other, fork) for fork in other.forks.all]
        and (one.forks.live.number, one.forks.last, one.forks.beside)
        == (other.forks.live.number, other.forks.last, other.forks.beside)
        and (one.stops.breakpoints, one.stops.watches) == (other.stops.breakpoints, other.stops.watches)
    )


def told(session: Session, fork: Fork) -> Any:
    """All that is to be the same of a fork."""
    last = fingerprint(fork.run.record(fork.run.frontier))
    stood = session.moment if fork is session.forks.live else fork.moment
    stood = replace(stood, layer=1, unit=0, source=0)  # what is selected is said where it is not the first
    place = (stood.update, stood.phase, stood.sample if not stood.phase.per_batch else 0)
    name = session.forks.name(fork)
    return (
        fork.number,
        fork.parent,
        fork.parts,
        name,
        fork.kept,
        fork.run.causes.changes,
        fork.run.frontier,
        place,
        last,
    )


WAITED_FOR = (
    *("batch_loss rises 1", "w2[0>0] falls 2", "update 7", "epoch 5", "row 1 comes", "loss of row 1 < 0.1"),
    *("row 2 flips", "train_loss falls 1", "gradient > 0.1", "train_loss", "gradient", "a1[0] of row 1", "rate"),
)


class Sessions(RuleBasedStateMachine):
    """Moves, settings, edits, guests, seeds, save and open: the session is always that of a fresh replay."""

    session: Session

    @initialize(name=st.sampled_from(["xor", "moons", "mazur"]), known=st.integers(1, 20))
    def start(self, name: str, known: int) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.session = Session(Scenario.built_in(name))
        self.jump(known)

    @rule(update=st.integers(0, 30))
    def jump(self, update: int) -> None:
        self.session.moment = to_update(self.session.run, self.session.moment, update)

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    @precondition(lambda self: self.session.moment.update < 60)
    @rule(move=st.sampled_from(MOVES))
    def move(self, move: Move) -> None:
        self.session.move(move)

    @rule(move=st.sampled_from([move for move in MOVES if move[1] < 0]))
    def back(self, move: Move) -> None:
        self.session.move(move)

    @rule(layer=st.integers(-1, 1), unit=st.integers(-2, 2), source=st.integers(-1, 1))
    def select(self, layer: int, unit: int, source: int) -> None:
        self.session.select(layer, unit, source)

    @rule()
    def reduce(self) -> None:
        self.try_to(self.session.toggle_reduction)

    @rule(doubled=st.booleans())
    def batch(self, doubled: bool) -> None:
        if self.session.why_not_batch(doubled) is None:
            self.try_to(lambda: self.session.scale_batch(doubled))

    @rule(momentum=st.sampled_from([0.0, 0.3, 1 / 3]))
    def optimizer(self, momentum: float) -> None:
        rules = self.session.next_settings.rules
        other = replace(rules, optimizer=replace(rules.optimizer, name="momentum", momentum=momentum), l2=0.01)
        self.try_to(lambda: self.session.change(replace(self.session.next_settings, rules=other)))

    @rule(words=st.sampled_from(TYPED))
    def settings_by_name(self, words: str) -> None:
        self.try_to(lambda: change_settings(self.session, parse_settings(self.session, words)))

    @rule(value=st.floats(-3, 3))
    def edit(self, value: float) -> None:
        weight = self.session.moment.weight
        self.try_to(lambda: self.session.change(Edit(weight.layer, weight.source, weight.unit, value)))

    @rule(x=st.floats(-2, 2))
    def guest(self, x: float) -> None:
        sizes = self.session.run.start.architecture.sizes
        self.try_to(lambda: self.session.change(Guest((x,) * sizes[0], (0.25,) * sizes[-1])))

    @rule(row=st.integers(0, 9), places=st.integers(0, 1), value=st.floats(-2, 2), part=st.sampled_from(["x", "y"]))
    def rewrite(self, row: int, places: int, value: float, part: Part) -> None:
        problem = self.session.run.problem
        sizes = self.session.run.start.architecture.sizes
        place = min(places, sizes[0 if part == "x" else -1] - 1)
        row = int(problem.split.train[row % problem.count])
        self.try_to(lambda: edits.change_sample(self.session, Rewrite(row, part, ((place, value),))))

    @rule()
    def leave_out_or_put_in(self) -> None:
        if edits.why_not_edit(self.session) is None:
            self.try_to(lambda: edits.toggle_row(self.session))

    @rule(value=st.floats(-1, 1))
    def weight_by_hand(self, value: float) -> None:
        self.try_to(lambda: edits.set_weight(self.session, value))

    def try_to(self, change: Callable[[], str]) -> None:
        """Refused or made, the session stays whole."""
        with suppress(ArithmeticError, ValueError):
            change()

    @precondition(lambda self: self.stands_behind_the_last_change())
    @rule()
    def undo_and_redo_are_exact(self) -> None:
        there, here = self.session, self.session.moment
        before = fingerprint(there.record)
        there.undo()
        there.redo()
        assert (there.moment, fingerprint(there.record)) == (here, before)

    def stands_behind_the_last_change(self) -> bool:
        """And did not go to another fork since."""
        forks = self.session.forks
        return bool(forks.done) and forks.done[-1].after.fork is forks.live

    @precondition(lambda self: self.session.why_not_undo() is None)
    @rule()
    def undo(self) -> None:
        self.session.undo()

    @precondition(lambda self: self.session.why_not_redo() is None)
    @rule()
    def redo(self) -> None:
        self.session.redo()

    @rule(place=st.integers(0, 11))
    def go_to_a_fork(self, place: int) -> None:
        forks = self.session.forks.all
        self.session.go_to_fork(forks[place % len(forks)].number)

    @rule(kept=st.booleans(), title=st.sampled_from(["", "mine"]))
    def name_and_keep(self, kept: bool, title: str) -> None:
        live = self.session.forks.live
        live.kept, live.title = kept, title

    @precondition(lambda self: len(self.session.forks.all) > 1)
    @rule()
    def drop(self) -> None:
        forks = self.session.forks
        forks.drop(next(fork.number for fork in forks.all if fork is not forks.live))

    @rule()
    def branch(self) -> None:
        self.try_to(self.session.branch)

    @rule()
    def restart(self) -> None:
        self.try_to(self.session.restart)

    @precondition(lambda self: len(self.session.forks.all) > 4)
    @rule()
    def reseed(self) -> None:
        self.session.reseed()

    @rule(words=st.sampled_from(WAITED_FOR))
    def wait_for_or_watch(self, words: str) -> None:
        self.try_to(lambda: self.session.stops.add(words, self.session.run))

    @precondition(lambda self: self.session.stops.breakpoints)
    @rule(place=st.integers(0, 15))
    def switch_a_breakpoint(self, place: int) -> None:
        self.session.stops.switch(place % len(self.session.stops.breakpoints))

    @rule()
    def the_hits_known_are_those_of_a_fresh_replay(self) -> None:
        stops, fresh = self.session.stops, planned(self.session.run)
        fresh.extend_to(self.session.run.frontier)
        afresh = Stops()
        afresh.breakpoints = stops.breakpoints
        for it, run in ((stops, self.session.run), (afresh, fresh)):
            it.ready(run)
        for condition in stops.armed:
            assert list(stops.updates(self.session.run, condition)) == list(afresh.updates(fresh, condition))

    @rule()
    def save_and_open(self) -> None:
        again, said = there_and_back(self.session, self.folder)
        assert said.endswith("every bit as it was")
        assert same(again, self.session)
        self.session = again

    @rule()
    def the_digest_is_that_of_a_fresh_replay(self) -> None:
        fresh, update = planned(self.session.run), self.session.moment.update
        fresh.extend_to(self.session.run.frontier)
        assert digest_of(fresh, update) == digest_of(self.session.run, update)

    @rule()
    def every_ghost_is_what_a_fresh_replay_of_it_is(self) -> None:
        for fork in self.session.forks.all:
            fresh, last = planned(fork.run), fork.run.frontier
            fresh.extend_to(last)
            assert digest_of(fresh, last) == digest_of(fork.run, last)


TestSessions = Sessions.TestCase
TestSessions.settings = settings(deadline=None, max_examples=40, stateful_step_count=25)


@pytest.fixture
def session() -> Session:
    there = Session(Scenario.built_in("xor"))
    for _ in range(5):
        there.move(("batch", 1))
    there.change_rate(True)
    there.move(("sample", 1))
    return there


@pytest.fixture
def path(session: Session, tmp_path: Path) -> Path:
    kept = tmp_path / "xor.session.json"
    kept.write_text(text_of_session(session, "", tmp_path), encoding="utf-8")
    return kept


def test_breakpoints_and_watches_are_kept_in_words(session: Session, tmp_path: Path) -> None:
    for words in ("train_loss < 0.30000000000000004", "row 2 flips", "b2[0] crosses -1e-07"):
        session.stops.add(words, session.run)
    session.stops.add("w2[1>0]", session.run)
    session.stops.switch(1)
    again, said = there_and_back(session, tmp_path)
    assert said.endswith("every bit as it was"), "a breakpoint stops nobody who opens a file"
    assert again.stops.breakpoints == session.stops.breakpoints
    assert again.stops.watches == session.stops.watches
    document = json.loads((tmp_path / "a.session.json").read_text(encoding="utf-8"))
    assert document["breakpoints"] == [
        {"when": "train loss < 0.30000000000000004", "on": True},
        {"when": "row 2 flips", "on": False},
        {"when": "b2[0] crosses -1e-07", "on": True},
    ]
    assert document["watches"] == ["w2[1>0]"]


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("breakpoints", [{"when": "trian_loss < 1", "on": True}], "did you mean 'train loss'"),
        ("breakpoints", [{"when": "w9[0>0] < 1", "on": True}], "no weight of layer 9"),
        ("breakpoints", [{"when": "epoch 5", "on": 1}], "says when, and whether it is on"),
        ("breakpoints", [{"when": "epoch 5"}], "says when, and whether it is on"),
        ("breakpoints", "epoch 5", "expected a list"),
        ("watches", ["rate", "rate"], "watched twice"),
        ("watches", ["rate < 3"], "not understood"),
        ("watches", [7], "expected a text"),
    ],
)
def test_lists_that_make_no_sense_are_refused(path: Path, key: str, value: Any, why: str) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    document[key] = value
    document.pop("check")
    path.write_text(json.dumps(document | {"check": check_of(document)}), encoding="utf-8")
    assert why in complaint(path)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"number": 2}, "two of one number"),
        ({"number": 9}, "one too many"),
        ({"parent": 7}, "parts from none there is"),
        ({"parent": 1}, "parts from none there is"),
        ({"changes": []}, "one does not begin with settings"),
        ({"title": 7}, "expected a text"),
        ({"kept": 1}, "expected true or false"),
    ],
)
def test_forks_that_make_no_sense_are_refused(
    session: Session, tmp_path: Path, change: dict[str, Any], why: str
) -> None:
    session.move(("batch", -1))
    session.move(("batch", -1))
    session.change_rate(False)
    kept = tmp_path / "forked.session.json"
    kept.write_text(text_of_session(session, "", tmp_path), encoding="utf-8")
    document = json.loads(kept.read_text(encoding="utf-8"))
    assert [document["fork"]["number"], document["forks"][0]["number"]] == [2, 1]
    document["forks"][0] |= change
    document.pop("check")
    kept.write_text(json.dumps(document | {"check": check_of(document)}), encoding="utf-8")
    assert why in complaint(kept)


def test_a_file_from_before_there_were_breakpoints_is_read(path: Path, session: Session) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    for key in ("breakpoints", "watches", "check"):
        document.pop(key)
    document["bptui_session"] = 2
    path.write_text(json.dumps(document | {"check": check_of(document)}), encoding="utf-8")
    again, kept = opened(path)
    assert Replay(again, kept).go_on(lambda: False)
    assert reopened(again, kept).endswith("every bit as it was")
    assert same(again, session)


def complaint(path: Path) -> str:
    with pytest.raises(KeptError) as refused:
        opened(path)
    said = str(refused.value)
    assert said.isprintable()
    assert said.startswith(str(path))
    return said


def test_what_a_person_reads_in_it(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["origin"] == "xor"
    assert document["updates"] == 6
    assert document["at"] == "e6 b1 s1"
    assert document["changes"][0]["update"] == 6
    assert document["changes"][0]["training"]["learning_rate"] == 2.0
    assert f"numpy {np.__version__}" in document["made_by"]
    assert path.stat().st_size < 3000


def test_truncated_at_any_length_it_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    for length in range(len(whole) - 1):  # without the last line end it is whole
        path.write_bytes(whole[:length])
        complaint(path)


def test_with_any_bit_flipped_it_is_refused_or_says_the_same(path: Path, session: Session) -> None:
    whole = path.read_bytes()
    believed = 0
    for place in range(0, len(whole), 3):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << place % 8)]) + whole[place + 1 :])
        try:
            again, kept = opened(path)
        except KeptError:
            continue
        believed += 1  # a blank that is another blank
        again.run.extend_to(kept.updates)
        assert reopened(again, kept).endswith("every bit as it was")
        assert same(again, session)
    assert believed < len(whole) / 30


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("{}", "no session of bptui's"),
        ("[1, 2]", "no session of bptui's"),
        ('{"bptui_session": 4}', "session format 4 is newer than this bptui knows (3); update it"),
        ('{"bptui_session": 1}', "damaged, or changed by hand"),
        ("format_version = 1", ":1:1: no session, or a damaged one"),
        ('{"bptui_session": NaN}', "no session, or a damaged one"),
        ("[" * 100_000, "no session, or a damaged one"),
        ('{"bptui_session": ' + "9" * 5000 + "}", "no session, or a damaged one"),
        ("\x00", "NUL"),
    ],
)
def test_what_is_no_session_is_refused(text: str, why: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")
    assert why in complaint(path)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"updates": 0}, "updates: expected a whole number"),
        ({"at": "soon"}, 'at: not understood: "soon"'),
        ({"scenario": 5}, "scenario: expected an object"),
        ({"scenario": {"format_version": 1}}, "data: give one of name, file and x"),
        ({"data": "0" * 32}, "its data have changed"),
        ({"changes": [{"update": 3, "weight": [9, 0, 0], "value": 1}]}, "changes: no weight of layer 9"),
        ({"changes": [{"update": 3, "x": [1], "y": [1]}]}, "changes: 1 inputs"),
        ({"changes": [{"update": 3, "training": {"speed": 1}, "order": "fixed"}]}, "changes: unknown key"),
        ({"changes": [{"update": 3}]}, "changes: not known"),
        (
            {"changes": [{"update": 3, "x": [1, 1], "y": [1]}, {"update": 2, "x": [1, 1], "y": [1]}]},
            "not in their order",
        ),
    ],
)
def test_what_fits_its_check_is_still_looked_at(changes: dict[str, Any], why: str, path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8")) | changes
    del document["check"]
    path.write_text(json.dumps(document | {"check": check_of(document)}), encoding="utf-8")
    assert why in complaint(path)


def test_other_last_digits_are_said(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8")) | {"digest": "0" * 32, "made_by": "numpy 9 on the moon"}
    del document["check"]
    path.write_text(json.dumps(document | {"check": check_of(document)}), encoding="utf-8")
    again, kept = opened(path)
    again.run.extend_to(kept.updates)
    assert reopened(again, kept) == "replayed with other last digits: made by numpy 9 on the moon"


@pytest.mark.parametrize("update", range(1, 8))
def test_between_the_repeats_of_a_batch_a_session_is_what_it_was(update: int, tmp_path: Path) -> None:
    session = Session(Scenario.built_in("iris"))
    change_settings(session, parse_settings(session, "repeats 3"))
    session.moment = to_update(session.run, session.moment, update)
    again, said = there_and_back(session, tmp_path)
    assert said == f"replayed to update {update}, every bit as it was"
    assert same(again, session)


def test_a_data_file_that_changed_is_noticed(tmp_path: Path) -> None:
    data = tmp_path / "mine.csv"
    data.write_text("a,b,y\n" + "1,2,3\n2,3,4\n" * 12, encoding="utf-8")
    session = Session(Scenario.of_file(data))
    assert there_and_back(session, tmp_path)[1].endswith("every bit as it was")
    data.write_text("a,b,y\n" + "1,2,3\n2,7,4\n" * 12, encoding="utf-8")
    assert "its data have changed" in complaint(tmp_path / "a.session.json")


def test_killed_while_it_saves_the_old_or_the_new_is_there(path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from bptui.data.output import write_whole; "
        "path = Path(sys.argv[1]); text = path.read_text(); print('begins', flush=True)\n"
        "while True: write_whole(path, text)"
    )
    for k in range(12):
        writer = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, env=os.environ)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.003 * k)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        opened(path)
