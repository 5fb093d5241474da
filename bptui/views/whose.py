"""Whose a sample is, where several machines share a batch."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bptui.engine.parts import rank_slices

if TYPE_CHECKING:
    from bptui.training.record import UpdateRecord
    from bptui.views.scene import Scene


def ranks_of(record: "UpdateRecord") -> int:
    """How many machines share the batch; 0 where one computes it alone."""
    return len(record.settings.rules.ranks)


def owner(record: "UpdateRecord", sample: int) -> tuple[int, slice]:
    """The rank that has a sample (from 0) of the batch, and all rows that it has."""
    rows = rank_slices(record.n, record.settings.rules.ranks)
    return next((rank, part) for rank, part in enumerate(rows) if part.start <= sample < part.stop)


def tag(record: "UpdateRecord", sample: int) -> str:
    """``r0 `` before a sample's number in a list: its rank; nothing on one machine."""
    if not ranks_of(record):
        return ""
    return of_rank(record, owner(record, sample)[0])


def of_rank(record: "UpdateRecord", rank: int) -> str:
    """``r0 ``, as wide as the last rank's."""
    return "r" + str(rank).ljust(len(str(ranks_of(record) - 1))) + " "


def whose(scene: "Scene") -> Iterator[str]:
    """Whose the current sample is, or how the batch was shared: the longest wording first; "" on one machine."""
    record = scene.record
    if ranks_of(record) and scene.phase.per_batch:
        rows = rank_slices(record.n, record.settings.rules.ranks)
        sizes = " + ".join(str(part.stop - part.start) for part in rows)
        yield from (f"  {ranks_of(record)} ranks: {sizes} samples", f"  {ranks_of(record)} ranks")
    elif ranks_of(record):
        rank, rows_of_it = owner(record, scene.moment.sample)
        first, last = rows_of_it.start + 1, rows_of_it.stop
        has = f"sample {first}" if first == last else f"samples {first}–{last}"
        yield from (f"  rank {rank} of {ranks_of(record)} has {has}", f"  rank {rank}")
    yield ""
