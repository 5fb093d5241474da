"""The hub: one presents, many follow. It hands lines on and knows nothing of what they say.

The presenter comes by a socket in the state folder, whose rights say who may present; a follower's process has one end
of a pair of sockets from its beginning. The hub's own words have the key ``!``.
"""

import asyncio
import socket
from contextlib import suppress
from itertools import count
from pathlib import Path

from bptui.data.wire import LARGEST, OWN, Board, Wire, written

LONGEST = 200  # bytes of a line of a follower's
RATE = 5.0  # lines a second of a follower
ON_WAY = 1 << 14  # bytes on their way to a follower inside the system: what waits there cannot be replaced any more
REFUSED = "somebody presents here already: end that first, or give another --port"


class Seat:
    """A follower's place: ``theirs`` is for their process to inherit."""

    def __init__(self, hub: "Hub", number: int) -> None:
        self._hub, self.number = hub, number
        ours, self.theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ON_WAY)
        self.wire = Wire(ours, hub.down, self._heard, self.leave, LONGEST, RATE)

    def _heard(self, line: bytes) -> None:
        self._hub.heard(self, line)

    def started(self) -> None:
        """The process has its end: this one has none any more."""
        self.theirs.close()

    def leave(self) -> None:
        """They are gone."""
        self.theirs.close()
        self.wire.close()
        self._hub.left(self)


class Hub:
    """Everything happens in one thread, in the running loop. ``about`` says how followers come in."""

    def __init__(self) -> None:
        self.down, self.up = Board(), Board()
        self.seats: set[Seat] = set()
        self.presenter: Wire | None = None
        self.about: list[str] = []
        self._numbers = count(1)
        self._door: socket.socket | None = None
        self._path: Path | None = None
        self._tell()

    # --- the presenter ---

    def open(self, path: Path) -> None:
        """Let a presenter in at this place in the file system, where nobody else listens. Raises OSError."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        path.unlink(missing_ok=True)  # of a server that was ended
        door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            door.bind(str(path))
            path.chmod(0o600)
            door.listen(4)
            door.setblocking(False)
        except OSError:
            door.close()
            raise
        self._door, self._path = door, path
        asyncio.get_running_loop().add_reader(door, self._come)

    def _come(self) -> None:
        assert self._door is not None, "it is open"
        try:
            sock, _ = self._door.accept()
        except OSError:  # gone again
            return
        if self.presenter is not None:
            with suppress(OSError):
                sock.setblocking(False)
                sock.send(b"%s %s\n" % (OWN.encode(), written({"refused": REFUSED})))
            sock.close()
            return
        self.up = Board()
        self._tell_up()
        self.presenter = Wire(sock, self.up, self._presented, self._lost, LARGEST)
        self._tell()

    def _presented(self, line: bytes) -> None:
        key, _, body = line.partition(b" ")
        if key in (b"0", b"1", b"2"):
            self.down.put(key.decode(), body)
            self._send()

    def _lost(self) -> None:
        """What was shown last stays: who follows goes on alone from there."""
        self.presenter = None
        self._tell()

    @property
    def presented(self) -> bool:
        """Does somebody present?"""
        return self.presenter is not None

    def close(self) -> None:
        """Nobody is let in any more, and all ends."""
        if self._door is not None:
            asyncio.get_running_loop().remove_reader(self._door)
            self._door.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        if self.presenter is not None:
            self.presenter.close()
            self.presenter = None
        for seat in list(self.seats):
            seat.leave()
        self._door = self._path = None

    # --- the followers ---

    def take(self) -> Seat:
        """A seat more. Raises OSError where there is no pair of sockets."""
        seat = Seat(self, next(self._numbers))
        self.seats.add(seat)
        self._tell_up()
        return seat

    def heard(self, seat: Seat, line: bytes) -> None:
        """The presenter gets it with the number of the seat, the newest of each."""
        body = line.partition(b" ")[2]
        if self.presenter is not None and body:
            self.up.put(f"s{seat.number}", body)
            self.presenter.send()

    def left(self, seat: Seat) -> None:
        if seat in self.seats:
            self.seats.discard(seat)
            self.up.drop(f"s{seat.number}")
            self._tell_up()

    # --- the hub's own words ---

    def _tell(self) -> None:
        self.down.say(OWN, {"presented": self.presented})
        self._send()

    def _tell_up(self) -> None:
        seats = sorted(seat.number for seat in self.seats)
        self.up.say(OWN, {"here": len(seats), "seats": seats, "about": self.about})
        if self.presenter is not None:
            self.presenter.send()

    def _send(self) -> None:
        for seat in list(self.seats):
            seat.wire.send()
