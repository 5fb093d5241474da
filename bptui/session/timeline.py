"""The time line: the whole run made with what stands out in it, and the way along it from one tick to the next."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np

from bptui.session.aim import Aim
from bptui.session.moment import INPUT, UPDATE, Moment
from bptui.session.session import Session
from bptui.training.history import Curve

MOST_EPOCHS = 20  # that are ticks
FEW = 32  # updates that are placed sooner one by one than as an array


def epoch_ticks(epochs: Curve, made: int) -> list[int]:
    """Updates that end an epoch: of every one, or where these are many, of every 2nd, 5th, 10th …"""
    at, number = epochs.axis("update"), epochs.axis("epoch")
    known = (at > 0) & (at <= made)
    at, number = at[known], number[known]
    every = 1
    for step in (step * 10**power for power in range(8) for step in (1, 2, 5)):
        every = step
        if (number % every == 0).sum() <= MOST_EPOCHS:
            break
    return [int(update) for update in at[number % every == 0]]


def ticks(session: Session) -> list[int]:
    """Updates to stand behind, ascending: the start and the end of what is known (where one steps through that, the
    way on completes it), ends of epochs, changes, hits."""
    run, stops = session.run, session.stops
    changed = [update - 1 for update, _ in session.forks.begun]
    hit: set[int] = set()
    for updates in stops.hits(run):
        hit.update(nearest(updates, session.moment))
    found = {0, run.frontier, *epoch_ticks(run.history.epochs, run.frontier), *changed, *hit}
    return sorted(update for update in found if 0 <= update <= run.frontier)


def nearest(updates: Sequence[int], moment: Moment) -> Sequence[int]:
    """The few next to a moment: of many no others are asked for."""
    at = bisect_left(updates, moment.update)
    return updates[max(at - 2, 0) : at + 3]


def along(session: Session, way: int) -> Aim | None:
    """Where the next tick leads, or the one before; None where one stands at the last one."""
    moment, found = session.moment, ticks(session)
    made = moment.applied
    if way > 0:
        place = bisect_right(found, made)
    else:
        between = moment.phase != UPDATE and (moment.update, moment.phase, moment.sample) != (1, INPUT, 0)
        place = (bisect_right if between else bisect_left)(found, made) - 1
    if not 0 <= place < len(found):
        return None
    return Aim(update=found[place]) if found[place] else Aim(edge="start")


def columns_of(updates: Sequence[int], made: int, width: int) -> list[int]:
    """Where updates stand on a line of so many columns from the start to the last one made."""
    if len(updates) <= FEW:
        return sorted({min(max(round(update * (width - 1) / max(made, 1)), 0), width - 1) for update in updates})
    places = np.asarray(updates, dtype=np.float64) * (width - 1) / max(made, 1)
    return np.unique(np.clip(np.rint(places), 0, width - 1).astype(np.int64)).tolist()


def update_at(column: int, made: int, width: int) -> int:
    """Which update stands in a column of it."""
    return min(max(round(column * made / max(width - 1, 1)), 0), made)
