"""The mistakes lab's screen: the true rule at the left, a wrong one at the right, both training on."""

from math import inf
from time import perf_counter

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.timer import Timer

from bptui.experiments.mistakes.figures import Figures
from bptui.experiments.mistakes.lab import Lab
from bptui.session.session import Session
from bptui.training.history import Curve
from bptui.tui.dialogs import Help
from bptui.tui.panel import Panel
from bptui.tui.plot import draw
from bptui.views.help import KeyLine
from bptui.views.lab import (
    HINTS,
    RULE_KEYS,
    both_sides,
    curve_legend,
    lab_chart,
    lab_footer,
    lab_title,
    layer_table,
    sentences,
    true_side,
    wrong_side,
)
from bptui.views.lab_plan import LabPlan, lab_plan
from bptui.views.text import Row, beside, fit

FRAMES = 15  # a second, while something runs
SLICE = 0.03  # seconds of computing inside one frame: keys are answered at once
CHART_EVERY = 0.2  # seconds between two drawings of the chart
PACES: tuple[float, ...] = (2, 15, 100, inf)  # updates a second while playing
BARS = ("title", "words", "footer")
TITLES = {"true": "True rule", "wrong": "Wrong rule", "numbers": "Both rules", "table": "Gradients by layer"}


class LabScreen(Screen[None]):
    """``session`` is only read: the lab trains copies. Closes itself on Esc or q."""

    DEFAULT_CSS = "LabScreen { layers: base; }"

    def __init__(self, session: Session, palette_name: str, ascii_only: bool, colour: bool) -> None:
        super().__init__()
        self.lab = Lab(session)
        self.colour = colour
        self.playing = False
        self.pace = 1
        self.log_scale = False
        self.notice = ""
        self.panels = {name: Panel(f"lab-{name}", bordered=False) for name in BARS}
        for name in ("true", "wrong", "numbers", "table", "chart"):
            self.panels[name] = Panel(f"lab-{name}", bordered=True)
        for panel in self.panels.values():
            panel.palette, panel.ascii = palette_name, ascii_only
        self._plan = LabPlan()
        self._goal = 0  # updates that a key asked for
        self._owed = 0.0
        self._clock: Timer
        self._last_tick = 0.0
        self._chart: list[Row] = []
        self._chart_timer: Timer | None = None
        self._chart_drawn = 0.0

    # --- life ---

    def compose(self) -> ComposeResult:
        yield from self.panels.values()

    def on_mount(self) -> None:
        self._clock = self.set_interval(1 / FRAMES, self._tick, pause=True)

    def on_resize(self) -> None:
        width, height = self.size
        if width == 0 or height == 0:
            return
        self._chart = []
        self._plan = lab_plan(width, height)
        for name, panel in self.panels.items():
            box = self._plan.boxes.get(name)
            panel.display = box is not None and box.height > 0
            if box is not None:
                panel.styles.offset = (box.x, box.y)
                panel.styles.width, panel.styles.height = box.width, box.height
        self.paint()

    # --- painting ---

    def paint(self) -> None:
        """Show the figures of now in every part that has a box."""
        width, height = self.size
        if self._plan.too_small:
            words = f"the lab needs 40×10, has {width}×{height}"
            self.panels["title"].show([((words, "notice"),)], width, 1)
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
                return [self._footer(figures, width)]
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
            return f"Wrong rule: {figures.rule.named(figures.rules.reduction)}"
        if name == "true":
            return f"True rule: {figures.rules.reduction} of the samples' gradients"
        return TITLES.get(name, "")

    def _footer(self, figures: Figures, width: int) -> Row:
        if self.notice:
            return fit(((f" {self.notice}", "notice"),), width, "notice")
        rate = PACES[self.pace]
        pace = "full speed" if rate == inf else f"{rate:g} updates/s"
        state = f" ▶ {pace} " if self.playing else ""
        return fit(lab_footer(figures, width, state), width, "bar")

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

    # --- the clock ---

    @property
    def busy(self) -> bool:
        return self.playing or self.lab.made < self._goal

    def _wake(self) -> None:
        """Run the clock while something plays or works, and not otherwise."""
        if self.busy:
            self._last_tick = perf_counter()
            self._clock.resume()
        else:
            self._clock.pause()

    def _tick(self) -> None:
        now = perf_counter()
        elapsed, self._last_tick = now - self._last_tick, now
        if self.lab.made < self._goal:
            self._work()
        elif self.playing:
            self._play(elapsed)
        self.paint()
        if not self.busy:
            self._clock.pause()

    def _work(self) -> None:
        """A slice of the updates that a key asked for."""
        until = perf_counter() + SLICE
        self.lab.advance(self._goal - self.lab.made, lambda: perf_counter() > until)
        if self.lab.ended:
            self._end()
        elif self.lab.made < self._goal:
            self.notice = f"working: {self._goal - self.lab.made} updates to go · Esc stops"
        else:
            self.notice = ""

    def _play(self, elapsed: float) -> None:
        until = perf_counter() + SLICE
        self._owed = min(self._owed + elapsed * PACES[self.pace], max(PACES[self.pace] / 4, 1.0))
        whole = 1_000_000 if self._owed == inf else int(self._owed)
        self._owed = 0.0 if self._owed == inf else self._owed - whole
        if whole:
            self.lab.advance(whole, lambda: perf_counter() > until)
        if self.lab.ended:
            self._end()

    def _end(self) -> None:
        """Nothing more to make: pause, and say why."""
        self.playing, self._goal = False, 0
        limited = self.lab.case.limit is not None and self.lab.made >= self.lab.case.limit
        self.notice = "from here on it would do harm: h goes back to the run" if limited else self.lab.true.stop

    # --- keys ---

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        key = event.key
        self.notice = ""
        if key in ("escape", "q"):
            self._close_or_stop(key)
        elif key in ("question_mark", "f1"):
            self._show_help()
        elif key == "space":
            self._toggle_play()
        elif key in ("plus", "equals_sign", "minus"):
            self.pace = min(max(self.pace + (-1 if key == "minus" else 1), 0), len(PACES) - 1)
            self._owed = 0.0
        elif key == "y":
            self.log_scale, self._chart_drawn = not self.log_scale, 0.0
        elif key in SELECT:
            self.lab.select(**SELECT[key])
        else:
            self._move(key, event.character or "")
        if self.is_attached:
            self.paint()
            self._wake()

    def _close_or_stop(self, key: str) -> None:
        """Esc first stops long work; without any it closes."""
        if key == "escape" and self.lab.made < self._goal:
            self._goal = 0
            self.notice = f"stopped after {self.lab.made} updates"
        else:
            self.playing, self._goal = False, 0
            self.dismiss(None)

    def _show_help(self) -> None:
        title = self.panels["title"]
        lines = [KeyLine("Mistakes lab", keys, what, None) for keys, _, what in HINTS]
        self.app.push_screen(Help(lines, title.palette, title.ascii))

    def _toggle_play(self) -> None:
        self._goal = 0
        self.playing = not self.playing and not self.lab.ended
        self._owed = 0.0
        if self.lab.ended:
            self._end()

    def _move(self, key: str, character: str) -> None:
        """A move of the lab: whatever plays or works is stopped first."""
        lab = self.lab
        moves = ("b", "e", "t", "h", "r", "n", "N", "up", "down")
        if key not in moves and (not character or character not in RULE_KEYS):
            return
        self.playing, self._goal = False, 0
        match key:
            case "b":
                self._ask(1)
            case "e":
                self._ask(lab.left_in_epoch)
            case "t":
                self._ask(lab.left_in_epoch - 1 or lab.figures().batches)
            case "h":
                lab.next_case()
                if len(lab.cases) == 1:
                    self.notice = "this run has no case in which it differs"
            case "r":
                lab.restart()
            case "n" | "down" | "N" | "up":
                lab.choose(lab.number + (1 if key in ("n", "down") else -1))
            case _:
                lab.choose(RULE_KEYS.index(character))
        if key not in ("b", "e", "t"):
            self._chart, self._chart_drawn = [], 0.0

    def _ask(self, updates: int) -> None:
        """So many updates more; short work is done before the next frame."""
        self._goal = self.lab.made + updates
        self._work()


SELECT: dict[str, dict[str, int]] = {
    "comma": {"source": -1},
    "full_stop": {"source": 1},
    "left": {"layer": -1},
    "right": {"layer": 1},
    "u": {"unit": 1},
    "U": {"unit": -1},
}
"""Keys that move the selection, and by how much."""
