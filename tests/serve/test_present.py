"""``bptui present``: one command, one address; it joins a server or starts one that ends with it."""

import argparse
import os
import shutil
import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from bptui.cli.presenting import NoServer, server, words_for_server
from bptui.headless.arguments import command_of, parser_of
from tests.cli.commands import Terminal, run, terminal
from tests.serve.test_command import free_port

SSH = ("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-tt")


def options(*words: str) -> argparse.Namespace:
    command, rest = command_of(list(words))
    it = parser_of(command).parse_args(rest)
    it.words = list(words)
    return it


def until(seen: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.02)


def listens(port: int) -> bool:
    with socket.socket() as it:
        return it.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize(
    ("typed", "served"),
    [
        ("present", "digits --ssh"),
        ("present xor --lr 0.5 --theme light --port 9000", "xor --lr 0.5 --port 9000 --ssh"),
        ("--glyphs ascii present --at=3 mine.csv --public --password", "mine.csv --public --password --ssh"),
        ("present moons --web --seats=9 --no-mouse", "moons --web --seats=9"),
        ("present xor --weights w.npz --batch 2", "xor --batch 2 --ssh"),
    ],
)
def test_what_is_typed_goes_to_the_server_as_far_as_it_is_for_it(typed: str, served: str) -> None:
    assert words_for_server(options(*typed.split())) == served.split()


def test_options_of_a_server_are_refused_where_one_listens_already(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "present-8022"))
        door.listen()
        with (
            pytest.raises(NoServer, match="leave out --password, or give another --port"),
            server(tmp_path, options("present", "xor", "--password")),
        ):
            pass


def test_what_is_wrong_is_said_before_a_server_is_begun() -> None:
    assert "the explorer needs a terminal" in run("present", "xor").stderr
    assert "no built-in set and no file named 'nothere'" in run("present", "nothere").stderr


def test_a_port_that_is_taken_is_the_servers_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with terminal("present", "xor", f"--port={port}", XDG_STATE_HOME=str(tmp_path)) as at:
            assert at.wait() == 1
            assert f"port {port} is taken on 127.0.0.1" in at.text()


@pytest.mark.skipif(shutil.which("ssh") is None, reason="there is no ssh here")
def test_one_command_and_a_class_follows_by_the_ssh_of_everybody(tmp_path: Path) -> None:
    port, own = free_port(), str(tmp_path)
    with terminal("present", "xor", f"--port={port}", width=100, XDG_STATE_HOME=own) as lecturer:
        lecturer.wait_for(f"@ shows how to follow: ssh -p {port} follow@127.0.0.1")
        command = ["ssh", "-p", str(port), *SSH, "follow@127.0.0.1"]
        with terminal(command=command) as one, terminal(command=command, width=60, height=20) as other:
            for at in (one, other):
                at.wait_for("following")
            lecturer.wait_for("2 follow")
            lecturer.type("@")
            lecturer.wait_for("from this machine alone; --public lets others in")
            lecturer.type("\x1b")
            lecturer.wait_for(lambda text: "this machine alone" not in text and "2 follow" in text)
            lecturer.type("b")
            one.wait_for("updates 1")
            other.wait_for(lambda text: "update 1 applied" in text or "upd 1" in text)
            one.type("s")
            one.wait_for("looking around: @ returns")
            lecturer.type("l")
            other.wait_for("Mistakes lab")
            assert "Mistakes lab" not in one.text()
            one.type("@")
            one.wait_for("Mistakes lab")
            refused(port, own)
            lecturer.type("qq")
            for at in (one, other):
                at.wait_for("the server has closed")
            assert lecturer.wait() == 0
        printed = lecturer.sent.partition(b"\x1b[?1049h")[0].decode()
        assert f"ssh -p {port} follow@127.0.0.1" in printed, "the address stays in the terminal"
    assert not listens(port)
    assert not list((tmp_path / "bptui" / "serve").glob("present-*"))


def refused(port: int, own: str) -> None:
    """A second presenter."""
    with terminal("present", "moons", f"--port={port}", XDG_STATE_HOME=own) as second:
        assert second.wait() == 1
        assert "somebody presents here already: end that first" in second.text()


def test_its_server_ends_with_it_however_it_ends(tmp_path: Path) -> None:
    port = free_port()
    with terminal("present", "xor", f"--port={port}", XDG_STATE_HOME=str(tmp_path)) as lecturer:
        lecturer.wait_for("how to follow:")
        assert listens(port)
        lecturer.process.kill()
        until(lambda: not listens(port))


def test_it_joins_a_server_that_listens_and_leaves_it_there(tmp_path: Path) -> None:
    port, own = free_port(), str(tmp_path)
    with serving(port, own) as at:
        at.wait_for(f"follow what bptui present shows: ssh -p {port} follow@127.0.0.1")
        with terminal("present", "moons", f"--port={port}", XDG_STATE_HOME=own) as lecturer:
            lecturer.wait_for("moons  0 follow")
            lecturer.type("q")
            assert lecturer.wait() == 0
        assert listens(port)
        os.kill(at.process.pid, 2)
        assert at.wait() == 0


def serving(port: int, own: str) -> AbstractContextManager[Terminal]:
    return terminal("serve", "xor", "--ssh", f"--port={port}", width=100, XDG_STATE_HOME=own)
