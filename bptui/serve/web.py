"""``bptui serve --web``: each who opens the address in a browser gets a bptui of their own, and nothing else of this
machine.

The terminal in the browser is textual-serve's (xterm.js and its glue), spoken to in its own messages. Its server is not
used: it starts one process a socket by a shell command, reads on while a browser does not, has no limits, and its page
asks others for fonts. Here a browser is one more line to the process on a pty that ssh has too.
"""

import asyncio
import hmac
import json
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aiohttp import ClientConnectionResetError, WSCloseCode, WSMsgType, web

from bptui.data.clean import clean
from bptui.serve.assets import PAGE, Asset, assets
from bptui.serve.budget import Budget
from bptui.serve.stay import Guests, Stay
from bptui.serve.visitor import environment_of

IDLE = 20.0  # seconds in which a connection says what it wants
FAREWELL = 2.0  # seconds in which a browser takes the last words
ALIVE = 60.0  # seconds without a byte after which a browser is asked whether it is there; it has half of them to answer
UNREAD = 1 << 15  # bytes on their way to a browser; bptui waits for the line itself
LONGEST = 1 << 16  # bytes of a message: nobody pastes more into a prompt
MESSAGES, BYTES = 1000, 1 << 17  # a second; four seconds' worth may come at once
A_PAGE = 6  # connections that a browser opens for a page
PLAIN = re.compile(r"[A-Za-z0-9._:\[\]-]{1,260}")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self'; "
    "connect-src 'self' {sockets}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",  # the address is what lets one in
    "Server": "bptui",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
QUIET = logging.getLogger("aiohttp")
QUIET.addHandler(logging.NullHandler())  # whatever strangers send it would print a traceback of
FAULTS = logging.getLogger("bptui")
SAYS = {"COLORTERM": "truecolor", "LANG": "C.UTF-8"}


@dataclass(frozen=True, slots=True)
class Lobby:
    """What all browsers share. ``token`` is the first part of every address, ``sockets`` are the open ones."""

    guests: Guests
    token: str
    sockets: "set[Socket]" = field(init=False, default_factory=set)


class Socket:
    """A browser's line to a visitor's process."""

    def __init__(self, lobby: Lobby, user: str) -> None:
        self._lobby = lobby
        self._line = web.WebSocketResponse(
            timeout=FAREWELL, heartbeat=ALIVE, compress=False, max_msg_size=LONGEST, writer_limit=UNREAD
        )
        self._unsent = bytearray()
        self._more = asyncio.Event()
        self._finished = False
        self._transport: asyncio.BaseTransport | None = None
        self._budget = Budget(MESSAGES, BYTES)
        self.stay = Stay(lobby.guests, user, self._put, self._finish)

    async def serve(self, request: web.Request, unwelcome: str) -> web.WebSocketResponse:
        """Until one side ends it."""
        await self._line.prepare(request)
        self._transport = request.transport
        if isinstance(self._transport, asyncio.Transport):
            self._transport.set_write_buffer_limits(high=UNREAD)
        pouring = asyncio.create_task(self._pour())
        try:
            if why := unwelcome or await self.stay.begin(size_of(request), environment_of("xterm-256color", SAYS)):
                self._put(f"bptui: {why}\r\n".encode())
                self._finish()
            await self._listen()
        finally:
            self.stay.send_home("gone")
            with suppress(TimeoutError):
                await asyncio.wait_for(pouring, FAREWELL)
            self.stay.gone()
            self.cut()
        return self._line

    # --- what comes ---

    async def _listen(self) -> None:
        """Until the line ends, or brings what no terminal sends."""
        async for message in self._line:
            if message.type is not WSMsgType.TEXT or not self._budget.spend(len(message.data)):
                self.stay.send_home("more was sent than anybody types")
                return
            if not await self._understood(message.data):
                self.stay.send_home("what was sent is not what a terminal sends")
                return

    async def _understood(self, text: str) -> bool:
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            return False
        match said:
            case ["stdin", str(keys)]:
                self.stay.typed(keys.encode(errors="replace"))
            case ["resize", {"width": int(width), "height": int(height)}]:
                self.stay.visitor.resize(width, height)
            case ["ping", str(when)]:
                await self._line.send_json(["pong", when[:40]])
            case [str(), *_]:  # whether the page has the focus, which the terminal says itself
                pass
            case _:
                return False
        return True

    # --- what goes ---

    def _put(self, body: bytes) -> None:
        self._unsent += body
        self._more.set()
        if len(self._unsent) > UNREAD:
            self.stay.visitor.pause()

    def _finish(self) -> None:
        """Nothing more will go; who does not take the last words is not waited for."""
        self._finished = True
        self._more.set()
        asyncio.get_running_loop().call_later(FAREWELL, self.cut)

    async def _pour(self) -> None:
        """What the process writes, as the browser takes it; then the end."""
        with suppress(ClientConnectionResetError, ConnectionError):
            while self._unsent or not self._finished:
                await self._more.wait()
                self._more.clear()
                if self._unsent:
                    body = bytes(self._unsent)
                    self._unsent.clear()
                    await self._line.send_bytes(body)
                    self.stay.visitor.resume()
            await self._line.close(code=WSCloseCode.OK)

    @property
    def unsent(self) -> int:
        """Bytes that wait here for the browser."""
        return len(self._unsent)

    def cut(self) -> None:
        """End the line as it is."""
        if isinstance(self._transport, asyncio.Transport):
            self._transport.abort()


def size_of(request: web.Request) -> tuple[int, int]:
    """The size that the browser begins with, 80 × 24 where it says none."""

    def number(name: str, usual: int) -> int:
        said = request.query.get(name, "")
        return int(said) if said.isdecimal() and len(said) < 6 else usual

    return number("width", 80), number("height", 24)


class Refusal(asyncio.Protocol):
    """A connection that is one too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            transport.abort()


class Door:
    """The pages and the sockets under one address."""

    def __init__(self, lobby: Lobby) -> None:
        self.lobby = lobby
        self._assets = assets()
        self._listener: asyncio.Server | None = None
        app = web.Application(middlewares=[self._guard])
        app.add_routes(
            [
                web.get("/{token}", self._whole, allow_head=False),
                web.get("/{token}/", self._page, allow_head=False),
                web.get("/{token}/ws/{user}", self._visit, allow_head=False),
                web.get("/{token}/{name}", self._page, allow_head=False),
            ]
        )
        self._runner = web.AppRunner(
            app, access_log=None, keepalive_timeout=IDLE, shutdown_timeout=FAREWELL, logger=QUIET
        )

    async def open(self, host: str, port: int) -> int:
        """Listen; a port of 0 takes a free one. Raises OSError where that cannot be."""
        await self._runner.setup()
        server, most = self._runner.server, A_PAGE * self.lobby.guests.limits.connections
        assert server is not None
        self._listener = await asyncio.get_running_loop().create_server(
            lambda: server() if len(server.connections) < most else Refusal(), host or None, port
        )
        return int(self._listener.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Nobody comes in any more, and whoever is here is sent home."""
        if self._listener is not None:
            self._listener.close()
        await self.lobby.guests.send_home("the server has closed")
        await self._runner.cleanup()

    # --- who may come in ---

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Without the token there is nothing here, not even a wrong address."""
        said = request.path.removeprefix("/").partition("/")[0]
        try:
            if not hmac.compare_digest(said.encode(errors="replace"), self.lobby.token.encode()):
                raise web.HTTPForbidden(text="bptui: the address is not whole; ask whoever serves\n")
            answer = await handler(request)
        except web.HTTPException as refusal:
            refusal.headers.update(HEADERS)
            raise
        except ConnectionError:  # they have gone meanwhile
            raise
        except Exception as fault:
            FAULTS.error("bptui: a browser was not answered: %r", fault)
            raise
        if not answer.prepared:
            answer.headers.update(HEADERS)
        return answer

    def _why_not(self, request: web.Request) -> str:
        """Why this socket is not one of our own page."""
        try:
            origin = urlsplit(request.headers.get("Origin", ""))
        except ValueError:
            return "no such origin"
        if origin.scheme not in ("http", "https") or origin.netloc.lower() != request.host.lower():
            return "another page has asked for this"
        if len(self.lobby.sockets) >= self.lobby.guests.limits.connections:
            return "too many are here"
        return ""

    # --- what they get ---

    async def _whole(self, request: web.Request) -> web.StreamResponse:
        asked = request.rel_url.raw_query_string
        raise web.HTTPPermanentRedirect(f"{self.lobby.token}/{'?' if asked else ''}{asked}")

    async def _page(self, request: web.Request) -> web.StreamResponse:
        found = self._assets.get(request.match_info.get("name", PAGE))
        if found is None:
            raise web.HTTPNotFound(text="bptui: there is no such file\n")
        return answer_of(found, request)

    async def _visit(self, request: web.Request) -> web.StreamResponse:
        if why := self._why_not(request):
            raise web.HTTPForbidden(text=f"bptui: {why}\n")
        unwelcome = self.lobby.guests.seats.arrive(request.remote or "")
        socket = Socket(self.lobby, clean(request.match_info["user"], 40))
        self.lobby.sockets.add(socket)
        try:
            return await socket.serve(request, unwelcome)
        finally:
            self.lobby.sockets.discard(socket)


def answer_of(found: Asset, request: web.Request) -> web.Response:
    """A file, packed for who reads that."""
    host = request.host if PLAIN.fullmatch(request.host) else ""
    headers = {
        "Cache-Control": "private, max-age=600" if found.kind.startswith("font") else "no-store",
        "Content-Security-Policy": POLICY.format(sockets=f"ws://{host} wss://{host}" if host else ""),
        "Content-Type": found.kind,
        "Vary": "Accept-Encoding",
    }
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=found.packed, headers={**headers, "Content-Encoding": "gzip"})
    return web.Response(body=found.body, headers=headers)
