"""One line of progress on a terminal, that never wraps; and ctrl+C as a request to stop after the update in hand."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

EVERY = 0.1  # seconds between two paintings
BRIEF = 0.4  # what takes no longer shows no progress, and does not load rich


class ProgressLine:
    """Painted on stderr a few times a second, and only on a terminal; ``total`` is the work that there is."""

    def __init__(self, total: float, colour: bool = True) -> None:
        self.total, self.colour = total, colour
        self.shown = sys.stderr.isatty()
        self.started = monotonic()
        self.painted = self.started + BRIEF - EVERY
        self.on_screen = False
        self.bar: tuple[Console, Progress] | None = None

    @property
    def due(self) -> bool:
        """Is it time to paint?"""
        return self.shown and monotonic() - self.painted > EVERY

    def paint(self, done: float, words: str) -> None:
        """The bar, its words and the time left, as wide as the terminal has room for."""
        self.painted = monotonic()
        console, progress = self.bar = self.bar or rich_bar(self.total, self.colour, self.started)
        progress.update(progress.task_ids[0], completed=done, description=words)
        with console.capture() as written:
            console.print(progress.get_renderable(), width=max(console.width - 1, 1), overflow="crop", no_wrap=True)
        line = written.get().split("\n")[0]
        self.on_screen = True  # before it is: ctrl+C may come between
        sys.stderr.write(f"\r{line}\x1b[K")
        sys.stderr.flush()

    def clear(self) -> None:
        if self.on_screen:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self.on_screen = False


def rich_bar(total: float, colour: bool, started: float) -> "tuple[Console, Progress]":
    """Rich's bar with the time left, never started: it would paint by itself between lines of the output."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, no_color=None if colour else True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(24), TimeRemainingColumn(), TextColumn("left"))
    progress = Progress(*columns, console=console, get_time=monotonic)
    progress.add_task("", total=total)
    progress.tasks[0].start_time = started
    return console, progress


class Interrupt:
    """``asked`` is true from the first ctrl+C on; the second one stops at once, with KeyboardInterrupt."""

    def __init__(self) -> None:
        self.asked = False

    def ask(self, *_: Any) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True


@contextmanager
def interruptible() -> Iterator[Interrupt]:
    """While inside, ctrl+C asks; where the process ignores it, it goes on ignoring it."""
    interrupt = Interrupt()
    here = threading.current_thread() is threading.main_thread()
    if not here or signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        yield interrupt
        return
    before = signal.signal(signal.SIGINT, interrupt.ask)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)
