"""A screen of its own over the explorer: one panel, a footer of keys, and a clock while something is under way."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.timer import Timer

from bptui.session.session import Session
from bptui.tui.dialogs import Help
from bptui.tui.panel import Panel
from bptui.views.help import KeyLine, footer_row
from bptui.views.scene import Scene, scene_of
from bptui.views.text import Row, fit

FRAMES = 15  # a second, while something is under way
SLICE = 0.045  # seconds of computing inside one frame
SMALLEST = (40, 10)
S = TypeVar("S", bound="Sheet")


@dataclass(frozen=True, slots=True)
class SheetKey(Generic[S]):
    """``keys`` as Textual names them, ``shown`` as people read them, ``footer`` a word for the footer ("": none).
    ``why_not`` gives the reason why the key cannot act now."""

    keys: tuple[str, ...]
    shown: str
    tooltip: str
    act: Callable[[S], None]
    footer: str = ""
    why_not: Callable[[S], str | None] = lambda _: None


class Sheet(Screen[None]):
    """What the drill and the noise screen have in common; they say their rows, their keys and their work."""

    TITLE_WORDS = ""
    DEFAULT_CSS = "Sheet { layers: base; }"

    def __init__(self, session: Session, palette_name: str, ascii_only: bool, colour: bool) -> None:
        super().__init__()
        self.session = session
        self._opened = scene_of(session, colour)
        self.notice = ""
        self.panel, self.bar = Panel("sheet", bordered=True), Panel("sheet-keys", bordered=False)
        for panel in (self.panel, self.bar):
            panel.palette, panel.ascii = palette_name, ascii_only
        self._clock: Timer

    # --- what a screen says ---

    def keys(self) -> tuple[SheetKey[Any], ...]:
        """What its keys do: for dispatch, footer and help."""
        raise NotImplementedError

    def rows(self, width: int, height: int) -> list[Row]:
        """The rows of the panel's inside."""
        raise NotImplementedError

    def working(self) -> bool:
        """Is something under way?"""
        return False

    def work(self, pause: Callable[[], bool]) -> None:
        """A slice of it, until ``pause()`` says so."""

    # --- life and painting ---

    def compose(self) -> ComposeResult:
        yield self.panel
        yield self.bar

    def on_mount(self) -> None:
        self._clock = self.set_interval(1 / FRAMES, self._tick, pause=True)
        self.wake()

    def on_resize(self) -> None:
        width, height = self.size
        small = self.too_small
        self.panel.display = not small
        self.panel.styles.offset = (0, 0)
        self.panel.styles.width, self.panel.styles.height = width, max(height - 1, 1)
        self.bar.styles.offset = (0, 0 if small else height - 1)
        self.bar.styles.width, self.bar.styles.height = width, 1
        self.paint()

    @property
    def too_small(self) -> bool:
        return self.size.width < SMALLEST[0] or self.size.height < SMALLEST[1]

    def scene(self) -> Scene:
        """What the views see: the update that was looked at when this screen opened, the selection of now."""
        now, opened = self.session.moment, self._opened.moment
        return replace(self._opened, moment=replace(opened, layer=now.layer, unit=now.unit, source=now.source))

    def paint(self) -> None:
        width, height = self.size
        if width == 0 or height == 0:
            return
        if self.too_small:
            words = f"bptui needs {SMALLEST[0]}×{SMALLEST[1]}, has {width}×{height}"
            self.bar.show([((words, "notice"),)], width, 1)
            return
        rows = self.rows(*self.panel.inner(width, height - 1))
        self.panel.show(rows, width, height - 1, f"{self.TITLE_WORDS} · Esc closes", focused=True)
        self.bar.show([self._footer(width)], width, 1)

    def _footer(self, width: int) -> Row:
        if self.notice:
            return fit(((f" {self.notice}", "notice"),), width, "notice")
        hints = [(key.shown, key.footer, key.why_not(self) is None) for key in self.keys() if key.footer]
        return fit(footer_row(hints, width), width, "bar")

    # --- the clock ---

    def wake(self) -> None:
        """Run the clock while something is under way, and not otherwise."""
        if self.working():
            self._clock.resume()
        else:
            self._clock.pause()

    def _tick(self) -> None:
        until = perf_counter() + SLICE
        self.work(lambda: perf_counter() > until)
        self.paint()
        self.wake()

    # --- keys ---

    def on_key(self, event: events.Key) -> None:
        key = next((key for key in self.keys() if event.key in key.keys), None)
        if key is None:
            return
        event.stop()
        event.prevent_default()
        self.notice = key.why_not(self) or ""
        if self.notice:
            self.paint()
        else:
            self.do(key.act)

    def do(self, act: Callable[[Any], None]) -> None:
        """Act, and show what came of it; work it began goes on by the clock."""
        act(self)
        if self.is_attached:
            self.paint()
            self.wake()

    def show_help(self) -> None:
        lines = [KeyLine(self.TITLE_WORDS, key.shown, key.tooltip, key.why_not(self)) for key in self.keys()]
        self.app.push_screen(Help(lines, self.panel.palette, self.panel.ascii))

    def close(self) -> None:
        self.dismiss()
