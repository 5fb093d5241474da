"""The built-in data sets have the sizes they state, and the same rows for the same seed."""

import numpy as np
import pytest

from bptui.data import BUILT_IN, DataError, Dataset, load, split

SHAPES = {
    "digits": (1797, 64, 10),
    "letters": (1040, 144, 26),
    "iris": (150, 4, 3),
    "xor": (4, 2, 1),
    "and": (4, 2, 1),
    "circles": (200, 2, 1),
    "spiral": (200, 2, 1),
    "gaussians": (200, 2, 1),
    "moons": (200, 2, 1),
    "sine": (200, 1, 1),
    "plane": (200, 2, 1),
}
MADE = [name for name, entry in BUILT_IN.items() if entry.size is None]


def test_every_set_is_listed_here() -> None:
    assert set(SHAPES) == set(BUILT_IN)


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_set_has_the_size_it_states(name: str) -> None:
    data = load(name, None, 7)
    rows, inputs, outputs = SHAPES[name]
    assert (data.x.shape, data.y.shape) == ((rows, inputs), (rows, outputs))
    assert BUILT_IN[name].size in (None, rows)
    assert len(data.features) in (0, inputs)
    assert data.name == name


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_same_seed_gives_the_same_rows_bit_for_bit(name: str) -> None:
    first, second = load(name, None, 7), load(name, None, 7)
    assert first.x.tobytes() == second.x.tobytes()
    assert first.y.tobytes() == second.y.tobytes()


@pytest.mark.parametrize("name", MADE)
def test_another_seed_gives_other_rows(name: str) -> None:
    assert load(name, None, 7).x.tobytes() != load(name, None, 8).x.tobytes()


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("samples", [1, 2, 3, 999])
def test_made_sets_have_as_many_rows_as_asked_for(name: str, samples: int) -> None:
    assert len(load(name, samples, 7)) == samples


@pytest.mark.parametrize("name", [name for name in BUILT_IN if BUILT_IN[name].size != 4])
def test_classes_are_balanced(name: str) -> None:
    labels = load(name, None, 7).labels
    if labels is not None:
        counts = np.bincount(labels)
        assert counts.min() >= 0.9 * counts.max()


def test_inputs_are_scaled() -> None:
    digits, letters, iris = (load(name, None, 7) for name in ("digits", "letters", "iris"))
    assert (digits.x.min(), digits.x.max()) == (0.0, 1.0)
    assert (letters.x.min(axis=1).max(), letters.x.max(axis=1).min()) == (0.0, 1.0)  # of every picture
    np.testing.assert_allclose(iris.x.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(iris.x.std(axis=0), 1, atol=1e-12)


@pytest.mark.parametrize(("name", "samples"), [("nosuch", None), ("xor", 5), ("moons", 0), ("moons", 10**9)])
def test_an_impossible_wish_is_refused(name: str, samples: int | None) -> None:
    with pytest.raises(DataError):
        load(name, samples, 7)


def test_data_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        load("xor", None, 7).x[0, 0] = 5.0


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_data_must_be_finite(bad: float) -> None:
    with pytest.raises(DataError, match=r"x\[1\]\[0\] is not a finite number"):
        Dataset("bad", np.array([[1.0], [bad]]), np.ones((2, 1)))


def test_data_must_not_be_so_large_that_how_far_they_are_apart_is_not_finite() -> None:
    with pytest.raises(DataError, match=r"^bad: x\[1\]\[0\] is -1e\+301, more than 1e\+300 in size: change its unit$"):
        Dataset("bad", np.array([[1.0], [-1e301]]), np.ones((2, 1)))
    x = np.array([[1e300, 1e-200, 1e300], [-1e300, -1e-200, 1e300]])
    largest, rows = Dataset("large", x, np.ones((2, 1))), np.arange(2)
    with np.errstate(over="raise", invalid="raise"):
        standard, bounded = (largest.scaled(rows, how).given(x) for how in ("standard", "minmax"))
    assert standard.tolist() == [[1, 1, 0], [-1, -1, 0]]
    assert bounded.tolist() == [[1, 1, 0], [0, 0, 0]]


def test_largest_numbers_of_a_short_kind_are_data_too() -> None:
    short = np.array([[np.finfo(np.float32).max]], dtype=np.float32)
    assert len(Dataset("short", short, np.ones((1, 1)))) == 1


@pytest.mark.parametrize(
    ("samples", "fraction", "train", "test"), [(None, 0.0, 200, 0), (100, 0.2, 80, 20), (5, 0.5, 3, 2)]
)
def test_a_split_shares_the_rows_out(samples: int | None, fraction: float, train: int, test: int) -> None:
    rows = split(load("moons", None, 7), samples, fraction, 7)
    assert (len(rows.train), len(rows.test)) == (train, test)
    assert len({*rows.train.tolist(), *rows.test.tolist()}) == train + test


@pytest.mark.parametrize(("samples", "fraction"), [(201, 0.0), (1, 0.9)])
def test_a_split_with_nothing_to_train_on_is_refused(samples: int, fraction: float) -> None:
    with pytest.raises(DataError):
        split(load("moons", None, 7), samples, fraction, 7)
