"""The mistakes lab's screen: the true rule at the left, a wrong one at the right, both training on."""

from collections.abc import Callable
from math import inf
from time import perf_counter

from textual.timer import Timer

from bptui.experiments.mistakes.figures import Figures
from bptui.experiments.mistakes.lab import Lab
from bptui.experiments.mistakes.table import ROWS, Mistake
from bptui.session.session import Session
from bptui.training.history import Curve
from bptui.tui.keys import Key, Table, footer_hints
from bptui.tui.panel import Panel
from bptui.tui.plot import draw
from bptui.tui.workbench import COMMON, Workbench
from bptui.views.lab import (
    both_sides,
    curve_legend,
    lab_chart,
    lab_title,
    layer_table,
    other_case,
    sentences,
    true_side,
    wrong_side,
)
from bptui.views.lab_plan import LabPlan, lab_plan
from bptui.views.text import Row, Span, beside

SLICE = 0.03  # seconds of computing inside one frame: keys are answered at once
CHART_EVERY = 0.2  # seconds between two drawings of the chart
PACES: tuple[float, ...] = (2, 15, 100, inf)  # updates a second while playing
BARS = ("title", "words", "footer")
TITLES = {"true": "True rule", "wrong": "Wrong rule", "numbers": "Both rules", "table": "Gradients by layer"}


class LabScreen(Workbench):
    """``session`` is only read: the lab trains copies."""

    NAME = "Mistakes lab"

    def __init__(
        self,
        session: Session,
        palette_name: str,
        ascii_only: bool,
        colour: bool,
        mistakes: tuple[Mistake, ...] = ROWS,
    ) -> None:
        super().__init__(palette_name, ascii_only)
        self.lab = Lab(session.run.problem, session.record, session.moment.weight, mistakes)
        self._keys = keys_of(mistakes)
        self.colour = colour
        self.playing = False
        self.pace = 1
        self.log_scale = False
        self.panels = {name: Panel(f"lab-{name}", bordered=False) for name in BARS}
        for name in ("true", "wrong", "numbers", "table", "chart"):
            self.panels[name] = Panel(f"lab-{name}", bordered=True)
        self._plan = LabPlan()
        self._goal = 0  # updates that a key asked for
        self._owed = 0.0
        self._chart: list[Row] = []
        self._chart_timer: Timer | None = None
        self._chart_drawn = 0.0

    def parts(self) -> list[Panel]:
        return list(self.panels.values())

    def table(self) -> Table:
        return self._keys

    def lay_out(self) -> None:
        self._chart = []
        self._plan = lab_plan(*self.size)
        for name, panel in self.panels.items():
            box = self._plan.boxes.get(name)
            panel.display = box is not None and box.height > 0
            if box is not None:
                panel.styles.offset = (box.x, box.y)
                panel.styles.width, panel.styles.height = box.width, box.height

    # --- painting ---

    def paint(self) -> None:
        """Show the figures of now in every part that has a box."""
        if self._plan.too_small:
            self.panels["title"].show([self.small_words()], self.size.width, 1)
            return
        figures = self.lab.figures()
        for name, box in self._plan.boxes.items():
            panel = self.panels[name]
            rows = self._rows(name, figures, *panel.inner(box.width, box.height))
            panel.show(rows, box.width, box.height, self._title(name, figures))

    def _rows(self, name: str, figures: Figures, width: int, height: int) -> list[Row]:
        match name:
            case "title":
                return [lab_title(figures, width)]
            case "words":
                return sentences(figures, width, height)
            case "footer":
                return [self.footer(width)]
            case "true":
                return true_side(figures, width)
            case "wrong":
                return wrong_side(figures, width)
            case "numbers":
                return both_sides(figures, width)
            case "table":
                return layer_table(figures, width, height)
        return self._chart_rows()

    def _title(self, name: str, figures: Figures) -> str:
        if name == "chart":
            return f"Batch loss by update, {'log' if self.log_scale else 'linear'}"
        if name == "wrong":
            return f"Wrong rule: {figures.name}"
        if name == "true":
            return f"True rule: {figures.rules.reduction} of the samples' gradients"
        return TITLES.get(name, "")

    def state(self) -> Span:
        rate = PACES[self.pace]
        pace = "full speed" if rate == inf else f"{rate:g} updates/s"
        return (f" ▶ {pace} " if self.playing else ""), "notice"

    def hints(self) -> list[tuple[str, str, bool]]:
        """``h`` by what it leads to, where there is another case."""
        hints = footer_hints(self.table(), self)
        word = other_case(self.lab.figures())
        return [(shown, word if shown == "h" else label, can) for shown, label, can in hints if shown != "h" or can]

    def _curves(self) -> tuple[Curve, Curve]:
        return self.lab.true.curve, self.lab.wrong.curve

    def _chart_rows(self) -> list[Row]:
        """The numbers now, the curves as last drawn; they are drawn anew a few times a second at most."""
        if self._chart_timer is None:
            wait = max(self._chart_drawn + CHART_EVERY - perf_counter(), 0.01)
            self._chart_timer = self.set_timer(wait, self._draw_chart)
        return [curve_legend(self._curves()), *self._chart]

    def _draw_chart(self) -> None:
        self._chart_timer, self._chart_drawn = None, perf_counter()
        box = self._plan.boxes.get("chart")
        if box is None:
            return
        panel = self.panels["chart"]
        width, height = panel.inner(box.width, box.height)
        chart = lab_chart(self._curves(), 2 * width, self.log_scale, self.lab.case.first - 1)
        if self.colour or len(chart.series) < 2:
            self._chart = draw(chart, width, height - 1)
        else:  # without colours two curves in one chart could not be told apart
            halves = [(draw(type(chart)((one,), chart.x_name, chart.log), width // 2, height - 1), width // 2)
                      for one in chart.series]  # fmt: skip
            self._chart = beside(halves, height - 1)
        rows = [curve_legend(self._curves()), *self._chart]
        panel.show(rows, box.width, box.height, self._title("chart", self.lab.figures()))

    # --- work ---

    def working(self) -> bool:
        return self.playing or self.lab.made < self._goal

    def slice(self) -> float:
        return SLICE

    def work(self, elapsed: float, pause: Callable[[], bool]) -> None:
        if self.lab.made < self._goal:
            self._work(pause)
        elif self.playing:
            self._play(elapsed, pause)

    def _work(self, pause: Callable[[], bool]) -> None:
        """A slice of the updates that a key asked for."""
        self.lab.advance(self._goal - self.lab.made, pause)
        if self.lab.ended:
            self._end()
        elif self.lab.made < self._goal:
            self.notice = f"working: {self._goal - self.lab.made} updates to go · Esc stops"
        else:
            self.notice = ""

    def _play(self, elapsed: float, pause: Callable[[], bool]) -> None:
        self._owed = min(self._owed + elapsed * PACES[self.pace], max(PACES[self.pace] / 4, 1.0))
        whole = 1_000_000 if self._owed == inf else int(self._owed)
        self._owed = 0.0 if self._owed == inf else self._owed - whole
        if whole:
            self.lab.advance(whole, pause)
        if self.lab.ended:
            self._end()

    def _end(self) -> None:
        """Nothing more to make: pause, and say why."""
        self.playing, self._goal = False, 0
        harm = "from here on it would do harm: h goes back to the run"
        self.notice = harm if self.lab.at_limit else self.lab.true.stop

    # --- what keys ask for ---

    def close_or_stop(self) -> None:
        """Esc first stops long work; without any it closes."""
        if self.lab.made < self._goal:
            self._goal = 0
            self.notice = f"stopped after {self.lab.made} updates"
        else:
            self.close()

    def close(self) -> None:
        self._halt()
        super().close()

    def pause(self) -> None:
        self.playing = False

    def _halt(self) -> None:
        """Whatever plays or works is stopped."""
        self.playing, self._goal = False, 0

    def toggle_play(self) -> None:
        self._goal = 0
        self.playing = not self.playing and not self.lab.ended
        self._owed = 0.0
        if self.lab.ended:
            self._end()

    def change_pace(self, by: int) -> None:
        self.pace = min(max(self.pace + by, 0), len(PACES) - 1)
        self._owed = 0.0

    def toggle_log(self) -> None:
        self.log_scale, self._chart_drawn = not self.log_scale, 0.0

    def choose(self, number: int) -> None:
        self._anew(lambda: self.lab.choose(number))

    def choose_by_id(self, mistake: str) -> None:
        self._anew(lambda: self.lab.choose_by_id(mistake))

    def next_case(self) -> None:
        self._anew(self.lab.next_case)

    def why_no_case(self) -> str | None:
        return "this run has no case in which it differs" if len(self.lab.cases) == 1 else None

    def restart(self) -> None:
        self._anew(self.lab.restart)

    def _anew(self, move: Callable[[], None]) -> None:
        """A move of the lab that starts both sides again."""
        self._halt()
        move()
        self._chart, self._chart_drawn = [], 0.0

    def ask(self, updates: int) -> None:
        """So many updates more; short work is done before the next frame."""
        self._halt()
        self._goal = self.lab.made + updates
        until = perf_counter() + SLICE
        self._work(lambda: perf_counter() > until)

    def before_last_batch(self) -> None:
        self.ask(self.lab.left_in_epoch - 1 or self.lab.figures().batches)


def selecting(key_id: str, name: str, shown: str, words: str, **by: int) -> Key[LabScreen]:
    return Key(key_id, (name,), shown, "Mistakes lab", words, lambda screen: screen.lab.select(**by))


def to_mistake(mistake: Mistake) -> Key[LabScreen]:
    return Key(mistake.id, (mistake.key,), mistake.key, "Mistakes lab", f"straight to: {mistake.names}",
               lambda screen: screen.choose_by_id(mistake.id))  # fmt: skip


BEFORE: Table = (
    Key("rule-before", ("up", "N"), "↑", "Mistakes lab", "the rule before",
        lambda screen: screen.choose(screen.lab.number - 1)),
    Key("rule-after", ("down", "n"), "↓", "Mistakes lab", "the rule after",
        lambda screen: screen.choose(screen.lab.number + 1), "rule"),
    Key("other-case", ("h",), "h", "Mistakes lab", "the case in which the rule does no harm, and back",
        LabScreen.next_case, "harmless", LabScreen.why_no_case),
    Key("update", ("b",), "b", "Mistakes lab", "one update on both sides", lambda screen: screen.ask(1), "update"),
    Key("epoch", ("e",), "e", "Mistakes lab", "to the end of the epoch",
        lambda screen: screen.ask(screen.lab.left_in_epoch), "epoch"),
    Key("play", ("space",), "space", "Mistakes lab", "play or pause", LabScreen.toggle_play, "play"),
    Key("restart", ("r",), "r", "Mistakes lab", "both sides from the start", LabScreen.restart, "restart"),
)  # fmt: skip
AFTER: Table = (
    Key("last-batch", ("t",), "t", "Mistakes lab", "to just before the epoch's last batch",
        LabScreen.before_last_batch, "last batch"),
    Key("faster", ("plus", "equals_sign"), "+", "Mistakes lab", "play faster", lambda screen: screen.change_pace(1)),
    Key("slower", ("minus",), "-", "Mistakes lab", "play slower", lambda screen: screen.change_pace(-1)),
    Key("log", ("y",), "y", "Mistakes lab", "y axis: linear or logarithmic", LabScreen.toggle_log, "log"),
    selecting("layer-before", "left", "←", "the layer before", layer=-1),
    selecting("layer-after", "right", "→", "the layer after", layer=1),
    selecting("unit-after", "u", "u", "the unit after", unit=1),
    selecting("unit-before", "U", "U", "the unit before", unit=-1),
    selecting("source-before", "comma", ",", "the weight from the input before", source=-1),
    selecting("source-after", "full_stop", ".", "the weight from the input after", source=1),
)  # fmt: skip


def keys_of(mistakes: tuple[Mistake, ...]) -> Table:
    """The table with a key for each of the mistakes."""
    return (
        *BEFORE,
        *map(to_mistake, mistakes),
        *AFTER,
        Key("theme", ("ctrl+t",), "ctrl+t", "Other", "next theme", LabScreen.next_theme),
        *(key for key in COMMON if key.id != "theme"),
        Key("stop", ("escape",), "Esc", "Mistakes lab", "stop long work, or close", LabScreen.close_or_stop, "close"),
        Key("close", ("q",), "q", "Mistakes lab", "close", LabScreen.close),
    )


KEYS = keys_of(ROWS)
