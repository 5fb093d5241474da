"""The scatter of a batch: how far its samples' gradients differ, and what averaging over more of them gains.

The record of the current moment is looked at as it is; the 1/√n law is measured on batches drawn from the
training set at the weights of that record. Per-sample gradients stay factored: of one weight they are a product
of two columns.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, nan, sqrt

import numpy as np

from bptui.engine.backprop import Pass, backward, forward
from bptui.engine.losses import LOSSES
from bptui.engine.network import Architecture
from bptui.engine.reduce import mean_over_samples, share_of_samples
from bptui.engine.statistics import BatchStatistics, batch_statistics, contributions
from bptui.engine.types import Floats, Integers, quiet, read_only
from bptui.engine.weight import Weight
from bptui.experiments.root_law import Law, batch_sizes, law_of
from bptui.training.problem import Problem
from bptui.training.record import RowKey, UpdateRecord

MOST_SAMPLES = 4096
MOST_FLOATS = 8_000_000  # activations and deltas kept of the measured samples
MOST_WORK = 10**9  # samples × parameters
SLICE = 128  # rows in one forward and backward pass
OUTLIER = 2.0  # deviations above the mean norm


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """One weight's per-sample gradients (n,) over the batch: their sum, mean, deviation (of these n samples as they
    are, √ of the mean squared distance from the mean), sample deviation s (divided by n − 1: an estimate for the
    samples they were drawn from) and standard error of the mean s/√n; these two are nan for one sample."""

    values: Floats
    total: float
    mean: float
    deviation: float
    sample_deviation: float
    standard_error: float

    @property
    def ends(self) -> tuple[float, float]:
        """Of an axis that holds 0, all values, and the mean with a deviation on either side."""
        around = (self.mean - self.deviation, self.mean + self.deviation)
        numbers = (0.0, float(self.values.min()), float(self.values.max()), *around)
        return min(numbers), max(numbers)

    def place(self, value: float, parts: int) -> int:
        """In which of ``parts`` equal parts of that axis (from 0) a value lies; the axis must have a length."""
        low, high = self.ends
        return min(int((value - low) / (high - low) * parts), parts - 1)

    def counts(self, parts: int) -> Integers:
        """How many of the values lie in each of ``parts`` equal parts of that axis."""
        low, high = self.ends
        places = ((self.values - low) / (high - low) * parts).astype(np.intp)
        return np.bincount(np.minimum(places, parts - 1), minlength=parts)


@dataclass(frozen=True, slots=True, eq=False)
class ScatterNow:
    """What a reader sees. ``norms`` and ``cosines`` (n,) of the batch's samples with its mean gradient, ``rows`` its
    rows in the order asked for, ``outliers`` those with a gradient longer than the mean length by two deviations.
    ``batch_noise_scale`` is what the batch says of the training set's, see :func:`estimated_noise_scale`.
    ``noise_scale`` and ``deviation`` are of the ``count`` training samples, nan until all are ``measured``."""

    weight: Weight
    spread: Spread
    norms: Floats
    cosines: Floats
    rows: tuple[int, ...]
    key: RowKey
    outliers: frozenset[int]
    batch_noise_scale: float
    noise_scale: float
    deviation: float
    laws: tuple[Law, ...]
    measured: int
    count: int
    population: int


class Scatter:
    """The batch of a record, and the training set at its weights, measured in slices by :meth:`work`."""

    def __init__(self, problem: Problem, record: UpdateRecord) -> None:
        self.record = record
        self.problem = problem
        self.architecture: Architecture = self.record.before.architecture
        with quiet():
            self.batch: BatchStatistics = batch_statistics(self.architecture, self.record.passed)
        self.all: BatchStatistics | None = None
        self.measured = 0  # training samples so far
        self.places = places_to_measure(self.architecture, self.problem.count, self.problem.seed)
        self._passed = Pass.empty(self.architecture, len(self.places))
        self._laws: dict[Weight, tuple[Law, ...]] = {}
        self._now: tuple[tuple[Weight, RowKey, int, bool], ScatterNow] | None = None

    # --- the batch ---

    def spread(self, weight: Weight) -> Spread:
        """The batch's gradients of one weight."""
        variance, n = self.batch.variance[weight], self.record.n
        return Spread(
            read_only(self.record.contributions(weight)),
            self.record.summed[weight],
            self.record.mean[weight],
            sqrt(variance),
            sqrt(share_of_samples(variance * n, n - 1)) if n > 1 else nan,
            sqrt(share_of_samples(variance, n - 1)) if n > 1 else nan,
        )

    def outliers(self) -> frozenset[int]:
        """Rows of the batch whose gradient is longer than the mean length by more than two deviations."""
        norms = self.batch.norms
        mean = mean_over_samples(norms)
        deviation = sqrt(mean_over_samples((norms - mean) ** 2))
        return frozenset(np.flatnonzero(norms > mean + OUTLIER * deviation).tolist())

    def now(self, weight: Weight, key: RowKey = "batch") -> ScatterNow:
        """Everything a reader sees of it, as one value."""
        asked = weight, key, self.measured, self.done
        if self._now is None or self._now[0] != asked:
            self._now = asked, self._seen(weight, key)
        return self._now[1]

    def _seen(self, weight: Weight, key: RowKey) -> ScatterNow:
        return ScatterNow(
            weight=weight,
            spread=self.spread(weight),
            norms=self.batch.norms,
            cosines=self.batch.cosines,
            rows=tuple(self.record.rows_by(key).tolist()),
            key=key,
            outliers=self.outliers(),
            batch_noise_scale=estimated_noise_scale(self.batch, self.record.n, self.problem.count),
            noise_scale=nan if self.all is None else self.all.noise_scale,
            deviation=self.deviation(weight),
            laws=self.law(weight),
            measured=self.measured,
            count=self.count,
            population=self.problem.count,
        )

    # --- the training set ---

    @property
    def count(self) -> int:
        """Training samples that are measured."""
        return len(self.places)

    @property
    def done(self) -> bool:
        return self.all is not None

    def work(self, pause: Callable[[], bool] = lambda: False) -> None:
        """Pass the training samples forward and backward, slice by slice, until all are done or ``pause()``."""
        loss = LOSSES[self.record.settings.rules.loss]
        with quiet():
            while self.measured < self.count:
                part = slice(self.measured, self.measured + SLICE)
                rows, places = self._passed.rows(part), self.places[part]
                rows.a[0][:] = self.problem.train_x[places]
                forward(self.record.before, rows)
                backward(self.record.before, loss, self.problem.train_y[places], rows)
                self.measured += len(places)
                if pause():
                    return
            if self.all is None:
                self.all = batch_statistics(self.architecture, self._passed)

    def deviation(self, weight: Weight) -> float:
        """Of the weight's gradient over all measured training samples; nan before they are measured."""
        return nan if self.all is None else sqrt(self.all.variance[weight])

    def law(self, weight: Weight) -> tuple[Law, ...]:
        """The 1/√n law of one weight, size by size; () before the training samples are measured."""
        if self.all is None:
            return ()
        if weight not in self._laws:
            values = contributions(self._passed, weight)
            mean, variance = self.all.mean[weight], self.all.variance[weight]
            rng = np.random.default_rng([self.problem.seed, 3, self.record.number])
            self._laws[weight] = tuple(
                law_of(values, mean, variance, size, rng) for size in batch_sizes(self.count, self.record.n)
            )
        return self._laws[weight]


def places_to_measure(architecture: Architecture, count: int, seed: int) -> Integers:
    """Places in the training set: all, or a seeded choice of as many as time and memory allow."""
    most = min(MOST_SAMPLES, MOST_FLOATS // (3 * sum(architecture.sizes)), MOST_WORK // architecture.parameters)
    most = max(most, 64)
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng([seed, 4]).permutation(count)[:most])


def estimated_noise_scale(batch: BatchStatistics, n: int, population: int) -> float:
    """tr(Σ)/|G|² of the ``population`` that n samples were drawn from without replacement.

    The batch's own ratio would stay near n however noisy the gradients are, since its mean is long by chance alone:
    on average |mean|² is |G|² + S²/n · (1 − n/N), with S² the batch's squared distances from its mean, summed over
    the parameters and divided by n − 1 (after McCandlish et al. 2018, appendix A.1). Returns nan for one sample of
    several, inf where nothing is left of |G|².
    """
    if n == 1 and population > 1:
        return nan
    if n >= population:  # with guests in it a batch may hold more than all
        return batch.noise_scale
    with quiet():
        spread = share_of_samples(float(batch.variance.flat.sum()) * n, n - 1)
        by_chance = share_of_samples(spread, n) * (1.0 - share_of_samples(n, population))
        squared = float(batch.mean.flat.dot(batch.mean.flat)) - by_chance
    return spread * (1.0 - share_of_samples(1.0, population)) / squared if squared > 0 else inf
