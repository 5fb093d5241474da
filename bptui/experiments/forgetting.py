"""What becomes of samples that are trained on one after the other until each is right: which of them are forgotten."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from bptui.engine.evaluate import sample_losses
from bptui.engine.losses import LOSSES
from bptui.engine.network import Network
from bptui.experiments.lane import Lane


@dataclass(frozen=True, slots=True)
class Forgetting:
    """``visits`` times a sample was met and left, in ``passes`` backward passes. Of the ``count`` training samples
    ``first`` have a loss below the threshold after the first epoch, in which each was met once and left (None where
    that has not ended), and ``right`` have now."""

    visits: int
    passes: int
    count: int
    first: int | None
    right: int


_found: "WeakKeyDictionary[Lane, tuple[int, Forgetting]]" = WeakKeyDictionary()  # it is asked for at every paint


def forgetting(lane: Lane) -> Forgetting:
    """Of a lane whose batches are single samples, where it stands."""
    update, found = _found.get(lane, (-1, None))
    if found is None or update != lane.run.frontier:
        found = measured(lane, found.first if found else None)
        _found[lane] = lane.run.frontier, found
    return found


def measured(lane: Lane, first: int | None = None) -> Forgetting:
    """The same, measured now; ``first`` is known once the first epoch has ended."""
    run, count = lane.run, lane.run.problem.count
    position = run.next_position
    if first is None and position.epoch > 1:
        first = right_in(lane, run.record(run.first_update_of(2) - 1).after)
    return Forgetting(
        visits=(position.epoch - 1) * count + position.batch - 1,
        passes=position.seen,
        count=count,
        first=first,
        right=right_in(lane, lane.network),
    )


def right_in(lane: Lane, network: Network) -> int:
    """How many training samples a network answers with a loss below the threshold."""
    problem, loss = lane.run.problem, lane.settings.rules.loss
    losses = sample_losses(network, loss, problem.train_x, problem.train_y)
    return int((losses < LOSSES[loss].right_below).sum())
