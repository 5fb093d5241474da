"""The screens that lie over the explorer: help, and the line that asks where to go."""

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from bptui.session.goal import Goal
from bptui.tui.overlay import Overlay
from bptui.views.help import KeyLine, help_rows
from bptui.views.text import Row


class Help(Overlay[None]):
    """Keys and words; arrows and page keys scroll, any other key closes."""

    def __init__(self, keys: list[KeyLine], palette: str, ascii_only: bool) -> None:
        super().__init__("help", palette, ascii_only)
        self.keys = keys
        self.rows: list[Row] = []
        self.first = 0

    def paint(self) -> None:
        width, height = self.size
        self.rows = help_rows(self.keys, width - 2)
        inner = max(height - 2, 1)
        self.first = min(max(self.first, 0), max(len(self.rows) - inner, 0))
        more = " · ↓ more" if self.first + inner < len(self.rows) else ""
        shown = self.rows[self.first : self.first + inner]
        self.panel.show(shown, width, height, f"Help{more} · Esc closes", focused=True)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        page = max(self.size.height - 4, 1)
        by = {"down": 1, "up": -1, "pagedown": page, "space": page, "pageup": -page, "home": -9999, "end": 9999}
        if event.key in by:
            self.first += by[event.key]
            self.paint()
        else:
            self.dismiss()


class GoTo(ModalScreen[Goal | None]):
    """Asks for an update, or an epoch and batch; gives the goal when the words are understood."""

    DEFAULT_CSS = """
    GoTo { align: center middle; }
    GoTo > Vertical { width: 60; max-width: 100%; height: auto; border: solid $accent; padding: 0 1; }
    GoTo Input { margin: 1 0; }
    """

    def __init__(self, parse: Callable[[str], Goal], ascii_only: bool) -> None:
        super().__init__()
        self.parse = parse
        self.ascii = ascii_only

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            if self.ascii:
                box.styles.border = ("ascii", "white")
            yield Static(Content("Go to update 120, epoch e3, or its batch: e3 b5"), id="question")
            yield Input(placeholder="120   or   e3 b5", max_length=30, compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        try:
            goal = self.parse(event.value)
        except ValueError as problem:
            self.query_one("#question", Static).update(Content(str(problem)))
        else:
            self.dismiss(goal)

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.dismiss(None)
