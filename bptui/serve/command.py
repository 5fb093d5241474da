"""``bptui serve``: opens the doors, says how to come in, and closes them on ctrl+C."""

import asyncio
import errno
import os
import secrets
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bptui.serve.limits import Limits

LOOPBACK, EVERYWHERE = "127.0.0.1", ""
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another one on a projector
STOPS = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
WARNING = "anybody who reaches this machine can come in{asked}; each gets a bptui that can neither read nor write files"


@dataclass(frozen=True, slots=True)
class Opening:
    """``sets`` are the names a visitor may come as; others get ``words``, the arguments of the usual bptui."""

    words: tuple[str, ...]
    sets: tuple[str, ...]
    port: int = 8022
    public: bool = False
    password: str = ""
    keys: Path | None = None
    limits: Limits = field(default_factory=Limits)

    def arguments(self, user: str) -> list[str]:
        """Of the bptui of who comes under this name."""
        return [user, "--read-only"] if user in self.sets else [*self.words, "--read-only"]


class NoDoor(Exception):
    """The port cannot be had; the message is for whoever serves."""


def whole(words: Iterable[str], sets: tuple[str, ...]) -> Iterator[str]:
    """The words with whole paths: a visitor's bptui begins in another folder."""
    before = ""
    for place, word in enumerate(words):
        name, equals, file = word.partition("=")
        if (place == 0 and word not in sets) or before == "--test":
            yield str(Path(word).resolve())
        elif equals and name == "--test":
            yield f"--test={Path(file).resolve()}"
        else:
            yield word
        before = word


def new_password() -> str:
    """Eight letters, 39 bits: a connection gets an answer a second to three guesses, and only so many connections are
    open at once (see ``Limits``), so that all addresses together need centuries for half of the words."""
    return "".join(secrets.choice(LETTERS) for _ in range(8))


async def serve(opening: Opening, folder: Path, tell: Callable[[str], None]) -> None:
    """Serve until a signal says to stop; a second one does not wait for visitors. Raises NoDoor, OSError where the
    server's key cannot be kept, ValueError for a key that cannot be used."""
    from bptui.serve.keys import host_key
    from bptui.serve.ssh import House, close_door, open_door

    key = host_key(folder)
    house = House(opening.arguments, opening.limits, opening.password, str(opening.keys or ""))
    try:
        acceptor = await open_door(house, EVERYWHERE if opening.public else LOOPBACK, opening.port, key)
    except OSError as problem:
        raise NoDoor(why_no_door(opening, problem)) from None
    closing = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in STOPS:
        with suppress(NotImplementedError, ValueError):
            loop.add_signal_handler(number, closing.set)
    for line in told(opening, acceptor.get_port(), key.get_fingerprint()):
        tell(line)
    await closing.wait()
    for number in STOPS:
        with suppress(NotImplementedError, ValueError):
            loop.remove_signal_handler(number)
    tell("closing: everybody is sent home")
    await close_door(acceptor, house)


def why_no_door(opening: Opening, problem: OSError) -> str:
    where = "this machine" if opening.public else LOOPBACK
    if problem.errno == errno.EADDRINUSE:
        return f"port {opening.port} is taken on {where}: give another --port"
    why = os.strerror(problem.errno) if problem.errno else str(problem)
    return f"port {opening.port} cannot be had on {where} ({why}): give another --port"


def told(opening: Opening, port: int, fingerprint: str) -> list[str]:
    """How to come in."""
    host = "THIS-MACHINE" if opening.public else LOOPBACK
    lines = [
        f"bptui {' '.join(opening.words)}: ssh -p {port} bptui@{host}",
        f"another set by its name: ssh -p {port} xor@{host}",
        f"key of this server: {fingerprint}",
        f"seats: {opening.limits.seats}; ctrl+C closes",
    ]
    if opening.password:
        lines.insert(2, f"password: {opening.password}")
    if opening.public:
        asked = " with the password" if opening.password else " with a key" if opening.keys else ""
        lines.append(f"warning: {WARNING.format(asked=asked)}")
    return lines
