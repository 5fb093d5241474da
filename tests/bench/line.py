"""A terminal at the far end of a slow line: what a program writes arrives late and piece by piece, as do the keys.

Like a real SSH server it takes in at once whatever the program writes, so that nothing stops a program that writes more
than the line carries.
"""

import fcntl
import heapq
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pyte

STATE = TemporaryDirectory(prefix="bptui-state-")
OWN = {"XDG_CONFIG_HOME": "/nonexistent", "XDG_STATE_HOME": STATE.name}
"""Nobody's own settings shall count, and what is broken off shall leave nothing in anybody's folder."""
PIECE = 128  # bytes that travel together
ANSWERS = {
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[5n": b"\x1b[0n",
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",
}
ASKED = re.compile(b"|".join(map(re.escape, ANSWERS)))
UNKNOWN = re.compile(rb"\x1b\[[<>=][0-9;:]*[A-Za-z]|\x1b\[\?[0-9;]*\$p")  # pyte would write these on the screen


class FarTerminal:
    """``rate`` is in bytes a second, ``delay`` the seconds that anything takes one way; ``mute`` answers nothing."""

    def __init__(self, command: list[str], width: int, height: int, rate: float, delay: float, mute: bool) -> None:
        self.rate, self.delay, self.mute = rate, delay, mute
        self.screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self.screen)
        self._down: list[tuple[float, bytes]] = []
        self._up: list[tuple[float, bytes]] = []
        self._free = 0.0  # when the line has sent all that it was given
        self._rest = b""
        self.received = self.written = 0  # bytes: at the far end, and by the program
        self.asked = self.answered = 0
        self.master, self._slave = pty.openpty()
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        env = {**os.environ, **OWN, "TERM": "xterm-256color"}
        self.process = subprocess.Popen(
            command, stdin=self._slave, stdout=self._slave, stderr=self._slave, env=env, start_new_session=True
        )

    def type(self, keys: str) -> None:
        heapq.heappush(self._up, (time.monotonic() + self.delay, keys.encode()))

    def read(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Let so much time go by; True as soon as ``until()`` is."""
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            due = [queue[0][0] for queue in (self._down, self._up) if queue]
            ready, _, _ = select.select([self.master], [], [], max(min([end, now + 0.05, *due]) - now, 0))
            if ready:
                self._take(os.read(self.master, 65536))
            if self._pass_on() and until():
                return True
            if self.process.poll() is not None:
                return until()
        return until()

    def _take(self, data: bytes) -> None:
        """The program has written: it goes on the line behind what is on it already."""
        self.written += len(data)
        for start in range(0, len(data), PIECE):
            piece = data[start : start + PIECE]
            self._free = max(self._free, time.monotonic()) + len(piece) / self.rate
            self._down.append((self._free + self.delay, piece))

    def _pass_on(self) -> bool:
        now, arrived = time.monotonic(), False
        while self._up and self._up[0][0] <= now:
            data = heapq.heappop(self._up)[1]
            self.answered += data in ANSWERS.values()
            os.write(self.master, data)
        while self._down and self._down[0][0] <= now:
            self._show(self._down.pop(0)[1])
            arrived = True
        return arrived

    def _show(self, piece: bytes) -> None:
        self.received += len(piece)
        data = self._rest + piece
        end = data.rfind(b"\x1b", len(data) - 16)  # a sequence cut in two waits for its rest
        self._rest = b"" if end < 0 or re.search(rb"[A-Za-z~\\]", data[end + 2 :]) else data[end:]
        data = data[: len(data) - len(self._rest)]
        for asked in ASKED.findall(data) if not self.mute else ():
            self.asked += 1
            heapq.heappush(self._up, (time.monotonic() + self.delay, ANSWERS[asked]))
        self._stream.feed(UNKNOWN.sub(b"", data))

    def settle(self, quiet: float = 0.7) -> None:
        """Read until nothing has come for so many seconds."""
        before = -1
        while before != self.received:
            before = self.received
            self.read(quiet)

    def text(self) -> str:
        return "\n".join(self.screen.display)


def forget_sessions() -> None:
    """A program broken off leaves its session to be resumed: the next one would say so where its keys stand."""
    for kept in Path(STATE.name).rglob("*.json"):
        kept.unlink()


@contextmanager
def far_terminal(
    command: list[str], width: int, height: int, rate: float = 16000, delay: float = 0.1, mute: bool = False
) -> Iterator[FarTerminal]:
    """A program at the near end of a line; without more words 128 kbit/s and a round trip of 200 ms."""
    far = FarTerminal(command, width, height, rate, delay, mute)
    try:
        yield far
    finally:
        if far.process.poll() is None:
            far.process.kill()
        far.process.wait()
        forget_sessions()
        os.close(far.master)
        os.close(far._slave)
