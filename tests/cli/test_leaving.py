"""Whatever ends bptui leaves the terminal as it was, in three seconds; what stops it does not."""

import os
import signal
import time
from pathlib import Path

import pytest

from .commands import BEGUN, PATIENCE, terminal
from .test_terminal import assert_restored, under_way

PLACES = {
    "at rest": ((), ("xor",)),
    "playing at full speed": (("+++++++++ ",), ("xor", "--batch", "1")),
    "on a long way": (("g", "10000000", "\r"), ("xor", "--batch", "1")),
    "in the palette": (("\x10",), ("xor",)),
    "on the drawing pad": (("D",), ("digits",)),
}


@pytest.mark.parametrize(
    ("number", "place"),
    [
        (signal.SIGINT, "at rest"),
        (signal.SIGTERM, "playing at full speed"),
        (signal.SIGHUP, "on a long way"),
        (signal.SIGQUIT, "in the palette"),
        (signal.SIGTERM, "on the drawing pad"),
    ],
)
def test_a_signal_is_an_ordinary_end(number: signal.Signals, place: str) -> None:
    keys, arguments = PLACES[place]
    with terminal(*arguments) as at:
        at.wait_for(BEGUN)
        for key in keys:
            at.type(key)
            at.read(0.3)
        os.kill(at.process.pid, number)
        assert at.wait() == 128 + number
        assert_restored(at)


def test_a_signal_ends_a_program_whose_screen_nobody_reads_and_the_session_is_kept(tmp_path: Path) -> None:
    with terminal("xor", "--batch", "1", width=160, height=50, XDG_STATE_HOME=str(tmp_path)) as at:
        at.wait_for(BEGUN)
        at.type("+++++++++ ")
        at.wait_for(under_way)
        time.sleep(1.5)  # it has more to say than a terminal keeps
        os.kill(at.process.pid, signal.SIGINT)
        assert at.process.wait(PATIENCE) == 130
        assert len([*(tmp_path / "bptui").glob("recovery-*.json")]) == 1
        at.read(0.2)
        assert_restored(at)


@pytest.mark.parametrize("keys", ["", "+++++++++ "], ids=["at rest", "playing"])
def test_a_lost_line_leaves_no_orphan(keys: str) -> None:
    with terminal("xor", "--batch", "1") as at:
        at.wait_for(BEGUN)
        at.type(keys)
        at.read(0.3)
        at.hang_up()
        assert at.process.wait(PATIENCE) == 129


def test_a_program_that_was_stopped_goes_on_with_a_whole_screen_and_leaves_as_ever() -> None:
    with terminal("xor") as at:
        at.wait_for(BEGUN)
        at.type("b")
        at.settle()
        shown, threads = at.text(), at.threads()
        for number in (signal.SIGSTOP, signal.SIGTSTP, signal.SIGSTOP):
            os.kill(at.process.pid, number)
            os.waitpid(at.process.pid, os.WUNTRACED)
            at.read(0.1)
            at.screen.reset()  # somebody else has had the terminal
            os.kill(at.process.pid, signal.SIGCONT)
            at.wait_for(lambda text: text == shown)
        for _ in range(50):  # the one that writes the recovery file comes and goes
            if at.threads() <= threads:
                break
            at.read(0.1)
        assert at.threads() <= threads
        at.type("p")
        at.wait_for(lambda text: text != shown)
        at.type("q")
        assert at.wait() == 0
        assert_restored(at)
