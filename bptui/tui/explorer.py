"""The explorer's screen: it turns keys into intents, hands the scene down to the panels, and keeps the clock."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.timer import Timer

from bptui.data.output import free_name, write_whole
from bptui.session.moves import Move, Need, last_beat, to_row
from bptui.session.session import Session
from bptui.training.record import ROW_KEYS
from bptui.tui.dialogs import GoTo, Help
from bptui.tui.keys import BY_ID, KEYS, footer_hints, key_lines
from bptui.tui.palette import PALETTES
from bptui.tui.stage import Stage
from bptui.views.arrange import BATCH, DELTAS, NETWORK, UPDATE
from bptui.views.help import footer_row
from bptui.views.scene import AXES, Scene, scene_of
from bptui.views.text import Row, fit, scrolled

if TYPE_CHECKING:
    from bptui.tui.app import BptuiApp

FRAMES = 15  # a second, while something runs
PLAY_SLICE = 0.012  # seconds of computing inside one frame while playing: keys are answered at once
WORK_SLICE = 0.045  # and while long work is waited for: Esc is answered within a frame
LISTS = (BATCH, DELTAS)  # panels with a row a sample
SORT_WORDS = {
    "batch": "in the batch's order",
    "loss": "largest loss first",
    "norm": "longest gradient first",
    "cosine": "the one that pulls against the others first",
    "wrong": "wrong answers only",
}


class Explorer(Screen[None]):
    """``session`` is the state; the rest is how it is looked at."""

    app: "BptuiApp"
    DEFAULT_CSS = "Explorer { layers: base; }"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session: Session = session
        self.stage = Stage(self)
        self.focused_panel = NETWORK
        self.beside = BATCH  # shown beside the network where only two panels fit
        self.maximised = False
        self.scroll_by = 0
        self.axis = 0
        self.log_scale = False
        self.accuracy = False
        self.sort = 0
        self.notice = ""
        self._need: tuple[Need, Callable[[], str]] | None = None  # long work: what it waits for, how it ends
        self._clock: Timer
        self._last_tick = 0.0

    # --- life ---

    def compose(self) -> ComposeResult:
        yield from self.stage

    def on_mount(self) -> None:
        for panel in self.stage:
            panel.palette, panel.ascii = self.app.palette_name, self.app.ascii
        self._clock = self.set_interval(1 / FRAMES, self._tick, pause=True)
        if self.session.next_settings.rules.learning_rate == 0:
            self.notice = "the learning rate is 0: the weights will not change"

    def on_resize(self, event: events.Resize) -> None:
        self._lay_out()

    @property
    def busy(self) -> bool:
        return self._need is not None or self.session.player.playing

    # --- painting: the scene goes down ---

    def scene(self) -> Scene:
        return replace(
            scene_of(self.session, self.app.colour),
            axis=AXES[self.axis],
            log=self.log_scale,
            accuracy=self.accuracy,
            scroll=self.scroll_by,
            sort=ROW_KEYS[self.sort],
        )

    def _lay_out(self) -> None:
        width, height = self.size
        if width and height:
            self.stage.lay_out(width, height, self.focused_panel, self.beside, self.maximised)
            self.paint()

    def paint(self) -> None:
        """Show the scene of now."""
        self.stage.paint(self.scene(), self._footer)

    def _footer(self, width: int) -> Row:
        player = self.session.player
        if self.notice:
            return fit(((f" {self.notice}", "notice"),), width, "notice")
        state = f" ▶ {player.pace} " if player.playing else ""
        return fit(((state, "notice"), *footer_row(footer_hints(self), width - len(state))), width, "bar")

    # --- the clock ---

    def _wake(self) -> None:
        """Run the clock while something plays or works, and not otherwise: an idle screen writes nothing."""
        if self.busy:
            self._last_tick = perf_counter()
            self._clock.resume()
        else:
            self._clock.pause()

    def _tick(self) -> None:
        now = perf_counter()
        elapsed, self._last_tick = now - self._last_tick, now

        if self._need is not None:
            self._work(lambda: perf_counter() - now > WORK_SLICE)
        else:
            self.session.tick(elapsed, lambda: perf_counter() - now > PLAY_SLICE)
            if not self.session.player.playing:
                self.notice = self.session.why_not(("phase", 1)) or ""
        self.paint()
        self._wake()

    def _work(self, pause: Callable[[], bool]) -> None:
        """A slice of long work, its progress in the footer."""
        assert self._need is not None
        need, finish = self._need
        run = self.session.run
        if run.extend(need, pause):
            self._need = None
            self.notice = finish()
        else:
            position = run.next_position
            self.notice = f"working: epoch {position.epoch}, batch {position.batch}, update {run.frontier} · Esc stops"

    def _start(self, need: Need, finish: Callable[[], str]) -> None:
        """Begin work that may be long; short work is done before the next frame."""
        self._need = (need, finish)
        until = perf_counter() + WORK_SLICE
        self._work(lambda: perf_counter() > until)
        self._wake()
        self.paint()

    # --- intents: what keys ask for ---

    def on_key(self, event: events.Key) -> None:
        key = next((key for key in KEYS if event.key in key.keys), None)
        if key is not None:
            event.stop()
            event.prevent_default()
            self.press(key.id)

    def press(self, key_id: str) -> None:
        """Do what a key of the table does, or say why it cannot be done now."""
        key = BY_ID[key_id]
        reason = key.why_not(self)
        if self._need is not None and key_id not in ("stop", "quit", "help", "repaint"):
            reason = "work is under way: Esc stops it"
        self.notice = ""
        if reason is not None:
            self.notice = reason
            self.paint()
            return
        key.act(self)

    def move(self, move: Move) -> None:
        self.pause()
        self.scroll_by = 0
        session = self.session

        def finish() -> str:
            before = session.moment
            session.move(move)
            stopped = session.run.stop
            return str(stopped) if stopped and (session.moment == before or self._at_stop()) else ""

        self._start(session.needed(move), finish)

    def _at_stop(self) -> bool:
        session = self.session
        return session.moment.update == session.run.frontier and session.moment.beat == last_beat(session.record)

    def pause(self) -> None:
        """Stop playing, and show that it has stopped; long work goes on."""
        was_playing = self.session.player.playing
        self.session.player = self.session.player.paused()
        self._wake()
        if was_playing:
            self.paint()

    def stop(self) -> None:
        """Stop long work at the batch it has reached, or playing where it is."""
        if self._need is not None:
            self._need = None
            self.session.halt()
            self.notice = f"stopped after update {self.session.run.frontier}"
        self.pause()
        self.paint()

    def toggle_play(self) -> None:
        self.session.player = self.session.player.toggled()
        self._wake()
        self.paint()

    def change_speed(self, steps: int) -> None:
        self.session.player = self.session.player.faster(steps)
        self.notice = "" if self.session.player.playing else f"speed: {self.session.player.pace}"
        self.paint()

    def change(self, intent: Callable[[], str]) -> None:
        """Change a setting or start anew, and say what it means."""
        try:
            self.notice = intent()
        except ArithmeticError as problem:
            self.notice = str(problem)
        self._wake()
        self.paint()

    def ask_goal(self) -> None:
        self.pause()
        self.app.push_screen(GoTo(self.session.goal, self.app.ascii), self._go_to)

    def _go_to(self, words: str | None) -> None:
        if words:
            self._start(self.session.goal(words), lambda: self.session.arrive_at(words))

    def focus_panel(self, panel: int) -> None:
        self.focused_panel = panel
        if panel != NETWORK:
            self.beside = panel
        self.scroll_by = 0
        self._lay_out()

    def toggle_maximised(self) -> None:
        self.maximised = not self.maximised
        self._lay_out()

    def arrow(self, across: int, down: int) -> None:
        """Arrows in the focused panel: samples in batch and deltas, inputs × units in update, else layer and unit."""
        if down and self.focused_panel in LISTS:
            self.pause()
            self.session.moment = to_row(self.session.moment, self.scene().rows, down)
            self.scroll_by = 0
            self._wake()
            self.paint()
        elif across and self.focused_panel == UPDATE:
            self.select(source=across)
        else:
            self.select(layer=across, unit=down)

    def why_not_row(self) -> str | None:
        """Before the batch's end its samples are moments of time, and only the step keys move in time."""
        if self.focused_panel not in LISTS or self.scene().phase.per_batch:
            return None
        return "a sample can be chosen when all are in: b; s and S step to the next and the one before"

    def select(self, layer: int = 0, unit: int = 0, source: int = 0) -> None:
        self.session.select(layer, unit, source)
        self.paint()

    def scroll_panel(self, pages: int) -> None:
        scene = self.scene()
        shown, unscrolled = (self.stage.rows_shown(self.focused_panel, it) for it in (scene, replace(scene, scroll=0)))
        count = scene.record.n if self.focused_panel == UPDATE else len(scene.rows)
        self.scroll_by = shown.start + scrolled(shown, count, pages) - unscrolled.start
        self.paint()

    def why_not_scroll(self) -> str | None:
        return None if self.focused_panel in (*LISTS, UPDATE) else "panels 2, 3 and 4 scroll: this one shows all it has"

    def next_axis(self) -> None:
        self.axis = (self.axis + 1) % len(AXES)
        self.paint()

    def toggle_log(self) -> None:
        self.log_scale = not self.log_scale
        self.paint()

    def why_no_accuracy(self) -> str | None:
        return None if self.session.run.problem.data.classes else "a regression has no right or wrong answers"

    def toggle_accuracy(self) -> None:
        self.accuracy = not self.accuracy
        self.paint()

    def why_not_sort(self) -> str | None:
        layers = self.session.layers
        return None if self.session.moment.phase(layers).per_batch else "not before all samples are in: press b"

    def next_sort(self) -> None:
        """The next order of the samples; only wrong answers is no choice where there are no classes."""
        choices = len(ROW_KEYS) - (not self.session.run.problem.data.classes)
        self.sort = (self.sort + 1) % choices
        self.scroll_by = -self.session.record.n  # from the top: the first rows are the ones that stand out
        self.notice = f"samples: {SORT_WORDS[ROW_KEYS[self.sort]]}"
        self.paint()

    def save_picture(self) -> None:
        session, moment = self.session, self.session.moment
        place = f"u{moment.update}-s{moment.sample + 1}-p{moment.beat + 1}"
        path = free_name(Path(f"bptui-{session.scenario.title}-{place}.svg"))
        try:
            write_whole(path, self.app.export_screenshot(title="bptui", simplify=True))
        except OSError as problem:
            self.notice = f"{path}: {problem.strerror}; nothing was saved"
        else:
            self.notice = f"saved {path}"
        self.paint()

    def next_theme(self) -> None:
        names = [palette.name for palette in PALETTES]
        if not self.app.colour:
            self.notice = "no colours here: NO_COLOR or --no-color"
        else:
            here = names.index(self.app.palette_name) if self.app.palette_name in names else 0
            self.app.use_palette(names[(here + 1) % len(names)])
            for panel in self.stage:
                panel.repaint(self.app.palette_name)
            self.notice = f"theme {self.app.palette_name}"
        self.paint()

    def show_help(self) -> None:
        self.pause()
        self.app.push_screen(Help(key_lines(self), self.app.palette_name, self.app.ascii))

    def why_no_palette(self) -> str | None:
        return "the palette needs a terminal with Unicode" if self.app.ascii else None

    def open_palette(self) -> None:
        self.app.action_command_palette()

    def repaint_all(self) -> None:
        self.app.forget_screen()
        self.refresh(layout=True)
        for panel in self.stage:
            panel.refresh()

    def suspend(self) -> None:
        self.pause()
        self.app.action_suspend_process()

    def quit(self) -> None:
        self.app.exit(0)
