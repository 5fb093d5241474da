"""What exercises are written as, a row for each format: the parts of it, and how its files are called."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bptui.exercises import as_json, latex, markdown, moodle, qti
from bptui.exercises.exercise import Exercise

Write = Callable[[Sequence[Exercise]], str]


@dataclass(frozen=True, slots=True)
class Format:
    """``suffix`` of its files; ``sheet`` for those who work on it, ``key`` with the answers where these stand apart."""

    name: str
    suffix: str
    sheet: Write
    key: Write | None = None

    def files(self, stem: str, every: Sequence[Exercise]) -> Iterator[tuple[str, str]]:
        """Names and texts of the files, of which ``stem`` is the common beginning."""
        yield f"{stem}{self.suffix}", self.sheet(every)
        if self.key:
            yield f"{stem}-key{self.suffix}", self.key(every)


FORMATS = {
    row.name: row
    for row in (
        Format("markdown", ".md", markdown.sheet, markdown.key),
        Format("latex", ".tex", latex.sheet, latex.key),
        Format("moodle", ".xml", moodle.quiz),
        Format("qti", ".txt", qti.quiz),
        Format("json", ".json", as_json.document),
    )
}
