"""``train`` on a terminal: one line of progress that never wraps, gone when it ends; rich is not loaded without it."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .commands import BPTUI, terminal
from .test_output import OBEYING

SLOW = ("train", "digits", "--layers", "64-1500-1500-10", "--batch", "1")
PROGRESS = re.compile(r"epoch 1 of 30, \d+ updates/s")


@pytest.mark.parametrize(("width", "colour"), [(100, True), (100, False), (40, True), (12, True)])
def test_progress_is_one_line_with_rate_and_time_left_and_ctrl_c_takes_it_away(width: int, colour: bool) -> None:
    words = (*SLOW, "--epochs", "30", *(() if colour else ("--no-color",)))
    with terminal(command=[sys.executable, "-c", OBEYING, BPTUI, *words], width=width, height=20) as at:
        at.wait_for(lambda text: any(line.startswith("epoch 1") for line in text.splitlines()), 30)
        at.read(1)
        lines = at.text().splitlines()
        (row,) = [k for k, line in enumerate(lines) if line.startswith("epoch 1")]
        assert not any(line.strip() for line in lines[row + 1 :]), "it never wraps"
        if width == 100:
            assert PROGRESS.search(lines[row])
            assert re.search(r"\d:\d\d:\d\d left", lines[row])
            assert (b"\x1b[3" in at.sent) == colour
        at.process.send_signal(signal.SIGINT)
        assert at.wait(20) == 130
        assert "stopped after update" in at.text().replace("\n", "") or width < 40
        assert not any(line.startswith("epoch 1 of") for line in at.text().splitlines())


def test_what_is_over_at_once_shows_none_and_loads_no_rich() -> None:
    code = (
        "import sys; from bptui.cli import main; main(['train', 'xor', '--epochs', '2']);"
        "sys.exit('rich' in sys.modules)"
    )
    with terminal(command=[sys.executable, "-c", code]) as at:
        assert at.wait(20) == 0
        assert b"\x1b" not in at.sent


def test_without_a_terminal_there_is_none() -> None:
    code = (
        "import sys, threading, _thread; import bptui.headless.train as training; from bptui.cli import main;"
        "line, timer = training.line, threading.Timer(2.5, _thread.interrupt_main);"
        "training.line = lambda *of: timer.start() or line(*of);"
        f"status = main({[*SLOW, '--epochs', '30']!r}); sys.exit(status != 130 or 'rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0
    assert "\x1b" not in done.stderr
    assert done.stderr.startswith("bptui: stopped after update ")


def test_reading_a_large_file_shows_how_much_is_read_and_ctrl_c_stops_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("a,b,kind\n" + '"1.5",red,x\n2.5,green,y\n' * 1_000_000, encoding="utf-8")  # cell by cell
    with terminal(command=[sys.executable, "-c", OBEYING, BPTUI, "data", str(path)], width=100, height=20) as at:
        at.wait_for("reading mine.csv", 30)
        at.process.send_signal(signal.SIGINT)
        assert at.wait(20) == 130
        assert at.text().split() == ["bptui:", "stopped"]
