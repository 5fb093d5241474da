"""The confusion screen: which class is taken for which at this update, and the samples of each cell."""

from collections.abc import Callable
from time import perf_counter

from bptui.data.digits import grouped
from bptui.experiments.confusion import Confusion, Part, Tally
from bptui.session.session import Session
from bptui.tui.keys import Key, Table
from bptui.tui.sheet import UpdateSheet
from bptui.tui.workbench import COMMON
from bptui.views.confusion import confusion_rows
from bptui.views.text import Row

PAGE = 10
AT_ONCE = 0.02  # seconds of counting before the screen opens
Cell = tuple[int, int]


class ConfusionScreen(UpdateSheet):
    """Looks at all samples with the weights of the session's moment; changes nothing of the session."""

    NAME = "Confusion"

    def __init__(self, session: Session, palette_name: str, ascii_only: bool, colour: bool) -> None:
        super().__init__(session, palette_name, ascii_only, colour)
        self.problem = session.problem
        self.part: Part = "test" if len(self.problem.test_x) else "train"
        self.opened = False
        self.scroll_by = 0
        self.cell: Cell | None = None  # the most frequent mistake, as long as none was chosen
        self.tally, self.found = self.begun()

    def begun(self) -> tuple[Tally, Confusion]:
        """Begin with the samples of this part; a small set is counted at once."""
        scene, until = self.scene(), perf_counter() + AT_ONCE
        tally = Tally(self.problem, scene.network, scene.record.settings.rules.loss, self.part)
        tally.work(lambda: perf_counter() > until)
        return tally, tally.found()

    @property
    def chosen(self) -> Cell:
        """The cell in hand."""
        return self.cell or next(iter(self.found.confused()), (0, 0))

    def working(self) -> bool:
        return not self.tally.done

    def hurries(self) -> bool:
        return True

    def work(self, elapsed: float, pause: Callable[[], bool]) -> None:
        self.tally.work(pause)
        self.found = self.tally.found()

    def progress(self) -> list[str]:
        tally = self.tally
        return [] if tally.done else [f"{grouped(tally.counted)} of {grouped(tally.total)} samples answered so far"]

    def table(self) -> Table:
        return KEYS

    def title_words(self) -> str:
        made = self.scene().applied
        return f"Confusion: {self.part} samples, targets × answers after {made} update{'s' * (made != 1)}"

    def rows(self, width: int, height: int) -> list[Row]:
        return confusion_rows(self.problem.data, self.found, self.chosen, width, height, self.opened, self.scroll_by)

    # --- what keys ask for ---

    def move(self, down: int, across: int) -> None:
        """Another cell; in the list of one, other samples of it."""
        if self.opened:
            last = max(len(self.found.cell(*self.chosen)) - 1, 0)
            self.scroll_by = min(max(self.scroll_by + down, 0), last)
        else:
            last = len(self.found.counts) - 1
            wanted, said = self.chosen
            self.cell = min(max(wanted + down, 0), last), min(max(said + across, 0), last)

    def open_cell(self) -> None:
        self.cell, self.opened, self.scroll_by = self.chosen, not self.opened, 0

    def next_confused(self) -> None:
        """The next of the most frequent mistakes, round about."""
        pairs = self.found.confused()
        at = pairs.index(self.chosen) + 1 if self.chosen in pairs else 0
        self.cell, self.scroll_by = pairs[at % len(pairs)], 0

    def other_part(self) -> None:
        self.part = "train" if self.part == "test" else "test"
        self.cell, self.scroll_by = self.chosen, 0
        self.tally, self.found = self.begun()

    def no_test(self) -> str | None:
        return None if len(self.problem.test_x) else "there are no test samples: --test-fraction holds some back"

    def all_right(self) -> str | None:
        return None if self.found.confused() else "no class is taken for another"


def moving(key_id: str, name: str, shown: str, words: str, down: int, across: int) -> Key[ConfusionScreen]:
    return Key(key_id, (name,), shown, "Confusion", words, lambda screen: screen.move(down, across))


KEYS: Table = (
    Key("open", ("enter",), "Enter", "Confusion", "the samples of this cell alone, or back to the table",
        ConfusionScreen.open_cell, "samples"),
    Key("next-confused", ("n",), "n", "Confusion", "the next of the most frequent mistakes",
        ConfusionScreen.next_confused, "next mistake", ConfusionScreen.all_right),
    Key("other-part", ("u",), "u", "Confusion", "test samples or training samples", ConfusionScreen.other_part,
        "test/train", ConfusionScreen.no_test),
    moving("up", "up", "↑", "the target above; in a cell's list up", -1, 0),
    moving("down", "down", "↓", "the target below; in a cell's list down", 1, 0),
    moving("left", "left", "←", "the answer before", 0, -1),
    moving("right", "right", "→", "the answer after", 0, 1),
    moving("page-up", "pageup", "PgUp", "ten up", -PAGE, 0),
    moving("page-down", "pagedown", "PgDn", "ten down", PAGE, 0),
    *COMMON,
    Key("close", ("escape", "q", "z"), "Esc", "Confusion", "close", ConfusionScreen.close, "close"),
)  # fmt: skip
