"""bptui as a command: started as a process of its own, with and without a terminal."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import pyte

STATE = TemporaryDirectory(prefix="bptui-state-")
OWN = {"XDG_CONFIG_HOME": "/nonexistent", "XDG_STATE_HOME": STATE.name}
"""Nobody's own config file shall say how the tests go, and nobody finds their lost sessions."""
BPTUI = str(Path(sys.executable).with_name("bptui"))

PATIENCE = 60.0  # seconds: what comes at all has come by then on a busy machine too
BEGUN = ", row "
"""On the screen once there is a session: its samples are rows of the data."""


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run bptui without any terminal."""
    return subprocess.run(
        [BPTUI, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        env={**os.environ, **OWN, **environment},
        check=False,
    )


def complaint(*arguments: str, **environment: str) -> str:
    """The one line in which bptui refuses: status 2, nothing on stdout, no traceback, no control character."""
    done = run(*arguments, **environment)
    return plain_complaint(done.returncode, done.stdout, done.stderr)


def plain_complaint(status: int, out: str, err: str) -> str:
    assert (status, out) == (2, "")
    assert err.startswith("bptui: error: ")
    assert err.endswith("\n")
    assert err[:-1].isprintable(), "one line, no ESC"
    assert "Traceback" not in err
    return err.removeprefix("bptui: error: ").rstrip("\n")


def alive(pid: int) -> bool:
    """Is there such a process?"""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Terminal:
    """A pseudo-terminal with a program in it, and the screen it shows."""

    def __init__(self, command: list[str], width: int, height: int, environment: dict[str, str]) -> None:
        self.screen = pyte.Screen(width, height)
        self.stream = pyte.ByteStream(self.screen)
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.modes = termios.tcgetattr(self.slave)
        self.sent = b""
        state = {"XDG_STATE_HOME": mkdtemp(dir=STATE.name)}  # what another test has killed is not offered here
        env = {**os.environ, **OWN, **state, "TERM": "xterm-256color", **environment}
        self.process = subprocess.Popen(
            command, stdin=self.slave, stdout=self.slave, stderr=self.slave, env=env, start_new_session=True
        )

    def read(self, seconds: float) -> None:
        """Take in what the program writes in so much time."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            ready, _, _ = select.select([self.master], [], [], left)
            if ready:
                data = os.read(self.master, 65536)
                self.sent += data
                self.stream.feed(data)

    def settle(self, quiet: float = 0.5) -> None:
        """Read until nothing more comes."""
        before = -1
        while before != len(self.sent):
            before = len(self.sent)
            self.read(quiet)

    def type(self, keys: str | bytes) -> None:
        os.write(self.master, keys.encode() if isinstance(keys, str) else keys)

    def wait_for(self, seen: Callable[[str], bool] | str, seconds: float = PATIENCE) -> str:
        """Read until the screen's text satisfies a condition, or holds a text."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            text = self.text()
            if seen in text if isinstance(seen, str) else seen(text):
                return text
            self.read(0.05)
        raise AssertionError(f"not seen: {seen}\n{self.text()}")

    def text(self) -> str:
        """As pyte displays it, also while only half of a wide character has been painted over: there pyte raises."""
        lines, columns = range(self.screen.lines), range(self.screen.columns)
        return "\n".join("".join(self.screen.buffer[y][x].data for x in columns) for y in lines)

    def resize(self, width: int, height: int) -> None:
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.screen.resize(height, width)
        os.killpg(self.process.pid, 28)  # SIGWINCH

    def threads(self) -> int:
        """How many threads the program has."""
        return len(list(Path(f"/proc/{self.process.pid}/task").iterdir()))

    def hang_up(self) -> None:
        """The line is lost: nobody is at the other end any more."""
        for end in (self.master, self.slave):
            os.close(end)
        self.master = self.slave = -1

    def wait(self, seconds: float = PATIENCE) -> int:
        """Read until the program ends; its exit status."""
        until = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < until:
            self.read(0.02)
        self.read(0.05)
        return self.process.wait(0)


@contextmanager
def terminal(
    *arguments: str, width: int = 80, height: int = 24, command: list[str] | None = None, **environment: str
) -> Iterator[Terminal]:
    """bptui in a terminal of this size."""
    it = Terminal(command or [BPTUI, *arguments], width, height, environment)
    try:
        yield it
    finally:
        if it.process.poll() is None:
            it.process.kill()
            it.process.wait()
        if it.master >= 0:
            it.hang_up()
