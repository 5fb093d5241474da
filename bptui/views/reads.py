"""Which part of a scene a panel reads: where that is as it was, the panel's rows are not made again.

Each is a value that two scenes have alike only where all that the panel shows of them is alike. A curve grows in place,
so how far it goes stands beside it.
"""

from collections.abc import Hashable
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bptui.views.scene import Scene


of_the_record = attrgetter("record", "data", "moment", "sort", "scroll", "units", "yours", "colour", "question")
"""What happens in this update, wherever the run has come to besides."""


def of_the_losses(scene: "Scene") -> Hashable:
    """The losses, and whether this batch has its own yet; the chart is drawn by itself."""
    epochs, phase = scene.history.epochs, scene.phase
    known = phase.per_batch or scene.reached(scene.record.n - 1, "loss")
    start = epochs.width == 1 and tuple(epochs.last("train_loss")[:1])
    shown = scene.axis, scene.log, scene.accuracy, scene.colour
    beside = scene.ghost and (scene.ghost, scene.applied)
    return scene.record, known, scene.epoch_end, scene.stop, start, beside, *shown


def of_the_watches(scene: "Scene") -> Hashable:
    """The numbers that are watched, now and over the updates known."""
    ends = tuple(curve.last_update for _, curve in scene.watches)
    return (
        scene.record,
        scene.data,
        scene.moment,
        scene.epoch_end,
        scene.frontier,
        scene.watches,
        ends,
        scene.stopped_by,
    )
