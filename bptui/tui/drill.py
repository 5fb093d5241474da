"""The drill's screen: one sample until it is right, and what becomes of the others."""

from collections.abc import Callable
from time import perf_counter

from bptui.experiments.drill import Drill, DrillNow
from bptui.session.session import Session
from bptui.tui.keys import Key, Table
from bptui.tui.sheet import Sheet
from bptui.tui.workbench import COMMON
from bptui.views.drill import chart_height, drill, drill_chart
from bptui.views.text import Row

TEN = 10
CHART_EVERY = 0.2  # seconds between two drawings of the chart


class DrillScreen(Sheet):
    """Starts from the session's current update and sample; changes nothing of the session."""

    NAME = "Drill"
    TITLE_WORDS = "Drill: one sample until it is right"

    def __init__(self, session: Session, palette_name: str, ascii_only: bool, colour: bool) -> None:
        super().__init__(session, palette_name, ascii_only, colour)
        self.drill = Drill(session.run.problem, session.record, session.moment.sample)
        self.scroll_by = 0
        self.playing = False
        self.owed = 0  # updates asked for and not made yet
        self._chart: list[Row] = []
        self._charted: tuple[int, int, int] = (-1, 0, 0)  # back-propagations, columns and rows of the drawn chart
        self._chart_drawn = 0.0

    def table(self) -> Table:
        return KEYS

    def rows(self, width: int, height: int) -> list[Row]:
        now = self.drill.now()
        rows = drill(self.scene(), now, width, height, self.scroll_by)
        chart_rows = chart_height(width, height)
        return [*rows, *self._chart_of(now, width, chart_rows)] if chart_rows else rows

    def _chart_of(self, now: DrillNow, width: int, height: int) -> list[Row]:
        """The chart as last drawn; while updates are made it is drawn a few times a second at most."""
        wanted = (now.drill.back_propagations, width, height)
        resized = self._charted[1:] != wanted[1:]
        idle = not self.working()
        if resized or (wanted != self._charted and (idle or perf_counter() - self._chart_drawn > CHART_EVERY)):
            from bptui.tui.plot import draw  # noqa: PLC0415  plotext takes its time to import

            legend: Row = (
                (" mean loss of the batch by back-propagations: ", "dim"),
                ("─drill ", "series-2"),
                ("─passes", "series-1"),
            )
            self._chart = [legend, *draw(drill_chart(now, 2 * width), width, height - 1)]
            self._charted, self._chart_drawn = wanted, perf_counter()
        return self._chart

    # --- work ---

    def working(self) -> bool:
        return self.playing or self.owed > 0

    def work(self, elapsed: float, pause: Callable[[], bool]) -> None:
        """Playing makes an update a frame; updates asked for at once are made as fast as there is time."""
        if self.playing:
            self.owed = 1
        self.owed -= self.drill.advance(self.owed, pause)
        reason = self.drill.why_not()
        if reason is not None:
            self.owed, self.playing, self.notice = 0, False, reason

    def _make(self, updates: int) -> None:
        self.playing = False
        self.owed = updates
        until = perf_counter() + 0.01
        self.work(0.0, lambda: perf_counter() > until)

    # --- what keys ask for ---

    def one(self) -> None:
        self._make(1)

    def ten(self) -> None:
        self._make(TEN)

    def until_right(self) -> None:
        self._make(10**9)

    def toggle_play(self) -> None:
        self.playing, self.owed = not self.working(), 0

    def next_sample(self) -> None:
        self._halt()
        self.drill.next_sample()

    def restart(self) -> None:
        self._halt()
        self.drill.restart()

    def _halt(self) -> None:
        self.playing, self.owed, self.scroll_by = False, 0, 0

    def change_epsilon(self, up: bool) -> None:
        self.drill.change_epsilon(up)

    def scroll_rows(self, rows: int) -> None:
        n = self.drill.record.n
        self.scroll_by = min(max(self.scroll_by + rows, -n), n)

    def cannot(self) -> str | None:
        return self.drill.why_not()

    def cannot_play(self) -> str | None:
        return None if self.working() else self.drill.why_not()

    def alone(self) -> str | None:
        return "this batch has one sample" if self.drill.record.n == 1 else None


KEYS: Table = (
    Key("one", ("s",), "s", "Drill", "one update of the drilled sample", DrillScreen.one, "update", DrillScreen.cannot),
    Key("ten", ("b",), "b", "Drill", "ten updates, fewer if it is right before", DrillScreen.ten, "ten",
        DrillScreen.cannot),
    Key("until-right", ("e",), "e", "Drill", "updates until it is right", DrillScreen.until_right, "until right",
        DrillScreen.cannot),
    Key("play", ("space",), "space", "Drill", "play or pause: an update a frame", DrillScreen.toggle_play, "play",
        DrillScreen.cannot_play),
    Key("next-sample", ("n",), "n", "Drill", "drill the next sample, from where the network now is",
        DrillScreen.next_sample, "next", DrillScreen.alone),
    Key("restart", ("r",), "r", "Drill", "back to the start of the drill", DrillScreen.restart, "restart"),
    Key("smaller-epsilon", ("left_square_bracket",), "[", "Drill", "a smaller ε: ask for more",
        lambda screen: screen.change_epsilon(False), "", lambda screen: screen.drill.why_not_epsilon(False)),
    Key("larger-epsilon", ("right_square_bracket",), "]", "Drill", "a larger ε: ask for less",
        lambda screen: screen.change_epsilon(True), "", lambda screen: screen.drill.why_not_epsilon(True)),
    Key("up", ("up",), "↑", "Drill", "scroll up", lambda screen: screen.scroll_rows(-1)),
    Key("down", ("down",), "↓", "Drill", "scroll down", lambda screen: screen.scroll_rows(1)),
    Key("page-up", ("pageup",), "PgUp", "Drill", "scroll up by ten", lambda screen: screen.scroll_rows(-10)),
    Key("page-down", ("pagedown",), "PgDn", "Drill", "scroll down by ten", lambda screen: screen.scroll_rows(10)),
    *COMMON,
    Key("close", ("escape", "q", "d"), "Esc", "Drill", "close", DrillScreen.close, "close"),
)  # fmt: skip
