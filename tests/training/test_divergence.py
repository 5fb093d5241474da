"""A run that would leave the finite numbers stops before the bad update and stays usable."""

import numpy as np
import pytest

from bptui.engine import Architecture, Network, OptimizerSettings, UpdateRules
from bptui.training import Run, Settings

from .builders import begin, fingerprint, network, with_rate

WILD = Settings(UpdateRules(learning_rate=12.0), batch_size=4)


@pytest.fixture
def stopped() -> Run:
    """A regression at learning rate 12, gone as far as it can."""
    run = begin(WILD, start=network((2, 1)))
    run.extend_to(100_000)
    return run


def test_it_stops_and_says_where(stopped: Run) -> None:
    assert stopped.stop is not None
    assert stopped.stop.update == stopped.frontier + 1
    assert stopped.stop.position == stopped.next_position
    assert stopped.stop.layer == 1


def test_the_message_names_update_epoch_batch_and_layer(stopped: Run) -> None:
    update, place = stopped.frontier + 1, stopped.next_position
    at = f"(epoch {place.epoch}, batch {place.batch})"
    assert str(stopped.stop) == f"stopped before update {update} {at}: the step of layer 1 overflows"


def test_it_diverged_for_good_before_it_stopped(stopped: Run) -> None:
    assert 10 < stopped.frontier < 1000
    assert np.abs(stopped.record(stopped.frontier).after.flat).max() > 1e100


def test_all_that_is_kept_is_finite(stopped: Run) -> None:
    last = stopped.record(stopped.frontier)
    assert np.isfinite(last.after.flat).all()
    assert np.isfinite(last.step.flat).all()
    assert np.isfinite(stopped.history.updates.high("batch_loss")).all()


def test_the_curve_ends_with_the_last_good_update(stopped: Run) -> None:
    assert stopped.history.updates.last_update == stopped.frontier


def test_it_does_not_go_on_however_often_it_is_asked(stopped: Run) -> None:
    frontier = stopped.frontier
    assert stopped.extend(lambda made, _: made > frontier) is True
    assert stopped.extend_to(frontier + 1) is False
    assert stopped.frontier == frontier


def test_there_is_no_record_of_the_bad_update_and_the_error_says_why(stopped: Run) -> None:
    with pytest.raises(IndexError, match=f"no update {stopped.frontier + 1}: stopped before update"):
        stopped.record(stopped.frontier + 1)


def test_all_updates_before_can_still_be_shown(stopped: Run) -> None:
    fresh = begin(WILD, start=network((2, 1)))
    places = (1, stopped.frontier // 2, stopped.frontier)
    assert [fingerprint(stopped.record(k)) for k in places] == [fingerprint(fresh.record(k)) for k in places]


def test_a_fork_with_a_lower_rate_goes_on_from_there(stopped: Run) -> None:
    frontier = stopped.frontier
    fork = stopped.fork(frontier + 1, with_rate(WILD, 0.1))
    assert fork.stop is None
    assert fork.extend_to(frontier + 50) is True
    assert fork.record(frontier + 50).loss_mean < fork.record(frontier + 1).loss_mean


def test_a_fork_before_the_trouble_never_gets_into_it(stopped: Run) -> None:
    fork = stopped.fork(3, with_rate(WILD, 0.1))
    assert fork.extend_to(500) is True
    assert fork.record(500).loss_mean < 0.5


@pytest.mark.parametrize("name", ["rmsprop", "adam", "adamw"])
def test_an_optimizer_that_divides_by_the_gradient_s_size_does_not_hide_an_infinite_one(name: str) -> None:
    linear = Network(Architecture((2, 2, 1), ("identity", "identity")), np.full(9, 0.5))
    run = begin(Settings(UpdateRules(learning_rate=1e100, optimizer=OptimizerSettings(name))), start=linear)
    assert run.extend_to(50) is False
    assert np.isfinite(run.record(run.frontier).memory).all()


def test_a_step_of_0_over_0_is_told_as_such_at_every_length() -> None:
    rules = UpdateRules(optimizer=OptimizerSettings("adam", epsilon=0.0))
    start = network((2, 1))
    run = begin(Settings(rules, batch_size=4), start=Network(start.architecture, np.zeros_like(start.flat)))
    assert isinstance(run.problem.train_x, np.ndarray)
    run.problem.train_x[:] = 0.0
    run.extend_to(1)
    assert run.stop is not None
    assert all("overflow" not in spelling for spelling in run.stop.spellings)
    assert str(run.stop).endswith("the step of layer 1 is 0 / 0 where g and ε are 0")


def test_where_a_process_may_make_so_many_updates_every_run_ends_with_the_last_and_goes_back_exactly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    free = begin()
    free.extend_to(6)
    monkeypatch.setattr(Run, "most", 5)
    run = begin()
    assert not run.extend_to(6)
    assert run.frontier == 5
    assert str(run.stop) == "a run has 5 updates at most here"
    assert run.stop is not None
    assert not run.stop.diverged
    assert fingerprint(run.record(3)) == fingerprint(free.record(3))
    fork = run.fork(4, with_rate(run.settings_at(4), 0.01))
    assert not fork.extend_to(6)
    assert fork.frontier == 5
