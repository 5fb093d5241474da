"""The past answers as plain loops over all records do; a rate that passes does, and the next larger one does not."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bptui.engine import OptimizerSettings, UpdateRules
from bptui.engine.weight import Weight
from bptui.scenario import Scenario
from bptui.training import Run
from bptui.training.causes import Edit, Guest
from bptui.training.judged import chosen_class
from bptui.training.passing import Search, ladder
from bptui.training.past import Past
from bptui.training.roster import LeaveOut

from .builders import begin

LAST = 90


def iris(**changes: Any) -> Run:
    scenario = Scenario.built_in("iris")
    return replace(scenario, settings=replace(scenario.settings, **changes)).begin()


SETTINGS: list[dict[str, Any]] = [
    {},
    {"batch_size": 7, "order": "replacement"},
    {"batch_size": 40, "repeats": 3, "repeat_until": 0.9},
    {"rules": UpdateRules(loss="cross-entropy", reduction="sum", learning_rate=0.01)},
    {"rules": UpdateRules(loss="cross-entropy", optimizer=OptimizerSettings("adam"), learning_rate=0.05)},
]


@pytest.mark.parametrize("changes", SETTINGS)
def test_every_life_is_what_a_loop_over_the_records_sees(changes: dict[str, Any]) -> None:
    run = iris(**changes)
    run.extend_to(LAST)
    past = Past(run, Weight(2, 0, 1), LAST)
    past.go_on()
    lives: dict[int, dict[str, Any]] = {}
    for update in range(1, LAST + 1):
        record = run.record(update)
        right = chosen_class(record.passed.a[-1]) == chosen_class(record.targets)
        met = {}
        for row, is_right in zip(record.indices.tolist(), right.tolist(), strict=True):
            life = lives.setdefault(row, {"seen": 0, "wrong": 0, "first": 0, "forgotten": 0, "last": 0, "now": False})
            life["seen"] += 1
            life["wrong"] += not is_right
            met[row] = is_right
        for row, is_right in met.items():
            life = lives[row]
            if is_right and not life["first"]:
                life["first"] = update
            if life["now"] and not is_right:
                life["forgotten"] += 1
                life["last"] = update
            life["now"] = is_right
    found = {
        life.row: {
            "seen": life.seen, "wrong": life.wrong, "first": life.first_right, "forgotten": life.forgotten,
            "last": life.last_forgotten, "now": life.right_now,
        }
        for life in past.lives()
    }  # fmt: skip
    assert found == lives
    hardness = [life.wrong / life.seen for life in past.lives()]
    assert hardness == sorted(hardness, reverse=True)
    assert any(life["forgotten"] for life in lives.values())


@pytest.mark.parametrize("changes", SETTINGS)
@pytest.mark.parametrize("weight", [Weight(2, 0, 1), Weight(1, -1, 2)])
def test_the_weights_past_is_that_of_the_records(changes: dict[str, Any], weight: Weight) -> None:
    run = iris(**changes)
    run.extend_to(LAST)
    past = Past(run, weight, LAST)
    past.go_on()
    values = [run.start[weight], *(run.record(update).after[weight] for update in range(1, LAST + 1))]
    assert past.values.tolist() == values
    assert values[past.largest()] == max(values)
    assert values[past.smallest()] == min(values)
    steps = [abs(b - a) for a, b in itertools.pairwise(values)]
    assert steps[past.changed_most() - 1] == max(steps)
    middle = float(np.median(values)) + 1e-9
    last = max(u for u in range(1, LAST + 1) if (values[u - 1] > middle) != (values[u] > middle))
    assert past.crossed(middle) == last
    totals: dict[int, float] = {}
    for update in range(1, LAST + 1):
        record = run.record(update)
        share = record.learning_rate / (record.n if record.settings.rules.reduction == "mean" else 1)
        for row, added in zip(record.indices.tolist(), record.contributions(weight).tolist(), strict=True):
            totals[row] = totals.get(row, 0.0) - share * added
    pulls = past.pulls(10**6)
    assert {pull.row: pull.total for pull in pulls} == pytest.approx(totals, rel=1e-9, abs=1e-12)
    for pull in pulls[:3]:
        record = run.record(pull.update)
        assert pull.row in record.indices


def test_under_plain_descent_the_samples_alone_moved_the_weight() -> None:
    run, weight = iris(), Weight(2, 0, 1)
    run.extend_to(LAST)
    past = Past(run, weight, LAST)
    past.go_on()
    assert past.adds_up
    assert sum(pull.total for pull in past.pulls(10**6)) == pytest.approx(past.values[-1] - past.values[0], rel=1e-9)
    for other in (iris(**SETTINGS[4]), run.fork(5, Edit(1, 0, 0, 1.0))):
        assert not Past(other, weight, 1).adds_up


def test_no_sample_moves_a_frozen_bias() -> None:
    run = Scenario.built_in("mazur").begin()
    assert run.extend_to(20)
    past = Past(run, Weight(1, -1, 0), 20)
    assert past.go_on()
    assert past.changed_most() == 0
    assert all(pull.total == 0 for pull in past.pulls(5))
    assert not past.adds_up


def test_guests_and_samples_left_out_have_no_life_of_their_own() -> None:
    run = iris()
    run.extend_to(10)
    x, y = (tuple(array[0].tolist()) for array in (run.problem.train_x[:1], run.problem.train_y[:1]))
    row = int(run.problem.split.train[0])
    run = run.fork(3, Guest(x, y)).fork(3, LeaveOut(row))
    run.extend_to(40)
    past = Past(run, Weight(2, 0, 0), 40)
    past.go_on()
    seen = {life.row: life.seen for life in past.lives()}
    rows = [row for update in range(1, 41) for row in run.record(update).indices.tolist() if row >= 0]
    assert seen == {row: rows.count(row) for row in set(rows)}


def test_it_can_be_broken_off_and_gone_on_with() -> None:
    run = iris()
    run.extend_to(LAST)
    whole, sliced = (Past(run, Weight(2, 0, 1), LAST) for _ in range(2))
    whole.go_on()
    calls = iter(range(10**6))
    while not sliced.go_on(lambda: next(calls) % 8 == 7):
        assert sliced.made < LAST
    assert sliced.values.tolist() == whole.values.tolist()
    assert sliced.lives() == whole.lives()


def test_a_regression_has_no_lives() -> None:
    run = begin()
    run.extend_to(5)
    past = Past(run, Weight(1, 0, 0), 5)
    past.go_on()
    assert past.lives() == []


# --- a rate that passes ---


def diverging(rate: float) -> Run:
    scenario = Scenario.built_in("sine")
    rules = replace(scenario.settings.rules, learning_rate=rate)
    run = replace(scenario, settings=replace(scenario.settings, rules=rules)).begin()
    run.extend_to(300)
    assert run.stop is not None
    return run


@pytest.mark.parametrize("rate", [5.0, 50.0, 1e10])
def test_the_rate_found_passes_and_the_next_larger_one_does_not(rate: float) -> None:
    run = diverging(rate)
    search = Search(run)
    calls = iter(range(10**7))
    while not search.go_on(lambda: next(calls) % 50 == 49):
        assert search.found is None
    found, stop = search.found, run.stop
    assert found is not None
    assert stop is not None
    assert found.rate < found.fails <= rate

    def reaches(rate: float) -> bool:
        rules = replace(search.settings.rules, learning_rate=rate)
        return run.fork(found.first, replace(search.settings, rules=rules)).extend_to(stop.update)

    assert reaches(found.rate)
    assert not reaches(found.fails)
    assert "does not" in found.words


def test_where_this_update_alone_can_be_passed_it_is_the_one_that_changes() -> None:
    found = Search(diverging(50.0))
    found.go_on()
    assert found.found is not None
    assert found.found.first == found.stop
    assert "passes this update" in found.found.words


def test_where_no_rate_helps_none_is_found() -> None:
    scenario = Scenario.built_in("mazur")
    rules = replace(scenario.settings.rules, learning_rate=1e300)
    run = replace(scenario, settings=replace(scenario.settings, rules=rules)).begin()
    run.extend_to(1)
    search = Search(run)
    assert search.go_on()
    assert search.found is None
    with pytest.raises(ValueError, match="did not have to stop"):
        Search(begin())


@pytest.mark.parametrize("rate", [0.37, 1.0, 3.0, 1e10, 1e-5])
def test_the_ladder_has_every_rate_of_two_digits_below(rate: float) -> None:
    rates = ladder(rate)
    assert rates == sorted(set(rates))
    assert all(float(f"{each:.1e}") == each for each in rates)
    assert rates[-1] < rate <= rates[-1] * 1.1000001
    assert all(b / a < 1.11 for a, b in itertools.pairwise(rates))
    assert ladder(0.0) == []
