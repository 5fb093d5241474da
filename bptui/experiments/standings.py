"""How a race stands: who leads, what took how long, and which stretch of its curves can be compared."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isnan
from typing import Literal

from bptui.experiments.lane import Unit
from bptui.experiments.race import Race

Measure = Literal["train_loss", "test_loss", "batch_loss"]
COVERED = 0.9  # a stretch nearly as long as the longest lane is all there is
CEILING = {False: 2.0, True: 10.0}
"""Curves are drawn up to n times the loss at the start (linear, logarithmic): else one lane that runs away would
flatten all the others."""


@dataclass(frozen=True, slots=True)
class Standings:
    """``stopped`` are the lanes (from 0) that diverged, in their order; ``leaders`` those whose train loss is the
    lowest, ``lowest``, at the progress ``at`` to which all have been measured: the ``latest`` points where none is
    ahead; ``quickest`` and ``slowest`` by the time their training took."""

    at: float
    latest: bool
    stopped: tuple[int, ...]
    leaders: tuple[int, ...]
    lowest: float
    quickest: int
    slowest: int


def standings(race: Race, spelled: Callable[[float], str] = repr) -> Standings:
    """Of the lanes after equal work. Losses that are spelled alike are alike: no lane leads by a digit that nobody
    sees."""
    lanes = race.lanes
    ends = [float(getattr(lane.points[-1], race.unit)) for lane in lanes if lane.note is None]
    at = inf if race.finished else min(ends, default=0.0)
    compared = [[point for point in lane.points if getattr(point, race.unit) <= at][-1] for lane in lanes]
    losses = [point.train_loss for point in compared]
    lowest = min((inf if isnan(loss) else loss for loss in losses), default=inf)
    places = range(len(lanes))
    return Standings(
        at=at,
        latest=all(point is lane.points[-1] for point, lane in zip(compared, lanes, strict=True)),
        stopped=tuple(place for place in places if lanes[place].note),
        leaders=tuple(place for place in places if spelled(losses[place]) == spelled(lowest)),
        lowest=lowest,
        quickest=min(places, key=lambda place: lanes[place].seconds),
        slowest=max(places, key=lambda place: lanes[place].seconds),
    )


def covered(race: Race, axis: Unit) -> float | None:
    """How far along the axis every lane has come that still can; None where that is (nearly) all there is."""
    lanes = [lane for lane in race.lanes if lane.note is None]
    if not lanes or axis == race.unit:
        return None
    ends = [float(getattr(lane.points[-1], axis)) for lane in lanes]
    return min(ends) if 0 < min(ends) < COVERED * max(ends) else None


def ceiling(race: Race, log: bool) -> float:
    """Up to which loss curves are drawn."""
    return CEILING[log] * race.lanes[0].points[0].train_loss


def exceeds(race: Race, measure: Measure, limit: float) -> bool:
    """Does any curve run above it?"""
    return any(getattr(point, measure) > limit for lane in race.lanes for point in lane.points)
