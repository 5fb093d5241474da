"""Ranks: parts of a batch that have an owner. The engine adds them as it adds micro-batches of these sizes."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.engine import UpdateRules
from bptui.engine.parts import micro_batch_slices, rank_sizes, rank_slices, ring_bytes
from bptui.engine.reduce import REDUCTIONS, Reduction

from .helpers import Case, assert_close, cases, random_case

SHARES = st.lists(st.integers(1, 9), min_size=2, max_size=6).map(tuple)


class TestSizes:
    @given(ranks=SHARES, times=st.integers(1, 5))
    def test_a_whole_batch_is_cut_as_the_shares_say(self, ranks: tuple[int, ...], times: int) -> None:
        assert rank_sizes(times * sum(ranks), ranks) == [times * share for share in ranks]

    @given(n=st.integers(1, 40), ranks=SHARES)
    def test_every_row_has_one_owner_and_no_share_is_off_by_a_whole_row(self, n: int, ranks: tuple[int, ...]) -> None:
        sizes = rank_sizes(n, ranks)
        assert sum(sizes) == n
        assert all(abs(size - Fraction(n * share, sum(ranks))) < 1 for size, share in zip(sizes, ranks, strict=True))
        rows = [row for part in rank_slices(n, ranks) for row in range(part.start, part.stop)]
        assert rows == list(range(n))

    @given(n=st.integers(1, 40), count=st.integers(2, 9), share=st.integers(1, 9))
    def test_equal_shares_are_dealt_out_as_numpy_splits_an_array(self, n: int, count: int, share: int) -> None:
        assert rank_sizes(n, (share,) * count) == [len(part) for part in np.array_split(np.arange(n), count)]

    @pytest.mark.parametrize(
        ("n", "sizes"), [(1, [1, 0]), (2, [2, 0]), (3, [2, 1]), (4, [3, 1]), (5, [4, 1]), (6, [5, 1]), (7, [5, 2])]
    )
    def test_what_is_left_goes_to_the_largest_remainder_the_first_of_equals(self, n: int, sizes: list[int]) -> None:
        assert rank_sizes(n, (3, 1)) == sizes


@given(case=cases(least_samples=2), reduction=st.sampled_from(REDUCTIONS), count=st.integers(2, 7))
@settings(deadline=None, max_examples=40)
def test_equal_ranks_are_micro_batches_bit_for_bit(case: Case, reduction: Reduction, count: int) -> None:
    ranks = case.update(UpdateRules(reduction=reduction, ranks=(1,) * count))
    parts = case.update(UpdateRules(reduction=reduction, micro_batches=count))
    assert ranks.summed.flat.tobytes() == parts.summed.flat.tobytes()
    assert ranks.step.flat.tobytes() == parts.step.flat.tobytes()


@given(case=cases(least_samples=2), reduction=st.sampled_from(REDUCTIONS), ranks=SHARES)
@settings(deadline=None, max_examples=40)
def test_unequal_ranks_add_their_own_sums_in_order_and_divide_once(
    case: Case, reduction: Reduction, ranks: tuple[int, ...]
) -> None:
    here = case.update(UpdateRules(reduction=reduction, ranks=ranks))
    rows = [part for part in rank_slices(case.n, ranks) if part.stop > part.start]
    total = np.zeros_like(here.summed.flat)
    for part in rows:
        total += replace(case, x=case.x[part], y=case.y[part]).update(UpdateRules()).summed.flat
    assert here.summed.flat.tobytes() == (total if len(rows) > 1 else total + 0.0).tobytes()
    assert_close(here.reduced.flat, case.update(UpdateRules(reduction=reduction)).reduced.flat)


def test_the_mean_of_unequal_ranks_means_is_another_number() -> None:
    head = ("sigmoid", "half-squared-error")
    case = random_case(1, (3, 4, 2), hidden=("tanh",), head=head, bias="trained", n=4)
    means = [replace(case, x=case.x[p], y=case.y[p]).update(UpdateRules()).reduced.flat for p in rank_slices(4, (3, 1))]
    true = case.update(UpdateRules(ranks=(3, 1))).reduced.flat
    assert np.abs((means[0] + means[1]) / 2 - true).max() > 1e-3
    assert_close((3 * means[0] + means[1]) / 4, true)


@pytest.mark.parametrize("ranks", [(4,), (3, 0), (3, -1), (1,) * 65])
def test_one_rank_no_share_and_too_many_are_refused(ranks: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="ranks must be 2 to 64 shares of 1 or more"):
        UpdateRules(ranks=ranks)


def test_two_ways_of_cutting_a_batch_are_refused() -> None:
    with pytest.raises(ValueError, match="ranks cut a batch into parts, and so do micro_batches"):
        UpdateRules(ranks=(3, 1), micro_batches=2)


def test_one_machine_is_cut_into_micro_batches() -> None:
    assert UpdateRules(micro_batches=4).parts(3) == micro_batch_slices(3, 3)


def test_a_ring_sends_every_number_nearly_twice() -> None:
    """Around a ring of W each rank sends W − 1 chunks of p / W to add them up, and as many to hand the sums on."""
    for ranks, parameters in ((2, 9), (3, 12), (8, 1000)):
        chunk = parameters / ranks
        sent = sum(8 * chunk for _round in range(2) for _hop in range(ranks - 1))
        assert ring_bytes(ranks, parameters) == pytest.approx(sent, rel=1e-15)
