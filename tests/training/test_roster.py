"""Samples edited on the way: a run with them is the run planned so, and meets what plain loops over the order meet."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.data import Dataset, Split
from bptui.data.inputs import Inputs, Scaling
from bptui.engine import UpdateRules
from bptui.training import Run, Settings
from bptui.training.causes import Causes, Change, Guest, parting
from bptui.training.problem import Problem
from bptui.training.roster import LeaveOut, PutIn, Rewrite, Roster
from bptui.training.schedule import epoch_order
from tests.training.builders import (
    ANY_SETTINGS,
    assert_as_planned,
    begin,
    fingerprints,
    regression,
    updates_of_epoch,
    visits,
    with_changes,
    with_rate,
)

FOUR = Settings(UpdateRules(learning_rate=0.05), batch_size=4)
ROWS = st.integers(0, 7)  # of 10: two always stay in
EDITS = st.one_of(
    st.builds(LeaveOut, ROWS),
    st.builds(PutIn, ROWS),
    st.builds(Rewrite, ROWS, st.just("x"), st.tuples(st.tuples(st.integers(0, 1), st.floats(-1, 1)))),
    st.builds(Rewrite, ROWS, st.just("y"), st.tuples(st.tuples(st.just(0), st.floats(-1, 1)))),
)


@given(
    first=ANY_SETTINGS,
    changes=st.lists(st.tuples(st.integers(1, 30), EDITS | ANY_SETTINGS), min_size=1, max_size=6),
)
@settings(deadline=None, max_examples=60)
def test_a_run_with_edited_samples_on_the_way_is_the_run_planned_so_from_the_start(
    first: Settings, changes: list[tuple[int, Change]]
) -> None:
    assert_as_planned(first, changes)


@given(first=ANY_SETTINGS, edits=st.lists(st.tuples(st.integers(1, 25), EDITS), min_size=1, max_size=5))
@settings(deadline=None, max_examples=40)
def test_every_record_has_the_numbers_of_its_rows_as_they_are_edited_then(
    first: Settings, edits: list[tuple[int, Any]]
) -> None:
    edits.sort(key=lambda each: each[0])
    run, data = with_changes(first, *edits), regression(10)
    for update in range(1, 32):
        x, y, out = data.x.copy(), data.y.copy(), set[int]()
        for at, edit in edits:
            if at <= update and isinstance(edit, Rewrite):
                for place, value in edit.values:
                    (x if edit.part == "x" else y)[edit.row, place] = value
            elif at <= update:
                out = out | {edit.row} if isinstance(edit, LeaveOut) else out - {edit.row}
        record = run.record(update)
        assert not out & set(record.indices.tolist())
        assert (record.passed.a[0] == x[record.indices]).all()
        assert (record.targets == y[record.indices]).all()


@given(update=st.integers(2, 20), edit=EDITS, further=st.integers(0, 20))
@settings(deadline=None, max_examples=30)
def test_the_past_is_kept(update: int, edit: Any, further: int) -> None:
    plain = begin(FOUR)
    plain.extend_to(update - 1 + further)
    before, after = fingerprints(plain.fork(update, edit), 1, update - 1), fingerprints(begin(FOUR), 1, update - 1)
    for last in (before[-1], after[-1]):
        last["place"] = last["place"][:2]  # where the next update stands is the fork's business
    assert before == after


class TestLeftOut:
    def test_the_others_keep_their_order_and_the_epoch_is_shorter(self) -> None:
        run = with_changes(FOUR, (4, LeaveOut(3)))  # the second epoch begins at update 4
        for epoch in (2, 3):
            records = updates_of_epoch(run, epoch)
            assert [record.n for record in records] == [4, 4, 1]
            met = [row for record in records for row in record.indices.tolist()]
            assert met == [row for row in visits(run, epoch) if row != 3]

    @pytest.mark.parametrize("update", [1, 2, 3])
    def test_in_the_middle_of_an_epoch_what_was_visited_is_not_visited_again(self, update: int) -> None:
        order = visits(begin(FOUR), 1)
        for row in range(10):
            run = with_changes(FOUR, (update, LeaveOut(row)))
            met = [int(each) for record in updates_of_epoch(run, 1) for each in record.indices]
            done = 4 * (update - 1)
            assert met == order[:done] + [each for each in order[done:] if each != row]

    def test_put_in_again_it_is_met_in_this_epoch_if_its_place_is_still_to_come(self) -> None:
        order = visits(begin(FOUR), 1)
        early, late = order[0], order[9]
        run = with_changes(FOUR, (1, LeaveOut(early)), (1, LeaveOut(late)), (2, PutIn(early)), (2, PutIn(late)))
        assert [int(each) for record in updates_of_epoch(run, 1) for each in record.indices] == order[1:]
        assert sorted(int(each) for record in updates_of_epoch(run, 2) for each in record.indices) == [*range(10)]

    def test_the_train_loss_is_the_mean_over_the_samples_that_are_in(self) -> None:
        run = with_changes(FOUR, (1, LeaveOut(5)), (1, Rewrite(2, "y", ((0, 0.75),))))
        updates_of_epoch(run, 1)
        last = run.record(run.first_update_of(2) - 1)
        data, rows = regression(10), [row for row in range(10) if row != 5]
        y = data.y.copy()
        y[2, 0] = 0.75
        hidden = np.tanh(data.x @ last.after.weights[0] + last.after.biases[0])
        answers = hidden @ last.after.weights[1] + last.after.biases[1]
        assert run.epoch_end(last.number).train_loss == pytest.approx(float(((answers - y)[rows] ** 2).mean()) / 2)

    def test_with_replacement_it_is_never_drawn_and_an_epoch_is_as_long_as_the_samples_that_are_in(self) -> None:
        drawn = Settings(UpdateRules(learning_rate=0.05), batch_size=3, order="replacement")
        run = with_changes(drawn, (1, LeaveOut(4)))
        for epoch in range(1, 6):
            met = [int(row) for record in updates_of_epoch(run, epoch) for row in record.indices]
            assert len(met) == 9
            assert 4 not in met

    def test_the_curve_never_goes_back_by_epochs(self) -> None:
        edits = [(3, LeaveOut(row)) for row in visits(begin(FOUR), 1)[:5]]
        run = with_changes(FOUR, *edits)
        run.extend_to(12)
        assert (np.diff(run.history.updates.axis("epoch")) >= 0).all()
        assert run.history.updates.axis("seen").tolist()[:3] == [4, 8, 10]


class TestStored:
    """Inputs that stand in a file as bytes, scaled as they are gathered."""

    def problem(self) -> Problem:
        x = np.arange(24, dtype=np.uint8).reshape(8, 3)
        scaling = Scaling(np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.25, 2.0]), "standard")
        data = Dataset("bytes", x, np.arange(8.0)[:, None], scaling=scaling)
        return Problem.of(data, Split(np.array([6, 1, 3, 4]), np.array([0, 2])), 3)

    def test_a_number_typed_in_the_units_of_the_file_is_scaled_as_the_others_are(self) -> None:
        edited = self.problem().under(Roster((1,), (((4, "x", 2), 7.5),)))
        assert isinstance(edited.train_x, Inputs)
        assert edited.split.train.tolist() == [6, 3, 4]
        expected = [[(18 - 1) / 2, (19 - 2) / 4, (20 - 3) * 2.0], [4.0, 2.0, 16.0], [5.5, 2.75, (7.5 - 3) * 2]]
        assert edited.train_x.tolist() == expected
        out = np.empty((2, 3))
        edited.train_x.take([2, 0], axis=0, out=out, mode="clip")
        assert out.tolist() == [expected[2], expected[0]]

    def test_the_order_counts_places_among_those_that_are_in(self) -> None:
        whole = self.problem()
        edited = whole.under(Roster((1,)))
        plain = whole.split.train[epoch_order(3, 2, 4, "shuffle")].tolist()
        assert edited.split.train[edited.order(2, "shuffle")].tolist() == [row for row in plain if row != 1]

    def test_back_to_the_data_it_is_the_problem_itself(self) -> None:
        whole = self.problem()
        assert whole.under(Roster((1,))).under(Roster()) is whole


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (LeaveOut(10), "row 10 is no training sample"),
        (Rewrite(-1, "x", ((0, 1.0),)), "row -1 is no training sample"),
        (Rewrite(0, "x", ((2, 1.0),)), "a sample has no input 2; there are 2"),
        (Rewrite(0, "y", ((1, 1.0),)), "a sample has no target 1; there are 1"),
        (Rewrite(0, "y", ((0, float("inf")),)), "not a finite number: inf"),
    ],
)
def test_what_there_is_not_is_refused(edit: Any, why: str) -> None:
    with pytest.raises((IndexError, ValueError), match=why):
        begin(FOUR).fork(1, edit)


def test_the_last_sample_stays_in() -> None:
    run: Run = begin(FOUR, count=2).fork(1, LeaveOut(0))
    with pytest.raises(ValueError, match="leaves no sample"):
        run.fork(1, LeaveOut(1))


def test_an_edit_takes_the_place_of_one_that_it_covers() -> None:
    causes = Causes(((1, FOUR),)).changed(3, LeaveOut(2)).changed(3, Rewrite(2, "y", ((0, 1.0),)))
    causes = causes.changed(3, PutIn(2)).changed(3, Rewrite(2, "y", ((0, 0.5),)))
    assert causes.changes == ((1, FOUR), (3, PutIn(2)), (3, Rewrite(2, "y", ((0, 0.5),))))
    assert causes.roster_at(2) == Roster()
    assert causes.roster_at(3).of(2, "y") == {0: 0.5}


def test_two_runs_part_where_their_causes_first_differ() -> None:
    one = Causes(((1, FOUR), (5, with_rate(FOUR, 0.5))))
    assert parting(one, one) == 0
    assert parting(one, Causes(((1, FOUR),))) == 5
    assert parting(one, Causes(((1, FOUR), (3, LeaveOut(1)), (5, with_rate(FOUR, 0.5))))) == 3
    assert parting(one, Causes(((1, FOUR), (5, with_rate(FOUR, 0.5)), (9, Guest((0.0, 0.0), (1.0,)))))) == 9
