"""What a person changes by hand besides the settings: a weight, a sample's numbers, and whether it is met at all."""

import math
import re

from bptui.data.clean import clean
from bptui.data.dataset import Dataset
from bptui.data.digits import shortest
from bptui.session import moves
from bptui.session.naming import words_of
from bptui.session.session import Session
from bptui.training.causes import Edit
from bptui.training.record import GUEST
from bptui.training.roster import LeaveOut, PutIn, Rewrite, SampleChange

LARGEST = 1e300
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]{1,3})?", re.ASCII)
PLACE = re.compile(r"(?P<part>[xy])\s*\[?(?P<place>[0-9]{1,6})?\]?\s*=\s*(?P<value>\S+)", re.ASCII)
IN_OR_OUT = re.compile(r"(?P<way>in|out)(?:\s+(?:row\s+)?(?P<row>[0-9]{1,9}))?", re.ASCII)


def parse_number(words: str) -> float:
    """A finite number as people type it. Raises ValueError with what to type."""
    text = words.strip().replace("−", "-").replace(",", ".").lower()
    if not NUMBER.fullmatch(text) or not math.isfinite(float(text)) or abs(float(text)) > LARGEST:
        raise ValueError(f'not a number: "{clean(words.strip(), 20)}"; write 0.5, -2 or 1e-3')
    return float(text)


# --- a weight ---


def weight_now(session: Session) -> float:
    """The selected weight as the next change finds it."""
    update, run = session.next_update, session.run
    standing = session.record if update == session.moment.update else None
    vector = standing.before if standing else run.record(update - 1).after
    edits = {edit.weight: edit.value for edit in run.causes.edits_at(update)}
    return edits.get(session.moment.weight, vector[session.moment.weight])


def set_weight(session: Session, value: float) -> str:
    """The selected weight (or bias) is this number from the next update on, at whose start one then stands.

    Raises ArithmeticError, ValueError, and changes nothing, as :meth:`Session.change` does."""
    weight, update, was = session.moment.weight, session.next_update, weight_now(session)
    edit = Edit(weight.layer, weight.source, weight.unit, value)
    forked = session.change(edit)
    session.moment = moves.start_of(session.run, session.moment, update)
    if session.moment.update != update:
        return str(session.run.stop)
    return f"{words_of(session.run, update, edit)} from update {update} on, was {shortest(was)}{forked}"


# --- a sample ---


def why_not_edit(session: Session) -> str | None:
    """Why the current sample cannot be edited, or None."""
    own = session.record.indices[session.moment.sample] == GUEST
    return "your own sample is in this one batch only: no row of the data" if own else None


def row_now(session: Session) -> int:
    """The row of the data that the current sample is."""
    return int(session.record.indices[session.moment.sample])


def is_out(session: Session, row: int) -> bool:
    """Is a row left out when the next update is made?"""
    return row in session.run.causes.roster_at(session.next_update).out


def left_out(session: Session) -> tuple[int, ...]:
    """The rows that are left out when the next update is made."""
    return session.run.causes.roster_at(session.next_update).out


def toggle_row(session: Session) -> str:
    """The current sample is left out from the next update on, or put back in."""
    row = row_now(session)
    return change_sample(session, PutIn(row) if is_out(session, row) else LeaveOut(row))


def change_sample(session: Session, change: SampleChange) -> str:
    """A sample is another one from the next update on, or is not met. Raises as :meth:`Session.change` does."""
    update = session.next_update
    forked = session.change(change)
    return f"{words_of(session.run, update, change)} from update {update} on{forked}"


def sample_words(session: Session) -> str:
    """The current sample in a line, as the next change finds it: its target and its first inputs."""
    row, problem = row_now(session), session.run.problem_at(session.next_update)
    data, roster = problem.data, problem.roster
    y = data.y[row].copy()
    for place, value in roster.of(row, "y").items():
        y[place] = value
    label = label_of(data, y.tolist())
    said = f"target {data.classes[label]}" if label is not None else ", ".join(map(shortest, y.tolist()[:4]))
    x = ", ".join(f"x{k} {shortest(v)}" for k, v in enumerate(problem.as_given(row, roster).tolist()[:4]))
    return f"row {row}: {said}; {x}{' …' if data.x.shape[1] > 4 else ''}"


def label_of(data: Dataset, y: list[float]) -> int | None:
    """The class that has this target; None where none has."""
    return next((k for k in range(len(data.classes)) if data.target(k).tolist() == y), None)


def accepted(data: Dataset) -> str:
    """What can be typed of a sample."""
    if data.classes:
        two = "flip, " if len(data.classes) == 2 else ""
        return f"write {two}a class, y0=1 or x0=0.5; out leaves the row out, in 12 takes row 12 in again"
    return "write a target, y0=1 or x0=0.5; out leaves the row out, in 12 takes row 12 in again"


def parse_sample(session: Session, words: str) -> SampleChange:
    """What a line asks of the current sample: a class or a target, ``flip``, ``x3=0.5``, ``y=1``, ``out``, ``in 12``.

    Raises ValueError saying what was not understood, and what is accepted."""
    data, row, text = session.run.problem.data, row_now(session), words.strip().replace("−", "-")
    if found := IN_OR_OUT.fullmatch(text.lower()):
        which = int(found["row"]) if found["row"] else row
        return (PutIn if found["way"] == "in" else LeaveOut)(which)
    if found := PLACE.fullmatch(text.lower()):
        place = int(found["place"] or 0)
        return Rewrite(row, "x" if found["part"] == "x" else "y", ((place, parse_number(found["value"])),))
    try:
        if data.classes:
            return Rewrite(row, "y", whole_target(data, chosen(session, text)))
        return Rewrite(row, "y", ((0, parse_number(text)),))
    except ValueError:
        raise ValueError(f'not understood: "{clean(text, 20)}"; {accepted(data)}') from None


def chosen(session: Session, text: str) -> int:
    """The number of the class that is meant. Raises ValueError."""
    data, row = session.run.problem.data, row_now(session)
    if text.lower() in ("", "flip") and len(data.classes) == 2:
        y = data.y[row].copy()
        for place, value in session.run.causes.roster_at(session.next_update).of(row, "y").items():
            y[place] = value
        return 1 - (label_of(data, y.tolist()) or 0)
    return [name.lower() for name in data.classes].index(text.lower())


def whole_target(data: Dataset, label: int) -> tuple[tuple[int, float], ...]:
    """Every number of a class' target, by its place."""
    return tuple(enumerate(data.target(label).tolist()))
