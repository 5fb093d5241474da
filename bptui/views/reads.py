"""Which part of a scene a panel reads: where that is as it was, the panel's rows are not made again.

A part is all of the scene but the fields that the panel never looks at: a field that is new belongs to every part. What
is left out of a part can come in again as what the panel makes of it. A curve grows in place, so where it ends stands
beside it.
"""

from collections.abc import Callable, Hashable
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from bptui.views.scene import Scene


def nothing(scene: "Scene") -> Hashable:
    return None


class AllBut(NamedTuple):
    """A value that two scenes have alike only where all that the panel shows of them is alike."""

    left_out: frozenset[str]
    made: Callable[["Scene"], Hashable] = nothing

    def __call__(self, scene: "Scene") -> Hashable:
        kind: Any = type(scene)
        return getter(kind, self.left_out)(scene), self.made(scene)


@cache
def getter(kind: type[Any], left_out: frozenset[str]) -> Callable[[Any], Hashable]:
    from dataclasses import fields  # noqa: PLC0415  not before there is a scene

    return attrgetter(*(each.name for each in fields(kind) if each.name not in left_out))


def losses(scene: "Scene") -> Hashable:
    """Whether this batch has its losses yet, the loss at the start, and where one stands along a fork beside."""
    epochs = scene.history.epochs
    known = scene.phase.per_batch or scene.reached(scene.record.n - 1, "loss")
    start = epochs.width == 1 and tuple(epochs.last("train_loss")[:1])
    return known, start, scene.ghost and scene.applied


def ends(scene: "Scene") -> Hashable:
    """Where the curves of the watches end."""
    return tuple(curve.last_update for _, curve in scene.watches)


SETTINGS = frozenset({"title", "coming", "coming_from", "player"})
OF_THE_RUN = frozenset(
    {"history", "frontier", "epoch_end", "stop", "changes", "fork", "ghost", "watches", "stopped_by", "hits"}
)
OF_THE_CURVES = frozenset({"axis", "log", "accuracy"})

of_the_record = AllBut(SETTINGS | OF_THE_RUN | OF_THE_CURVES)
"""What happens in this update, wherever the run has come to besides."""
of_the_losses = AllBut(
    SETTINGS | {"moment", "history", "frontier", "changes", "fork", "scroll", "sort", "units", "yours"}, losses
)
"""The numbers of the losses; the chart is drawn by itself."""
of_the_watches = AllBut(
    SETTINGS | OF_THE_CURVES | {"history", "changes", "fork", "ghost", "stop", "scroll", "sort", "yours"}, ends
)
"""The numbers that are watched, now and over the updates known."""
