"""``bptui present``: which server it finds, and what it may say to one that has options of its own."""

import argparse
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from bptui.cli.presenting import NoServer, server

NONE = {"ssh": False, "port": None, "web": False, "web_port": None, "public": False, "password": False, "keys": None}


def options(**given: Any) -> argparse.Namespace:
    return argparse.Namespace(**{**NONE, **given})


@contextmanager
def listening(door: Path) -> Iterator[None]:
    """A server that greets whoever comes."""

    def greet() -> None:
        came, _ = listener.accept()
        with came, suppress(OSError):
            came.sendall(b"! {}\n")

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(door))
        listener.listen()
        greeting = Thread(target=greet)
        greeting.start()
        yield
        greeting.join(10)


@pytest.mark.parametrize(
    ("door", "given"),
    [
        ("present-8022", {}),
        ("present-8022", {"ssh": True}),
        ("present-9000", {"port": 9000}),
        ("present-8023", {"web": True}),
        ("present-9001", {"web": True, "web_port": 9001}),
    ],
)
def test_a_server_that_listens_is_found_by_its_port(door: str, given: dict[str, Any], tmp_path: Path) -> None:
    with listening(tmp_path / door), server(tmp_path, options(**given)) as (_, came):
        assert came == b"! {}\n"


@pytest.mark.parametrize(
    ("door", "given", "said"),
    [
        ("present-8022", {"public": True}, "leave out --public, or give another --port"),
        ("present-8022", {"ssh": True, "web": True}, "leave out --web, or give another --port"),
        ("present-8023", {"web": True, "public": True}, "leave out --public, or give another --web-port"),
    ],
)
def test_options_of_a_server_that_listens_already_are_refused(
    door: str, given: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with listening(tmp_path / door), pytest.raises(NoServer, match=said), server(tmp_path, options(**given)):
        pass
