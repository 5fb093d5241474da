"""The end of an epoch of very many samples is evaluated in parts: a run pauses between them, and nothing differs."""

import numpy as np
import pytest

from bptui.scenario import Scenario
from bptui.training.run import Run


@pytest.fixture(autouse=True)
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """The digits are many."""
    monkeypatch.setattr("bptui.training.ends.AT_ONCE", 100)
    monkeypatch.setattr("bptui.engine.evaluate.CHUNK", 64)


PER_EPOCH = 25


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
