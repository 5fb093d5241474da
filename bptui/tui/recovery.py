"""The recovery file: what a crash, a kill or a lost line leaves of a session, and what ``bptui resume`` goes on with.

Every explorer has a file of its own in the state folder, named by its process; a clean end removes it.
"""

import asyncio
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bptui.data.clean import clean
from bptui.data.output import lives, write_whole
from bptui.scenario.accept import ScenarioError

if TYPE_CHECKING:
    from bptui.tui.explorer import Explorer

LAST = "last-session"
"""The file that names the session saved last."""


class Recovery:
    """The file of this process, written every few seconds in which something has changed. ``trouble`` says why there
    is none."""

    def __init__(self, folder: Path | None) -> None:
        self.path: Path | None = None
        self.trouble = "no recovery file can be kept: no home folder is known here" if folder is None else ""
        self.due = False  # was it asked for what was being worked on?
        self._noted: object = None
        if folder is not None:
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self.path = folder / f"recovery-{os.getpid()}-{time.time_ns()}.json"
            except OSError as problem:
                self._give_up(problem)

    def _give_up(self, problem: Exception) -> None:
        why = problem.strerror if isinstance(problem, OSError) else str(problem)
        self.trouble, self.path = f"no recovery file can be kept: {clean(str(why))}", None

    def text(self, explorer: "Explorer") -> str:
        """What is to be written; "" where nothing is new, or nothing could be lost, or it is being worked on. The file
        that is being replayed is the truth until that is done."""
        self.due = explorer.is_worked_on
        if self.due:
            return ""
        session = explorer.session
        forks = tuple((fork.number, fork.title, fork.kept) for fork in session.forks.all)
        stops = session.stops.breakpoints, session.stops.watches
        state = session.run, session.moment, session.run.frontier, explorer.looks, forks, stops
        begun = session.run.frontier > 1 or len(session.run.causes.changes) > 1
        if self.path is None or state == self._noted or not begun or explorer.reopening:
            return ""
        from bptui.session.keeping import text_of_session  # noqa: PLC0415  it computes

        self._noted = state
        return text_of_session(session, explorer.looks.words, self.path.parent)

    async def note(self, explorer: "Explorer") -> None:
        """Write what has changed; what takes long does not keep a key waiting."""
        from bptui.session.keeping import digest_of_data  # noqa: PLC0415

        await self._aside(partial(digest_of_data, explorer.session.run.problem))
        await self._write(explorer, self._text_if_any(explorer))

    def note_between(self, explorer: "Explorer") -> None:
        """What could not be told while it was worked on can between two slices: now, and not a moment later."""
        if self.due:
            explorer.run_worker(self._write(explorer, self._text_if_any(explorer)))

    def _text_if_any(self, explorer: "Explorer") -> str:
        """The text, or "" and why there is none."""
        try:
            return self.text(explorer)
        except (ScenarioError, ValueError) as problem:
            self._tell_trouble(explorer, problem)
            return ""

    async def _write(self, explorer: "Explorer", text: str) -> None:
        try:
            if text and self.path:
                await self._aside(partial(write_whole, self.path, text, private=True))
        except OSError as problem:
            self._tell_trouble(explorer, problem)

    def _tell_trouble(self, explorer: "Explorer", problem: Exception) -> None:
        self._give_up(problem)
        explorer.notice = self.trouble
        explorer.paint()

    @staticmethod
    async def _aside(act: Callable[[], object]) -> None:
        """In a thread, which is gone when it has acted."""
        with ThreadPoolExecutor(1, "bptui-keeping") as aside:
            await asyncio.get_running_loop().run_in_executor(aside, act)

    def end(self, explorer: "Explorer", clean_end: bool) -> None:
        """The file is removed after a clean end; after another one it holds the last moment."""
        with suppress(OSError, ScenarioError, ValueError, ArithmeticError, LookupError):
            if clean_end and self.path and not explorer.reopening:
                self.path.unlink(missing_ok=True)
            elif (text := self.text(explorer)) and self.path:
                write_whole(self.path, text, private=True)


def lost(folder: Path | None) -> list[Path]:
    """Recovery files whose processes live no more, the newest first."""
    if folder is None:
        return []
    with suppress(OSError):
        found = [path for path in folder.glob("recovery-*-*.json") if not lives(path.name.split("-")[1])]
        return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)
    return []


def claimed(recovery: Recovery) -> Path | None:
    """The file of the session lost last, made this process's own so that no other goes on with it too."""
    folder = recovery.path.parent if recovery.path else None
    for path in lost(folder):
        with suppress(OSError):  # somebody was quicker
            assert recovery.path is not None
            path.rename(recovery.path)
            return recovery.path
    return None


def remember(path: Path, folder: Path | None) -> None:
    """The session saved last."""
    if folder is not None:
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(folder / LAST, os.fsencode(path.absolute()), private=True)


def saved_last(folder: Path | None) -> Path | None:
    if folder is not None:
        with suppress(OSError, ValueError):
            path = Path(os.fsdecode((folder / LAST).read_bytes()[:4096]))
            return path if path.is_file() else None
    return None
