"""A fault of bptui itself leaves one line that names a log, the terminal as it was, and exit status 1."""

import errno
import importlib.metadata
import os
import platform
import re
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from bptui.tui import faults

from .commands import BEGUN, terminal
from .test_terminal import assert_restored

FAULTY = """
import sys
from bptui.tui.explorer import Explorer
from bptui.tui.panel import Panel

def fault(*_):
    secret = "a value on the projector"
    raise RuntimeError("on purpose")

def press(explorer, key_id):
    {fault}

Explorer.press = press
sys.argv = ["bptui", "xor"]
from bptui.__main__ import run
run()
"""
FAULTS = {
    "a key": "fault()",
    "a timer": "explorer.set_timer(0.01, fault)",
    "a worker": "explorer.run_worker(fault, thread=True)",
    "painting": "Panel.render_lines = fault; explorer.repaint_all()",
}
LINE = re.compile(r"bptui: error: a fault of bptui itself; the details are in (\S+\.log)")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_crash_leaves_one_line_a_log_and_a_terminal_that_works(fault: str, tmp_path: Path) -> None:
    program = FAULTY.format(fault=FAULTS[fault])
    with terminal(command=[sys.executable, "-c", program], width=60, TMPDIR=str(tmp_path)) as at:
        at.wait_for(BEGUN)
        at.type("m")
        assert at.wait() == 1
        assert_restored(at)
        written = at.sent[at.sent.rfind(b"\x1b[?1049l") :].decode()
        named = LINE.findall(written)
        assert len(named) == 1
        assert "Traceback" not in written
        (log,) = tmp_path.iterdir()
        assert named == [str(log)]
        details = log.read_text(encoding="utf-8")
        assert "RuntimeError: on purpose" in details
        assert "a value on the projector" not in details
        assert details.startswith(f"Python {platform.python_version()} on ")
        for name in ("bptui", "numpy", "textual", "rich", "plotext"):
            assert f"\n{name} {version(name)}\n" in details
        assert "\nterminal 'xterm-256color', 60 x 24, encoding utf-8\n" in details.replace("UTF-8", "utf-8")


def test_what_is_not_known_of_the_surroundings_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", gone)
    monkeypatch.setattr(sys, "__stdout__", None)
    monkeypatch.delenv("TERM", raising=False)
    told = faults.surroundings((80, 24))
    assert "\nplotext of an unknown version\n" in told
    assert told.endswith("\nterminal 'without a name', 80 x 24, encoding None\n")


def test_where_no_log_can_be_written_the_line_says_why_and_the_details_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    told = faults.write_log("Python 3\n\nTraceback …\n")
    assert told == "no file can keep the details (No space left on device), which follow\nPython 3\n\nTraceback …"


NOWHERE = """
import tempfile
def full(*_, **__):
    raise OSError(28, "No space left on device")
tempfile.NamedTemporaryFile = full
"""


def test_then_they_stand_below_the_screen_that_was_given_back() -> None:
    program = NOWHERE + FAULTY.format(fault=FAULTS["a key"])
    with terminal(command=[sys.executable, "-c", program], width=100, height=60) as at:
        at.wait_for(BEGUN)
        at.type("m")
        assert at.wait() == 1
        assert_restored(at)
        first, *lines = at.sent[at.sent.rfind(b"bptui: error: ") :].decode().splitlines()
        assert first.endswith("no file can keep the details (No space left on device), which follow")
        assert lines[-1] == "RuntimeError: on purpose"
        assert not any("a value on the projector" in line for line in lines)
