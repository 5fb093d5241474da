"""Compare: a race of settings, its curves above, its table below; a digit opens the race for a question."""

from time import perf_counter

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.timer import Timer

from bptui.experiments.race import UNITS, Race
from bptui.experiments.races import PRESETS, Preset, own_race
from bptui.session.session import Session
from bptui.tui.dialogs import Help
from bptui.tui.panel import Panel
from bptui.tui.plot import draw
from bptui.views.arrange import SMALLEST
from bptui.views.help import KeyLine, footer_row
from bptui.views.race import (
    MEASURES,
    Contest,
    chart,
    chart_title,
    head,
    head_height,
    menu,
    progress,
    table,
    verdict,
)
from bptui.views.text import Row, fit

FRAMES = 15  # a second, while a race goes on
SLICE = 0.012  # seconds of training inside one frame: keys are answered at once
LONGEST = 0.036  # with the measuring of the lanes
CHART_EVERY = 0.2  # seconds between two drawings of the chart
LEAST_CHART = 7  # rows, its border included; below that the table alone is shown
HINTS = (
    ("1-7", "ask", "start the race for a question, 7 your own"),
    ("space", "play", "pause; at the goal: double the goal and go on"),
    ("a", "axis", "x axis: updates, epochs, samples seen, multiply-adds"),
    ("y", "log", "y axis: linear or logarithmic"),
    ("l", "loss", "train, test or batch loss"),
    ("e", "epoch", "one epoch more"),
    ("z", "all", "the whole axis, or only the stretch every lane has covered"),
    ("r", "again", "the same race again"),
    ("0", "list", "back to the list of questions"),
    ("?", "help", "these keys"),
    ("Esc", "close", "close"),
)


class CompareScreen(Screen[None]):
    """Lies over the explorer and leaves its session alone: every lane is a run of its own."""

    DEFAULT_CSS = "CompareScreen { layers: base; }"

    def __init__(self, session: Session, palette_name: str, ascii_only: bool, colour: bool) -> None:
        super().__init__()
        self.session = session
        self.presets = (*PRESETS, own_race(session.collected))
        self.colour = colour
        self.panels = {name: Panel(name, bordered=name == "chart") for name in ("head", "chart", "table", "foot")}
        for panel in self.panels.values():
            panel.palette, panel.ascii = palette_name, ascii_only
        self.preset: Preset | None = None
        self.race: Race | None = None
        self.until: float | None = None  # the progress being trained for; None: paused
        self.axis, self.measure = 0, 0
        self.log_scale = self.whole = False
        self.notice = ""
        self._clock: Timer
        self._chart_drawn = 0.0
        self._curves: list[Row] = []

    # --- life ---

    def compose(self) -> ComposeResult:
        yield from self.panels.values()

    def on_mount(self) -> None:
        self._clock = self.set_interval(1 / FRAMES, self._tick, pause=True)

    def on_resize(self) -> None:
        self._chart_drawn = 0.0
        self.paint()

    # --- intents ---

    def on_key(self, event: events.Key) -> None:
        key = event.key
        actions = {
            "space": self.toggle_play,
            "e": self.next_epoch,
            "a": self.next_axis,
            "y": self.toggle_log,
            "l": self.next_measure,
            "z": self.toggle_whole,
            "r": self.restart,
            "0": self.show_menu,
            "question_mark": self.show_help,
            "f1": self.show_help,
            "escape": self.close,
            "q": self.close,
        }
        chosen = next((preset for preset in self.presets if key == str(preset.number)), None)
        if chosen is not None:
            event.stop()
            self.open(chosen)
        elif key in actions:
            event.stop()
            event.prevent_default()
            self.notice = ""
            actions[key]()

    def show_help(self) -> None:
        foot = self.panels["foot"]
        lines = [KeyLine("Compare", keys, what, None) for keys, _, what in HINTS]
        self.app.push_screen(Help(lines, foot.palette, foot.ascii))

    def open(self, preset: Preset) -> None:
        """Start the race for a question, at once."""
        settings, run = self.session.next_settings, self.session.run
        self.notice = preset.why_not(settings, run.problem.count) or ""
        if not self.notice:
            self.preset, self.race = preset, preset.begin(run, settings)
            self.axis = UNITS.index(preset.axis)
            self.whole = False
            self.until = self.race.goal
            self._chart_drawn = 0.0
        self._wake()
        self.paint()

    def show_menu(self) -> None:
        """Back to the list of questions; the race is given up."""
        self.preset = self.race = self.until = None
        self._wake()
        self.paint()

    def toggle_play(self) -> None:
        if self.race is None:
            return
        if self.until is not None:
            self.until = None
            self.race.settle()
        else:
            if self.race.finished:  # as far again
                self.race.prolong(2 * self.race.goal)
            self.until = self.race.goal
        self._redraw()

    def next_epoch(self) -> None:
        """Go on to the end of an epoch, and stop there."""
        if self.race is None:
            return
        self.until = self.race.next_epoch()
        self.race.prolong(self.until)
        self._redraw()

    def next_axis(self) -> None:
        self.axis = (self.axis + 1) % len(UNITS)
        self._redraw()

    def next_measure(self) -> None:
        """The next loss that there is: without test samples there is no test loss."""
        tested = self.race is not None and len(self.race.lanes[0].run.problem.test_x) > 0
        self.measure = (self.measure + 1) % len(MEASURES)
        if list(MEASURES)[self.measure] == "test_loss" and not tested:
            self.measure = (self.measure + 1) % len(MEASURES)
        self._redraw()

    def toggle_log(self) -> None:
        self.log_scale = not self.log_scale
        self._redraw()

    def toggle_whole(self) -> None:
        self.whole = not self.whole
        self._redraw()

    def restart(self) -> None:
        if self.preset is not None:
            self.open(self.preset)

    def close(self) -> None:
        self.until = None
        self._clock.pause()
        self.dismiss()

    # --- the clock ---

    def _wake(self) -> None:
        """Run the clock while a race goes on, and not otherwise."""
        if self.until is None:
            self._clock.pause()
        else:
            self._clock.resume()

    def _tick(self) -> None:
        if self.race is None or self.until is None:
            return
        race, began, measured = self.race, perf_counter(), self.race.measuring

        def pause() -> bool:
            return perf_counter() - began > min(SLICE + race.measuring - measured, LONGEST)

        if race.advance(self.until, pause):
            self.until = None
            self._redraw()
        else:
            self.paint()

    def _redraw(self) -> None:
        """Paint, the chart too."""
        self._chart_drawn = 0.0
        self._wake()
        self.paint()

    # --- painting ---

    def contest(self) -> Contest:
        assert self.preset is not None
        assert self.race is not None
        return Contest(
            self.preset,
            self.race,
            UNITS[self.axis],
            list(MEASURES)[self.measure],
            self.log_scale,
            self.whole,
            self.until is not None,
        )

    def paint(self) -> None:
        width, height = self.size
        if width == 0 or height == 0:
            return
        if width < SMALLEST[0] or height < SMALLEST[1]:
            words = f"bptui needs {SMALLEST[0]}×{SMALLEST[1]}, has {width}×{height}"
            self._stack({"head": ([((words, "notice"),)], 1)})
        elif self.race is None:
            rows = menu(self._questions(), self._common(), width)
            self._stack({"head": (rows, height - 1), "foot": ([self._footer(width)], 1)})
        else:
            self._paint_race(self.contest(), width, height)

    def _paint_race(self, contest: Contest, width: int, height: int) -> None:
        rows = [*table(contest, width), verdict(contest, width)]
        spare = height - 1 - len(rows) - LEAST_CHART
        above = min(head_height(contest.preset, width), max(spare, 1))
        middle = height - 1 - above - len(rows)
        parts = {"head": (head(contest, width, above), above)}
        if middle >= LEAST_CHART:
            self._draw(contest, width, middle)
            parts["chart"] = (self._curves, middle)
        else:
            rows = rows[: height - 1 - above]
        below = height - 1 - above - (middle if "chart" in parts else 0)
        self._stack({**parts, "table": (rows, below), "foot": ([self._footer(width)], 1)}, chart_title(contest))

    def _draw(self, contest: Contest, width: int, height: int) -> None:
        """The chart, anew if it is long enough since it was drawn last."""
        if perf_counter() - self._chart_drawn < CHART_EVERY:
            return
        inner_width, inner_height = self.panels["chart"].inner(width, height)
        self._curves = draw(chart(contest, 2 * inner_width), inner_width, inner_height)
        self._chart_drawn = perf_counter()

    def _stack(self, parts: dict[str, tuple[list[Row], int]], chart_words: str = "") -> None:
        """Put the panels that have a part below one another, and hide the others."""
        y, width = 0, self.size.width
        for name, panel in self.panels.items():
            panel.display = name in parts
            if name not in parts:
                continue
            rows, height = parts[name]
            panel.styles.offset = (0, y)
            panel.styles.width, panel.styles.height = width, height
            panel.show(rows, width, height, chart_words, focused=False)
            y += height

    def _questions(self) -> list[tuple[Preset, str | None]]:
        settings, count = self.session.next_settings, self.session.run.problem.count
        return [(preset, preset.why_not(settings, count)) for preset in self.presets]

    def _common(self) -> str:
        """What all lanes have in common."""
        run, scenario = self.session.run, self.session.scenario
        sizes = "-".join(map(str, run.start.architecture.sizes))
        samples = f"{run.problem.count} training sample{'s' if run.problem.count > 1 else ''}"
        return (
            f"All lanes: {scenario.title}, {samples}, network {sizes}, seed "
            f"{run.problem.seed}. Lanes begin with the settings now in force and differ in what the question is about."
        )

    def _footer(self, width: int) -> Row:
        if self.notice:
            return fit(((f" {self.notice}", "notice"),), width, "notice")
        state = progress(self.contest()) if self.race is not None else ""
        always = ("1-7", "?", "Esc")
        hints = [(keys, word, True) for keys, word, _ in HINTS if self.race is not None or keys in always]
        return fit(
            ((state, "notice" if self.until is not None else "bar-strong"), *footer_row(hints, width - len(state))),
            width,
            "bar",
        )
