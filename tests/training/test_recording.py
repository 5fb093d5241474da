"""A run that is read from a recording is the run that was recorded: its records, its curves, in any order."""

import dataclasses
import random
from pathlib import Path

import numpy as np
import pytest

from bptui.engine.optimizers import READ
from bptui.scenario import Scenario
from bptui.scenario.change import Given, changed
from bptui.scenario.recorded import scenario_of_recording
from bptui.training import Run, UpdateRecord
from bptui.training.causes import Edit
from bptui.training.recording import Agreement
from bptui.views.recorded import opening_words
from tests.recordings import CASES, by_pytorch, recorded_from, written

MADE: dict[str, Given] = {
    "xor": {"training": {"batch_size": 3}, "data": {"order": "shuffle"}},
    "iris": {"data": {"test_fraction": 0.0}, "training": {"optimizer": "adam", "batch_size": 40}},
    "moons": {
        "data": {"test_fraction": 0.0},
        "training": {"optimizer": "momentum", "l2": 0.01, "reduction": "sum", "learning_rate": 0.01},
    },
    "circles": {
        "data": {"test_fraction": 0.0},
        "training": {"schedule": "step", "schedule_length": 2, "batch_size": 70},
    },
}
UPDATES = 7


def pair(name: str, folder: Path) -> tuple[Run, Run]:
    """A run that the engine makes, and the same one read from its recording."""
    made = changed(Scenario.built_in(name), MADE[name]).begin()
    recorded = recorded_from(made, UPDATES)
    return made, scenario_of_recording(written(folder / "run.bptui", recorded)).begin()


@pytest.mark.parametrize("name", MADE)
def test_every_record_is_the_one_that_was_recorded_in_any_order(name: str, tmp_path: Path) -> None:
    made, read = pair(name, tmp_path)
    order = [*range(1, UPDATES + 1)] * 2
    random.Random(1).shuffle(order)
    for update in [1, *order]:
        ours, theirs = read.record(update), made.record(update)
        assert (ours.before.flat == theirs.before.flat).all()
        assert (ours.after.flat == theirs.after.flat).all()
        assert (ours.memory == theirs.memory).all()
        assert (ours.indices == theirs.indices).all()
        for one, other in zip(ours.passed.delta, theirs.passed.delta, strict=True):
            assert (one == other).all()
        assert np.allclose(ours.step.flat, theirs.step.flat, rtol=1e-12, atol=1e-15)
        assert ours.learning_rate == theirs.learning_rate


def place(record: UpdateRecord) -> tuple[int, ...]:
    position = record.position
    return position.epoch, position.batch, position.start, position.seen


@pytest.mark.parametrize("name", MADE)
def test_places_curves_and_the_ends_of_epochs_are_those_of_the_run(name: str, tmp_path: Path) -> None:
    made, read = pair(name, tmp_path)
    assert read.extend_to(UPDATES)
    for update in range(1, UPDATES + 1):
        ours, theirs = read.record(update), made.record(update)
        assert place(ours) == place(theirs)
        assert ours.n == theirs.n
    for axis in ("update", "epoch", "seen"):
        assert (read.history.updates.axis(axis) == made.history.updates.axis(axis)).all()
    last = read.record(UPDATES).position.epoch
    for epoch in range(1, last):
        assert read.first_update_of(epoch + 1) == made.first_update_of(epoch + 1)
    whole = read.first_update_of(last) - 1
    ends = [dataclasses.astuple(run.epoch_end(whole)) for run in (read, made)]
    assert ends[0] == pytest.approx(ends[1], rel=1e-12, nan_ok=True)


def test_the_run_ends_with_what_was_recorded_and_that_is_no_failure(tmp_path: Path) -> None:
    _, read = pair("xor", tmp_path)
    assert not read.extend_to(UPDATES + 1)
    assert read.frontier == UPDATES
    assert read.stop is not None
    assert not read.stop.diverged
    assert str(read.stop) == f"the recording ends here: {UPDATES} updates stand in run.bptui"
    assert read.record(UPDATES).number == UPDATES
    with pytest.raises(IndexError, match="the recording ends here"):
        read.record(UPDATES + 1)


def test_no_update_of_it_can_be_made_otherwise(tmp_path: Path) -> None:
    _, read = pair("xor", tmp_path)
    read.extend_to(3)
    with pytest.raises(ValueError, match=r"read from run.bptui: only PyTorch knows what would come; \{save-scenario\}"):
        read.fork(2, Edit(1, 0, 0, 0.5))
    with pytest.raises(ValueError, match="only PyTorch knows"):
        read.parted(read.causes)


def test_settings_of_ones_own_begin_a_run_of_the_engine_from_the_same_start(tmp_path: Path) -> None:
    made, read = pair("xor", tmp_path)
    other = read.again(read.settings_at(1))
    other.extend_to(UPDATES)
    assert (other.record(UPDATES).after.flat == made.record(UPDATES).after.flat).all()
    assert other.extend_to(UPDATES + 3)  # it is not read, and goes on


def test_steps_of_an_optimizer_that_is_not_known_are_the_difference_of_the_weights(tmp_path: Path) -> None:
    made = changed(Scenario.built_in("xor"), MADE["xor"]).begin()
    recorded = recorded_from(made, 3, steps_known=False)
    arrays = {"memory": np.zeros((4, 0, made.start.architecture.parameters)), "theta": recorded.arrays["theta"].copy()}
    arrays["theta"][2] += 0.25
    read = scenario_of_recording(written(tmp_path / "run.bptui", recorded, arrays)).begin()
    record = read.record(2)
    assert record.settings.rules.optimizer.name == READ.name
    assert (record.step.flat == record.after.flat - record.before.flat).all()
    assert np.allclose(record.step.flat - made.record(2).step.flat, 0.25)


def test_a_gradient_that_is_not_the_engines_is_told_with_its_update(tmp_path: Path) -> None:
    made = changed(Scenario.built_in("xor"), MADE["xor"]).begin()
    recorded = recorded_from(made, 5)
    gradients = recorded.arrays["gradients"].copy()
    largest = int(np.abs(gradients[2]).argmax())
    gradients[2, largest] *= 1.25
    scenario = scenario_of_recording(written(tmp_path / "run.bptui", recorded, {"gradients": gradients}))
    read = scenario.begin()
    read.extend_to(5)
    assert scenario.recording is not None
    found = scenario.recording.agreement
    assert (found.update, found.of) == (3, 5)
    assert found.worst == pytest.approx(0.2)
    told = read.record(3).told
    assert told is not None
    assert told.gradient_off == pytest.approx(0.2)
    other = read.record(2).told
    assert other is not None
    assert other.gradient_off < 1e-15


def test_batches_of_any_size_are_read_and_seen_where_they_were(tmp_path: Path) -> None:
    made = Scenario.built_in("xor").begin()
    recorded = recorded_from(made, 4)
    sizes, rows = np.array([1, 3, 2, 2]), np.array([3, 0, 1, 2, 3, 1, 0, 2])
    arrays = {"sizes": sizes, "rows": rows, "epochs": np.array([1, 1, 2, 2])}
    read = scenario_of_recording(written(tmp_path / "run.bptui", recorded, arrays)).begin()
    assert [read.record(update).indices.tolist() for update in range(1, 5)] == [[3], [0, 1, 2], [3, 1], [0, 2]]
    assert [read.record(update).batches for update in range(1, 5)] == [2, 2, 2, 2]
    assert [read.record(update).position.seen for update in range(1, 5)] == [0, 1, 4, 6]


def test_a_z_at_the_corner_of_its_activation_is_told_and_does_not_count(tmp_path: Path) -> None:
    scenario = changed(Scenario.built_in("xor"), {"network": {"activations": ["relu", "sigmoid"]}})
    made = scenario.begin()
    recorded = recorded_from(made, 1)
    theta, gradients = recorded.arrays["theta"].copy(), recorded.arrays["gradients"] + 1.0
    theta[0] = 0.0  # z is 0 in every unit
    read = scenario_of_recording(written(tmp_path / "run.bptui", recorded, {"theta": theta, "gradients": gradients}))
    run = read.begin()
    told = run.record(1).told
    assert told is not None
    assert told.at_corner
    assert told.gradient_off > 0.5
    assert read.recording is not None
    run.extend_to(1)
    assert read.recording.agreement == Agreement(worst=0.0, update=0, of=1, corners=1)
    assert opening_words(read.recording).startswith("read: the gradient of its update agrees to 0, but 1 with a z of 0")


def test_a_long_run_of_whole_batches_is_known_at_once(tmp_path: Path) -> None:
    made = Scenario.built_in("xor").begin()
    recorded = recorded_from(made, 2)
    updates = 20_000
    arrays = {name: np.repeat(recorded.arrays[name][:1], updates, axis=0) for name in ("gradients", "losses", "rates")}
    arrays |= {name: np.repeat(recorded.arrays[name][:1], updates + 1, axis=0) for name in ("theta", "memory")}
    arrays |= {
        "sizes": np.full(updates, 4),
        "epochs": np.arange(1, updates + 1),
        "rows": np.tile(np.arange(4), updates),
    }
    read = scenario_of_recording(written(tmp_path / "run.bptui", recorded, arrays)).begin()
    last = read.provider.state(updates - 1)
    assert last is not None
    assert (last.position.epoch, last.position.visited(4)) == (updates, 4)


# --- what PyTorch has made ---


@pytest.mark.parametrize("name", CASES)
def test_pytorchs_gradients_and_losses_are_the_engines(name: str) -> None:
    scenario = by_pytorch(name)
    read, recording = scenario.begin(), scenario.recording
    assert recording is not None
    close = 2e-6 if "float32" in recording.by else 1e-13
    for update in range(1, recording.updates + 1):
        record = read.record(update)
        assert record.told is not None
        assert record.told.gradient_off < close
        assert record.told.loss_off < close
        assert np.abs(record.before.flat + record.step.flat - record.after.flat).max() < close


@pytest.mark.parametrize("name", ["xor", "iris", "moons"])
def test_the_engine_alone_comes_from_the_start_weights_to_pytorchs_last_ones(name: str) -> None:
    scenario = by_pytorch(name)
    read, recording = scenario.begin(), scenario.recording
    assert recording is not None
    alone = read.again(read.settings_at(1))
    alone.extend_to(recording.updates)
    off = np.abs(alone.record(recording.updates).after.flat - recording.theta[-1]).max()
    assert off < (1e-6 if "float32" in recording.by else 1e-14)
