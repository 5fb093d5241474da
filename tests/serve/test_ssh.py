"""Visitors by SSH, over loopback, with a client that is not ours: each has a bptui of their own and nothing else."""

import asyncio
import os
import pty
import signal
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import asyncssh
import pyte
import pytest

from bptui.serve import limits, ssh
from bptui.serve.command import Opening
from bptui.serve.keys import host_key, visitors_keys
from bptui.serve.limits import Limits, Seats
from bptui.serve.ssh import House, close_door, open_door
from bptui.serve.stay import Guests
from bptui.serve.visitor import Visitor
from tests.cli.commands import alive

PATIENCE = 20.0


class Client:
    """A terminal at the other end of a connection."""

    def __init__(self, process: asyncssh.SSHClientProcess[bytes], size: tuple[int, int]) -> None:
        self.process = process
        self.screen = pyte.Screen(*size)
        self.stream = pyte.ByteStream(self.screen)

    def type(self, keys: bytes) -> None:
        self.process.stdin.write(keys)

    async def until(self, seen: Callable[[str], bool] | str) -> str:
        """Read until the screen says so."""
        async with asyncio.timeout(PATIENCE):
            while True:
                text = "\n".join(self.screen.display)
                if seen in text if isinstance(seen, str) else seen(text):
                    return text
                body = await self.process.stdout.read(1 << 16)
                assert body, f"the line ended at\n{text}"
                self.stream.feed(body)


@asynccontextmanager
async def house(folder: Path, **options: Any) -> AsyncIterator[tuple[House, int]]:
    opening = Opening(("xor",), ("digits", "mazur"), **options)
    keys = visitors_keys(opening.keys) if opening.keys else None
    it = House(Guests(opening.arguments, Seats(opening.limits)), opening.password, keys)
    acceptor = await open_door(it, "127.0.0.1", 0, host_key(folder))
    try:
        yield it, acceptor.get_port()
    finally:
        await close_door(acceptor, it)


@asynccontextmanager
async def connected(port: int, user: str = "bptui", **options: Any) -> AsyncIterator[asyncssh.SSHClientConnection]:
    more = {"client_keys": None, **options}
    async with asyncssh.connect(
        "127.0.0.1",
        port,
        username=user,
        known_hosts=None,
        agent_path=None,
        config=None,
        **more,
    ) as connection:
        yield connection


@asynccontextmanager
async def visiting(
    port: int, user: str = "bptui", size: tuple[int, int] = (80, 24), **options: Any
) -> AsyncIterator[Client]:
    async with connected(port, user, **options) as connection:
        process = await connection.create_process(
            term_type="xterm-256color", term_size=size, encoding=None, env={"LANG": "C.UTF-8"}
        )
        yield Client(process, size)


async def until(seen: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not seen():
            await asyncio.sleep(0.02)


async def test_a_visitor_steps_on_their_own_and_leaves_with_q(tmp_path: Path) -> None:
    async with house(tmp_path) as (it, port), visiting(port) as client:
        await client.until("1 Network")
        client.type(b"b")
        assert "updates 1" in await client.until("updates 1")
        client.type(b"q")
        assert (await client.process.wait(timeout=PATIENCE)).exit_status == 0
        await until(lambda: it.seats.taken == 0)


async def test_a_set_is_chosen_by_the_name_one_comes_as_and_the_size_is_clamped(tmp_path: Path) -> None:
    async with house(tmp_path) as (it, port), visiting(port, "mazur", (120, 40)) as client:
        await client.until("mazur")
        (visit,) = it.visits
        for asked, given in (((100, 30), (100, 30)), ((9999, 9999), (400, 150)), ((1, 1), (20, 5)), ((0, 0), (80, 24))):
            client.process.change_terminal_size(*asked)
            await until(partial(lambda size: visit.visitor.size == size, given))


async def test_two_visitors_have_two_processes_that_know_nothing_of_each_other(tmp_path: Path) -> None:
    async with house(tmp_path) as (it, port), visiting(port) as one, visiting(port) as other:
        await one.until("1 Network")
        await other.until("1 Network")
        assert len({visit.visitor.pid for visit in it.visits}) == 2
        one.type(b"b")
        await one.until("updates 1")
        other.type(b"s")
        assert "updates 0" in await other.until("backward 1")


async def test_no_command_no_files_no_ports_no_agent(tmp_path: Path) -> None:
    async with house(tmp_path) as (_, port), connected(port) as connection:
        for command in ("ls /", "scp -f /etc/passwd", "bptui digits", ""):
            if command:
                done = await connection.run(command)
                assert "runs no commands" in str(done.stderr)
                assert done.exit_status == 1
        done = await connection.run(subsystem="sftp")
        assert "passes no files" in str(done.stderr)
        with pytest.raises(asyncssh.ChannelOpenError, match="opens no ports"):
            await connection.open_connection("127.0.0.1", port)
        with pytest.raises(asyncssh.ChannelOpenError, match="opens no ports"):
            await connection.open_unix_connection(str(tmp_path / "agent"))
        with pytest.raises(asyncssh.ChannelListenError):
            await connection.forward_remote_port("127.0.0.1", 0, "127.0.0.1", port)
        done = await connection.run()
        assert "needs a terminal" in str(done.stderr)


async def test_no_file_is_written_and_no_shell_reached(tmp_path: Path) -> None:
    async with house(tmp_path) as (_, port), visiting(port) as client:
        await client.until("1 Network")
        for key, words in ((b"x", "nothing is saved here"), (b"\x13", "nothing is saved here"), (b"\x1a", "no shell")):
            client.type(key)
            await client.until(words)


async def test_who_is_gone_takes_their_process_with_them_at_once(tmp_path: Path) -> None:
    async with house(tmp_path) as (it, port):
        async with visiting(port) as client:
            await client.until("1 Network")
            (pid,) = (visit.visitor.pid for visit in it.visits)
            assert pid is not None
            assert alive(pid)
            client.process.channel.get_connection().abort()
        await until(lambda: not alive(pid))
        await until(lambda: it.seats.taken == 0)


async def test_a_client_that_reads_nothing_holds_nobody_up(tmp_path: Path) -> None:
    async with house(tmp_path) as (_, port), visiting(port) as frozen, visiting(port) as client:
        await frozen.until("1 Network")
        frozen.process.stdout.channel.pause_reading()
        frozen.type(b" " + b"+" * 9)
        await client.until("1 Network")
        for update in (1, 2, 3):
            client.type(b"b")
            await client.until(f"updates {update}")


async def test_garbage_and_too_much_of_it_are_borne(tmp_path: Path) -> None:
    async with house(tmp_path) as (_, port), visiting(port) as client, visiting(port) as other:
        await client.until("1 Network")
        await other.until("1 Network")
        with suppress(asyncssh.Error, BrokenPipeError):
            client.type(os.urandom(3 << 20))
        other.type(b"b")
        await other.until("updates 1")


async def test_seats_end_and_are_free_again(tmp_path: Path) -> None:
    async with house(tmp_path, limits=Limits(seats=1)) as (it, port):
        async with visiting(port) as client:
            await client.until("1 Network")
            async with connected(port) as connection:
                done = await connection.run(term_type="xterm")
                assert "all 1 seats are taken" in str(done.stderr)
        await until(lambda: it.seats.taken == 0)
        async with visiting(port) as client:
            await client.until("1 Network")


async def test_a_visitors_run_ends_where_the_server_says_and_goes_back_from_there(tmp_path: Path) -> None:
    async with house(tmp_path, limits=Limits(updates=2)) as (_, port), visiting(port) as client:
        await client.until("1 Network")
        client.type(b"bbb")
        await client.until("a run has 2 updates at most here")
        client.type(b"B")
        await client.until("updates 1")


async def test_who_presses_no_key_is_sent_home_with_a_line(tmp_path: Path) -> None:
    async with house(tmp_path, limits=Limits(idle=3.0)) as (_, port), visiting(port) as client:
        await client.until("1 Network")
        await client.until("no key for 0.05 minutes")
        assert (await client.process.wait(timeout=PATIENCE)).exit_status == 1


async def test_who_has_used_up_their_share_is_told_so(tmp_path: Path) -> None:
    async with house(tmp_path) as (it, port), visiting(port) as client:
        await client.until("1 Network")
        (pid,) = (visit.visitor.pid for visit in it.visits)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await client.until("used up what a visitor may use")


async def test_a_password_is_asked_for_where_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssh, "PAUSE", 0.05)
    async with house(tmp_path, password="abcd2345") as (_, port):
        with pytest.raises(asyncssh.PermissionDenied):
            async with connected(port, password="wrong"):
                pass
        async with visiting(port, password="abcd2345") as client:
            await client.until("1 Network")


async def test_three_wrong_passwords_end_a_connection_and_each_takes_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssh, "PAUSE", 0.05)

    class Guesser(asyncssh.SSHClient):
        guesses = 0

        def password_auth_requested(self) -> str:
            self.guesses += 1
            return "right234" if self.guesses > ssh.GUESSES else f"wrong{self.guesses}"

    guesser = Guesser()
    async with house(tmp_path, password="right234") as (it, port):
        begun = asyncio.get_running_loop().time()
        with pytest.raises(asyncssh.DisconnectError, match="3 wrong passwords"):
            async with connected(port, client_factory=lambda: guesser, preferred_auth="password"):
                pass
        assert guesser.guesses == ssh.GUESSES
        assert asyncio.get_running_loop().time() - begun >= ssh.GUESSES * 0.05
        await until(lambda: not it.doors)


async def test_a_guess_beyond_the_third_is_wrong_even_if_nobody_waited_for_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssh, "PAUSE", 0.01)
    async with house(tmp_path, password="right234") as (it, port):
        _, line = await asyncio.open_connection("127.0.0.1", port)
        await until(lambda: bool(it.doors))
        (door,) = it.doors
        said = [door.validate_password("x", word) for word in ("a", "b", "c", "right234")]
        assert await asyncio.gather(*said) == [False] * 4
        line.close()


async def test_who_comes_too_often_is_told_so_before_any_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssh, "PAUSE", 0.05)
    async with house(tmp_path, password="right234", limits=Limits(arrivals=1)) as (_, port):
        async with connected(port, password="right234"):
            pass
        with pytest.raises(asyncssh.DisconnectError, match="within a minute"):
            async with connected(port, password="right234"):
                pass


async def test_a_second_session_of_a_connection_is_an_arrival_too(tmp_path: Path) -> None:
    async with house(tmp_path, limits=Limits(arrivals=1)) as (_, port), connected(port) as connection:
        assert "runs no commands" in str((await connection.run("ls")).stderr)
        assert "within a minute" in str((await connection.run(term_type="xterm")).stderr)


async def test_a_connection_nobody_comes_by_is_ended_and_a_visitors_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssh, "LOGIN", 1.0)
    async with house(tmp_path) as (it, port), connected(port) as visitors:
        process = await visitors.create_process(term_type="xterm-256color", encoding=None)
        await until(lambda: it.seats.taken == 1)
        async with connected(port) as empty:
            assert len(it.doors) == 2
            await asyncio.wait_for(empty.wait_closed(), PATIENCE)
        await until(lambda: len(it.doors) == 1)
        assert it.seats.taken == 1
        process.stdin.write(b"q")


async def test_no_more_connections_are_open_than_seats_and_some_to_spare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SPARE", 1)
    async with house(tmp_path, limits=Limits(seats=1)) as (it, port), connected(port), connected(port) as second:
        with pytest.raises((asyncssh.Error, OSError)):
            async with connected(port):
                pass
        assert len(it.doors) == 2
        second.close()
        await until(lambda: len(it.doors) == 1)
        async with connected(port):
            assert len(it.doors) == 2


async def test_the_server_closes_though_somebody_holds_an_empty_line_and_another_reads_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as (it, port), connected(port) as empty, visiting(port) as frozen:
        await frozen.until("1 Network")
        frozen.process.stdout.channel.pause_reading()
        acceptor = await open_door(it, "127.0.0.1", 0, host_key(tmp_path))
        await asyncio.wait_for(close_door(acceptor, it), PATIENCE)
        assert not it.doors
        await asyncio.wait_for(empty.wait_closed(), PATIENCE)


async def test_a_process_that_cannot_be_started_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []
    real = pty.openpty

    def openpty() -> tuple[int, int]:
        opened.extend(pair := real())
        return pair

    monkeypatch.setattr("bptui.serve.visitor.pty.openpty", openpty)
    monkeypatch.setattr("bptui.serve.visitor.sys.executable", "/nonexistent/python")
    visitor = Visitor(lambda _: None, lambda _: None)
    with pytest.raises(OSError, match="No such file"):
        await visitor.start(["xor"], (80, 24), {}, Limits())
    for end in opened:
        with pytest.raises(OSError, match="Bad file"):
            os.fstat(end)


async def test_only_known_keys_come_in_where_keys_are_given(tmp_path: Path) -> None:
    mine, stranger = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    listed = tmp_path / "keys"
    listed.write_bytes(mine.export_public_key())
    async with house(tmp_path, keys=listed) as (_, port):
        with pytest.raises(asyncssh.PermissionDenied):
            async with connected(port, client_keys=[stranger]):
                pass
        async with visiting(port, client_keys=[mine]) as client:
            await client.until("1 Network")


@pytest.mark.parametrize(
    ("body", "why"), [(None, "no such file"), ("", "empty"), ("not a key", "no public keys; it has one a line")]
)
def test_a_file_of_keys_that_lets_nobody_in_is_refused_by_its_name(body: str | None, why: str, tmp_path: Path) -> None:
    listed = tmp_path / "keys"
    if body is not None:
        listed.write_text(body, encoding="utf-8")
    with pytest.raises(ValueError, match=f"keys: {why}"):
        visitors_keys(listed)


# --- the key of the server ---


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = host_key(tmp_path / "serve").get_fingerprint()
    assert host_key(tmp_path / "serve").get_fingerprint() == first
    mode = (tmp_path / "serve" / "ssh_host_key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert stat.S_IMODE((tmp_path / "serve").stat().st_mode) == 0o700


def test_a_key_that_others_can_read_or_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ssh_host_key"
    path.write_text("no key", encoding="utf-8")
    path.chmod(0o644)
    with pytest.raises(ValueError, match="can be read by others"):
        host_key(tmp_path)
    path.chmod(0o600)
    with pytest.raises(ValueError, match="holds no key"):
        host_key(tmp_path)
