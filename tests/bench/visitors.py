"""A class at ``bptui serve``, measured: ``python -m tests.bench.visitors [VISITORS] [STEPS]``.

A server of its own on loopback; every visitor steps, a key as soon as the one before is answered. Meanwhile one client
is killed, one reads no more, one sends garbage: the others must not notice. Prints what it measured; exit status 1
where somebody was lost.
"""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

import asyncssh

from bptui.serve.command import Opening
from bptui.serve.keys import host_key
from bptui.serve.limits import Seats
from bptui.serve.ssh import House, close_door, open_door
from bptui.serve.stay import Guests

SIZE = (80, 24)
QUIET = 0.15  # seconds without a byte after which a key is taken to be answered
PATIENCE = 60.0
PAGE = os.sysconf("SC_PAGE_SIZE")


class Visitor:
    """A client that presses a key and waits for its paint."""

    def __init__(self, process: asyncssh.SSHClientProcess[bytes]) -> None:
        self.process = process
        self.times: list[float] = []

    async def settled(self) -> float:
        """Read until nothing has come for a while; when the last byte before that came."""
        last = 0.0
        while True:
            try:
                body = await asyncio.wait_for(self.process.stdout.read(1 << 16), QUIET if last else PATIENCE)
            except TimeoutError:
                return last
            if not body:
                raise ConnectionError("the line ended")
            last = time.perf_counter()

    async def step(self, count: int) -> None:
        for _ in range(count):
            begun = time.perf_counter()
            self.process.stdin.write(b"s")
            self.times.append(await self.settled() - begun)


async def come(port: int) -> Visitor:
    connection = await asyncssh.connect("127.0.0.1", port, username="digits", known_hosts=None, client_keys=None)
    process = await connection.create_process(term_type="xterm-256color", term_size=SIZE, encoding=None)
    visitor = Visitor(process)
    await visitor.settled()
    return visitor


def used(pids: list[int]) -> tuple[float, float]:
    """Seconds of processor time of these processes, and their memory together in MB."""
    seconds = memory = 0.0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        memory += int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE / 1e6
    return seconds, memory


async def disturb(port: int) -> None:
    """One client killed, one that reads no more, one that sends garbage."""
    killed, frozen, rude = [await come(port) for _ in range(3)]
    killed.process.channel.get_connection().abort()
    frozen.process.stdout.channel.pause_reading()
    frozen.process.stdin.write(b" " + b"+" * 9)
    rude.process.stdin.write(os.urandom(1 << 20))


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")


async def measured(count: int, steps: int) -> int:
    opening = Opening(("digits",), ("digits",))
    with tempfile.TemporaryDirectory() as folder:
        house = House(Guests(opening.arguments, Seats(opening.limits)))
        acceptor = await open_door(house, "127.0.0.1", 0, host_key(Path(folder)))
        port, begun = acceptor.get_port(), time.perf_counter()
        visitors = [await come(port) for _ in range(count)]
        arrived = time.perf_counter() - begun
        pids = [visit.visitor.pid for visit in house.visits if visit.visitor.pid]
        before, memory = used(pids)
        begun = time.perf_counter()
        await asyncio.gather(*(visitor.step(steps) for visitor in visitors))
        took, alone = time.perf_counter() - begun, [t for visitor in visitors for t in visitor.times]
        seconds = used(pids)[0] - before
        for visitor in visitors:
            visitor.times.clear()
        disturbing = asyncio.create_task(disturb(port))
        outcomes = await asyncio.gather(*(visitor.step(steps) for visitor in visitors), return_exceptions=True)
        await disturbing
        lost = sum(isinstance(outcome, BaseException) for outcome in outcomes)
        disturbed = [t for visitor in visitors for t in visitor.times]
        await close_door(acceptor, house)
    say(f"{count} visitors, each with digits at 80 x 24 over loopback, {steps} steps each, {os.cpu_count()} cores")
    say(f"came in one after another: {arrived / count:.2f} s each; memory of a visitor: {memory / count:.0f} MB")
    say(f"processor while all step: {100 * seconds / took:.0f} % of one core")
    for words, times in (("key to paint", alone), ("the same beside a killed, a frozen and a rude one", disturbed)):
        say(f"{words}: median {1e3 * median(times):.0f} ms, 95 % {1e3 * quantiles(times, n=20)[-1]:.0f} ms")
    say(f"lost: {lost}")
    return 1 if lost else 0


def main() -> int:
    count, steps = (int(word) for word in (*sys.argv[1:], *("20", "20")[len(sys.argv) - 1 :]))
    return asyncio.run(measured(count, steps))


if __name__ == "__main__":
    sys.exit(main())
