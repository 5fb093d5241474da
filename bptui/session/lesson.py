"""A lesson: moments of a scenario, each with a few sentences, some with a number to predict; read from a TOML file."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from bptui.data.bounded import text_of
from bptui.data.clean import clean
from bptui.data.error import DataError
from bptui.data.toml_file import read_toml
from bptui.scenario.accept import nearest, shown
from bptui.session.aim import Aim, parse_aim
from bptui.session.prediction import Asked, Prediction
from bptui.session.session import Session

LARGEST = 100_000  # bytes of a file
LONGEST = 225  # characters of a part: three lines on a screen of 80 columns
MOST_PARTS = 40
KINDS: tuple[Asked, ...] = get_args(Asked)
KEYS = ("title", "scenario", "part")
PART_KEYS = ("at", "look", "say", "ask", "to")
PRINTING = ("--help", "--version")
"""Options that open nothing."""


class LessonError(ValueError):
    """A lesson that cannot be given; one line with file, line and key."""


@dataclass(frozen=True, slots=True)
class Part:
    """``at`` is where one stands, ``look`` how one looks there, ``say`` the sentences. ``ask`` are the numbers asked:
    those that the moment makes, or, where ``to`` says until when, every one on the way there. ``line`` is that of
    ``at``, ``look_line`` that of ``look``."""

    at: Aim
    say: str
    look: str = ""
    ask: frozenset[Asked] = frozenset()
    to: Aim | None = None
    line: int = 0
    look_line: int = 0

    def prediction(self, session: Session) -> Prediction | None:
        """What is asked where one has arrived; None where nothing is."""
        if not self.ask:
            return None
        begun = Prediction(self.ask)
        return begun if self.to else begun.of(session.record, session.moment)


@dataclass(frozen=True, slots=True)
class Lesson:
    """``name`` is its file's, ``scenario`` the words that follow ``bptui`` to open what it is about, in ``line``."""

    name: str
    title: str
    scenario: tuple[str, ...]
    parts: tuple[Part, ...]
    path: Path
    line: int = 0


def read_lesson(path: Path) -> Lesson:
    """Raises LessonError with file, line and key."""
    try:
        document = read_toml(path, LARGEST)
        lines = text_of(path, LARGEST).split("\n")
    except DataError as problem:
        raise LessonError(str(problem)) from None
    where = _Places(path, lines)
    for key in document:
        if key not in KEYS:
            raise where.refused(0, key, f"unknown key{nearest(key, KEYS)}; a lesson has {', '.join(KEYS)}")
    title, words = _text(where, 0, document, "title"), _scenario(where, document)
    parts = document.get("part")
    if not isinstance(parts, list) or not 1 <= len(parts) <= MOST_PARTS:
        raise where.refused(0, "part", f"expected 1 to {MOST_PARTS} sections [[part]]")
    read = tuple(_part(where, number, part) for number, part in enumerate(parts, 1))
    return Lesson(path.stem, title, words, read, path, where.of(0, "scenario"))


@dataclass(frozen=True, slots=True)
class _Places:
    """The lines of the file, to say where something stands."""

    path: Path
    lines: list[str]

    def of(self, part: int, key: str) -> int:
        """The line of a key of the document (0) or of a part (from 1); of its section where the key is missing.
        Parts written without sections, ``part = [...]``, have the line of that."""
        section, last = 0, self.of(0, "part") if part else 1
        for number, line in enumerate(self.lines, 1):
            if part == 0 and re.match(rf"\s*\[+\s*{re.escape(key)}\s*\]", line):
                return number
            section += bool(re.match(r"\s*\[\[\s*part\s*\]\]", line))
            if section > part:
                break
            if section == part:
                last = number if re.match(r"\s*\[\[", line) else last
                if re.match(rf"\s*{re.escape(key)}\s*=", line):
                    return number
        return last

    def refused(self, part: int, key: str, why: str) -> LessonError:
        place = f"part {part}, " if part else ""
        return LessonError(f"{self.path}:{self.of(part, key)}: {place}{clean(key, 40)}: {why}")


def _text(where: _Places, part: int, said: dict[str, Any], key: str, needed: bool = True) -> str:
    value = said.get(key, "" if not needed else None)
    if not isinstance(value, str) or (needed and not value.strip()):
        raise where.refused(part, key, "is missing" if value is None else f"expected a text, got {shown(value)}")
    return " ".join(clean(value, 2000).split())


def _scenario(where: _Places, document: dict[str, Any]) -> tuple[str, ...]:
    """A set or a file, and options that change it."""
    text = _text(where, 0, document, "scenario")
    try:
        words = tuple(shlex.split(text))
    except ValueError as problem:
        raise where.refused(0, "scenario", str(problem)) from None
    if not words or not words[0] or words[0].startswith("-"):
        got = shown(words[0]) if words else "nothing"
        raise where.refused(0, "scenario", f"expected a set or a file before any option, got {got}")
    for word in words:
        if word in PRINTING or word.startswith("-h"):
            raise where.refused(0, "scenario", f"{shown(word)} prints something and opens nothing")
    return words


def _part(where: _Places, number: int, raw: Any) -> Part:
    if not isinstance(raw, dict):
        raise where.refused(number, "part", f"expected a section [[part]], got {shown(raw)}")
    for key in raw:
        if key not in PART_KEYS:
            raise where.refused(number, key, f"unknown key{nearest(key, PART_KEYS)}; a part has {', '.join(PART_KEYS)}")
    say = _text(where, number, raw, "say")
    if len(say) > LONGEST:
        raise where.refused(
            number, "say", f"{len(say)} characters; three lines of 80 columns hold {LONGEST}: make two parts of it"
        )
    at = _aim(where, number, raw, "at")
    assert at is not None
    to = _aim(where, number, raw, "to", needed=False)
    ask = raw.get("ask", [])
    asked = [ask] if isinstance(ask, str) else ask
    if not isinstance(asked, list) or not all(kind in KINDS for kind in asked):
        raise where.refused(number, "ask", f"expected one or several of {', '.join(KINDS)}; got {shown(ask)}")
    if to and not asked:
        raise where.refused(number, "to", "goes with ask: the numbers asked on the way there")
    look = _text(where, number, raw, "look", needed=False)
    return Part(at, say, look, frozenset(asked), to, where.of(number, "at"), where.of(number, "look"))


def _aim(where: _Places, number: int, raw: dict[str, Any], key: str, needed: bool = True) -> Aim | None:
    words = _text(where, number, raw, key, needed)
    if not words:
        return None
    try:
        aim = parse_aim(words)
    except ValueError as problem:
        raise where.refused(number, key, str(problem)) from None
    if aim.of_known_run or aim.by is not None or not aim.says_time:
        raise where.refused(number, key, f"{shown(words)} names no update or epoch: as e1 b1 s2")
    return aim


def rehearsed(lesson: Lesson, session: Session, line_of: dict[str, int] | None = None) -> None:
    """Go through all of it: every moment is there, and what is asked is made there. Raises LessonError."""
    for number, part in enumerate(lesson.parts, 1):
        place = f"{lesson.path}:{part.line}: part {number}"
        for aim in (part.at, *([part.to] if part.to else [])):
            try:
                session.run.extend(aim.goal(session.run, session.moment))
                session.arrive_at(aim)
            except IndexError as problem:
                raise LessonError(f"{place}: {problem}") from None
            if session.run.stop:
                raise LessonError(f"{place}: {session.run.stop}")
        if part.to is None and part.ask:
            session.arrive_at(part.at)
            asking = part.prediction(session)
            if asking is None or asking.now is None:
                raise LessonError(f"{place}: {', '.join(sorted(part.ask))} is not made at that moment")
