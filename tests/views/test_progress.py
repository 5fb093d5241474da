"""What is said of work under way fits its row, whole words only, and names the figures it was given."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptui.data.digits import grouped
from bptui.views.progress import Progress, spellings, time_left
from bptui.views.text import Row, cells, first_fitting

RATES = st.one_of(st.none(), st.floats(0, 1e7))
LEFT = st.one_of(st.none(), st.floats(0, 1e12))


@given(st.integers(0, 10**7), st.one_of(st.none(), st.floats(0, 1)), RATES, LEFT)
def test_some_spelling_fits_the_narrowest_screen_and_every_one_says_what_stops_it(
    done: int, share: float | None, rate: float | None, left: float | None
) -> None:
    words = spellings(Progress(done, "update", share, "epoch 9999999", rate, left), "Esc")
    lengths = [cells(spelling) for spelling in words]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[-1] < 40
    assert all(spelling.endswith("· Esc stops") for spelling in words)


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (90, "working: update 12 345, 34% of the way to epoch 12 · 1 234/s · 2 min 5 s left · Esc stops"),
        (80, "update 12 345, 34% of the way to epoch 12 · 1 234/s · 2 min 5 s left · Esc stops"),
        (70, "update 12 345, 34% to epoch 12 · 1 234/s · 2 min 5 s left · Esc stops"),
        (50, "update 12 345, 34% · 2 min 5 s left · Esc stops"),
        (40, "34% · 2 min 5 s left · Esc stops"),
        (20, "34% · Esc stops"),
    ],
)
def test_a_narrower_screen_has_fewer_words(width: int, said: str) -> None:
    it = Progress(12_345, "update", 0.34, "epoch 12", 1234.4, 125.0)
    rows: list[Row] = [((words, "notice"),) for words in spellings(it, "Esc")]
    assert first_fitting(rows, width) == ((said, "notice"),)


def test_where_nobody_knows_how_far_it_is_no_share_and_no_time_is_said() -> None:
    first, *_ = spellings(Progress(4321, "update", rate=99.6), "z")
    assert first == "working: 4 321 updates made · 100/s · z stops"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "1 s"),
        (0.2, "1 s"),
        (59.0, "59 s"),
        (59.5, "1 min 0 s"),
        (60, "1 min 0 s"),
        (125.9, "2 min 6 s"),
        (599.9, "10 min"),
        (3540, "59 min"),
        (3541, "1 h 0 min"),
        (3601, "1 h 1 min"),
        (82_800, "23 h 0 min"),
        (82_801, "1 day"),
        (200_000, "3 days"),
        (1e300, "9 999 days"),
    ],
)
def test_time_left_is_in_seconds_minutes_hours_or_days(seconds: float, said: str) -> None:
    assert time_left(seconds) == said


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_more_time_is_never_said_as_less(one: float, other: float) -> None:
    def seconds(said: str) -> int:
        of = {"s": 1, "min": 60, "h": 3600, "day": 86_400, "days": 86_400}
        return sum(int(n.replace(" ", "")) * of[unit] for n, unit in re.findall(r"([\d ]+) (days?|h|min|s)", said))

    assert seconds(time_left(min(one, other))) <= seconds(time_left(max(one, other)))


@given(st.integers(0, 10**15))
def test_thousands_stand_apart(value: int) -> None:
    first, *more = grouped(value).split(" ")
    assert 1 <= len(first) <= 3
    assert all(len(part) == 3 for part in more)
    assert int("".join((first, *more))) == value
