"""The explorer's screen: it turns keys into intents, hands the scene to the panels, does long work in slices."""

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import Any

from bptui.session.moves import Move, Need, last_beat, to_row
from bptui.session.session import Session
from bptui.training.record import ROW_KEYS
from bptui.tui.dialogs import GoTo
from bptui.tui.explorer_keys import FOOTER_KEYS, KEYS
from bptui.tui.keys import Key, Table, footer_hints
from bptui.tui.panel import Panel
from bptui.tui.stage import Stage
from bptui.tui.workbench import Workbench
from bptui.views.arrange import BATCH, DELTAS, NETWORK, UPDATE
from bptui.views.scene import AXES, Scene, scene_of
from bptui.views.text import Span, scrolled

PLAY_SLICE = 0.012  # seconds of computing inside one frame while playing: keys are answered at once
WORK_SLICE = 0.045  # and while long work is waited for: Esc is answered within a frame
LONG_RUN = 100  # updates
LISTS = (BATCH, DELTAS)  # panels with a row a sample
SORT_WORDS = {
    "batch": "in the batch's order",
    "loss": "largest loss first",
    "norm": "longest gradient first",
    "cosine": "the one that pulls against the others first",
    "wrong": "wrong answers only",
}


class Explorer(Workbench):
    """``session`` is the state; the rest is how it is looked at."""

    NAME = "Explorer"

    def __init__(self, session: Session, palette_name: str, ascii_only: bool) -> None:
        super().__init__(palette_name, ascii_only)
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
        self._sure = False  # that a long run may be lost
        self._need: tuple[Need, Callable[[], str]] | None = None  # long work: what it waits for, how it ends
        if session.next_settings.rules.learning_rate == 0:
            self.notice = "the learning rate is 0: the weights will not change"

    def parts(self) -> list[Panel]:
        return list(self.stage)

    def table(self) -> Table:
        return KEYS

    def picture_name(self) -> str:
        moment = self.session.moment
        place = f"u{moment.update}-s{moment.sample + 1}-p{moment.beat + 1}"
        return f"bptui-{self.session.scenario.title}-{place}"

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

    def lay_out(self) -> None:
        width, height = self.size
        self.stage.lay_out(width, height, self.focused_panel, self.beside, self.maximised)

    def paint(self) -> None:
        """Show the scene of now."""
        self.stage.paint(self.scene(), self.footer)

    def state(self) -> Span:
        player = self.session.player
        return (f" ▶ {player.pace} " if player.playing else ""), "notice"

    def hints(self) -> list[tuple[str, str, bool]]:
        return footer_hints(FOOTER_KEYS, self)

    # --- work ---

    def working(self) -> bool:
        return self.busy

    def slice(self) -> float:
        return WORK_SLICE if self._need is not None else PLAY_SLICE

    def work(self, elapsed: float, pause: Callable[[], bool]) -> None:
        if self._need is not None:
            self._work(pause)
            return
        self.session.tick(elapsed, pause)
        if not self.session.player.playing:
            self.notice = self.session.why_not(("phase", 1)) or ""

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

    # --- what keys ask for ---

    def why_not(self, key: Key[Any]) -> str | None:
        if self._need is not None and key.id not in ("stop", "quit", "help", "repaint"):
            return "work is under way: Esc stops it"
        return super().why_not(key)

    def press(self, key_id: str) -> None:
        self._sure = self._sure and key_id == "quit"
        super().press(key_id)

    def quit(self) -> None:
        """At once where little is lost; a long run is asked for once more, since a second q may have been meant for
        a screen that q has just closed."""
        made = self.session.run.frontier
        if made < LONG_RUN or self._sure:
            super().quit()
        else:
            self._sure = True
            self.notice = f"q again quits: the {made} updates of this run are not kept"

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
        if was_playing:
            self.wake()
            self.paint()

    def stop(self) -> None:
        """Stop long work at the batch it has reached, or playing where it is."""
        if self._need is not None:
            self._need = None
            self.session.halt()
            self.notice = f"stopped after update {self.session.run.frontier}"
        self.pause()

    def toggle_play(self) -> None:
        self.session.player = self.session.player.toggled()

    def change_speed(self, steps: int) -> None:
        self.session.player = self.session.player.faster(steps)
        self.notice = "" if self.session.player.playing else f"speed: {self.session.player.pace}"

    def change(self, intent: Callable[[], str]) -> None:
        """Change a setting or start anew, and say what it means."""
        try:
            self.notice = intent()
        except ArithmeticError as problem:
            self.notice = str(problem)

    def ask_goal(self) -> None:
        def go(words: str | None) -> None:
            if words:
                self.do(lambda _: self.go_to(words))

        self.pause()
        self.app.push_screen(GoTo(self.session.goal, self.app.ascii), go)

    def go_to(self, words: str) -> None:
        """Raises ValueError where the words are not understood."""
        self._start(self.session.goal(words), lambda: self.session.arrive_at(words))

    def focus_panel(self, panel: int) -> None:
        self.focused_panel = panel
        if panel != NETWORK:
            self.beside = panel
        self.scroll_by = 0
        self.lay_out()

    def toggle_maximised(self) -> None:
        self.maximised = not self.maximised
        self.lay_out()

    def arrow(self, across: int, down: int) -> None:
        """Arrows in the focused panel: samples in batch and deltas, inputs × units in update, else layer and unit."""
        if down and self.focused_panel in LISTS:
            self.pause()
            self.session.moment = to_row(self.session.moment, self.scene().rows, down)
            self.scroll_by = 0
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

    def scroll_panel(self, pages: int) -> None:
        scene = self.scene()
        shown, unscrolled = (self.stage.rows_shown(self.focused_panel, it) for it in (scene, replace(scene, scroll=0)))
        count = scene.record.n if self.focused_panel == UPDATE else len(scene.rows)
        self.scroll_by = shown.start + scrolled(shown, count, pages) - unscrolled.start

    def why_not_scroll(self) -> str | None:
        return None if self.focused_panel in (*LISTS, UPDATE) else "panels 2, 3 and 4 scroll: this one shows all it has"

    def next_axis(self) -> None:
        self.axis = (self.axis + 1) % len(AXES)

    def toggle_log(self) -> None:
        self.log_scale = not self.log_scale

    def why_no_accuracy(self) -> str | None:
        return None if self.session.run.problem.data.classes else "a regression has no right or wrong answers"

    def toggle_accuracy(self) -> None:
        self.accuracy = not self.accuracy

    def why_not_sort(self) -> str | None:
        layers = self.session.layers
        return None if self.session.moment.phase(layers).per_batch else "not before all samples are in: press b"

    def next_sort(self) -> None:
        """The next order of the samples; only wrong answers is no choice where there are no classes."""
        choices = len(ROW_KEYS) - (not self.session.run.problem.data.classes)
        self.sort = (self.sort + 1) % choices
        self.scroll_by = -self.session.record.n  # from the top: the first rows are the ones that stand out
        self.notice = f"samples: {SORT_WORDS[ROW_KEYS[self.sort]]}"
