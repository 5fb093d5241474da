"""Moves between moments: functions Moment → Moment over a run.

A moment says what has just been done. Each unit of time has its stops: a phase stops everywhere, a sample
where its gradient is added (and the batch where it is updated), a batch and an epoch where the update is made.
Forward goes to the next stop, back to the stop before; the start of the run is a stop of all of them.
A move is made in two halves, so that a long one can be cut into slices: what must be known first
(:func:`until_reached`), and where one then stands (:func:`end_of_move`).
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from bptui.session.goal import Goal, until_epoch_ends
from bptui.session.moment import GRADIENT, INPUT, UPDATE, Moment, is_before, neighbour
from bptui.training.run import Run

Scale = Literal["phase", "sample", "batch", "epoch"]
Move = tuple[Scale, Literal[1, -1]]
SCALES: tuple[Scale, ...] = ("phase", "sample", "batch", "epoch")
MOVES: tuple[Move, ...] = tuple((scale, way) for scale in SCALES for way in (1, -1))


def until_reached(run: Run, moment: Moment, move: Move) -> Goal:
    """How far the run must be known for this move."""
    scale, way = move
    if way < 0:
        return Goal(moment.update)
    record = run.record(moment.update)
    finished = moment.phase == UPDATE
    if scale == "epoch":
        return until_epoch_ends(record.position.epoch + (finished and record.ends_epoch))
    return Goal(moment.update + finished)


def end_of_move(run: Run, moment: Moment, move: Move) -> Moment:
    """Where the move ends. At the start, or where the run had to stop, the moment stays or goes as far as it can."""
    scale, way = move
    return (FORWARD if way > 0 else BACK)[scale](run, moment)


def make(run: Run, moment: Moment, move: Move) -> Moment:
    """The whole move at once."""
    run.extend(until_reached(run, moment, move))
    return end_of_move(run, moment, move)


def end_of(run: Run, moment: Moment, update: int) -> Moment:
    """The moment at which an update has just been made; the start of the run for update 0."""
    if update < 1:
        return replace(moment, update=1, phase=INPUT, sample=0)
    record = run.record(update)
    return replace(moment, update=update, phase=UPDATE, sample=record.n - 1)


def start_of(run: Run, moment: Moment, update: int) -> Moment:
    """The first phase of an update; the moment itself where the run had to stop before it."""
    if not run.extend_to(update):
        return moment
    return replace(moment, update=update, phase=INPUT, sample=0)


def next_phase(run: Run, moment: Moment) -> Moment:
    record = run.record(moment.update)
    if moment.phase == UPDATE:
        return start_of(run, moment, moment.update + 1)
    if moment.phase == GRADIENT and moment.sample < record.n - 1:
        return replace(moment, phase=INPUT, sample=moment.sample + 1)
    return replace(moment, phase=neighbour(moment.phase, 1, record.layers))


def phase_before(run: Run, moment: Moment) -> Moment:
    record = run.record(moment.update)
    if moment.phase == INPUT:
        if moment.sample == 0:
            return end_of(run, moment, moment.update - 1)
        return replace(moment, phase=GRADIENT, sample=moment.sample - 1)
    before = replace(moment, phase=neighbour(moment.phase, -1, record.layers))
    # once per batch: all samples are done
    return replace(before, sample=record.n - 1) if moment.phase.per_batch else before


def next_sample(run: Run, moment: Moment) -> Moment:
    record = run.record(moment.update)
    if moment.phase == UPDATE:
        started = start_of(run, moment, moment.update + 1)
        return started if started == moment else replace(started, phase=GRADIENT)
    if is_before(moment.phase, GRADIENT, record.layers):
        return replace(moment, phase=GRADIENT)
    if moment.phase == GRADIENT and moment.sample < record.n - 1:
        return replace(moment, sample=moment.sample + 1)
    return end_of(run, moment, moment.update)


def sample_before(run: Run, moment: Moment) -> Moment:
    record = run.record(moment.update)
    if moment.phase.per_batch:
        return replace(moment, phase=GRADIENT, sample=record.n - 1)
    if moment.sample > 0:
        return replace(moment, phase=GRADIENT, sample=moment.sample - 1)
    return end_of(run, moment, moment.update - 1)


def next_batch(run: Run, moment: Moment) -> Moment:
    update = moment.update + (moment.phase == UPDATE)
    return end_of(run, moment, update) if run.extend_to(update) else moment


def batch_before(run: Run, moment: Moment) -> Moment:
    return end_of(run, moment, moment.update - 1)


def next_epoch(run: Run, moment: Moment) -> Moment:
    record = run.record(moment.update)
    epoch = record.position.epoch + (moment.phase == UPDATE and record.ends_epoch)
    if run.next_position.epoch <= epoch:  # the run had to stop
        return end_of(run, moment, run.frontier)
    return end_of(run, moment, run.first_update_of(epoch + 1) - 1)


def epoch_before(run: Run, moment: Moment) -> Moment:
    epoch = run.record(moment.update).position.epoch
    return end_of(run, moment, run.first_update_of(epoch) - 1)


FORWARD = {"phase": next_phase, "sample": next_sample, "batch": next_batch, "epoch": next_epoch}
BACK = {"phase": phase_before, "sample": sample_before, "batch": batch_before, "epoch": epoch_before}


def to_row(moment: Moment, rows: Sequence[int], by: int) -> Moment:
    """Move along the rows of the batch as they are shown, in the same phase: at the batch's end this chooses which
    sample is looked at. Before it the samples are moments of time, and this would move in time."""
    if not rows:
        return moment
    at = rows.index(moment.sample) + by if moment.sample in rows else 0
    return replace(moment, sample=rows[min(max(at, 0), len(rows) - 1)])


def to_goal(run: Run, moment: Moment, goal: Goal) -> Moment:
    """The end of the update, or of the first update of the batch; as near as the run can come."""
    run.extend(goal)
    update = goal.update or update_of_batch(run, goal.epoch, goal.batch)
    return to_update(run, moment, update)


def update_of_batch(run: Run, epoch: int, batch: int) -> int:
    """The first update of a batch, or the last update known that comes before it or still is in its epoch."""

    def place(update: int) -> tuple[int, int]:
        position = run.record(update).position
        return position.epoch, position.batch

    updates = range(run.first_update_of(epoch), run.frontier + 1)  # thousands, where batches are small or repeated
    found = bisect_left(updates, (epoch, batch), key=place)
    if found == len(updates):
        return run.frontier
    update = updates[found]
    return update if place(update)[0] == epoch else update - 1


def begins_batch(run: Run, update: int) -> bool:
    """Is it the first update of its batch? Only with other settings the repeats may count anew in the midst of one."""
    place = run.record(update).position
    if place.repeat > 1 or update == 1:
        return update == 1
    if run.settings_at(update).repeats == run.settings_at(update - 1).repeats:
        return True
    return update_of_batch(run, place.epoch, place.batch) == update


def to_update(run: Run, moment: Moment, update: int) -> Moment:
    """The end of an update; as near as the run can come."""
    run.extend_to(update)
    return end_of(run, moment, min(update, run.frontier))


def select(run: Run, moment: Moment, layer: int = 0, unit: int = 0, source: int = 0) -> Moment:
    """Move the selection by layers, units and sources, wrapping round units and sources."""
    architecture = run.start.architecture
    to_layer = min(max(moment.layer + layer, 1), architecture.layers)
    units, sources = architecture.sizes[to_layer], architecture.sizes[to_layer - 1]
    first = 0 if architecture.bias == "none" else -1
    to_source = min(moment.source, sources - 1) + source
    if not first <= to_source < sources:
        to_source = first if source > 0 else sources - 1
    to_unit = min(moment.unit, units - 1) if layer else moment.unit
    if to_layer != moment.layer and to_source >= 0:
        of_unit = abs(run.record(moment.update).summed.weights[to_layer - 1][:, to_unit])
        if of_unit[to_source] == 0:  # a weight that says nothing, as of a pixel that is black everywhere
            to_source = int(of_unit.argmax())
    return replace(moment, layer=to_layer, unit=(to_unit + unit) % units, source=to_source)
