"""bptui at the near end of a slow line (128 kbit/s, a round trip of 200 ms), and in terminals that answer nothing."""

from tests.bench.line import FarTerminal, far_terminal

from .commands import BPTUI

FASTEST = "+" * 8


def playing(at: FarTerminal) -> bool:
    return any("▶ full speed" in row for row in at.screen.display[-2:])


def test_frames_that_nobody_has_seen_do_not_pile_up() -> None:
    """Twenty seconds' worth of frames would, were they pushed."""
    with far_terminal([BPTUI, "digits"], 100, 30) as at:
        assert at.read(20, lambda: "q quit" in at.text())
        at.type(FASTEST + " ")
        assert at.read(20, lambda: playing(at))
        at.read(2)
        assert at.written - at.received < at.rate
        at.type(" ")
        assert at.read(20, lambda: not playing(at))
        at.settle()
        before = at.text()
        at.type("\x0c")
        at.settle()
        assert at.text() == before, "the screen is whole when the line has caught up"


def test_the_shell_is_left_no_answer_to_read() -> None:
    with far_terminal([BPTUI, "xor"], 80, 24) as at:
        assert at.read(20, lambda: "q quit" in at.text())
        at.type("pq")
        assert at.read(10, lambda: at.process.poll() is not None)
        assert at.asked == at.answered > 0


def test_a_terminal_that_answers_nothing_sees_it_play() -> None:
    with far_terminal([BPTUI, "xor"], 80, 24, rate=10**7, delay=0.0, mute=True) as at:
        assert at.read(20, lambda: "q quit" in at.text())
        at.type(FASTEST + " ")
        seen: set[str] = set()
        assert at.read(20, lambda: len(seen.add(at.text()) or seen) > 30)  # type: ignore[func-returns-value]
        at.type("q")
        assert at.read(10, lambda: "again quits" in at.text())
        at.type("q")
        assert at.read(10, lambda: at.process.poll() is not None)
