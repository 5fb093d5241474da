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
from statistics import median

from tests.bench.line import OWN, far_terminal, forget_sessions

ROUNDS = 3
STARTS = 9
PRESSES = 20
QUIET = 0.15  # seconds without a byte: all that a key changes has been written
SIZES = ((80, 24), (120, 40))
PLAYED = 10  # seconds
PAUSES = 6
SLOW, UNLIMITED = 16_000, 1e9  # bytes a second
LINES = ((SLOW, 0.05), (SLOW, 0.15), (SLOW, 0.2), (UNLIMITED, 0.05), (UNLIMITED, 0.15))
"""Bytes a second, and the seconds of a round trip."""
ASKED, ANSWER = b"\x1b[6n", b"\x1b[1;1R"
FIRST, NUMBERS = b"quit", b", row "
"""In the last line of the first frame, of either; and in a title once there are numbers below it."""
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
    """Per key: seconds on the clock, of the processor, and bytes."""

    key: float
    work: float
    bytes: float


class Program:
    """A program in a terminal of its own, watched."""

    def __init__(self, command: list[str], width: int, height: int) -> None:
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        more = {**OWN, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONDONTWRITEBYTECODE": ""}
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
            sent += self._some()
            last = time.perf_counter()
        return last, sent

    def next(self, seconds: float) -> bytes:
        """What it writes in so many seconds."""
        sent, end = b"", time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if select.select([self.master], [], [], left)[0]:
                sent += self._some()
        return sent

    def _some(self) -> bytes:
        data = os.read(self.master, 65536)
        if data.count(ASKED):
            os.write(self.master, ANSWER * data.count(ASKED))
        return data

    def reached(self, *texts: bytes) -> list[tuple[float, float]]:
        """Seconds since its start, on the clock and of the processor, until it has written one text after another."""
        sent, out = b"", []
        for text in texts:
            while text not in sent:
                if not select.select([self.master], [], [], 30)[0]:
                    raise TimeoutError(f"{text!r} was not written")
                sent += self._some()
            out.append((time.perf_counter() - self.began, self.work()))
        return out

    def work(self) -> float:
        """Seconds of the processor so far, those of threads that have ended among them."""
        return time.clock_gettime(~self.process.pid << 3 | 2)  # its clock, as clock_getcpuclockid(3) names it

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
        it.read(FIRST if command != EXPLORER else NUMBERS)
        it.press(key)
        before = it.work()
        pressed = [it.press(key) for _ in range(PRESSES)]
        work = (it.work() - before) / PRESSES
        return Turn(median(p[0] for p in pressed), work, median(p[1] for p in pressed))


def start(command: list[str], size: tuple[int, int], *texts: bytes) -> list[tuple[float, float]]:
    with program(command, size) as it:
        return it.reached(*texts)


def compare_starts(size: tuple[int, int]) -> None:
    """From the start to the first frame and to the numbers, beside the one frame of an empty app."""
    empty = [sys.executable, "-c", EMPTY]
    pairs = [(start(empty, size, FIRST)[0], start(EXPLORER, size, FIRST, NUMBERS)) for _ in range(STARTS + 1)]
    for place, words in enumerate(("first frame", "numbers")):
        for clock, which in enumerate(("", ", processor")):
            times = [(one[clock], ours[place][clock]) for one, ours in pairs[1:]]  # before that the bytecode is written
            say(f"| {size[0]} × {size[1]} | {words}{which} | {told(times)} |")


def told(times: list[tuple[float, float]]) -> str:
    empty, ours = (median(pair[k] for pair in times) * 1000 for k in (0, 1))
    return f"{empty:.1f} ms | {ours:.1f} ms | {median(other / one for one, other in times):.2f}×"


def compare(size: tuple[int, int], key: str) -> None:
    turns = [(turn([sys.executable, "-c", EMPTY], size, key), turn(EXPLORER, size, key)) for _ in range(ROUNDS)]
    for words, name in (
        (f"key {key} → all of it", "key"),
        (f"key {key}, processor", "work"),
    ):
        times = [(getattr(one, name), getattr(ours, name)) for one, ours in turns]
        say(f"| {size[0]} × {size[1]} | {words} | {told(times)} |")
    say(f"| {size[0]} × {size[1]} | key {key}, bytes | | {median(pair[1].bytes for pair in turns):.0f} | |")


def count_bytes(size: tuple[int, int]) -> None:
    """Of the first screen with its numbers, and of a second in which 15 samples are played."""
    with program(EXPLORER, size) as it:
        first = len(it.read(NUMBERS)[1])
        for key in "+++ ":
            os.write(it.master, key.encode())
            it.next(1)
        playing = len(it.next(PLAYED)) / PLAYED
        say(f"| {size[0]} × {size[1]} | first screen, bytes | | {first} | |")
        say(f"| {size[0]} × {size[1]} | 15 samples/s, bytes a second | | {playing:.0f} | |")


def pauses(size: tuple[int, int], faster: int, rate: float = SLOW, round_trip: float = 0.2) -> list[float]:
    """Seconds from space to the screen that says it stands still, behind a line of so many bytes a second."""
    out = []
    with far_terminal(EXPLORER, *size, rate=rate, delay=round_trip / 2) as at:

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
    say("The explorer on digits beside an empty Textual app, and the first frame and numbers of both: medians of")
    say(f"{ROUNDS} rounds in turn ({STARTS} of starts), and of their ratios.")
    say()
    say("| screen | what | empty app | bptui | ratio |")
    say("| --- | --- | ---: | ---: | ---: |")
    for size in SIZES:
        compare_starts(size)
        for key in ("s", "b"):
            compare(size, key)
        count_bytes(size)
    say()
    say("Pause while it plays, at the far end of a line of 128 kbit/s or without a limit:")
    say()
    say("| round trip | line | screen | playing | median | longest |")
    say("| ---: | --- | --- | --- | ---: | ---: |")
    for rate, round_trip in LINES:
        line = f"{round_trip * 1000:.0f} ms | {'128 kbit/s' if rate == SLOW else 'no limit'}"
        for size in SIZES:
            for faster, words in ((3, "15 samples/s"), (8, "full speed")):
                times = pauses(size, faster, rate, round_trip)
                told_times = f"{median(times) * 1000:.0f} ms | {max(times) * 1000:.0f} ms"
                say(f"| {line} | {size[0]} × {size[1]} | {words} | {told_times} |")


if __name__ == "__main__":
    main()
