"""Every kind and size of terminal: what it is sent, it has."""

import re

import pytest

from .commands import BEGUN, terminal
from .test_terminal import assert_restored, counters

KINDS = {
    "xterm-256color": "256",
    "screen-256color": "256",
    "tmux-256color": "256",
    "linux": "16",
    "vt100": "16",
    "xterm-16color": "16",
}
SIZES = ((40, 10), (80, 24), (120, 40), (300, 80), (100, 30), (60, 20))
CODES = re.compile(rb"\x1b\[([\d;]*)m")


@pytest.mark.parametrize(("kind", "size"), list(zip(KINDS, SIZES, strict=True)))
def test_no_colour_is_sent_that_the_terminal_has_not(kind: str, size: tuple[int, int]) -> None:
    with terminal("iris", width=size[0], height=size[1], TERM=kind, COLORTERM="") as at:
        at.wait_for(BEGUN)
        at.type("b5tb1")
        at.wait_for(lambda text: "Network" in text)
        at.settle(0.3)
        assert all(len(line) == size[0] for line in at.screen.display)
        if size != (40, 10):
            found = counters(at.text())
            assert found is None or found[-1] == 2
        at.type("q")
        assert at.wait() == 0
        assert_restored(at)
        codes = b" ".join(CODES.findall(at.sent))
        assert not re.search(rb"[34]8;2;", codes)
        assert bool(re.search(rb"[34]8;5;", codes)) == (KINDS[kind] == "256")
        assert re.search(rb"(^|[; ])[349]\d", codes), "it has colours"
        assert not re.search("[\u2801-\u28ff]", at.sent.decode()) or kind != "linux", "its fonts have no braille"
