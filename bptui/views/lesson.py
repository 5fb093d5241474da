"""The sentences of a lesson: three lines at the foot of a small screen, a column beside the panels of a wide one."""

import textwrap
from dataclasses import dataclass

from bptui.session.lesson import Lesson
from bptui.views.keys_named import Keys
from bptui.views.text import Row

FOOT = 3
ASIDE = 36  # columns of the column
WIDE = 80 + ASIDE  # columns of a screen that has room for one


@dataclass(frozen=True, slots=True)
class Lecture:
    """A lesson and the part one is in, from 0."""

    lesson: Lesson
    place: int

    @property
    def last(self) -> bool:
        return self.place == len(self.lesson.parts) - 1


def where(lecture: Lecture) -> str:
    return f"{lecture.place + 1}/{len(lecture.lesson.parts)}"


def goes_on(lecture: Lecture, asking: bool, keys: Keys) -> str:
    part = lecture.lesson.parts[lecture.place]
    if asking:
        return "type the number"
    if part.to:
        return f"step on with {keys.get('next-sample', 's')}; {keys.get('part', 'N')} goes on"
    return f"{keys.get('part', 'N')} {'ends it' if lecture.last else 'goes on'}"


def foot_rows(lecture: Lecture, width: int, asking: bool, keys: Keys) -> list[Row]:
    """Three rows, what goes on in the last where there is room."""
    head = f" {where(lecture)} "
    said = lecture.lesson.parts[lecture.place].say
    lines = textwrap.wrap(said, max(width - 2, 10), initial_indent=" " * (len(head) - 1))[:FOOT]
    lines += [""] * (FOOT - len(lines))
    rows: list[Row] = [((head, "key"), (lines[0].lstrip(), "text"))]
    rows += [((f" {line}", "text"),) for line in lines[1:]]
    way = goes_on(lecture, asking, keys)
    last = lines[-1]
    if len(last) + len(way) + 4 <= width:
        blank = " " * (width - len(last) - len(way) - 2)
        rows[-1] = ((f" {last}", "text"), (blank, "text"), (way, "notice"))
    return rows


def aside_rows(lecture: Lecture, width: int, height: int, asking: bool, keys: Keys) -> list[Row]:
    """A column: the lesson's title, and the sentences of the parts so far, the last of them lit."""
    head: list[Row] = [((f" {line}", "head"),) for line in textwrap.wrap(lecture.lesson.title, max(width - 2, 10))]
    parts = lecture.lesson.parts[: lecture.place + 1]
    rows: list[Row] = []
    for number, part in enumerate(parts, 1):
        role = "strong" if number == len(parts) else "dim"
        rows += [((f" {line}", role),) for line in textwrap.wrap(part.say, max(width - 2, 10))]
        rows.append(())
    rows.append(((f" {goes_on(lecture, asking, keys)}", "notice"),))
    head.append(())
    return [*head, *rows[-max(height - len(head), 1) :]]


def title(lecture: Lecture) -> str:
    """Of the column: a lesson's own title may be longer than its frame."""
    return f"lesson · {where(lecture)}"
