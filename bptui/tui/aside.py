"""A slice of work beside the screen: in a thread of its own, while the screen goes on being painted and takes keys.

One update of a large network, or of a million samples in one batch, takes a second and more, and can be cut nowhere:
its sums must come out bit for bit as they do whole. numpy computes without Python's lock, so that a thread is enough.
Only one is at work, and what it works on nobody else looks at until it is over.
"""

import threading
from collections.abc import Callable
from contextvars import copy_context
from time import perf_counter
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from bptui.tui.clocked import Clocked

AT_ONCE = 0.03  # seconds in which what is short is done before the key is answered: no word comes and goes
MOST_KEPT = 64  # keys
NAME = "bptui-aside"


class Slice:
    """``work`` once it is begun; when it is over ``told`` is called, in that thread."""

    def __init__(self, work: Callable[[], None], told: Callable[[], object]) -> None:
        self.began = perf_counter()
        self._fault: Exception | None = None
        self._over = threading.Event()
        within = copy_context()  # which app is meant
        self._thread = threading.Thread(target=within.run, args=[self._run, work, told], name=NAME, daemon=True)

    def begin(self) -> None:
        """From now on it is at work."""
        self._thread.start()

    def _run(self, work: Callable[[], None], told: Callable[[], object]) -> None:
        try:
            work()
        except Exception as fault:  # for whoever takes it: nobody sees it here
            self._fault = fault
        finally:
            self._over.set()
        told()

    @property
    def seconds(self) -> float:
        """For how long it has been at work."""
        return perf_counter() - self.began

    def wait(self, seconds: float) -> bool:
        """Is it over, within so many seconds?"""
        return self._over.wait(seconds)

    def take(self) -> None:
        """It is over: raises what its work has raised."""
        if self._fault is not None:
            raise self._fault


def left_over(patience: float) -> bool:
    """Is one still at work when the program ends, after so many seconds? Nobody waits for it any more."""
    threads = [thread for thread in threading.enumerate() if thread.name == NAME]
    for thread in threads:
        thread.join(patience)
    return any(thread.is_alive() for thread in threads)


class Over(Message):
    """A slice is over."""


class Slices:
    """The slices of one screen. What is pressed meanwhile waits in ``kept``: it acts on what the slice leaves."""

    def __init__(self, screen: "Clocked") -> None:
        self.asked = ""  # what the key that was pressed last does
        self.kept: list[Callable[[], object]] = []
        self._screen = screen
        self._slice: Slice | None = None
        self._stopping = False

    @property
    def busy(self) -> bool:
        """Is one at work? Then nothing may be looked at that it works on."""
        return self._slice is not None

    def begin(self, elapsed: float = 0.0) -> bool:
        """A slice of the screen's work, where something is under way, and what there is to be shown then. What is short
        is over at once, which is answered True; else the foot says what is done, and the screen is told."""
        screen = self._screen
        until = perf_counter() + screen.slice()

        def pause() -> bool:
            return self._stopping or perf_counter() > until

        def work() -> None:
            if screen.working():
                screen.work(elapsed, pause)
            screen.prepare()

        self._stopping = False
        slice_ = self._slice = Slice(work, lambda: screen.post_message(Over()))
        slice_.begin()  # the thread goes first, and must find that it is at work
        if slice_.wait(AT_ONCE):
            return self.take()
        screen.paint_foot()
        screen.wake()
        return False

    def take(self) -> bool:
        """Is it over? Then what it has made is the screen's; raises what it has raised."""
        slice_ = self._slice
        if slice_ is None or not slice_.wait(0):
            return False
        self._slice = None
        slice_.take()
        self._screen.came_of_it(self._stopping)
        return True

    def stop(self) -> None:
        """It is to end where it can: an update is made whole."""
        self._stopping = True

    def keep(self, act: Callable[[], object]) -> None:
        """To be done when it is over."""
        if len(self.kept) < MOST_KEPT:
            self.kept.append(act)

    def go_on(self) -> None:
        """Do what was kept, until something of it is at work itself."""
        while self.kept and not self.busy:
            self.kept.pop(0)()

    def words(self, progress: list[str]) -> list[str]:
        """What the foot says meanwhile, longest first: how far it is, where that is known, else what was asked."""
        if self._slice is None:
            return progress
        whole = int(self._slice.seconds)
        time = f" … {whole} s" if whole else " …"
        waits = f" · {len(self.kept)} key{'s' * (len(self.kept) > 1)} waiting" if self.kept else ""
        said = progress or [self.asked]
        if self._stopping:
            said, waits = ["stopping: an update is made whole"], ""
        said = [f"computing: {words}" if words == self.asked else words for words in said]
        return [*(f"{words}{time}{waits}" for words in said), *(f"{words}{time}" for words in said), f"computing{time}"]
