"""The drawing pad: draw what the network reads, see its answer at once, put the drawing into the batch."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from textual import events

from bptui.data.clean import clean
from bptui.data.drawings import keep, table_of
from bptui.engine.network import Network
from bptui.engine.types import Floats
from bptui.session.goal import Goal, until_epoch_ends
from bptui.session.moves import Move
from bptui.session.session import Session
from bptui.session.sketch import Sketch
from bptui.tui.keys import Key, Table
from bptui.tui.long_work import AT_ONCE, LongWork
from bptui.tui.private import tell_drags
from bptui.tui.sheet import Sheet
from bptui.tui.workbench import COMMON
from bptui.views.progress import spellings
from bptui.views.scene import scene_of
from bptui.views.sketch import SketchNow, place_of, sketch_rows
from bptui.views.text import Row

ENDING = "-drawings"


@dataclass
class Pad:
    """What is on the pad: the drawing, its class or None, and all that was kept with its name; it stays when the screen
    closes."""

    sketch: Sketch
    label: int | None = None
    kept: list[tuple[Floats, str]] = field(default_factory=list)


def fresh_pad(session: Session) -> Pad:
    """An empty field of the size of the data's pictures."""
    image = session.run.problem.data.image
    assert image is not None, "the key is disabled where there are no pictures"
    return Pad(Sketch.blank(*image))


class DrawScreen(Sheet):
    """Moves the session: it trains it, and puts drawings into its batches."""

    NAME = "Draw"
    TITLE_WORDS = "Draw"

    def __init__(self, session: Session, pad: Pad, palette_name: str, ascii_only: bool, colour: bool) -> None:
        super().__init__(palette_name, ascii_only)
        self.session, self.pad, self.colour = session, pad, colour
        self.data = session.run.problem.data
        self._earlier: tuple[int, Network] | None = None  # what answers are compared with, and its updates
        self._naming = False
        self._stroke: float | None = None  # ink of the stroke that the mouse draws
        self._put_in = False
        self._work: LongWork | None = None

    def table(self) -> Table:
        return KEYS

    def on_mount(self) -> None:  # Textual calls the workbench's too
        tell_drags(self.app, True)

    def on_unmount(self) -> None:
        tell_drags(self.app, False)

    # --- what is shown ---

    @property
    def given(self) -> Floats:
        """What the network gets of the drawing, (i,): white as the data have it, then scaled as they are."""
        return self.data.given(self.pad.sketch.x * self.data.white)

    def now(self) -> SketchNow:
        session, x = self.session, self.given
        update, coming = session.moment.applied, session.next_update
        end = session.run.epoch_end(update)
        earlier = None if self._earlier is None else session.answer(self._earlier[1], x)
        return SketchNow(
            sketch=self.pad.sketch,
            classes=self.data.classes,
            outputs=session.answer(session.network_now(), x),
            earlier=earlier,
            since=self._earlier[0] if self._earlier else 0,
            update=update,
            epoch=end.epoch,
            accuracy=end.test_accuracy,
            label=self.pad.label,
            coming=coming,
            n=session.coming_size,
            guests=len(session.run.causes.guests_at(coming)),
            naming=self._naming,
            colour=self.colour,
        )

    def rows(self, width: int, height: int) -> list[Row]:
        return sketch_rows(self.now(), width, height)

    # --- training ---

    def costly(self) -> bool:
        return self.weighs(self.session)

    def prepare(self) -> None:
        self.now()

    def working(self) -> bool:
        return self._work is not None

    def work(self, elapsed: float, pause: Callable[[], bool]) -> None:
        if self._work is not None:
            self._go_on(self._work, pause)

    def _go_on(self, work: LongWork, pause: Callable[[], bool]) -> None:
        ended = work.go_on(pause)
        self._work = work if ended is None else None
        if ended is None and self.session.run.frontier > self.session.moment.update:
            self.session.halt()  # the answer changes while it goes on
        self.notice = ended or ""

    def progress(self) -> list[str]:
        return [] if self._work is None else spellings(self._work.progress(), self.shown("stop"))

    def _start(self, goal: Goal, finish: Callable[[], str]) -> None:
        self._earlier = self.session.moment.applied, self.session.network_now()
        work, until = LongWork(self.session.run, goal, finish), perf_counter() + AT_ONCE
        if self.costly():
            self._work = work
        else:
            self._go_on(work, lambda: perf_counter() > until)

    def move(self, move: Move) -> None:
        """Make the rest of a batch or an epoch."""
        self._start(self.session.until_reached(move), lambda: self.session.move(move))

    def train(self, epochs: int) -> None:
        """Train from the start of the run for so many epochs."""

        def finish() -> str:
            self.session.halt()
            return str(self.session.run.stop or "")

        self._start(until_epoch_ends(epochs), finish)

    def why_not_move(self) -> str | None:
        return "work is under way" if self._work else self.session.why_not(("batch", 1))

    # --- drawing ---

    def draw(self, change: Callable[[Sketch], Sketch]) -> None:
        self.pad.sketch = change(self.pad.sketch)

    def copy_sample(self) -> None:
        """The current sample of the batch, to begin from."""
        record, m = self.session.record, self.session.moment.sample
        picture = scene_of(self.session, self.colour).picture(m)
        self.draw(lambda sketch: sketch.filled(picture.ravel()))
        self.notice = f"sample {m + 1} of update {record.number}, to be drawn on"

    def pointed(self, event: events.MouseDown) -> None:
        if self._point(event):
            self._stroke = ink = self.pad.sketch.other
            self._ink(lambda sketch: sketch.inked(ink))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        ink = self._stroke
        if ink is not None and self._point(event):
            self._ink(lambda sketch: sketch.inked(ink, joined=True))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        self._stroke = None

    def _ink(self, change: Callable[[Sketch], Sketch]) -> None:
        """What the pen draws while something is computed beside the screen is seen with what comes of that."""
        if self.slices.busy:
            self.draw(change)
        else:
            self.do(lambda screen: screen.draw(change))

    def _point(self, event: events.MouseEvent) -> bool:
        """Put the pen on the pixel under the mouse; is there one?"""
        width, height = self.panel.inner(self.size.width, self.size.height - 1)
        place = place_of(self.pad.sketch, width, height)
        pixel = place.pixel_at(event.screen_x - 1, event.screen_y - 1, self.pad.sketch.columns)  # inside the border
        if pixel is None or self.too_small or self._naming:
            return False
        self.notice = ""
        self.draw(lambda sketch: sketch.at(*pixel))
        return True

    # --- the label ---

    def next_label(self, by: int) -> None:
        count = len(self.data.classes)
        first = 0 if by > 0 else count - 1
        self.pad.label = first if self.pad.label is None else (self.pad.label + by) % count

    def ask_label(self) -> None:
        self._naming = True

    def on_key(self, event: events.Key) -> None:
        if not self._naming or self.slices.busy:
            super().on_key(event)
            return
        event.stop()
        event.prevent_default()
        self._naming = False
        char = event.character or ""
        named = [k for k, name in enumerate(self.data.classes) if event.is_printable and name.startswith(char)]
        if named:  # the next one, where several begin with it
            self.pad.label = next((k for k in named if self.pad.label is not None and k > self.pad.label), named[0])
            self.notice = ""
        else:
            self.notice = f"no class begins with {clean(char)}" if event.is_printable else ""
        self.paint()

    # --- what becomes of it ---

    def why_no_sample(self) -> str | None:
        if self._work is not None:
            return "work is under way"
        if self.pad.sketch.is_blank:
            return "the field is empty: draw something first"
        label, after = self.shown("label"), self.shown("next-label")
        return f"a sample needs a label: {label} and its name, or {after}" if self.pad.label is None else None

    def why_not_put_in(self) -> str | None:
        why = self.session.why_not_change()
        return self.named(why) if why else None

    def put_in(self) -> None:
        assert self.pad.label is not None, "the key is disabled without a label"
        try:
            said = self.session.put_in(self.given, self.pad.label)
        except ArithmeticError as problem:
            self.notice = str(problem)
            return
        self._put_in = True
        self.notice = f"{said}: {self.shown('batch')} makes it, {self.shown('stop')} steps through it"

    def keep_drawing(self) -> None:
        """At the end of the file of drawings, or of a new one."""
        assert self.pad.label is not None, "the key is disabled without a label"
        label = self.data.classes[self.pad.label]
        self.pad.kept.append((self.pad.sketch.x, label))
        title = self.session.scenario.title
        name = f"{title.removesuffix(ENDING)}{ENDING}.csv"
        if self.app.is_web:
            self.save(name, table_of((self.pad.sketch.rows, self.pad.sketch.columns), self.pad.kept))
            return
        try:
            path, count = keep(Path(name), (self.pad.sketch.rows, self.pad.sketch.columns), self.pad.sketch.x, label)
            self.notice = f"saved as drawing {count} of {clean(str(path))}, with the label {clean(label)}"
        except OSError as problem:
            self.notice = f"{clean(name)}: {problem.strerror}; nothing was saved"

    def close(self) -> None:
        """Back to the explorer: to the sample that was put in, where the batch still waits for it."""
        if self._put_in:
            self.session.stand_at_guest()
        super().close()

    def close_or_stop(self) -> None:
        """Stop long work first; close where there is none."""
        if self._work is None:
            self.close()
            return
        self._work = None
        self.session.halt()
        self.notice = "stopped"


def drawing(key_id: str, names: tuple[str, ...], shown: str, words: str, change: Callable[[Sketch], Sketch],
            footer: str = "") -> Key[DrawScreen]:  # fmt: skip
    return Key(key_id, names, shown, "Draw", words, lambda screen: screen.draw(change), footer)


def nothing_past(screen: DrawScreen) -> str | None:
    return None if screen.pad.sketch.past else "nothing was drawn yet"


KEYS: Table = (
    drawing("up", ("up",), "↑", "the pen up", lambda sketch: sketch.moved(-1, 0)),
    drawing("down", ("down",), "↓", "the pen down", lambda sketch: sketch.moved(1, 0)),
    drawing("left", ("left",), "←", "the pen to the left", lambda sketch: sketch.moved(0, -1)),
    drawing("right", ("right",), "→", "the pen to the right", lambda sketch: sketch.moved(0, 1)),
    drawing("dot", ("space",), "space", "ink under the pen, or paper where there is ink; the mouse does it too",
            Sketch.dotted, "ink"),
    drawing("pen", ("d",), "d", "draw along with the arrows, or no longer", Sketch.pen_changed, "draw along"),
    Key("label", ("l",), "l", "Draw", "say which class it is: then type the first character of its name",
        DrawScreen.ask_label, "label"),
    Key("next-label", ("tab",), "Tab", "Draw", "the next class as its label", lambda screen: screen.next_label(1)),
    Key("previous-label", ("shift+tab",), "shift+Tab", "Draw", "the class before",
        lambda screen: screen.next_label(-1)),
    Key("put-in", ("enter",), "Enter", "Draw", "put it into the batch of the next update, as a sample with its label",
        DrawScreen.put_in, "into batch", lambda screen: screen.why_not_put_in() or screen.why_no_sample()),
    Key("batch", ("b",), "b", "Draw", "make the update of this batch, and see the answer change",
        lambda screen: screen.move(("batch", 1)), "batch", DrawScreen.why_not_move),
    Key("epoch", ("e",), "e", "Draw", "train to the end of the epoch", lambda screen: screen.move(("epoch", 1)),
        "epoch", DrawScreen.why_not_move),
    Key("keep", ("s",), "s", "Draw", "save it with its label, behind others in a file that bptui reads",
        DrawScreen.keep_drawing, "save", lambda screen: screen.why_not_save() or screen.why_no_sample()),
    drawing("darker", ("plus", "equals_sign"), "+", "more ink under the pen", lambda sketch: sketch.shaded(1)),
    drawing("lighter", ("minus",), "-", "less ink under the pen", lambda sketch: sketch.shaded(-1)),
    Key("undo", ("u", "backspace"), "u Backspace", "Draw", "take the last stroke back",
        lambda screen: screen.draw(Sketch.taken_back), "undo", nothing_past),
    drawing("clear", ("c",), "c", "an empty field", Sketch.cleared, "clear"),
    Key("copy", ("r",), "r", "Draw", "the current sample of the batch, to draw on", DrawScreen.copy_sample),
    *COMMON,
    Key("stop", ("escape",), "Esc", "Draw", "stop long work, or close", DrawScreen.close_or_stop, "close"),
    Key("close", ("q", "D"), "q", "Draw", "close", DrawScreen.close),
)  # fmt: skip
