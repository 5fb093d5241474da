"""The installed command in a real terminal: it starts, steps, counts, and leaves the terminal as it was."""

import os
import re
import subprocess
import sys
import termios
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from .commands import BEGUN, BPTUI, Terminal, complaint, plain_complaint, terminal

COUNTERS = re.compile(
    r"epoch (\d+) +batch (\d+)(?: of |/)\d+ +sample (\d+)(?: of |/)\d+ +│ +"
    r"(?:forward|fwd) (\d+)(?: ·)? (?:backward|bwd) (\d+)(?: ·)? (?:updates|upd) (\d+)"  # shorter as they grow
)


def counters(text: str) -> tuple[int, ...] | None:
    """Epoch, batch, sample, forward, backward, updates as the header says them."""
    found = COUNTERS.search(text)
    return tuple(map(int, found.groups())) if found else None


def under_way(text: str) -> bool:
    """Do updates follow one another?"""
    found = counters(text)
    return found is not None and found[-1] > 20


def expect(at: Terminal, key: str, *numbers: int) -> None:
    at.type(key)
    at.wait_for(lambda text: counters(text) == numbers)


def assert_restored(at: Terminal) -> None:
    """Modes as before, and the last of each pair of switches is the one that undoes."""
    assert termios.tcgetattr(at.slave) == at.modes
    last = dict(re.findall(rb"\x1b\[\?(\d+)([hl])", at.sent))
    screen, cursor, *others = (last[mode] for mode in (b"1049", b"25", b"2004", b"1000", b"1002", b"1004", b"1006"))
    assert (screen, cursor, set(others)) == (b"l", b"h", {b"l"})
    assert not at.screen.cursor.hidden


def test_stepping_counts_passes_and_updates_and_q_restores_the_terminal() -> None:
    with terminal("digits") as at:
        at.wait_for(lambda text: counters(text) == (1, 1, 1, 0, 0, 0))
        expect(at, "ppp", 1, 1, 1, 1, 0, 0)
        expect(at, "s", 1, 1, 1, 1, 1, 0)
        expect(at, "s", 1, 1, 2, 2, 2, 0)
        expect(at, "b", 1, 1, 32, 32, 32, 1)
        expect(at, "b", 1, 2, 32, 64, 64, 2)
        expect(at, "e", 1, 25, 32, 800, 800, 25)
        expect(at, "B", 1, 24, 32, 768, 768, 24)
        expect(at, "E", 1, 1, 1, 0, 0, 0)
        at.type("q")
        assert at.wait() == 0
        assert_restored(at)


@pytest.mark.parametrize("key", ["q", "\x11"], ids=["q", "ctrl+q"])
def test_quitting_restores_the_terminal(key: str) -> None:
    with terminal("xor") as at:
        at.wait_for(BEGUN)
        at.type(key)
        assert at.wait() == 0
        assert_restored(at)


def test_the_screen_never_differs_from_a_full_repaint() -> None:
    with terminal("iris", width=120, height=40) as at:
        at.wait_for(BEGUN)
        for keys in ("ppsb3\x1b[B\x1b[B", "t14f", "f5e", "?", "q"):
            at.type(keys)
            at.settle()
            if keys == "?":  # ctrl+l would close the help
                continue
            before = [[at.screen.buffer[y][x] for x in range(120)] for y in range(40)]
            at.screen.erase_in_display(2)
            at.type("\x0c")
            at.settle()
            assert before == [[at.screen.buffer[y][x] for x in range(120)] for y in range(40)], repr(keys)


def test_a_resized_terminal_is_painted_anew() -> None:
    with terminal("xor") as at:
        at.wait_for(BEGUN)
        at.settle()
        first = at.text()
        at.resize(39, 9)
        at.wait_for("needs 40×10, has 39×9")
        at.resize(80, 24)
        at.wait_for(lambda text: text == first)


def test_stray_sizes_in_the_environment_do_not_count() -> None:
    with terminal("xor", COLUMNS="40", LINES="12") as at:
        assert "Batch" in at.wait_for("q quit")
        assert at.screen.display[-1].rstrip().endswith("q quit")
        assert at.screen.display[-2].startswith(" p phase")


@pytest.mark.parametrize(
    ("arguments", "variables", "coloured"),
    [
        ((), {}, True),
        (("--no-color",), {}, False),
        ((), {"NO_COLOR": "1"}, False),
        ((), {"NO_COLOR": ""}, True),
    ],
    ids=["plain", "--no-color", "NO_COLOR=1", "NO_COLOR="],
)
def test_colours(arguments: tuple[str, ...], variables: dict[str, Any], coloured: bool) -> None:
    with terminal("digits", *arguments, **variables) as at:
        at.wait_for(BEGUN)
        at.type("b5")
        at.read(0.8)
        for dialog, words in (("\x10", "Search for commands"), ("g", "Go to update")):
            at.type(dialog)
            at.wait_for(words)
            at.read(0.7)
            sent = len(at.sent)
            at.read(0.7)
            assert at.sent[sent:] == b"", "while it waits it writes nothing, a cursor that blinks neither"
            at.type("\x1b[B")
            at.read(0.3)
            assert coloured or any(cell.reverse for line in at.screen.buffer.values() for cell in line.values())
            at.type("\x1b")
            at.wait_for(partial(is_gone, words))
        at.type("q")
        at.wait()
        codes = re.findall(rb"\x1b\[([\d;]*)m", at.sent)
        assert any(re.search(rb"(^|;)([34]8;|3[0-7]|4[0-7]|9\d|10\d)", code) for code in codes) == coloured


def is_gone(words: str, text: str) -> bool:
    return words not in text


@pytest.mark.parametrize("variables", [{"PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, {"PYTHONUTF8": "1"}, {}])
def test_without_unicode_only_ascii_is_written(variables: dict[str, Any]) -> None:
    with terminal("digits", LC_ALL="C", **variables) as at:
        at.wait_for(BEGUN)
        at.type("b")
        at.read(0.5)
        at.type("q")
        assert at.wait() == 0
        assert at.sent.isascii()
        assert b"\\u" not in at.sent


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_move_its_cursor_is_refused(term: str) -> None:
    with terminal("xor", TERM=term) as at:
        assert at.wait() == 2
        assert b"\x1b" not in at.sent
        assert b"bptui: error: this terminal cannot move its cursor" in at.sent


@pytest.mark.parametrize("redirect", ["< /dev/null", "2> /dev/null"])
def test_keyboard_and_screen_must_be_a_terminal(redirect: str) -> None:
    with terminal(command=["/bin/sh", "-c", f"{BPTUI} xor {redirect}"]) as at:
        assert at.wait() == 2
        assert b"\x1b" not in at.sent


def test_python_dash_m_is_the_same_command() -> None:
    done = subprocess.run([sys.executable, "-m", "bptui", "nosuch"], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=60, check=False)  # fmt: skip
    assert plain_complaint(done.returncode, done.stdout, done.stderr) == complaint("nosuch")


@pytest.mark.parametrize(
    ("targets", "shown"), [(("cat", "dog"), " dog "), (("0.25", "0.75"), "0.750")], ids=["classes", "numbers"]
)
def test_a_csv_file_of_ones_own_opens_and_trains(targets: tuple[str, str], shown: str, tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    rows = [f"{k}.125,-{k}.5,{targets[k % 2]}" for k in range(8)]
    mine.write_text("\n".join(("height,weight,answer", *rows)), encoding="utf-8")
    with terminal(str(mine), width=120, height=40) as at:
        at.wait_for(lambda text: counters(text) == (1, 1, 1, 0, 0, 0))
        assert "mine" in at.text().splitlines()[0]
        at.wait_for("x1 −0.500")
        expect(at, "b", 1, 1, 8, 8, 8, 1)
        at.wait_for(shown)
        at.type("q")
        assert at.wait() == 0


def test_hostile_names_send_nothing_to_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(
        "a\x1b[31m,b\u202e\n1,\x1b]52;c;QQ==\x07red\n2,\x9b2Jblue\n3,[@click=app.quit]q[/]\n", encoding="utf-8"
    )
    (tmp_path / "s.toml").write_text(
        'format_version = 1\n[data]\nfile = "d.csv"\n[network]\nlayers = [1, 2, 3]\n'
        'activations = ["tanh", "softmax"]\n[training]\nloss = "cross-entropy"\n',
        encoding="utf-8",
    )
    with terminal(str(tmp_path / "s.toml"), width=120, height=40) as at:
        at.wait_for(BEGUN)
        at.type("b345")
        at.read(0.8)
        at.type("q")
        assert at.wait() == 0
        for sequence in (b"\x1b]52", b"\x1b[31mred", "\x9b".encode(), "\u202e".encode()):
            assert sequence not in at.sent


def test_a_browser_may_take_the_place_of_the_terminal() -> None:
    """As ``textual serve`` starts it: no terminal at all, another driver of Textual's."""
    driver = {"TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver", "COLUMNS": "100", "ROWS": "30", "TERM": ""}
    with subprocess.Popen(
        [BPTUI, "xor"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, **driver},
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            sent = b""
            while b"Network" not in sent and (some := os.read(process.stdout.fileno(), 65536)):
                sent += some
            key = b"q"
            process.stdin.write(b"D" + len(key).to_bytes(4, "big") + key)
            process.stdin.flush()
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert b"Network" in sent
    assert (process.returncode, err) == (0, b"")
