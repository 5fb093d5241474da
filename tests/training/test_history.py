"""Curves: bounded memory that never loses a peak."""

import math
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.data import Dataset, Split
from bptui.engine import UpdateRules
from bptui.training import Curve, Run, Settings
from bptui.training.history import CAPACITY, ENDS
from tests.networks import outputs

from .builders import begin, curve_rows, network

CAPACITIES = st.integers(1, 8).map(lambda half: 2 * half)
VALUES = st.lists(st.floats(allow_nan=False), max_size=80)


def drawn(values: list[float], capacity: int, curve: Curve | None = None, first: int = 1) -> Curve:
    """A curve of two series, the second the first with its sign turned; the update is the place from 1."""
    curve = curve or Curve(("up", "down"), capacity)
    for update, value in enumerate(values, start=first):
        curve.append((update, update / 10, 3 * update), (value, -value))
    return curve


def buckets(values: list[float], width: int) -> list[list[float]]:
    return [values[start : start + width] for start in range(0, len(values), width)]


def expected(values: list[float], width: int) -> list[tuple[float, float, float]]:
    """Minimum, maximum and last value of every bucket."""
    return [(min(bucket), max(bucket), bucket[-1]) for bucket in buckets(values, width)]


def shown(curve: Curve, series: str = "up") -> list[tuple[float, float, float]]:
    return list(zip(curve.low(series).tolist(), curve.high(series).tolist(), curve.last(series).tolist(), strict=True))


class TestCurve:
    @given(values=VALUES, capacity=CAPACITIES)
    @settings(deadline=None, max_examples=100)
    def test_every_bucket_has_its_true_minimum_maximum_and_last_value(self, values: list[float], capacity: int) -> None:
        curve = drawn(values, capacity)
        assert shown(curve) == expected(values, curve.width)
        assert shown(curve, "down") == expected([-value for value in values], curve.width)

    @given(values=VALUES, capacity=CAPACITIES)
    @settings(deadline=None, max_examples=100)
    def test_there_are_never_more_buckets_than_room_nor_wider_ones_than_need_be(
        self, values: list[float], capacity: int
    ) -> None:
        curve = drawn(values, capacity)
        assert curve.used == math.ceil(len(values) / curve.width) <= capacity
        assert curve.width == 1 or len(values) > capacity * curve.width // 2

    @given(values=VALUES, capacity=CAPACITIES)
    @settings(deadline=None, max_examples=60)
    def test_a_bucket_stands_at_its_last_point(self, values: list[float], capacity: int) -> None:
        curve = drawn(values, capacity)
        ends = [bucket[-1] for bucket in buckets(list(range(1, len(values) + 1)), curve.width)]
        assert curve.axis("update").tolist() == ends
        assert curve.axis("epoch").tolist() == [end / 10 for end in ends]
        assert curve.axis("seen").tolist() == [3 * end for end in ends]

    @given(values=VALUES, capacity=CAPACITIES, data=st.data())
    @settings(deadline=None, max_examples=100)
    def test_cut_and_filled_again_it_is_the_curve_that_never_went_further(
        self, values: list[float], capacity: int, data: st.DataObject
    ) -> None:
        cut = data.draw(st.integers(0, len(values)))
        copy = drawn(values, capacity).until(cut)
        kept = max(copy.last_update, 0)
        assert kept > cut - copy.width  # no more than one bucket is to be filled again
        refilled = drawn(values[kept:cut], capacity, copy, first=kept + 1)
        assert shown(refilled) == expected(values[:cut], refilled.width)

    @given(values=VALUES, data=st.data())
    @settings(deadline=None, max_examples=60)
    def test_and_equal_in_all_it_shows_while_no_buckets_were_merged(
        self, values: list[float], data: st.DataObject
    ) -> None:
        cut = data.draw(st.integers(0, len(values)))
        assert curve_rows(drawn(values, 100).until(cut)) == curve_rows(drawn(values[:cut], 100))

    def test_a_copy_is_a_curve_of_its_own(self) -> None:
        curve = drawn([1.0, 2.0, 3.0], 4)
        copy = curve.until(2)
        copy.append((9, 9, 9), (9.0, 9.0))
        assert curve.last("up").tolist() == [1.0, 2.0, 3.0]
        assert copy.last("up").tolist() == [1.0, 2.0, 9.0]

    def test_an_empty_curve_has_no_last_update(self) -> None:
        assert (Curve(("loss",)).last_update, Curve(("loss",)).axis("update").tolist()) == (-1, [])

    def test_a_single_peak_is_still_there_after_100_000_points(self) -> None:
        curve = Curve(("loss",), 64)
        for update in range(100_000):
            curve.append((update, 0, 0), (1e9 if update == 31_415 else 0.0,))
        assert curve.high("loss").max() == 1e9
        assert curve.used <= 64


class TestRun:
    def test_a_long_run_forked_in_its_middle_has_the_curve_of_its_own_updates(self) -> None:
        settings_ = Settings(UpdateRules(learning_rate=0.01), batch_size=5)
        run = begin(settings_, count=10, start=network((2, 1)))
        run.extend_to(2 * CAPACITY + 100)
        curve = run.fork(3_002, settings_).history.updates
        losses = [run.record(update).loss_mean for update in range(2_901, 3_002)]
        assert (curve.width, curve.last_update) == (4, 3_001)
        assert shown(curve, "batch_loss")[-26:] == expected(losses, 4)

    @pytest.mark.parametrize("past", [500, 501, 502, 503])
    def test_epoch_curves_of_a_long_run_are_filled_again_too(self, past: int) -> None:
        run, fresh = (begin(Settings(), count=2, start=network((2, 1))) for _ in range(2))
        run.extend_to(ENDS + 500)
        fresh.extend_to(past)
        fork = run.fork(past + 1, Settings())
        curve, losses = fork.history.epochs, fresh.history.epochs.last("train_loss").tolist()
        assert (curve.width, curve.last_update, len(losses)) == (2, past - past % 2, past + 1)
        assert curve.last("train_loss").tolist() == losses[::2], "of each bucket the first"
        assert fork.epoch_end(past).train_loss == losses[-1], "and where one stands the exact one"

    def test_a_thin_curve_wants_one_point_of_a_bucket_and_knows_of_the_others(self) -> None:
        curve, wanted = Curve(("loss",), 4, thin=True), []
        for update in range(40):
            if not curve.skips():
                wanted.append(update)
                curve.append((update, 0, 0), (float(update),))
        assert wanted == [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32]
        assert curve.last("loss").tolist() == [0, 16, 32]
        assert (curve.width, curve.passed, curve.last_update) == (16, 7, 32)

    @pytest.mark.parametrize("count", [ENDS // 2, ENDS + 76, 2 * ENDS + 3, 7 * ENDS])
    def test_of_ever_so_many_epochs_every_so_many_th_is_kept_and_the_start(self, count: int) -> None:
        curve = Curve(("loss",), ENDS, thin=True)
        for epoch in range(count):
            if not curve.skips():
                curve.append((epoch, epoch, 0), (0.5,))
        assert curve.axis("epoch").tolist() == [*range(0, count, curve.width)]

    @settings(max_examples=40)
    @given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(0, 60))
    def test_values_that_are_found_when_they_are_read_make_the_same_thin_curve(
        self, late: list[bool], read_at: int
    ) -> None:
        """Some points come with their values, some later; the curve may be read in between."""
        curve, plain = (Curve(("loss",), 4, thin=True) for _ in range(2))
        for update, later in enumerate(late):
            value = ((7.0 * update) % 5,)
            if not plain.skips():
                plain.append((update, 0, 0), value)
            if not curve.skips():
                if later:
                    curve.append_later((update, 0, 0), partial(tuple, value))
                else:
                    curve.append((update, 0, 0), value)
            assert (curve.last_update, curve.used, curve.width) == (plain.last_update, plain.used, plain.width)
            if update == read_at:
                assert curve.last("loss").tolist() == plain.last("loss").tolist()
        for part in (Curve.low, Curve.high, Curve.last):
            assert part(curve, "loss").tolist() == part(plain, "loss").tolist()

    def test_the_ends_of_all_epochs_of_a_long_run_are_exact(self) -> None:
        run = begin(Settings(), count=2, start=network((2, 1)))
        fresh = begin(Settings(), count=2, start=network((2, 1)))
        while run.frontier < ENDS + 40:
            run.extend_to(run.frontier + 7)
        for update in (ENDS, ENDS + 1, ENDS + 20, run.frontier):
            network_then = fresh.record(update).after
            assert run.epoch_end(update).epoch == update
            assert run.epoch_end(update).train_loss == fresh.problem.metrics(network_then, "half-squared-error")[0]

    def test_merging_in_pairs_leaves_no_bucket_alone(self) -> None:
        assert CAPACITY % 2 == ENDS % 2 == 0

    def test_epochs_count_in_fractions_between_their_ends(self) -> None:
        run = begin(Settings(batch_size=4), count=10)
        run.extend_to(4)
        assert run.history.updates.axis("epoch").tolist() == pytest.approx([0.4, 0.8, 1.0, 1.4])

    def test_seen_counts_samples(self) -> None:
        run = begin(Settings(batch_size=4), count=10)
        run.extend_to(4)
        assert run.history.updates.axis("seen").tolist() == [4, 8, 10, 14]

    def test_the_epoch_curve_has_the_start_and_the_end_of_every_epoch(self) -> None:
        run = begin(Settings(batch_size=4), count=10)
        run.extend_to(7)
        assert run.history.epochs.axis("update").tolist() == [0, 3, 6]
        assert run.history.epochs.axis("epoch").tolist() == [0, 1, 2]

    def test_a_full_batch_s_loss_is_the_train_loss_at_the_end_of_the_epoch_before(self) -> None:
        run = begin(Settings(order="fixed"), count=10)
        run.extend_to(5)
        ends, batches = run.history.epochs.last("train_loss"), run.history.updates.last("batch_loss")
        assert batches.tolist() == pytest.approx(ends[:5].tolist(), rel=1e-14)
        assert all(later < earlier for earlier, later in pairwise(batches.tolist()))


class TestMetrics:
    def test_held_out_samples_have_a_loss_of_their_own(self) -> None:
        run = begin(count=6, held_out=4)
        data, predicted = run.problem.data, outputs(run.start, run.problem.data.x)
        losses = 0.5 * ((predicted - data.y) ** 2).sum(axis=1)
        train, test, *_ = run.problem.metrics(run.start, "half-squared-error")
        assert (train, test) == pytest.approx((losses[4:].mean(), losses[:4].mean()))

    def test_without_them_there_is_none_and_a_regression_has_no_accuracy(self) -> None:
        _, test, accuracy, test_accuracy = begin().problem.metrics(begin().start, "half-squared-error")
        assert np.isnan([test, accuracy, test_accuracy]).all()

    @pytest.mark.parametrize(("y", "accuracy"), [([[1.0], [1.0], [0.0]], 1 / 3), ([[1.0], [0.0], [1.0]], 1.0)])
    def test_a_single_output_means_its_class_from_one_half_up(self, y: list[list[float]], accuracy: float) -> None:
        data = Dataset("three", np.array([[3.0], [-2.0], [1.0]]), np.array(y), classes=("no", "yes"))
        start = network((1, 1), "sigmoid")
        start = type(start)(start.architecture, np.array([1.0, 0.0]))
        run = Run.begin(data, Split(np.arange(3), np.arange(0)), start, Settings(), 0)
        assert run.history.epochs.last("train_accuracy").tolist() == [pytest.approx(accuracy)]

    def test_several_outputs_mean_the_largest(self) -> None:
        data = Dataset("two", np.array([[1.0], [-1.0]]), np.array([[1.0, 0.0], [1.0, 0.0]]), classes=("a", "b"))
        start = network((1, 2), "softmax")
        start = type(start)(start.architecture, np.array([1.0, -1.0, 0.0, 0.0]))
        run = Run.begin(data, Split(np.arange(2), np.arange(0)), start, Settings(), 0)
        assert run.history.epochs.last("train_accuracy").tolist() == [0.5]

    def test_a_large_set_is_measured_in_pieces_and_comes_to_the_same(self) -> None:
        run = begin(count=2_500)
        losses = 0.5 * ((outputs(run.start, run.problem.train_x[:]) - run.problem.train_y) ** 2).sum(axis=1)
        assert run.problem.metrics(run.start, "half-squared-error")[0] == pytest.approx(losses.mean(), rel=1e-13)

    @pytest.mark.parametrize("update", [0, 1, 2, 3, 1_000, 1_001, 1_600])
    def test_the_last_end_of_an_epoch_is_exact_however_thin_the_curves_are(self, update: int) -> None:
        rules = Settings(UpdateRules(learning_rate=0.01, l2=0.1), batch_size=1)
        run, short = (begin(rules, count=2, start=network((2, 1)), held_out=2) for _ in range(2))
        run.extend_to(2 * ENDS + 500)
        short.extend_to(update)
        assert (run.history.epochs.width, short.history.epochs.width) == (2, 1)
        end, expected = run.epoch_end(update), short.epoch_end(update)
        assert (end.epoch, end.train_loss, end.test_loss, end.penalty) == (
            expected.epoch, expected.train_loss, expected.test_loss, expected.penalty,
        )  # fmt: skip
        assert end.epoch == update // 2
        assert run.epoch_end(run.frontier).epoch == run.frontier // 2
