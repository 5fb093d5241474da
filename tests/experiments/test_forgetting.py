"""What a drilled lane has forgotten is counted in its own weights."""

from dataclasses import replace

import numpy as np
import pytest

from bptui.engine.evaluate import sample_losses
from bptui.engine.losses import LOSSES
from bptui.experiments.forgetting import forgetting, measured
from bptui.experiments.lane import Lane
from bptui.experiments.race import Race
from bptui.experiments.races import PRESETS
from bptui.scenario import Scenario
from bptui.views.race_lessons import what_is_forgotten

SAMPLES = 800


def raced(name: str) -> Race:
    run = Scenario.built_in(name).begin()
    race = Race(run, PRESETS[2].lanes(run.settings_at(1), run.problem.count), SAMPLES)
    race.advance(SAMPLES)
    return race


def right(lane: Lane, update: int) -> int:
    problem, loss = lane.run.problem, lane.settings.rules.loss
    network = lane.run.record(update).after
    losses = sample_losses(network, loss, problem.train_x, problem.train_y)
    return int((losses < LOSSES[loss].right_below).sum())


@pytest.mark.parametrize("name", ["trask", "sine"])
def test_what_was_right_when_it_was_left_is_counted_after_the_first_epoch_and_now(name: str) -> None:
    lane = raced(name).lanes[2]
    found, run = forgetting(lane), lane.run
    end = run.first_update_of(2) - 1
    assert found == measured(lane)
    assert found.first == right(lane, end)
    assert found.right == right(lane, run.frontier)
    assert found.passes == run.next_position.seen
    assert found.visits <= found.passes
    left = [m for m in range(1, end + 1) if run.record(m).following.batch != run.record(m).position.batch
            or run.record(m).following.epoch > 1]  # fmt: skip
    losses = [sample_losses(run.record(m).after, lane.settings.rules.loss, run.record(m).passed.a[0],
                            run.record(m).targets)[0] for m in left]  # fmt: skip
    assert len(left) == found.count
    assert max(losses) < LOSSES[lane.settings.rules.loss].right_below


def test_what_is_said_of_it_are_its_numbers() -> None:
    race = raced("sine")
    found, single = forgetting(race.lanes[2]), forgetting(race.lanes[0])
    said = what_is_forgotten(race)
    assert found.first is not None
    assert f"{found.first} of 80 were right: {80 - found.first} were forgotten" in said
    assert f"Now {found.right} are right, in once each {single.right}." in said
    losses = [lane.points[-1].train_loss for lane in race.lanes]
    assert ("Its loss is the lower one here" in said) == (losses[2] < losses[0])
    assert ("most visits took a single pass" in said) == (found.passes / found.visits < 1.5)


def test_a_lane_that_leads_is_said_to_and_one_that_does_not_is_not() -> None:
    race = raced("trask")
    drilled, single = race.lanes[2], race.lanes[0]
    for mine, other, words in ((0.1, 0.2, "lower one here"), (0.2, 0.1, "higher one"), (0.1, 0.1, "alike")):
        drilled.points[-1] = replace(drilled.points[-1], train_loss=mine)
        single.points[-1] = replace(single.points[-1], train_loss=other)
        assert words in what_is_forgotten(race)


def test_before_the_end_and_in_other_races_nothing_is_said() -> None:
    scenario = Scenario.built_in("iris")
    begun = PRESETS[2].begin(scenario.begin(), scenario.settings)
    begun.advance(50)
    assert what_is_forgotten(begun) == ""
    run = scenario.begin()
    other = Race(run, PRESETS[0].lanes(scenario.settings, run.problem.count), 240)
    other.advance(240)
    assert what_is_forgotten(other) == ""


def test_more_than_half_of_the_visits_took_one_pass_where_it_says_so() -> None:
    """Fewer than 1.5 passes a visit: the visits of two passes or more are fewer than half."""
    lane = raced("sine").lanes[2]
    run, visits = lane.run, []
    for update in range(1, min(run.frontier, 300) + 1):
        record = run.record(update)
        if record.following.batch != record.position.batch or record.following.epoch != record.position.epoch:
            visits.append(record.position.repeat)
    assert np.mean(np.array(visits) == 1) > 2 - np.mean(visits) - 1e-9
