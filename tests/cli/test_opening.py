"""The first frame in a real terminal: without numpy, and what is typed and refused before there is a session."""

import re
import sys
import termios
from pathlib import Path

import pytest

from bptui.scenario import Scenario
from bptui.session.keeping import text_of_session
from bptui.session.session import Session

from .commands import BPTUI, Terminal, terminal

WAITING = """
import pathlib, runpy, sys, time
class Waits:
    def find_spec(self, name, *_):
        while name == "numpy" and not pathlib.Path(GO).exists():
            time.sleep(0.01)
sys.meta_path.insert(0, Waits())
GO = sys.argv.pop(1)
sys.argv.pop(0)
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""Runs a command in which numpy is not found before there is a file."""


def said_last(at: Terminal) -> str:
    """What stands below the shell's line when the screen has been left."""
    screen, left, last = at.sent.rpartition(b"\x1b[?1049l")
    assert b"\x1b[?1049h" in screen
    assert left
    return re.sub(r"\x1b[^a-z]*[a-z]", "", last.decode())


def test_the_first_frame_waits_for_no_numpy_and_what_is_typed_at_it_waits_for_the_session(tmp_path: Path) -> None:
    go = tmp_path / "go"
    with terminal(command=[sys.executable, "-c", WAITING, str(go), BPTUI, "xor"]) as at:
        at.wait_for("? help  q quit")
        text = at.text()
        assert text.startswith(" xor  2-3-1  tanh sigmoid  half-squared-error  batch all  mean  γ 1")
        for part in ("each sample▸input fwd 1", "┏━ 1 Network ━", "┌─ 2 Batch ─", "sample 1 of 4 ▣□□□"):
            assert part in text
        at.type("ss")
        at.wait_for("xor is made ready · 2 keys wait · ctrl+c stops")
        go.touch()
        at.wait_for("2 of 4 gradients added")
        at.type("q")
        assert at.wait() == 0


def test_a_kept_session_s_first_frame_waits_for_no_numpy_either(tmp_path: Path) -> None:
    session = Session(Scenario.built_in("xor"))
    session.run.extend_to(3)
    path, go = tmp_path / "mine.session.json", tmp_path / "go"
    path.write_text(text_of_session(session, "5", tmp_path), encoding="utf-8")
    with terminal(command=[sys.executable, "-c", WAITING, str(go), BPTUI, "open", str(path)]) as at:
        text = at.wait_for("┏━ 5 Loss")
        assert text.startswith(" xor  2-3-1  tanh sigmoid")
        go.touch()
        at.wait_for("replayed to update 1, every bit as it was")


@pytest.mark.parametrize(("key", "status", "says"), [("\x03", 130, "bptui: stopped\r\n"), ("q", 0, "")])
def test_nobody_waits_for_what_cannot_be_stopped(key: str, status: int, says: str, tmp_path: Path) -> None:
    with terminal(command=[sys.executable, "-c", WAITING, str(tmp_path / "go"), BPTUI, "xor"]) as at:
        at.wait_for("? help  q quit")
        at.type(key)
        assert at.wait() == status
        assert said_last(at) == says
        assert termios.tcgetattr(at.slave) == at.modes


def test_what_is_wrong_in_a_file_is_said_when_the_screen_is_left(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("a,b\n1,2\n3\n", encoding="utf-8")
    with terminal(str(path), width=120) as at:
        assert at.wait() == 2
        assert said_last(at).startswith(f"bptui: error: {path}:3: ")
        assert said_last(at).count("\n") == 1
        assert termios.tcgetattr(at.slave) == at.modes


@pytest.mark.parametrize("words", ["nosuch.csv", "nosuch", "xor --target 1"])
def test_what_can_be_refused_at_once_opens_no_screen(words: str) -> None:
    with terminal(*words.split()) as at:
        assert at.wait() == 2
        assert b"\x1b" not in at.sent
        assert at.text().strip().startswith("bptui: error: ")


def test_esc_stops_reading_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("a,b,kind\n" + '"1.5",red,x\n2.5,green,y\n' * 1_000_000, encoding="utf-8")  # cell by cell
    with terminal(str(path)) as at:
        at.wait_for("% · Esc stops")
        assert "mine is read: " in at.text()
        at.type("\x1b")
        assert at.wait() == 130
        assert said_last(at) == "bptui: stopped\r\n"
