"""What is left of a session that was not ended, and how one goes on with it."""

import signal
import stat
import time
from pathlib import Path

import pytest

from .commands import Terminal, complaint, terminal

IN_TIME = 40.0
"""Seconds for a recovery file; it is written every five."""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def files(state: Path) -> list[Path]:
    return sorted((state / "bptui").glob("recovery-*.json"))


def until_kept(at: Terminal, state: Path) -> Path:
    """Wait until the recovery file holds update 12."""
    until = time.monotonic() + IN_TIME
    while time.monotonic() < until:
        at.read(0.1)
        if any('"at": "e12 b1"' in path.read_text(encoding="utf-8") for path in files(state)):
            return files(state)[0]
    raise AssertionError(f"no recovery file: {files(state)}")


def to_update_12(at: Terminal) -> None:
    at.wait_for("phase  s sample")
    at.type("g")
    at.wait_for("Go to update 120")
    at.type("12\r")
    at.wait_for("update 12: epoch 12")


def test_killed_a_session_is_offered_and_resumed_and_after_a_clean_end_gone(state: Path) -> None:
    with terminal("xor", XDG_STATE_HOME=str(state)) as at:
        to_update_12(at)
        kept = until_kept(at, state)
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        at.process.send_signal(signal.SIGKILL)
        at.process.wait()
    with terminal("xor", XDG_STATE_HOME=str(state)) as at:
        at.wait_for("bptui resume recovers it")
        at.type("q")
        assert at.wait() == 0
    assert files(state) == [kept]
    with terminal("resume", XDG_STATE_HOME=str(state)) as at:
        at.wait_for("replayed to update 12, every bit as it was")
        at.type("q")
        assert at.wait() == 0
    assert files(state) == []
    assert "there is no session to go on with" in complaint("resume", XDG_STATE_HOME=str(state))


def test_a_line_that_is_lost_leaves_the_last_moment(state: Path) -> None:
    with terminal("xor", XDG_STATE_HOME=str(state)) as at:
        to_update_12(at)
        until_kept(at, state)
        at.type("b")
        at.wait_for("update 13")
        at.process.send_signal(signal.SIGHUP)
        assert at.wait() == 128 + signal.SIGHUP
    (kept,) = files(state)
    assert '"at": "e13 b1"' in kept.read_text(encoding="utf-8")


def test_the_saved_session_is_what_is_resumed_where_none_was_lost(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with terminal("xor", XDG_STATE_HOME=str(state)) as at:
        to_update_12(at)
        at.type("\x13")
        at.wait_for("saved xor.session.json")
        at.type("q")
        assert at.wait() == 0
    with terminal("resume", XDG_STATE_HOME=str(state)) as at:
        at.wait_for("replayed to update 12")
        at.type("q")
        assert at.wait() == 0


def test_two_explorers_have_two_files(state: Path) -> None:
    with terminal("xor", XDG_STATE_HOME=str(state)) as one, terminal("xor", XDG_STATE_HOME=str(state)) as other:
        for at in (one, other):
            to_update_12(at)
        until = time.monotonic() + IN_TIME
        while len(files(state)) < 2 and time.monotonic() < until:
            one.read(0.1)
            other.read(0.1)
        assert {path.name.split("-")[1] for path in files(state)} == {str(at.process.pid) for at in (one, other)}
        assert "there is no session" in complaint("resume", XDG_STATE_HOME=str(state))  # both still live
        for at in (one, other):
            at.type("q")
            assert at.wait() == 0
    assert files(state) == []


def test_a_damaged_recovery_file_is_one_line_and_kept(state: Path) -> None:
    folder = state / "bptui"
    folder.mkdir(parents=True)
    (folder / "recovery-999999999-1.json").write_text("{", encoding="utf-8")
    assert "no session, or a damaged one" in complaint("resume", XDG_STATE_HOME=str(state))
    assert len(files(state)) == 1


@pytest.mark.parametrize("place", ["/dev/null/x", "/proc/nothing"])
def test_where_nothing_can_be_kept_that_is_said_and_all_else_works(place: str) -> None:
    with terminal("xor", XDG_STATE_HOME=place, HOME="/dev/null/home") as at:
        at.wait_for("no recovery file can be kept")
        at.type("s")
        at.wait_for("1 of 4 gradients added")
        at.type("q")
        assert at.wait() == 0


def test_without_a_home_it_starts() -> None:
    with terminal("xor", HOME="", XDG_STATE_HOME="") as at:
        at.wait_for("no recovery file can be kept: no home folder is known here")
        at.type("q")
        assert at.wait() == 0
