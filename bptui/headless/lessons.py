"""``bptui lesson``: the lessons there are, how far one is, and the one that is asked for."""

from collections.abc import Iterator
from pathlib import Path

from bptui.data.clean import clean
from bptui.data.shipped import asset
from bptui.scenario.accept import nearest, shown
from bptui.session.learned import Learned
from bptui.session.lesson import Lesson, LessonError, read_lesson
from bptui.views.looks import parse_looks


def shipped() -> list[Path]:
    """The files of bptui's own lessons, in their order."""
    return sorted(asset("lessons").glob("*.toml"))


def found(words: str) -> Lesson:
    """A lesson by its number in the list, its name, or its file. Raises LessonError."""
    files = shipped()
    names = [path.stem for path in files]
    if words.isdecimal() and 1 <= int(words) <= len(files):
        return looked_at(read_lesson(files[int(words) - 1]))
    if words in names:
        return looked_at(read_lesson(files[names.index(words)]))
    path = Path(words)
    if path.suffix == ".toml" or path.is_file():
        return looked_at(read_lesson(path))
    hint = nearest(words, names) or f"; there are 1 to {len(files)}, as bptui lesson lists them"
    raise LessonError(f"no lesson and no file named {shown(words)}{hint}")


def looked_at(lesson: Lesson) -> Lesson:
    """The lesson, whose parts can be looked at as they say. Raises LessonError."""
    for number, part in enumerate(lesson.parts, 1):
        try:
            parse_looks(part.look)
        except ValueError as problem:
            raise LessonError(f"{lesson.path}:{part.look_line}: part {number}, look: {problem}") from None
    return lesson


def scenario_words(lesson: Lesson) -> list[str]:
    """What opens its scenario; a file beside the lesson is found from anywhere."""
    first, *more = lesson.scenario
    beside = lesson.path.parent / first
    return [str(beside) if beside.is_file() else first, *more]


def begin_at(lesson: Lesson, known: dict[str, Learned], again: bool) -> int:
    """The part to begin in, from 0: where one left off."""
    how = known.get(lesson.name, Learned())
    return 0 if again or how.done else min(max(how.part - 1, 0), len(lesson.parts) - 1)


def listing(known: dict[str, Learned]) -> Iterator[str]:
    """A line a lesson."""
    for number, path in enumerate(shipped(), 1):
        lesson = read_lesson(path)
        how = progress(lesson, known.get(lesson.name, Learned()))
        yield f"{number:>2} {how:<4} {clean(lesson.title)}"
    yield "bptui lesson 1 begins the first; a file of your own is given by its name"


def progress(lesson: Lesson, how: Learned) -> str:
    """``done``, or the part one is in of all."""
    if how.done:
        return "done"
    return f"{how.part}/{len(lesson.parts)}" if how.part else ""
