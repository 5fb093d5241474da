"""``bptui serve``: opens the doors, says how to come in, and closes them on ctrl+C."""

import asyncio
import secrets
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bptui.serve.limits import Limits

LOOPBACK, EVERYWHERE = "127.0.0.1", ""
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another one on a projector
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


def new_password() -> str:
    """Eight letters, 39 bits: enough where each guess takes a connection."""
    return "".join(secrets.choice(LETTERS) for _ in range(8))


async def serve(opening: Opening, folder: Path, tell: Callable[[str], None]) -> None:
    """Serve until a signal says to stop. Raises OSError where the port cannot be had, ValueError for a key that cannot
    be used."""
    from bptui.serve.keys import host_key
    from bptui.serve.ssh import House, close_door, open_door

    key = host_key(folder)
    house = House(opening.arguments, opening.limits, opening.password, str(opening.keys or ""))
    acceptor = await open_door(house, EVERYWHERE if opening.public else LOOPBACK, opening.port, key)
    for line in told(opening, acceptor.get_port(), key.get_fingerprint()):
        tell(line)
    closing = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        with suppress(NotImplementedError, ValueError):
            loop.add_signal_handler(number, closing.set)
    await closing.wait()
    tell("closing: everybody is sent home")
    await close_door(acceptor, house)


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
