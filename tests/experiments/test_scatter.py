"""The noise of a batch against plain loops over materialised per-sample gradients, and the 1/√n law."""

from dataclasses import replace
from functools import cache
from itertools import combinations
from math import comb, inf, isnan, sqrt
from typing import Any

import numpy as np
import pytest

from bptui.data import Dataset
from bptui.data.dataset import one_hot
from bptui.engine import UpdateRules, sample_gradient
from bptui.engine.network import Architecture, Parameters
from bptui.engine.statistics import BatchStatistics, contributions
from bptui.engine.types import Floats
from bptui.engine.weight import Weight
from bptui.experiments import scatter as noise_room
from bptui.experiments.root_law import batch_sizes, law_of
from bptui.experiments.scatter import Scatter
from bptui.scenario import Scenario
from bptui.scenario.choices import DataChoice, NetworkChoice
from bptui.session.aim import Aim
from bptui.session.session import Session
from bptui.training import Settings
from bptui.training.record import ROW_KEYS

from .builders import scatter_at


@cache
def noise(name: str = "digits", updates: int = 3, batch_size: int | None = None) -> Scatter:
    scenario = Scenario.built_in(name)
    settings = replace(scenario.settings, batch_size=batch_size or scenario.settings.batch_size)
    session = Session(replace(scenario, settings=settings))
    for _ in range(updates):
        session.move(("batch", 1))
    it = scatter_at(session)
    it.work()
    return it


def own(samples: int, data: Dataset | None = None, **settings: Any) -> Scatter:
    rng = np.random.default_rng(2)
    data = data or Dataset("own", rng.normal(size=(samples, 2)), rng.normal(size=(samples, 1)))
    sizes = (data.x.shape[1], 3, data.y.shape[1])
    rules = UpdateRules("cross-entropy" if data.classes else "half-squared-error")
    last = "softmax" if data.classes else "identity"
    chosen = Settings(rules, **settings)
    return scatter_at(Session(Scenario(DataChoice("own", table=data), NetworkChoice(sizes, ("tanh", last)), chosen)))


def gradients(it: Scatter) -> list[Parameters]:
    """Each sample's gradient of the batch, in full."""
    return [sample_gradient(it.architecture, it.record.passed, m) for m in range(it.record.n)]


def of(vector: Parameters, weight: Weight) -> float:
    layer, source, unit = weight.layer, weight.source, weight.unit
    return float(vector.biases[layer - 1][unit] if source < 0 else vector.weights[layer - 1][source, unit])


@pytest.mark.parametrize("weight", [Weight(2, 0, 0), Weight(2, 5, 9), Weight(1, 20, 3), Weight(2, -1, 4)])
def test_sum_mean_and_deviation_are_those_of_the_samples_gradients(weight: Weight) -> None:
    it = noise()
    plain = np.array([of(one, weight) for one in gradients(it)])
    spread = it.spread(weight)
    assert spread.values == pytest.approx(plain)
    assert spread.total == pytest.approx(plain.sum())
    assert spread.mean == pytest.approx(plain.mean())
    assert spread.deviation == pytest.approx(plain.std(), rel=1e-6)
    assert spread.sample_deviation == pytest.approx(plain.std(ddof=1), rel=1e-6)
    assert spread.standard_error == pytest.approx(plain.std(ddof=1) / sqrt(len(plain)), rel=1e-6)


def test_one_sample_says_nothing_of_how_far_its_mean_is_off() -> None:
    spread = noise("digits", 0, batch_size=1).spread(Weight(2, 0, 0))
    assert spread.deviation == 0
    assert isnan(spread.sample_deviation)
    assert isnan(spread.standard_error)


def test_norms_cosines_and_noise_scale_are_those_of_the_samples_gradients() -> None:
    it = noise("iris")
    flat = np.array([one.flat for one in gradients(it)])
    mean = flat.mean(axis=0)
    now = it.now(Weight(1, 0, 0))
    norms = np.linalg.norm(flat, axis=1)
    assert now.norms == pytest.approx(norms)
    assert now.cosines == pytest.approx(flat @ mean / norms / np.linalg.norm(mean))
    n, population = len(flat), 120
    spread = flat.var(axis=0, ddof=1).sum()
    squared = mean @ mean - spread / n * (1 - n / population)
    assert now.batch_noise_scale == pytest.approx(spread * (1 - 1 / population) / squared)


def test_the_estimate_from_small_batches_does_not_stay_below_their_size() -> None:
    """Its two parts are unbiased: averaged over all pairs of samples they are those of the whole training set."""
    each = np.random.default_rng(2).normal(0.3, 1.0, size=(8, 5))
    whole = each.mean(axis=0)
    spreads, squares, naive = [], [], []
    for a, b in combinations(range(8), 2):
        pair = each[[a, b]]
        spread, mean = pair.var(axis=0, ddof=1).sum(), pair.mean(axis=0)
        spreads.append(spread * (1 - 1 / 8))
        squares.append(mean @ mean - spread / 2 * (1 - 2 / 8))
        naive.append(pair.var(axis=0).sum() / (mean @ mean))
        architecture = Architecture((5, 1), ("identity",), "none")
        statistics = BatchStatistics(
            np.empty(2), Parameters(architecture, mean), Parameters(architecture, pair.var(axis=0)), np.empty(0), 0.0
        )
        told = noise_room.estimated_noise_scale(statistics, 2, 8)
        assert told == (pytest.approx(spreads[-1] / squares[-1]) if squares[-1] > 0 else inf)
    assert np.mean(spreads) == pytest.approx(each.var(axis=0).sum())
    assert np.mean(squares) == pytest.approx(whole @ whole)
    assert np.median(naive) < np.mean(spreads) / np.mean(squares)


def test_a_batch_of_all_samples_estimates_nothing() -> None:
    it = noise("xor", 0, batch_size=4)
    assert it.now(Weight(1, 0, 0)).batch_noise_scale == it.batch.noise_scale


def test_one_sample_of_several_cannot_tell_the_noise_scale() -> None:
    assert isnan(noise("digits", 0, batch_size=1).now(Weight(1, 0, 0)).batch_noise_scale)


def test_the_noise_scale_of_the_training_set_is_that_of_one_batch_of_all() -> None:
    part, whole = noise("xor", 0), noise("xor", 0, batch_size=4)
    assert part.now(Weight(1, 0, 0)).noise_scale == pytest.approx(whole.batch.noise_scale)


class TestLaw:
    @pytest.mark.parametrize(
        ("name", "weight"), [("digits", Weight(2, 3, 5)), ("moons", Weight(1, 0, 2)), ("sine", Weight(2, -1, 0))]
    )
    def test_measured_batches_keep_the_law_within_a_few_per_cent(self, name: str, weight: Weight) -> None:
        laws = noise(name).law(weight)
        assert len(laws) >= 5
        for law in laws[:-1]:
            assert law.expected == pytest.approx(law.root_law * law.factor)
            assert law.ratio == pytest.approx(1, abs=0.12), law

    def test_it_falls_with_the_root_of_the_batch_size(self) -> None:
        it = noise()
        weight = Weight(2, 3, 5)
        for law in it.law(weight):
            assert law.root_law == pytest.approx(it.deviation(weight) / sqrt(law.size))
            assert law.factor == pytest.approx(sqrt((800 - law.size) / 799))

    def test_batches_of_1_are_the_samples_and_the_full_batch_has_no_noise(self) -> None:
        first, *_, last = noise().law(Weight(2, 3, 5))
        assert (first.size, first.factor) == (1, 1.0)
        assert first.measured == pytest.approx(first.root_law)
        assert (last.size, last.measured, last.expected) == (800, 0.0, 0.0)
        assert isnan(last.ratio)

    def test_the_runs_own_batch_size_is_among_the_sizes(self) -> None:
        assert batch_sizes(800, 32) == [1, 4, 16, 32, 64, 256, 800]
        assert batch_sizes(4, 4) == [1, 2, 4]
        assert batch_sizes(1, 1) == [1]

    def test_all_pairs_of_four_samples_can_be_enumerated(self) -> None:
        values = np.array([0.5, -1.0, 2.0, 3.5])
        pairs = [(values[i] + values[j]) / 2 for i in range(4) for j in range(i)]
        assert len(pairs) == comb(4, 2)
        exact = sqrt(np.mean((np.array(pairs) - values.mean()) ** 2))
        law = law_of(values, float(values.mean()), float(values.var()), 2, np.random.default_rng(0))
        assert law.expected == pytest.approx(exact)
        assert law.measured == pytest.approx(exact, rel=0.1)

    def test_what_is_drawn_from_is_the_gradients_at_the_records_weights(self) -> None:
        """The mean over the record's own rows is the gradient that the run's batch had."""
        it = noise("iris", 5)
        places = [int(np.flatnonzero(it.problem.split.train == row)[0]) for row in it.record.indices]
        for layer in (1, 2):
            values = contributions(it._passed, Weight(layer, 1, 2))
            assert values[places].mean() == pytest.approx(it.record.mean.weights[layer - 1][1, 2])

    def test_the_same_batches_are_drawn_again(self) -> None:
        again = scatter_at(Session(Scenario.built_in("iris")))
        again.work()
        assert again.law(Weight(2, 3, 1))[1:4] == noise("iris", 0).law(Weight(2, 3, 1))[1:4]

    def test_a_weight_whose_gradient_is_0_everywhere_has_none(self) -> None:
        data = Dataset("own", np.array([[0.0, 1], [0, 2], [0, 3]]), np.zeros((3, 1)))
        it = own(3, data)
        it.work()
        assert it.spread(Weight(1, 0, 1)).deviation == 0
        assert all(law.measured == law.expected == 0 and isnan(law.ratio) for law in it.law(Weight(1, 0, 1)))

    def test_a_single_sample_has_no_noise(self) -> None:
        it = own(1)
        it.work()
        (law,) = it.law(Weight(2, 0, 0))
        assert (law.size, law.measured, law.expected) == (1, 0.0, 0.0)


class TestSlices:
    def test_work_in_slices_gives_the_same_numbers(self) -> None:
        scenario = Scenario.built_in("digits")
        sliced, whole, slices = scatter_at(Session(scenario)), scatter_at(Session(scenario)), 0
        while not sliced.done:
            sliced.work(lambda: True)
            slices += 1
            assert slices < 20
        whole.work()
        assert slices > 5
        assert sliced.all is not None
        assert whole.all is not None
        assert sliced.all.mean.flat.tobytes() == whole.all.mean.flat.tobytes()

    def test_before_the_training_set_is_measured_the_batch_is_known(self) -> None:
        now = own(10).now(Weight(1, 0, 0))
        assert now.laws == ()
        assert now.measured == 0
        assert isnan(now.noise_scale)
        assert now.batch_noise_scale > 0

    def test_of_a_large_training_set_a_bounded_part_is_measured(self) -> None:
        it = own(10_000, batch_size=3)
        assert it.count == noise_room.MOST_SAMPLES
        assert len(set(it.places.tolist())) == it.count
        it.work()
        assert it.law(Weight(2, 0, 0))[-1].size == it.count
        assert it.now(Weight(2, 0, 0)).population == 10_000


def mislabelled() -> tuple[Dataset, int]:
    """Two clear clusters, and one sample in the wrong one."""
    rng = np.random.default_rng(0)
    labels = np.arange(40) % 2
    x: Floats = rng.normal(size=(40, 2)) * 0.3 + np.where(labels == 1, 2.0, -2.0)[:, None]
    odd = 17
    labels[odd] = 1 - labels[odd]
    return Dataset("own", x, one_hot(labels, 2), ("left", "right")), odd


def test_a_mislabelled_sample_comes_first_in_every_order() -> None:
    data, odd = mislabelled()
    it = own(40, data)
    session = Session(
        Scenario(
            DataChoice("own", table=data),
            NetworkChoice((2, 3, 2), ("tanh", "softmax")),
            Settings(UpdateRules("cross-entropy", learning_rate=0.5)),
        )
    )
    session.arrive_at(Aim(30))
    it = scatter_at(session)
    orders = {key: it.now(Weight(1, 0, 0), key).rows for key in ROW_KEYS[1:]}
    for key, rows in orders.items():
        assert it.record.indices[rows[0]] == odd, key
    assert len(orders["wrong"]) == 1
    assert it.outliers() == {orders["loss"][0]}


def test_without_an_order_the_rows_stand_as_in_the_batch() -> None:
    assert noise("iris").now(Weight(1, 0, 0)).rows == tuple(range(10))
