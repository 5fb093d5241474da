"""The chart of a screen: drawn a few times a second at most, and shown as last drawn in between."""

from collections.abc import Callable, Hashable
from time import perf_counter
from typing import TYPE_CHECKING

from textual.timer import Timer

from bptui.views.charts import Chart
from bptui.views.text import Row

if TYPE_CHECKING:
    from bptui.tui.workbench import Workbench

EVERY = 0.2  # seconds between two drawings while something is under way
AT_REST = 0.03  # and where one steps by keys: drawing takes a few milliseconds
AFTER = 0.008  # behind the numbers: until then they have been written
Wanted = tuple[int, int, Hashable]
"""Columns, rows, and what the chart shows."""


class Drawing:
    """Numbers are painted at once, the chart behind them: drawing takes longer than a key may wait."""

    def __init__(self, screen: "Workbench") -> None:
        self._screen = screen
        self._colour = True
        self._rows: list[Row] = []
        self._drawn: Wanted | None = None
        self._wanted: Wanted
        self._chart: Callable[[], Chart]
        self._shown: Chart | None = None
        self._timer: Timer | None = None
        self._at = 0.0

    @property
    def due(self) -> bool:
        """Will it be drawn anew in a moment?"""
        return self._timer is not None

    def rows(self, width: int, height: int, shows: Hashable, chart: Callable[[], Chart], colour: bool) -> list[Row]:
        """``chart()`` in columns and rows, as last drawn. Where that does not show ``shows`` (whatever tells two
        charts apart), it is drawn in a moment, and the screen painted again."""
        wanted = (width, height, shows)
        if wanted != self._drawn:
            if self._drawn is not None and self._drawn[:2] != wanted[:2]:
                self._rows, self._drawn = [], None
            self._wanted, self._chart, self._colour = wanted, chart, colour
            if self._timer is None:
                every = EVERY if self._screen.working() else AT_REST
                self._timer = self._screen.set_timer(max(self._at + every - perf_counter(), AFTER), self._draw)
        return self._rows

    def _draw(self) -> None:
        from bptui.tui.plot import draw  # after the first paint: plotext takes its time to import

        if self._screen.app.behind or self._screen.is_worked_on:  # the numbers come first
            self._timer = self._screen.set_timer(EVERY, self._draw)
            return
        self._timer = None
        width, height, _ = self._drawn = self._wanted
        self._shown = self._chart()
        self._rows, self._at = draw(self._shown, width, height, self._colour), perf_counter()
        self._screen.app.begin_frame()
        self._screen.paint_chart()
        self._screen.app.show_now(self._screen)

    def place(self, x: int, y: int) -> float | None:
        """Where on the x axis a column of the chart stands, as last drawn; None beside its curves."""
        from bptui.tui.plot import place_at

        if self._shown is None or self._drawn is None:
            return None
        return place_at(self._shown, *self._drawn[:2], x, y, self._colour)
