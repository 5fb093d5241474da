"""Memory for going back is bounded, whatever the length of the run, and nothing is lost by that."""

import tracemalloc
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bptui.training import Position, Settings, checkpoints
from bptui.training.checkpoints import Checkpoints, State

from .builders import begin, fingerprint, optimized


def state(update: int, parameters: int = 4) -> State:
    return State(update, np.full(parameters, float(update)), np.zeros((0, parameters)), Position(seen=update))


def filled(updates: int, budget: int = 1, parameters: int = 4, step: int = 1) -> Checkpoints:
    """Checkpoints of a run that asked for each of so many updates whether it is wanted."""
    store = Checkpoints(state(0, parameters), budget)
    go_on(store, range(step, updates + 1, step), parameters)
    return store


def go_on(store: Checkpoints, updates: range, parameters: int = 4) -> None:
    for update in updates:
        if store.wanted(update):
            store.add(state(update, parameters))


def kept(store: Checkpoints) -> list[int]:
    assert sorted(store._kept) == store._order
    assert all(state.update == update for update, state in store._kept.items())
    return list(store._order)


def worst_gap(store: Checkpoints, first: int, last: int) -> int:
    """Most updates to replay to one of these."""
    return max((update - store.before(update).update for update in range(first, last + 1)), default=0)


@cache
def filled_once() -> Checkpoints:
    """For looking at, and for copies."""
    return filled(3_000, 60 * state(0).bytes)


@pytest.fixture
def eight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room for no more than the least number of states."""
    monkeypatch.setattr(Checkpoints.__init__, "__defaults__", (1,))


@pytest.fixture
def recent(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(checkpoints, "RECENT", 500)
    return 500


class TestThinning:
    def test_as_long_as_there_is_room_one_in_eight_is_kept_and_of_large_ones_all(self) -> None:
        assert kept(filled(19)) == [0, 8, 16]
        large = 2**16 // 8
        assert kept(filled(4, parameters=large)) == [0, 1, 2, 3, 4]
        assert kept(filled(8, parameters=large)) == [0, 2, 4, 6, 8]

    @pytest.mark.parametrize("updates", [40, 100, 1_000, 12_345])
    def test_then_they_stay_evenly_spaced_from_the_start_to_near_the_end(self, updates: int) -> None:
        store = filled(updates)
        assert kept(store) == list(range(0, updates + 1, store.spacing))
        assert 3 <= len(kept(store)) <= 8

    def test_thinning_keeps_the_states_that_it_keeps_as_they_are(self) -> None:
        store = filled(100)
        assert [store.before(update).theta[0] for update in kept(store)] == kept(store)

    def test_the_states_visited_last_are_bounded_too(self) -> None:
        store = filled(100)
        for update in range(50):
            store.remember(state(update))
        assert sorted(store._near) == [46, 47, 48, 49]

    @given(updates=st.integers(0, 4_000), states=st.integers(20, 200))
    @settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_what_is_kept_are_multiples_of_two_spacings_and_of_no_more_than_need_be(
        self, recent: int, updates: int, states: int
    ) -> None:
        store = filled(updates, states * state(0).bytes)
        near, far = store.spacing, store.spacing_before
        edge = max(kept(store)[-1] - recent - near, 0)
        assert kept(store) == [u for u in range(kept(store)[-1] + 1) if u % (near if u >= edge else far) == 0]
        assert len(kept(store)) <= states - store.most_near
        assert near == checkpoints.CLOSEST or near / 2 * (store._most_recent - 3) < min(recent, updates)
        assert far == near or far / 2 * (store._most_before - 1) < updates - recent

    def test_however_long_the_run_the_last_ones_stay_as_near(self, recent: int) -> None:
        store = filled(1_000, 60 * state(0).bytes)
        spacing = store.spacing
        for updates in (5_000, 20_000, 80_000):
            go_on(store, range(store._newest + 1, updates + 1))
            assert worst_gap(store, updates - recent + 1, updates) == store.spacing - 1 == spacing - 1
            assert store.reach.bytes <= store.budget
        assert store.spacing_before > 32 * spacing

    @given(past=st.integers(0, 3_000), visited=st.lists(st.integers(0, 3_000), max_size=5), more=st.integers(0, 2_000))
    @settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_a_copy_goes_on_as_near_as_if_it_had_begun_so(
        self, recent: int, past: int, visited: list[int], more: int
    ) -> None:
        fork = filled_once().until(past)
        for update in visited:  # replay offers what it passes
            if update <= past and fork.wanted(update):
                fork.add(state(update))
        go_on(fork, range(past + 1, past + more + 1))
        last = past + more
        assert worst_gap(fork, max(past + fork.spacing, last - recent + 1), last) < fork.spacing
        assert len(kept(fork)) <= 60 - fork.most_near
        assert fork.reach.bytes <= fork.budget


class TestBefore:
    @given(updates=st.integers(0, 300), visited=st.lists(st.integers(0, 300), max_size=10), asked=st.integers(0, 400))
    @settings(deadline=None, max_examples=100)
    def test_it_is_the_latest_state_there_is(self, updates: int, visited: list[int], asked: int) -> None:
        store = filled(updates)
        for update in visited:
            store.remember(state(update))
        there = {*store._kept, *store._near}
        assert store.before(asked).update == max(update for update in there if update <= asked)

    def test_a_copy_until_an_update_knows_nothing_later(self) -> None:
        store = filled(300)
        store.remember(state(77))
        copy = store.until(76)
        assert copy.before(1000).update == max(update for update in kept(store) if update <= 76)
        assert kept(copy) == [update for update in kept(store) if update <= 76]
        assert store.before(77).update == 77

    def test_before_an_epoch_is_the_latest_state_that_has_not_begun_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(checkpoints, "CLOSEST", 1)
        run = begin(Settings(batch_size=3, repeats=2))
        run.extend_to(60)
        store = run._checkpoints
        for epoch in range(1, run.next_position.epoch + 2):
            first = Position(epoch, 1, 0, 1)
            begun = [s.update for s in map(store.before, kept(store)) if s.position.epoch >= epoch]
            at = [s.update for s in map(store.before, kept(store)) if s.position._replace(seen=0) == first]
            assert store.before_epoch(epoch).update == (at or [min([*begun, run.frontier + 1]) - 1])[0]


class TestBudget:
    def test_small_networks_get_the_most_states(self) -> None:
        store = filled(10_000, checkpoints.BUDGET)
        assert checkpoints.MOST / 4 < len(kept(store)) <= checkpoints.MOST

    def test_digits_of_any_length_replay_at_most_64_updates_to_one_of_the_last_100_000(self) -> None:
        digits = state(0, 64 * 32 + 32 + 32 * 10 + 10)
        for optimizer, spacing in ((0, 64), (1, 128), (2, 256)):
            larger = State(0, digits.theta, np.zeros((optimizer, len(digits.theta))), Position())
            store = Checkpoints(larger)
            for update in range(16, 600_000, 16):
                if store.wanted(update):
                    store.add(replace(larger, update=update))
            assert store.spacing <= spacing
            assert store.reach.bytes <= checkpoints.BUDGET

    def test_large_networks_get_as_many_as_fit(self) -> None:
        store = filled(1_000, 40 * state(0, 1000).bytes, parameters=1000)
        for update in range(900, 1_000):
            store.remember(state(update, 1000))
        assert 20 <= len(kept(store)) + len(store._near) <= 40
        assert 20 * 8_000 < store.reach.bytes <= store.budget

    def test_less_room_drops_states_at_once(self) -> None:
        store = filled(1_000, 400 * state(0).bytes)
        for update in range(900, 1_000):
            store.remember(state(update))
        store.limit(20 * state(0).bytes)
        assert store.reach.bytes <= 20 * state(0).bytes
        assert kept(store) == list(range(0, 1_001, store.spacing))
        assert store.before(1_000).update > 800

    def test_the_memory_of_another_optimizer_counts(self) -> None:
        assert State(0, np.zeros(10), np.zeros((2, 10)), Position()).bytes == 30 * 8 + checkpoints.OBJECTS
        store = filled(1_000, 200 * state(0, 100).bytes, parameters=100)
        for update in range(1_001, 2_000):
            if store.wanted(update):
                store.add(State(update, np.zeros(100), np.zeros((2, 100)), Position()))
        assert store.reach.bytes <= store.budget

    def test_a_state_takes_no_more_than_is_said(self) -> None:
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        store = filled(20_000, checkpoints.BUDGET)
        taken = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        assert 0.5 * store.reach.bytes < taken <= store.reach.bytes


@pytest.mark.usefixtures("eight")
class TestLongRun:
    def test_a_long_run_keeps_eight_states_and_can_still_show_any_update(self) -> None:
        settings_ = optimized("adam", batch_size=3)
        run = begin(settings_)
        run.extend_to(2_000)
        run.record(1_000)
        assert 3 <= len(kept(run._checkpoints)) <= 8
        assert len(run._checkpoints._near) <= 4
        assert fingerprint(run.record(777)) == fingerprint(begin(settings_).record(777))

    def test_few_records_are_kept_and_those_shown_last(self) -> None:
        run = begin()
        shown = [run.record(update) for update in (1, 2, 3, 4, 1, 5, 6)]
        assert len(run._records) == 4
        assert run.record(1) is shown[0]
        assert run.record(2) is not shown[1]

    def test_walking_back_is_the_same_as_having_walked_there(self) -> None:
        run, fresh = begin(Settings(batch_size=3)), begin(Settings(batch_size=3))
        run.extend_to(300)
        back = [fingerprint(run.record(update)) for update in range(300, 270, -1)]
        assert back[::-1] == [fingerprint(fresh.record(update)) for update in range(271, 301)]

    def test_a_fork_of_a_thinned_run_keeps_its_past(self) -> None:
        run = begin(Settings(batch_size=3))
        run.extend_to(500)
        fork = run.fork(333, Settings(batch_size=5))
        assert fingerprint(fork.record(321)) == fingerprint(begin(Settings(batch_size=3)).record(321))
        fork.extend_to(900)
        assert len(kept(fork._checkpoints)) <= 8
