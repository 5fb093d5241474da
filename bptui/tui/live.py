"""A sheet that looks at the session where it stands, and steps it: the explorer goes on from there when it closes."""

from collections.abc import Callable
from dataclasses import replace

from bptui.explain import Quantity
from bptui.explain.quantity import of_weight
from bptui.session.moves import Move
from bptui.session.session import Session
from bptui.tui.explorer_keys import HINT
from bptui.tui.keys import Key, Table
from bptui.tui.predicting import Predicting
from bptui.tui.sheet import Sheet
from bptui.views.scene import Scene, scene_of


class LiveSheet(Predicting, Sheet):
    """A screen says its rows; ``scroll`` counts samples from where their list would stand by itself."""

    esc_skips = False  # it closes, as the frame says

    def __init__(self, session: Session, palette_name: str, ascii_only: bool, colour: bool) -> None:
        super().__init__(palette_name, ascii_only)
        self.session = session
        self.colour = colour
        self.scroll_by = 0
        self._laid_out_for = 1  # rows below the panel
        self._move: Move | None = None  # to be made beside the screen

    def scene(self) -> Scene:
        """What the views see."""
        return replace(scene_of(self.session, self.colour), scroll=self.scroll_by)

    def foot(self) -> int:
        return 1 + self.question_rows

    def paint(self) -> None:
        if self._laid_out_for != self.foot():
            self._laid_out_for = self.foot()
            self.lay_out()
        super().paint()

    # --- work ---

    def costly(self) -> bool:
        return self.weighs(self.session)

    def working(self) -> bool:
        return self._move is not None

    def work(self, elapsed: float, pause: Callable[[], bool]) -> None:
        move, self._move = self._move, None
        if move is not None:
            self.notice = self.session.move(move)

    def prepare(self) -> None:
        self.rows(*self.panel.inner(self.size.width, self.size.height - self.foot()))

    # --- what keys ask for ---

    def step(self, move: Move) -> None:
        self.scroll_by = 0
        self._move = move
        if not self.costly():
            self.work(0.0, lambda: False)

    def no_step(self, move: Move) -> str | None:
        return self.session.why_not(move)

    def choose(self, by: int) -> None:
        """Another sample, as in the explorer's lists."""
        self.scroll_by = 0
        self.session.choose_row(self.scene().rows, by)

    def no_sample_to_choose(self) -> str | None:
        """Before the batch's end its samples are moments of time."""
        if self.session.moment.phase.per_batch:
            return None
        after, before, batch = map(self.shown, ("next-sample", "previous-sample", "next-batch"))
        return f"{after} and {before} step through the samples; after {batch} one can be chosen"

    def explain(self) -> None:
        """What the current sample adds to the selected weight, once it has."""
        from bptui.tui.explain import ExplainScreen  # noqa: PLC0415  the first paint of this screen waits for nothing

        scene = self.scene()
        moment = scene.moment
        place = moment.layer, moment.source, moment.unit
        added = scene.reached(moment.sample, "gradient")
        start: Quantity = of_weight("contribution", *place, moment.sample) if added else of_weight("weight", *place)
        self.app.push_screen(ExplainScreen(scene, start, *self._look), lambda _: self.paint())


STEPS: tuple[tuple[str, Move, str, str], ...] = (
    ("next-phase", ("phase", 1), "p", "next phase of the current sample"),
    ("previous-phase", ("phase", -1), "P", "back one phase, exactly as it was"),
    ("next-sample", ("sample", 1), "s", "next sample: its gradient is added"),
    ("previous-sample", ("sample", -1), "S", "back one sample, exactly as it was"),
    ("next-batch", ("batch", 1), "b", "next batch: its one update"),
    ("previous-batch", ("batch", -1), "B", "back one batch, exactly as it was"),
)


def step(key_id: str, move: Move, letter: str, tooltip: str) -> Key[LiveSheet]:
    return Key(key_id, (letter,), letter, "Step", tooltip, lambda screen: screen.step(move),
               move[0] if move[1] > 0 else "", lambda screen: screen.no_step(move))  # fmt: skip


def stepping() -> Table:
    """The explorer's step keys, and the hint to a number that a step stops before."""
    return (*(step(*row) for row in STEPS), HINT)
