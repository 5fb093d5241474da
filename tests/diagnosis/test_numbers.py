"""A printed number stands for an interval, and for no wider one than its digits say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptui.diagnosis.numbers import NOTHING, ROUNDING, Part, from_digits, from_floats

FINITE = st.floats(-1e6, 1e6, allow_subnormal=False)


def test_four_decimals_stand_for_half_a_unit_to_either_side() -> None:
    low, high = from_digits(["0.0133"])
    np.testing.assert_allclose([low[0], high[0]], [0.01325, 0.01335], rtol=1e-8)


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        (["0.5", "0.0133"], 1e-3),  # the zeros left away, but no more digits than the neighbour has
        (["0.5", "0.12345678"], 1e-8),
        (["2.35", "0.0133"], 1e-2),  # three significant digits each
        (["3", "-4.5"], 1e-1),
        (["0.5", "0.250", "0.1234"], 1e-1),
        (["0.00e+00", "1.25e-01"], 0.0),
        (["0.00", "0.12"], 1e-2),
        (["1.5e-3"], 1e-4),
        (["1.50e2"], 1.0 + 3e-7),
    ],
)
def test_a_number_without_its_last_zeros_is_as_exact_as_its_neighbours(words: list[str], unit: float) -> None:
    low, high = from_digits(words)
    assert high[0] - low[0] == pytest.approx(unit, abs=1e-7 * unit + 4 * ROUNDING[8])


def test_whole_numbers_alone_are_exact() -> None:
    low, high = from_digits(["46", "67", "21"])
    assert (high - low).max() <= 2.1 * (ROUNDING[8] * 67 + NOTHING)


@given(st.lists(FINITE, min_size=1, max_size=8), st.integers(1, 8))
def test_rounding_to_so_many_decimals_never_loses_the_number(numbers: list[float], decimals: int) -> None:
    low, high = from_digits([f"{number:.{decimals}f}" for number in numbers])
    assert all(low <= numbers)
    assert all(numbers <= high)


@given(st.lists(FINITE, min_size=1, max_size=8), st.integers(1, 8))
def test_so_many_significant_digits_never_lose_the_number(numbers: list[float], digits: int) -> None:
    low, high = from_digits([f"{number:.{digits}e}" for number in numbers])
    assert all(low <= numbers)
    assert all(numbers <= high)


def test_floats_of_four_bytes_written_out_leave_room_for_their_arithmetic() -> None:
    singles = np.array([0.1, -0.7, 0.003], dtype=np.float32)
    low, high = from_digits([repr(float(single)) for single in singles])
    assert (high - low).min() > 1e-6
    low, high = from_digits([repr(number) for number in (0.1, -0.7, 0.003, 1 / 3)])
    assert (high - low)[-1] < 1e-8


def test_computed_numbers_leave_room_for_sums_in_another_order_only() -> None:
    numbers = np.array([0.1, 0.2, 0.3])
    assert Part("gradient", 1, "biases", *from_floats(numbers)).allows(numbers[::-1].cumsum()[::-1] - [0.5, 0.3, 0])
    assert not Part("gradient", 1, "biases", *from_floats(numbers)).allows(numbers * (1 + 1e-7))
    assert Part("gradient", 1, "biases", *from_floats(numbers, size=4)).allows(numbers * (1 + 1e-7))


@pytest.mark.parametrize("word", ["nan", "inf", "1e999", "x", "1_0", ""])
def test_what_is_no_finite_number_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r"number|could not convert"):
        from_digits([word])


def test_names_are_those_of_the_formulas() -> None:
    nothing = np.zeros(1)
    names = [
        Part("gradient", 2, "weights", nothing, nothing).name,
        Part("after", 1, "biases", nothing, nothing).name,
        Part("samples", 1, "weights", nothing, nothing).name,
        Part("delta", 2, "", nothing, nothing).name,
        Part("loss", 0, "", nothing, nothing).name,
    ]
    assert names == ["W2", "after_b1", "samples_W1", "delta2", "loss"]


def test_numbers_of_another_shape_are_never_allowed() -> None:
    part = Part("gradient", 1, "weights", *from_floats(np.zeros((1, 2))))
    assert not part.allows(np.zeros(2))
