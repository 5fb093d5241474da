"""A browser's line to a visitor's bptui: what textual-serve's terminal says one way, what bptui writes the other."""

import asyncio
import json
import socket
from contextlib import suppress

from aiohttp import ClientConnectionResetError, WSCloseCode, WSMsgType, web

from bptui.serve.budget import Budget
from bptui.serve.stay import Guests, Stay
from bptui.serve.visitor import environment_of

FAREWELL = 2.0  # seconds in which a browser takes the last words
ALIVE = 60.0  # seconds without a byte after which a browser is asked whether it is there; it has half of them to answer
UNREAD = 1 << 15  # bytes on their way to a browser; bptui waits for the line itself
LONGEST = 1 << 16  # bytes of a message: nobody pastes more into a prompt
MESSAGES, BYTES = 1000, 1 << 17  # a second; four seconds' worth may come at once
SAYS = {"COLORTERM": "truecolor", "LANG": "C.UTF-8"}


class Socket:
    """A browser's line to a visitor's process."""

    def __init__(self, guests: Guests, user: str) -> None:
        self._line = web.WebSocketResponse(
            timeout=FAREWELL, heartbeat=ALIVE, compress=False, max_msg_size=LONGEST, writer_limit=UNREAD
        )
        self._unsent = bytearray()
        self._more = asyncio.Event()
        self._finished = False
        self._transport: asyncio.BaseTransport | None = None
        self._budget = Budget(MESSAGES, BYTES)
        self.stay = Stay(guests, user, self._put, self._finish)

    async def serve(self, request: web.Request, unwelcome: str) -> web.WebSocketResponse:
        """Until one side ends it."""
        await self._line.prepare(request)
        self._transport = request.transport
        if isinstance(self._transport, asyncio.Transport):
            self._transport.set_write_buffer_limits(high=UNREAD)
            # the kernel would keep megabytes for who reads slowly, all of them stale
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNREAD)
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
            if message.type is WSMsgType.BINARY:
                self.stay.send_home("a binary message was sent; a terminal sends text")
                return
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
    """The size that the browser begins with, 0 where it says none."""

    def number(name: str) -> int:
        said = request.query.get(name, "")
        return int(said) if said.isdecimal() and len(said) < 6 else 0

    return number("width"), number("height")
