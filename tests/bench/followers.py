"""A class that follows ``bptui present``, measured: ``python -m tests.bench.followers [FOLLOWERS] [STEPS]``.

A server on loopback, the lecturer's own process on a pty. Each key of the lecturer's is timed until every follower's
terminal has all that it changed, alone and beside a follower that reads no more. Then the lecturer goes to update 1000
of digits, and another one comes. Prints what it measured; exit status 1 where somebody was lost.
"""

import asyncio
import os
import pty
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path
from statistics import median, quantiles

import asyncssh
import pyte

from bptui.serve.command import Opening
from bptui.serve.hub import Hub
from bptui.serve.keys import host_key
from bptui.serve.limits import Seats
from bptui.serve.ssh import House, close_door, open_door
from bptui.serve.stay import FOLLOW, Guests
from tests.bench.visitors import PATIENCE, SIZE, ByShell, Visitor, say, used

LATE = 1000  # updates that a late comer has to make up for
BETWEEN = 0.5  # seconds from one key to the next: a lecturer says something about each


class Lecturer:
    """``bptui present`` on a pty."""

    def __init__(self, port: int, state: Path) -> None:
        self.screen = pyte.Screen(*SIZE)
        self._stream = pyte.ByteStream(self.screen)
        self._master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (SIZE[1], SIZE[0]))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bptui", "present", "digits", f"--port={port}"],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", "XDG_STATE_HOME": str(state)},
            start_new_session=True,
        )
        os.close(slave)
        os.set_blocking(self._master, False)
        asyncio.get_running_loop().add_reader(self._master, self._read)

    def _read(self) -> None:
        self._stream.feed(os.read(self._master, 1 << 16))

    async def until(self, words: str) -> None:
        await shown(self.screen, words)

    def type(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._master)
        self.process.terminate()
        self.process.wait()
        os.close(self._master)


async def come(port: int, user: str = FOLLOW) -> ByShell:
    connection = await asyncssh.connect("127.0.0.1", port, username=user, known_hosts=None, client_keys=None)
    return ByShell(await connection.create_process(term_type="xterm-256color", term_size=SIZE, encoding=None))


async def seated(port: int) -> Visitor:
    visitor = Visitor(await come(port))
    await visitor.settled()
    return visitor


async def shown(screen: pyte.Screen, words: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while not any(words in line for line in screen.display):
            await asyncio.sleep(0.005)


async def steps(lecturer: Lecturer, followers: list[Visitor], count: int) -> tuple[list[float], int]:
    """Seconds from each key to the last byte that a follower got for it, and how many were lost."""
    times: list[float] = []
    for _ in range(count):
        begun = time.perf_counter()
        lecturer.type(b"s")
        outcomes = await asyncio.gather(*(each.settled() for each in followers), return_exceptions=True)
        times += [at - begun for at in outcomes if isinstance(at, float)]
        if lost := [each for each in outcomes if isinstance(each, BaseException)]:
            return times, len(lost)
        await asyncio.sleep(BETWEEN)
    return times, 0


async def late(port: int, words: str, user: str = FOLLOW) -> float:
    """Seconds from the connection to a terminal that says so."""
    begun = time.perf_counter()
    screen = pyte.Screen(*SIZE)
    stream = pyte.ByteStream(screen)
    line = await come(port, user)
    async with asyncio.timeout(PATIENCE):
        while not any(words in row for row in screen.display):
            stream.feed(await line.read())
    took = time.perf_counter() - begun
    line.kill()
    return took


def sizes(hub: Hub) -> list[int]:
    """Bytes of each line from now on, as it comes from the lecturer."""
    out: list[int] = []
    put = hub.down.put

    def noting(key: str, body: bytes) -> None:
        out.append(len(key) + len(body) + 2)
        put(key, body)

    hub.down.put = noting  # type: ignore[method-assign]
    return out


async def measured(count: int, steps_each: int) -> int:
    opening = Opening(("digits",), ("digits",))
    with tempfile.TemporaryDirectory() as name:
        folder, hub = Path(name) / "bptui" / "serve", Hub()
        house = House(Guests(opening.arguments, Seats(opening.limits), hub))
        acceptor = await open_door(house, "127.0.0.1", 0, host_key(folder))
        port = acceptor.get_port()
        hub.open(folder / f"present-{port}")
        lecturer = Lecturer(port, Path(name))
        try:
            await lecturer.until("1 Network")
            return await lecture(lecturer, hub, house, port, (count, steps_each))
        finally:
            lecturer.end()
            hub.close()
            await close_door(acceptor, house)


async def lecture(lecturer: Lecturer, hub: Hub, house: House, port: int, size: tuple[int, int]) -> int:
    count, steps_each = size
    followers = [await seated(port) for _ in range(count)]
    lines = sizes(hub)
    alone, lost = await steps(lecturer, followers, steps_each)
    pids = [stay.visitor.pid for stay in house.guests.here if stay.visitor.pid]
    (await seated(port)).line.freeze()
    beside, more = await steps(lecturer, followers, steps_each)
    lost += more
    _, memory = used(pids)
    lecturer.type(b"g%d\r" % LATE)
    await lecturer.until(f"updates {LATE}")
    await asyncio.sleep(3)
    pairs = [(await late(port, "updates 0", "digits"), await late(port, f"updates {LATE}")) for _ in range(5)]
    usual, coming = (median(times) for times in zip(*pairs, strict=True))
    say(f"{count} followers of digits at 80 x 24 over loopback, {steps_each} keys, {os.cpu_count()} cores")
    say(f"a place of the lecturer: {median(lines):.0f} bytes in the middle, {max(lines)} at most")
    for words, times in (("the lecturer's key to a follower's paint", alone), ("the same beside a frozen one", beside)):
        say(f"{words}: median {1e3 * median(times):.0f} ms, 95 % {1e3 * quantiles(times, n=20)[-1]:.0f} ms")
    say(f"memory of a follower: {memory / len(pids):.0f} MB")
    say(f"from the connection to the numbers of update {LATE}: {coming:.2f} s")
    say(f"and to the first frame of a usual visitor: {usual:.2f} s")
    say(f"lost: {lost}")
    return 1 if lost else 0


def main() -> int:
    count, each = map(int, [*sys.argv[1:3], "20", "20"][:2])
    return asyncio.run(measured(count, each))


if __name__ == "__main__":
    sys.exit(main())
