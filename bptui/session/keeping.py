"""Session files: the causes of a run and where one stands in it, as small JSON; the run is replayed from them."""

import hashlib
import json
import platform
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np

from bptui.data.bounded import text_of
from bptui.data.clean import clean
from bptui.data.dataset import DataError
from bptui.scenario import Scenario, ScenarioError
from bptui.scenario.accept import Check, list_of, shown
from bptui.session.aim import Aim, parse_aim, words_of
from bptui.session.forks import MOST
from bptui.session.kept_forks import digest_of, owing, read_forks, settle, share_past, written_forks
from bptui.session.session import Session
from bptui.session.stops import MOST as MOST_STOPS
from bptui.session.written import UPDATE, a_section, changes_of, short_text, written
from bptui.training.causes import Causes
from bptui.training.problem import Problem
from bptui.training.run import Run
from bptui.training.settings import Settings
from bptui.version import __version__

FORMAT = 3
LARGEST_FILE = 16 * 2**20  # bytes
MOST_CHANGES = 100_000
BLOCK = 1024  # samples taken in at once
FIRST_KEYS = ("bptui_session", "made_by", "origin", "scenario", "data", "changes", "updates", "at", "look", "digest")
SECOND_KEYS = (*FIRST_KEYS, "fork", "forks")
KEYS = {
    1: {*FIRST_KEYS, "check"},
    2: {*SECOND_KEYS, "check"},
    3: {*SECOND_KEYS, "breakpoints", "watches", "check"},
}
"""Of every format that is read."""


class KeptError(ValueError):
    """A session file that cannot be opened; one line that names it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file says of a session that is not in the session itself before it is replayed: how many ``updates`` were
    known, the ``aim`` and the ``look`` in words, and the ``digest`` of its numbers ``made_by`` some numpy."""

    path: Path
    updates: int
    aim: Aim
    look: str
    digest: str
    made_by: str


class Reopened(NamedTuple):
    session: Session
    kept: Kept


# --- out ---


def text_of_session(session: Session, look: str, folder: Path) -> str:
    """The file's text, for a file in this folder. Raises ScenarioError where the scenario cannot be written."""
    run = session.run
    (_, first), *later = run.causes.changes
    assert isinstance(first, Settings)
    document = {
        "bptui_session": FORMAT,
        "made_by": made_by(),
        "origin": clean(session.scenario.origin, 500),
        "scenario": session.scenario.under(first).document(folder=folder),
        "data": digest_of_data(run.problem),
        "changes": [{"update": update, **written(change)} for update, change in later],
        "updates": run.frontier,
        "at": words_of(run, session.moment),
        "look": look,
        "digest": digest_of(run, session.moment.update),
        **written_forks(session.forks),
        **session.stops.written(),
    }
    return json.dumps(document | {"check": check_of(document)}, indent=1, ensure_ascii=True, allow_nan=False) + "\n"


def made_by() -> str:
    """The program and the arithmetic that made the numbers."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"bptui {__version__}, numpy {np.__version__}, {blas['name']} {blas['version']}, {platform.machine()}"


def check_of(document: dict[str, Any]) -> str:
    """Tells a file that was damaged or changed."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=1)
def digest_of_data(problem: Problem) -> str:
    """Of the samples as the network gets them, and how they are split."""
    out = hashlib.blake2b(digest_size=16)
    for part in (problem.split.train, problem.split.test):
        out.update(np.ascontiguousarray(part, dtype="<i8").tobytes())
    for rows in (problem.train_x, problem.train_y, problem.test_x, problem.test_y):
        out.update(f"{len(rows)} ".encode())
        for first in range(0, len(rows), BLOCK):
            out.update(np.ascontiguousarray(rows[first : first + BLOCK], dtype="<f8").tobytes())
    return out.hexdigest()


# --- in ---


def opened(path: Path) -> Reopened:
    """The session of a file with nothing replayed yet, and what is to be done with it. Raises KeptError."""
    document = read(path)
    try:
        scenario = Scenario.from_document(document["scenario"], str(path), path.parent.absolute(), anywhere=True)
        session = Session(replace(scenario, origin=document["origin"]))
    except (ScenarioError, ArithmeticError) as problem:
        raise KeptError(" ".join(str(problem).split())) from None
    if digest_of_data(session.run.problem) != document["data"]:
        raise KeptError(f"{path}: its data have changed since it was written; the run cannot be replayed")
    try:
        changes = changes_of(document["changes"])
        session.run = session.run.under(Causes(((1, session.run.settings_at(1)), *changes)))
    except (ValueError, IndexError, TypeError) as problem:
        refuse(path, f"changes: {problem}")
    if not session.run.extend_to(1):
        refuse(path, str(session.run.stop))
    try:
        read_forks(session.forks, document)
    except (ValueError, IndexError, TypeError, KeyError) as problem:
        refuse(path, f"forks: {problem}")
    try:
        session.stops.read(document["breakpoints"], document["watches"], session.run)
    except ValueError as problem:
        refuse(path, f"breakpoints and watches: {problem}")
    return Reopened(session, kept_of(path, document))


def kept_of(path: Path, document: dict[str, Any]) -> Kept:
    try:
        aim = parse_aim(document["at"])
    except ValueError as problem:
        refuse(path, f"at: {problem}")
    return Kept(path, document["updates"], aim, document["look"], document["digest"], document["made_by"])


def read(path: Path) -> dict[str, Any]:
    """The checked document; only what stands in its scenario and its changes is still to be looked at."""
    try:
        document = json.loads(text_of(path, LARGEST_FILE), parse_constant=no_number)
    except DataError as problem:
        raise KeptError(str(problem)) from None
    except json.JSONDecodeError as problem:
        raise KeptError(
            f"{path}:{problem.lineno}:{problem.colno}: no session, or a damaged one: {problem.msg}"
        ) from None
    except (ValueError, RecursionError):
        refuse(path, "no session, or a damaged one")
    if not isinstance(document, dict) or "bptui_session" not in document:
        refuse(path, "no session of bptui's; ctrl+s writes one")
    version = document["bptui_session"]
    if isinstance(version, int) and version > FORMAT:
        refuse(path, f"session format {shown(version)} is newer than this bptui knows ({FORMAT}); update it")
    if version not in KEYS or set(document) != KEYS[version] or document.pop("check") != check_of(document):
        refuse(path, "damaged, or changed by hand: what it says does not fit its own check")
    checks: dict[str, Check] = {
        **dict.fromkeys(("made_by", "origin", "data", "at", "look", "digest"), short_text),
        "scenario": a_section,
        "changes": list_of(a_section, 0, MOST_CHANGES),
        "updates": UPDATE,
        "fork": a_section,
        "forks": list_of(a_section, 0, MOST),
        "breakpoints": list_of(a_section, 0, MOST_STOPS),
        "watches": list_of(short_text, 0, MOST_STOPS),
    }
    document = {"fork": {}, "forks": [], "breakpoints": [], "watches": []} | document
    for key, check in checks.items():
        try:
            document[key] = check(document[key])
        except ValueError as problem:
            refuse(path, f"{key}: {problem}")
    return document


def no_number(word: str) -> NoReturn:
    raise ValueError(word)


def refuse(path: Path, why: str) -> NoReturn:
    raise KeptError(f"{path}: {why}")


class Replay:
    """All updates of a session that was opened, the live fork's first; what several forks have in common once."""

    def __init__(self, session: Session, kept: Kept) -> None:
        self.session, self.kept = session, kept
        self._ghosts = list(owing(session.forks))
        self._whole = kept.updates + sum(fork.owed for fork in self._ghosts)
        self._done = 0  # updates of the forks that are known
        self._now: Run | None = session.run
        self._wanted = kept.updates

    def go_on(self, pause: Callable[[], bool]) -> bool:
        """Make updates until ``pause()`` says so; True when all are known, or a run had to stop."""
        while self._now is not None:
            if not self._now.extend(lambda frontier, _: frontier >= self._wanted, pause):
                return False
            self._done += self._now.frontier
            self._now = None
            if self._ghosts:
                fork = self._ghosts.pop(0)
                share_past(self.session.forks, fork)
                self._now, self._wanted = fork.run, fork.owed
        return True

    @property
    def made(self) -> int:
        """Updates known so far, of all forks."""
        return self._done + (self._now.frontier if self._now else 0)

    @property
    def share(self) -> float:
        """Of the way, 0 … 1."""
        return min(self.made / max(self._whole, 1), 1.0)


def reopened(session: Session, kept: Kept) -> str:
    """Stand where one stood, once all updates are replayed; says whether the numbers are the same."""
    for fork in session.forks.all:
        settle(fork)
    try:
        session.moment = kept.aim.arrive(session.run, session.moment)  # breakpoints are for those who travel
    except IndexError as problem:
        return f"{clean(str(problem))}: the run was another one"
    if session.run.frontier < kept.updates:
        return f"replayed up to update {session.run.frontier} of {kept.updates}: {session.run.stop}"
    others = [fork for fork in session.forks.all if fork.run.frontier >= fork.owed > 0 and fork.digest]
    exact = all(digest_of(fork.run, fork.run.frontier) == fork.digest for fork in others)
    if not exact or digest_of(session.run, session.moment.update) != kept.digest:
        return f"replayed with other last digits: made by {kept.made_by}"
    return f"replayed to update {session.moment.update}, every bit as it was"
