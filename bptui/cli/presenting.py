"""``bptui present``: the lecturer's explorer, and a server of its own where none listens."""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bptui.cli.exploring import beginning, open_explorer, why_no_terminal
from bptui.cli.telling import complain
from bptui.headless.arguments import command_of, parser_of

if TYPE_CHECKING:
    from bptui.session.session import Session
    from bptui.tui.explorer import Explorer
    from bptui.views.looks import Looks

PATIENCE = 10.0  # seconds in which a server answers, and ends
DOORS = ("public", "password", "keys", "web", "web_port")
"""Options of a server of its own."""
KEPT = ("--weights",)
"""Those that no server can hand on to visitors: who follows has the weights from the lecturer."""


class NoServer(Exception):
    """Nobody can be presented to; one line."""


def present(options: argparse.Namespace) -> int:
    """Until it is left; status 1 where no server can be had, or somebody presents there."""
    it = beginning(options)  # what is wrong with it is said before a server is begun
    if problem := why_no_terminal():
        return complain(problem)
    from bptui.data.folders import state_folder

    folder = state_folder()
    if folder is None or not hasattr(socket, "AF_UNIX"):
        return complain("there is no way here from bptui present to a server", status=1)
    try:
        with server(folder / "serve", options) as (line, came):
            return open_explorer(it, options, made=partial(made, line=line, came=came))
    except NoServer as problem:
        return complain(str(problem), status=1)


def made(
    session: "Session", palette: str, ascii_only: bool, looks: "Looks", line: socket.socket, came: bytes
) -> "Explorer":
    from bptui.tui.presenting import PresentingExplorer

    return PresentingExplorer(session, palette, ascii_only, looks, line, came)


@contextmanager
def server(folder: Path, options: argparse.Namespace) -> Iterator[tuple[socket.socket, bytes]]:
    """A line to the server that listens, or to one that ends with this; what has come by it. Raises NoServer."""
    from bptui.serve.command import PORT, WEB_PORT

    alone = options.web and not options.ssh  # by the browser only
    door = folder / f"present-{(options.web_port or WEB_PORT) if alone else (options.port or PORT)}"
    line = joined(door)
    if line is not None:
        with line:
            found_by = ("web", "web_port") if alone else ()
            given = [name for name in DOORS if getattr(options, name) and name not in found_by]
            if given:
                raise NoServer(
                    f"a server listens already, whose own options hold: leave out --{given[0].replace('_', '-')}, "
                    f"or give another {'--web-port' if alone else '--port'}"
                )
            yield line, greeted(line)
        return
    with begun(options) as lines:
        for words in lines:
            print(words.removesuffix("; ctrl+C closes"))
        line = joined(door)
        if line is None:
            raise NoServer("the server that was started lets nobody present")
        with line:
            yield line, greeted(line)


def joined(door: Path) -> socket.socket | None:
    """A line to who listens there."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.connect(str(door))
    except OSError:
        line.close()
        return None
    return line


def greeted(line: socket.socket) -> bytes:
    """What the hub says first. Raises NoServer where it lets nobody in."""
    from bptui.data.wire import read_line

    line.settimeout(PATIENCE)
    came = b""
    with suppress(OSError):
        while b"\n" not in came and (body := line.recv(4096)):
            came += body
    try:
        _, said = read_line(came.partition(b"\n")[0])
    except ValueError:
        raise NoServer("the server does not answer") from None
    if isinstance(said, dict) and "refused" in said:
        raise NoServer(str(said["refused"]))
    return came


@contextmanager
def begun(options: argparse.Namespace) -> Iterator[list[str]]:
    """A server of one's own, and what it says at its beginning; it ends with this. Raises NoServer."""
    from bptui.cli.serving import PRESENTS

    command = [sys.executable, "-m", "bptui", "serve", *words_for_server(options)]
    with (
        tempfile.TemporaryFile("w+") as complaints,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            env={**os.environ, PRESENTS: "1"},
            start_new_session=True,  # keys of this terminal are not for it
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            lines = list(iter(lambda: process.stdout.readline().strip(), ""))  # type: ignore[union-attr]
            if process.poll() is not None or not lines:
                process.wait(PATIENCE)
                complaints.seek(0)
                said = complaints.read().strip().removeprefix("bptui: error: ")
                raise NoServer(said or "the server has ended at once")
            yield lines
        finally:
            process.stdin.close()
            process.stdout.close()
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE)
            if process.poll() is None:
                process.kill()


def words_for_server(options: argparse.Namespace) -> list[str]:
    """Of what was typed, what a server takes too."""
    _, words = command_of(options.words)
    here, there = parser_of("present"), parser_of("serve")
    out: list[str] = []
    place = 0
    while place < len(words):
        word = words[place]
        option = word.partition("=")[0]
        count = 1 + (option in here.known and "=" not in word and here.takes_value(option))
        if word == "--" or option not in here.known or (option in there.known and option not in KEPT):
            out += words[place : place + count]
        place += count
    if options.scenario not in out:
        out.insert(0, options.scenario)
    return out if {"--ssh", "--web"} & set(out) else [*out, "--ssh"]
