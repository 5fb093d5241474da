"""A class at ``bptui serve``, measured: ``python -m tests.bench.visitors [VISITORS] [STEPS] [ssh | web]``.

A server of its own on loopback; every visitor steps, a key as soon as the one before is answered. Meanwhile one client
is killed, one reads no more, one sends garbage: the others must not notice. Prints what it measured; exit status 1
where somebody was lost.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Protocol

import aiohttp
import asyncssh

from bptui.serve.command import Opening
from bptui.serve.keys import host_key
from bptui.serve.limits import Seats
from bptui.serve.ssh import House, close_door, open_door
from bptui.serve.stay import Guests
from bptui.serve.web import Door, Lobby

SIZE = (80, 24)
QUIET = 0.15  # seconds without a byte after which a key is taken to be answered
PATIENCE = 60.0
PAGE = os.sysconf("SC_PAGE_SIZE")


class Line(Protocol):
    """A client's side of a visit."""

    async def read(self) -> bytes:
        """What has come, nothing at the end."""

    async def write(self, keys: bytes) -> None:
        """Type these."""

    def kill(self) -> None:
        """Be gone without a word."""

    def freeze(self) -> None:
        """Read no more."""

    async def rave(self) -> None:
        """Send garbage."""


class ByShell:
    def __init__(self, process: asyncssh.SSHClientProcess[bytes]) -> None:
        self._process = process

    async def read(self) -> bytes:
        return await self._process.stdout.read(1 << 16)

    async def write(self, keys: bytes) -> None:
        self._process.stdin.write(keys)

    def kill(self) -> None:
        self._process.channel.get_connection().abort()

    def freeze(self) -> None:
        self._process.stdout.channel.pause_reading()

    async def rave(self) -> None:
        self._process.stdin.write(os.urandom(1 << 20))


class ByWeb:
    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        assert socket._response.connection is not None
        assert isinstance(socket._response.connection.transport, asyncio.Transport)
        self._transport = socket._response.connection.transport

    async def read(self) -> bytes:
        message = await self._socket.receive()
        return message.data if message.type is aiohttp.WSMsgType.BINARY else b""

    async def write(self, keys: bytes) -> None:
        await self._socket.send_json(["stdin", keys.decode()])

    def kill(self) -> None:
        self._transport.abort()

    def freeze(self) -> None:
        self._transport.pause_reading()

    async def rave(self) -> None:
        await self._socket.send_bytes(os.urandom(60_000))


class Visitor:
    """A client that presses a key and waits for its paint."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.times: list[float] = []

    async def settled(self) -> float:
        """Read until nothing has come for a while; when the last byte before that came."""
        last = 0.0
        while True:
            try:
                body = await asyncio.wait_for(self.line.read(), QUIET if last else PATIENCE)
            except TimeoutError:
                return last
            if not body:
                raise ConnectionError("the line ended")
            last = time.perf_counter()

    async def step(self, count: int) -> None:
        for _ in range(count):
            begun = time.perf_counter()
            await self.line.write(b"s")
            self.times.append(await self.settled() - begun)


Come = Callable[[], Awaitable[Line]]


@asynccontextmanager
async def ssh(guests: Guests) -> AsyncIterator[Come]:
    with tempfile.TemporaryDirectory() as folder:
        house = House(guests)
        acceptor = await open_door(house, "127.0.0.1", 0, host_key(Path(folder)))
        port = acceptor.get_port()

        async def come() -> Line:
            connection = await asyncssh.connect(
                "127.0.0.1", port, username="digits", known_hosts=None, client_keys=None
            )
            return ByShell(await connection.create_process(term_type="xterm-256color", term_size=SIZE, encoding=None))

        yield come
        await close_door(acceptor, house)


@asynccontextmanager
async def web(guests: Guests) -> AsyncIterator[Come]:
    door = Door(Lobby(guests, "token"))
    port = await door.open("127.0.0.1", 0)
    width, height = SIZE
    async with aiohttp.ClientSession() as session:

        async def come() -> Line:
            address = f"http://127.0.0.1:{port}/token/ws/digits?width={width}&height={height}"
            return ByWeb(await session.ws_connect(address, origin=f"http://127.0.0.1:{port}", max_msg_size=0))

        yield come
        await door.close()


DOORS = {"ssh": ssh, "web": web}


async def seated(come: Come) -> Visitor:
    visitor = Visitor(await come())
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


async def disturb(come: Come) -> None:
    """One client killed, one that reads no more, one that sends garbage."""
    killed, frozen, rude = [(await seated(come)).line for _ in range(3)]
    killed.kill()
    frozen.freeze()
    await frozen.write(b" " + b"+" * 9)
    await rude.rave()


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")


async def measured(count: int, steps: int, way: str) -> int:
    opening = Opening(("digits",), ("digits",))
    guests = Guests(opening.arguments, Seats(opening.limits))
    async with DOORS[way](guests) as come:
        begun = time.perf_counter()
        visitors = [await seated(come) for _ in range(count)]
        arrived = time.perf_counter() - begun
        pids = [stay.visitor.pid for stay in guests.here if stay.visitor.pid]
        before, memory = used(pids)
        begun = time.perf_counter()
        await asyncio.gather(*(visitor.step(steps) for visitor in visitors))
        took, alone = time.perf_counter() - begun, [t for visitor in visitors for t in visitor.times]
        seconds = used(pids)[0] - before
        for visitor in visitors:
            visitor.times.clear()
        disturbing = asyncio.create_task(disturb(come))
        outcomes = await asyncio.gather(*(visitor.step(steps) for visitor in visitors), return_exceptions=True)
        await disturbing
        lost = sum(isinstance(outcome, BaseException) for outcome in outcomes)
        disturbed = [t for visitor in visitors for t in visitor.times]
    say(f"{count} visitors by {way}, digits at 80 x 24 over loopback, {steps} steps each, {os.cpu_count()} cores")
    say(f"came in one after another: {arrived / count:.2f} s each; memory of a visitor: {memory / count:.0f} MB")
    say(f"processor while all step: {100 * seconds / took:.0f} % of one core")
    for words, times in (("key to paint", alone), ("the same beside a killed, a frozen and a rude one", disturbed)):
        say(f"{words}: median {1e3 * median(times):.0f} ms, 95 % {1e3 * quantiles(times, n=20)[-1]:.0f} ms")
    say(f"lost: {lost}")
    return 1 if lost else 0


def main() -> int:
    words = [*sys.argv[1:], *("20", "20", "ssh")[len(sys.argv) - 1 :]]
    return asyncio.run(measured(int(words[0]), int(words[1]), words[2]))


if __name__ == "__main__":
    sys.exit(main())
