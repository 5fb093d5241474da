"""Which samples meet which update."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.training import Position, Settings, epoch_order
from bptui.training.settings import LAST_BATCH, ORDERS, LastBatch, Order

from .builders import begin, fingerprint, positions, updates_of_epoch, visits


class TestOrder:
    @given(seed=st.integers(0, 2**31), epoch=st.integers(1, 10**6), count=st.integers(1, 50))
    @settings(deadline=None, max_examples=50)
    def test_a_shuffled_epoch_visits_every_sample_once(self, seed: int, epoch: int, count: int) -> None:
        assert sorted(epoch_order(seed, epoch, count, "shuffle").tolist()) == list(range(count))

    @given(seed=st.integers(0, 2**63 - 1) | st.integers(2**32 - 2, 2**32 + 2), epoch=st.integers(1, 2**33))
    def test_a_shuffled_epoch_is_the_one_that_numpy_draws_from_seed_1_and_epoch(self, seed: int, epoch: int) -> None:
        drawn = np.random.default_rng([seed, 1, epoch]).permutation(12)
        assert epoch_order(seed, epoch, 12, "shuffle").tolist() == drawn.tolist()

    def test_a_fixed_epoch_visits_them_in_the_order_of_the_data(self) -> None:
        assert epoch_order(3, 8, 5, "fixed").tolist() == [0, 1, 2, 3, 4]

    def test_with_replacement_as_many_are_drawn_and_some_come_twice(self) -> None:
        drawn = epoch_order(3, 1, 1000, "replacement")
        assert (len(drawn), drawn.min() >= 0, drawn.max() < 1000) == (1000, True, True)
        assert len(set(drawn.tolist())) == pytest.approx(1000 * (1 - np.exp(-1)), abs=50)

    @pytest.mark.parametrize("order", ["shuffle", "replacement"])
    def test_another_epoch_and_another_seed_have_another_order(self, order: Order) -> None:
        orders = [epoch_order(seed, epoch, 20, order).tolist() for seed, epoch in ((1, 1), (1, 2), (2, 1))]
        assert orders[0] != orders[1]
        assert orders[0] != orders[2]

    @pytest.mark.parametrize("order", ORDERS)
    def test_an_epoch_s_order_is_known_without_replaying_the_ones_before(self, order: Order) -> None:
        epoch_order.cache_clear()
        seventh = epoch_order(5, 7, 12, order).tolist()
        epoch_order.cache_clear()
        assert [epoch_order(5, epoch, 12, order).tolist() for epoch in range(1, 8)][-1] == seventh

    @pytest.mark.parametrize("order", ORDERS)
    def test_a_run_meets_its_samples_in_that_order(self, order: Order) -> None:
        run = begin(Settings(batch_size=4, order=order), count=10, held_out=3)
        met = [row for record in updates_of_epoch(run, 3) for row in record.indices.tolist()]
        assert met == visits(run, 3, order)

    def test_nobody_writes_to_an_order(self) -> None:
        with pytest.raises(ValueError, match="read-only"):
            epoch_order(1, 1, 4, "shuffle")[0] = 3


class TestRemainder:
    """250 samples in batches of 30: a widely used playground never flushes the last 10 and lets batches grow."""

    @pytest.mark.parametrize(("last_batch", "expected"), [("keep", [30] * 8 + [10]), ("drop", [30] * 8)])
    @pytest.mark.parametrize("epoch", [1, 2, 3])
    def test_every_epoch_has_the_same_batches(self, last_batch: LastBatch, expected: list[int], epoch: int) -> None:
        run = begin(Settings(batch_size=30, last_batch=last_batch), count=250)
        assert [record.n for record in updates_of_epoch(run, epoch)] == expected

    def test_a_short_last_batch_is_divided_by_its_own_size(self) -> None:
        record = begin(Settings(batch_size=30), count=250).record(9)
        assert record.n == 10
        assert record.reduced.flat.tolist() == (record.summed.flat / 10).tolist()

    def test_a_whole_batch_is_divided_by_its_size_right_after_a_short_one(self) -> None:
        record = begin(Settings(batch_size=30), count=250).record(10)
        assert (record.position.epoch, record.n) == (2, 30)
        assert record.reduced.flat.tolist() == (record.summed.flat / 30).tolist()

    @pytest.mark.parametrize("last_batch", LAST_BATCH)
    def test_a_batch_larger_than_the_data_is_all_of_it(self, last_batch: LastBatch) -> None:
        run = begin(Settings(batch_size=1000, last_batch=last_batch), count=250)
        records = [run.record(update) for update in (1, 2)]
        assert [(record.position.epoch, record.n) for record in records] == [(1, 250), (2, 250)]
        assert np.abs(records[0].step.flat).max() > 0

    def test_no_batch_size_means_all_samples(self) -> None:
        assert begin(Settings(batch_size=None), count=7).record(1).n == 7

    @pytest.mark.parametrize("last_batch", LAST_BATCH)
    def test_a_record_counts_the_batches_of_its_epoch(self, last_batch: LastBatch) -> None:
        records = updates_of_epoch(begin(Settings(batch_size=30, last_batch=last_batch), count=250), 2)
        assert [record.batches for record in records] == [len(records)] * len(records)
        assert [record.position.batch for record in records] == list(range(1, len(records) + 1))

    @pytest.mark.parametrize("last_batch", LAST_BATCH)
    def test_the_last_record_of_an_epoch_ends_it(self, last_batch: LastBatch) -> None:
        records = updates_of_epoch(begin(Settings(batch_size=30, last_batch=last_batch), count=250), 2)
        assert [record.ends_epoch for record in records] == [False] * (len(records) - 1) + [True]


class TestPosition:
    @given(
        count=st.integers(1, 30),
        batch_size=st.one_of(st.none(), st.integers(1, 35)),
        last_batch=st.sampled_from(LAST_BATCH),
    )
    @settings(deadline=None, max_examples=100)
    def test_an_epoch_s_batches_lie_side_by_side(
        self, count: int, batch_size: int | None, last_batch: LastBatch
    ) -> None:
        settings_ = Settings(batch_size=batch_size, last_batch=last_batch)
        second = [place for place in positions(settings_, count, 2 * count + 2) if place.epoch == 2]
        sizes = [place.size(settings_, count) for place in second]
        whole = min(batch_size or count, count)
        assert [place.start for place in second] == [sum(sizes[:k]) for k in range(len(sizes))]
        assert sum(sizes) == (count if last_batch == "keep" else count - count % whole)

    def test_repeats_stay_on_a_batch(self) -> None:
        settings_ = Settings(batch_size=2, repeats=3)
        places = [(place.batch, place.repeat) for place in positions(settings_, 4, 7)]
        assert places == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (1, 1)]

    def test_seen_counts_passes_of_single_samples(self) -> None:
        settings_ = Settings(batch_size=3, repeats=2)
        assert [place.seen for place in positions(settings_, 5, 5)] == [0, 3, 6, 8, 10]

    def test_a_settled_batch_is_left_before_its_repeats_are_over(self) -> None:
        settings_ = Settings(batch_size=2, repeats=9)
        assert Position(1, 1, 0, 4, 6).after(settings_, 4, settled=True) == Position(1, 2, 2, 1, 8)

    @given(data=st.data())
    @settings(deadline=None, max_examples=60)
    def test_the_same_settings_change_no_position(self, data: st.DataObject) -> None:
        count = data.draw(st.integers(1, 12))
        settings_ = Settings(
            batch_size=data.draw(st.integers(1, 14)),
            last_batch=data.draw(st.sampled_from(LAST_BATCH)),
            repeats=data.draw(st.integers(1, 3)),
        )
        place = data.draw(st.sampled_from(positions(settings_, count, 30)))
        assert place.under(settings_, count) == place

    def test_a_rest_too_short_for_a_whole_batch_ends_the_epoch(self) -> None:
        drop = Settings(batch_size=4, last_batch="drop")
        assert Position(3, 3, 6, 1, 40).under(drop, 9) == Position(4, 1, 0, 1, 40)
        assert Position(3, 3, 5, 1, 40).under(drop, 9) == Position(3, 3, 5, 1, 40)


def test_repeats_use_the_same_samples_again_and_later_weights() -> None:
    run = begin(Settings(batch_size=3, repeats=2))
    first, second = run.record(1), run.record(2)
    assert first.indices.tolist() == second.indices.tolist()
    assert second.before.flat.tolist() == first.after.flat.tolist() != first.before.flat.tolist()


def test_the_seed_alone_makes_the_run() -> None:
    settings_ = Settings(batch_size=3)
    assert fingerprint(begin(settings_).record(9)) == fingerprint(begin(settings_).record(9))


class TestSettings:
    good = Settings()

    @pytest.mark.parametrize("batch_size", [0, -1])
    def test_an_empty_batch_is_refused(self, batch_size: int) -> None:
        with pytest.raises(ValueError, match="batch_size must be 1 or more"):
            replace(self.good, batch_size=batch_size)

    def test_an_unknown_order_is_refused(self) -> None:
        with pytest.raises(ValueError, match="unknown order 'sorted'"):
            replace(self.good, order="sorted")  # type: ignore[arg-type]

    def test_an_unknown_last_batch_is_refused(self) -> None:
        with pytest.raises(ValueError, match="unknown last_batch 'pad'"):
            replace(self.good, last_batch="pad")  # type: ignore[arg-type]

    def test_no_repeats_are_refused(self) -> None:
        with pytest.raises(ValueError, match="repeats must be 1 or more"):
            replace(self.good, repeats=0)

    @pytest.mark.parametrize("repeat_until", [-0.1, float("nan"), float("inf")])
    def test_a_senseless_repeat_until_is_refused(self, repeat_until: float) -> None:
        with pytest.raises(ValueError, match="repeat_until must be a finite number"):
            replace(self.good, repeat_until=repeat_until)
