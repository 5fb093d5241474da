"""The stage: the bars and panels of the explorer, where they stand, and how a scene is painted on them."""

from collections.abc import Callable, Iterator
from time import perf_counter

from textual.screen import Screen
from textual.timer import Timer

from bptui.tui.panel import Panel, place
from bptui.views.arrange import LOSS, NETWORK, Arrangement, Box, arrange
from bptui.views.header import header
from bptui.views.looks import Looks
from bptui.views.loss import chart
from bptui.views.panels import BY_NUMBER, PANELS
from bptui.views.ribbon import ribbon
from bptui.views.scene import Scene
from bptui.views.text import Row

CHART_EVERY = 0.2  # seconds between two drawings of the chart


class Stage:
    """Owns the panels of a screen. Numbers are painted at once, the chart behind them, a few times a second at most."""

    def __init__(self, screen: Screen[None]) -> None:
        self.header, self.ribbon, self.footer = (Panel(name, bordered=False) for name in ("header", "ribbon", "footer"))
        self.panels = {spec.number: Panel(spec.id, bordered=True) for spec in PANELS}
        self.plan: Arrangement | None = None
        self._screen = screen
        self._scene: Scene | None = None
        self._focused = NETWORK
        self._chart: list[Row] = []
        self._chart_timer: Timer | None = None
        self._chart_drawn = 0.0

    @property
    def chart_due(self) -> bool:
        """Will the chart be drawn anew in a moment?"""
        return self._chart_timer is not None

    def __iter__(self) -> Iterator[Panel]:
        yield from (self.header, self.ribbon, self.footer)
        yield from self.panels.values()

    def lay_out(self, width: int, height: int, looks: Looks, samples: int) -> None:
        """Give every panel its box, or hide it; a batch has ``samples`` of them."""
        plan = arrange(width, height, looks.focus, looks.beside, looks.maximised, samples)
        self._focused = looks.focus
        if plan == self.plan:
            return
        if self.plan is None or plan.panels.get(LOSS) != self.plan.panels.get(LOSS):
            self._chart = []  # drawn for another size
        self.plan = plan
        place(self.header, plan.header)
        place(self.ribbon, None if plan.too_small else plan.ribbon)
        place(self.footer, None if plan.too_small else plan.footer)
        for number, panel in self.panels.items():
            place(panel, plan.panels.get(number))
        if plan.too_small:
            words = f"bptui needs 40×10, has {width}×{height}"
            self.header.show([((words, "notice"),)], plan.header.width, 1)

    def paint(self, scene: Scene, footer: Callable[[int, int], list[Row]]) -> None:
        """Show the scene in every panel that has a box. Panels repaint only the rows that changed."""
        plan, self._scene = self.plan, scene
        if plan is None or plan.too_small:
            return
        for panel, box, view in ((self.header, plan.header, header), (self.ribbon, plan.ribbon, ribbon)):
            panel.show(view(scene, box.width, box.height), box.width, box.height)
        self.footer.show(footer(plan.footer.width, plan.footer.height), plan.footer.width, plan.footer.height)
        for number, box in plan.panels.items():
            if number == LOSS:
                self._paint_loss(scene, box)
                self._plan_chart()
            else:
                self._show(number, box, self._rows(number, box, scene), scene)

    def samples_shown(self, number: int, scene: Scene) -> range:
        """Which of its samples a panel with a list shows; none where it has no box."""
        box = self.plan.panels.get(number) if self.plan else None
        if box is None:
            return range(0)
        return BY_NUMBER[number].samples(scene, *self.panels[number].inner(box.width, box.height))

    def _rows(self, number: int, box: Box, scene: Scene) -> list[Row]:
        return BY_NUMBER[number].view(scene, *self.panels[number].inner(box.width, box.height))

    def _show(self, number: int, box: Box, rows: list[Row], scene: Scene) -> None:
        title = f"{number} {BY_NUMBER[number].name}{BY_NUMBER[number].title(scene)}"
        self.panels[number].show(rows, box.width, box.height, title, focused=number == self._focused)

    def _paint_loss(self, scene: Scene, box: Box) -> None:
        """The current numbers, the chart as last drawn."""
        self._show(LOSS, box, [*self._rows(LOSS, box, scene), *self._chart], scene)

    def _plan_chart(self) -> None:
        if self._chart_timer is None:
            wait = max(self._chart_drawn + CHART_EVERY - perf_counter(), 0.01)
            self._chart_timer = self._screen.set_timer(wait, self._draw_chart)

    def _draw_chart(self) -> None:
        from bptui.tui.plot import draw  # after the first paint: plotext takes its time to import

        self._chart_timer = None
        box = self.plan.panels.get(LOSS) if self.plan else None
        if box is not None and self._scene is not None:
            width, height = self.panels[LOSS].inner(box.width, box.height)
            room = height - len(self._rows(LOSS, box, self._scene))
            self._chart = draw(chart(self._scene, 2 * width), width, room, self._scene.colour)
            self._paint_loss(self._scene, box)
        self._chart_drawn = perf_counter()
