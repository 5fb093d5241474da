"""One panel over the whole screen: what help, questions and Explain have in common."""

from typing import TypeVar

from textual.app import ComposeResult
from textual.screen import ModalScreen

from bptui.tui.panel import Panel

Result = TypeVar("Result")


class Overlay(ModalScreen[Result]):
    """Lays out its panel at every size; a subclass says what is painted."""

    def __init__(self, name: str, palette: str, ascii_only: bool) -> None:
        super().__init__()
        self.panel = Panel(name, bordered=True)
        self.panel.palette, self.panel.ascii = palette, ascii_only

    def compose(self) -> ComposeResult:
        yield self.panel

    def on_resize(self) -> None:
        width, height = self.size
        if width and height:
            self.panel.styles.offset = (0, 0)
            self.panel.styles.width, self.panel.styles.height = width, height
            self.paint()

    def paint(self) -> None:
        """Show what there is to show at the screen's size."""
        raise NotImplementedError
