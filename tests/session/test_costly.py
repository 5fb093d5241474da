"""A run is costly where a key would wait for its least step: then it is computed beside the screen."""

from dataclasses import replace

import numpy as np
import pytest

from bptui.scenario import Scenario, built_in_names
from bptui.session import standing
from bptui.session.session import Session
from bptui.training import stepper


def session(count: int, batch: int | None, layers: tuple[int, ...] = (2, 40, 1)) -> Session:
    x = np.linspace(-1, 1, 2 * count).reshape(count, 2)
    return Session(Scenario.from_arrays(x, x[:, :1] > 0, layers=list(layers), batch_size=batch or "all"))


def test_no_built_in_scenario_is() -> None:
    assert not [name for name in built_in_names() if Session(Scenario.built_in(name)).costly]


def test_it_is_by_its_batches_or_by_the_end_of_an_epoch_that_is_evaluated_in_one_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small, large, over = session(60, 5), session(60, None), session(60, 5)
    per_sample = stepper.effort(small.run.start.architecture, 1)
    monkeypatch.setattr(stepper, "COSTLY", 25 * per_sample)
    assert [it.costly for it in (small, large)] == [False, True]
    monkeypatch.setattr(stepper, "COSTLY", 15 * per_sample)
    assert session(60, 5).costly
    monkeypatch.setattr(standing, "AT_ONCE", 59)
    assert not over.costly


def test_it_becomes_so_with_the_change_that_makes_the_next_update_large(monkeypatch: pytest.MonkeyPatch) -> None:
    it = session(60, 5)
    monkeypatch.setattr(stepper, "COSTLY", 25 * stepper.effort(it.run.start.architecture, 1))
    assert not it.costly
    it.move(("batch", 1))
    it.change(replace(it.next_settings, batch_size=None))
    assert it.costly
