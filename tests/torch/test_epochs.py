"""Where epochs begin is found from what the batches hold; no torch is needed for that."""

import numpy as np
import pytest
from numpy.typing import NDArray

from bptui.torch.epochs import epochs_of, is_fixed, rows_of

Batches = list[NDArray[np.int64]]


def shuffled(samples: list[int], size: int, epochs: int, drop: bool = False, seed: int = 0) -> Batches:
    rng = np.random.default_rng(seed)
    out: Batches = []
    for _ in range(epochs):
        order = rng.permutation(samples)
        cut = [order[k : k + size] for k in range(0, len(order), size)]
        out += [batch for batch in cut if len(batch) == size or not drop]
    return out


@pytest.mark.parametrize(("count", "size"), [(12, 4), (13, 4), (10, 10), (7, 1)])
@pytest.mark.parametrize("stopped", [0, 1])
def test_epochs_that_visit_every_sample_are_told_also_where_the_last_is_broken_off(
    count: int, size: int, stopped: int
) -> None:
    each = -(-count // size)
    batches = shuffled(list(range(count)), size, 4)
    batches = batches[: len(batches) - (stopped if each > 1 else 0)]
    assert epochs_of(batches).tolist() == [k // each + 1 for k in range(len(batches))]


def test_samples_that_are_there_twice_do_not_begin_an_epoch() -> None:
    batches = shuffled([0, 0, 0, 1, 2, 3, 4, 5], 3, 3, seed=3)
    assert epochs_of(batches).tolist() == [1, 1, 1, 2, 2, 2, 3, 3, 3]


def test_epochs_that_drop_a_short_last_batch_are_told_by_what_is_new() -> None:
    batches = shuffled(list(range(11)), 4, 5, drop=True)
    assert epochs_of(batches).tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_where_no_order_is_seen_all_is_one_epoch() -> None:
    rng = np.random.default_rng(1)
    drawn = [rng.integers(0, 9, 4) for _ in range(12)]
    assert set(epochs_of(drawn).tolist()) == {1}
    assert set(epochs_of([np.arange(k, k + 3) for k in range(0, 30, 3)]).tolist()) == {1}


def test_a_sample_that_comes_twice_in_an_epoch_is_two_rows() -> None:
    batches = [np.array([0, 0]), np.array([1, 2]), np.array([0, 1]), np.array([2, 0])]
    rows, samples = rows_of(batches, np.array([1, 1, 2, 2]))
    assert samples == [0, 0, 1, 2]
    assert [row.tolist() for row in rows] == [[0, 1], [2, 3], [0, 2], [3, 1]]


def test_an_order_is_fixed_where_every_epoch_has_the_same() -> None:
    one = [np.array([0, 1]), np.array([2])]
    assert is_fixed([*one, *one, one[0]], np.array([1, 1, 2, 2, 3]))
    assert not is_fixed([*one, np.array([2, 1]), np.array([0])], np.array([1, 1, 2, 2]))
