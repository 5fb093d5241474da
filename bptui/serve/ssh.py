"""``bptui serve --ssh``: each who comes by SSH gets a bptui of their own, and nothing else of this machine."""

import asyncio
import hmac
from contextlib import suppress
from dataclasses import dataclass, field

import asyncssh

from bptui.data.clean import clean
from bptui.serve.limits import USUAL, Seats
from bptui.serve.stay import Guests, Stay
from bptui.serve.visitor import Visitor, environment_of

LOGIN = 20.0  # seconds in which somebody has to say who they are, and a connection to have a visitor
GUESSES, PAUSE = 3, 1.0  # passwords that a connection may say, and seconds until each is answered
FAREWELL = 2.0  # seconds in which a visitor's line takes the last words
ALIVE, MISSED = 15.0, 4  # seconds between two questions whether a visitor is there, and how many go unanswered
UNREAD = 1 << 15  # bytes on their way to a visitor; bptui waits for the line itself
NO_COMMANDS = "bptui serve runs no commands; come with: ssh -p PORT NAME@HOST"
NO_FILES = "bptui serve passes no files; come with: ssh -p PORT NAME@HOST"
NO_PORTS = "bptui serve opens no ports"
NO_TERMINAL = "bptui needs a terminal: ssh -t"


@dataclass(frozen=True, slots=True)
class House:
    """What all visitors share. ``password`` "" asks for none; ``doors`` are the open connections, ``visits`` those by
    which somebody has come."""

    guests: Guests
    password: str = ""
    keys: asyncssh.SSHAuthorizedKeys | None = None
    doors: "set[Door]" = field(init=False, default_factory=set)
    visits: "set[Visit]" = field(init=False, default_factory=set)

    @property
    def seats(self) -> Seats:
        """Those of all doors."""
        return self.guests.seats

    @property
    def asks(self) -> bool:
        """Must a visitor say a word or show a key?"""
        return bool(self.password or self.keys is not None)


class Visit(asyncssh.SSHServerSession[bytes]):
    """One visitor at the door, and then at bptui. ``unwelcome`` says why they cannot stay, else ""."""

    def __init__(self, house: House, user: str, unwelcome: str = "") -> None:
        self._house = house
        self._unwelcome = unwelcome
        self._refused = ""
        self._term = ""
        self._size = USUAL
        self._starting: asyncio.Task[None] | None = None
        self.stay = Stay(house.guests, user, self._write, self._over)

    @property
    def connection(self) -> object:
        """The one they came by."""
        return self._chan.get_connection()

    @property
    def visitor(self) -> Visitor:
        return self.stay.visitor

    # --- what the visitor asks for ---

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._chan = chan
        chan.set_write_buffer_limits(high=UNREAD, low=UNREAD // 4)

    def pty_requested(self, term_type: str, term_size: tuple[int, int, int, int], term_modes: object) -> bool:
        self._term, self._size = term_type, term_size[:2]
        return True

    def shell_requested(self) -> bool:
        return True

    def exec_requested(self, command: str) -> bool:
        self._refused = NO_COMMANDS  # accepted, to be refused with a line
        return True

    def subsystem_requested(self, subsystem: str) -> bool:
        self._refused = NO_FILES  # sftp and scp show what comes beside their protocol
        return True

    def session_started(self) -> None:
        why = self._refused or ("" if self._term else NO_TERMINAL)
        if why := why or self._unwelcome:
            self._refuse(why)
            return
        self._house.visits.add(self)
        self._starting = asyncio.create_task(self._start())

    async def _start(self) -> None:
        environment = environment_of(self._term, dict(self._chan.get_environment()))
        if why := await self.stay.begin(self._size, environment):
            self._house.visits.discard(self)
            self._refuse(why)

    def _refuse(self, why: str) -> None:
        with suppress(OSError):
            self._chan.write_stderr(f"bptui: {why}\r\n".encode())
            self._chan.exit(1)

    # --- while they are here ---

    def data_received(self, data: bytes, datatype: int | None) -> None:
        self.stay.typed(data)

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        self.visitor.resize(width, height)

    def eof_received(self) -> bool:
        self.visitor.hang_up()
        return False

    def pause_writing(self) -> None:
        self.visitor.pause()

    def resume_writing(self) -> None:
        self.visitor.resume()

    def _write(self, body: bytes) -> None:
        with suppress(OSError):  # the channel has closed, and nobody reads it any more
            self._chan.write(body)

    # --- and when they go ---

    def _over(self) -> None:
        with suppress(OSError):
            self._chan.exit(self.stay.status)

    def connection_lost(self, exc: Exception | None) -> None:
        self._house.visits.discard(self)
        self.stay.gone()


class Door(asyncssh.SSHServer):
    """Who may come in. Nothing but a terminal is opened: no ports, no agent, no files."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._unwelcome = ""
        self._guesses = 0
        self._visited = False
        self._checking: asyncio.TimerHandle | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._conn = conn
        self._address = str((conn.get_extra_info("peername") or ("",))[0])
        self._unwelcome = self._house.seats.arrive(self._address)
        if len(self._house.doors) >= self._house.guests.limits.connections:
            conn.abort()
            return
        self._house.doors.add(self)
        self._check_later()

    def connection_lost(self, exc: Exception | None) -> None:
        self._house.doors.discard(self)
        if self._checking is not None:
            self._checking.cancel()

    @property
    def used(self) -> bool:
        """Has somebody who came this way a seat?"""
        return any(visit.connection is self._conn for visit in self._house.visits)

    def _check_later(self) -> None:
        self._checking = asyncio.get_running_loop().call_later(LOGIN, self._check)

    def _check(self) -> None:
        """Who has no seat does not keep the line."""
        if self.used:
            self._check_later()
        else:
            self.shut("nobody came this way")

    def shut(self, why: str) -> None:
        """Say why, and wait for no answer."""
        self._conn.disconnect(asyncssh.DISC_BY_APPLICATION, why)

    def begin_auth(self, username: str) -> bool:
        if self._unwelcome:
            self.shut(self._unwelcome)
        return self._house.asks or bool(self._unwelcome)

    def password_auth_supported(self) -> bool:
        return bool(self._house.password)

    async def validate_password(self, username: str, password: str) -> bool:
        """Who does not wait for an answer has guessed all the same."""
        self._guesses += 1
        last = self._guesses >= GUESSES
        await asyncio.sleep(PAUSE)
        if self._guesses <= GUESSES and hmac.compare_digest(password.encode(), self._house.password.encode()):
            return True
        if last:
            self.shut(f"{GUESSES} wrong passwords")
        return False

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:
        raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, NO_PORTS)

    def unix_connection_requested(self, dest_path: str) -> bool:
        raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, NO_PORTS)

    def session_requested(self) -> tuple[asyncssh.SSHServerChannel[bytes], Visit]:
        channel = self._conn.create_server_channel(encoding=None)
        user = clean(str(self._conn.get_extra_info("username")), 40)
        again = self._house.seats.arrive(self._address) if self._visited else ""
        self._visited = True
        return channel, Visit(self._house, user, again)


async def open_door(house: House, host: str, port: int, key: asyncssh.SSHKey) -> asyncssh.SSHAcceptor:
    """Listen; a port of 0 takes a free one. Raises OSError where that cannot be."""
    return await asyncssh.listen(
        host,
        port,
        server_factory=lambda: Door(house),
        server_host_keys=[key],
        authorized_client_keys=house.keys,
        agent_forwarding=False,
        x11_forwarding=False,
        allow_scp=False,
        line_editor=False,
        login_timeout=LOGIN,
        keepalive_interval=ALIVE,
        keepalive_count_max=MISSED,
    )


async def close_door(acceptor: asyncssh.SSHAcceptor, house: House) -> None:
    """Nobody comes in any more, and whoever is here is sent home."""
    acceptor.close()
    for door in list(house.doors):
        if not door.used:
            door.shut("the server has closed")
    await house.guests.send_home("the server has closed")
    await emptied(house)
    for door in list(house.doors):
        door.shut("the server has closed")
    await emptied(house)
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(acceptor.wait_closed(), FAREWELL)


async def emptied(house: House) -> None:
    """Until nobody is connected, but not for long."""
    end = asyncio.get_running_loop().time() + FAREWELL
    while house.doors and asyncio.get_running_loop().time() < end:
        await asyncio.sleep(0.01)
