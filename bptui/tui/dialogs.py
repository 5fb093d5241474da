"""A line that asks for words: where to go, what to wait for."""

from typing import Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from bptui.session.aim import Aim, parse_aim
from bptui.tui.keys import Key, Table
from bptui.tui.panel import Panel
from bptui.tui.workbench import COMMON, Workbench

Answer = TypeVar("Answer")
LONGEST = 60  # characters of an answer
TOO_LONG = f"that is too long: at most {LONGEST} characters"


class Field(Input):
    """Says in words what it does not take, where Textual would ring a bell for each character. Enter answers at once:
    Textual takes it up to the app and back, and what is typed behind it would be before it."""

    def on_key(self, event: events.Key) -> None:
        line = self.screen
        if not isinstance(line, Line):
            return
        if not line.is_active:
            line.on_key(event)  # for what lies below
        elif event.key == "enter":
            line.answer(self.value)
        else:
            return
        event.stop()
        event.prevent_default()

    def restricted(self) -> None:
        """More was typed or pasted than it takes; none of that is in it."""
        if isinstance(self.screen, Line):
            self.screen.tell_too_long()


class Line(Workbench, ModalScreen[None], Generic[Answer]):
    """Asks for a line, until it is understood or Esc closes; ``meant`` is the answer, None without one. A
    ``question`` or ``example`` stands in the place of the usual one."""

    shows_keys = False  # most of them go to the line
    QUESTION = ""
    EXAMPLE = ""
    meant: Answer | None = None
    DEFAULT_CSS = """
    Line { align: center middle; layout: vertical; }
    Line > Vertical { background: $background; border: solid $accent; padding: 0 1; }
    Line > Vertical { width: 60; max-width: 100%; height: auto; }
    Line Input { margin: 1 0; }
    """

    def __init__(self, palette_name: str, ascii_only: bool, question: str = "", example: str = "") -> None:
        super().__init__(palette_name, ascii_only)
        self.ascii = ascii_only
        self.question, self.example = question or self.QUESTION, example or self.EXAMPLE

    def understood(self, words: str) -> Answer:
        """What the words mean. Raises ValueError, which says what was not understood."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            if self.ascii:
                box.styles.border = ("ascii", "white")
            yield Static(Content(self.question), id="question")
            self._field = Field(placeholder=self.example, max_length=LONGEST, compact=True)
            self._field.cursor_blink = False  # while it waits it writes nothing
            yield self._field

    def on_mount(self) -> None:
        super().on_mount()
        self.styles.background = "transparent"  # the numbers that are asked about stay in sight

    def parts(self) -> list[Panel]:
        return []

    def table(self) -> Table:
        return KEYS

    def keys_now(self) -> Table:
        """Its own: a key that types a letter could not close it."""
        return self.table()

    def paint(self) -> None:
        """The notice, if there is one, in place of the question."""
        if self.notice:
            self.query_one("#question", Static).update(Content(self.notice))

    def tell_too_long(self) -> None:
        """Say it once: whole pages may be pasted."""
        if self.notice != TOO_LONG:
            self.notice = TOO_LONG
            self.paint()

    def answer(self, words: str) -> None:
        """Close with what the words mean, or say why they are not understood."""
        try:
            self.meant = self.understood(words)
        except ValueError as problem:
            self.notice = str(problem)
            self._field.select_all()  # what is typed next replaces it
            self.paint()
        else:
            self.close()

    def on_key(self, event: events.Key) -> None:
        if not (self.is_active and event.is_printable):
            super().on_key(event)
        else:  # typed before the line was there: it keeps what comes later
            event.stop()
            self._field.post_message(events.Key(event.key, event.character))


class GoTo(Line[Aim]):
    """Asks where to go."""

    NAME = "Go to"
    QUESTION = "Go to update 120, epoch e3, batch e3 b5, sample s17, phase d1; +20, -5, 50%, start, end"
    EXAMPLE = "120   or   e3 b5 s17 d1"

    def understood(self, words: str) -> Aim:
        return parse_aim(words)


class Told(Workbench, ModalScreen[None]):
    """Shows words that may be longer than a line, to be read or copied."""

    NAME = "Command"
    HEADING = "The command that shows this screen again, copied if that can be; Esc closes"
    DEFAULT_CSS = """
    Told { align: center middle; layout: vertical; }
    Told > Vertical { width: 100%; height: auto; border: solid $accent; padding: 0 1; background: $background; }
    """

    def __init__(self, words: str, palette_name: str, ascii_only: bool) -> None:
        super().__init__(palette_name, ascii_only)
        self.words = words
        self.ascii = ascii_only

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            if self.ascii:
                box.styles.border = ("ascii", "white")
            yield Static(Content(self.HEADING))
            yield Static(Content(self.words), id="words")

    def on_mount(self) -> None:
        super().on_mount()
        self.styles.background = "transparent"  # what the words are about stays in sight

    def parts(self) -> list[Panel]:
        return []

    def table(self) -> Table:
        return KEYS

    def paint(self) -> None:
        """It stays as it is."""


class Address(Told):
    """Shows a class how to come in and follow."""

    NAME = "Address"
    HEADING = "How others follow what you show; Esc closes"


KEYS: Table = (
    *(key._replace(keys=tuple(name for name in key.keys if len(name) > 1)) for key in COMMON if key.id != "help"),
    Key("close", ("escape",), "Esc", "Go to", "close", Line.close, "close"),
)
