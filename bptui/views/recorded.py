"""What is said of a run that was read: who made it, and how well the engine's numbers agree with theirs."""

from typing import TYPE_CHECKING

from bptui.data.digits import grouped, shortest
from bptui.training.recording import FAR
from bptui.views.numbers import share

if TYPE_CHECKING:
    from bptui.training.record import UpdateRecord
    from bptui.training.recording import Recording


def agreement(record: "UpdateRecord") -> str:
    """Of the update one stands in: the engine's gradient beside PyTorch's."""
    assert record.told is not None
    off = record.told.gradient_off
    if off > FAR and record.told.at_corner:
        return "PyTorch's g differs: a z of 0 but for rounding"
    return f"PyTorch's g {'differs' if off > FAR else 'agrees'} to {size(off)}"


def opening_words(recording: "Recording") -> str:
    """When a recording is opened: how far its gradients are from the engine's, and what it is of; what may be cut in a
    narrow line comes last."""
    found, made = recording.agreement, recording.updates
    if found.worst > FAR:
        off = f"its gradient of update {found.update} is {size(found.worst)} off the engine's: not as recorded?"
        return f"read: {off} {recording.by}"
    one = f"the gradient of {'its' if made == 1 else 'the first'} update agrees"
    many = f"gradients of {'all' if found.of >= made else 'the first'} {grouped(found.of)} updates agree"
    but = f", but {found.corners} with a z of 0" if found.corners else ""
    return f"read: {one if found.of == 1 else many} to {size(found.worst)}{but}; {recording.by}"


def size(off: float) -> str:
    """Of the largest number of a gradient: 3e−8, or a percentage where it is large."""
    return share(off) if off > FAR else shortest(off, 1)
