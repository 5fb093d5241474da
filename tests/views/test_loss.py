"""Panel 5: its numbers are the record's, its labels say whose they are, its ticks are round."""

import re
from dataclasses import replace
from functools import cache

import pytest

from bptui.scenario import Scenario
from bptui.session.moment import Moment
from bptui.session.session import Session
from bptui.tui.plot import draw
from bptui.views.header import header
from bptui.views.loss import chart, loss_rows, place_of, updates_at
from bptui.views.numbers import num
from bptui.views.scene import AXES, Axis, scene_of
from tests.scenes import lines, own_data, own_session, phase_of, scene, session
from tests.tui.pilots import session_with


def test_the_batch_loss_is_the_records_however_long_the_run_is() -> None:
    it = session("xor")
    it.run.extend_to(6000)  # longer than the curves have buckets
    shown = lines(loss_rows(scene(it, Moment(3, phase_of("update"), 3, 2))))[0]
    assert f"batch {num(it.run.record(3).loss_mean, 8)}" in shown
    assert it.run.history.updates.width > 1


def test_the_batch_loss_waits_for_the_last_sample() -> None:
    it = session("xor")
    before = scene(it, Moment(1, phase_of("forward", 2), 3, 2))
    after = scene(it, Moment(1, phase_of("loss"), 3, 2))
    assert "batch to come" in lines(loss_rows(before))[0]
    assert f"batch {num(it.run.record(1).loss_mean, 8)}" in lines(loss_rows(after))[0]


def test_train_and_test_losses_say_of_which_epochs_end_they_are() -> None:
    it = session("digits")
    it.run.extend_to(60)
    record = it.run.record(60)
    shown = lines(loss_rows(scene(it, Moment(60, phase_of("update"), record.n - 1, 2))))
    ended = record.position.epoch - (not record.ends_epoch)
    assert f"after epoch {ended}:" in shown[0]
    assert "train" in shown[1]
    assert "test" in shown[1]


@pytest.mark.parametrize("accuracy", [False, True])
def test_only_a_curve_that_is_drawn_has_a_sign_before_its_number(accuracy: bool) -> None:
    it = session("digits")
    it.run.extend_to(60)
    shown = scene(it, Moment(60, phase_of("update"), 31, 2), accuracy=accuracy)
    drawn = {series.name for series in chart(shown, 60).series}
    told = re.findall(r"(\S?)\b(batch|train|test) ", " ".join(lines(loss_rows(shown))))
    assert {name for sign, name in told if sign} == drawn


@cache
def diverging() -> Session:
    it = own_session(own_data((), ("u", "v")), learning_rate=1e3)
    assert not it.run.extend_to(500)
    return it


@pytest.mark.parametrize("width", [30, 38, 60, 100])
@pytest.mark.parametrize("where", ["the first update", "the last one made"])
def test_a_run_that_had_to_stop_says_so_wherever_one_stands(where: str, width: int) -> None:
    it = diverging()
    stop, update = it.run.stop, 1 if where == "the first update" else it.run.frontier
    assert stop is not None
    it.moment = Moment(update, phase_of("update"), it.run.record(update).n - 1, 2)
    shown = lines(loss_rows(scene_of(it, colour=True), width))
    assert shown[-1].strip() in stop.spellings
    assert len(shown[-1]) <= width
    assert f"batch {num(it.record.loss_mean, 6 if width < 38 else 8)}" in shown[0]
    assert f"after epoch {it.record.position.epoch - (not it.record.ends_epoch)}:" in shown[0]
    head = lines(header(scene_of(it, colour=True), 80, 2))[0]
    assert f"stops before update {stop.update}" in head or f"stops at {stop.update}" in head
    assert "γ 1000" in head


def test_a_run_that_goes_on_says_nothing_of_a_stop() -> None:
    it = scene_of(session("xor"), colour=True)
    assert "stop" not in "".join(lines([*loss_rows(it), *header(it, 80, 2)]))


@pytest.mark.parametrize("updates", [1, 6000])
def test_the_whole_known_history_is_drawn_wherever_one_stands(updates: int) -> None:
    it = session("xor")
    it.run.extend_to(6000)
    batch, train = chart(scene(it, Moment(updates, phase_of("update"), 3, 2)), 160).series
    assert (batch.x[0], batch.x[-1]) == (0, it.run.history.updates.axis("update")[-2])
    assert train.x[-1] == it.run.frontier
    for series in (batch, train):
        assert series.low[0] < it.run.record(1).loss_mean < series.high[0] * (1 + 1e-12)


@pytest.mark.parametrize("kind", ["forward", "update"])
@pytest.mark.parametrize("axis", AXES)
def test_the_cursor_stands_at_the_updates_made(axis: Axis, kind: str) -> None:
    it = session("iris")
    it.run.extend_to(30)
    moment = Moment(20, phase_of(kind, 1 if kind == "forward" else 0), 0, 2)
    made = 20 if kind == "update" else 19
    following = it.run.record(made).following
    expected = {"update": made, "seen": following.seen, "epoch": following.epoch - 1 + following.start / 120}
    assert chart(scene(it, moment, axis=axis), 40).cursor == pytest.approx(expected[axis])


def test_changed_settings_and_a_stop_are_marked() -> None:
    it = own_session(own_data((), ("u", "v")))
    it.run.extend_to(7)
    it.moment = Moment(7, phase_of("update"), it.run.record(7).n - 1, 2)
    assert not chart(scene_of(it, colour=True), 40).marks
    it.toggle_reduction()
    (changed,) = chart(scene_of(it, colour=True), 40).marks
    assert (changed.x, changed.words) == (7, "sum")
    wild = diverging()
    wild.moment = Moment()
    (stopped,) = chart(scene_of(wild, colour=True), 40).marks
    assert (stopped.x, stopped.words) == (wild.run.frontier, "stopped")


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("size", [(38, 8), (60, 12), (118, 30)])
def test_a_run_that_diverged_is_drawn_with_labels_that_leave_it_room(size: tuple[int, int], log: bool) -> None:
    drawn = lines(draw(chart(replace(scene_of(diverging(), colour=True), log=log), 2 * size[0]), *size))
    assert all(len(line) == size[0] for line in drawn)
    assert all(re.split("[│┤]", line)[0].count("0") < 4 and len(re.split("[│┤]", line)[0]) <= 6 for line in drawn[1:-2])
    assert "×" in drawn[0]


def test_losses_stand_with_and_without_the_penalty_where_there_is_one() -> None:
    it = own_session(own_data(("a", "b", "c"), ("u", "v")), l2=0.5)
    it.run.extend_to(3)
    record = it.run.record(3)  # twelve samples by five: the end of the first epoch
    it.moment = Moment(3, phase_of("update"), record.n - 1, 2)
    shown = lines(loss_rows(scene(it, it.moment)))
    assert f"batch {num(record.loss_mean, 8)}" in shown[0]
    assert f"batch {num(record.loss_mean + record.penalty, 8)}" in shown[2]
    left = sum(float((w**2).sum()) for w in record.after.weights)
    train = float(it.run.history.epochs.last("train_loss")[1])
    assert f"train {num(train, 8)}" in shown[1]
    assert f"train {num(train + 0.25 * left, 8)}" in shown[2]
    assert len(loss_rows(scene(own_session(own_data((), ("u", "v")))))) == 2


def test_train_and_test_are_of_the_last_epochs_end_however_long_the_run_is() -> None:
    it = session("xor")
    it.run.extend_to(6000)
    record = it.run.record(5)
    shown = lines(loss_rows(scene(it, Moment(5, phase_of("update"), 3, 2))))
    train = it.run.problem.metrics(record.after, record.settings.rules.loss)[0]
    assert shown[0].endswith("after epoch 5:")
    assert f"train {num(train, 8)}" in shown[1]


def test_an_update_that_one_steps_through_is_not_drawn_before_it_is_made() -> None:
    it = Session(Scenario.built_in("xor"))
    fresh = chart(scene(it), 80)
    assert all(series.x.max() == 0 for series in fresh.series)
    it.move(("batch", 1))
    assert max(series.x.max() for series in chart(scene(it), 80).series) == 1
    it.move(("batch", 1))
    it.move(("batch", -1))  # the way back leaves what was seen
    assert max(series.x.max() for series in chart(scene(it), 80).series) == 2


def test_a_loss_that_has_grown_is_remarked_before_it_overflows() -> None:
    it = session_with("plane", learning_rate=5.0)
    it.run.extend_to(200)
    at = scene(it, Moment(200, phase_of("update"), it.run.record(200).n - 1, it.layers))
    assert at.epoch_end.train_loss > 1e6
    assert "× what it was at the start: lower γ" in "\n".join(lines(loss_rows(at, 60)))
    assert "lower γ" not in "\n".join(lines(loss_rows(scene(session("xor")), 60)))
    at.history.epochs.width = 2  # a thinned curve does not begin at the start
    assert "lower γ" not in "\n".join(lines(loss_rows(at, 60)))


@pytest.mark.parametrize("axis", ["update", "epoch", "seen"])
@pytest.mark.parametrize("name", ["xor", "digits"])
def test_a_place_on_the_x_axis_is_that_of_as_many_updates(name: str, axis: Axis) -> None:
    it = session(name)
    here = scene(it, Moment(40, phase_of("update")), axis=axis)
    assert [updates_at(here, place_of(here, made)) for made in range(41)] == [*range(41)]
    end = place_of(here, here.frontier)
    assert (updates_at(here, -1.0), updates_at(here, 2 * end)) == (0, here.frontier)
