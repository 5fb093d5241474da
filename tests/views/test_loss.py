"""Panel 5: its numbers are the record's, its labels say whose they are, its ticks are round."""

from dataclasses import replace

import pytest

from bptui.session.moment import Moment
from bptui.tui.plot import round_values
from bptui.views.loss import chart, loss_rows
from bptui.views.numbers import num, rate
from tests.scenes import beat, lines, scene, session


def test_the_batch_loss_is_the_records_however_long_the_run_is() -> None:
    it = session("xor")
    it.run.extend_to(6000)  # longer than the curves have buckets
    shown = lines(loss_rows(scene(it, Moment(3, beat(it, "update"), 3, 2))))[0]
    assert f"batch {num(it.run.record(3).loss_mean, 6)}" in shown
    assert it.run.history.updates.width > 1


def test_the_batch_loss_waits_for_the_last_sample() -> None:
    it = session("xor")
    before = scene(it, Moment(1, beat(it, "forward", 2), 3, 2))
    after = scene(it, Moment(1, beat(it, "loss"), 3, 2))
    assert "batch ·" in lines(loss_rows(before))[0]
    assert f"batch {num(it.run.record(1).loss_mean, 6)}" in lines(loss_rows(after))[0]


def test_train_and_test_losses_say_of_which_epochs_end_they_are() -> None:
    it = session("digits")
    it.run.extend_to(60)
    record = it.run.record(60)
    shown = lines(loss_rows(scene(it, Moment(60, beat(it, "update"), record.n - 1, 2))))
    ended = record.position.epoch - (not record.ends_epoch)
    assert f"after epoch {ended}:" in shown[0]
    assert "train" in shown[1]
    assert "test" in shown[1]


def test_a_run_that_had_to_stop_says_why() -> None:
    stopped = replace(scene(session("xor")), stop="update 5: the step of layer 1 overflows")
    assert lines(loss_rows(stopped))[0].startswith(" stopped: update 5")


def test_a_chart_whose_curves_begin_later_does_not_say_that_nothing_was_done() -> None:
    it = session("xor")
    it.run.extend_to(6000)
    early = scene(it, Moment(1, beat(it, "update"), 3, 2))
    assert chart(early, 40).series or chart(early, 40).empty == "the thinned curves begin later"
    assert chart(scene(it, Moment()), 40).empty == "no update yet"


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.31, 0.74), (-3.0, 1e12), (1e-9, 2e-9), (2.0, 2.0)])
def test_ticks_are_few_round_and_inside(low: float, high: float) -> None:
    ticks = round_values(low, high)
    assert 1 <= len(ticks) <= 5
    assert all(low <= tick <= high * (1 + 1e-12) for tick in ticks)
    assert all(len(rate(tick)) <= 9 for tick in ticks)
