"""A weight set by hand is a cause like any other: the past stays, the future is replayed bit for bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.engine import Network, UpdateRules
from bptui.engine.weight import Weight
from bptui.training import Settings
from bptui.training.causes import Edit
from tests.training.builders import (
    ANY_SETTINGS,
    assert_as_planned,
    begin,
    fingerprints,
    network,
    planned,
    with_changes,
    with_rate,
)

FOUR = Settings(UpdateRules(learning_rate=0.05), batch_size=4)
EDITS = st.builds(
    Edit, layer=st.just(1), source=st.integers(-1, 1), unit=st.integers(0, 2), value=st.floats(-2.0, 2.0)
) | st.builds(Edit, layer=st.just(2), source=st.integers(-1, 2), unit=st.just(0), value=st.floats(-2.0, 2.0))


@given(first=ANY_SETTINGS, update=st.integers(1, 25), further=st.integers(0, 20), edit=EDITS)
@settings(deadline=None, max_examples=40)
def test_the_past_is_kept_and_the_edit_is_the_first_thing_of_its_update(
    first: Settings, update: int, further: int, edit: Edit
) -> None:
    run = begin(first)
    run.extend_to(update - 1 + further)
    fork = run.fork(update, edit)
    record = fork.record(update)
    assert record.edits == (edit,)
    assert record.before[Weight(*edit.place)] == edit.value
    changed = np.flatnonzero(record.before.flat != begin(first).record(update).before.flat)
    assert len(changed) <= 1
    assert (record.after.flat == record.before.flat + record.step.flat).all()
    if update > 1:
        past, original = fingerprints(fork, 1, update - 1), fingerprints(begin(first), 1, update - 1)
        assert past == original
        assert fork.record(update - 1).edits == ()


@given(
    first=ANY_SETTINGS,
    changes=st.lists(st.tuples(st.integers(1, 30), EDITS | ANY_SETTINGS), min_size=1, max_size=5),
)
@settings(deadline=None, max_examples=40)
def test_a_run_edited_on_the_way_is_the_run_planned_so_from_the_start(
    first: Settings, changes: list[tuple[int, Settings | Edit]]
) -> None:
    assert_as_planned(first, changes)


def test_an_edit_of_the_start_is_another_start() -> None:
    start = network()
    theta = start.flat.copy()
    other = Network(start.architecture, theta)
    other.weights[0][1, 2] = 0.75
    run = begin(FOUR).fork(1, Edit(1, 1, 2, 0.75))
    other_run = begin(FOUR, start=other)
    assert [run.record(k).after.flat.tobytes() for k in range(1, 20)] == [
        other_run.record(k).after.flat.tobytes() for k in range(1, 20)
    ]


def test_a_later_fork_keeps_the_edit_and_an_earlier_one_drops_it() -> None:
    edit = Edit(1, -1, 0, 1.5)
    run = with_changes(FOUR, (8, edit))
    assert run.fork(9, with_rate(FOUR, 0.5)).record(8).edits == (edit,)
    assert run.fork(5, with_rate(FOUR, 0.5)).record(8).edits == ()
    assert run.again(FOUR).causes.changes == ((1, FOUR),)


def test_settings_and_several_edits_may_begin_with_one_update_and_the_last_word_counts() -> None:
    first, second, better = Edit(1, 0, 0, 1.0), Edit(2, 0, 0, 2.0), Edit(1, 0, 0, 3.0)
    faster = with_rate(FOUR, 0.5)
    run = with_changes(FOUR, (6, first), (6, faster), (6, second), (6, better))
    assert run.causes.changes == ((1, FOUR), (6, faster), (6, second), (6, better))
    record = run.record(6)
    assert (record.settings, record.edits) == (faster, (second, better))


def test_the_metrics_at_an_epochs_end_are_of_the_weights_before_the_edit() -> None:
    plain = begin(FOUR)
    plain.extend_to(3)
    run = with_changes(FOUR, (4, Edit(2, 0, 0, 50.0)))
    run.extend_to(3)
    assert run.history.epochs.last("train_loss")[-1] == plain.history.epochs.last("train_loss")[-1]
    planned_so = planned(run)
    planned_so.extend_to(3)
    assert planned_so.history.epochs.last("train_loss")[-1] == plain.history.epochs.last("train_loss")[-1]


@pytest.mark.parametrize("edit", [Edit(0, 0, 0, 1.0), Edit(3, 0, 0, 1.0), Edit(1, 2, 0, 1.0), Edit(1, 0, 3, 1.0),
                                  Edit(1, -2, 0, 1.0), Edit(1, 0, -1, 1.0)])  # fmt: skip
def test_a_weight_that_is_not_there_is_refused(edit: Edit) -> None:
    with pytest.raises(IndexError):
        begin(FOUR).fork(1, edit)
