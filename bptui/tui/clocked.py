"""A screen on which something may be under way: a clock gives it slices of work, in its own thread or beside it."""

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

from textual.screen import Screen
from textual.timer import Timer

from bptui.tui.aside import Over, Slices, left_over

if TYPE_CHECKING:
    from bptui.session.session import Session
    from bptui.tui.app import BptuiApp

FRAMES = 15  # a second, while something is under way


class Clocked(Screen[None]):
    """A screen says what its work is, and shows what a slice of it has made."""

    app: "BptuiApp"

    def __init__(self) -> None:
        super().__init__()
        self.slices = Slices(self)
        self._clock: Timer
        self._last_tick = 0.0
        self._again: Timer | None = None

    # --- what a screen says ---

    def paint(self) -> None:
        """Show what there is to show, at the screen's size."""
        raise NotImplementedError

    def paint_work(self) -> None:
        """Show what a slice of work has changed."""
        self.paint()

    def paint_chart(self) -> None:
        """Show the chart, which has been drawn."""
        self.paint()

    def working(self) -> bool:
        """Is something under way?"""
        return False

    def work(self, elapsed: float, pause: Callable[[], bool]) -> None:
        """A slice of it, until ``pause()`` says so; ``elapsed`` seconds after the slice before."""

    def costly(self) -> bool:
        """Does the least of its work take longer than a frame? Then it is done beside the screen, and so is what a key
        needs: nothing of it may touch the terminal."""
        return False

    def weighs(self, session: "Session") -> bool:
        """Is what it needs of a session costly? Who follows, or presents, sees it change at any time: not there."""
        return session.costly and self.app.polling is None

    def prepare(self) -> None:
        """Compute what will be shown; beside the screen."""

    def came_of_it(self, stopped: bool) -> None:
        """A slice beside the screen is over, ``stopped`` by a person or not."""
        if self.app.recovery:
            self.app.recovery.note_between(self.app.explorer)

    def paint_foot(self) -> None:
        """Show what the foot says, and look at nothing that is being worked on."""

    def paint_notice(self) -> None:
        """Show a notice, and as much else as can be looked at now."""
        self.paint_foot() if self.is_worked_on else self.paint()

    @property
    def is_worked_on(self) -> bool:
        """Is something computed beside this screen, or one that lies over it? What it shows may be part of that."""
        if not self.is_attached:  # the app has ended, and knows of no screen any more
            return left_over(0.0)
        return any(isinstance(screen, Clocked) and screen.slices.busy for screen in self.app.screen_stack)

    def slice(self) -> float:
        """Seconds of computing inside one frame: a key is answered within a frame."""
        return 0.045

    def hurries(self) -> bool:
        """Is it waited for? Then a slice follows the one before, whatever the clock says."""
        return False

    # --- the clock ---

    def on_mount(self) -> None:
        self._clock = self.set_interval(1 / FRAMES, self._tick, pause=True)
        self.wake()

    def wake(self) -> None:
        """Run the clock while something is under way, and not otherwise: an idle screen writes nothing."""
        if self.slices.busy or self.working():
            self._last_tick = perf_counter()
            self._clock.resume()
        else:
            self._clock.pause()

    def _tick(self) -> None:
        if self._again is not None:
            self._again.stop()
            self._again = None
        if self.slices.busy:
            self._show_foot()
            return
        if not self.working():  # a key has ended it since this was due
            self.wake()
            return
        now = perf_counter()
        elapsed, self._last_tick = now - self._last_tick, now
        until = now + self.slice()
        if not self.costly():
            self.work(elapsed, lambda: perf_counter() > until or self.app.key_waits)
        elif not self.slices.begin(elapsed):
            return
        self._show_work()

    def _show_foot(self) -> None:
        """That it goes on. Who has left is told nothing: the shell would read the terminal's answer to that."""
        if self.is_attached and not self.app.behind:
            self.app.begin_frame()
            self.paint_foot()
            self.app.show_now(self)

    def _show_work(self) -> None:
        """What a slice has made; the next one follows."""
        if not (self.app.behind and self.working()):  # what nobody can see yet is not painted
            self.app.begin_frame()
            self.paint_work()
            self.app.show_now(self)
        self.wake()
        if self.working() and self.hurries():
            self._again = self.set_timer(0.001, self._tick)

    def on_over(self, message: Over) -> None:
        """A slice beside the screen is over: show it, then do what was asked for meanwhile."""
        message.stop()
        if self.slices.take():
            self._show_work()
            self.slices.go_on()

    def put_off(self, act: Callable[[], object]) -> None:
        """Until what is computed beside the screen is over."""
        self.slices.keep(act)
        self._show_foot()
