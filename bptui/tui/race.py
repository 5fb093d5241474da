"""Compare: a race of settings, its curves above, its table below; a digit opens the race for a question."""

from collections.abc import Callable
from time import perf_counter

from bptui.experiments.lane import UNITS
from bptui.experiments.race import Race
from bptui.experiments.races import PRESETS, Preset, own_race
from bptui.session.session import Session
from bptui.tui.drawing import Drawing
from bptui.tui.keys import Key, Table, footer_hints
from bptui.tui.panel import Panel
from bptui.tui.workbench import COMMON, Workbench
from bptui.views.race import (
    MEASURES,
    RaceLook,
    chart,
    chart_title,
    head,
    head_height,
    menu,
    progress,
    table,
    verdict,
)
from bptui.views.text import Row, Span

SLICE = 0.012  # seconds of training inside one frame: keys are answered at once
LONGEST = 0.036  # with the measuring of the lanes
LEAST_CHART = 7  # rows, its border included; below that the table alone is shown


class RaceScreen(Workbench):
    """Lies over the explorer and leaves its session alone: every lane is a run of its own."""

    NAME = "Compare"

    def __init__(self, session: Session, palette_name: str, ascii_only: bool, colour: bool) -> None:
        super().__init__(palette_name, ascii_only)
        self.session = session
        self.presets = (*PRESETS, own_race(session.collected))
        self.colour = colour
        self.panels = {name: Panel(name, bordered=name == "chart") for name in ("head", "chart", "table", "foot")}
        self.preset: Preset | None = None
        self.race: Race | None = None
        self.until: float | None = None  # the progress being trained for; None: paused
        self.axis, self.measure = 0, 0
        self.log_scale = self.whole = False
        self.drawing = Drawing(self)

    def parts(self) -> list[Panel]:
        return list(self.panels.values())

    def table(self) -> Table:
        return KEYS

    # --- what keys ask for ---

    def open(self, preset: Preset) -> None:
        """Start the race for a question, at once."""
        settings, run = self.session.next_settings, self.session.run
        self.notice = preset.why_not(settings, run.problem.count) or ""
        if not self.notice:
            self.preset, self.race = preset, preset.begin(run, settings)
            self.axis = UNITS.index(preset.axis)
            self.whole = False
            self.until = self.race.goal

    def open_number(self, number: int) -> None:
        self.open(self.presets[number - 1])

    def show_menu(self) -> None:
        """Back to the list of questions; the race is given up."""
        self.preset = self.race = self.until = None

    def why_no_race(self) -> str | None:
        return "choose a question first: its digit starts a race" if self.race is None else None

    def toggle_play(self) -> None:
        assert self.race is not None, "the key is disabled without a race"
        if self.until is not None:
            self.until = None
            self.race.settle()
        else:
            if self.race.finished:  # as far again
                self.race.prolong(2 * self.race.goal)
            self.until = self.race.goal

    def next_epoch(self) -> None:
        """Go on to the end of an epoch, and stop there."""
        assert self.race is not None, "the key is disabled without a race"
        self.until = self.race.next_epoch()
        self.race.prolong(self.until)

    def next_axis(self) -> None:
        self.axis = (self.axis + 1) % len(UNITS)

    def next_measure(self) -> None:
        """The next loss that there is: without test samples there is no test loss."""
        tested = self.race is not None and len(self.race.lanes[0].run.problem.test_x) > 0
        self.measure = (self.measure + 1) % len(MEASURES)
        if list(MEASURES)[self.measure] == "test_loss" and not tested:
            self.measure = (self.measure + 1) % len(MEASURES)

    def toggle_log(self) -> None:
        self.log_scale = not self.log_scale

    def toggle_whole(self) -> None:
        self.whole = not self.whole

    def restart(self) -> None:
        if self.preset is not None:
            self.open(self.preset)

    def pause(self) -> None:
        self.until = None

    def close(self) -> None:
        self.pause()
        super().close()

    # --- work ---

    def working(self) -> bool:
        return self.until is not None

    def work(self, elapsed: float, pause: Callable[[], bool]) -> None:
        """Measuring lanes takes its time beside the training: a frame may then be longer."""
        if self.race is None or self.until is None:
            return
        race, began, measured = self.race, perf_counter(), self.race.measuring

        def enough() -> bool:
            return perf_counter() - began > min(SLICE + race.measuring - measured, LONGEST)

        if race.advance(self.until, enough):
            self.until = None

    # --- painting ---

    def look(self) -> RaceLook:
        assert self.preset is not None
        assert self.race is not None
        return RaceLook(
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
        if self.too_small:
            self._stack({"head": ([self.small_words()], 1)})
        elif self.race is None:
            rows = menu(self._questions(), self._common(), width, height - 1)
            self._stack({"head": (rows, height - 1), "foot": ([self.footer(width)], 1)})
        else:
            self._paint_race(self.look(), width, height)

    def _paint_race(self, look: RaceLook, width: int, height: int) -> None:
        rows = [*table(look, width), verdict(look, width)]
        spare = height - 1 - len(rows) - LEAST_CHART
        above = min(head_height(look.preset, width), max(spare, 1))
        middle = height - 1 - above - len(rows)
        parts = {"head": (head(look, width, above), above)}
        if middle >= LEAST_CHART:
            parts["chart"] = (self._curves(look, width, middle), middle)
        else:
            rows = rows[: height - 1 - above]
        below = height - 1 - above - (middle if "chart" in parts else 0)
        self._stack({**parts, "table": (rows, below), "foot": ([self.footer(width)], 1)}, chart_title(look))

    def _curves(self, look: RaceLook, width: int, height: int) -> list[Row]:
        """The chart, as last drawn."""
        shows = (look.race, look.axis, look.measure, look.log, look.whole, look.race.measured)
        inner = self.panels["chart"].inner(width, height)
        return self.drawing.rows(*inner, shows, lambda: chart(look, 2 * inner[0]), True)

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

    def state(self) -> Span:
        words = progress(self.look()) if self.race is not None else ""
        return words, "notice" if self.until is not None else "bar-strong"

    def hints(self) -> list[tuple[str, str, bool]]:
        """The digits as one; without a race, only what can be done without."""
        able = (key for key in self.table() if self.race is not None or self.why_not(key) is None)
        return [("1-7", "ask", True), *footer_hints(able, self)]


def asking(number: int, question: str) -> Key[RaceScreen]:
    return Key(f"race-{number}", (str(number),), str(number), "Compare", question,
               lambda screen: screen.open_number(number))  # fmt: skip


def racing(
    key_id: str, name: str, shown: str, words: str, act: Callable[[RaceScreen], None], footer: str
) -> Key[RaceScreen]:
    return Key(key_id, (name,), shown, "Compare", words, act, footer, RaceScreen.why_no_race)


KEYS: Table = (
    *(asking(preset.number, preset.question) for preset in (*PRESETS, own_race(()))),
    racing("play", "space", "space", "pause; at the goal: double the goal and go on", RaceScreen.toggle_play,
           "play"),
    racing("axis", "a", "a", "x axis: updates, epochs, samples seen, multiply-adds", RaceScreen.next_axis, "axis"),
    racing("log", "y", "y", "y axis: linear or logarithmic", RaceScreen.toggle_log, "log"),
    racing("measure", "l", "l", "train, test or batch loss", RaceScreen.next_measure, "loss"),
    racing("epoch", "e", "e", "one epoch more", RaceScreen.next_epoch, "epoch"),
    racing("whole", "z", "z", "the whole axis, or only the stretch every lane has covered",
           RaceScreen.toggle_whole, "all"),
    racing("again", "r", "r", "the same race again", RaceScreen.restart, "again"),
    racing("menu", "0", "0", "back to the list of questions", RaceScreen.show_menu, "list"),
    *COMMON,
    Key("close", ("escape", "q"), "Esc", "Compare", "close", RaceScreen.close, "close"),
)  # fmt: skip
