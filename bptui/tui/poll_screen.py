"""The screen with the bars: how many of a class are right, and which known mistake the others made."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from bptui.tui.keys import Key, Table
from bptui.tui.sheet import Sheet
from bptui.tui.workbench import COMMON
from bptui.views.text import Row

if TYPE_CHECKING:
    from bptui.session.poll import Tally
    from bptui.session.prediction import Question


class PollScreen(Sheet):
    """The number that was told, and what everybody answered; in a ``seat`` what was answered there."""

    NAME = "Poll"
    TITLE_WORDS = "What the class answered"

    def __init__(self, question: "Question", tally: "Tally", seat: bool, palette_name: str, ascii_only: bool) -> None:
        super().__init__(palette_name, ascii_only)
        self.question, self.tally, self.seat = question, tally, seat
        self._over = False

    def table(self) -> Table:
        return KEYS

    def rows(self, width: int, height: int) -> list[Row]:
        from bptui.views.poll import poll_rows  # noqa: PLC0415  the table of keys does not need it

        return poll_rows(self.question, self.tally, width, height, self.seat)

    def why_not_enter(self) -> str | None:
        """What a follower was still typing when the number was told ends with Enter."""
        return f"{self.shown('close')} closes, or the lecturer does" if self.seat else None

    def end(self) -> None:
        """Nobody looks at it any more: it closes, at once or when it comes to lie on top."""
        self._over = True
        self.close()

    def on_screen_resume(self) -> None:
        if self._over:
            self.close()


class OpenPollScreen(Sheet):
    """For the lecturer alone: what everybody has answered so far to a number that is not told; ``tells`` once it shall
    be."""

    NAME = "Poll so far"
    TITLE_WORDS = "What the class answers"

    def __init__(self, question: "Question", tally: Callable[[], "Tally"], palette_name: str, ascii_only: bool) -> None:
        super().__init__(palette_name, ascii_only)
        self.question, self.tally = question, tally
        self.tells = False

    def table(self) -> Table:
        return OPEN_KEYS

    def rows(self, width: int, height: int) -> list[Row]:
        from bptui.views.poll import open_rows  # noqa: PLC0415  the table of keys does not need it

        return open_rows(self.question, self.tally(), width, height)

    def tell(self) -> None:
        """The number, to all."""
        self.tells = True
        self.close()


OPEN_KEYS: Table = (
    *COMMON,
    Key("tell", ("enter",), "Enter", "Poll", "tell the number to all", OpenPollScreen.tell, "tells it to all"),
    Key("close", ("escape", "q", "B"), "Esc", "Poll", "close: the class may go on answering",
        OpenPollScreen.close, "close"),
)  # fmt: skip
KEYS: Table = (
    *COMMON,
    Key("close", ("escape", "q"), "Esc", "Poll", "close: the lecture goes on", PollScreen.close, "close"),
    Key("go-on", ("enter", "space"), "Enter", "Poll", "close too, on the lecturer's screen", PollScreen.close, "",
        PollScreen.why_not_enter),
)  # fmt: skip
