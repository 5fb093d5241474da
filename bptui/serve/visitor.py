"""A visitor's bptui on a pty: bytes in, bytes out, a size, and an end."""

import asyncio
import fcntl
import os
import pty
import re
import signal
import struct
import sys
import termios
from collections.abc import Callable, Mapping
from contextlib import suppress

from bptui.serve.hub import Seat
from bptui.serve.limits import Limits, clamped
from bptui.session.beginning import FOLLOWS, MOST_UPDATES

CHUNK = 1 << 16
MOST_WAITING = 1 << 20  # bytes typed that bptui has not read: nobody types so much
PATIENCE = 3.0  # seconds in which a process ends by itself once its line is gone
PASSED_ON = ("LANG", "LC_ALL", "LC_CTYPE", "COLORTERM")
PLAIN = re.compile(r"[A-Za-z0-9_.@+-]{1,40}")


def environment_of(term: str, said: Mapping[str, str]) -> dict[str, str]:
    """A visitor's environment: what bptui needs, and of what the visitor's terminal says what is harmless."""
    own = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "SYSTEMROOT", "TZ") if name in os.environ}
    theirs = {name: said[name] for name in PASSED_ON if PLAIN.fullmatch(said.get(name, ""))}
    return {
        "LANG": "C.UTF-8",
        **own,
        **theirs,
        "TERM": term if PLAIN.fullmatch(term) else "xterm-256color",
        "XDG_CONFIG_HOME": "/nonexistent",  # nobody's own settings, and nowhere to keep any
        "XDG_STATE_HOME": "/nonexistent",
        "HOME": "/nonexistent",
    }


async def process_on(
    slave: int, words: list[str], environment: Mapping[str, str], limits: Limits, seat: Seat | None
) -> asyncio.subprocess.Process:
    """``bptui WORDS`` on this end of a pty, within the limits, with the line of a ``seat``. Raises OSError."""
    theirs = {} if seat is None else {FOLLOWS: str(seat.theirs.fileno())}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bptui.serve.seat", str(limits.memory), str(limits.processor), *words),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**environment, MOST_UPDATES: str(limits.updates), **theirs},
        cwd="/",
        start_new_session=True,
        pass_fds=[int(number) for number in theirs.values()],
    )


class Visitor:
    """``output`` gets what bptui writes, ``ended`` its exit status (minus the signal that ended it)."""

    def __init__(self, output: Callable[[bytes], None], ended: Callable[[int], None]) -> None:
        self._output = output
        self._ended = ended
        self._master = -1
        self._waiting = bytearray()
        self._process: asyncio.subprocess.Process | None = None
        self._watching: asyncio.Task[None] | None = None
        self._reading = False
        self._starting = False

    @property
    def pid(self) -> int | None:
        """Of its process, once it is started."""
        return self._process.pid if self._process else None

    @property
    def size(self) -> tuple[int, int]:
        """Of its terminal, as its process is told."""
        height, width = termios.tcgetwinsize(self._master)
        return width, height

    async def start(
        self,
        words: list[str],
        size: tuple[int, int],
        environment: Mapping[str, str],
        limits: Limits,
        seat: Seat | None = None,
    ) -> None:
        """Begin ``bptui WORDS``, which follows from a ``seat`` where there is one; it is left when the process has
        ended. Raises OSError where no process or pty can be had."""
        try:
            await self._start(words, size, environment, limits, seat)
        except BaseException:
            if seat is not None:
                seat.leave()
            raise

    async def _start(
        self,
        words: list[str],
        size: tuple[int, int],
        environment: Mapping[str, str],
        limits: Limits,
        seat: Seat | None,
    ) -> None:
        self._master, slave = pty.openpty()
        self._starting = True
        try:
            os.set_blocking(self._master, False)
            self.resize(*size)
            self._process = await process_on(slave, words, environment, limits, seat)
        except BaseException:
            self._close()
            raise
        finally:
            os.close(slave)
            self._starting = self._process is not None
        if seat is not None:
            seat.started()
        self.resume()
        self._watching = asyncio.create_task(self._watch(self._process, seat))

    def resize(self, width: int, height: int) -> None:
        """The terminal has another size."""
        width, height = clamped(width, height)
        if self._master >= 0:
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def feed(self, keys: bytes) -> bool:
        """What was typed; False where more waits than anybody types."""
        if self._master < 0:
            return True
        self._waiting += keys
        if len(self._waiting) > MOST_WAITING:
            return False
        self._pour()
        return True

    def _pour(self) -> None:
        loop = asyncio.get_running_loop()
        with suppress(BlockingIOError, InterruptedError):
            try:
                while self._waiting:
                    del self._waiting[: os.write(self._master, self._waiting)]
            except OSError as problem:
                if isinstance(problem, BlockingIOError | InterruptedError):
                    raise
                self._waiting.clear()  # nobody reads it any more
        if self._waiting:
            loop.add_writer(self._master, self._pour)
        else:
            loop.remove_writer(self._master)

    def pause(self) -> None:
        """The visitor's line takes no more for now."""
        if self._reading:
            asyncio.get_running_loop().remove_reader(self._master)
            self._reading = False

    def resume(self) -> None:
        """It takes more."""
        if not self._reading and self._master >= 0:
            asyncio.get_running_loop().add_reader(self._master, self._read)
            self._reading = True

    def _read(self) -> None:
        try:
            body = os.read(self._master, CHUNK)
        except BlockingIOError:
            return
        except OSError:  # the process has closed its side
            body = b""
        if body:
            self._output(body)
        else:
            self.pause()

    async def _watch(self, process: asyncio.subprocess.Process, seat: Seat | None) -> None:
        status = await process.wait()
        if seat is not None:
            seat.leave()
        if self._reading:  # its last words
            self._read()
        self._close()
        self._ended(status)

    def _close(self) -> None:
        if self._master >= 0:
            self.pause()
            asyncio.get_running_loop().remove_writer(self._master)
            os.close(self._master)
            self._master = -1

    def hang_up(self) -> None:
        """The visitor is gone: its process is told so at once, and ended where it does not end by itself."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        self._signal(signal.SIGHUP)
        self._close()
        asyncio.get_running_loop().call_later(PATIENCE, self._signal, signal.SIGKILL)

    def _signal(self, number: int) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    async def gone(self) -> None:
        """Wait until its process has ended, and is started first where that is under way."""
        while self._watching is None and self._starting:
            await asyncio.sleep(0.01)
        if self._watching is not None:
            await self._watching
