"""The list of questions: a digit opens the screen on which the answer is seen."""

from textual import events

from bptui.session.questions import QUESTIONS
from bptui.tui.overlay import Overlay
from bptui.views.questions import question_rows


class Questions(Overlay[int | None]):
    """Gives back the number of the question chosen, or None."""

    def __init__(self, palette: str, ascii_only: bool) -> None:
        super().__init__("questions", palette, ascii_only)
        self.first = 0

    def paint(self) -> None:
        width, height = self.size
        rows = question_rows(max(width - 2, 1))
        self.first = min(max(self.first, 0), max(len(rows) - height + 2, 0))
        title = f"Questions · 1–{len(QUESTIONS)} opens one · Esc closes"
        self.panel.show(rows[self.first :], width, height, title, focused=True)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if event.key in ("down", "up"):
            self.first += 1 if event.key == "down" else -1
            self.paint()
        elif event.key.isdigit():
            if 1 <= int(event.key) <= len(QUESTIONS):
                self.dismiss(int(event.key))
        elif event.key in ("escape", "q"):
            self.dismiss(None)
