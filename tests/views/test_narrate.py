"""The sentence of a moment names the numbers of the record, each under its own name."""

import pytest

from bptui.engine.weight import Weight
from bptui.session.moment import Moment
from bptui.views.narrate import narrate
from bptui.views.numbers import factor, rate
from tests.scenes import phase_of, scene, session
from tests.tui.pilots import session_with


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_what_is_in_force_is_the_sum_or_the_mean_as_it_is_called(reduction: str) -> None:
    it = session_with("xor", reduction=reduction)
    said = narrate(scene(it, Moment(1, phase_of("reduce"), 3, 2)))
    contributions = it.run.record(1).contributions(Weight(2, 0, 0))
    total, mean = factor(sum(contributions), 8), factor(sum(contributions) / 4, 8)
    assert total != mean
    if reduction == "sum":
        assert f"the sum {total} is kept" in said
        assert mean not in said
    else:
        assert f"their sum {total} ÷ 4 = {mean} is in force" in said


def test_an_update_names_the_weight_before_and_after_its_step_and_the_learning_rate() -> None:
    it = session("xor")
    said = narrate(scene(it, Moment(1, phase_of("update"), 3, 2)))
    record = it.run.record(1)
    before, after = (float(theta.weights[1][0, 0]) for theta in (record.before, record.after))
    assert f"{factor(before, 8)} → {factor(after, 8)}" in said
    assert f"a step of {factor(after - before, 8, plus=True)}" in said
    assert f"γ = {rate(record.learning_rate)}" in said
    assert "4 forward and 4 backward passes made this one update" in said


@pytest.mark.parametrize("sample", range(4))
def test_a_contribution_is_the_samples_own_input_times_its_own_delta(sample: int) -> None:
    it = session("xor")
    said = narrate(scene(it, Moment(1, phase_of("gradient"), sample, 2)))
    passed = it.run.record(1).passed
    a, delta = float(passed.a[1][sample, 0]), float(passed.delta[1][sample, 0])
    assert f"Sample {sample + 1} adds a · δ = {factor(a, 8)} · {factor(delta, 8)} = {factor(a * delta, 8)}" in said


def test_what_a_first_layer_weight_gets_is_said_of_x() -> None:
    said = narrate(scene(session("xor"), Moment(1, phase_of("gradient"), 2, 1)))
    assert "Sample 3 adds x · δ = 1.0000 · " in said


@pytest.mark.parametrize("sample", range(4))
def test_the_loss_is_the_samples_own(sample: int) -> None:
    it = session("xor")
    said = narrate(scene(it, Moment(1, phase_of("loss"), sample, 2)))
    assert f"L = {factor(float(it.run.record(1).passed.loss[sample]), 8)};" in said
