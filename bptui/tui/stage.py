"""The stage: the bars and panels of the explorer, where they stand, and how a scene is painted on them."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from bptui.session.moment import phases
from bptui.tui.drawing import Drawing
from bptui.tui.panel import Panel, place
from bptui.views.arrange import LOSS, NETWORK, UPDATE, Arrangement, Box, arrange, small
from bptui.views.header import header
from bptui.views.looks import Looks
from bptui.views.loss import chart, updates_at
from bptui.views.network import unit_at
from bptui.views.panels import BY_NUMBER, PANELS
from bptui.views.ribbon import phase_at, ribbon
from bptui.views.scene import Scene
from bptui.views.text import Row, fit_rows, scrolled
from bptui.views.timeline import timeline, update_in

if TYPE_CHECKING:
    from bptui.tui.workbench import Workbench


Target = tuple[Literal["unit", "sample", "phase", "made"], int, int]
"""A layer and a unit; the place of a sample in the batch, or of a phase among the phases; updates made."""
LEAST_CHART = 8  # rows besides the numbers from which the last one is the time line
ABOVE_SAMPLES = 2  # lines of such a panel above the first: its border and the heads of the columns


class Made(NamedTuple):
    """What was made for a panel, and what it was made of."""

    reads: Hashable
    rows: list[Row]
    title: str
    foot: str


class Stage:
    """Owns the panels of a screen. Numbers are painted at once, the chart behind them, a few times a second at most."""

    def __init__(self, screen: "Workbench") -> None:
        self.header, self.ribbon, self.footer = (Panel(name, bordered=False) for name in ("header", "ribbon", "footer"))
        self.panels = {spec.number: Panel(spec.id, bordered=True) for spec in PANELS}
        self.plan: Arrangement | None = None
        self.drawing = Drawing(screen)
        self._focused = NETWORK
        self._made: dict[int, Made] = {}  # of the panels that have a box
        self._shown: dict[int, list[Row]] = {}
        self._charted: tuple[object, list[Row]] = None, []  # what the panel with the chart was made of

    def __iter__(self) -> Iterator[Panel]:
        yield from (self.header, self.ribbon, self.footer)
        yield from self.panels.values()

    def lay_out(self, width: int, height: int, looks: Looks, samples: int, foot: int = 0) -> None:
        """Give every panel its box, or hide it; a batch has ``samples`` of them, the footer ``foot`` rows more."""
        plan = arrange(width, height, looks.focus, looks.beside, looks.maximised, samples, foot)
        self._focused = looks.focus
        if plan == self.plan:
            return
        self.plan = plan
        self._made.clear()
        place(self.header, plan.header)
        place(self.ribbon, None if plan.too_small else plan.ribbon)
        place(self.footer, None if plan.too_small else plan.footer)
        for number, panel in self.panels.items():
            place(panel, plan.panels.get(number))
        if plan.too_small:
            self.header.show(small(width, height), width, height)

    def paint(self, scene: Scene, footer: Callable[[int, int], list[Row]]) -> None:
        """Show the scene in every panel that has a box. Panels repaint only the rows that changed."""
        plan = self.plan
        if plan is None or plan.too_small:
            return
        for panel, box, view in ((self.header, plan.header, header), (self.ribbon, plan.ribbon, ribbon)):
            panel.show(view(scene, box.width, box.height), box.width, box.height)
        self.paint_footer(footer)
        for number, box in plan.panels.items():
            self._paint_panel(number, box, scene)

    def prepare(self, scene: Scene) -> None:
        """Make what :meth:`paint` will show of the scene, and touch no panel."""
        plan = self.plan
        if plan is None or plan.too_small:
            return
        header(scene, plan.header.width, plan.header.height)
        for number, box in plan.panels.items():
            made = self._made_of(number, box, scene)
            if made is not self._made.get(number):
                self._made[number] = made
                self._shown.pop(number, None)

    def paint_chart(self, scene: Scene) -> None:
        """Show the scene in the panel that has the chart: the others show it already."""
        if self.plan is not None and LOSS in self.plan.panels:
            self._paint_panel(LOSS, self.plan.panels[LOSS], scene)

    def _paint_panel(self, number: int, box: Box, scene: Scene) -> None:
        """What a panel shows is made anew where that has changed which it reads."""
        made = self._made_of(number, box, scene)
        rows = self._with_chart(made.rows, box, scene) if number == LOSS else made.rows
        if made is self._made.get(number) and rows is self._shown.get(number):
            return
        self._made[number], self._shown[number] = made, rows
        focused = number == self._focused
        self.panels[number].show(rows, box.width, box.height, made.title, made.foot, focused)

    def _made_of(self, number: int, box: Box, scene: Scene) -> Made:
        """As it was made last, where that still holds."""
        reads = box, number == self._focused, BY_NUMBER[number].reads(scene)
        known = self._made.get(number)
        return self._make(number, box, scene, reads) if known is None or known.reads != reads else known

    def _make(self, number: int, box: Box, scene: Scene, reads: Hashable) -> Made:
        spec = BY_NUMBER[number]
        rows = spec.view(scene, *self.panels[number].inner(box.width, box.height))
        foot = not_shown(self._samples(number, scene), samples_of(number, scene)) if spec.scrolls else ""
        return Made(reads, rows, f"{number} {spec.name}{spec.title(scene)}", foot)

    def paint_footer(self, footer: Callable[[int, int], list[Row]]) -> None:
        if self.plan is not None and not self.plan.too_small:
            box = self.plan.footer
            self.footer.show(footer(box.width, box.height), box.width, box.height)

    def number_of(self, panel: Panel) -> int | None:
        """Which panel that is; None for the header, the ribbon and the footer."""
        return next((number for number, it in self.panels.items() if it is panel), None)

    def at(self, scene: Scene, panel: Panel, x: int, y: int) -> Target | None:
        """What can be chosen in this column and row of a panel."""
        if panel is self.ribbon:
            phase = phase_at(scene, ribbon(scene, panel.size.width, 1)[0], x) if y == 0 else None
            return None if phase is None else ("phase", phases(scene.record.layers).index(phase), 0)
        number = self.number_of(panel)
        box = self.plan.panels.get(number) if self.plan and number is not None else None
        if box is None or number is None:
            return None
        if number == NETWORK:
            found = unit_at(scene, *panel.inner(box.width, box.height), x - 1, y - 1)
            return None if found is None else ("unit", *found)
        if number == LOSS and number in self._made:
            width, height = panel.inner(box.width, box.height)
            above = len(self._made[number].rows)
            if y == height and height - above > LEAST_CHART:
                made = update_in(scene, width, x - 1)
                return None if made is None else ("made", made, 0)
            place = self.drawing.place(x - 1, y - 1 - above)
            return None if place is None else ("made", updates_at(scene, place), 0)
        if BY_NUMBER[number].chooses_samples:
            places, line = self._samples(number, scene), y - ABOVE_SAMPLES
            return ("sample", scene.rows[places[line]], 0) if 0 <= line < len(places) else None
        return None

    def scrolled(self, looks: Looks, scene: Scene, pages: int) -> Looks:
        """The focused panel's list, ``pages`` further."""
        shown, by_itself = (self._samples(looks.focus, it) for it in (scene, replace(scene, scroll=0)))
        further = scrolled(shown, samples_of(looks.focus, scene), pages)
        return looks.scrolled_to(shown.start + further - by_itself.start)

    def _samples(self, number: int, scene: Scene) -> range:
        """Which of its samples a panel with a list shows; none where it has no box."""
        box = self.plan.panels.get(number) if self.plan else None
        if box is None:
            return range(0)
        return BY_NUMBER[number].samples(scene, *self.panels[number].inner(box.width, box.height))

    def _with_chart(self, rows: list[Row], box: Box, scene: Scene) -> list[Row]:
        """The current numbers, the chart as last drawn, the time line."""
        width, height = self.panels[LOSS].inner(box.width, box.height)
        history = scene.history
        known = history, history.updates.last_update, history.epochs.last_update
        beside = scene.ghost and (scene.ghost.number, scene.ghost.known, scene.ghost.history)
        shows = *known, scene.applied, scene.axis, scene.log, scene.accuracy, scene.stop, scene.changes, beside
        has_line = height - len(rows) > LEAST_CHART
        room = height - len(rows) - has_line
        lines = self.drawing.rows(width, room, shows, lambda: chart(scene, 2 * width), scene.colour)
        made_of = rows, lines, width, height, shows, scene.made, scene.hits, [*map(len, scene.hits)]
        if self._charted[0] != made_of:
            foot = [*fit_rows(lines, width, room), timeline(scene, width)] if has_line else lines
            self._charted = made_of, [*rows, *foot]
        return self._charted[1]


def samples_of(number: int, scene: Scene) -> int:
    """How many samples a panel's list has: the ledger keeps the batch's order and leaves none out."""
    return scene.record.n if number == UPDATE else len(scene.rows)


def not_shown(shown: range, count: int) -> str:
    """How many samples of a list stand above and below those shown."""
    above, below = shown.start, count - shown.stop
    return " ".join(f"{arrow} {n}" for arrow, n in (("↑", above), ("↓", below)) if n > 0)
