"""``bptui serve``: opens the doors, says how to come in, and closes them on ctrl+C."""

import asyncio
import errno
import os
import secrets
import signal
import socket
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bptui.serve.hub import Hub
from bptui.serve.limits import Limits, Seats
from bptui.serve.stay import FOLLOW, Guests

LOOPBACK, EVERYWHERE = "127.0.0.1", ""
PORT, WEB_PORT = 8022, 8023
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another one on a projector
STOPS = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
WARNING = "anybody who reaches this machine can come in{asked}; each gets a bptui that can neither read nor write files"


@dataclass(frozen=True, slots=True)
class Opening:
    """``sets`` are the names a visitor may come as; others get ``words``, the arguments of the usual bptui. ``ssh`` and
    ``web`` are the doors; ``port``, ``password`` and ``keys`` are those of ssh, ``token`` is in the web's
    address. When the stream ``inherited`` ends the server does too."""

    words: tuple[str, ...]
    sets: tuple[str, ...]
    port: int = PORT
    public: bool = False
    password: str = ""
    keys: Path | None = None
    limits: Limits = field(default_factory=Limits)
    ssh: bool = True
    web: bool = False
    web_port: int = WEB_PORT
    token: str = ""
    inherited: int | None = None

    @property
    def reach_said(self) -> tuple[str, ...]:
        """What a lecturer whose class cannot come in has to know."""
        return () if self.public else ("from this machine alone; --public lets others in",)

    @property
    def password_said(self) -> tuple[str, ...]:
        """For who is to tell the class."""
        return (f"password {self.password}",) if self.password else ()

    @property
    def interface(self) -> str:
        """What is listened at."""
        return EVERYWHERE if self.public else LOOPBACK

    @property
    def host(self) -> str:
        """What visitors call this machine, as far as that is known."""
        return own_address() if self.public else LOOPBACK

    def arguments(self, user: str) -> list[str]:
        """Of the bptui of who comes under this name."""
        return [user, "--read-only"] if user in self.sets else [*self.words, "--read-only"]


def own_address() -> str:
    """By which others reach this machine, as the way to them begins; nothing is sent."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as it:
        it.connect(("192.0.2.1", 9))  # an address of documentation
        return str(it.getsockname()[0])
    return "THIS-MACHINE"


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
    return letters(8)


def new_token() -> str:
    """Sixteen letters, 79 bits: a guess costs nothing but a request, so that it must be much longer than a password."""
    return letters(16)


def letters(count: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(count))


@dataclass(frozen=True, slots=True)
class Opened:
    """A way in: what is said of it, how one comes in to follow, and how it is closed."""

    lines: list[str]
    follow: str
    close: Callable[[], Awaitable[None]]


async def serve(opening: Opening, folder: Path, tell: Callable[[str], None]) -> None:
    """Serve until a signal says to stop; a second one does not wait for visitors. Raises NoDoor, OSError where the
    server's key cannot be kept, ValueError for a key that cannot be used."""
    hub = Hub()
    doors = await open_doors(opening, Guests(opening.arguments, Seats(opening.limits), hub), folder)
    hub.about = [*(door.follow for door in doors), *opening.password_said, *opening.reach_said]
    why_not = no_presenter(hub, presenters_door(folder, opening))
    closing = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in STOPS:
        with suppress(NotImplementedError, ValueError):
            loop.add_signal_handler(number, closing.set)
    if opening.inherited is not None:
        loop.add_reader(opening.inherited, closing.set)
    for line in (*told(opening, doors), *why_not):
        tell(line)
    if opening.inherited is not None:
        tell("")
    await closing.wait()
    for number in STOPS:
        with suppress(NotImplementedError, ValueError):
            loop.remove_signal_handler(number)
    if opening.inherited is not None:
        loop.remove_reader(opening.inherited)
    with suppress(OSError):  # who started this may be gone
        tell("closing: everybody is sent home")
    hub.close()
    await asyncio.gather(*(door.close() for door in doors))


def presenters_door(folder: Path, opening: Opening) -> Path:
    """Where a presenter comes in: a server on another port has another one."""
    return folder / f"present-{opening.port if opening.ssh else opening.web_port}"


def no_presenter(hub: Hub, door: Path) -> list[str]:
    """Let one in; why that cannot be is no reason not to serve."""
    try:
        hub.open(door)
    except OSError as problem:
        return [f"nobody can present here: {problem.strerror or problem}"]
    return []


async def open_doors(opening: Opening, guests: Guests, folder: Path) -> list[Opened]:
    """All that are asked for, or none."""
    doors: list[Opened] = []
    try:
        if opening.ssh:
            doors.append(await open_ssh(opening, guests, folder))
        if opening.web:
            doors.append(await open_web(opening, guests))
    except BaseException:
        for door in doors:
            await door.close()
        raise
    return doors


async def open_ssh(opening: Opening, guests: Guests, folder: Path) -> Opened:
    from bptui.serve.keys import host_key, visitors_keys
    from bptui.serve.ssh import House, close_door, open_door

    key = host_key(folder)
    house = House(guests, opening.password, visitors_keys(opening.keys) if opening.keys else None)
    try:
        acceptor = await open_door(house, opening.interface, opening.port, key)
    except OSError as problem:
        raise NoDoor(why_no_door(opening, opening.port, "--port", problem)) from None
    port = acceptor.get_port()
    lines = told_ssh(opening, port, key.get_fingerprint())
    return Opened(lines, f"ssh -p {port} {FOLLOW}@{opening.host}", lambda: close_door(acceptor, house))


async def open_web(opening: Opening, guests: Guests) -> Opened:
    from bptui.serve.web import Door, Lobby

    door = Door(Lobby(guests, opening.token))
    try:
        port = await door.open(opening.interface, opening.web_port)
    except OSError as problem:
        raise NoDoor(why_no_door(opening, opening.web_port, "--web-port", problem)) from None
    follow = f"http://{opening.host}:{port}/{opening.token}/?{FOLLOW}"
    return Opened(told_web(opening, port), follow, door.close)


def why_no_door(opening: Opening, port: int, option: str, problem: OSError) -> str:
    where = "this machine" if opening.public else LOOPBACK
    if problem.errno == errno.EADDRINUSE:
        return f"port {port} is taken on {where}: give another {option}"
    why = os.strerror(problem.errno) if problem.errno else str(problem)
    return f"port {port} cannot be had on {where} ({why}): give another {option}"


def told(opening: Opening, doors: Iterable[Opened]) -> list[str]:
    """How to come in."""
    doors = list(doors)
    lines = [line for door in doors for line in door.lines]
    lines += [f"follow what bptui present shows: {door.follow}" for door in doors]
    lines.append(f"seats: {opening.limits.seats}; ctrl+C closes")
    if opening.public:
        lines.append(f"warning: {WARNING.format(asked=asked(opening))}")
    return lines


def asked(opening: Opening) -> str:
    """What one needs to come in from another machine."""
    by_ssh = " with the password" if opening.password else " with a key" if opening.keys else ""
    by_web = " with the whole address, which others on the network can read on its way"
    if not opening.web:
        return by_ssh
    return f"{by_ssh} by ssh, or in a browser{by_web}" if opening.ssh else f" in a browser{by_web}"


def another(opening: Opening) -> str:
    """A set that is not the one served, as an example."""
    return "digits" if "xor" in opening.words else "xor"


def told_ssh(opening: Opening, port: int, fingerprint: str) -> list[str]:
    lines = [
        f"bptui {' '.join(opening.words)}: ssh -p {port} bptui@{opening.host}",
        f"another set by its name: ssh -p {port} {another(opening)}@{opening.host}",
        f"key of this server: {fingerprint}",
    ]
    if opening.password:
        lines.append(f"password: {opening.password}")
    return lines


def told_web(opening: Opening, port: int) -> list[str]:
    return [
        f"bptui {' '.join(opening.words)}: http://{opening.host}:{port}/{opening.token}/",
        f"another set by its name: http://{opening.host}:{port}/{opening.token}/?{another(opening)}",
    ]
