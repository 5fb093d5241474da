"""How far somebody is with each lesson, remembered in the state folder."""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bptui.data.bounded import text_of
from bptui.data.error import DataError
from bptui.data.output import write_whole

NAME = "lessons.json"
LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Learned:
    """``part`` is the furthest one, from 1; the numbers that were answered rightly, of how many."""

    part: int = 0
    done: bool = False
    right: int = 0
    answered: int = 0


def learned(folder: Path | None) -> dict[str, Learned]:
    """What is remembered, by the lessons' names; nothing where it cannot be read."""
    if folder is None:
        return {}
    with suppress(DataError, ValueError, TypeError, AttributeError):
        known = json.loads(text_of(folder / NAME, LARGEST))
        return {str(name): Learned(**how) for name, how in known.items()}
    return {}


def remember(folder: Path | None, name: str, how: Learned) -> None:
    """Keep it; a disk that takes no more is no reason to end a lesson."""
    if folder is None:
        return
    known = {**learned(folder), name: how}
    body = {each: {key: getattr(it, key) for key in Learned.__slots__} for each, it in known.items()}
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(folder / NAME, json.dumps(body, indent=1) + "\n", private=True)
