"""The explorer beside an empty Textual app, in turn, and Pause at the far end of a slow line: ``make bench``.

Times are those on the clock, from the key to the last byte of what it changed, and those of the processor, which other
work on the machine touches less. A terminal is played that answers at once.
"""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.line import OWN, far_terminal, forget_sessions

ROUNDS = 3
PRESSES = 20
QUIET = 0.15  # seconds without a byte: all that a key changes has been written
SIZES = ((80, 24), (120, 40))
PAUSES = 6
ASKED, ANSWER = b"\x1b[6n", b"\x1b[1;1R"
EXPLORER = [sys.executable, "-m", "bptui", "digits"]
EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    n = 0
    def compose(self):
        yield Static("nothing yet, and then it will quit")
    def on_key(self, event):
        self.n += 1
        self.query_one(Static).update(f"key {self.n}")
Empty().run()
"""


@dataclass(frozen=True)
class Turn:
    """Seconds to the first screen with all its text; per key, on the clock, of the processor, and bytes."""

    first: float
    first_work: float
    key: float
    work: float
    bytes: float


class Program:
    """A program in a terminal of its own, watched."""

    def __init__(self, command: list[str], width: int, height: int) -> None:
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        more = {**OWN, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=self.slave, stdout=self.slave, stderr=self.slave, env=os.environ | more,
            start_new_session=True,
        )  # fmt: skip

    def read(self, wanted: bytes = b"") -> tuple[float, bytes]:
        """What it writes until it is quiet, and when the last of it came; nothing counts before ``wanted``."""
        sent, last, end = b"", time.perf_counter(), time.perf_counter() + 30
        while time.perf_counter() < end:
            if not select.select([self.master], [], [], QUIET)[0]:
                if wanted in sent:
                    break
                continue
            data = os.read(self.master, 65536)
            last = time.perf_counter()
            if data.count(ASKED):
                os.write(self.master, ANSWER * data.count(ASKED))
            sent += data
        return last, sent

    def work(self) -> float:
        """Seconds of the processor so far."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9

    def press(self, key: str) -> tuple[float, int]:
        start = time.perf_counter()
        os.write(self.master, key.encode())
        last, sent = self.read()
        return last - start, len(sent)


@contextmanager
def program(command: list[str], size: tuple[int, int]) -> Iterator[Program]:
    it = Program(command, *size)
    try:
        yield it
    finally:
        it.process.kill()
        it.process.wait()
        forget_sessions()
        os.close(it.master)
        os.close(it.slave)


def turn(command: list[str], size: tuple[int, int], key: str) -> Turn:
    with program(command, size) as it:
        last, _ = it.read(b"quit")
        first, first_work = last - it.began, it.work()
        it.press(key)
        before = it.work()
        pressed = [it.press(key) for _ in range(PRESSES)]
        work = (it.work() - before) / PRESSES
        return Turn(first, first_work, median(p[0] for p in pressed), work, median(p[1] for p in pressed))


def compare(size: tuple[int, int], key: str) -> None:
    turns = [(turn([sys.executable, "-c", EMPTY], size, key), turn(EXPLORER, size, key)) for _ in range(ROUNDS)]
    for words, name in (
        ("first screen", "first"),
        ("first screen, processor", "first_work"),
        (f"key {key} → all of it", "key"),
        (f"key {key}, processor", "work"),
    ):
        empty, ours = (median(getattr(pair[k], name) for pair in turns) * 1000 for k in (0, 1))
        ratio = median(getattr(pair[1], name) / getattr(pair[0], name) for pair in turns)
        say(f"| {size[0]} × {size[1]} | {words} | {empty:.1f} ms | {ours:.1f} ms | {ratio:.1f}× |")
    say(f"| {size[0]} × {size[1]} | key {key}, bytes | | {median(pair[1].bytes for pair in turns):.0f} | |")


def pauses(size: tuple[int, int], faster: int) -> list[float]:
    """Seconds from space to the screen that says it stands still."""
    out = []
    with far_terminal(EXPLORER, *size) as at:

        def plays() -> bool:
            return any("▶ " in row for row in at.screen.display[-2:])

        at.read(30, lambda: "quit" in at.text())
        at.type("+" * faster)
        at.settle()
        for k in range(PAUSES):
            at.type(" ")
            at.read(30, plays)
            at.read(2 + 0.13 * k)
            start = time.perf_counter()
            at.type(" ")
            at.read(30, lambda: not plays())
            out.append(time.perf_counter() - start)
            at.settle()
    return out


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    say(f"The explorer on digits beside an empty Textual app: medians of {ROUNDS} rounds in turn, and of their ratios.")
    say()
    say("| screen | what | empty app | bptui | ratio |")
    say("| --- | --- | ---: | ---: | ---: |")
    for size in SIZES:
        for key in ("s", "b"):
            compare(size, key)
    say()
    say("Pause while it plays, at the far end of a line of 128 kbit/s with a round trip of 200 ms:")
    say()
    say("| screen | playing | median | longest |")
    say("| --- | --- | ---: | ---: |")
    for size in SIZES:
        for faster, words in ((3, "15 samples/s"), (8, "full speed")):
            times = pauses(size, faster)
            say(f"| {size[0]} × {size[1]} | {words} | {median(times) * 1000:.0f} ms | {max(times) * 1000:.0f} ms |")


if __name__ == "__main__":
    main()
