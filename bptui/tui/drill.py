"""The drill's screen: one sample until it is right, and what becomes of the others."""

from collections.abc import Callable

from bptui.experiments.drill import Drill
from bptui.session.session import Session
from bptui.tui.drawing import Drawing
from bptui.tui.keys import Key, Table
from bptui.tui.sheet import UpdateSheet
from bptui.tui.trainer import UNTIL_DONE, Trainer, playing
from bptui.tui.workbench import COMMON
from bptui.views.drill import chart_height, drill_chart, drill_legend, drill_rows
from bptui.views.text import Row

TEN = 10


def drill_of(session: Session) -> Drill:
    """The drill of the session's sample at its update, with all it shows."""
    drill = Drill(session.problem, session.record, session.moment.sample)
    drill.now()
    return drill


class DrillScreen(Trainer, UpdateSheet):
    """Starts from the session's current update and sample; changes nothing of the session."""

    NAME = "Drill"
    TITLE_WORDS = "Drill: one sample until it is right"

    def __init__(self, session: Session, drill: Drill, palette_name: str, ascii_only: bool, colour: bool) -> None:
        super().__init__(session, palette_name, ascii_only, colour)
        self.drill = drill
        self.drawing = Drawing(self)
        self.scroll_by = 0

    def table(self) -> Table:
        return KEYS

    def rows(self, width: int, height: int) -> list[Row]:
        now = self.drill.now()
        rows = drill_rows(self.scene(), now, width, height, self.scroll_by)
        below = chart_height(now, width, height)
        if not below:
            return rows
        shows = (now.drill.back_propagations, now.sample)
        chart = self.drawing.rows(width, below - 1, shows, lambda: drill_chart(now, 2 * width), self.colour)
        return [*rows, drill_legend(self.colour), *chart]

    # --- work ---

    def costly(self) -> bool:
        return self.weighs(self.session)

    def prepare(self) -> None:
        self.drill.now()

    def make(self, updates: int, pause: Callable[[], bool]) -> int:
        return self.drill.advance(updates, pause)

    def why_no_update(self) -> str | None:
        reason = self.drill.why_not()
        return self.named(reason) if reason else None

    # --- what keys ask for ---

    def next_sample(self) -> None:
        self.halt()
        self.drill.next_sample()

    def restart(self) -> None:
        self.halt()
        self.drill.restart()

    def halt(self) -> None:
        super().halt()
        self.scroll_by = 0

    def change_epsilon(self, up: bool) -> None:
        self.drill.change_epsilon(up)

    def scroll_rows(self, rows: int) -> None:
        n = self.drill.record.n
        self.scroll_by = min(max(self.scroll_by + rows, -n), n)

    def alone(self) -> str | None:
        return "this batch has one sample" if self.drill.record.n == 1 else None


PLAY, *SPEED = playing("Drill")
KEYS: Table = (
    Key("one", ("s",), "s", "Drill", "one update of the drilled sample", lambda screen: screen.ask(1), "update",
        DrillScreen.why_no_update),
    Key("ten", ("b",), "b", "Drill", "ten updates, fewer if it is right before", lambda screen: screen.ask(TEN), "ten",
        DrillScreen.why_no_update),
    Key("until-right", ("e",), "e", "Drill", "updates until it is right", lambda screen: screen.ask(UNTIL_DONE),
        "until right", DrillScreen.why_no_update),
    PLAY,
    Key("next-sample", ("n",), "n", "Drill", "drill the next sample, from where the network now is",
        DrillScreen.next_sample, "next", DrillScreen.alone),
    Key("restart", ("r",), "r", "Drill", "back to the start of the drill", DrillScreen.restart, "restart"),
    *SPEED,
    Key("smaller-epsilon", ("left_square_bracket",), "[", "Drill", "a smaller ε: ask for more",
        lambda screen: screen.change_epsilon(False), "", lambda screen: screen.drill.why_not_epsilon(False)),
    Key("larger-epsilon", ("right_square_bracket",), "]", "Drill", "a larger ε: ask for less",
        lambda screen: screen.change_epsilon(True), "", lambda screen: screen.drill.why_not_epsilon(True)),
    Key("up", ("up",), "↑", "Drill", "scroll up", lambda screen: screen.scroll_rows(-1)),
    Key("down", ("down",), "↓", "Drill", "scroll down", lambda screen: screen.scroll_rows(1)),
    Key("page-up", ("pageup",), "PgUp", "Drill", "scroll up by ten", lambda screen: screen.scroll_rows(-10)),
    Key("page-down", ("pagedown",), "PgDn", "Drill", "scroll down by ten", lambda screen: screen.scroll_rows(10)),
    *COMMON,
    Key("stop", ("escape",), "Esc", "Drill", "stop long work, or close", DrillScreen.close_or_stop, "close"),
    Key("close", ("q", "d"), "q", "Drill", "close", DrillScreen.close),
)  # fmt: skip
