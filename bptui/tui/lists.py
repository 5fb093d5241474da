"""Screens that are a list to be read: help, and the questions."""

from collections.abc import Sequence

from textual import events

from bptui.session.questions import QUESTIONS, Question
from bptui.tui.keys import Key, Table, footer_hints, pressed
from bptui.tui.sheet import Sheet
from bptui.tui.workbench import COMMON
from bptui.views.help import KeyLine, help_rows
from bptui.views.questions import question_rows
from bptui.views.text import Row

FAR = 10**6  # rows


class List(Sheet):
    """Says all its lines; those that have room are shown."""

    first = 0
    more = False  # below the lines shown

    def lines(self, width: int) -> list[Row]:
        """All of them, at most ``width`` columns wide."""
        raise NotImplementedError

    def rows(self, width: int, height: int) -> list[Row]:
        lines = self.lines(width)
        self.first = min(max(self.first, 0), max(len(lines) - height, 0))
        self.more = self.first + height < len(lines)
        return lines[self.first : self.first + height]

    def hints(self) -> list[tuple[str, str, bool]]:
        return footer_hints((key for key in self.keys_now() if self.more or key.id != "down"), self)

    def scroll(self, rows: int) -> None:
        self.first += rows

    def page(self, ways: int) -> None:
        self.scroll(ways * max(self.size.height - 5, 1))


def scrolling(group: str) -> Table:
    """The keys that scroll a list."""
    return (
        Key("down", ("down",), "↓", group, "scroll down", lambda screen: screen.scroll(1), "more"),
        Key("up", ("up",), "↑", group, "scroll up", lambda screen: screen.scroll(-1)),
        Key("page-down", ("pagedown", "space"), "PgDn", group, "a page down", lambda screen: screen.page(1)),
        Key("page-up", ("pageup",), "PgUp", group, "a page up", lambda screen: screen.page(-1)),
        Key("first", ("home",), "Home", group, "the first line", lambda screen: screen.scroll(-FAR)),
        Key("last", ("end",), "End", group, "the last line", lambda screen: screen.scroll(FAR)),
    )


class Help(List):
    """Keys and words of another screen."""

    NAME = "Help"
    TITLE_WORDS = "Help"

    def __init__(self, keys: list[KeyLine], more: Sequence[str], palette_name: str, ascii_only: bool) -> None:
        super().__init__(palette_name, ascii_only)
        self.keys = keys
        self.said = more

    def table(self) -> Table:
        return HELP_KEYS

    def lines(self, width: int) -> list[Row]:
        return help_rows(self.keys, width, self.said)

    def on_key(self, event: events.Key) -> None:
        """A key that means nothing here closes: it was meant for the screen below."""
        if self.is_active and pressed(self.keys_now(), event.key) is None:
            event.stop()
            event.prevent_default()
            self.close()
        else:
            super().on_key(event)


class Questions(List):
    """``chosen`` is the question whose digit was pressed, None before."""

    NAME = "Questions"

    def __init__(self, palette_name: str, ascii_only: bool) -> None:
        super().__init__(palette_name, ascii_only)
        self.chosen: Question | None = None

    def table(self) -> Table:
        return QUESTION_KEYS

    def lines(self, width: int) -> list[Row]:
        return question_rows(max(width, 1), self.panel.inner(*self.size)[1] - 1, self.app.remap.shown)

    def title_words(self) -> str:
        first, last = (self.shown(f"question-{number}") for number in (1, len(QUESTIONS)))
        return f"Questions · {first}–{last} opens one"

    def choose(self, question: Question) -> None:
        self.chosen = question
        self.close()


def asking(number: int, question: Question) -> Key[Questions]:
    return Key(f"question-{number}", (str(number),), str(number), "Questions", f"{question.words} → {question.shown}",
               lambda screen: screen.choose(question))  # fmt: skip


HELP_KEYS: Table = (
    *scrolling("Help"),
    *(key for key in COMMON if key.id != "help"),
    Key("close", ("escape", "q", "question_mark", "f1", "enter"), "Esc", "Help", "close", Help.close, "close"),
)
QUESTION_KEYS: Table = (
    *(asking(number, question) for number, question in enumerate(QUESTIONS, start=1)),
    *scrolling("Questions"),
    *COMMON,
    Key("close", ("escape", "q", "w"), "Esc", "Questions", "close", Questions.close, "close"),
)
