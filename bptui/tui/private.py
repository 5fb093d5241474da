"""Everything private of Textual that bptui uses, and what happens where a version has it no more.

Both mixins give way to what Textual does by itself: more bytes a frame, and a fault told its own way. What they and the
function are for:

- :class:`CellDiff`: where one cell has changed Textual writes the widget's whole line, with all its colours (issue
  4086 asks for a comparison with the frame before), and writes on where nobody has read the frames before.
- :class:`Faults`: Textual tells a fault with the values of variables, in as many lines as the terminal lets it.
- :func:`let_go_of_what_closes`: screens that were closed stay in memory (issue 6665).

``tests/tui/test_private.py`` says for each what Textual itself does: it fails where that has become as it should be.
"""

import sys
import traceback
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from math import inf
from operator import itemgetter
from time import monotonic
from typing import Any

from rich.console import Console
from textual import events
from textual.app import App
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from bptui.tui.faults import surroundings, write_log
from bptui.tui.frames import Pen, Run, Shadow, cells_of, cells_of_row, cut, in_order
from bptui.tui.inks import Cell, Inks
from bptui.tui.line import ASK, LOST, Line
from bptui.views.text import Row


class Unknown:
    """Stands for a class that this version of Textual has not: nothing is one."""


try:
    from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
except ImportError:
    ChopsUpdate = CompositorUpdate = LayoutUpdate = Unknown  # type: ignore[misc, assignment]


def let_go_of_what_closes() -> None:
    """Textual remembers two colours for each widget that has asked for them, and with them the widget's lines: a
    thousand screens that were closed would stay in memory. They depend on two other colours alone."""
    try:
        from textual._styles_cache import StylesCache  # noqa: PLC0415  where it is gone there is nothing to mend

        colours = lru_cache(maxsize=64)(partial(StylesCache.get_inner_outer.__wrapped__, None))
    except (ImportError, AttributeError):
        return
    StylesCache.get_inner_outer = lambda _, *given: colours(*given)  # type: ignore[method-assign, assignment]


let_go_of_what_closes()


class Diffed(CompositorUpdate):
    """An update already turned into what the terminal must be sent."""

    def __init__(self, text: str) -> None:
        self.text = text

    def render_segments(self, console: Console) -> str:
        return self.text

    def __rich_console__(self, *_: Any) -> Any:
        yield self.text


UNDER_WAY = 0.5  # seconds in which a key has come, or comes to nobody
Piece = tuple[int, int, Row, str]
"""A row that a panel has painted: line, first column, its spans, and the palette that says their colours."""
PLACE = itemgetter(0, 1)


class Painted(CompositorUpdate):
    """What panels have painted anew, past Textual's compositor: nothing lies over them."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = pieces


def tell_drags(app: App[Any], on: bool) -> None:
    """Whether the terminal tells how the mouse moves while a button is held; Textual's own drivers tell it always."""
    tell = getattr(app._driver, "tell_drags", None)
    if tell is not None:
        tell(on)


def strips_on(app: App[Any]) -> list[Strip]:
    """The lines of the screen as they stand, for who takes a picture of it without a terminal."""
    return app.screen._compositor.render_strips()


class CellDiff(App[int]):
    """The mixin: compares each update with the shadow of the screen and hands on only the difference, as much of it as
    the line to the terminal takes; the rest follows the terminal's answers, and what has changed meanwhile after it.

    Whatever it does not understand it leaves to Textual, forgetting what it knew of the screen.
    """

    colour = True
    """Whether what is written may have colours: Textual's own dialogs have some in every theme."""
    _shadow: Shadow | None = None
    _understood = True
    _key_acted = 0.0
    _painted: dict[Widget, dict[int, Piece]] | None = None
    """What was painted since a frame was begun, by its line; None where none is begun."""

    def __init__(self) -> None:
        super().__init__()
        self.line = Line()
        self._inks: Inks | None = None
        self._rest: list[Run] = []  # of the frame under way
        self._newer = False  # has something changed since it was begun?
        self._key = False  # was a key pressed since it was begun?
        self._answers_key = False  # does it answer a key?
        self._last_act: Callable[[], None] | None = None

    @property
    def key_waits(self) -> bool:
        """Has a key been pressed that has not acted yet? Then work gives way. Another driver does not say it, and one
        that comes to nobody is not waited for."""
        pressed: float = getattr(self._driver, "pressed", 0.0)
        return pressed > self._key_acted and monotonic() < pressed + UNDER_WAY

    def key_acted(self, key: events.Key) -> None:
        """A key has come to whom it is for."""
        self._key_acted = key.time

    def forget_screen(self) -> None:
        """Nothing is known of the terminal any more: the next update is written whole."""
        self._shadow, self._rest = None, []

    @property
    def behind(self) -> bool:
        """Is the terminal still on its way to what it was to show? A newer frame would have to wait."""
        return bool(self._rest) or self.line.room(monotonic()) <= 0

    async def on_event(self, event: events.Event) -> None:
        await super().on_event(event)
        if isinstance(event, events.Key) and not getattr(self.screen, "shows_keys", False):
            self.screen.call_later(self._key_done)  # behind the key in the screen's queue: what it changed is known

    def _key_done(self) -> None:
        self._key = True

    def begin_frame(self) -> None:
        """What panels paint from now on goes past Textual's compositor, until it is shown: it would compose whole lines
        of them, a moment later."""
        self._painted = {}

    def takes(self, panel: Widget, pieces: list[Piece]) -> bool:
        """Take what a panel has painted anew, in place of what it painted there since the frame was begun; False where
        Textual is to paint it, as what lies below another screen."""
        if self._painted is None or not self._understood or panel.parent is not self.screen:
            return False
        self._painted.setdefault(panel, {}).update((piece[0], piece) for piece in pieces)
        return True

    def show_now(self, screen: Any, key: bool = False) -> None:
        """Write at once what a screen has painted, in answer to a ``key`` or not; Textual waits for its own clock."""
        self._key = self._key or key
        painted, self._painted = self._painted, None
        if painted:
            pieces = [piece for of_panel in painted.values() for piece in of_panel.values()]
            if not (screen is self.screen and self._displayed(screen, Painted(pieces))):
                for panel in painted:
                    panel.refresh()
        try:
            if any(panel._layout_required for panel in screen.children):  # which it would be told of some frames later
                screen._layout_required = True
            screen._on_timer_update()
        except AttributeError:
            return

    def _displayed(self, screen: Any, painted: Painted) -> bool:
        if self._batch_count or self.is_inline or self._shadow is None or self._shadow.size != tuple(self.size):
            return False
        self._display(screen, painted)
        return self._understood

    def _display(self, *given: Any, **more: Any) -> None:
        if self._last_act is not None:
            return
        if self._understood:
            try:
                given = self._less(*given, **more)
            except (AttributeError, LookupError, TypeError, ValueError):
                self._understood = False  # another Textual than the one this was written for
        if not any(isinstance(each, Painted) for each in given):
            super()._display(*given, **more)

    def _less(self, screen: Any, renderable: Any) -> tuple[Any, Any]:
        """Screen and update as given, or with the difference in the update's place, or with nothing to write."""
        if self._batch_count or not isinstance(renderable, KNOWN) or self.is_inline:
            if renderable is not None and not self._batch_count:
                self.forget_screen()
            return screen, renderable
        if self._shadow is None or self._shadow.size != tuple(self.size):
            self._shadow, self._rest = Shadow(*self.size), []
        if self._inks is None:
            self._inks = Inks(self.console._color_system, self.colour)
        if not getattr(screen, "is_painted", True):  # it comes again when it is
            self._newer = True
            return screen, None
        if self._must_wait():
            self._newer = True
            self._come_back()
            return screen, None
        if self._rest or self._newer:  # what is left of another frame, or was not shown, is not in this update
            renderable = screen._compositor.render_update(full=True, screen_stack=self._background_screens)
        self._rest = in_order(
            run
            for y, start, cells in lines_of(renderable, self._inks)
            if 0 <= y < self._shadow.size[1]
            for run in self._shadow.differences(y, start, cells)
        )
        self._answers_key, self._key, self._newer = self._key, False, False
        return screen, self._next_pieces(self._shadow)

    def _must_wait(self) -> bool:
        """A frame is shown whole before the next is begun, so that its numbers belong together; but one that answers a
        key takes the place of one that does not."""
        if self._key and not (self._rest and self._answers_key):
            return self.line.room(monotonic(), urgent=True) <= 0
        return self.behind

    def _next_pieces(self, shadow: Shadow) -> Diffed | None:
        """As much of the frame under way as the line takes now."""
        asks, now = self._asks, monotonic()
        if self._answers_key and self._rest:  # the keys' own row says first what has become of the key
            self._rest.sort(key=lambda run: run[1] < shadow.size[1] - 2)
        out, pen = [], Pen()
        while self._rest and (not asks or self.line.room(now, self._answers_key) > 0):
            size = self.line.piece if asks else inf
            text, length, left = cut(self._rest, size, pen)
            shadow.take(self._rest[: len(self._rest) - len(left)])
            self._rest = left
            out.append(text)
            if asks:
                out.append(ASK)
                self.line.wrote(length, now)
        if self._rest:
            self._come_back()
        return Diffed("".join([*out, pen.put_down()])) if out else None

    @property
    def _asks(self) -> bool:
        """Is there a terminal that may answer?"""
        return not (self.is_headless or self.is_web)

    def on_cursor_position(self, event: events.CursorPosition) -> None:
        goes_on = self.hears(event.time)
        if goes_on is not None:
            goes_on()

    def hears(self, at: float) -> Callable[[], object] | None:
        """The terminal has answered: its driver says so here from a thread of its own, others by an event. What is to
        be done then in the app's; nothing where nobody waits for it, and nobody need be woken."""
        self.line.hear(at)
        waited_for = self._rest or self._newer or self._last_act is not None
        return partial(self.call_later, self._go_on) if waited_for else None

    def _come_back(self) -> None:
        """Go on when an answer comes, and even where none does."""
        if self._timer is None:
            self._timer = self.set_timer(LOST, self._wake)
        self._look_again()

    def _look_again(self) -> None:
        """An answer that came before it was known that one waits for it has woken nobody."""
        if self.line.was_heard:
            self.call_later(self._go_on)

    _timer: Timer | None = None

    def _wake(self) -> None:
        self._timer = None
        self._go_on()

    def _go_on(self) -> None:
        """Write more of the frame under way; when it is shown, what has changed since it was begun."""
        if self._last_act is not None:
            if not self.line.waits(monotonic()):
                self._act()
            return
        if self._rest and self._shadow is not None:
            text = self._next_pieces(self._shadow)
            super()._display(self.screen, text)
        if self._newer and not self.behind:
            screen = self.screen
            update = screen._compositor.render_update(full=True, screen_stack=self._background_screens)
            self._display(screen, update)

    # --- before somebody else reads the terminal ---

    def exit(self, result: int | None = None, return_code: int = 0, message: Any = None) -> None:
        leave = partial(super().exit, result, return_code, message)
        if return_code:  # something ends it that may have taken the terminal with it
            leave()
        else:
            self._after_answers(leave)

    def action_suspend_process(self) -> None:
        self._after_answers(super().action_suspend_process)

    def _after_answers(self, act: Callable[[], None]) -> None:
        """Write nothing more and act when the terminal has answered, or will not: the shell would take an answer that
        comes later for words typed."""
        if not self.line.waits(monotonic()):
            act()
        elif self._last_act is None:
            self._last_act, self._rest = act, []
            self.set_timer(LOST / 2, self._act)
            self._look_again()

    def _act(self) -> None:
        act, self._last_act = self._last_act, None
        if act is not None:
            act()


KNOWN = (ChopsUpdate, LayoutUpdate, Painted)


def lines_of(update: ChopsUpdate | LayoutUpdate | Painted, inks: Inks) -> Iterator[tuple[int, int, list[Cell]]]:
    """What an update paints: line, first column, and the cells from there on."""
    if isinstance(update, Painted):
        for y, x, row, palette in sorted(update.pieces, key=PLACE):
            yield y, x, cells_of_row(row, inks.of(palette))
    elif isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            yield y, update.region.x, cells_of(strips, inks)
    else:
        for y in sorted({y for y, _, _ in update.spans}):
            for x, strip in update.chops[y].items():
                if strip is not None:
                    yield y, x, cells_of([strip], inks)


class Faults(App[int]):
    """The mixin: a crash leaves the terminal restored, exit status 1, and ``fault``, a line that names the log. It is
    for whoever ran the app to print: Textual would cut it at the terminal's width, and count further faults below."""

    fault = ""

    def _fatal_error(self) -> None:
        if self.fault:  # while it closes more may fail, and only the first log is named
            return
        details = "".join(traceback.format_exception(sys.exc_info()[1] or self._exception))
        kept = write_log(f"{surroundings(self.size)}\n{details}")
        self.fault = f"bptui: error: a fault of bptui itself; {kept}"
        try:
            self._close_messages_no_wait()
        except AttributeError:
            super()._fatal_error()
