"""A fork keeps the past bit for bit and changes only what comes from its update on."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.engine import UpdateRules
from bptui.training import Run, Settings

from .builders import (
    ANY_SETTINGS,
    begin,
    curve_rows,
    fingerprints,
    optimized,
    planned,
    updates_of_epoch,
    visits,
    with_rate,
)

FOUR = Settings(UpdateRules(learning_rate=0.05), batch_size=4)


def forked(first: Settings, *changes: tuple[int, Settings], count: int = 10) -> Run:
    """A run whose settings are changed at the given updates, one fork after the other."""
    run = begin(first, count)
    for update, settings_ in changes:
        run.extend_to(update - 1)
        run = run.fork(update, settings_)
    return run


class TestPast:
    @given(first=ANY_SETTINGS, second=ANY_SETTINGS, update=st.integers(2, 25), further=st.integers(0, 25))
    @settings(deadline=None, max_examples=40)
    def test_every_number_before_the_fork_is_kept(
        self, first: Settings, second: Settings, update: int, further: int
    ) -> None:
        run = begin(first)
        run.extend_to(update - 1 + further)
        fork = run.fork(update, second)
        fork.extend_to(update + 5)
        kept, original = fingerprints(fork, 1, update - 1), fingerprints(begin(first), 1, update - 1)
        for last in (kept[-1], original[-1]):
            last["place"] = last["place"][:2]  # where the next update stands is the fork's business
        assert kept == original

    @given(settings_=ANY_SETTINGS, update=st.integers(1, 25), further=st.integers(0, 25))
    @settings(deadline=None, max_examples=30)
    def test_a_fork_that_changes_nothing_goes_the_same_way(
        self, settings_: Settings, update: int, further: int
    ) -> None:
        run = begin(settings_)
        run.extend_to(update - 1 + further)
        fork = run.fork(update, replace(settings_))
        assert fingerprints(fork, 1, update + 10) == fingerprints(begin(settings_), 1, update + 10)

    def test_the_run_forked_from_is_left_as_it_was(self) -> None:
        run = begin(FOUR)
        run.extend_to(20)
        before, curves = fingerprints(run, 1, 20), curve_rows(run.history.updates)
        fork = run.fork(7, with_rate(FOUR, 0.5))
        fork.extend_to(30)
        assert (run.frontier, run.causes.changes) == (20, ((1, FOUR),))
        assert (fingerprints(run, 1, 20), curve_rows(run.history.updates)) == (before, curves)

    def test_a_fork_at_the_first_update_begins_again(self) -> None:
        fork = forked(FOUR, (9, with_rate(FOUR, 0.5))).fork(1, optimized("adam"))
        assert fork.causes.changes == ((1, optimized("adam")),)
        assert fingerprints(fork, 1, 9) == fingerprints(begin(optimized("adam")), 1, 9)


class TestChange:
    def test_it_is_there_from_its_update_on_and_not_before(self) -> None:
        fork = forked(FOUR, (8, with_rate(FOUR, 0.5)))
        assert [fork.record(update).learning_rate for update in (1, 7, 8, 20)] == [0.05, 0.05, 0.5, 0.5]

    def test_the_first_changed_update_starts_from_the_same_weights_with_the_same_gradient(self) -> None:
        fork, same = forked(FOUR, (8, with_rate(FOUR, 0.5))), begin(FOUR)
        assert fork.record(8).before.flat.tolist() == same.record(8).before.flat.tolist()
        assert fork.record(8).summed.flat.tolist() == same.record(8).summed.flat.tolist()
        assert fork.record(8).step.flat.tolist() == pytest.approx((10 * same.record(8).step.flat).tolist())

    def test_the_settings_in_force_can_be_asked_for_any_update(self) -> None:
        second, third = with_rate(FOUR, 0.5), with_rate(FOUR, 0.6)
        fork = forked(FOUR, (4, second), (8, third))
        assert [fork.settings_at(update) for update in (1, 3, 4, 7, 8, 99)] == [
            FOUR,
            FOUR,
            second,
            second,
            third,
            third,
        ]

    def test_a_fork_before_an_earlier_change_drops_that_change(self) -> None:
        second, third = with_rate(FOUR, 0.5), with_rate(FOUR, 0.6)
        assert forked(FOUR, (8, second)).fork(5, third).causes.changes == ((1, FOUR), (5, third))

    def test_the_same_optimizer_goes_on_with_its_memory(self) -> None:
        fork = forked(optimized("momentum"), (6, with_rate(optimized("momentum"), 0.01)))
        assert fork.record(6).memory.tolist() == begin(optimized("momentum")).record(6).memory.tolist()
        assert np.count_nonzero(fork.record(6).memory) > 0

    def test_another_optimizer_starts_with_an_empty_memory_of_its_own(self) -> None:
        memory = forked(optimized("momentum"), (6, optimized("adam"))).record(6).memory
        assert memory.shape[0] == 2
        assert np.count_nonzero(memory) == 0


@given(first=ANY_SETTINGS, changes=st.lists(st.tuples(st.integers(1, 30), ANY_SETTINGS), min_size=1, max_size=4))
@settings(deadline=None, max_examples=60)
def test_forks_are_a_run_that_was_planned_so_from_the_beginning(
    first: Settings, changes: list[tuple[int, Settings]]
) -> None:
    run = forked(first, *changes)
    plan = planned(run)
    last = max(update for update, _ in changes) + 5
    assert fingerprints(run, 1, last) == fingerprints(plan, 1, last)
    assert curve_rows(run.history.updates) == curve_rows(plan.history.updates)
    assert curve_rows(run.history.epochs) == curve_rows(plan.history.epochs)


@given(first=ANY_SETTINGS, changes=st.lists(st.tuples(st.integers(2, 30), ANY_SETTINGS), min_size=1, max_size=3))
@settings(deadline=None, max_examples=30)
def test_epochs_begin_where_their_first_record_is_whatever_was_changed(
    first: Settings, changes: list[tuple[int, Settings]]
) -> None:
    run = forked(first, *changes)
    run.extend_to(max(update for update, _ in changes) + 5)
    epochs = [run.record(update).position.epoch for update in range(1, run.frontier + 1)]
    firsts = {epoch: epochs.index(epoch) + 1 for epoch in epochs}
    assert {epoch: run.first_update_of(epoch) for epoch in firsts} == firsts
    ends = [run.record(update).ends_epoch for update in range(1, run.frontier)]
    assert ends == [later > earlier for earlier, later in pairwise(epochs)]


class TestChangeOfMind:
    """A second fork at the same update, before any update is made under the first."""

    def test_the_memory_of_the_optimizer_comes_back(self) -> None:
        momentum = optimized("momentum", batch_size=4)
        back = forked(momentum, (6, optimized("adam", batch_size=4)), (6, momentum))
        back.extend_to(8)
        assert fingerprints(back, 6, 8) == fingerprints(begin(momentum), 6, 8)

    def test_the_rest_of_the_epoch_comes_back(self) -> None:
        run = begin(FOUR)
        run.extend_to(2)
        drop = run.fork(3, replace(FOUR, last_batch="drop"))
        assert drop.next_position.epoch == 2
        back = drop.fork(3, FOUR)
        assert (back.next_position.epoch, back.record(3).n) == (1, 2)

    def test_the_count_of_repeats_comes_back(self) -> None:
        many = replace(FOUR, repeats=5)
        back = forked(many, (4, FOUR), (4, many))
        assert back.next_position.repeat == 4


class TestMidEpoch:
    """10 samples in batches of 4; after the first batch of the second epoch the batches change."""

    def fork(self, settings_: Settings) -> Run:
        run = begin(FOUR)
        run.extend_to(6)
        assert run.record(4).position.batch == 1
        return run.fork(5, settings_)

    @pytest.mark.parametrize(("batch_size", "sizes"), [(1, [4] + [1] * 6), (2, [4, 2, 2, 2]), (5, [4, 5, 1])])
    def test_the_rest_of_the_epoch_is_cut_anew(self, batch_size: int, sizes: list[int]) -> None:
        fork = self.fork(replace(FOUR, batch_size=batch_size))
        assert [record.n for record in updates_of_epoch(fork, 2)] == sizes

    def test_no_batch_size_takes_all_that_is_left(self) -> None:
        assert self.fork(replace(FOUR, batch_size=None)).record(5).n == 6

    @pytest.mark.parametrize("batch_size", [1, 2, 3, 5, None])
    def test_every_sample_is_still_visited_once_and_in_the_same_order(self, batch_size: int | None) -> None:
        fork = self.fork(replace(FOUR, batch_size=batch_size))
        met = [row for record in updates_of_epoch(fork, 2) for row in record.indices.tolist()]
        assert met == visits(fork, 2)

    def test_a_rest_too_short_for_a_whole_batch_is_dropped(self) -> None:
        fork = self.fork(replace(FOUR, batch_size=7, last_batch="drop"))
        assert (fork.record(5).position.epoch, fork.record(5).n) == (3, 7)

    def test_an_epoch_cut_short_by_the_change_is_known_to_end_there(self) -> None:
        fork = self.fork(replace(FOUR, batch_size=7, last_batch="drop"))
        assert fork.record(4).following == fork.record(5).position
        assert fork.record(4).ends_epoch
        assert fork.first_update_of(3) == 5

    def test_the_number_of_batches_counts_those_already_made(self) -> None:
        assert self.fork(replace(FOUR, batch_size=2)).record(5).batches == 4

    def test_the_next_epoch_is_whole_again(self) -> None:
        fork = self.fork(replace(FOUR, batch_size=5))
        assert [record.n for record in updates_of_epoch(fork, 3)] == [5, 5]


class TestCurves:
    @pytest.mark.parametrize("further", [0, 3, 40])
    def test_a_fork_forgets_what_lay_after_it(self, further: int) -> None:
        run, fresh = begin(FOUR, held_out=2), begin(FOUR, held_out=2)
        run.extend_to(10 + further)
        fresh.extend_to(10)
        fork = run.fork(11, with_rate(FOUR, 0.5))
        assert curve_rows(fork.history.updates) == curve_rows(fresh.history.updates)
        assert curve_rows(fork.history.epochs) == curve_rows(fresh.history.epochs)
