"""Whatever comes in on the line, bptui does what was meant and nothing else."""

import random

from .commands import BEGUN, Terminal, terminal
from .test_terminal import assert_restored, counters


def send(at: Terminal, data: bytes) -> None:
    """Type what is longer than a terminal takes at once."""
    for k in range(0, len(data), 1024):
        at.type(data[k : k + 1024])
        at.read(0.002)


def still_there(at: Terminal, updates: int) -> None:
    """Nothing has moved, and keys are answered."""
    at.settle(0.2)
    text = at.text()
    found = counters(text)
    assert found is not None
    assert found[-1] == updates
    at.type("?")
    at.wait_for("Help")
    at.type("\x1b")
    at.wait_for(lambda now: now.splitlines()[:-2] == text.splitlines()[:-2])


def test_no_input_ends_bptui_or_does_what_nobody_meant() -> None:
    noise = random.Random(7).randbytes(65536)
    text = b"The quick brown fox. " * 9600
    with terminal("xor", width=100, height=30) as at:
        at.wait_for(BEGUN)
        at.type("b")
        at.settle()
        for data in (
            b"\xff\xfe\x80",
            "é".encode("latin-1"),
            noise,
            "".join(map(chr, range(0xA0, 0x2000))).encode(),
            b"\x1b[200~" + text + b"\x1b[201~",
            text,
        ):
            send(at, data)
            at.read(0.2)  # the rest of a paste is not typed
            at.type("\x1b")
            still_there(at, updates=1)
        at.type("q")
        assert at.wait() == 0
        assert_restored(at)


def test_a_sequence_in_parts_is_none_of_its_characters_and_an_unknown_one_paints_nothing() -> None:
    with terminal("xor", "--batch", "4", width=100, height=30) as at:
        at.wait_for(BEGUN)
        at.settle()
        before = at.text()
        assert "batch 4" in before
        for part in ("\x1b", "[", "A", "\x1b", "[", "\x1b", "OB"):  # up; a lone bracket; down
            at.type(part)
            at.read(0.2)
        at.settle()
        assert at.text().splitlines()[:-2] == before.splitlines()[:-2]
        sent = len(at.sent)
        for sequence in (
            "\x1b[99;99Z",
            "\x1b[99~",
            "\x1b[?62;22c",
            "\x1b]11;rgb:0/0/0\x1b\\",
            "\x1b[I\x1b[O",
            "\x1b[57376;5u",
            "\x1b[1;3A",
            "\x1bZ",
        ):
            at.type(sequence)
        at.read(0.5)
        assert at.sent[sent:] == b""


def test_esc_is_answered_by_itself_without_another_key_behind_it() -> None:
    with terminal("xor", ESCDELAY="30") as at:
        at.wait_for(BEGUN)
        for _ in range(3):
            at.type("?")
            at.wait_for("Help")
            at.settle(0.1)
            at.type("\x1b")
            at.wait_for(BEGUN)


def test_what_is_typed_ahead_is_for_the_line_that_it_opens() -> None:
    with terminal("xor", width=100, height=30) as at:
        at.wait_for(BEGUN)
        at.type("g5\r")
        at.wait_for(lambda text: (counters(text) or (0,))[-1] == 5)
