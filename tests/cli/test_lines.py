"""bptui at the end of real lines: a terminal that is resized all the time, tmux, and SSH."""

import getpass
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .commands import BEGUN, BPTUI, OWN, Terminal, terminal
from .test_terminal import assert_restored, counters, under_way

BASH = shutil.which("bash")
TMUX = shutil.which("tmux")
PROMPT = "ready>"
SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
PLAYING = "+++++++++ "


def whole(at: Terminal) -> str:
    """The screen, once it has been painted anew."""
    at.settle()
    before = at.text()
    at.screen.erase_in_display(2)
    at.type("\x0c")
    at.wait_for(lambda text: text == before)
    return before


def test_300_resizes_while_it_plays_leave_a_whole_screen() -> None:
    dice = random.Random(7)
    with terminal("xor", "--batch", "1") as at:
        at.wait_for(BEGUN)
        at.type(PLAYING)
        for _ in range(300):
            at.resize(dice.choice((1, 10, 39, 40, 80, 100, 137)), dice.choice((1, 3, 9, 10, 24, 40)))
            at.read(dice.choice((0.0, 0.0, 0.01)))
        at.resize(80, 24)
        at.wait_for(under_way)
        at.type(" ")
        assert under_way(whole(at))
        at.type("\x11")
        assert at.wait() == 0
        assert_restored(at)


# --- tmux ---


class Tmux:
    """A shell in a window of tmux, on a socket of its own."""

    def __init__(self, folder: Path) -> None:
        self.socket = str(folder / "socket")
        self.folder = folder
        self("new-session", "-d", "-x", "100", "-y", "30", "env", f"PS1={PROMPT} ", str(BASH), "--norc", "--noprofile")
        self.wait_for_shell()

    def __call__(self, *words: str) -> str:
        env = {**os.environ, **OWN, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            [str(TMUX), "-S", self.socket, "-f", "/dev/null", *words],
            capture_output=True, text=True, encoding="utf-8", env=env, cwd=self.folder, check=True, timeout=60,
        )  # fmt: skip
        return done.stdout

    def text(self) -> str:
        return self("capture-pane", "-p")

    def type(self, *keys: str) -> None:
        self("send-keys", *keys)

    def run(self, command: str) -> None:
        self.type("-l", command)
        self.type("Enter")

    def wait_for(self, seen: str | Callable[[str], bool]) -> str:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            text = self.text()
            if seen in text if isinstance(seen, str) else seen(text):
                return text
            time.sleep(0.05)
        raise AssertionError(f"not seen: {seen}\n{self.text()}")

    def wait_for_shell(self) -> None:
        """Until the shell asks: what is typed at a program that is just leaving, it may throw away."""
        self.wait_for(lambda text: text.rstrip().endswith(PROMPT))

    def modes(self, name: str) -> str:
        """The terminal's modes, as stty says them in the shell."""
        self.run(f"stty -a > {name}; echo {name} is written")
        self.wait_for(f"\n{name} is written")
        return (self.folder / name).read_text(encoding="utf-8")


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    if not (TMUX and BASH):
        pytest.skip("there is no tmux here, or no bash")
    it = Tmux(tmp_path)
    try:
        yield it
    finally:
        it("kill-server")


def test_in_tmux_it_is_suspended_and_comes_back_and_leaves_the_shell_as_it_was(tmux: Tmux) -> None:
    before = tmux.modes("before")
    tmux.run(f"{BPTUI} xor")
    tmux.wait_for(BEGUN)
    tmux.type("b")
    shown = tmux.wait_for("updates 1")
    for name in ("once", "again"):
        tmux.type("C-z")
        tmux.wait_for_shell()
        assert "Stopped" in tmux.text()
        assert tmux.modes(name) == before
        tmux.run("fg")
        tmux.wait_for(lambda text: text.split() == shown.split())
    tmux.type("Up", "?")
    tmux.wait_for("Help")
    tmux.type("Escape")
    tmux.wait_for(BEGUN)
    tmux.type("q")
    tmux.wait_for_shell()
    assert tmux.modes("after") == before


def test_who_attaches_read_only_in_a_smaller_window_sees_the_lecturers_screen_and_changes_nothing(tmux: Tmux) -> None:
    attach = [str(TMUX), "-S", tmux.socket, "attach"]
    with (
        terminal(command=attach, LC_ALL="C.UTF-8", width=100, height=31) as lecturer,
        terminal(command=[*attach, "-r"], LC_ALL="C.UTF-8", width=60, height=16) as student,
    ):
        lecturer.wait_for(PROMPT)
        student.wait_for(PROMPT)
        lecturer.type(f"{BPTUI} xor\n")
        lecturer.wait_for(BEGUN)
        lecturer.type("b")
        lecturer.wait_for("updates 1")
        lecturer.settle()
        shown = lecturer.text().splitlines()[:-1]  # without tmux's own line, in which a clock goes
        assert any(line[60:].strip() for line in shown), "the lecturer's window stays as wide as it was"
        student.wait_for(lambda text: text.splitlines()[:15] == [line[:60] for line in shown[:15]])
        student.type("bbq")
        for _ in range(20):  # tmux's own keys to detach, which come too close together on a busy machine: a paste then
            if student.process.poll() is None:
                student.type("\x02")
                student.read(0.2)
                student.type("d")
                student.read(0.2)
        assert student.wait() == 0
        lecturer.type("?")
        lecturer.wait_for("Help")
        lecturer.type("\x1b")
        lecturer.wait_for(lambda text: text.splitlines()[:-1] == shown)


# --- SSH ---


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def ssh(tmp_path: Path) -> Iterator[list[str]]:
    """The beginning of a command that logs in at an OpenSSH server of this test's own."""
    keygen, client = shutil.which("ssh-keygen"), shutil.which("ssh")
    if not (SSHD and keygen and client):
        pytest.skip("there is no OpenSSH server here, or no client")
    for name in ("host", "mine"):
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)], check=True)
    shutil.copy(tmp_path / "mine.pub", tmp_path / "keys")
    port = free_port()
    (tmp_path / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {tmp_path}/host\nAuthorizedKeysFile {tmp_path}/keys\n"
        f"PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n",
        encoding="utf-8",
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where a server that root starts shuts itself in
    with subprocess.Popen([SSHD, "-D", "-e", "-f", str(tmp_path / "config")], stderr=subprocess.PIPE) as server:
        try:
            for _ in range(100):
                with socket.socket() as line:
                    if line.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield [
                client, "-tt", "-F", "none", "-p", str(port), "-i", str(tmp_path / "mine"), "-o", "IdentitiesOnly=yes",
                "-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={tmp_path}/known", "-o", "BatchMode=yes",
                "-o", "LogLevel=ERROR", f"{getpass.getuser()}@127.0.0.1",
            ]  # fmt: skip
        finally:
            server.terminate()


REMOTE = f"env XDG_CONFIG_HOME=/nonexistent LC_ALL=C.UTF-8 {sys.executable} -m bptui xor --batch 1"


def test_over_ssh_it_steps_and_quits(ssh: list[str]) -> None:
    with terminal(command=[*ssh, REMOTE], width=100, height=30) as at:
        at.wait_for(BEGUN)
        at.type("b")
        at.wait_for(lambda text: (counters(text) or (0,))[-1] == 1)
        at.resize(80, 24)
        at.wait_for(lambda text: "q quit" in text.splitlines()[-1])
        at.type("q")
        assert at.wait() == 0
        assert_restored(at)


def test_a_client_that_is_gone_leaves_nothing_behind_on_the_server(ssh: list[str], tmp_path: Path) -> None:
    with terminal(command=[*ssh, f"echo $$ > {tmp_path}/pid; exec {REMOTE}"], width=100, height=30) as at:
        at.wait_for(BEGUN)
        at.type(PLAYING)
        at.wait_for(under_way)
        process = int((tmp_path / "pid").read_text(encoding="utf-8"))
        os.kill(at.process.pid, signal.SIGKILL)
        until = time.monotonic() + 5
        while Path(f"/proc/{process}").exists():
            assert time.monotonic() < until, "an orphan"
            time.sleep(0.05)
