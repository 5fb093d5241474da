"""Compare: a race of settings, its curves above, its table below; a digit opens the race for a question."""

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

from bptui.experiments.lane import Entry
from bptui.experiments.race import Race
from bptui.experiments.races import PRESETS, Preset, own_race
from bptui.experiments.trials import SAMPLES, Trials
from bptui.session.session import Session
from bptui.training.run import Run
from bptui.training.settings import Settings
from bptui.tui.drawing import Drawing
from bptui.tui.keys import Key, Table, footer_hints
from bptui.tui.long_work import Pace
from bptui.tui.panel import Panel, place
from bptui.tui.workbench import COMMON, Workbench
from bptui.views.arrange import Box, small
from bptui.views.keys_named import Keys
from bptui.views.race import (
    RaceLook,
    below,
    chart,
    chart_title,
    common,
    head,
    heights,
    menu,
    progress,
    table,
    verdict,
)
from bptui.views.text import Row, Span

SLICE = 0.012  # seconds of training inside one frame: keys are answered at once
PINNED_HINTS = 20  # columns of the footer that keys keep: help and close
LONGEST = 0.036  # with the measuring of the lanes


class RaceScreen(Workbench):
    """Lies over the explorer and leaves its session alone: every lane is a run of its own."""

    NAME = "Compare"

    def __init__(self, session: Session, palette_name: str, ascii_only: bool, colour: bool) -> None:
        super().__init__(palette_name, ascii_only)
        self.session = session
        self.presets = (*PRESETS, own_race(session.collected))
        self.colour = colour
        self.panels = {name: Panel(name, bordered=name == "chart") for name in ("head", "chart", "table", "foot")}
        self.seen: RaceLook | None = None
        self.until: float | None = None  # the progress being trained for; None: paused
        self.trying = False  # what each lane is worth
        self._first: Callable[[], None] | None = None  # to be done beside the screen, before anything else
        self.drawing = Drawing(self)
        self._pace = Pace(0)

    def parts(self) -> list[Panel]:
        return list(self.panels.values())

    def table(self) -> Table:
        return KEYS

    @property
    def race(self) -> Race | None:
        return self.seen.race if self.seen else None

    @property
    def preset(self) -> Preset | None:
        return self.seen.preset if self.seen else None

    @property
    def keys(self) -> Keys:
        """Those that the config file has given other ids."""
        return self.app.remap.shown

    def with_keys(self, preset: Preset) -> Preset:
        """Its answer naming the keys in force."""
        return replace(preset, answer=self.named(preset.answer))

    def look(self) -> RaceLook:
        assert self.seen is not None, "the key is disabled without a race"
        return replace(self.seen, running=self.until is not None)

    # --- what keys ask for ---

    def open(self, preset: Preset) -> None:
        """Start the race for a question, at once."""
        settings, run = self.session.next_settings, self.session.run
        self.notice = self.named(preset.why_not(settings, run.problem.count) or "")
        if not self.notice:
            self._soon(lambda: self._begin(preset, run, settings))

    def _begin(self, preset: Preset, run: Run, settings: Settings) -> None:
        race, was = preset.begin(run, settings), self.seen
        again = RaceLook(preset, race, preset.axis, trials=self._trials(preset, race))
        self.seen = replace(again, measure=was.measure, log=was.log) if was else again
        self.train_to(race.goal)

    def _soon(self, act: Callable[[], None]) -> None:
        """At once, or beside the screen: every lane is measured."""
        if self.costly():
            self._first = act
        else:
            act()

    def _trials(self, preset: Preset, race: Race) -> Trials | None:
        """What follows the race, where its question is what a batch size is worth."""
        entries = tuple(Entry(lane.name, lane.settings) for lane in race.lanes)
        scenario = self.session.scenario
        return Trials(race.lanes[0].run.problem, scenario.start, entries, SAMPLES) if preset.tried else None

    def train_to(self, until: float) -> None:
        """Train until this much progress."""
        self.until, self.trying = until, False
        self._pace = Pace(self.look().race.progress)

    def open_number(self, number: int) -> None:
        self.open(self.presets[number - 1])

    def show_menu(self) -> None:
        """Back to the list of questions; the race is given up."""
        self.seen = self.until = None
        self.trying = False

    def why_no_race(self) -> str | None:
        return None if self.seen else "choose a question first: its key starts a race"

    def look_so(self, change: Callable[[RaceLook], RaceLook]) -> None:
        """Look at the race in another way."""
        self.seen = change(self.look())

    def toggle_play(self) -> None:
        race, trials = self.look().race, self.look().trials
        if self.working():
            self.halt()
        elif race.finished and trials and not trials.done:
            self.trying = True
        else:
            if race.finished:  # as far again
                race.prolong(2 * race.goal)
            self.train_to(race.goal)

    def next_epoch(self) -> None:
        """Go on to the end of an epoch, and stop there."""
        race = self.look().race
        until = race.next_epoch()
        race.prolong(until)
        self.train_to(until)

    def restart(self) -> None:
        self.open(self.look().preset)

    def halt(self) -> None:
        """Stop where it is, every lane measured there."""
        self.until, self.trying = None, False
        self._soon(self.look().race.settle)

    def close_or_stop(self) -> None:
        """Stop a race under way first; close where there is none."""
        if self.working():
            self.halt()
        else:
            self.close()

    def pause(self) -> None:
        self.until, self.trying = None, False

    def close(self) -> None:
        self.pause()
        super().close()

    # --- work ---

    def costly(self) -> bool:
        return self.weighs(self.session)

    def paint_foot(self) -> None:
        if not self.too_small:
            self.panels["foot"].show([self.footer(self.size.width)], self.size.width, 1)

    def working(self) -> bool:
        return self.until is not None or self.trying or self._first is not None

    def work(self, elapsed: float, pause: Callable[[], bool]) -> None:
        """Measuring lanes takes its time beside the training: a frame may then be longer."""
        first, self._first = self._first, None
        if first is not None:
            first()
            return
        if self.until is None:
            self._try(pause)
            return
        race, began = self.look().race, perf_counter()
        measured = race.measuring

        def enough() -> bool:
            return perf_counter() - began > min(SLICE + race.measuring - measured, LONGEST)

        if race.advance(self.until, enough):
            self.until = None
            trials = self.look().trials
            self.trying = race.finished and trials is not None and not trials.done

    def _try(self, pause: Callable[[], bool]) -> None:
        """A slice of what follows the race."""
        trials = self.look().trials
        if trials is not None:
            trials.work(pause)
        self.trying = self.trying and trials is not None and not trials.done

    # --- painting ---

    def paint(self) -> None:
        width, height = self.size
        if width == 0 or height == 0:
            return
        if self.too_small:
            self._stack({"head": (small(*self.size), self.size.height)})
        elif self.seen is None:
            settings, run = self.session.next_settings, self.session.run
            questions = [(self.with_keys(it), it.why_not(settings, run.problem.count)) for it in self.presets]
            shared = self.named(common(run, self.session.scenario.title))
            rows = menu([(it, why and self.named(why)) for it, why in questions], shared, width, height - 1, self.keys)
            self._stack({"head": (rows, height - 1), "foot": ([self.footer(width)], 1)})
        else:
            self._paint_race(self.look(), width, height - 1)

    def _paint_race(self, look: RaceLook, width: int, height: int) -> None:
        look = replace(look, preset=self.with_keys(look.preset))
        above, middle, rest = heights(look, width, height)
        parts = {"head": (head(look, width, above, self.keys), above)}
        if middle:
            parts["chart"] = (self._curves(look, width, middle), middle)
        parts["table"] = ([*table(look, width), verdict(look, width), *below(look, width)], rest)
        self._stack({**parts, "foot": ([self.footer(width)], 1)}, chart_title(look, self.keys))

    def _curves(self, look: RaceLook, width: int, height: int) -> list[Row]:
        """The chart, as last drawn."""
        shows = (look.race, look.axis, look.measure, look.log, look.whole, look.race.measured)
        inner = self.panels["chart"].inner(width, height)
        return self.drawing.rows(*inner, shows, lambda: chart(look, 2 * inner[0]), True)

    def _stack(self, parts: dict[str, tuple[list[Row], int]], chart_words: str = "") -> None:
        """Put the panels that have a part below one another, and hide the others."""
        y, width = 0, self.size.width
        for name, panel in self.panels.items():
            rows, height = parts.get(name, ([], 0))
            place(panel, Box(0, y, width, height) if height else None)
            panel.show(rows, width, height, chart_words)
            y += height

    def state(self) -> Span:
        words = ""
        if self.trying and self.seen and self.seen.trials:
            words = f" ▶ {self.seen.trials.made}/{self.seen.trials.planned} trained "
        elif self.seen:
            made, goal = self.seen.race.progress, self.until if self.until is not None else self.seen.race.goal
            room = self.size.width - PINNED_HINTS
            words = progress(self.look(), self._pace.rate(made), self._pace.left(made, goal), room)
        return words, "notice" if self.working() else "bar-strong"

    def hints(self) -> list[tuple[str, str, bool]]:
        """The digits as one; without a race, only what can be done without."""
        keys = self.keys_now()
        digits = [key.shown for key in keys if key.id.startswith("race-")]
        able = (key for key in keys if self.seen or self.why_not(key) is None)
        if self.working():
            able = (key._replace(footer="stop") if key.id == "stop" else key for key in able)
        return [(f"{digits[0]}-{digits[-1]}", "ask", True), *footer_hints(able, self)]


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
    racing("axis", "a", "a", "x axis: updates, epochs, samples seen, multiply-adds",
           lambda screen: screen.look_so(RaceLook.next_axis), "axis"),
    racing("log", "y", "y", "y axis: linear or logarithmic",
           lambda screen: screen.look_so(lambda look: replace(look, log=not look.log)), "log"),
    racing("measure", "l", "l", "train, test or batch loss",
           lambda screen: screen.look_so(RaceLook.next_measure), "loss"),
    racing("epoch", "e", "e", "one epoch more", RaceScreen.next_epoch, "epoch"),
    racing("whole", "z", "z", "the whole axis, or only the stretch every lane has covered",
           lambda screen: screen.look_so(lambda look: replace(look, whole=not look.whole)), "all"),
    racing("again", "r", "r", "the same race again", RaceScreen.restart, "again"),
    racing("menu", "0", "0", "back to the list of questions", RaceScreen.show_menu, "list"),
    *COMMON,
    Key("stop", ("escape",), "Esc", "Compare", "stop the race where it is, or close",
        RaceScreen.close_or_stop, "close"),
    Key("close", ("q",), "q", "Compare", "close", RaceScreen.close),
)  # fmt: skip
