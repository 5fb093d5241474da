"""``bptui serve``: says how to come in, lets people in by the ssh of everybody, and closes on ctrl+C."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bptui.cli import main
from bptui.serve import command as serving
from bptui.serve.command import LETTERS, Opening, new_password, new_token, told, told_ssh, told_web
from bptui.serve.limits import Limits, Seats, clamped
from bptui.serve.visitor import environment_of
from tests.cli.commands import OWN, complaint, run, terminal


def free_port() -> int:
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return int(it.getsockname()[1])


def test_it_says_how_to_come_in_and_warns_where_it_is_public() -> None:
    quiet = Opening(("xor",), ("xor",))
    assert told_ssh(quiet, 8022, "SHA256:abc")[0] == "bptui xor: ssh -p 8022 bptui@127.0.0.1"
    assert not any("warning" in line for line in told(quiet, []))
    public = Opening(("xor",), ("xor",), public=True, password="abcd")
    assert "password: abcd" in told_ssh(public, 8022, "SHA256:abc")
    assert told(public, [])[-1].startswith("warning: anybody who reaches this machine can come in with the password;")


@pytest.mark.parametrize(("served", "example"), [("xor", "digits"), ("iris", "xor"), ("digits", "xor")])
def test_the_example_of_another_set_is_not_the_set_served(served: str, example: str) -> None:
    opening = Opening((served, "--lr", "1"), ("digits", "iris", "xor"), web=True, token="abcd")
    assert f"another set by its name: ssh -p 8022 {example}@127.0.0.1" in told_ssh(opening, 8022, "SHA256:abc")
    assert f"another set by its name: http://127.0.0.1:8023/abcd/?{example}" in told_web(opening, 8023)


def test_the_address_of_a_browser_has_the_token_and_public_it_is_said_to_be_open_to_read() -> None:
    web = Opening(("xor",), ("xor",), ssh=False, web=True, token="abcd")
    assert told_web(web, 8023)[0] == "bptui xor: http://127.0.0.1:8023/abcd/"
    public = replace(web, public=True)
    assert told_web(public, 8023)[0] == f"bptui xor: http://{serving.own_address()}:8023/abcd/"
    read_along = "in a browser with the whole address, which others on the network can read on its way;"
    assert read_along in told(public, [])[-1]
    assert f"with the password by ssh, or {read_along}" in told(replace(public, ssh=True, password="x"), [])[-1]


def test_a_token_is_new_each_time_and_twice_as_long_as_a_password() -> None:
    several = {new_token() for _ in range(50)}
    assert len(several) == 50
    assert all(len(token) == 16 and set(token) <= set(LETTERS) for token in several)


def test_passwords_are_new_and_can_be_read_on_a_projector() -> None:
    several = {new_password() for _ in range(50)}
    assert len(several) == 50
    assert all(len(word) == 8 and set(word) <= set(LETTERS) for word in several)
    assert not set("il1o0") & set(LETTERS)


def test_who_comes_under_the_name_of_a_set_gets_it_and_nobody_gets_to_say_more() -> None:
    opening = Opening(("xor", "--lr", "0.5"), ("xor", "digits"))
    assert opening.arguments("digits") == ["digits", "--read-only"]
    for user in ("root", "--weights=x", "../x.toml", ""):
        assert opening.arguments(user) == ["xor", "--lr", "0.5", "--read-only"]


def test_a_visitors_environment_has_nothing_of_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "x")
    made = environment_of("xterm\x1b]0;x", {"LC_ALL": "de_DE.UTF-8", "LD_PRELOAD": "/x.so", "LANG": "a b; c"})
    assert made["TERM"] == "xterm-256color"
    assert made["LC_ALL"] == "de_DE.UTF-8"
    assert made["LANG"] == "C.UTF-8"
    assert not {"SECRET", "LD_PRELOAD"} & set(made)


@pytest.mark.parametrize(
    ("asked", "given"), [((1, 1), (20, 5)), ((0, 0), (80, 24)), ((9999, 9999), (400, 150)), ((80, 24), (80, 24))]
)
def test_sizes_are_clamped(asked: tuple[int, int], given: tuple[int, int]) -> None:
    assert clamped(*asked) == given


def test_what_is_too_much_for_every_visitor_to_hold_is_not_served() -> None:
    assert Limits().why_too_much(1_000_000, 20_000_000) == ""
    assert Limits().why_too_much(1_000_001, 1) == "1 000 001 weights; each visitor may have 1 000 000 at most"
    assert "20 000 001 numbers of data" in Limits().why_too_much(1, 20_000_001)
    assert "1 288 320 weights; each visitor may have" in complaint(
        "serve", "digits", "--layers=64-1000-1210-10", "--ssh"
    )


def test_an_address_that_comes_too_often_waits_a_minute_and_others_do_not() -> None:
    now = 0.0
    seats = Seats(Limits(seats=100, arrivals=3), clock=lambda: now)
    assert [seats.arrive("a") for _ in range(3)] == [""] * 3
    assert "within a minute" in seats.arrive("a")
    assert seats.arrive("b") == ""
    now = 61.0
    assert seats.arrive("a") == ""


def test_it_asks_how_they_come_in() -> None:
    assert "say how they come in: --ssh, --web, or both" in complaint("serve")


@pytest.mark.parametrize("option", ["--port=8000", "--password", "--keys=x"])
def test_what_is_for_ssh_alone_is_refused_without_it(option: str) -> None:
    assert complaint("serve", "--web", option) == f"{option.partition('=')[0]} is for --ssh"


def test_the_port_of_the_web_is_refused_without_it() -> None:
    assert complaint("serve", "--ssh", "--web-port=8000") == "--web-port is for --web"


@pytest.mark.parametrize(("way", "missing"), [("ssh", "asyncssh"), ("web", "aiohttp"), ("web", "textual_serve")])
def test_an_extra_that_is_not_there_is_named(
    way: str, missing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def serve_nobody(*_: object) -> None:
        raise ModuleNotFoundError(f"No module named {missing!r}", name=f"{missing}.web")

    monkeypatch.setattr(serving, "serve", serve_nobody)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert main(["serve", f"--{way}"]) == 1
    assert capsys.readouterr().err.endswith(f"needs {missing.replace('_', '-')}: pip install 'bptui[{way}]'\n")


def test_a_file_is_known_by_its_whole_path_for_visitors_begin_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Opening] = []

    async def open_nothing(opening: Opening, *_: object) -> None:
        opened.append(opening)

    monkeypatch.setattr(serving, "serve", open_nothing)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for name in ("own.csv", "-test.csv"):
        Path(name).write_text("a,b,c\n1,2,x\n3,4,y\n5,7,x\n8,1,y\n", encoding="utf-8")
    assert main(["serve", "own.csv", "--test=-test.csv", "--ssh"]) == 0
    words = opened[0].arguments("bptui")
    assert words[0] == str(tmp_path / "own.csv")
    assert f"--test={tmp_path / '-test.csv'}" in words


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = run("serve", "xor", "--ssh", f"--port={port}", XDG_STATE_HOME=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr == f"bptui: error: port {port} is taken on 127.0.0.1: give another --port\n"


async def test_where_one_door_cannot_be_opened_the_other_is_not_left_open(tmp_path: Path) -> None:
    pytest.importorskip("aiohttp", reason="the browser's door needs aiohttp, of the extra `web`")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy, free = taken.getsockname()[1], free_port()
        opening = Opening(("xor",), ("xor",), port=free, web=True, web_port=busy, token="x")
        with pytest.raises(serving.NoDoor, match=f"port {busy} is taken on 127.0.0.1: give another --web-port"):
            await serving.serve(opening, tmp_path, print)
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", free)):
        pass


def test_a_second_ctrl_c_waits_for_nobody(tmp_path: Path) -> None:
    program = (
        "import asyncio, sys\n"
        "from bptui.cli import main\n"
        "from bptui.serve import ssh\n"
        "ssh.close_door = lambda *_: asyncio.sleep(3600)\n"
        f"sys.exit(main(['serve', 'mazur', '--ssh', '--port={free_port()}']))\n"
    )
    own = {**os.environ, **OWN, "XDG_STATE_HOME": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=own) as server:
        assert server.stdout is not None
        try:
            for said in ("ctrl+C closes", "everybody is sent home"):
                while said not in (line := server.stdout.readline()):
                    assert line, f"it ended before: {said}"
                server.send_signal(signal.SIGINT)
            assert server.wait(timeout=60) == 130
        finally:
            server.kill()


@pytest.mark.skipif(shutil.which("ssh") is None, reason="there is no ssh here")
def test_a_class_comes_in_by_ssh_and_ctrl_c_sends_it_home(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "bptui", "serve", "mazur", "--ssh", f"--port={port}"]
    own = {**os.environ, **OWN, "XDG_STATE_HOME": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=own) as server:
        assert server.stdout is not None
        try:
            assert re.match(rf"bptui mazur: ssh -p {port} bptui@127.0.0.1", server.stdout.readline())
            words = [
                "ssh",
                "-p",
                str(port),
                "-o",
                "StrictHostKeyChecking=no",
                "-o",
                "UserKnownHostsFile=/dev/null",
                "-tt",
            ]
            with terminal(command=[*words, "bptui@127.0.0.1"]) as at:
                at.wait_for("1 Network")
                at.type("b")
                at.wait_for("updates 1")
                server.send_signal(signal.SIGINT)
                at.wait_for("the server has closed")
                assert at.wait() == 1
            assert server.wait(timeout=60) == 0
        finally:
            server.kill()
