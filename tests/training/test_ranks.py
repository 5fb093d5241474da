"""A record tells what each rank has of a batch: rows, sum, mean; and the mean of the ranks' means."""

import numpy as np
import pytest

from bptui.engine import UpdateRules
from bptui.engine.weight import Weight
from bptui.training import Settings, UpdateRecord

from .builders import begin


def record_of(n: int, ranks: tuple[int, ...]) -> UpdateRecord:
    run = begin(Settings(UpdateRules(ranks=ranks), batch_size=n), count=n)
    run.extend_to(2)
    return run.record(2)


@pytest.mark.parametrize(("n", "ranks"), [(4, (3, 1)), (10, (1, 1, 1)), (7, (2, 1, 4)), (2, (3, 1)), (2, (1, 1, 1))])
class TestShares:
    def test_their_sums_added_in_rank_order_are_the_batch_s_bit_for_bit(self, n: int, ranks: tuple[int, ...]) -> None:
        record = record_of(n, ranks)
        total = np.zeros_like(record.summed.flat)
        for share in record.shares:
            total += share.summed.flat
        assert total.tobytes() == (record.summed.flat + 0.0).tobytes()

    def test_each_has_its_own_rows_and_their_mean(self, n: int, ranks: tuple[int, ...]) -> None:
        record, weight = record_of(n, ranks), Weight(1, 0, 1)
        contributions = record.contributions(weight).tolist()
        taken = 0
        for rank, share in enumerate(record.shares):
            own = contributions[taken : taken + share.n]
            taken += share.n
            assert share.rank == rank
            assert share.summed[weight] == pytest.approx(sum(own), abs=1e-15)
            if own:
                assert share.mean is not None
                assert share.mean[weight] == pytest.approx(sum(own) / len(own), abs=1e-15)
            else:
                assert share.mean is None
        assert taken == n

    def test_the_mean_of_means_weighs_every_rank_that_has_samples_alike(self, n: int, ranks: tuple[int, ...]) -> None:
        record = record_of(n, ranks)
        means = [share.mean.flat for share in record.shares if share.mean]
        np.testing.assert_allclose(record.mean_of_means.flat, sum(means) / len(means), atol=1e-15)


def test_the_mean_of_means_is_the_mean_only_where_parts_are_equal() -> None:
    equal, unequal = record_of(4, (1, 1)), record_of(4, (3, 1))
    np.testing.assert_allclose(equal.mean_of_means.flat, equal.mean.flat, atol=1e-15)
    assert np.abs(unequal.mean_of_means.flat - unequal.mean.flat).max() > 1e-3


def test_one_machine_has_no_shares() -> None:
    record = record_of(4, ())
    assert record.shares == ()
    with pytest.raises(ValueError, match="one machine alone"):
        _ = record.mean_of_means


def test_no_share_can_be_changed() -> None:
    record = record_of(4, (3, 1))
    for vector in (*(share.summed for share in record.shares), record.mean_of_means):
        with pytest.raises(ValueError, match="read-only"):
            vector.weights[0][0, 0] = 1.0
