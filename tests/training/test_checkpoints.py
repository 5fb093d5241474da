"""Memory for going back is bounded, whatever the length of the run, and nothing is lost by that."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.training import Position, Settings, checkpoints
from bptui.training.checkpoints import Checkpoints, State

from .builders import begin, fingerprint, optimized


def state(update: int, parameters: int = 4) -> State:
    return State(update, np.full(parameters, float(update)), np.zeros((0, parameters)), Position(seen=update))


def filled(updates: int) -> Checkpoints:
    """Checkpoints of a run that asked for each of so many updates whether it is wanted."""
    store = Checkpoints(state(0))
    for update in range(1, updates + 1):
        if store.wanted(update):
            store.add(state(update))
    return store


def kept(store: Checkpoints) -> list[int]:
    return sorted(store._spaced)


@pytest.fixture
def eight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room for no more than the least number of states."""
    monkeypatch.setattr(checkpoints, "BUDGET", 1)


@pytest.mark.usefixtures("eight")
class TestThinning:
    def test_up_to_eight_states_all_are_kept(self) -> None:
        assert kept(filled(7)) == [0, 1, 2, 3, 4, 5, 6, 7]

    def test_the_ninth_doubles_the_spacing(self) -> None:
        assert kept(filled(8)) == [0, 2, 4, 6, 8]

    @pytest.mark.parametrize("updates", [8, 100, 1_000, 12_345])
    def test_states_stay_evenly_spaced_from_the_start_to_near_the_end(self, updates: int) -> None:
        store = filled(updates)
        assert kept(store) == list(range(0, updates + 1, store.spacing))
        assert 4 < len(kept(store)) <= 8

    def test_thinning_keeps_the_states_that_it_keeps_as_they_are(self) -> None:
        store = filled(100)
        assert [store.before(update).theta[0] for update in kept(store)] == kept(store)

    def test_the_states_visited_last_are_bounded_too(self) -> None:
        store = filled(100)
        for update in range(50):
            store.remember(state(update))
        assert sorted(store._near) == [46, 47, 48, 49]


class TestBefore:
    @given(updates=st.integers(0, 300), visited=st.lists(st.integers(0, 300), max_size=10), asked=st.integers(0, 400))
    @settings(deadline=None, max_examples=100)
    def test_it_is_the_latest_state_there_is(self, updates: int, visited: list[int], asked: int) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(checkpoints, "BUDGET", 1)
            store = filled(updates)
        for update in visited:
            store.remember(state(update))
        there = {*store._spaced, *store._near}
        assert store.before(asked).update == max(update for update in there if update <= asked)

    def test_a_copy_until_an_update_knows_nothing_later(self) -> None:
        store = filled(300)
        store.remember(state(77))
        copy = store.until(76)
        assert copy.before(1000).update == max(update for update in kept(store) if update <= 76)
        assert kept(copy) == [update for update in kept(store) if update <= 76]
        assert store.before(77).update == 77


class TestBudget:
    def test_small_networks_get_the_most_states(self) -> None:
        assert Checkpoints(state(0)).most == checkpoints.MOST

    def test_large_ones_get_as_many_as_fit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(checkpoints, "BUDGET", 8 * 1000 * 20)
        assert Checkpoints(state(0, parameters=1000)).most == 20

    def test_optimizer_memory_counts(self) -> None:
        assert State(0, np.zeros(10), np.zeros((2, 10)), Position()).bytes == 30 * 8


@pytest.mark.usefixtures("eight")
class TestLongRun:
    def test_a_long_run_keeps_eight_states_and_can_still_show_any_update(self) -> None:
        settings_ = optimized("adam", batch_size=3)
        run = begin(settings_)
        run.extend_to(2_000)
        run.record(1_000)
        assert 4 < len(kept(run._checkpoints)) <= 8
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
