"""A screen of its own over the explorer: one panel and a footer of keys."""

from dataclasses import replace

from bptui.session.session import Session
from bptui.tui.panel import Panel, place
from bptui.tui.workbench import Workbench
from bptui.views.arrange import Box, small
from bptui.views.layers import fitting
from bptui.views.scene import Scene, scene_of
from bptui.views.text import Row


class Sheet(Workbench):
    """A screen says its rows, its keys and its work."""

    TITLE_WORDS = ""

    def __init__(self, palette_name: str, ascii_only: bool) -> None:
        super().__init__(palette_name, ascii_only)
        self.panel, self.bar = Panel("sheet", bordered=True), Panel("sheet-keys", bordered=False)

    def parts(self) -> list[Panel]:
        return [self.panel, self.bar]

    def title_words(self) -> str:
        return self.TITLE_WORDS

    def rows(self, width: int, height: int) -> list[Row]:
        """The rows of the panel's inside."""
        raise NotImplementedError

    def foot(self) -> int:
        """Rows below the panel: the keys, and what a screen keeps above them."""
        return 1

    def lay_out(self) -> None:
        width, height = self.size
        alone, foot = self.too_small, self.foot()
        place(self.panel, None if alone else Box(0, 0, width, max(height - foot, 1)))
        place(self.bar, Box(0, 0, width, height) if alone else Box(0, height - foot, width, foot))

    def paint(self) -> None:
        width, height = self.size
        if width == 0 or height == 0:
            return
        if self.too_small:
            self.bar.show(small(width, height), width, height)
            return
        foot = self.foot()
        rows = self.rows(*self.panel.inner(width, height - foot))
        leave = next(key.shown.split()[0] for key in self.keys_now() if key.footer == "close")
        words = self.title_words()
        title = fitting(width - 6, f"{words} · {leave} closes", words)
        self.panel.show(rows, width, height - foot, title, focused=True)
        self.bar.show(self.footer_rows(width, foot), width, foot)

    def paint_foot(self) -> None:
        width = self.size.width
        if width and not self.too_small:
            self.bar.show(self.footer_rows(width, self.foot()), width, self.foot())


class UpdateSheet(Sheet):
    """Looks at the session's update as it was when the screen opened, and at the weight selected now."""

    def __init__(self, session: Session, palette_name: str, ascii_only: bool, colour: bool) -> None:
        super().__init__(palette_name, ascii_only)
        self.session = session
        self.colour = colour
        self._opened = scene_of(session, colour)

    def scene(self) -> Scene:
        """What the views see."""
        now, opened = self.session.moment, self._opened.moment
        return replace(self._opened, moment=replace(opened, layer=now.layer, unit=now.unit, source=now.source))
