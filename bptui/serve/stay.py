"""A visitor's stay, by whatever door they came: a seat, a bptui of their own, and why it ends."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bptui.serve.hub import Hub
from bptui.serve.limits import Limits, Seats
from bptui.serve.visitor import Visitor

RESTORED = b"\x1b[?1049l\x1b[?1000l\x1b[?1006l\x1b[?2004l\x1b[?25h\x1b[m\r\n"
FOLLOW = "follow"
"""Who comes under this name follows what is presented."""
Words = Callable[[str], list[str]]
"""A visitor's user name → the arguments of their bptui."""


@dataclass(frozen=True, slots=True)
class Guests:
    """What all stays share: ``here`` are those with a seat, ``running`` those whose process has not ended yet; where
    there is a ``hub`` one can follow."""

    words: Words
    seats: Seats
    hub: Hub | None = None
    here: "set[Stay]" = field(init=False, default_factory=set)
    running: set[Visitor] = field(init=False, default_factory=set)

    @property
    def limits(self) -> Limits:
        """The same for everybody."""
        return self.seats.limits

    async def send_home(self, why: str) -> None:
        """Everybody, until the last process has ended."""
        for stay in list(self.here):
            stay.send_home(why)
        for visitor in list(self.running):
            await visitor.gone()


class Stay:
    """``write`` takes what the visitor's terminal is to show, ``over`` is called once when nothing comes any more."""

    def __init__(self, guests: Guests, user: str, write: Callable[[bytes], None], over: Callable[[], None]) -> None:
        self._guests = guests
        self._user = user
        self._write = write
        self._over = over
        self._reason = ""
        self._idle: asyncio.TimerHandle | None = None
        self._follows = user == FOLLOW and guests.hub is not None
        self.status = 0  # of the process, once it has ended; 1 where a last line was said
        self.visitor = Visitor(write, self._ended)

    async def begin(self, size: tuple[int, int], environment: Mapping[str, str]) -> str:
        """Take a seat and start bptui; why that cannot be, else ""."""
        if why := self._guests.seats.take():
            return why
        self._guests.here.add(self)
        self._guests.running.add(self.visitor)
        self._touch()
        guests = self._guests
        try:
            place = guests.hub.take() if guests.hub and self._follows else None
            await self.visitor.start(guests.words(self._user), size, environment, guests.limits, place)
        except OSError as problem:
            self._guests.running.discard(self.visitor)
            return f"bptui could not be started: {problem.strerror}"
        if self._reason:  # they have gone meanwhile
            self.visitor.hang_up()
        return ""

    def typed(self, keys: bytes) -> None:
        """What the visitor typed."""
        self._touch()
        if not self.visitor.feed(keys):
            self.send_home("more was sent than anybody types")

    def send_home(self, why: str) -> None:
        """End it, with this as the last line."""
        self._reason = self._reason or why
        self.visitor.hang_up()

    def gone(self) -> None:
        """Nobody is there any more: the process is told so at once."""
        if self._idle is not None:
            self._idle.cancel()
        if self in self._guests.here:
            self._guests.here.discard(self)
            self._guests.seats.leave()
        self.send_home("gone")

    def _touch(self) -> None:
        """A key was pressed: the time until they are sent home begins anew."""
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(self._guests.limits.idle, self._rested)

    def _rested(self) -> None:
        """No key for long: who listens to a lecture needs none."""
        if self._follows and self._guests.hub and self._guests.hub.presented:
            self._touch()
        else:
            self.send_home(f"no key for {self._guests.limits.idle / 60:g} minutes")

    def _ended(self, status: int) -> None:
        self._guests.running.discard(self.visitor)
        if status < 0 and not self._reason:
            self._reason = "bptui was ended: it had used up what a visitor may use"
        self.status = 1 if self._reason else max(status, 0)
        if self._reason:
            self._write(RESTORED + f"bptui: {self._reason}\r\n".encode())
        self._over()
