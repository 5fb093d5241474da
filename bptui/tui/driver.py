"""The terminal as bptui drives it: Textual's driver for Unix, which leaves it as it was whatever ends the program.

All of it works on what is private of Textual's driver. What is other than there, why, and what shows that it may go:

- Input is cut into pieces by :mod:`bptui.tui.typed`: bytes that are not UTF-8 end Textual's input thread (issue 6456),
  and so do numbers that it has not expected; what it does not know it types key by key, and it looks only ten times a
  second whether Esc stands alone. Shift alone is a key to it, and a size that the terminal tells is believed.
- A signal is an ordinary end, with the terminal restored (issues 5136 and 5140), also where nobody reads the screen; so
  is a line that is lost, which leaves Textual spinning.
- A process that was stopped and goes on takes the terminal again, whole (issue 6298), and starts nothing twice.
- The terminal gets its modes back last: keys typed ahead would be signals to a program on its way out.
- What is read goes to the app's queue at once, for which Textual makes a task; the terminal's answers to what was
  written, one or more a frame, are no events at all: each would go through parser, queue and dispatch.

``tests/tui/test_driver.py`` says for each what Textual itself does: it fails where that has become as it should be.
"""

import contextlib
import os
import queue
import re
import select
import signal
import termios
import threading
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable
from time import monotonic, sleep
from typing import Any

from textual import events
from textual._xterm_parser import XTermParser
from textual.constants import DISABLE_KITTY_KEY
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import (
    KITTY_DISAMBIGUATE_ESCAPE_CODES,
    KITTY_REPORT_ALL_KEYS,
    KITTY_REPORT_ASSOCIATED_TEXT,
    LinuxDriver,
)
from textual.message import Message

from bptui.tui.line import ASK
from bptui.tui.typed import Piece, Typed

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
SCREEN = 2  # Textual draws on stderr
PATIENCE = 1.5  # seconds for an ordinary end, before it is made without asking anybody
KEEPING = 0.5  # seconds for what the app keeps of itself then
MODES = "2026", "2004", "1000", "1002", "1003", "1006", "1015", "1016", "2048", "1004"
LEAVE = "\x18\x1b[m" + "".join(f"\x1b[?{mode}l" for mode in MODES) + "\x1b[?7h\x1b[<u\x1b[?1049l\x1b[?25h"
"""Switches off all that was switched on; its first character ends whatever sequence it stands in."""
TAKE = "\x1b[<u\x1b[?1049h\x1b[?25l\x1b[?1004h\x1b[?2004h\x1b[?7l"
KITTY = f"\x1b[>{KITTY_DISAMBIGUATE_ESCAPE_CODES | KITTY_REPORT_ALL_KEYS | KITTY_REPORT_ASSOCIATED_TEXT}u"
ASKS = ("\x1b[?2026$p", ASK)
ANSWER = re.compile(r"\x1b\[(?:\?2026;\d+\$y|\d+;\d+R)")
SHORTEST, LONGEST = 0.025, 0.1  # seconds that Esc waits for the rest of a sequence; half the line's round trip between
UNHEARD = re.compile(
    r"\x1b\[(?: (?:5735[89]|57360|5744[1-9]|5745[0-4]) (?:;[\d;:]*)? u | 48;[\d;:]*t | \?2048;\d+\$y )", re.X
)
"""Shift, Control and their like, and what locks, with no other key, of which some terminals tell too; and the size,
which the system knows: one that is told may be any, and Textual takes the mouse's cells for pixels then."""
NUMBERED = re.compile(r"\x1b\[\d+~")
UNKNOWN = 0.05  # where no terminal has answered yet
LATE = 0.3, 2.0  # seconds within which the rest may come, however short or long the round trip
KEYS_KEPT = 256


class Sequences(XTermParser):
    """Textual's table of keys, asked for whole sequences. A key that has come before is known without it: between two
    keys a processor forgets so long a way, and would take longer for it than for all else that reads one."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._keys: dict[str, tuple[str, str | None]] = {}

    def whole(self, sequence: str) -> list[Message]:
        """What a sequence means; nothing where that is not known, or where nobody means anything by it."""
        if UNHEARD.fullmatch(sequence):
            return []
        known = self._keys.get(sequence)
        if known is not None:
            return [events.Key(*known)]
        means = self._read_anew(sequence)
        if len(means) == 1 and isinstance(key := means[0], events.Key) and len(self._keys) < KEYS_KEPT:
            self._keys[sequence] = key.key, key.character
        return means

    def _read_anew(self, sequence: str) -> list[Message]:
        try:
            early = list(self.feed(sequence[:-1])) if sequence[1:] else []  # to feed nothing is to say that all is over
            out = list(self.feed(sequence[-1]))
        except (ArithmeticError, LookupError, ValueError):  # numbers that Textual has not expected: 97;1:3u
            self._forget()
            return []
        if self._awaiting.timeout is not None:  # it waits for more of what is whole
            self._forget()
        if early or (
            NUMBERED.fullmatch(sequence) and any(isinstance(it, events.Key) and it.is_printable for it in out)
        ):
            return []  # Textual takes the number of an unknown key for that of a character: 99 for c
        return out

    def _forget(self) -> None:
        """Begin with the next sequence anew."""
        self._gen.close()
        self._tokens.clear()
        self._gen = self.parse(self._tokens.append)
        self._awaiting, self._timeout_time = next(self._gen), None


class Terminal(LinuxDriver):
    """``round_trip`` is how long the terminal takes to answer, in seconds; None until it has. ``pressed`` is when the
    last key was."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        delay = os.environ.get("ESCDELAY", "")
        self._own_delay = int(delay) / 1000 if delay.isdecimal() and int(delay) else None
        self._typed = Typed(self._own_delay or UNKNOWN, LATE[1])
        self.round_trip: float | None = None
        self.pressed = 0.0
        self._asked: float | None = None
        self._raw: list[Any] | None = None
        self._given_back: list[Any] | None = None
        self._stopped = self._drags = False
        self._ending = self._by_force = False
        self._hears: Callable[[float], Callable[[], object] | None] | None = getattr(self._app, "hears", None)
        self._wake = os.pipe()
        self._signals = os.pipe()
        os.set_blocking(self._signals[1], False)
        threading.Thread(target=self._watch, name="bptui-signals", daemon=True).start()

    # --- taking and leaving ---

    def start_application_mode(self) -> None:
        """Take the terminal."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        with contextlib.suppress(termios.error):
            self._raw = termios.tcgetattr(self.fileno)
        signal.set_wakeup_fd(self._signals[1], warn_on_full_buffer=False)
        for number in ENDS:
            if signal.getsignal(number) != signal.SIG_IGN:  # nohup means what it says
                signal.signal(number, lambda *_: None)  # the number goes to _watch, whatever this thread is about

    def stop_application_mode(self) -> None:
        """Leave the screen; the modes are given back when that is written."""
        self._given_back, self.attrs_before = self.attrs_before or self._given_back, None
        super().stop_application_mode()

    def disable_input(self) -> None:
        """Read no more, at once."""
        if self._key_thread is not None and self._key_thread.is_alive():
            os.write(self._wake[1], b"\0")
        super().disable_input()

    def close(self) -> None:
        """Give the terminal back."""
        super().close()
        while self._by_force:  # it is being done, and the end with it
            sleep(PATIENCE)
        if self._given_back is None:
            return
        if not self._stopped:  # keys that still come must not be signals that end the end
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGQUIT, signal.SIG_IGN)
        self._modes(self._given_back)
        self._given_back = None

    def _modes(self, modes: list[Any] | None) -> None:
        if modes is not None:
            with contextlib.suppress(termios.error):
                termios.tcflush(self.fileno, termios.TCIFLUSH)
                termios.tcsetattr(self.fileno, termios.TCSANOW, modes)

    def _enable_mouse_support(self) -> None:
        """Clicks and the wheel, and movements while a button is held where these draw. Textual asks for every movement,
        of which nothing here makes use: each would cross the line."""
        if self._mouse:
            self.write(f"\x1b[?{1002 if self._drags else 1000}h\x1b[?1006h")

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write("\x1b[?1002l")
        super()._disable_mouse_support()

    def _query_in_band_window_resize(self) -> None:
        """The terminal is not asked to tell its size: see UNHEARD."""

    def tell_drags(self, on: bool) -> None:
        """Whether movements are told while a button is held; nothing is asked of a terminal that was given back."""
        self._drags = on
        if self.attrs_before is not None:
            self._disable_mouse_support()
            self._enable_mouse_support()

    # --- what ends the program ---

    def _watch(self) -> None:
        """Wait for a signal that ends the program."""
        while True:
            for number in os.read(self._signals[0], 64):
                if number in ENDS:
                    self._end(128 + number)

    def _end(self, status: int) -> None:
        """End in the usual way, and by force where that does not come about."""
        self._ending = True
        with contextlib.suppress(RuntimeError):  # the loop is closed already
            self._loop.call_soon_threadsafe(lambda: self._app.exit(return_code=status))
        sleep(PATIENCE)
        self._by_force = True
        try:
            self._modes(self.attrs_before or self._given_back)
            if self._writer_thread is not None:
                self._write_past(self._writer_thread)
            keeps = threading.Thread(target=getattr(self._app, "keep", int), daemon=True)
            keeps.start()
            keeps.join(KEEPING)
        finally:
            os._exit(status)

    def _write_past(self, writer: WriterThread) -> None:
        """Leave the screen, past what waits to be written and past what nobody has read: neither is missed."""
        with contextlib.suppress(OSError, termios.error):
            for _ in range(20):  # until the writer has got rid of what it has in hand
                with contextlib.suppress(queue.Empty):
                    while True:
                        writer._queue.get_nowait()
                termios.tcflush(SCREEN, termios.TCOFLUSH)
                if writer.ident is not None and writer.is_alive():  # a signal makes it see that there is room
                    signal.pthread_kill(writer.ident, signal.SIGCONT)
                sleep(0.01)
            os.set_blocking(SCREEN, False)
            os.write(SCREEN, LEAVE.encode())
            os.set_blocking(SCREEN, True)

    # --- stopped, and going on ---

    def _sigtstp_application(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop)

    def _sigcont_application(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._go_on)

    def _stop(self) -> None:
        if self._auto_restart and not self._ending:
            self._stopped = self._must_signal_resume = True
            self.suspend_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _go_on(self) -> None:
        """After SIGTSTP start anew. After SIGSTOP, which nobody is told of, everything still runs here, but the shell
        has had the terminal; where it has it still, taking it stops this process again."""
        if not self._auto_restart or self._ending:
            return
        if self._stopped:
            self._stopped = False
            self.resume_application_mode()
        else:
            self._modes(self._raw)
            self.write(TAKE if DISABLE_KITTY_KEY else TAKE + KITTY)
            self._enable_mouse_support()
            self.send_message(self.SignalResume())

    # --- input ---

    def write(self, data: str) -> None:
        """As the driver does, noting when the terminal was asked something."""
        if self._by_force:
            return
        if self._asked is None and any(question in data for question in ASKS):
            self._asked = monotonic()
        super().write(data)

    def _run_input_thread(self) -> None:
        """A fault here is a fault like any other."""
        try:
            self.run_input_thread()
        except Exception as fault:
            with contextlib.suppress(RuntimeError):  # the loop is closed already
                self._loop.call_soon_threadsafe(self._app._handle_exception, fault)

    def run_input_thread(self) -> None:
        """Wait for input and hand on what it means."""
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        sequences = Sequences(self._debug)
        while True:
            deadline = self._typed.deadline
            wait = None if deadline is None else max(deadline - monotonic(), 0.0)
            ready, _, _ = select.select([self.fileno, self._wake[0]], [], [], wait)
            if self._wake[0] in ready:
                os.read(self._wake[0], 1)
                return
            pieces: Iterable[Piece] = self._typed.tick(monotonic())
            if ready:
                data = self._read()
                if not data:
                    os.write(self._signals[1], bytes([signal.SIGHUP]))
                    return
                pieces = self._typed.feed(decode(data), monotonic())
            for piece in pieces:
                for message in self._meaning(piece, sequences):
                    if isinstance(message, events.Key):
                        self.pressed = message.time
                    self.process_message(message)

    def _read(self) -> bytes:
        """What there is; nothing where the line is lost."""
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""

    def _meaning(self, piece: Piece, sequences: Sequences) -> Iterable[Message]:
        match piece.kind:
            case "escape":
                return [events.Key("escape", piece.text)]
            case "paste":
                return [events.Paste(piece.text.replace("\0", ""))]
            case "sequence" if ANSWER.fullmatch(piece.text):
                self._answered(now := monotonic())
                if self._hears is not None and piece.text.endswith("R"):
                    goes_on = self._hears(now)
                    if goes_on is not None:
                        self._loop.call_soon_threadsafe(goes_on)
                    return []
        return sequences.whole(piece.text)

    def send_message(self, message: Message) -> None:
        self._app.post_message(message)

    def _answered(self, now: float) -> None:
        """Learn from the shortest round trip how long the parts of a sequence may be under way."""
        if self._asked is None:
            return
        took, self._asked = now - self._asked, None
        self.round_trip = took if self.round_trip is None else min(took, self.round_trip)
        self._typed.late = min(max(self.round_trip, LATE[0]), LATE[1])
        if self._own_delay is None:
            self._typed.escape = min(max(self.round_trip / 2, SHORTEST), LONGEST)
