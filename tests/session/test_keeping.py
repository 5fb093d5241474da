"""Session files: replayed, a session is what it was, bit for bit; a damaged file is refused, never believed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from bptui.scenario import Scenario
from bptui.session import MOVES, Move
from bptui.session.keeping import KeptError, check_of, digest_of, opened, reopened, text_of_session
from bptui.session.session import Session
from bptui.training.causes import Edit, Guest
from tests.training.builders import fingerprint, planned


def there_and_back(session: Session, folder: Path) -> tuple[Session, str]:
    """The session out of its own file, replayed, and what is said of it."""
    path = folder / "a.session.json"
    path.write_text(text_of_session(session, "4 log", folder), encoding="utf-8")
    again, kept = opened(path)
    again.run.extend_to(kept.updates)
    assert kept.look == "4 log"
    return again, reopened(again, kept)


def same(one: Session, other: Session) -> bool:
    return (
        one.moment == other.moment
        and one.run.causes.changes == other.run.causes.changes
        and one.run.frontier == other.run.frontier
        and fingerprint(one.record) == fingerprint(other.record)
        and fingerprint(one.run.record(one.run.frontier)) == fingerprint(other.run.record(other.run.frontier))
    )


class Sessions(RuleBasedStateMachine):
    """Moves, settings, edits, guests, seeds, save and open: the session is always that of a fresh replay."""

    session: Session

    @initialize(name=st.sampled_from(["xor", "moons", "mazur"]))
    def start(self, name: str) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.session = Session(Scenario.built_in(name))

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
        self.session.toggle_reduction()

    @rule(doubled=st.booleans())
    def batch(self, doubled: bool) -> None:
        if self.session.why_not_batch(doubled) is None:
            self.session.scale_batch(doubled)

    @rule(momentum=st.sampled_from([0.0, 0.3, 1 / 3]))
    def optimizer(self, momentum: float) -> None:
        rules = self.session.next_settings.rules
        other = replace(rules, optimizer=replace(rules.optimizer, name="momentum", momentum=momentum), l2=0.01)
        self.session.change(replace(self.session.next_settings, rules=other))

    @rule(value=st.floats(-3, 3))
    def edit(self, value: float) -> None:
        weight = self.session.moment.weight
        self.session.change(Edit(weight.layer, weight.source, weight.unit, value))

    @rule(x=st.floats(-2, 2))
    def guest(self, x: float) -> None:
        sizes = self.session.run.start.architecture.sizes
        self.session.change(Guest((x,) * sizes[0], (0.25,) * sizes[-1]))

    @rule()
    def reseed(self) -> None:
        self.session.reseed()

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
        ('{"bptui_session": 2}', "session format 2 is newer than this bptui knows (1); update it"),
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
