"""The mistakes lab's screen: the true rule at the left, a wrong one at the right, both training on."""

from collections.abc import Callable

from bptui.experiments.mistakes.figures import Figures
from bptui.experiments.mistakes.lab import Lab
from bptui.experiments.mistakes.table import ROWS, Mistake
from bptui.session.session import Session
from bptui.tui.drawing import Drawing
from bptui.tui.keys import Key, Table, footer_hints
from bptui.tui.panel import Panel, place
from bptui.tui.trainer import Trainer, playing
from bptui.tui.workbench import COMMON
from bptui.views.arrange import small
from bptui.views.lab import (
    both_sides,
    curve_legend,
    lab_chart,
    lab_title,
    layer_table,
    other_case,
    part_title,
    sentences,
    true_side,
    wrong_side,
)
from bptui.views.lab_plan import BARS, PANELS, LabPlan, lab_plan
from bptui.views.text import Row


def lab_of(session: Session, mistakes: tuple[Mistake, ...] = ROWS, rule: str = "") -> Lab:
    """The lab at the session's update, at the first of the mistakes or at the one with this id, with all it shows."""
    lab = Lab(session.problem, session.record, session.moment.weight, mistakes)
    if rule:
        lab.choose_by_id(rule)
    lab.figures()
    return lab


class LabScreen(Trainer):
    """``session`` is only read: the lab trains copies."""

    NAME = "Mistakes lab"

    def __init__(self, session: Session, lab: Lab, palette_name: str, ascii_only: bool, colour: bool) -> None:
        super().__init__(palette_name, ascii_only)
        self.session, self.lab = session, lab
        self.colour = colour
        self.log_scale = False
        self.drawing = Drawing(self)
        self.panels = {name: Panel(f"lab-{name}", bordered=name in PANELS) for name in (*BARS, *PANELS)}
        self._keys = keys_of(lab.mistakes)
        self._plan = LabPlan()

    def parts(self) -> list[Panel]:
        return list(self.panels.values())

    def table(self) -> Table:
        return self._keys

    def lay_out(self) -> None:
        self._plan = lab_plan(*self.size)
        for name, panel in self.panels.items():
            box = self._plan.boxes.get(name)
            place(panel, box if box is not None and box.height > 0 else None)

    # --- painting ---

    def paint(self) -> None:
        """Show the current figures in every part that has a box."""
        if self._plan.too_small:
            self.panels["title"].show(small(*self.size), *self.size)
            return
        figures = self.lab.figures()
        for name, box in self._plan.boxes.items():
            panel = self.panels[name]
            width, height = panel.inner(box.width, box.height)
            rows = self._rows(name, figures, width, height)
            panel.show(rows, box.width, box.height, part_title(name, figures, self.log_scale, width))

    def _rows(self, name: str, figures: Figures, width: int, height: int) -> list[Row]:
        keys = self.app.remap.shown
        match name:
            case "title":
                return [lab_title(figures, width, keys)]
            case "words":
                return sentences(figures, width, height, keys)
            case "footer":
                return [self.footer(width)]
            case "true":
                return true_side(figures, width, height)
            case "wrong":
                return wrong_side(figures, width, height)
            case "numbers":
                return both_sides(figures, width)
            case "table":
                return layer_table(figures, width, height, keys)
        return self._chart_rows(figures, width, height)

    def _chart_rows(self, figures: Figures, width: int, height: int) -> list[Row]:
        """Each curve's current loss, the curves as last drawn."""
        curves = (self.lab.true.curve, self.lab.wrong.curve)
        applied, log = figures.case.first - 1, self.log_scale
        shows = (figures.number, figures.case.title, figures.made, log)
        chart = self.drawing.rows(
            width, height - 1, shows, lambda: lab_chart(curves, 2 * width, log, applied), self.colour
        )
        return [curve_legend(curves, self.colour), *chart]

    def hints(self) -> list[tuple[str, str, bool]]:
        """The other case by what it leads to, where there is another case."""
        word = other_case(self.lab.figures())
        keys = (key._replace(footer=word) if key.id == "other-case" else key for key in self.keys_now())
        return footer_hints((key for key in keys if key.id != "other-case" or self.why_not(key) is None), self)

    def prepare(self) -> None:
        self.lab.figures()

    def paint_foot(self) -> None:
        box = self._plan.boxes.get("footer")
        if box is not None and not self._plan.too_small:
            self.panels["footer"].show([self.footer(box.width)], box.width, box.height)

    # --- work ---

    def costly(self) -> bool:
        return self.weighs(self.session)

    def make(self, updates: int, pause: Callable[[], bool]) -> int:
        return self.lab.advance(updates, pause)

    def why_no_update(self) -> str | None:
        if not self.lab.ended:
            return None
        harm = f"from here on it would do harm: {self.shown('other-case')} goes back to the run"
        return harm if self.lab.at_limit else self.lab.true.stop

    # --- what keys ask for ---

    def toggle_log(self) -> None:
        self.log_scale = not self.log_scale

    def choose(self, number: int) -> None:
        self.halt()
        self.lab.choose(number)

    def choose_by_id(self, mistake: str) -> None:
        self.halt()
        self.lab.choose_by_id(mistake)

    def next_case(self) -> None:
        self.halt()
        self.lab.next_case()

    def why_no_case(self) -> str | None:
        return "this run has no case in which it differs" if len(self.lab.cases) == 1 else None

    def restart(self) -> None:
        self.halt()
        self.lab.restart()

    def before_last_batch(self) -> None:
        self.ask(self.lab.left_in_epoch - 1 or self.lab.figures().batches)


GROUP = "Mistakes lab"


def selecting(key_id: str, name: str, shown: str, words: str, **by: int) -> Key[LabScreen]:
    return Key(key_id, (name,), shown, GROUP, words, lambda screen: screen.lab.select(**by))


def to_mistake(mistake: Mistake) -> Key[LabScreen]:
    """Straight to one; without a key of its own it is in the command palette alone."""
    keys = (mistake.key,) if mistake.key else ()
    return Key(mistake.id, keys, mistake.key, GROUP, f"straight to: {mistake.names}",
               lambda screen: screen.choose_by_id(mistake.id))  # fmt: skip


PLAY, *SPEED = playing(GROUP)
BEFORE: Table = (
    Key("rule-before", ("up", "N"), "↑", GROUP, "the rule before", lambda screen: screen.choose(screen.lab.number - 1)),
    Key("rule-after", ("down", "n"), "↓", GROUP, "the rule after",
        lambda screen: screen.choose(screen.lab.number + 1), "rule"),
    Key("other-case", ("h",), "h", GROUP, "the case in which the rule does no harm, and back", LabScreen.next_case,
        "harmless", LabScreen.why_no_case),
    Key("update", ("b",), "b", GROUP, "one update on both sides", lambda screen: screen.ask(1), "update"),
    Key("epoch", ("e",), "e", GROUP, "to the end of the epoch", lambda screen: screen.ask(screen.lab.left_in_epoch),
        "epoch"),
    PLAY,
    Key("restart", ("r",), "r", GROUP, "both sides from the start", LabScreen.restart, "restart"),
)  # fmt: skip
AFTER: Table = (
    Key("last-batch", ("t",), "t", GROUP, "to just before the epoch's last batch", LabScreen.before_last_batch,
        "last batch"),
    *SPEED,
    Key("log", ("y",), "y", GROUP, "y axis: linear or logarithmic", LabScreen.toggle_log, "log"),
    selecting("layer-before", "left", "←", "the layer before", layer=-1),
    selecting("layer-after", "right", "→", "the layer after", layer=1),
    selecting("unit-after", "u", "u", "the unit after", unit=1),
    selecting("unit-before", "U", "U", "the unit before", unit=-1),
    selecting("source-before", "comma", ",", "the weight from the input before", source=-1),
    selecting("source-after", "full_stop", ".", "the weight from the input after", source=1),
)  # fmt: skip


def keys_of(mistakes: tuple[Mistake, ...]) -> Table:
    """The table with a key for each of the mistakes."""
    return (
        *BEFORE,
        *map(to_mistake, mistakes),
        *AFTER,
        Key("theme", ("ctrl+t",), "ctrl+t", "Other", "next theme", LabScreen.next_theme),
        *(key for key in COMMON if key.id != "theme"),
        Key("stop", ("escape",), "Esc", GROUP, "stop long work, or close", LabScreen.close_or_stop, "close"),
        Key("close", ("q",), "q", GROUP, "close", LabScreen.close),
    )


KEYS = keys_of(ROWS)
