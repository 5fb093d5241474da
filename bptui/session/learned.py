"""How far somebody is with each lesson, remembered in the state folder."""

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from bptui.data.bounded import text_of
from bptui.data.error import DataError
from bptui.data.output import write_whole

NAME = "lessons.json"
LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Learned:
    """``part`` is the furthest one, from 1; the numbers that were answered rightly, of how many in one sitting."""

    part: int = 0
    done: bool = False
    right: int = 0
    answered: int = 0

    def and_then(self, now: Self) -> Self:
        """With what a later sitting has come to: who goes back loses nothing, and of two scores the one with more
        answers stays."""
        better = max(self, now, key=lambda how: (how.answered, how.right))
        return replace(better, part=max(self.part, now.part), done=self.done or now.done)


def learned(folder: Path | None) -> dict[str, Learned]:
    """What is remembered, by the lessons' names; nothing where it cannot be read."""
    if folder is None:
        return {}
    with suppress(DataError, ValueError, TypeError, AttributeError, RecursionError):
        known = json.loads(text_of(folder / NAME, LARGEST))
        return {str(name): _checked(Learned(**how)) for name, how in known.items()}
    return {}


def _checked(how: Learned) -> Learned:
    """Raises TypeError."""
    said: dict[str, Any] = {key: getattr(how, key) for key in Learned.__slots__}
    if any(type(value) is not (bool if key == "done" else int) for key, value in said.items()):
        raise TypeError(said)
    return how


def remember(folder: Path | None, name: str, how: Learned) -> None:
    """Keep it beside what was known; a disk that takes no more is no reason to end a lesson."""
    if folder is None:
        return
    known = learned(folder)
    known[name] = known.get(name, Learned()).and_then(how)
    body = {each: {key: getattr(it, key) for key in Learned.__slots__} for each, it in known.items()}
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(folder / NAME, json.dumps(body, indent=1) + "\n", private=True)
