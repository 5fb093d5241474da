"""A lesson in the explorer: its sentences beside the panels or at the foot, its moments one key apart."""

from pathlib import Path
from typing import Any

from bptui.session.learned import Learned, remember
from bptui.session.lesson import Lesson
from bptui.session.session import Session
from bptui.tui.explorer import Explorer
from bptui.tui.keys import Key, Table
from bptui.tui.panel import Panel, place
from bptui.tui.workbench import Workbench
from bptui.views.arrange import Box
from bptui.views.lesson import ASIDE, FOOT, WIDE, Lecture, aside_rows, foot_rows, title
from bptui.views.looks import Looks, parse_looks
from bptui.views.text import Row


class LessonExplorer(Explorer):
    """``begun`` is the part to begin in, from 0; how far one came is remembered in ``folder``."""

    NAME = "Lesson"

    def __init__(
        self,
        session: Session,
        palette_name: str,
        ascii_only: bool,
        looks: Looks,
        lesson: Lesson,
        begun: int = 0,
        folder: Path | None = None,
    ) -> None:
        super().__init__(session, palette_name, ascii_only, looks)
        self.lecture = Lecture(lesson, begun)
        self.prose = Panel("lesson", bordered=True)
        self._folder = folder
        self._right, self._answered = 0, 0

    def parts(self) -> list[Panel]:
        return [*super().parts(), self.prose]

    def table(self) -> Table:
        return (*super().table(), *KEYS)

    def costly(self) -> bool:
        return False  # its parts are shown as they are reached

    def on_mount(self) -> None:
        super().on_mount()
        self.call_after_refresh(self.enter, self.lecture.place)

    # --- the parts ---

    def enter(self, number: int) -> None:
        """Stand where a part begins, look as it says, and ask what it asks."""
        self.lecture = Lecture(self.lecture.lesson, number)
        part = self.lecture.lesson.parts[number]
        self._remember(done=False)
        self.session.predict(None)
        if part.look:
            self.looks = parse_looks(part.look)
        aim = part.at

        def arrived() -> str:
            self.arrive(aim)
            self.session.predict(part.prediction(self.session))
            return ""

        self.do(lambda _: self.start(aim.goal(self.session.run, self.session.moment), arrived))

    def next_part(self) -> None:
        self._count()
        if not self.lecture.last:
            self.enter(self.lecture.place + 1)
            return
        self._remember(done=True)
        right = f": {self._right} of {self._answered} right" if self._answered else ""
        self.notice = f"the lesson is done{right}; bptui lesson lists the others, {self.shown('quit')} quits"

    def part_before(self) -> None:
        self.enter(self.lecture.place - 1)

    def why_no_part(self) -> str | None:
        return f"a number is asked: type it, or {self.shown('hint')} for a hint; Esc skips it" if self.asking else None

    def why_none_before(self) -> str | None:
        return None if self.lecture.place else "this is where the lesson begins"

    def _count(self) -> None:
        """What was answered in this part."""
        asking = self.session.prediction
        if asking is not None:
            self._right += asking.score.right
            self._answered += asking.score.answered

    def _remember(self, done: bool) -> None:
        if not self.app.read_only:
            how = Learned(self.lecture.place + 1, done, self._right, self._answered)
            remember(self._folder, self.lecture.lesson.name, how)

    # --- the sentences ---

    @property
    def aside(self) -> bool:
        """Is there room for a column?"""
        return self.size.width >= WIDE and not self.too_small

    @property
    def rows_at_foot(self) -> int:
        return super().rows_at_foot + (0 if self.aside or self.too_small else FOOT)

    def lay_out(self) -> None:
        width, height = self.size
        column = Box(width - ASIDE, 0, ASIDE, height) if self.aside else None
        inner = width - ASIDE if column else width
        self.stage.lay_out(inner, height, self.looks, self.session.full_batch, self.rows_at_foot)
        place(self.prose, column)

    def paint(self) -> None:
        super().paint()
        if self.aside:
            width, height = self.prose.inner(ASIDE, self.size.height)
            rows = aside_rows(self.lecture, width, height, self.asking, self.app.remap.shown)
            self.prose.show(rows, ASIDE, self.size.height, title(self.lecture))

    def footer_rows(self, width: int, height: int) -> list[Row]:
        if self.aside or height <= FOOT:
            return super().footer_rows(width, height)
        said = foot_rows(self.lecture, width, self.asking, self.app.remap.shown)
        return [*said, *super().footer_rows(width, height - FOOT)]

    def press(self, key_id: str) -> None:
        if any(key.id == key_id for key in KEYS):
            Workbench.press(self, key_id)
        else:
            super().press(key_id)


KEYS: tuple[Key[Any], ...] = (
    Key("part", ("N",), "N", "Lesson", "the next part of the lesson", LessonExplorer.next_part, "next",
        LessonExplorer.why_no_part),
    Key("part-before", ("A",), "A", "Lesson", "the part before", LessonExplorer.part_before, "",
        LessonExplorer.why_none_before),
)  # fmt: skip
