"""What a visitor's process does who follows: it begins where the lecturer is, and goes on hearing."""

import argparse
import socket
from contextlib import suppress
from functools import cached_property
from pathlib import PurePath
from time import monotonic
from typing import TYPE_CHECKING

from bptui.cli.exploring import beginning, limit_runs, open_explorer
from bptui.data.clean import clean
from bptui.data.wire import OWN, read_line
from bptui.scenario.accept import ScenarioError
from bptui.scenario.outline import Outline
from bptui.session.beginning import Beginning

if TYPE_CHECKING:
    from bptui.data.bounded import Tell
    from bptui.session.catching_up import Follower
    from bptui.session.session import Session
    from bptui.tui.explorer import Explorer
    from bptui.views.looks import Looks

FIRST = 0.5  # seconds in which what is presented has come: it is there before this process is
BEGUN = 1.5  # seconds of replaying before something is shown


def follow(options: argparse.Namespace, number: int) -> int:
    """The explorer at the end of the line with this number; at what the server offers where nobody presents."""
    try:
        line = socket.socket(fileno=number)
    except OSError:
        return open_explorer(beginning(options), options)
    came = come_so_far(line)
    start = Start([each for each in came.split(b"\n")[:-1] if not each.startswith(OWN.encode())])

    def made(session: "Session", palette: str, ascii_only: bool, looks: "Looks") -> "Explorer":
        from bptui.tui.following import FollowingExplorer

        return FollowingExplorer(session, palette, ascii_only, looks, start.follower, line, came)

    return open_explorer(start.beginning() or beginning(options), options, made=made, recovers=False)


def come_so_far(line: socket.socket) -> bytes:
    """What has come, as soon as a place is among it, or there will be none."""
    until, came = monotonic() + FIRST, b""
    with suppress(OSError, ValueError):
        while (left := until - monotonic()) > 0 and not is_all(came):
            line.settimeout(left)
            body = line.recv(1 << 16)
            if not body:
                break
            came += body
    return came


def is_all(came: bytes) -> bool:
    """Is its last line, a whole one, a place, or does it say that nobody presents? Raises ValueError."""
    *_, last, rest = [b"", b"", *came.split(b"\n")]
    return not rest and (last.startswith(b"2 ") or (bool(last) and read_line(last) == (OWN, {"presented": False})))


class Start:
    """What was presented before there is a screen. Raises nothing: what is not understood is said once there is one."""

    def __init__(self, lines: list[bytes]) -> None:
        self._lines = lines

    @cached_property
    def follower(self) -> "Follower":
        """Who has heard it."""
        from bptui.session.catching_up import Follower

        follower = Follower()
        with suppress(ValueError):
            for line in self._lines:
                follower.hear(line)
        return follower

    def beginning(self) -> Beginning | None:
        """With the session that is presented, replayed as far as there is time; None where none is."""
        with suppress(ValueError, KeyError, TypeError):
            said = read_line(self._lines[0])[1] if self._lines else {}
            layers = tuple(map(int, said["scenario"]["network"]["layers"]))
            return Beginning(Outline(clean(PurePath(said["origin"]).stem), layers), self._begin)
        return None

    def _begin(self, tell: "Tell") -> "Session":
        from bptui.session.catching_up import LostWay

        limit_runs()
        try:
            session = self.follower.begin()
            until = monotonic() + BEGUN
            self.follower.bring(session, lambda: monotonic() > until)
        except LostWay as problem:
            raise ScenarioError(str(problem)) from None
        return session
