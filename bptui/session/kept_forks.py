"""The forks of a session in its file: what is said of the live one, and all that each other is a function of."""

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from bptui.scenario.accept import Check, integer
from bptui.session.aim import parse_aim, words_of
from bptui.session.forks import MOST, Fork, Forks
from bptui.session.written import UPDATE, a_section, changes_of, short_text, written, yes_or_no
from bptui.training.causes import Causes, parting
from bptui.training.run import Run
from bptui.training.settings import Settings

NUMBER = integer(0, 1_000_000_000)
ABOUT: dict[str, Check] = {
    "number": UPDATE,
    "parent": NUMBER,
    "parts": UPDATE,
    "title": short_text,
    "kept": yes_or_no,
}
"""What is said of every fork."""


def digest_of(run: Run, update: int) -> str:
    """Of the numbers of an update, and of the weights after the last one known."""
    record, out, last = run.record(update), hashlib.blake2b(digest_size=16), run.reached.flat
    for array in (record.before.flat, record.memory, record.passed.loss, record.summed.flat, record.after.flat, last):
        out.update(np.ascontiguousarray(array, dtype="<f8").ravel().data)
    return out.hexdigest()


# --- out ---


def written_forks(forks: Forks) -> dict[str, Any]:
    """The part of a file's document that is about them."""
    ghosts = [fork for fork in forks.all if fork is not forks.live]
    live = {**about(forks.live), "last": forks.last, "beside": forks.beside}
    return {"fork": live, "forks": [{**about(fork), **history_of(fork)} for fork in ghosts]}


def about(fork: Fork) -> dict[str, Any]:
    return {key: getattr(fork, key) for key in ABOUT}


def history_of(fork: Fork) -> dict[str, Any]:
    """Of a ghost: what its run is a function of, how far it is known, and where one stood."""
    if not fork.digest:  # it rests, and stays what it is
        fork.digest, fork.words = digest_of(fork.run, fork.run.frontier), words_of(fork.run, fork.moment)
    changes = [{"update": update, **written(change)} for update, change in fork.run.causes.changes]
    return {"changes": changes, "updates": fork.known, "at": fork.words, "digest": fork.digest}


# --- in ---


def read_forks(forks: Forks, document: dict[str, Any]) -> None:
    """Take over what a checked document says of them; none of them is replayed yet. Raises ValueError, IndexError."""
    live = document["fork"]
    if not live:  # written before there were forks
        return
    forks.last, forks.beside = UPDATE(live.get("last")), NUMBER(live.get("beside"))
    told = {key: check(live.get(key)) for key, check in ABOUT.items()}
    for key, value in told.items():
        setattr(forks.live, key, value)
    forks.all = sorted([forks.live, *(ghost(forks, raw) for raw in document["forks"])], key=lambda each: each.number)
    numbers = [fork.number for fork in forks.all]
    if len(set(numbers)) < len(numbers) or numbers[-1] > forks.last or len(numbers) > MOST:
        raise ValueError("two of one number, or one too many")
    for fork in forks.all:
        if fork.parent not in (0, *numbers) or fork.parent >= fork.number:
            raise ValueError(f"fork {fork.number} parts from none there is")


def ghost(forks: Forks, raw: dict[str, Any]) -> Fork:
    """A fork that is still to be replayed."""
    told = {key: check(raw.get(key)) for key, check in ABOUT.items()}
    changes = changes_of([a_section(each) for each in raw.get("changes", [])])
    if not changes or changes[0][0] != 1 or not isinstance(changes[0][1], Settings):
        raise ValueError("one does not begin with settings")
    live = forks.live
    run = live.run.under(Causes(changes))
    if not run.extend_to(1):
        raise ValueError(str(run.stop))
    fork = Fork(run=run, moment=live.moment, **told)
    fork.words, fork.digest = short_text(raw.get("at")), short_text(raw.get("digest"))
    parse_aim(fork.words)
    fork.owed = UPDATE(raw.get("updates"))
    return fork


def owing(forks: Forks) -> Iterator[Fork]:
    """Those of which more updates were known when they were saved than are now."""
    yield from (fork for fork in forks.all if fork.run.frontier < fork.owed and fork.run.stop is None)


def share_past(forks: Forks, fork: Fork) -> None:
    """Before it is replayed: what another one has in common with it need not be."""

    def common(other: Fork) -> int:
        parts = parting(fork.run.causes, other.run.causes)
        return min(other.run.frontier, parts - 1 if parts else other.run.frontier, fork.owed)

    nearest = max((other for other in forks.all if other is not fork), key=common, default=fork)
    if nearest is not fork and common(nearest) > fork.run.frontier:
        fork.run = nearest.run.parted(fork.run.causes, fork.owed)


def settle(fork: Fork) -> None:
    """Stand in it where one stood, once it is replayed: all of it was seen."""
    fork.seen = max(fork.seen, fork.run.frontier)
    if not fork.words or fork.run.frontier < fork.owed:
        return
    try:
        fork.moment = parse_aim(fork.words).arrive(fork.run, fork.moment)
    except IndexError:  # the run was another one: that is said by its digest
        return
