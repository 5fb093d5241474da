"""Everything private of Textual that bptui uses, and what happens where a version has it no more.

Both mixins give way to what Textual does by itself: more bytes a frame, and a fault told its own way.
"""

import sys
import traceback
from typing import Any

from rich.console import Console
from textual.app import App
from textual.strip import Strip

from bptui.tui.faults import surroundings, write_log
from bptui.tui.frames import Shadow, encode


class Unknown:
    """Stands for a class that this version of Textual has not: nothing is one."""


try:
    from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
except ImportError:
    ChopsUpdate = CompositorUpdate = LayoutUpdate = Unknown  # type: ignore[misc, assignment]


class Diffed(CompositorUpdate):
    """An update already turned into what the terminal must be sent."""

    def __init__(self, text: str) -> None:
        self.text = text

    def render_segments(self, console: Console) -> str:
        return self.text

    def __rich_console__(self, *_: Any) -> Any:
        yield self.text


class CellDiff(App[int]):
    """The mixin: compares each update with the shadow of the screen and hands on only the difference.

    Whatever it does not understand it leaves to Textual, forgetting what it knew of the screen.
    """

    _shadow: Shadow | None = None
    _understood = True

    def forget_screen(self) -> None:
        """Nothing is known of the terminal any more: the next update is written whole."""
        self._shadow = None

    def _display(self, *given: Any, **more: Any) -> None:
        if self._understood:
            try:
                given = self._less(*given, **more)
            except (AttributeError, LookupError, TypeError, ValueError):
                self._understood = False  # another Textual than the one this was written for
        super()._display(*given, **more)

    def _less(self, screen: Any, renderable: Any) -> tuple[Any, Any]:
        """Screen and update as given, or with the difference in the update's place, or with nothing to write."""
        if self._batch_count or not isinstance(renderable, ChopsUpdate | LayoutUpdate) or self.is_inline:
            if renderable is not None and not self._batch_count:
                self.forget_screen()
            return screen, renderable
        width, height = self.size
        if self._shadow is None or self._shadow.size != (width, height):
            self._shadow = Shadow(width, height)
        runs = [
            (y, x, cells)
            for y, start, strips in lines_of(renderable)
            if 0 <= y < height
            for x, cells in self._shadow.differences(y, start, strips)
        ]
        return screen, Diffed(encode(runs, self.console._color_system)) if runs else None


def lines_of(update: ChopsUpdate | LayoutUpdate) -> list[tuple[int, int, list[Strip]]]:
    """(line, first column, strips) of an update; strips follow one another without a gap."""
    if isinstance(update, LayoutUpdate):
        return [(y, update.region.x, list(strips)) for y, strips in enumerate(update.strips, update.region.y)]
    out = []
    for y in sorted({y for y, _, _ in update.spans}):
        for x, strip in update.chops[y].items():
            if strip is not None:
                out.append((y, x, [strip]))
    return out


class Faults(App[int]):
    """The mixin: a crash leaves the terminal restored, exit status 1, and ``fault``, a line that names the log. It is
    for whoever ran the app to print: Textual would cut it at the terminal's width, and count further faults below."""

    fault = ""

    def _fatal_error(self) -> None:
        if self.fault:  # while it closes more may fail, and only the first log is named
            return
        details = "".join(traceback.format_exception(sys.exc_info()[1] or self._exception))
        log = write_log(f"{surroundings(self.size)}\n{details}")
        self.fault = f"bptui: error: a fault of bptui itself; the details are in {log}"
        try:
            self._close_messages_no_wait()
        except AttributeError:
            super()._fatal_error()
