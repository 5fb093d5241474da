"""Where one stands in a run: the moment, the moves from it, and what is selected."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from bptui.engine.backprop import Pass, forward
from bptui.engine.network import Network
from bptui.engine.types import Floats, quiet
from bptui.engine.weight import Weight
from bptui.session import moves
from bptui.session.aim import Aim
from bptui.session.forks import Forks
from bptui.session.goal import Goal
from bptui.session.moment import GRADIENT, INPUT, REDUCE, UPDATE, Moment, Phase, network_in_force
from bptui.session.moves import Move
from bptui.session.stops import Enough, Stops
from bptui.training import stepper
from bptui.training.ends import AT_ONCE
from bptui.training.problem import Problem
from bptui.training.record import UpdateRecord
from bptui.training.run import Run
from bptui.training.settings import Settings
from bptui.training.stepper import effort

if TYPE_CHECKING:
    from bptui.diagnosis.yours import Yours  # it brings the whole diagnosis, which the first paint does without
    from bptui.session.prediction import Prediction  # so does this without what is asked once a key wants it


class Standing:
    """One stands at ``moment`` of the live one of the ``forks``; ``yours`` are a person's own numbers of one update;
    with a ``prediction`` steps stop before the numbers that it asks for, which are hidden until they are told."""

    def __init__(self) -> None:
        self.forks: Forks
        self.yours: Yours | None = None
        self.stops = Stops()
        self.prediction: Prediction | None = None
        self._moment = Moment()
        self._weighed: tuple[object, bool] = None, False
        self._chosen: dict[int, tuple[int, int]] = {}  # unit and source last selected in each layer

    @property
    def run(self) -> Run:
        """That of the live fork."""
        return self.forks.live.run

    @run.setter
    def run(self, run: Run) -> None:
        self.forks.live.run = run

    @property
    def moment(self) -> Moment:
        """Where one stands in it."""
        return self._moment

    @moment.setter
    def moment(self, moment: Moment) -> None:
        here, self._moment = self._moment, moment
        if self.prediction:
            stays = here.time == moment.time
            self.prediction = self.prediction.at(self.record, moment) if stays else self.prediction.away()
        self.forks.live.seen = max(self.forks.live.seen, moment.applied)

    @property
    def record(self) -> UpdateRecord:
        return self.run.record(self.moment.update)

    @property
    def problem(self) -> Problem:
        """With its samples as the update one stands in meets them."""
        return self.run.problem_at(self.moment.update)

    @property
    def layers(self) -> int:
        return self.run.start.architecture.layers

    @property
    def costly(self) -> bool:
        """Does an update where one stands, or the next one, take longer than a key may wait, or the end of an epoch?"""
        asked = self.run, self.moment.update, self.next_update
        if self._weighed[0] != asked:
            self._weighed = asked, self._is_costly(*asked)
        return self._weighed[1]

    def _is_costly(self, run: Run, *updates: int) -> bool:
        problem = self.problem
        sizes = (run.settings_at(update).batch_size or problem.count for update in updates)
        evaluated = problem.samples // 3 if problem.samples <= AT_ONCE else 0  # forward alone; of more in parts
        most = max(*(min(size, problem.count) for size in sizes), evaluated)
        return effort(run.start.architecture, most) > stepper.COSTLY

    @property
    def full_batch(self) -> int:
        """Samples of a batch at this moment, where the data last for a whole one."""
        count = self.problem.count
        return min(self.record.settings.batch_size or count, count)

    @property
    def coming_size(self) -> int:
        """Samples of the batch of the next update, those of one's own among them."""
        if self.next_update == self.moment.update:
            return self.record.n
        update, count = self.next_update, self.next_count
        own = self.record.following.size(self.run.settings_at(update), count)
        return own + len(self.run.causes.guests_at(update))

    @property
    def next_update(self) -> int:
        """The first update that a change of settings can still reach: this one if nothing of it was done."""
        untouched = self.moment.phase == INPUT and self.moment.sample == 0
        return self.moment.update if untouched else self.moment.update + 1

    @property
    def next_settings(self) -> Settings:
        """The settings of that update."""
        return self.run.settings_at(self.next_update)

    @property
    def next_count(self) -> int:
        """The training samples that are in at that update."""
        return self.run.problem_at(self.next_update).count

    def why_not(self, move: Move) -> str | None:
        """Why this move cannot be made now, or None."""
        moment = self.moment
        if move[1] < 0:
            at_start = moment.update == 1 and moment.phase == INPUT and moment.sample == 0
            return "this is the start of the run" if at_start else None
        return str(self.run.stop) if self.at_stop else None

    def until_reached(self, move: Move) -> Goal:
        """How far the run must be known for this move."""
        return moves.until_reached(self.run, self.moment, self._to_question(move))

    def _to_question(self, move: Move) -> Move:
        """Where numbers are asked, an epoch is as far as its next batch."""
        return ("batch", 1) if self.prediction and move == ("epoch", 1) else move

    def predict(self, prediction: "Prediction | None") -> None:
        """From now on steps stop before numbers, or no longer."""
        self.prediction = prediction

    def _end_of(self, here: Moment, move: Move) -> Moment:
        """Where a move leads; before the first number on its way that is asked."""
        if self.prediction is None or move[1] < 0:
            return moves.make(self.run, here, move)
        from bptui.session.prediction import next_stop  # noqa: PLC0415  only while numbers are asked

        return next_stop(self.run, here, move, self.prediction.kinds)

    def move(self, move: Move) -> str:
        """Make a move, as far as the first breakpoint; says why it stopped there, or why the run had to stop, where it
        goes no further."""
        before, move = self.moment, self._to_question(move)
        self._go(self.until_reached(move), lambda: self._end_of(before, move))
        if self.prediction and move[1] > 0:
            self.prediction = self.prediction.of(self.record, self.moment)
        if self.stops.last:
            return self.stops.words(self.run)
        if self.run.stop and (self.moment == before or self.at_stop):
            return str(self.run.stop)
        return ""

    def _go(self, goal: Enough, end: Callable[[], Moment]) -> None:
        """To where ``end()`` leads, once the run is known so far; as far as the first breakpoint on the way."""
        stops, here = self.stops, self.moment
        stops.ready(self.run)
        self.run.extend(stops.until_hit(self.run, here, goal))
        self.moment = stops.end(self.run, here, goal, end)

    def return_to(self, moment: Moment) -> str:
        """Stand again where one stood in this run."""
        self.moment = moment
        return f"back at update {moment.update}, as before the question"

    def select(self, layer: int = 0, unit: int = 0, source: int = 0) -> None:
        """Move the selection by a number of layers, units and sources; back in a layer, to what was selected there."""
        here = self.moment
        self._chosen[here.layer] = here.unit, here.source
        there = moves.select(self.run, here, layer, unit, source)
        if there.layer != here.layer and there.layer in self._chosen:
            was_unit, was_source = self._chosen[there.layer]
            there = replace(there, unit=was_unit, source=was_source)
        self.moment = there

    def select_weight(self, weight: Weight) -> None:
        """Select this weight."""
        here = self.moment
        self._chosen[here.layer] = here.unit, here.source
        self.moment = replace(here, layer=weight.layer, unit=weight.unit, source=weight.source)

    def stand(self, at: Literal["gradient", "reduce"]) -> None:
        """Stand in this update where every sample has been through: the last gradient just added, or the batch
        reduced; nothing is applied."""
        record = self.record
        self.moment = replace(self.moment, phase=Phase(at), sample=record.n - 1)

    def lay_beside(self, yours: "Yours") -> None:
        """A person's numbers beside the record's from now on; stand where the first of them differs, or, where all are
        right, where the batch is reduced."""
        self.yours = yours
        here = moves.start_of(self.run, self.moment, yours.update)
        part, sample = yours.first.part, yours.sample
        phase = {
            "z": Phase("forward", part.layer),
            "a": Phase("forward", part.layer),
            "loss": Phase("loss") if sample is not None else REDUCE,
            "delta": Phase("delta", part.layer),
            "samples": GRADIENT,
            "after": UPDATE,
        }.get(part.kind, REDUCE)
        here = replace(here, phase=phase, sample=self.run.record(yours.update).n - 1 if sample is None else sample)
        if yours.weight is not None:
            weight = yours.weight
            here = replace(here, layer=weight.layer, unit=weight.unit, source=weight.source)
        self.moment = here

    def stand_in(self, phase: Phase) -> None:
        """Stand in another phase of the sample one looks at; in one of the batch all its samples are in."""
        sample = self.record.n - 1 if phase.per_batch else self.moment.sample
        self.moment = replace(self.moment, phase=phase, sample=sample)

    def select_unit(self, layer: int, unit: int) -> None:
        """Select a unit, of the input the weight from it into the unit of the first layer."""
        here = self.moment
        self.select(layer=max(layer, 1) - here.layer)
        if layer == 0:
            self.select(source=unit - self.moment.source)
        else:
            self.select(unit=unit - self.moment.unit)

    def select_telling(self) -> None:
        """Select the weight, into the unit in hand of the first layer, from the input that differs most among the
        samples of the batch (the largest one where they are all alike)."""
        x, here = self.record.passed.a[0], self.moment
        spread = x.max(axis=0) - x.min(axis=0)
        source = int((spread if spread.any() else abs(x).max(axis=0)).argmax())
        unit = here.unit if here.layer == 1 else max(here.source, 0)
        self.moment = replace(here, layer=1, unit=min(unit, self.run.start.architecture.sizes[1] - 1), source=source)

    def halt(self) -> None:
        """Stand at the last update known: where a long move was broken off."""
        self.moment = moves.end_of(self.run, self.moment, self.run.frontier)

    def _in_fork(self) -> str:
        return f" of fork {self.forks.live.number}" if len(self.forks.all) > 1 else ""

    def go_to_fork(self, number: int, at: Moment | None = None) -> str:
        """Another fork is live, from the moment at which it was left, or the one given. Raises KeyError."""
        self.forks.go(number, self.moment)
        self.moment = at or self.forks.live.moment
        return f"fork {number}: {self.forks.name(self.forks.live)}"

    def stand_at_guest(self) -> None:
        """From the start of an update to where its last guest comes in: what was put in is what one looks at."""
        record, here = self.record, self.moment
        if record.guests and here.phase == INPUT and here.sample == 0:
            self.moment = replace(here, sample=record.n - 1)

    def network_now(self) -> Network:
        """The network at this moment: after the update once that is made, before it until then."""
        return network_in_force(self.record, self.moment.phase)

    def answer(self, network: Network, x: Floats) -> Floats:
        """What a network makes of a sample of one's own: its outputs (o,) for inputs (i,)."""
        passed = Pass.forward_only(network.architecture, x[None, :])
        with quiet():
            forward(network, passed)
        return passed.a[-1][0]

    def arrive_at(self, aim: Aim) -> str:
        """Stand where one wanted to go, once what it needs is known (or as near as the run can come), or at the first
        breakpoint on the way; says where that is. Raises IndexError, and stands as before, where there is no such
        batch, sample, layer or weight."""
        here = self.moment
        self._go(aim.goal(self.run, here), lambda: aim.arrive(self.run, here))
        if self.stops.last:
            return self.stops.words(self.run)
        position = self.record.position
        return f"update {self.moment.update}: epoch {position.epoch}, batch {position.batch}"

    def choose_row(self, rows: Sequence[int], by: int) -> None:
        """Look at another sample of the batch: the one ``by`` places further in ``rows``, as they are shown."""
        self.moment = moves.to_row(self.moment, rows, by)

    @property
    def at_stop(self) -> bool:
        """Does the moment stand where the run had to stop?"""
        at_end = self.moment.update == self.run.frontier and self.moment.phase == UPDATE
        return self.run.stop is not None and at_end
