"""What is said of batch sizes is what the table beside it shows."""

from dataclasses import replace
from math import inf

import pytest

from bptui.experiments.lane import Entry
from bptui.experiments.trials import FACTORS, SEEDS, Size, Training, Trials, at_rate
from bptui.scenario import Scenario
from bptui.views.numbers import num
from bptui.views.text import cells
from bptui.views.trials import lowest, ranged, sentences, trial_rows, tuned
from tests.scenes import lines

SECONDS = {"batch 1": 4.0, "batch 8": 1.0, "all 80": 0.5}


def trials(losses: dict[str, list[float]], best: float = 10.0) -> Trials:
    """Done, with these losses over the seeds at every size's best γ, and twice them at γ."""
    scenario = Scenario.built_in("sine")
    it = Trials(scenario.begin().problem, scenario.start, tuple(Entry(name, scenario.settings) for name in losses))
    it.sizes = []
    for name, values in losses.items():
        size = Size(name, replace(scenario.settings, batch_size=8))
        rates = [size.settings.rules.learning_rate * factor for factor in FACTORS]
        size.searched = [
            training(at_rate(size.settings, rate), 0, 1.0 / rate if factor <= best else 9.0, name)
            for rate, factor in zip(rates, FACTORS, strict=True)
        ]
        for seed, loss in enumerate(values):
            size.equal.append(training(size.settings, seed, 2 * loss, name))
            size.tuned.append(training(at_rate(size.settings, size.best_rate), seed, loss, name))
        it.sizes.append(size)
    it.done, it.made = True, it.planned
    return it


def training(settings: object, seed: int, loss: float, name: str) -> Training:
    whole = SECONDS[name]
    points = [(0, 0.0, 8.0), (4000, whole / 2, 1.5 * loss), (8000, whole, loss)]
    return Training(settings, seed, points)  # type: ignore[arg-type]


APART = {"batch 1": [0.1, 0.11, 0.12, 0.13, 0.14], "batch 8": [0.2, 0.2, 0.21, 0.22, 0.23], "all 80": [0.25] * 5}
OVERLAP = {"batch 1": [0.1, 0.11, 0.12, 0.13, 0.25], "batch 8": [0.2, 0.2, 0.21, 0.22, 0.23], "all 80": [0.5] * 5}


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_table_has_a_row_a_size_with_its_losses_over_the_seeds(width: int) -> None:
    it = trials(APART)
    rows = lines(trial_rows(it, width))
    assert all(cells(row) <= width for row in rows)
    for size, row in zip(it.sizes, rows[1:], strict=False):
        assert row.startswith(f" {size.name}")
        assert ranged(tuned(size)) in row or width < 60
    assert f"{num(0.1, 6)}…{num(0.14, 6)}" in "".join(rows) or width < 60
    assert ("memory" in rows[0]) == (width == 120)
    assert rows[0].endswith("  after 500 ms, γ 0.1") == (width == 120)


def test_what_is_lowest_by_samples_need_not_be_lowest_by_time() -> None:
    said = " ".join(sentences(trials(APART)))
    assert "After 8000 samples batch 1 has the lowest loss, at one γ and at its best." in said
    assert "After 500 ms all 80 has the lowest loss." in said
    assert "Batch 1 took 8.00 times as long as all 80" in said
    assert "Seeds lie 0.040 apart in batch 1, 0 in all 80." in said


def test_sizes_whose_seeds_overlap_are_not_told_apart() -> None:
    it = trials(OVERLAP)
    assert lowest(it.sizes, tuned) == "batch 1 has the lowest loss (seeds of batch 8 overlap with it)"


def test_what_overflows_is_said_to_and_leads_nothing() -> None:
    it = trials({"batch 1": [inf] * 5, "batch 8": [0.2, 0.2, inf, 0.2, 0.2], "all 80": [0.5] * 5})
    rows = lines(trial_rows(it, 120))
    assert "overflows" in rows[1]
    assert "1∞" in rows[2]
    assert "batch 8 has the lowest loss" in " ".join(sentences(it))
    assert "Batch 1 took" not in " ".join(sentences(it))
    every = trials(dict.fromkeys(SECONDS, [inf] * 5))
    assert "every size has overflowed" in " ".join(sentences(every))
    assert all(cells(row) <= 80 for row in lines(trial_rows(every, 80)))


def test_until_it_is_done_only_how_far_it_is_is_told() -> None:
    it = trials(APART)
    it.done, it.made = False, 7
    (row,) = lines(trial_rows(it, 80))
    assert f"{SEEDS} seeds: 7/{it.planned} trained" in row
