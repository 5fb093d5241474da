"""The noise screen: the spread of the samples' gradients, and the samples that stand out."""

from collections.abc import Callable

from bptui.engine.weight import Weight
from bptui.experiments.scatter import Scatter, ScatterNow
from bptui.session.session import Session
from bptui.training.record import RowKey
from bptui.tui.drawing import Drawing
from bptui.tui.keys import Key, Table
from bptui.tui.sheet import UpdateSheet
from bptui.tui.workbench import COMMON
from bptui.views.scatter import chart_height, law_chart, law_legend, scatter_rows
from bptui.views.text import Row

PAGE = 8


def scatter_of(session: Session) -> Scatter:
    """The scatter of the session's batch, with all that is shown of it."""
    scatter = Scatter(session.problem, session.record)
    scatter.now(session.moment.weight)
    return scatter


class ScatterScreen(UpdateSheet):
    """Looks at the session's current update. It moves the session's selection, and Enter its moment's sample."""

    NAME = "Noise"
    TITLE_WORDS = "Noise: the samples' gradients"

    def __init__(self, session: Session, scatter: Scatter, palette_name: str, ascii_only: bool, colour: bool) -> None:
        super().__init__(session, palette_name, ascii_only, colour)
        self.scatter = scatter
        self.drawing = Drawing(self)
        self._run = session.run
        self.chosen = session.moment.sample
        self.key: RowKey = "batch"

    def table(self) -> Table:
        return KEYS

    @property
    def weight(self) -> Weight:
        """The selected one."""
        return self.session.moment.weight

    def now(self) -> ScatterNow:
        return self.scatter.now(self.weight, self.key)

    def rows(self, width: int, height: int) -> list[Row]:
        scene, now = self.scene(), self.now()
        below = chart_height(scene, now, width, height)
        rows = scatter_rows(scene, now, self.chosen, width, height)
        if not below:
            return rows
        chart = self.drawing.rows(width, below - 1, now.weight, lambda: law_chart(now), self.colour)
        return [*rows, law_legend(self.colour), *chart]

    def working(self) -> bool:
        return not self.scatter.done

    def work(self, elapsed: float, pause: Callable[[], bool]) -> None:
        self.scatter.work(pause)

    # --- what keys ask for ---

    def sort_by(self, key: RowKey) -> None:
        """Another order; the most remarkable sample is chosen, or none has changed by the batch's order."""
        self.key = key
        rows = self.now().rows
        if rows and (key != "batch" or self.chosen not in rows):
            self.chosen = rows[0]

    def choose(self, by: int) -> None:
        """The sample ``by`` rows below in the order shown."""
        rows = self.now().rows
        at = rows.index(self.chosen) + by if self.chosen in rows else 0
        self.chosen = rows[min(max(at, 0), len(rows) - 1)]

    def open_sample(self) -> None:
        """Back to the explorer, at the chosen sample of this update."""
        if self.session.run is self._run and self.session.moment.update == self.scatter.record.number:
            self.session.choose_row([self.chosen], 0)
        self.close()

    def select(self, layer: int = 0, unit: int = 0, source: int = 0) -> None:
        self.session.select(layer, unit, source)

    def no_classes(self) -> str | None:
        classes = self.scatter.problem.data.classes
        return None if classes else "these targets are numbers, not classes: no answer is right or wrong"

    def no_rows(self) -> str | None:
        return None if self.now().rows else f"no sample to choose: {self.shown('by-batch')} shows all"


def sorting(digit: str, key: RowKey, words: str, footer: str) -> Key[ScatterScreen]:
    return Key(f"by-{key}", (digit,), digit, "Noise", words, lambda screen: screen.sort_by(key), footer)


def choosing(key_id: str, name: str, shown: str, words: str, by: int) -> Key[ScatterScreen]:
    return Key(key_id, (name,), shown, "Noise", words, lambda screen: screen.choose(by), "", ScatterScreen.no_rows)


def selecting(key_id: str, name: str, shown: str, words: str, footer: str = "", **by: int) -> Key[ScatterScreen]:
    return Key(key_id, (name,), shown, "Noise", words, lambda screen: screen.select(**by), footer)


KEYS: Table = (
    sorting("1", "batch", "samples in the batch's order", "batch"),
    sorting("2", "loss", "samples by loss, the largest first", "loss"),
    sorting("3", "norm", "samples by the length of their gradient |∇L|, the longest first", "|∇L|"),
    sorting("4", "cosine", "samples by cosine with the mean gradient, the one that pulls against it first", "cos"),
    Key("by-wrong", ("5",), "5", "Noise", "wrong answers only, by loss", lambda screen: screen.sort_by("wrong"),
        "wrong", ScatterScreen.no_classes),
    Key("open", ("enter",), "Enter", "Noise", "open the chosen sample in the explorer", ScatterScreen.open_sample,
        "open", ScatterScreen.no_rows),
    choosing("up", "up", "↑", "the sample above", -1),
    choosing("down", "down", "↓", "the sample below", 1),
    choosing("page-up", "pageup", "PgUp", "eight samples up", -PAGE),
    choosing("page-down", "pagedown", "PgDn", "eight samples down", PAGE),
    selecting("source-before", "left", "←", "the weight from the input before", source=-1),
    selecting("source-after", "right", "→", "the weight from the input after", "weight", source=1),
    selecting("unit-before", "comma", ",", "the unit before", unit=-1),
    selecting("unit-after", "full_stop", ".", "the unit after", "unit", unit=1),
    selecting("layer-before", "less_than_sign", "<", "the layer before", layer=-1),
    selecting("layer-after", "greater_than_sign", ">", "the layer after", layer=1),
    *COMMON,
    Key("close", ("escape", "q", "o"), "Esc", "Noise", "close", ScatterScreen.close, "close"),
)  # fmt: skip
