"""The end of an epoch is evaluated in parts, with pauses, where samples are very many, and where they are very few when
the curve is read: nothing differs."""

from dataclasses import replace

import numpy as np
import pytest

from bptui.engine import Network
from bptui.scenario import Scenario
from bptui.training.history import ENDS
from bptui.training.problem import Metrics, Problem
from bptui.training.run import Run

PER_EPOCH = 25


@pytest.fixture(autouse=True)
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """The digits are many."""
    monkeypatch.setattr("bptui.training.ends.AT_ONCE", 100)
    monkeypatch.setattr("bptui.engine.evaluate.CHUNK", 64)


def in_slices(updates: int) -> tuple[Run, int]:
    """A run that pauses as often as it can, and how often it did while an end was evaluated."""
    run, pauses = Scenario.built_in("digits").begin(), 0
    while not run.extend(lambda frontier, _: frontier >= updates, lambda: True):
        before = run.frontier
        if not run.evaluating:
            run._advance()
        pauses += run.evaluating and run.frontier == before
    return run, pauses


def to_its_end() -> Run:
    """A run that waits behind the last update of its first epoch."""
    run = Scenario.built_in("digits").begin()
    run.extend(lambda *_: False, lambda: run.evaluating)
    assert (run.frontier, run.evaluating) == (PER_EPOCH, True)
    return run


def whole(updates: int) -> Run:
    run = Scenario.built_in("digits").begin()
    run.extend_to(updates)
    return run


def curves(run: Run) -> np.ndarray:
    epochs = run.history.epochs
    return np.array([epochs.axis("update"), *(epochs.last(name) for name in epochs.names)])


def test_it_pauses_between_the_parts_and_the_curves_are_the_same_bit_for_bit() -> None:
    run, pauses = in_slices(2 * PER_EPOCH)
    assert pauses > 4
    assert np.array_equal(curves(run), curves(whole(2 * PER_EPOCH)), equal_nan=True)


def test_who_asks_for_the_end_waits_for_it_or_gets_the_one_before() -> None:
    run = to_its_end()
    assert run.epoch_end(PER_EPOCH, wait=False).epoch == 0
    assert run.evaluating
    assert run.epoch_end(PER_EPOCH) == whole(PER_EPOCH).epoch_end(PER_EPOCH)
    assert not run.evaluating


def test_the_past_is_shown_without_waiting_for_it() -> None:
    run = to_its_end()
    assert run.record(3).number == 3
    assert run.evaluating


def test_a_fork_has_the_end_too() -> None:
    run = to_its_end()
    fork = run.fork(PER_EPOCH + 1, run.settings_at(1))
    fork.extend_to(PER_EPOCH + 1)
    assert np.array_equal(curves(fork), curves(whole(PER_EPOCH)), equal_nan=True)


class TestOfFewSamples:
    """Each is evaluated when the curve is read, with the weights that stood there."""

    def test_no_sample_is_looked_at_before_somebody_reads_the_curve(self, monkeypatch: pytest.MonkeyPatch) -> None:
        run, asked, metrics = Scenario.built_in("xor").begin(), list[Network](), Problem.metrics

        def noted(problem: Problem, network: Network, loss: str) -> Metrics:
            asked.append(network)
            return metrics(problem, network, loss)

        monkeypatch.setattr(Problem, "metrics", noted)
        run.extend_to(50)
        assert (run.history.epochs.last_update, len(asked)) == (50, 0)
        curves(run)
        curves(run)
        assert len(asked) == 50

    @pytest.mark.parametrize("updates", [40, ENDS + 40])
    def test_the_curves_are_those_of_ends_evaluated_at_once(
        self, updates: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        later, at_once = (Scenario.built_in("xor").begin() for _ in range(2))
        later.extend_to(updates)
        monkeypatch.setattr("bptui.training.ends.LIGHT", 0)
        at_once.extend_to(updates)
        assert np.array_equal(curves(later), curves(at_once), equal_nan=True)
        assert later.epoch_end(30).train_loss == at_once.epoch_end(30).train_loss

    def test_a_fork_has_them_under_the_settings_that_were_in_force(self) -> None:
        run = Scenario.built_in("xor").begin()
        run.extend_to(20)
        other = replace(run.settings_at(1), rules=replace(run.settings_at(1).rules, loss="squared-error"))
        fork = run.fork(11, other)
        fork.extend_to(12)
        before, after = fork.history.epochs.last("train_loss")[10:12].tolist()
        assert before == run.history.epochs.last("train_loss")[10]
        assert after == fork.problem.metrics(fork.record(11).after, "squared-error")[0]
