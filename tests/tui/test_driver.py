"""What Textual's own driver does: where one of these fails, what :mod:`bptui.tui.driver` has in its place may go."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

from bptui.tui.driver import Sequences, Terminal
from bptui.tui.typed import Piece
from tests.cli.commands import Terminal as Watched
from tests.cli.commands import terminal
from tests.cli.test_terminal import assert_restored

PLAIN = """
from textual.app import App
from textual.widgets import Static

class Plain(App):
    words = "keys"

    def compose(self):
        yield Static("keys !", markup=False)

    def on_key(self, event):
        self.words += " " + event.key
        self.query_one(Static).update(self.words + "!")

Plain().run(mouse=False)
"""


@pytest.fixture
def plain() -> Iterator[Watched]:
    """An app of Textual's with nothing on it but the keys it has been told of."""
    with terminal(command=[sys.executable, "-c", PLAIN]) as at:
        at.wait_for("keys !")
        at.settle(0.2)
        yield at


def test_a_byte_that_is_not_utf_8_ends_it(plain: Watched) -> None:
    plain.type(b"\xff")
    assert plain.wait() == 0
    assert b"UnicodeDecodeError" in plain.sent


def test_it_types_a_sequence_that_comes_in_parts(plain: Watched) -> None:
    plain.type("\x1b")
    plain.wait_for("keys escape!")
    plain.type("[A")
    plain.wait_for("keys escape left_square_bracket A!")


def test_a_signal_leaves_the_terminal_as_the_app_had_it(plain: Watched) -> None:
    os.kill(plain.process.pid, signal.SIGTERM)
    assert plain.wait() == -signal.SIGTERM
    with pytest.raises(AssertionError):
        assert_restored(plain)


def test_a_stop_that_it_is_not_told_of_starts_its_threads_twice(plain: Watched) -> None:
    threads = plain.threads()
    os.kill(plain.process.pid, signal.SIGSTOP)
    os.waitpid(plain.process.pid, os.WUNTRACED)
    os.kill(plain.process.pid, signal.SIGCONT)
    plain.wait_for(lambda _: plain.threads() > threads)


def test_a_lost_line_leaves_it_running(plain: Watched) -> None:
    plain.hang_up()
    with pytest.raises(subprocess.TimeoutExpired):
        plain.process.wait(1.5)


def test_every_message_costs_it_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this fails :meth:`bptui.tui.driver.Terminal.send_message` may go."""
    tasks: list[object] = []
    monkeypatch.setattr("textual.driver.asyncio.run_coroutine_threadsafe", lambda work, loop: tasks.append(work))
    app = SimpleNamespace(_post_message=lambda message: message)
    driver: Any = SimpleNamespace(_app=app, _loop=None)
    Driver.send_message(driver, events.AppFocus())
    assert len(tasks) == 1


def test_shift_alone_is_a_key_to_it_and_none_to_ours() -> None:
    for sequence in "\x1b[57441;2u", "\x1b[57454u", "\x1b[57358;1u":
        assert [type(each) for each in XTermParser(False).feed(sequence)] == [events.Key]
        assert Sequences(False).whole(sequence) == []
    assert [type(each) for each in Sequences(False).whole("\x1b[57440u")] == [events.Key]


def test_a_key_with_numbers_that_it_has_not_expected_ends_it_and_is_nothing_to_ours() -> None:
    """Which of them do depends on its version; where none does, ours need not be asked first."""

    def ends(sequence: str) -> bool:
        try:
            list(XTermParser(False).feed(sequence))
        except (ValueError, OverflowError):
            return True
        return False

    ours = Sequences(False)
    unexpected = "\x1b[97;1:3u", "\x1b[1;1:3A", "\x1b[1114112u", "\x1b[999999999999u", "\x1b[97;1;1114112u"
    assert any(map(ends, unexpected))
    for sequence in unexpected:
        assert ours.whole(sequence) == []
        assert [type(each) for each in ours.whole("\x1b[A")] == [events.Key]


def test_no_sequence_whatsoever_ends_ours() -> None:
    random, ours = Random(9), Sequences(False)
    for _ in range(3000):
        middle = "".join(random.choice("0123456789;:<>?! $-") for _ in range(random.randrange(12)))
        ours.whole(f"\x1b[{middle}{random.choice('ABCDHMPRSTZmtuy~@c')}")
        assert [type(each) for each in ours.whole("x")] == [events.Key]


def test_a_size_that_the_terminal_tells_is_believed_by_it_and_the_mouse_with_it_and_not_by_ours() -> None:
    def column(feed: Callable[[str], Iterable[object]], size: str) -> int:
        list(feed(size))
        (event,) = feed("\x1b[<0;41;13M")
        assert isinstance(event, events.MouseDown)
        return event.x

    plain, ours = XTermParser(False), Sequences(False)
    assert column(plain.feed, "\x1b[48;24;80;480;640t") == 5
    assert column(ours.whole, "\x1b[48;24;80;480;640t") == 40
    assert ours.whole("\x1b[48;60000;60000;0;0t") == ours.whole("\x1b[?2048;2$y") == []


def test_it_asks_for_a_size_and_ours_does_not() -> None:
    for driver, written in (LinuxDriver, ["\x1b[?2048$p"]), (Terminal, []):
        asked: list[str] = []
        it: Any = object.__new__(driver)
        it.write = asked.append
        it._query_in_band_window_resize()
        assert asked == written


def test_an_answer_is_an_event_to_it_and_to_ours_a_moment_that_is_heard() -> None:
    assert [type(each) for each in Sequences(False).whole("\x1b[1;1R")] == [events.CursorPosition]
    heard: list[float] = []
    woken: list[object] = []
    ours: Any = object.__new__(Terminal)
    ours._asked, ours._hears = None, heard.append
    ours._loop = SimpleNamespace(call_soon_threadsafe=woken.append)
    assert ours._meaning(Piece("sequence", "\x1b[1;1R"), Sequences(False)) == []
    assert (len(heard), woken) == (1, [])  # nobody waits for it
    ours._hears = lambda now: int
    assert ours._meaning(Piece("sequence", "\x1b[1;1R"), Sequences(False)) == []
    assert woken == [int]


@pytest.mark.parametrize("text", ["s", "Z", "ß", " ", "\t", "\r", "\x01", "\x1b[A", "\x1b[1;5C", "\x1b[5~", "\x1bOP"])
def test_a_key_that_comes_again_is_the_same_without_the_parser(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sequences = Sequences(False)
    (first,) = sequences.whole(text)
    monkeypatch.setattr(sequences, "feed", None)
    (again,) = sequences.whole(text)
    assert isinstance(first, events.Key)
    assert isinstance(again, events.Key)
    assert again is not first  # an event is handled once
    assert (again.key, again.character, again.aliases) == (first.key, first.character, first.aliases)


def test_what_is_no_key_is_asked_each_time() -> None:
    sequences = Sequences(False)
    for x in (3, 4):
        (press,) = sequences.whole(f"\x1b[<0;{x};4M")
        assert isinstance(press, events.MouseDown)
        assert press.x == x - 1
    assert [sequences.whole("\x1b[99~") for _ in range(2)] == [[], []]
