"""The noise screen: the spread of the samples' gradients, and the samples that stand out."""

from collections.abc import Callable

from bptui.experiments.scatter import Noise, NoiseNow, Weight
from bptui.session.moves import to_row
from bptui.session.session import Session
from bptui.training.record import RowKey
from bptui.tui.sheet import Sheet, SheetKey
from bptui.views.scatter import noise
from bptui.views.text import Row

PAGE = 8


class NoiseScreen(Sheet):
    """Looks at the session's current update. It moves the session's selection, and Enter its moment's sample."""

    TITLE_WORDS = "Noise: the samples' gradients"

    def __init__(self, session: Session, palette_name: str, ascii_only: bool, colour: bool) -> None:
        super().__init__(session, palette_name, ascii_only, colour)
        self.noise = Noise(session)
        self._run = session.run
        self.chosen = session.moment.sample
        self.key: RowKey = "batch"

    def keys(self) -> tuple[SheetKey["NoiseScreen"], ...]:
        return KEYS

    @property
    def weight(self) -> Weight:
        """The selected one."""
        moment = self.session.moment
        return moment.layer, moment.source, moment.unit

    def now(self) -> NoiseNow:
        return self.noise.now(self.weight, self.key)

    def rows(self, width: int, height: int) -> list[Row]:
        return noise(self.scene(), self.now(), self.chosen, width, height)

    def working(self) -> bool:
        return not self.noise.done

    def work(self, pause: Callable[[], bool]) -> None:
        self.noise.work(pause)

    # --- what keys ask for ---

    def sort_by(self, key: RowKey) -> None:
        """Another order; the most remarkable sample is chosen, or none has changed by the batch's order."""
        self.key = key
        rows = self.now().rows
        if rows and (key != "batch" or self.chosen not in rows):
            self.chosen = rows[0]

    def choose(self, by: int) -> None:
        """The sample so many rows below in the order shown."""
        rows = self.now().rows
        at = rows.index(self.chosen) + by if self.chosen in rows else 0
        self.chosen = rows[min(max(at, 0), len(rows) - 1)]

    def open_sample(self) -> None:
        """Back to the explorer, at the chosen sample of this update."""
        if self.session.run is self._run and self.session.moment.update == self.noise.record.number:
            self.session.moment = to_row(self.session.moment, [self.chosen], 0)
        self.dismiss()

    def select(self, layer: int = 0, unit: int = 0, source: int = 0) -> None:
        self.session.select(layer, unit, source)

    def no_classes(self) -> str | None:
        classes = self.noise.problem.data.classes
        return None if classes else "these targets are numbers, not classes: no answer is right or wrong"

    def no_rows(self) -> str | None:
        return None if self.now().rows else "no sample to choose: 1 shows all"


def sorting(digit: str, key: RowKey, words: str, footer: str) -> SheetKey[NoiseScreen]:
    return SheetKey((digit,), digit, words, lambda screen: screen.sort_by(key), footer)


KEYS: tuple[SheetKey[NoiseScreen], ...] = (
    sorting("1", "batch", "samples in the batch's order", "batch"),
    sorting("2", "loss", "samples by loss, the largest first", "loss"),
    sorting("3", "norm", "samples by the length of their gradient |∇L|, the longest first", "|∇L|"),
    sorting("4", "cosine", "samples by cosine with the mean gradient, the one that pulls against it first", "cos"),
    SheetKey(("5",), "5", "wrong answers only, by loss", lambda screen: screen.sort_by("wrong"), "wrong",
             NoiseScreen.no_classes),
    SheetKey(("enter",), "Enter", "open the chosen sample in the explorer", NoiseScreen.open_sample, "open",
             NoiseScreen.no_rows),
    SheetKey(("up",), "↑", "the sample above", lambda screen: screen.choose(-1), "", NoiseScreen.no_rows),
    SheetKey(("down",), "↓", "the sample below", lambda screen: screen.choose(1), "", NoiseScreen.no_rows),
    SheetKey(("pageup",), "PgUp", "eight samples up", lambda screen: screen.choose(-PAGE), "", NoiseScreen.no_rows),
    SheetKey(("pagedown",), "PgDn", "eight samples down", lambda screen: screen.choose(PAGE), "", NoiseScreen.no_rows),
    SheetKey(("left",), "←", "the weight from the input before", lambda screen: screen.select(source=-1)),
    SheetKey(("right",), "→", "the weight from the input after", lambda screen: screen.select(source=1), "weight"),
    SheetKey(("comma",), ",", "the unit before", lambda screen: screen.select(unit=-1)),
    SheetKey(("full_stop",), ".", "the unit after", lambda screen: screen.select(unit=1), "unit"),
    SheetKey(("less_than_sign",), "<", "the layer before", lambda screen: screen.select(layer=-1)),
    SheetKey(("greater_than_sign",), ">", "the layer after", lambda screen: screen.select(layer=1)),
    SheetKey(("question_mark", "f1"), "?", "help: keys and words", NoiseScreen.show_help, "help"),
    SheetKey(("escape", "q", "o"), "Esc", "close", NoiseScreen.close, "close"),
)  # fmt: skip
