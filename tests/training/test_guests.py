"""A sample from outside the data is a cause like any other: it joins the batch of one update, and the past stays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.engine import UpdateRules
from bptui.training import Settings
from bptui.training.causes import Edit, Guest
from bptui.training.record import GUEST
from tests.training.builders import (
    ANY_SETTINGS,
    assert_as_planned,
    begin,
    fingerprints,
    with_changes,
    with_rate,
)

FOUR = Settings(UpdateRules(learning_rate=0.05), batch_size=4)
ONE = Guest((0.25, -0.75), (0.5,))
GUESTS = st.builds(Guest, x=st.tuples(st.floats(-1, 1), st.floats(-1, 1)), y=st.tuples(st.floats(-1, 1)))


@given(first=ANY_SETTINGS, update=st.integers(1, 25), further=st.integers(0, 20), guest=GUESTS)
@settings(deadline=None, max_examples=40)
def test_the_past_is_kept_and_the_guest_is_the_last_sample_of_its_batch(
    first: Settings, update: int, further: int, guest: Guest
) -> None:
    plain = begin(first)
    plain.extend_to(update - 1 + further)
    record, without = plain.fork(update, guest).record(update), plain.record(update)
    assert (record.n, record.guests, without.guests) == (without.n + 1, 1, 0)
    assert record.indices.tolist() == [*without.indices.tolist(), GUEST]
    assert (tuple(record.passed.a[0][-1]), tuple(record.targets[-1])) == (guest.x, guest.y)
    assert (record.passed.a[0][:-1] == without.passed.a[0]).all()
    assert record.following.seen == without.following.seen + 1
    fork = plain.fork(update, guest)
    if update > 1:
        assert fingerprints(fork, 1, update - 1) == fingerprints(begin(first), 1, update - 1)


def test_its_gradient_is_added_to_those_of_the_others_and_the_mean_divides_by_one_more() -> None:
    record, without = begin(FOUR).fork(2, ONE).record(2), begin(FOUR).record(2)
    np.testing.assert_allclose(record.summed.flat, without.summed.flat + record.gradient(4).flat, atol=1e-15)
    np.testing.assert_allclose(record.mean.flat, record.summed.flat / 5, atol=1e-15)


def test_it_is_in_one_update_only_and_the_order_of_the_others_stays() -> None:
    run, plain = begin(FOUR).fork(3, ONE), begin(FOUR)
    run.extend_to(12)
    plain.extend_to(12)
    for update in (2, 4, 5, 12):
        assert run.record(update).indices.tolist() == plain.record(update).indices.tolist()


@given(
    first=ANY_SETTINGS,
    changes=st.lists(st.tuples(st.integers(1, 30), GUESTS | ANY_SETTINGS), min_size=1, max_size=5),
)
@settings(deadline=None, max_examples=40)
def test_a_run_with_guests_on_the_way_is_the_run_planned_so_from_the_start(
    first: Settings, changes: list[tuple[int, Settings | Guest]]
) -> None:
    assert_as_planned(first, changes)


def test_several_join_one_batch_beside_other_settings_and_edits() -> None:
    other, edit, faster = Guest((1.0, 1.0), (0.0,)), Edit(1, 0, 0, 1.0), with_rate(FOUR, 0.5)
    run = with_changes(FOUR, (6, ONE), (6, edit), (6, faster), (6, other))
    record = run.record(6)
    assert (record.settings, record.edits, record.guests) == (faster, (edit,), 2)
    assert record.targets[-2:].tolist() == [[0.5], [0.0]]


def test_a_later_fork_keeps_it_and_an_earlier_one_and_a_restart_drop_it() -> None:
    run = with_changes(FOUR, (8, ONE))
    assert run.fork(9, with_rate(FOUR, 0.5)).record(8).guests == 1
    assert run.fork(5, with_rate(FOUR, 0.5)).record(8).guests == 0
    assert run.again(FOUR).causes.changes == ((1, FOUR),)


@pytest.mark.parametrize("guest", [Guest((1.0,), (0.0,)), Guest((1.0, 2.0), ()), Guest((1.0, 2.0), (0.0, 1.0))])
def test_one_that_does_not_fit_the_network_is_refused(guest: Guest) -> None:
    with pytest.raises(ValueError, match="2 and 1 are needed"):
        begin(FOUR).fork(1, guest)
