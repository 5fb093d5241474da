"""``bptui serve --web``: each who opens the address in a browser gets a bptui of their own, and nothing else of this
machine.

The terminal in the browser is textual-serve's (xterm.js and its glue), spoken to in its own messages. Its server is not
used: it starts one process a socket by a shell command, reads on while a browser does not, has no limits, and its page
asks others for fonts. Here a browser is one more line to the process on a pty that ssh has too.
"""

import asyncio
import hmac
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aiohttp import web

from bptui.data.clean import clean
from bptui.serve.assets import PAGE, Asset, assets
from bptui.serve.browser import FAREWELL, Socket
from bptui.serve.stay import Guests

IDLE = 20.0  # seconds in which a connection says what it wants
A_PAGE = 6  # connections that a browser opens for a page
PLAIN = re.compile(r"[A-Za-z0-9._:\[\]-]{1,260}")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self'; "
    "connect-src 'self' {sockets}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
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


@dataclass(frozen=True, slots=True)
class Lobby:
    """What all browsers share. ``token`` is the first part of every address, ``sockets`` are the open ones."""

    guests: Guests
    token: str
    sockets: set[Socket] = field(init=False, default_factory=set)


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
        self._silent: set[web.RequestHandler] = set()
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
        self._listener = await asyncio.get_running_loop().create_server(self._connect, host or None, port)
        return int(self._listener.sockets[0].getsockname()[1])

    def _connect(self) -> asyncio.BaseProtocol:
        server = self._runner.server
        assert server is not None, "it is open"
        if len(server.connections) >= A_PAGE * self.lobby.guests.limits.connections:
            return Refusal()
        line = server()
        self._silent.add(line)
        asyncio.get_running_loop().call_later(IDLE, self._give_up, line)
        return line

    def _give_up(self, line: web.RequestHandler) -> None:
        """Who has asked for nothing does not keep the line; aiohttp ends those that ask for nothing more."""
        if line in self._silent:
            self._silent.discard(line)
            if line.transport is not None:
                line.transport.abort()

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
        self._silent.discard(request.protocol)
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
        socket = Socket(self.lobby.guests, clean(request.match_info["user"], 40))
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
