"""The one widget everything on the screen is made of: rows of (text, role) in, changed rows out."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from bptui.data.plain import in_plain
from bptui.tui.palette import in_ascii, in_blocks, style_of
from bptui.views.arrange import Box
from bptui.views.text import Row, cells, cut, fit, fit_new

if TYPE_CHECKING:
    from bptui.tui.app import BptuiApp

STRIPS_KEPT = 2  # for each row of the panel


class Line(Strip):
    """A painted row. A strip of Textual's remembers what it was cut to, and holds itself where that is the whole: then
    thousands stay in memory until the garbage is looked through."""

    __slots__ = ()

    def crop_extend(self, start: int, end: int, style: Style | None) -> Strip:
        """From one column to another."""
        if start == 0 and end == self.cell_length:
            return self
        return Line(self.extend_cell_length(end, style).crop(start, end), end - start)

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """The pieces that end in these columns."""
        columns = [*cuts]
        return [self] if columns == [self.cell_length] else super().divide(columns)


class Panel(Widget):
    """Paints rows it is shown; asks for a repaint of those that differ from what it painted before.

    It bypasses Textual's own rendering (CSS box, Visual, styles cache): a panel is repainted many times a second,
    and only what changed should cost anything.
    """

    app: "BptuiApp"
    DEFAULT_CSS = "Panel { position: absolute; }"

    def __init__(self, name: str, bordered: bool) -> None:
        super().__init__(name=name, id=name)
        self.bordered = bordered
        self.palette = "dark"
        self.ascii = False
        self.blocks = False
        self.corner = (0, 0)  # of the box that it was given
        self.stands: Region | None = None  # where Textual has put it since, once that was asked
        self._given: list[Row] = []
        self._look = (0, 0, False)  # columns, rows, focused
        self._rows: list[Row] = []
        self._strips: OrderedDict[Row, Line] = OrderedDict()

    def inner(self, width: int, height: int) -> tuple[int, int]:
        """Columns and rows left for content in a box of this size."""
        return (max(width - 2, 0), max(height - 2, 0)) if self.bordered else (width, height)

    def show(
        self, rows: list[Row], width: int, height: int, title: str = "", foot: str = "", focused: bool = False
    ) -> None:
        """Show these rows in a box of ``width`` columns and ``height`` rows, cut or padded to it. A row given as it
        was before stays as it is."""
        inner_width, inner_height = self.inner(width, height)
        given = [*rows[:inner_height], *[()] * (inner_height - len(rows))]
        look, border = (width, height, focused), int(self.bordered)
        same = self._given if look == self._look else []
        old = self._rows
        content = [
            old[border + y] if y < len(same) and same[y] == row else self._finished(row, inner_width, focused)
            for y, row in enumerate(given)
        ]
        if self.bordered:
            top, bottom = self._ends(width, title, foot, focused)
            content = [top, *content, bottom]
        self._given, self._look, self._rows = given, look, content
        if len(old) != len(content):
            self.refresh()
            return
        changed = [y for y, (a, b) in enumerate(zip(old, content, strict=True)) if a is not b and a != b]
        if changed and not self._painted(changed, Region(*self.corner, width, height)):
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def _finished(self, row: Row, width: int, focused: bool) -> Row:
        """A row of the inside as it is painted, between the sides of the border."""
        row = fit_new(row, width)
        if self.ascii:
            row = fit(in_ascii(row), width)
        return self._plain(between_sides(row, focused) if self.bordered else row)

    def _ends(self, width: int, title: str, foot: str, focused: bool) -> tuple[Row, Row]:
        top, bottom = ends(width, in_plain(title) if self.ascii else title, foot, focused)
        return self._plain(top), self._plain(bottom)

    def _plain(self, row: Row) -> Row:
        return in_ascii(row) if self.ascii else in_blocks(row) if self.blocks else row

    def _painted(self, changed: list[int], region: Region) -> bool:
        """Are the rows that changed painted already? Not where Textual has still to put it into its box."""
        if self.stands != region:
            self.stands = self.region
        pieces = [(region.y + y, region.x, self._rows[y], self.palette) for y in changed]
        return self.stands == region and self.app.takes(self, pieces)

    def row(self, y: int) -> Row:
        """What stands in a row, its border too."""
        return self._rows[y] if 0 <= y < len(self._rows) else ()

    def repaint(self, palette: str) -> None:
        """Paint everything anew in another palette."""
        self.palette = palette
        self._strips.clear()
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        strips = [self._strip(self._rows[y]) if y < len(self._rows) else None for y in range(crop.y, crop.bottom)]
        blank = Strip.blank(crop.width, style_of(self.palette, "text"))
        return [blank if strip is None else strip.crop_extend(crop.x, crop.right, Style.null()) for strip in strips]

    def _strip(self, row: Row) -> Line:
        strip = self._strips.get(row)
        if strip is None:
            strip = Line([Segment(text, style_of(self.palette, role)) for text, role in row])
            self._strips[row] = strip
            if len(self._strips) > STRIPS_KEPT * len(self._rows):
                self._strips.popitem(last=False)
        return strip


def framed(content: list[Row], width: int, title: str, foot: str, focused: bool) -> list[Row]:
    """The rows in a border with a title above and a foot below in it."""
    top, bottom = ends(width, title, foot, focused)
    return [top, *(between_sides(row, focused) for row in content), bottom]


def between_sides(row: Row, focused: bool) -> Row:
    """The row between the sides of a border; the focused one has heavy lines."""
    side = ("┃", "border-focus") if focused else ("│", "border")
    return side, *row, side


@lru_cache(maxsize=64)
def ends(width: int, title: str, foot: str, focused: bool) -> tuple[Row, Row]:
    """The first row of a border, with the title in it, and the last one, with a foot."""
    role = "border-focus" if focused else "border"
    corners, flat = ("┏┓┗┛", "━") if focused else ("┌┐└┘", "─")
    name = cut(title, max(width - 6, 0))
    lead: Row = ((corners[0] + flat + " ", role), (name, "title" if focused else "text"), (" ", role))
    used = sum(len(text) for text, _ in lead)
    top = fit((*lead, (flat * max(width - used - 1, 0) + corners[1], role)), width)
    said = f" {foot} " if foot and cells(foot) + 6 <= width else ""
    line = flat * (width - 3 - cells(said))
    return top, ((corners[2] + line, role), (said, "dim"), (flat + corners[3], role))


def place(panel: Panel, box: Box | None) -> None:
    """Put a panel into its box, or hide it."""
    panel.display, panel.stands = box is not None, None
    if box is not None:
        panel.corner = panel.styles.offset = (box.x, box.y)
        panel.styles.width, panel.styles.height = box.width, box.height
