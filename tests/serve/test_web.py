"""Visitors with a browser, over loopback: who gets in, what a socket may bring, and that nobody waits for another.

Most of these need no bptui behind the socket: what runs there is a shell script that echoes.
"""

import asyncio
import json
import logging
import os
import re
import socket
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiohttp", reason="the browser's door needs aiohttp, of the extra `web`")
pytest.importorskip("textual_serve", reason="the browser's door needs textual-serve, of the extra `web`")

import aiohttp
from yarl import URL

from bptui.serve import browser, limits, web
from bptui.serve.budget import Budget
from bptui.serve.hub import Hub
from bptui.serve.limits import Limits, Seats
from bptui.serve.stay import Guests
from bptui.serve.web import Door, Lobby
from bptui.session.beginning import FOLLOWS
from tests.cli.commands import alive

PATIENCE = 20.0
TOKEN = "right234right234"
ECHO = "stty raw -echo; printf 'here as %s;' \"$5\"; exec cat"
"""$5 is the first argument of the visitor's bptui."""


class Served:
    """A door that is open, and a client without any page of its own."""

    def __init__(self, lobby: Lobby, port: int, client: aiohttp.ClientSession) -> None:
        self.lobby = lobby
        self.port = port
        self.client = client

    def address(self, path: str = "", token: str = TOKEN) -> URL:
        return URL(f"http://127.0.0.1:{self.port}/{token}/{path}", encoded=True)

    async def get(self, path: str = "", token: str = TOKEN, **how: Any) -> tuple[int, str, dict[str, str]]:
        async with self.client.get(self.address(path, token), **how) as answer:
            return answer.status, await answer.text(errors="replace"), dict(answer.headers)

    @asynccontextmanager
    async def socket(
        self, path: str = "ws/xor?width=80&height=24", origin: str = "", token: str = TOKEN
    ) -> AsyncIterator["Client"]:
        headers = {"Origin": origin or f"http://127.0.0.1:{self.port}"}
        async with self.client.ws_connect(self.address(path, token), headers=headers, max_msg_size=0) as line:
            yield Client(line)


class Client:
    """A terminal at the other end of a socket."""

    def __init__(self, line: aiohttp.ClientWebSocketResponse) -> None:
        self.line = line
        self.text = ""

    async def say(self, *said: Any) -> None:
        await self.line.send_str(json.dumps(said))

    async def until(self, seen: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while seen not in self.text:
                message = await self.line.receive()
                assert message.type is aiohttp.WSMsgType.BINARY, f"{message}; {self.text[-400:]!r}"
                self.text += message.data.decode(errors="replace")

    async def ended(self) -> str:
        """All that comes until the line ends."""
        async with asyncio.timeout(PATIENCE):
            async for message in self.line:
                if message.type is aiohttp.WSMsgType.BINARY:
                    self.text += message.data.decode(errors="replace")
        return self.text


@pytest.fixture
def echo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What runs in the place of bptui; write another script there."""
    script = tmp_path / "visitor"
    script.write_text(f"#!/bin/sh\n{ECHO}\n", encoding="utf-8")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr("bptui.serve.visitor.sys.executable", str(script))
    return script


@asynccontextmanager
async def served(hub: Hub | None = None, **options: Any) -> AsyncIterator[Served]:
    lobby = Lobby(Guests(lambda user: [user], Seats(Limits(**options)), hub), TOKEN)
    door = Door(lobby)
    port = await door.open("127.0.0.1", 0)
    try:
        async with aiohttp.ClientSession() as client:
            yield Served(lobby, port, client)
    finally:
        await door.close()


async def until(seen: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not seen():
            await asyncio.sleep(0.01)


async def at_rest(count: Callable[[], int]) -> None:
    """Until it is some number, and stays that for a while."""
    async with asyncio.timeout(PATIENCE):
        since, known = 0, 0
        while since < 20:
            await asyncio.sleep(0.01)
            since, known = (since + 1 if count() == known > 0 else 0), count()


# --- who gets in ---


async def test_without_the_whole_token_there_is_nothing() -> None:
    async with served() as at:
        for token in ("", "x", TOKEN[:-1], f"{TOKEN}x", TOKEN.upper(), "%ff"):
            for path in ("", "textual.js", "ws/xor", "no.such"):
                status, said, _ = await at.get(path, token)
                assert (status, said) == (403, "bptui: the address is not whole; ask whoever serves\n"), (token, path)
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                async with at.socket(token=token):
                    pass
        assert at.lobby.guests.seats.taken == 0


async def test_only_the_page_of_this_server_may_open_a_socket(echo: Path) -> None:
    async with served() as at:
        others = (
            "null",
            "http://evil.example",
            "http://127.0.0.1:1",
            f"http://127.0.0.1:{at.port}.evil.example",
            "x://[",
        )
        for origin in (*others, f"file://127.0.0.1:{at.port}"):
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                async with at.socket(origin=origin):
                    pass
        status, said, _ = await at.get("ws/xor")
        assert (status, said) == (403, "bptui: another page has asked for this\n")
        async with at.socket() as client:
            await client.until("here as xor;")


async def test_the_page_asks_nobody_else_for_anything() -> None:
    async with served() as at:
        status, page, headers = await at.get()
        assert status == 200
        assert headers["Referrer-Policy"] == "no-referrer"
        policy = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        own = {"'self'", "'none'", "'unsafe-inline'", f"ws://127.0.0.1:{at.port}", f"wss://127.0.0.1:{at.port}"}
        assert {word for rule in policy.values() for word in rule.split()} <= own
        assert "'unsafe-inline'" not in policy["script-src"]
        css = "".join([(await at.get(name))[1] for name in ("page.css", "xterm.css")])
        asked = re.findall(r'(?:src|href)="(.*?)"', page) + re.findall(r'url\("?(.*?)"?\)', css)
        assert len(asked) == 8
        for name in asked:
            assert re.fullmatch(r"[\w-]+\.\w+", name), "beside the page"
            assert (await at.get(name))[0] == 200


async def test_no_name_reaches_another_file() -> None:
    async with served() as at:
        for path in (
            "no.such",
            "web.py",
            "%2e%2e/web.py",
            "..%2fweb.py",
            "%2fetc%2fpasswd",
            "page/page.js",
            "js/textual.js",
        ):
            assert (await at.get(path))[0] == 404, path
        assert (await at.get("textual.js"))[0] == 200
        async with at.client.post(at.address()) as answer:
            assert answer.status == 405


async def test_what_is_sent_packed_is_the_same() -> None:
    async with served() as at:
        _, plain, headers = await at.get("page.js", headers={"Accept-Encoding": "identity"})
        assert "Content-Encoding" not in headers
        _, packed, headers = await at.get("page.js", headers={"Accept-Encoding": "gzip"})
        assert headers["Content-Encoding"] == "gzip"
        assert packed == plain


async def test_an_address_without_its_last_stroke_leads_to_the_page() -> None:
    async with served() as at, at.client.get(f"http://127.0.0.1:{at.port}/{TOKEN}?follow") as answer:
        assert (answer.status, str(answer.url)) == (200, f"http://127.0.0.1:{at.port}/{TOKEN}/?follow")


# --- a visitor ---


async def test_what_is_typed_arrives_and_what_is_written_comes(echo: Path) -> None:
    async with served() as at, at.socket("ws/follow") as client:
        await client.until("here as follow;")
        await client.say("stdin", "aδ\x1b[A")
        await client.until("aδ\x1b[A")


async def test_sizes_are_clamped_from_the_first_on(echo: Path) -> None:
    async with served() as at:
        asked = (
            ("width=100&height=30", (100, 30)),
            ("width=9999&height=99999", (400, 150)),
            ("width=1&height=1", (20, 5)),
            ("width=0&height=0", (80, 24)),
        )
        for query, given in (*asked, ("width=x&height=-3", (80, 24)), ("width=99999999999", (80, 24)), ("", (80, 24))):
            async with at.socket(f"ws/xor?{query}") as client:
                await client.until("here")
                (stay,) = at.lobby.guests.here
                assert stay.visitor.size == given, query
                for (width, height), told in (((9999, 1), (400, 5)), ((10**30, -4), (400, 5)), ((90, 20), (90, 20))):
                    await client.say("resize", {"width": width, "height": height})
                    await until(lambda told=told, stay=stay: stay.visitor.size == told)  # type: ignore[misc]
            await until(lambda: not at.lobby.guests.here)


async def test_who_comes_to_follow_has_a_line_to_the_hub_until_they_go(echo: Path) -> None:
    hub = Hub()
    echo.write_text(f'#!/bin/sh\necho "line ${FOLLOWS};"; exec cat', encoding="utf-8")
    async with served(hub) as at, at.socket("ws/xor") as other:
        await other.until("line ;")
        assert not hub.seats
        async with at.socket("ws/follow") as client:
            await client.until(";")
            assert re.search(r"line \d+;", client.text)
            assert len(hub.seats) == 1
        await until(lambda: not hub.seats)
    hub.close()


async def test_who_is_gone_takes_their_process_with_them_at_once(echo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "FAREWELL", 3 * PATIENCE)
    async with served() as at, at.socket() as client:
        await client.until("here")
        (stay,) = at.lobby.guests.here
        pid = stay.visitor.pid
        assert pid is not None
        assert alive(pid)
        transport = client.line._response.connection
        assert transport is not None
        assert transport.transport is not None
        transport.transport.abort()
        await until(lambda: not alive(pid))
        await until(lambda: at.lobby.guests.seats.taken == 0)


async def test_the_line_ends_with_the_process_and_its_last_words(echo: Path) -> None:
    echo.write_text("#!/bin/sh\nprintf 'good night'\n", encoding="utf-8")
    async with served() as at, at.socket() as client:
        assert await client.ended() == "good night"
        assert client.line.close_code == aiohttp.WSCloseCode.OK
        await until(lambda: at.lobby.guests.seats.taken == 0)


async def test_seats_and_arrivals_and_idle_hands_are_told_in_a_line(echo: Path) -> None:
    async with served(seats=1, idle=0.5, arrivals=2) as at:
        async with at.socket() as first:
            await first.until("here")
            async with at.socket() as second:
                assert "all 1 seats are taken" in await second.ended()
            async with at.socket() as third:
                assert "2 have come from your address within a minute" in await third.ended()
            assert "no key for 0.00833333 minutes" in await first.ended()
        await until(lambda: at.lobby.guests.seats.taken == 0)


async def test_seats_are_shared_with_the_other_door(echo: Path) -> None:
    seats = Seats(Limits(seats=1))
    seats.take()
    door = Door(Lobby(Guests(lambda user: [user], seats), TOKEN))
    port = await door.open("127.0.0.1", 0)
    async with aiohttp.ClientSession() as session:
        at = Served(door.lobby, port, session)
        async with at.socket() as client:
            assert "all 1 seats are taken" in await client.ended()
    await door.close()
    assert seats.taken == 1


async def test_no_more_sockets_are_open_than_seats_and_some_to_spare(
    echo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SPARE", 0)
    async with served(seats=1) as at, at.socket() as client:
        await client.until("here")
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            async with at.socket():
                pass


async def test_connections_are_counted_and_those_that_say_nothing_are_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SPARE", 0)
    monkeypatch.setattr(web, "A_PAGE", 2)
    monkeypatch.setattr(web, "IDLE", 0.5)
    async with served(seats=1) as at:
        lines = [await asyncio.open_connection("127.0.0.1", at.port) for _ in range(2)]
        lines[1][1].write(b"GET /")
        reader, line = await asyncio.open_connection("127.0.0.1", at.port)
        assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
        assert not any(silent.at_eof() for silent, _ in lines)
        for silent, writer in lines:
            assert await asyncio.wait_for(silent.read(), PATIENCE) == b""
            writer.close()
            await writer.wait_closed()
        line.close()
        await line.wait_closed()
        assert (await at.get())[0] == 200


UPGRADE = (
    "GET /{path} HTTP/1.1\r\nHost: a\r\nOrigin: http://a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)
NO_REQUESTS = (
    os.urandom(5000),
    b"\x16\x03\x01" + os.urandom(300),
    b"GET / HTTP/9.9\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    b"CONNECT x:1 HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET //[ HTTP/1.1\r\nHost: a\r\n\r\n",
    f"POST /{TOKEN}/ HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n{'x' * 100_000}".encode(),
    f"GET /{TOKEN}/{'a' * 100_000} HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
    f"{UPGRADE.format(path=f'{TOKEN}/ws/x')}Sec-WebSocket-Protocol: other\r\n\r\n".encode() + os.urandom(3000),
)


def not_taken_by_pytest(patch: pytest.MonkeyPatch) -> None:
    """What is logged is printed, as a lecturer would see it."""
    patch.setattr(logging.getLogger(), "handlers", [])


async def test_what_is_no_request_disturbs_nobody_and_prints_nothing(
    echo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    not_taken_by_pytest(monkeypatch)
    async with served() as at, at.socket() as client:
        await client.until("here")
        for said in NO_REQUESTS:
            reader, line = await asyncio.open_connection("127.0.0.1", at.port)
            line.write(said)
            assert b" 200 " not in await asyncio.wait_for(reader.readline(), PATIENCE)
            line.transport.abort()
        await client.say("stdin", "still here")
        await client.until("still here")
    assert capsys.readouterr().err == ""


async def test_a_fault_of_ours_is_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    not_taken_by_pytest(monkeypatch)
    monkeypatch.setattr(web, "answer_of", lambda *_: 1 // 0)
    async with served() as at:
        assert (await at.get())[0] == 500
    said = capsys.readouterr().err
    assert said.startswith("bptui: a browser was not answered: ZeroDivisionError(")
    assert said.count("\n") == 1


# --- what a socket may bring ---

NOT_A_TERMINAL = "what was sent is not what a terminal sends"
TOO_MUCH = "more was sent than anybody types"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", NOT_A_TERMINAL),
        ("stdin", NOT_A_TERMINAL),
        ("{}", NOT_A_TERMINAL),
        ("[]", NOT_A_TERMINAL),
        ("[1]", NOT_A_TERMINAL),
        ("[" * 60_000, NOT_A_TERMINAL),
        ("9" * 10_000, NOT_A_TERMINAL),
        (os.urandom(1000), "a binary message was sent; a terminal sends text"),
    ],
)
async def test_garbage_ends_its_own_line_and_no_other(echo: Path, said: str | bytes, why: str) -> None:
    async with served() as at, at.socket() as other, at.socket() as client:
        await other.until("here")
        await client.until("here")
        await (client.line.send_bytes(said) if isinstance(said, bytes) else client.line.send_str(said))
        assert why in await client.ended()
        await other.say("stdin", "still here")
        await other.until("still here")


async def test_what_a_later_terminal_may_say_is_let_by(echo: Path) -> None:
    async with served() as at, at.socket() as client:
        for said in (
            ["stdin"],
            ["stdin", 7],
            ["resize", {"width": None, "height": 3}],
            ["resize", [1]],
            ["focus"],
            ["new", 1],
        ):
            await client.say(*said)
        await client.say("stdin", "lone \ud800")
        await client.until("lone ?")


async def test_a_ping_is_answered(echo: Path) -> None:
    async with served() as at, at.socket() as client:
        await client.until("here")
        await client.say("ping", "17")
        assert await client.line.receive_json(timeout=PATIENCE) == ["pong", "17"]


async def test_a_message_that_is_too_long_ends_the_line(echo: Path) -> None:
    async with served() as at, at.socket() as client:
        await client.until("here")
        await client.say("stdin", "x" * browser.LONGEST)
        await client.ended()
        assert client.line.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
        await until(lambda: at.lobby.guests.seats.taken == 0)


async def test_too_many_messages_end_the_line(echo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "MESSAGES", 10)
    async with served() as at, at.socket() as client:
        await client.until("here")
        for _ in range(60):
            await client.say("stdin", "x")
        assert TOO_MUCH in await client.ended()


def test_a_budget_fills_up_again_but_not_beyond_a_few_seconds() -> None:
    now = 0.0
    budget = Budget(10, 1000, clock=lambda: now)
    assert all(budget.spend(1) for _ in range(40))
    assert not budget.spend(1)
    now = 1.0
    assert sum(budget.spend(1) for _ in range(20)) == 9, "one was owed"
    now = 1000.0
    assert budget.spend(4000)
    assert not budget.spend(4000)


@asynccontextmanager
async def frozen(at: Served) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.ReadTransport]]:
    """A browser that reads nothing, while much is written to it."""
    small = socket.socket()
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    small.setblocking(False)
    await asyncio.get_running_loop().sock_connect(small, ("127.0.0.1", at.port))
    reading, writing = await asyncio.open_connection(sock=small)
    writing.write(f"{UPGRADE.format(path=f'{TOKEN}/ws/frozen')}\r\n".encode())
    assert b"101" in await reading.readline()
    transport = writing.transport
    assert isinstance(transport, asyncio.ReadTransport)
    transport.pause_reading()
    try:
        await until(lambda: at.lobby.sockets)
        (line,) = at.lobby.sockets
        await at_rest(lambda: line.unsent)
        assert line.unsent > browser.UNREAD
        yield reading, transport
    finally:
        writing.transport.abort()


@pytest.fixture
def floods(echo: Path) -> Path:
    """Who comes as frozen is written to without end."""
    echo.write_text(f'#!/bin/sh\n[ "$5" = frozen ] && exec yes\n{ECHO}', encoding="utf-8")
    return echo


async def test_a_browser_that_reads_nothing_holds_its_own_process_up_and_nobody_else(floods: Path) -> None:
    async with served() as at, frozen(at) as (reading, transport):
        (line,) = at.lobby.sockets
        held = line.unsent
        async with at.socket() as client:
            for word in ("one", "two", "three"):
                await client.say("stdin", word)
                await client.until(word)
        assert line.unsent == held < 4 * browser.UNREAD
        transport.resume_reading()
        await asyncio.wait_for(reading.readexactly(1 << 22), PATIENCE)  # more than the kernel holds


async def test_who_is_gone_while_reading_nothing_is_gone_all_the_same(floods: Path) -> None:
    async with served() as at:
        async with frozen(at):
            assert at.lobby.guests.running
        await until(lambda: not at.lobby.guests.running)


async def test_who_reads_nothing_is_sent_home_without_taking_the_last_words(
    floods: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "FAREWELL", 0.3)
    async with served() as at, frozen(at), at.socket() as client:
        await client.until("here")
        closing = asyncio.create_task(at.lobby.guests.send_home("the server has closed"))
        assert "the server has closed" in await client.ended()
        await closing
        await until(lambda: not at.lobby.sockets)
        assert at.lobby.guests.seats.taken == 0
