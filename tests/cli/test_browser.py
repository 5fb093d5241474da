"""Under ``textual serve`` a browser shows the screen: nothing is refused, and nothing is written on the server."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

from .commands import BEGUN, BPTUI, OWN

SERVED = {"TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver", "COLUMNS": "100", "ROWS": "30"}
NO_UTF8 = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}


class Served:
    """bptui as the server talks to it: packets of a letter, a length and so many bytes."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process, self.to, self.sent = process, process.stdin, process.stdout
        self.screen = b""
        self.told: list[dict[str, str]] = []
        assert self.sent.readline() == b"__GANGLION__\n"

    def type(self, keys: bytes) -> None:
        self.to.write(b"D" + len(keys).to_bytes(4, "big") + keys)
        self.to.flush()

    def read(self) -> bool:
        """Take in a packet; False at the end."""
        head = self.sent.read(5)
        if len(head) < 5:
            return False
        body = self.sent.read(int.from_bytes(head[1:], "big"))
        if head[:1] == b"D":
            self.screen += body
        elif head[:1] == b"M":
            self.told.append(json.loads(body))
        return True

    def wait_for(self, words: str) -> None:
        while words.encode() not in self.screen:
            assert self.read(), f"not seen: {words}"


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    with subprocess.Popen(
        [BPTUI, "xor"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder,
        env={**os.environ, **OWN, **NO_UTF8, **SERVED, "HOME": str(folder), "XDG_DOWNLOAD_DIR": str(folder)},
    ) as process:  # fmt: skip
        watch = Timer(30, process.kill)
        watch.start()
        try:
            yield Served(process)
        finally:
            watch.cancel()
            process.kill()


def test_what_is_saved_goes_to_the_browser_and_the_server_gets_no_file(tmp_path: Path) -> None:
    with served(tmp_path) as at:
        at.wait_for(BEGUN)
        at.type(b"X")
        at.wait_for("xor.toml goes to the browser")
        at.type(b"x")
        at.wait_for(".svg goes to the browser")
        at.type(b"\x1a")
        at.wait_for("there is no shell here to suspend to")
        at.type(b"q")
        while at.read():
            pass
        assert at.process.wait(20) == 0
    starts = [Path(told["path"]).name for told in at.told if told["type"] == "deliver_file_start"]
    assert starts == ["xor.toml", "bptui-xor-u1-s1-p1.svg"]
    assert list(tmp_path.rglob("*")) == []


def test_a_browser_has_unicode_and_its_own_size_whatever_the_server_s_locale(tmp_path: Path) -> None:
    with served(tmp_path) as at:
        at.wait_for("━" * 48)  # half of it is a panel, without its corners
