"""The one way a number is written: it fits, it says no more than is true, and it never reads −0.000."""

import math
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import bptui
from bptui.data.digits import shortest
from bptui.views.numbers import factor, num, rate, share, sign_role
from tests.scenes import read_back, shown_step

BOTH = st.sampled_from((num, factor))
WIDTHS = st.integers(5, 14)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
EDGES = (0.0, -0.0, 5e-324, -5e-324, 1e308, -1.7976931348623157e308, 0.00005, 0.99995, 9.99995, 99999.5, 999999.5)


@given(BOTH, st.floats(), WIDTHS, st.booleans())
def test_a_number_never_exceeds_its_width(write: Callable[..., str], value: float, width: int, plus: bool) -> None:
    assert 1 <= len(write(value, width, plus)) <= width


@given(BOTH, FLOATS, st.integers(7, 14), st.booleans())
def test_a_number_reads_back_within_half_a_unit_of_its_last_digit(
    write: Callable[..., str], value: float, width: int, plus: bool
) -> None:
    words = write(value, width, plus)
    assert abs(read_back(words) - Decimal(value)) <= shown_step(words) / 2


@pytest.mark.parametrize("value", EDGES)
@pytest.mark.parametrize("width", range(7, 15))
def test_extremes_read_back_too(value: float, width: int) -> None:
    words = num(value, width)
    assert len(words) <= width
    assert abs(read_back(words) - Decimal(value)) <= shown_step(words) / 2


@given(st.floats(1e-3, 9999.0), st.booleans())
def test_a_factor_of_the_usual_width_has_at_least_three_digits(value: float, plus: bool) -> None:
    words = factor(value, 8, plus)
    assert abs(read_back(words) - Decimal(value)) <= Decimal(value) * Decimal("0.02")
    assert len(re.sub(r"e.*|[^0-9]", "", words).lstrip("0")) >= 2


@given(st.floats(1e-3, 9999.0), st.integers(8, 14))
def test_a_column_of_usual_numbers_has_its_points_below_each_other(value: float, width: int) -> None:
    assert re.fullmatch(r"\d+\.\d{4}|\d{3,4}\.\d{2,4}", num(value, width))


@pytest.mark.parametrize(
    ("value", "width", "words"),
    [(5.025e-4, 6, "5e−4"), (5.025e-4, 7, "5.0e−4"), (-6e-4, 6, "−6e−4"), (6e-3, 5, "6e−3"), (6e-3, 6, "0.006")],
)
def test_a_number_is_not_rounded_up_to_the_smallest_decimal(value: float, width: int, words: str) -> None:
    assert num(value, width) == words


@given(BOTH, st.floats(), WIDTHS, st.booleans())
@example(num, -1e-9, 8, False)
@example(num, -0.0, 8, True)
def test_only_zero_is_written_as_zero(write: Callable[..., str], value: float, width: int, plus: bool) -> None:
    words = write(value, width, plus)
    if not re.search("[1-9∞…≈?]", words):
        assert words == "0"
        assert value == 0


@given(BOTH, st.floats(allow_nan=False), WIDTHS, st.booleans())
def test_the_sign_is_a_real_minus_and_plus_on_request(
    write: Callable[..., str], value: float, width: int, plus: bool
) -> None:
    words = write(value, width, plus)
    assert "-" not in words
    assert words.startswith("−") == (value < 0)
    assert words.startswith("+") == (plus and value > 0)


@given(BOTH, FLOATS, FLOATS, WIDTHS)
def test_a_larger_number_is_never_written_as_a_smaller_one(
    write: Callable[..., str], a: float, b: float, width: int
) -> None:
    first, second = write(min(a, b), width), write(max(a, b), width)
    if not re.search("[…≈]", first + second):
        assert read_back(first) <= read_back(second)


@pytest.mark.parametrize(
    ("value", "width", "words"),
    [
        (math.nan, 5, "?"),
        (math.inf, 5, "∞"),
        (-math.inf, 5, "−∞"),
        (0.1492, 8, "0.1492"),
        (-0.1492, 8, "−0.1492"),
        (0.5, 5, "0.50"),
        (-0.00012345, 9, "−1.234e−4"),
        (12345.678, 8, "12345.7"),
        (1e308, 8, "1.0e308"),
        (1e-130, 6, "≈0"),
        (-1e-130, 6, "−≈0"),
        (1e-130, 7, "1e−130"),
    ],
)
def test_examples(value: float, width: int, words: str) -> None:
    assert num(value, width) == words


@pytest.mark.parametrize("value", [0.1, 0.001, 1e-6, 2e-6, 0.5, 1000.0, 1e6, 1e20, 1.0])
def test_a_learning_rate_reads_back(value: float) -> None:
    assert float(rate(value).replace("−", "-")) == value


@pytest.mark.parametrize(
    "value",
    [
        1e6,
        1e20,
        1e-10,
        5e-324,
    ],
)
def test_a_learning_rate_has_no_idle_plus_or_zeros_in_its_exponent(value: float) -> None:
    assert re.fullmatch(r"[\d.]+e−?[1-9]\d*", rate(value))


def test_a_share_is_a_percentage_or_nothing() -> None:
    assert [share(x) for x in (0.0, 0.0986, 1.0, math.nan)] == ["0.0%", "9.9%", "100.0%", ""]


def test_roles_tell_the_sign() -> None:
    assert [sign_role(x) for x in (2.0, -2.0, 0.0, -0.0, math.nan)] == ["positive", "negative", "dim", "dim", "dim"]


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [(1e-5, 6, "1e−5"), (-0.1, 6, "−0.1"), (1e300, 6, "1e300"), (0.30000000000000004, 6, "0.3"), (0.04642, 2, "0.046")],
)
def test_the_shortest_spelling_has_a_true_minus_and_no_zeros_to_spare(value: float, digits: int, written: str) -> None:
    assert shortest(value, digits) == written


def test_no_room_with_a_screen_spells_numbers_by_itself() -> None:
    own = re.compile(r":[^{}\"' ]*\.[1-9]\d*[fge]\}|:[.\d]*[ge]\}")
    package = Path(bptui.__file__).parent
    rooms = ("views", "tui", "session", "experiments", "explain")
    files = [path for room in rooms for path in (package / room).rglob("*.py")]
    assert len(files) > 50
    found = [
        f"{path.name}:{k}"
        for path in files
        if path.name != "numbers.py"
        for k, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if own.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("value", "width", "words"),
    [
        (0.008476865, 9, "0.008477"),
        (0.008476865, 7, "0.0085"),
        (0.0085, 9, "0.0085"),
        (9.954e-4, 9, "9.954e−4"),
        (9.954e-4, 8, "9.95e−4"),
        (0.0316, 8, "0.0316"),
    ],
)
def test_a_small_factor_has_as_many_digits_as_its_product(value: float, width: int, words: str) -> None:
    """−0.1 · 0.0085 beside −8.477e−4 would read as a false equation."""
    assert factor(value, width) == words
