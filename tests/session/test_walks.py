"""Any walk through a run, settings changed and guests put in on the way: it stays in bounds, every record is the true
one."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bptui.session import MOVES, Moment, Move, Phase, make, phases
from bptui.session.moves import Scale, select, to_row, to_update
from bptui.training import Run, Settings
from bptui.training.causes import Guest
from tests.training.builders import ANY_SETTINGS, begin, fingerprint, planned

COUNT = 5
ENOUGH = 60
"""Updates after which a walk is led back, to keep the test quick."""
STEPS = st.integers(-4, 4)
GUESTS = st.builds(Guest, x=st.tuples(st.floats(-1, 1), st.floats(-1, 1)), y=st.tuples(st.floats(-1, 1)))


class Walk(RuleBasedStateMachine):
    run: Run
    moment: Moment

    @initialize(first=ANY_SETTINGS)
    def start(self, first: Settings) -> None:
        self.run, self.moment = begin(first, COUNT), Moment()

    @precondition(lambda self: self.moment.update < ENOUGH)
    @rule(move=st.sampled_from(MOVES))
    def move(self, move: Move) -> None:
        self.moment = make(self.run, self.moment, move)

    @rule(move=st.sampled_from([move for move in MOVES if move[1] < 0]))
    def move_back(self, move: Move) -> None:
        self.moment = make(self.run, self.moment, move)

    @rule(update=st.integers(-1, ENOUGH))
    def jump(self, update: int) -> None:
        self.moment = to_update(self.run, self.moment, update)

    @rule(rows=STEPS)
    def look_at_another_row(self, rows: int) -> None:
        self.moment = to_row(self.moment, list(range(self.run.record(self.moment.update).n)), rows)

    @rule(layer=STEPS, unit=STEPS, source=st.integers(-1, 1))
    def select(self, layer: int, unit: int, source: int) -> None:
        self.moment = select(self.run, self.moment, layer, unit, source)

    @rule(second=ANY_SETTINGS | GUESTS, back=st.integers(0, 12))
    def change(self, second: Settings | Guest, back: int) -> None:
        """From the update after the moment's, or some updates earlier: the future is another one then."""
        update = max(min(self.moment.update, self.run.frontier) + 1 - back, 1)
        self.run = self.run.fork(update, second)
        if self.moment.update >= update:
            self.moment = to_update(self.run, self.moment, update - 1)

    def canonical(self) -> Moment:
        """In the phases that happen once per batch a moment's own sample is the last one."""
        record = self.run.record(self.moment.update)
        once = self.moment.phase.per_batch
        return to_row(self.moment, list(range(record.n)), record.n) if once else self.moment

    @precondition(lambda self: self.moment.update < ENOUGH)
    @rule()
    def a_phase_there_and_back_is_no_move(self) -> None:
        moment = self.canonical()
        assert make(self.run, make(self.run, moment, ("phase", 1)), ("phase", -1)) == moment

    @rule()
    def a_phase_back_and_there_is_no_move_but_at_the_start(self) -> None:
        moment = self.canonical()
        if (moment.update, moment.sample, moment.phase) != (1, 0, Phase("input")):
            assert make(self.run, make(self.run, moment, ("phase", -1)), ("phase", 1)) == moment

    @precondition(lambda self: self.moment.update < ENOUGH)
    @rule(scale=st.sampled_from(["sample", "batch", "epoch"]))
    def from_a_stop_a_move_there_and_back_is_no_move(self, scale: Scale) -> None:
        stop = make(self.run, self.moment, (scale, -1))
        assert make(self.run, make(self.run, stop, (scale, 1)), (scale, -1)) == stop

    @rule()
    def the_record_is_that_of_a_fresh_run(self) -> None:
        fresh = planned(self.run)
        fresh.extend_to(self.run.frontier)
        assert self.shown(self.run) == self.shown(fresh)

    def shown(self, run: Run) -> dict[str, Any]:
        return fingerprint(run.record(self.moment.update))

    @invariant()
    def the_moment_is_within_bounds(self) -> None:
        moment, architecture = self.moment, self.run.start.architecture
        record = self.run.record(moment.update)
        assert 1 <= moment.update <= self.run.frontier
        assert moment.phase in phases(architecture.layers)
        assert 0 <= moment.sample < record.n
        assert 1 <= moment.layer <= architecture.layers
        assert 0 <= moment.unit < architecture.sizes[moment.layer]
        assert -1 <= moment.source < architecture.sizes[moment.layer - 1]

    @invariant()
    def an_epoch_ends_where_the_next_update_belongs_to_another_one(self) -> None:
        record = self.run.record(self.moment.update)
        if record.number == self.run.frontier:
            assert record.following == self.run.next_position
        else:
            assert record.following == self.run.record(record.number + 1).position


TestWalk = Walk.TestCase
TestWalk.settings = settings(deadline=None, max_examples=80, stateful_step_count=40)
