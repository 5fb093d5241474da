"""Lines between two processes of bptui: a socket over which the newest of each kind wins, and nobody waits for anybody.

A line is a key of one character or a number, a blank, and JSON. What a reader has not taken yet is replaced by what is
newer: who reads slowly, or no more, gets fewer lines, and whoever writes never waits.
"""

import asyncio
import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

CHUNK = 1 << 16
LEVELS = "0123456789"
OWN = "!"
"""The key of what who hands lines on says itself."""
LARGEST = 32 << 20  # bytes of a line of who presents: data in numbers take most
BURST = 20  # lines that may come at once, whatever the rate


class Board:
    """The newest line of each key, in the order of the keys; a new line of a level (a key of one digit) puts away the
    lines of higher levels: they were about what it replaces."""

    def __init__(self) -> None:
        self._lines: dict[str, tuple[int, bytes]] = {}
        self._count = 0

    def put(self, key: str, body: bytes) -> None:
        """A line's JSON, without its end."""
        if key in LEVELS:
            for higher in [other for other in self._lines if other in LEVELS and other > key]:
                del self._lines[higher]
        self._count += 1
        self._lines.pop(key, None)
        self._lines[key] = self._count, b"%s %s\n" % (key.encode(), body)

    def say(self, key: str, value: Any) -> None:
        """A value as JSON."""
        self.put(key, written(value))

    def drop(self, key: str) -> None:
        self._lines.pop(key, None)

    def __contains__(self, key: str) -> bool:
        return key in self._lines

    def after(self, stamps: dict[str, int]) -> Iterator[tuple[str, int, bytes]]:
        """What somebody has not got yet, who has these stamps: the lower levels first."""
        for key, (stamp, line) in sorted(self._lines.items()):
            if stamps.get(key) != stamp:
                yield key, stamp, line


def written(value: Any) -> bytes:
    """One line of JSON, as short as it can be."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode()


def read_line(line: bytes) -> tuple[str, Any]:
    """Its key and what it says. Raises ValueError."""
    key, _, body = line.partition(b" ")
    try:
        return key.decode("ascii"), json.loads(body, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _no_number(word: str) -> float:
    raise ValueError(word)


class Wire:
    """One end of a socket, in the running loop. It sends what its reader has not got of ``board``; ``heard`` gets each
    line that comes, beginning with what ``came`` before it was one; ``lost`` is called once where the other end is
    gone, or has sent a line longer than ``longest``. More than ``rate`` lines a second wait in the socket, and in the
    end at whoever writes them."""

    def __init__(
        self,
        sock: socket.socket,
        board: Board,
        heard: Callable[[bytes], object],
        lost: Callable[[], object],
        longest: int,
        rate: float = float("inf"),
        came: bytes = b"",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        sock.setblocking(False)
        self._sock, self.board = sock, board
        self._heard, self._lost = heard, lost
        self._longest, self._rate, self._clock = longest, rate, clock
        self._tokens, self._since = float(BURST), clock()
        self._stamps: dict[str, int] = {}
        self._rest = memoryview(b"")
        self._came = bytearray(came)
        self._looked = 0  # bytes of it that have no end of a line
        self._resting: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._open = True
        self._loop.add_reader(sock, self._read)
        if came:
            self._loop.call_soon(self._take)
        self.send()

    # --- out ---

    def send(self) -> None:
        """The board has something new."""
        if not self._open:
            return
        try:
            while self._next():
                sent = self._sock.send(self._rest)
                self._rest = self._rest[sent:]
        except (BlockingIOError, InterruptedError):
            self._loop.add_writer(self._sock, self.send)
        except OSError:
            self._end()
        else:
            self._loop.remove_writer(self._sock)

    def _next(self) -> bool:
        """Is there a part of a line to be sent?"""
        if not self._rest:
            for key, stamp, line in self.board.after(self._stamps):
                self._stamps[key], self._rest = stamp, memoryview(line)
                break
        return bool(self._rest)

    @property
    def waits(self) -> bool:
        """Is something on its way that the reader has not taken?"""
        return bool(self._rest)

    # --- in ---

    def _read(self) -> None:
        try:
            body = self._sock.recv(CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            body = b""
        if not body:
            self._end()
            return
        self._came += body
        self._take()

    def _take(self) -> None:
        """The whole lines that came, as fast as they may."""
        rested, self._resting = self._resting is not None, None
        while self._open and (end := self._came.find(b"\n", self._looked)) >= 0:
            if end > self._longest:
                self._end()
                return
            if not self._may():
                self._rest_for(1 / self._rate)
                return
            line = bytes(self._came[:end])
            del self._came[: end + 1]
            self._looked = 0
            self._heard(line)
        self._looked = len(self._came)
        if len(self._came) > self._longest:
            self._end()
        elif self._open and rested:
            self._loop.add_reader(self._sock, self._read)

    def _may(self) -> bool:
        now = self._clock()
        self._tokens = min(self._tokens + (now - self._since) * self._rate, BURST) if self._rate != float("inf") else 1
        self._since = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def _rest_for(self, seconds: float) -> None:
        self._loop.remove_reader(self._sock)
        self._resting = self._loop.call_later(seconds, self._take)

    # --- the end ---

    def _end(self) -> None:
        if self._open:
            self.close()
            self._lost()

    def close(self) -> None:
        """Without a word to ``lost``."""
        if self._open:
            self._open = False
            if self._resting is not None:
                self._resting.cancel()
            self._loop.remove_reader(self._sock)
            self._loop.remove_writer(self._sock)
            self._sock.close()
