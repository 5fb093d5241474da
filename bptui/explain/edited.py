"""What was changed by hand: which numbers of a record, and what they were before that."""

from bptui.data.digits import shortest
from bptui.explain.quantity import Quantity
from bptui.training.record import UpdateRecord
from bptui.training.roster import Part


def was(record: UpdateRecord, q: Quantity) -> float | None:
    """The number that stood where one was set by hand: what the update before left of a weight, what the data have of
    an input or a target (as a network gets it). None where nothing was set."""
    if q.kind == "weight":
        edited = any(edit.weight == q.weight for edit in record.edits)
        return record.left[q.weight] if edited else None
    if q.kind in ("input", "target"):
        part: Part = "x" if q.kind == "input" else "y"
        return record.originals.get((int(record.indices[q.sample]), part, q.unit))
    return None


def cause(record: UpdateRecord, q: Quantity) -> str:
    """The edit as the reason why a number is what it is; "" where there is none."""
    before = was(record, q)
    if before is None:
        return ""
    if q.kind != "weight":
        return f"set by hand: row {record.indices[q.sample]} of the data has {shortest(before, 9)}"
    if record.number == 1:
        return f"set by hand before this update: the start weight was {shortest(before, 9)}"
    return f"set by hand before this update: update {record.number - 1} left {shortest(before, 9)}"
