"""The scene: everything the views may look at, in one frozen bundle."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from bptui.data import Dataset
from bptui.diagnosis.number import Number
from bptui.engine.network import Network
from bptui.engine.types import Floats, Integers
from bptui.engine.weight import Weight
from bptui.explain.edited import was
from bptui.explain.quantity import Quantity, of_weight
from bptui.session.forks import Ghost, InFork
from bptui.session.moment import Moment, Phase, network_in_force
from bptui.session.player import Player
from bptui.session.session import Session
from bptui.training.ends import EpochEnd
from bptui.training.history import Curve, History
from bptui.training.record import GUEST, RowKey, UpdateRecord
from bptui.training.settings import Settings
from bptui.training.stops import Stop
from bptui.training.watching.watchable import Watchable
from bptui.views.text import window

if TYPE_CHECKING:
    from bptui.diagnosis.yours import Yours  # it brings the whole diagnosis, which the first paint does without
    from bptui.session.prediction import Prediction, Question

OWN = "own"
"""In the place of a row number: a sample that is no row of the data, as one drawn by hand."""
Axis = Literal["update", "epoch", "seen"]
AXES: tuple[Axis, ...] = ("update", "epoch", "seen")


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """``coming`` are the settings of update ``coming_from`` (the first one that a change can still reach).
    ``epoch_end`` is the end of the last epoch made; ``stop`` the update that the run could not make, here or ahead;
    ``changes`` are the updates with which something begins to be different, and what, in words;
    ``fork`` is the live one of several, ``ghost`` the one whose curve is drawn beside it;
    ``units`` are the units' own names, the input's first, or (); ``yours`` a person's own numbers of one update;
    ``watches`` the numbers that are watched, ``stopped_by`` the one that stopped one here, and
    ``hits`` the updates in which breakpoints came to be true.
    ``company`` says who follows whom, the longest wording first.
    While a ``question`` is open the record has none in place of the number asked for, and of what comes of it."""

    title: str
    data: Dataset
    record: UpdateRecord
    moment: Moment
    history: History
    frontier: int
    coming: Settings
    coming_from: int
    epoch_end: EpochEnd
    player: Player = field(default_factory=Player)
    axis: Axis = "update"
    log: bool = False
    accuracy: bool = False
    scroll: int = 0
    colour: bool = True
    sort: RowKey = "batch"
    stop: Stop | None = None
    changes: tuple[tuple[int, str], ...] = ()
    fork: InFork | None = None
    ghost: Ghost | None = None
    units: tuple[tuple[str, ...], ...] = ()
    yours: "Yours | None" = None
    watches: tuple[tuple[Watchable, Curve], ...] = ()
    stopped_by: Watchable | None = None
    hits: tuple[Sequence[int], ...] = ()
    question: "Question | None" = None
    company: tuple[str, ...] = ()

    def yours_of(self, q: Quantity) -> Number | None:
        """A person's number beside this one of the record, once this one is known."""
        return self.yours.of(self.record, q) if self.yours else None

    def was(self, q: Quantity) -> float | None:
        """What a number was before it was set by hand; None where it was not."""
        return was(self.record, q)

    def is_edited(self, sample: int) -> bool:
        """Has a sample of the batch numbers that were set by hand?"""
        row = int(self.record.indices[sample])
        return any(row == edited for edited, _, _ in self.record.originals)

    @property
    def samples(self) -> tuple[NDArray[Any], Floats, Integers | None]:
        """All samples of the data as this update meets them: inputs N × i as in the file, targets N × o, classes."""
        data, roster = self.data, self.record.roster
        if not roster.rewritten:
            return data.x, data.y, data.labels
        x, y = data.x.astype(np.float64), data.y.copy()
        for (row, part, place), value in roster.rewritten:
            (x if part == "x" else y)[row, place] = value
        return x, y, replace(data, x=x, y=y).labels

    def weight_was(self, weight: Weight) -> float | None:
        """The same of a weight or bias before the update."""
        return self.was(of_weight("weight", weight.layer, weight.source, weight.unit)) if self.record.edits else None

    @property
    def phase(self) -> Phase:
        return self.moment.phase

    @property
    def inputs(self) -> Floats:
        """The inputs of the batch as their file has them, n × i: before any scaling."""
        given, scaling = self.record.passed.a[0], self.data.scaling
        if scaling is None:
            return given
        guests = (self.record.indices == GUEST)[:, None]
        found = np.where(guests, scaling.undone(given), self.data.x[self.record.indices])
        for row in self.record.roster.rows("x"):
            for place, value in self.record.roster.of(row, "x").items():
                found[self.record.indices == row, place] = value
        return found

    def picture(self, sample: int) -> Floats:
        """A sample's input as a picture, rows × columns of 0 (black) … 1 (white)."""
        assert self.data.image is not None
        x = self.record.passed.a[0][sample]
        grey = x if self.data.scaling is None else self.data.scaling.undone(x)
        return (grey / self.data.white).reshape(self.data.image)

    @property
    def network(self) -> Network:
        """The weights in force at this moment."""
        return network_in_force(self.record, self.phase)

    @property
    def weight_name(self) -> str:
        """The selected weight in symbols."""
        return self.record.names.symbol(self.moment.weight)

    @property
    def frozen(self) -> bool:
        """Is the selected number a bias that never changes?"""
        return self.moment.weight.is_bias and self.record.before.architecture.bias == "frozen"

    @property
    def done(self) -> int:
        """Samples of the batch whose gradient has been added."""
        return self.record.n if self.phase.per_batch else self.moment.done

    @property
    def rows(self) -> Sequence[int]:
        """The batch's rows in the order shown: sorted only once every sample has been through."""
        if self.sort == "batch" or not self.phase.per_batch:
            return range(self.record.n)
        return [int(row) for row in self.record.rows_by(self.sort)]

    def rows_shown(self, height: int) -> list[int]:
        """Those of them that fit into ``height`` rows, the current one among them."""
        rows = self.rows
        return [rows[place] for place in self.places_shown(height)]

    def places_shown(self, height: int) -> range:
        """Their places in that order."""
        rows = self.rows
        at = rows.index(self.moment.sample) if self.moment.sample in rows else 0
        return window(len(rows), height, at, self.scroll)

    def row_of(self, sample: int) -> str:
        """The row of the data that a sample of the batch is, as short as in a table."""
        row = self.record.indices[sample]
        return OWN if row == GUEST else str(row)

    def row_words(self, sample: int) -> str:
        row = self.record.indices[sample]
        return "your own" if row == GUEST else f"row {row}"

    @property
    def applied(self) -> int:
        """Updates made up to this moment."""
        return self.moment.applied

    @property
    def made(self) -> int:
        """Updates of the whole known run that are made."""
        return self.moment.made(self.frontier)

    @property
    def passes(self) -> tuple[int, int]:
        """Forward and backward passes of single samples made up to this moment, since the start of the run; forward
        ones also those that only look whether a batch is learnt well enough, which follow its update."""
        record, m, layers = self.record, self.moment.sample, self.record.layers
        before = record.position.seen
        looked = (record.following if self.phase.kind == "update" else record.position).looked
        if self.phase.per_batch:  # whichever sample is looked at, all have been through
            return before + looked + record.n, before + record.n
        forward = m + self.reached(m, "forward", layers)
        backward = m + self.reached(m, "delta", 1)
        return before + looked + forward, before + backward

    def reached(self, sample: int, kind: Literal["forward", "loss", "delta", "gradient"], layer: int = 0) -> bool:
        here = self.moment  # how many layers there are matters to its own sample alone, and is asked a hundred times
        return here.reached(sample, kind, layer, self.record.layers if sample == here.sample else 0)

    def source_name(self, layer: int, source: int) -> str:
        """Name of an input of a layer (1 … L): its own, a feature, a unit's number, or the bias."""
        if source < 0:
            return "bias"
        if self.units:
            return self.units[layer - 1][source]
        if layer == 1 and self.data.features:
            return self.data.features[source]
        return f"x{source}" if layer == 1 else f"{source}"

    def unit_name(self, layer: int, unit: int) -> str:
        """Name of a unit: its own, its class at the output, else its number."""
        if self.units:
            return self.units[layer][unit]
        classes = self.data.classes
        if layer == self.record.layers:
            names = classes or self.data.outputs
            if len(names) == self.record.before.architecture.sizes[-1]:
                return names[unit]
        return str(unit)


def scene_of(session: Session, colour: bool) -> Scene:
    """The session as it stands, looked at plainly; what is asked is hidden."""
    asking, record = session.prediction, session.record
    question = question_of(asking, record) if asking else None
    if question and asking and asking.now:
        from bptui.session.veil import veiled  # noqa: PLC0415  only while numbers are asked

        record = veiled(record, asking.now)
    return Scene(
        title=session.scenario.title,
        data=session.run.problem.data,
        record=record,
        moment=session.moment,
        history=session.run.history,
        frontier=session.run.frontier,
        coming=session.next_settings,
        coming_from=session.next_update,
        epoch_end=session.run.epoch_end(session.moment.applied, wait=not session.player.playing),
        player=session.player,
        colour=colour,
        stop=session.run.stop if session.run.stop and session.run.stop.diverged else None,
        units=session.scenario.network.units,
        yours=None if asking and asking.now else session.yours,
        watches=session.stops.watched(session.run),
        stopped_by=session.stops.here(session.moment),
        hits=session.stops.hits(session.run),
        question=question,
        changes=session.forks.begun,
        fork=session.forks.told,
        ghost=session.forks.ghost,
    )


def question_of(asking: "Prediction", record: UpdateRecord) -> "Question":
    from bptui.session.prediction import Question  # noqa: PLC0415

    return Question(asking, record)
