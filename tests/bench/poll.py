"""A class that predicts, measured: ``python -m tests.bench.poll [FOLLOWERS] [SCENARIO]``.

`bptui present` in a terminal, and followers by ssh over loopback who type what a class does: right, the sum for the
mean, the sign, anything; the last one nothing. Prints how long it takes until all are asked, and until all see the
bars; exit status 1 where the bars do not say what was typed.
"""

import asyncio
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from statistics import median

import asyncssh
import pyte

from bptui.scenario import Scenario
from bptui.session.moment import Moment
from tests.bench.visitors import say
from tests.cli.commands import Terminal, terminal

PATIENCE = 60.0
PORT = "8991"
BARS = "What the class answered"
ASKED = "? MEAN"
OF_SUM, OF_SIGN = "that is the sum; the mean is in force", "the sign is the other way round"


class Follower(asyncssh.SSHClientSession[bytes]):
    """Their screen, and when words were first seen on it."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self.screen)
        self.seen: dict[str, float] = {}

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        self.channel = chan

    def data_received(self, data: bytes, datatype: int | None) -> None:
        self._stream.feed(data)
        text = self.text()
        for words in ("following", ASKED, BARS):
            if words in text:
                self.seen.setdefault(words, time.monotonic())

    def text(self) -> str:
        return "\n".join(self.screen.display)


async def until(lecturer: Terminal, done: Callable[[], bool], what: str) -> None:
    """Read both sides until it is so."""
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            raise TimeoutError(f"not seen: {what}\n{lecturer.text()}")
        await asyncio.get_running_loop().run_in_executor(None, lecturer.read, 0.02)


async def come() -> Follower:
    connection = await asyncssh.connect(
        "127.0.0.1", int(PORT), username="follow", known_hosts=None, client_keys=None, config=None
    )
    follower, size = Follower(), (80, 24)
    await connection.create_session(lambda: follower, term_type="xterm-256color", term_size=size, encoding=None)
    return follower


def answers(scenario: str, count: int) -> tuple[list[str], Counter[str]]:
    """What is typed, and what the bars are to say."""
    record = Scenario.built_in(scenario).begin().record(1)
    weight = Moment(layer=record.layers).weight
    mean, total = float(record.mean[weight]), float(record.summed[weight])
    kinds = {"right": f"{mean:.4e}", OF_SUM: f"{total:.4e}", OF_SIGN: f"{-mean:.4e}", "another number": "77.77"}
    given = [list(kinds)[k % len(kinds)] for k in range(count)]
    return [kinds[each] for each in given], Counter(given)


def bars(text: str) -> Counter[str]:
    """What they say."""
    return Counter({words.strip(): int(count) for count, words in re.findall(r"[●×?·] +(\d+) ([^┃\n]+)", text)})


def late(followers: list[Follower], words: str, since: float) -> str:
    waited = sorted(follower.seen[words] - since for follower in followers)
    return f"median {1e3 * median(waited):.0f} ms, the last {1e3 * waited[-1]:.0f} ms"


async def measured(lecturer: Terminal, scenario: str, count: int) -> int:
    await until(lecturer, lambda: "to follow" in lecturer.text(), "the lecturer's explorer")
    followers = [await come() for _ in range(count)]
    await until(lecturer, lambda: all("following" in each.seen for each in followers), "all follow")
    for keys in ("j", "123467", "\r"):  # the mean alone
        lecturer.type(keys)
        lecturer.settle(0.3)
    begun = time.monotonic()
    lecturer.type("b")
    await until(lecturer, lambda: all(ASKED in each.seen for each in followers), "all are asked")
    asked = late(followers, ASKED, begun)
    given, wanted = answers(scenario, count - 1)
    for follower, typed in zip(followers, given, strict=False):
        follower.channel.write(f"{typed}\r".encode())
    await until(lecturer, lambda: f"{count - 1} of {count} have" in lecturer.text(), "all have answered")
    begun = time.monotonic()
    lecturer.type("\x1b")
    await until(lecturer, lambda: all(BARS in each.seen for each in followers), "all see the bars")
    told = late(followers, BARS, begun)
    lecturer.settle(0.3)
    said = bars(lecturer.text())
    say(f"{count} followers by ssh, {scenario} at 80 x 24 over loopback")
    say(f"from b until they are asked: {asked}")
    say(f"from Esc until they see the bars: {told}")
    right = said == wanted + Counter({"no answer": 1})
    say(f"the bars say {'what was typed' if right else f'{dict(said)}, typed was {dict(wanted)}'}")
    lecturer.type("\rqq")
    return 0 if right else 1


def main() -> int:
    words = [*sys.argv[1:], *("20", "xor")[len(sys.argv) - 1 :]]
    with terminal("present", words[1], "--ssh", "--port", PORT, width=100, height=30) as lecturer:
        status = asyncio.run(measured(lecturer, words[1], int(words[0])))
        lecturer.wait()
    return status


if __name__ == "__main__":
    sys.exit(main())
