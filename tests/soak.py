"""``make soak``: the explorer used hard for half an hour, which must leave its memory flat and its terminal as it was.

    python -m tests.soak [--minutes 30] [--scenario digits] [--seed 1]

It plays at full speed, between random keys of every screen and random sizes of the terminal, which answers what it is
asked. The status is 1 where memory has grown, where bptui has ended before, or has not ended cleanly.
"""

import argparse
import os
import random
import select
import sys
import time
from collections import Counter, deque
from contextlib import chdir
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from statistics import linear_regression, median
from subprocess import TimeoutExpired
from tempfile import TemporaryDirectory

from bptui.tui.keys import Key
from bptui.tui.screens import tables
from tests.cli.commands import BPTUI, Terminal
from tests.cli.test_terminal import assert_restored

ASKED, ANSWER = b"\x1b[6n", b"\x1b[1;1R"
KEPT = 1 << 20  # bytes of what it wrote last
EVERY = 5.0  # seconds between two looks at its memory
ALLOWED = (
    0.03  # that the last quarter may need more than the one before: what is kept to be shown again fills up slowly
)
NEVER = {"quit", "suspend", "palette"}  # these end it, stop it, or type into a list of which quit is a line
ESCAPE = "\x1b"
NAMED = {
    "space": " ", "enter": "\r", "tab": "\t", "escape": ESCAPE, "backspace": "\x7f", "shift+tab": "\x1b[Z",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "delete": "\x1b[3~", "f1": "\x1bOP",
}  # fmt: skip


class Lasting(Terminal):
    """A terminal that answers at once, shows nothing and remembers little."""

    received = 0

    def read(self, seconds: float) -> None:
        """Take in what the program writes in so much time."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if select.select([self.master], [], [], left)[0]:
                data = os.read(self.master, 65536)
                self.received += len(data)
                os.write(self.master, ANSWER * (self.sent[-len(ASKED) + 1 :] + data).count(ASKED))
                self.sent = (self.sent + data)[-KEPT:]

    def memory(self) -> float:
        """Megabytes in memory."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def work(self) -> float:
        """Seconds of the processor so far."""
        numbers = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")


def typed(name: str, shown: str) -> str:
    """What a terminal sends for a key that Textual names so; "" where that is not known."""
    if name.startswith("ctrl+"):
        return chr(ord(name[-1]) & 31)
    return NAMED.get(name) or next((word for word in (name, *shown.split()) if len(word) == 1), "")


def keys_of(table: tuple[Key[object], ...]) -> list[str]:
    """What the keys of a screen send."""
    sent = chain.from_iterable((typed(name, key.shown) for name in key.keys) for key in table if key.id not in NEVER)
    return [keys for keys in sent if keys and keys != "q"]


@dataclass
class Soak:
    """One use of bptui, and what was seen of it."""

    at: Lasting
    rng: random.Random
    began: float = field(default_factory=time.monotonic)
    seen: list[tuple[float, float]] = field(default_factory=list)
    """Seconds, and megabytes then."""
    did: Counter[str] = field(default_factory=Counter)
    pressed: deque[str] = field(default_factory=lambda: deque(maxlen=60))

    def wait(self, seconds: float) -> None:
        self.at.read(seconds)
        now = time.monotonic() - self.began
        if self.at.process.poll() is None and (not self.seen or now - self.seen[-1][0] >= EVERY):
            self.seen.append((now, self.at.memory()))

    def press(self, keys: str, seconds: float = 0.08) -> None:
        self.did["keys"] += 1
        self.pressed.append(keys)
        self.at.type(keys)
        self.wait(seconds)

    def resize(self) -> None:
        self.did["sizes"] += 1
        if self.at.process.poll() is None:
            self.at.resize(self.rng.randint(20, 200), self.rng.randint(6, 60))
        self.wait(0.15)

    def play(self) -> None:
        """At full speed, from the explorer, whatever lay over it; if need be no longer waiting for predictions."""
        for _ in range(4):
            self.press(ESCAPE, 0.15)
        self.press("r")  # it may have had to stop
        for key in ("", "j"):
            self.press(f"{key}++++++++++", 0.1)
            begin = self.at.received
            self.press(" ", 1.0)
            if "▶".encode() in self.at.sent[begin - self.at.received :]:
                self.did["plays"] += 1
                return

    def rest_of_round(self) -> None:
        """While it plays: other sizes, another rate, somewhere else; then keys of any screen on any screen."""
        for _ in range(self.rng.randint(2, 6)):
            self.wait(self.rng.uniform(0.2, 1.5))
            self.resize()
        explorer, *others = (keys_of(table) for table in tables().values())
        for _ in range(self.rng.randint(10, 40)):
            self.press(self.rng.choice(explorer))
        for _ in range(self.rng.randint(0, 30)):
            self.press(self.rng.choice(self.rng.choice([explorer, *others])))
            if self.rng.random() < 0.1:
                self.resize()
        self.press("\x10", 0.3)  # the palette, and some letters into it
        self.press("res", 0.2)

    def shows(self, words: str) -> bool:
        """Does the screen, closed down to the explorer and painted anew, say these?"""
        if self.at.process.poll() is not None:
            return False
        for _ in range(4):
            self.press(ESCAPE, 0.3)
        self.at.resize(120, 40)
        self.wait(1.0)
        begin = self.at.received
        self.press("\x0c", 2.0)
        self.at.stream.feed(self.at.sent[begin - self.at.received :])
        return words in self.at.text()

    def last(self) -> int:
        """Leave it; its exit status."""
        for _ in range(8):  # a long run is asked for once more
            if self.at.process.poll() is None:
                self.press("q", 0.5)
        try:
            return self.at.wait()
        except TimeoutExpired:
            return -1


def flat(seen: list[tuple[float, float]]) -> tuple[str, bool]:
    """What memory did, and whether it was flat: the last quarter of the time beside the one before."""
    end = seen[-1][0]
    quarters = [[size for at, size in seen if k * end / 4 <= at < (k + 1) * end / 4] for k in range(4)]
    second_half = [(at / 60, size) for at, size in seen if at >= end / 2]
    slope = linear_regression(*zip(*second_half, strict=True)).slope
    medians = [median(quarter) for quarter in quarters]
    said = (
        f"memory: {seen[0][1]:.0f} MB at first, medians of the quarters "
        f"{', '.join(f'{size:.1f}' for size in medians)} MB, at most {max(size for _, size in seen):.1f} MB; "
        f"{slope:+.2f} MB a minute in the second half"
    )
    return said, medians[3] <= medians[2] * (1 + ALLOWED)


def problems(it: Soak, status: int, folder: Path) -> list[str]:
    """What was no clean end."""
    out = [] if status == 0 else [f"exit status {status}: {it.at.sent[-300:]!r} after {list(it.pressed)}"]
    try:
        assert_restored(it.at)
    except AssertionError:
        out.append("the terminal is not as it was")
    out += [f"left behind: {path.name}" for path in folder.rglob("recovery-*")]
    return out + [path.read_text(encoding="utf-8") for path in folder.rglob("bptui-*.log")]


def soak(scenario: str, seed: int, minutes: float) -> bool:
    """Use it, say what was seen, and whether all was well."""
    with TemporaryDirectory(prefix="bptui-soak-") as name, chdir(name):
        at = Lasting([BPTUI, scenario], 120, 40, {"XDG_STATE_HOME": name, "TMPDIR": name, "COLORTERM": "truecolor"})
        it = Soak(at, random.Random(seed))
        it.wait(3.0)
        while at.process.poll() is None and time.monotonic() - it.began < 60 * minutes:
            it.play()
            it.rest_of_round()
        work = at.work() if at.process.poll() is None else 0.0
        shows = it.shows("epoch")
        wrong = problems(it, it.last(), Path(name))
    took = time.monotonic() - it.began
    said, is_flat = flat(it.seen)
    did = ", ".join(f"{count} {what}" for what, count in sorted(it.did.items()))
    written = f"{at.received / 1e6:.0f} MB written, {100 * work / took:.0f} % of a processor"
    say(f"{scenario}, seed {seed}, {took / 60:.1f} minutes: {did}, {written}")
    say(said)
    wrong += ([] if is_flat else ["memory has grown"]) + ([] if shows else ["the screen is not the explorer's"])
    say("\n".join(wrong) or "flat, and a clean end")
    return not wrong


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--scenario", default="digits")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    return 0 if soak(given.scenario, given.seed, given.minutes) else 1


if __name__ == "__main__":
    sys.exit(main())
