"""Session files: the causes of a run and where one stands in it, as small JSON; the run is replayed from them."""

import hashlib
import json
import platform
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from bptui.data.bounded import text_of
from bptui.data.clean import clean
from bptui.data.dataset import DataError
from bptui.scenario import Scenario, ScenarioError
from bptui.scenario.accept import Check, choice, integer, list_of, number, shown
from bptui.scenario.document import training_section
from bptui.scenario.keys import MOST_UNITS
from bptui.scenario.reading import section, settings_choice
from bptui.session.aim import Aim, parse_aim, words_of
from bptui.session.session import Session
from bptui.training.causes import Causes, Change, Edit, Guest
from bptui.training.problem import Problem
from bptui.training.roster import LeaveOut, Part, PutIn, Rewrite
from bptui.training.run import Run
from bptui.training.settings import ORDERS, Settings
from bptui.version import __version__

FORMAT = 1
LARGEST_FILE = 16 * 2**20  # bytes
MOST_CHANGES = 100_000
BLOCK = 1024  # samples taken in at once
UPDATE = integer(1, 1_000_000_000)
ROW = integer(0, 1_000_000_000)
REAL = number(-1e300, 1e300)
KEYS = ("bptui_session", "made_by", "origin", "scenario", "data", "changes", "updates", "at", "look", "digest", "check")


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
    }
    return json.dumps(document | {"check": check_of(document)}, indent=1, ensure_ascii=True, allow_nan=False) + "\n"


def written(change: Change) -> dict[str, Any]:
    match change:
        case Settings():
            return {"training": training_section(change, whole=False), "order": change.order}
        case Edit(layer, source, unit, value):
            return {"weight": [layer, source, unit], "value": value}
        case Guest(x, y):
            return {"x": list(x), "y": list(y)}
        case Rewrite(row, part, values):
            return {"row": row, part: [list(value) for value in values]}
        case LeaveOut(row) | PutIn(row):
            return {"row": row, "in": isinstance(change, PutIn)}


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


def digest_of(run: Run, update: int) -> str:
    """Of the numbers of an update, and of the weights after the last one known."""
    record, out = run.record(update), hashlib.blake2b(digest_size=16)
    last = run.record(run.frontier).after.flat
    for array in (record.before.flat, record.memory, record.passed.loss, record.summed.flat, record.after.flat, last):
        out.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
    return out.hexdigest()


# --- in ---


def opened(path: Path) -> tuple[Session, Kept]:
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
        changes = tuple(change_of(raw) for raw in document["changes"])
        if [update for update, _ in changes] != sorted(update for update, _ in changes):
            refuse(path, "changes: they are not in their order")
        session.run = session.run.under(Causes(((1, session.run.settings_at(1)), *changes)))
    except (ValueError, IndexError, TypeError) as problem:
        refuse(path, f"changes: {problem}")
    if not session.run.extend_to(1):
        refuse(path, str(session.run.stop))
    return session, kept_of(path, document)


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
    if version != FORMAT or set(document) != set(KEYS) or document.pop("check") != check_of(document):
        refuse(path, "damaged, or changed by hand: what it says does not fit its own check")
    checks: dict[str, Check] = {
        **dict.fromkeys(("made_by", "origin", "data", "at", "look", "digest"), short_text),
        "scenario": a_section,
        "changes": list_of(a_section, 0, MOST_CHANGES),
        "updates": UPDATE,
    }
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


def short_text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError(f"expected a text, got {shown(raw)}")
    return clean(raw, 500)


def a_section(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise ValueError(f"expected an object, got {shown(raw)}")
    return raw


def change_of(raw: dict[str, Any]) -> tuple[int, Change]:
    """A change and its place. Raises ValueError."""
    update = UPDATE(raw.get("update"))
    given = set(raw) - {"update"}
    if given == {"training", "order"}:
        training = section({"training": a_section(raw["training"])}, "training")
        return update, settings_choice(training, choice(ORDERS)(raw["order"]))
    if given == {"weight", "value"}:
        layer, source, unit = list_of(integer(-1, MOST_UNITS), 3, 3)(raw["weight"])
        return update, Edit(layer, source, unit, REAL(raw["value"]))
    if given == {"row", "in"}:
        return update, (PutIn if yes_or_no(raw["in"]) else LeaveOut)(ROW(raw["row"]))
    if given in ({"row", "x"}, {"row", "y"}):
        part: Part = "x" if "x" in given else "y"
        values = list_of(cell, 1, MOST_UNITS)(raw[part])
        return update, Rewrite(ROW(raw["row"]), part, tuple(values))
    if given == {"x", "y"}:
        x, y = (list_of(REAL, 1, MOST_UNITS)(raw[key]) for key in ("x", "y"))
        return update, Guest(tuple(map(float, x)), tuple(map(float, y)))
    raise ValueError(f"not known: {shown(', '.join(sorted(given)))}")


def cell(raw: Any) -> tuple[int, float]:
    """A place and its number. Raises ValueError."""
    if not isinstance(raw, list) or len(raw) != 2:
        raise ValueError(f"expected a place and a number, got {shown(raw)}")
    return integer(0, MOST_UNITS)(raw[0]), float(REAL(raw[1]))


def yes_or_no(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise ValueError(f"expected true or false, got {shown(raw)}")
    return raw


def reopened(session: Session, kept: Kept) -> str:
    """Stand where one stood, once all updates are replayed; says whether the numbers are the same."""
    try:
        session.arrive_at(kept.aim)
    except IndexError as problem:
        return f"{clean(str(problem))}: the run was another one"
    if session.run.frontier < kept.updates:
        return f"replayed up to update {session.run.frontier} of {kept.updates}: {session.run.stop}"
    if digest_of(session.run, session.moment.update) != kept.digest:
        return f"replayed with other last digits: made by {kept.made_by}"
    return f"replayed to update {session.moment.update}, every bit as it was"
