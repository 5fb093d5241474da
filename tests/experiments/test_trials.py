"""What a batch size is worth is measured as it says: the same samples, seeds and clock for all."""

from dataclasses import replace
from math import inf, isfinite

import numpy as np
import pytest

from bptui.experiments.lane import Entry
from bptui.experiments.trials import FACTORS, SEEDS, SHORT, Over, Training, Trials, at_rate, stepper_of
from bptui.scenario import Scenario
from bptui.training.settings import Settings

SAMPLES = 256


class Clock:
    """Each look at it is a second later."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


def tried(name: str = "iris", rate: float | None = None, sizes: tuple[int, ...] = (4, 32)) -> Trials:
    scenario = Scenario.built_in(name)
    settings = scenario.settings if rate is None else at_rate(scenario.settings, rate)
    entries = tuple(Entry(f"batch {size}", replace(settings, batch_size=size)) for size in sizes)
    it = Trials(scenario.begin().problem, scenario.start, entries, SAMPLES, Clock())
    it.work(lambda: False)
    return it


def test_every_size_is_trained_on_the_same_samples_with_the_same_seeds() -> None:
    it = tried()
    assert it.done
    assert it.made == it.planned == 2 * (len(FACTORS) + 2 * SEEDS)
    for size in it.sizes:
        rates = [found.settings.rules.learning_rate for found in size.searched]
        gamma = size.settings.rules.learning_rate
        assert rates == [gamma * factor for factor in FACTORS]
        for trainings in (size.equal, size.tuned):
            assert [found.seed for found in trainings] == list(range(SEEDS))
            assert all(found.points[-1][0] >= SAMPLES for found in trainings if isfinite(found.loss))
        assert {found.settings.rules.learning_rate for found in size.equal} == {gamma}
        assert {found.settings.rules.learning_rate for found in size.tuned} == {size.best_rate}


def test_the_best_rate_is_that_of_the_lowest_loss_in_the_search() -> None:
    for size in tried().sizes:
        by_rate = {found.settings.rules.learning_rate: found.loss for found in size.searched}
        assert by_rate[size.best_rate] == min(by_rate.values())
        assert all(found.points[-1][0] >= SAMPLES // SHORT for found in size.searched if isfinite(found.loss))


def test_a_training_is_the_one_that_the_hot_loop_makes() -> None:
    scenario = Scenario.built_in("iris")
    it = tried()
    found = it.sizes[0].equal[2]
    problem = replace(it.problem, seed=it.problem.seed + 2, _edited={})
    stepper = stepper_of(problem, scenario.start(problem.seed), found.settings)
    while stepper.position.seen < SAMPLES:
        stepper.step()
    assert it._loss(stepper.network, found.settings) == found.loss


def test_seeds_differ_in_start_weights_and_order_and_not_in_the_split() -> None:
    scenario, it = Scenario.built_in("iris"), tried()
    first, second = scenario.start(it.problem.seed), scenario.start(it.problem.seed + 1)
    assert not np.array_equal(first.flat, second.flat)
    assert np.array_equal(first.flat, scenario.begin().start.flat)
    losses = [found.loss for found in it.sizes[0].equal]
    assert len(set(losses)) == SEEDS


def test_only_updates_are_timed() -> None:
    """By a clock that goes on a second a look: so many seconds as updates, whatever was measured between them."""
    it = tried()
    for size in it.sizes:
        for found in size.equal:
            updates = -(-SAMPLES // (size.settings.batch_size or 1))
            assert updates <= found.seconds <= updates + len(it.problem.train_x) / (size.settings.batch_size or 1)


def test_a_training_that_overflows_counts_as_infinite_and_ends_there() -> None:
    it = tried("sine", rate=1e200, sizes=(8, 80))
    lost = [found for size in it.sizes for found in size.equal if not isfinite(found.loss)]
    assert lost
    assert all(found.points[-1][0] < SAMPLES for found in lost)
    assert all(isfinite(loss) for found in lost for _, _, loss in found.points[:-1])


def test_after_a_time_the_last_loss_measured_until_then_counts() -> None:
    it = Training(Settings(), 0, [(0, 0.0, 5.0), (8, 1.0, 3.0), (16, 2.5, inf)])
    assert [it.loss_after(seconds) for seconds in (0.0, 0.9, 1.0, 2.4, 9.0)] == [5.0, 5.0, 3.0, 3.0, inf]


@pytest.mark.parametrize(
    ("values", "middle", "least", "most", "lost"),
    [([3.0, 1.0, 2.0, 5.0, 4.0], 3, 1, 5, 0), ([inf, 1.0, 2.0, inf, 4.0], 4, 1, 4, 2), ([inf] * 5, inf, inf, inf, 5)],
)
def test_numbers_over_the_seeds(values: list[float], middle: float, least: float, most: float, lost: int) -> None:
    it = Over.of(values)
    assert (it.middle, it.least, it.most, it.lost) == (middle, least, most, lost)


def test_it_is_made_in_slices_with_the_same_outcome() -> None:
    scenario, whole = Scenario.built_in("iris"), tried()
    entries = tuple(Entry(size.name, size.settings) for size in whole.sizes)
    it = Trials(scenario.begin().problem, scenario.start, entries, SAMPLES, Clock())
    slices = 0
    while not it.done:
        it.work(lambda: True)
        slices += 1
    assert slices > it.planned
    for one, other in zip(it.sizes, whole.sizes, strict=True):
        assert [found.loss for found in one.tuned] == [found.loss for found in other.tuned]
