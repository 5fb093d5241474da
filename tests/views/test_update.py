"""Panel 4: the ledger says what is in force, what is used, and what is not."""

from dataclasses import replace
from typing import Any

import pytest

from bptui.engine.weight import Weight
from bptui.explain import value
from bptui.explain.quantity import of_weight
from bptui.session.moment import Moment, phases
from bptui.views.batch import batch
from bptui.views.numbers import factor, num, rate
from bptui.views.text import Row, fit
from bptui.views.update import layer_map, update
from tests.scenes import lines, own_data, own_session, phase_of, scene, session


def shown(rows: list[Row]) -> str:
    return "\n".join(lines(rows))


def test_nothing_is_in_force_before_all_samples_are_in() -> None:
    it = session("digits")
    some = shown(update(scene(it, Moment(1, phase_of("gradient"), 2, 2)), 38, 24))
    assert "in force" not in some
    assert "÷3 " not in some
    assert "3 of 32 added so far" in some
    assert f"Σ so far  {factor(float(it.run.record(1).running(Weight(2, 0, 0))[2]), 9, plus=True):>9}" in some
    assert "MEAN Σ ÷32 when all are in" in some


def test_the_step_is_a_true_equation() -> None:
    it = session("xor")
    it.run.extend_to(1)
    record = it.run.record(1)
    gradient, step = record.mean[Weight(2, 0, 0)], record.step[Weight(2, 0, 0)]
    words = f"Δw = −{rate(record.learning_rate)} · {factor(gradient, 9)} = {factor(step, 9, plus=True)}"
    assert words in shown(update(scene(it, Moment(1, phase_of("reduce"), 3, 2)), 38, 24))


def test_a_frozen_bias_is_said_to_be_frozen() -> None:
    it = session("mazur")
    text = shown(update(scene(it, Moment(1, phase_of("update"), 0, 2, 0, -1)), 38, 24))
    assert "not used: frozen" in text
    assert "this bias is frozen: no step for it" in text
    assert f"bias {factor(0.6, 9)} stays" in text
    assert "applied once" not in text
    assert "in force" not in text


def test_the_penalty_stands_between_the_mean_and_what_the_optimizer_gets() -> None:
    it = own_session(own_data((), ("u", "v")), l2=0.25)
    moment = Moment(1, phase_of("reduce"), it.record.n - 1, 2)
    record = it.run.record(1)
    penalty = value(record, of_weight("regularisation", 2, 0, 0))
    text = shown(update(scene(it, moment), 38, 24))
    order = [
        text.index(words)
        for words in (
            "◂ in force",
            f"+ penalty {factor(penalty, 9, plus=True):>9}",
            f"→ sgd     {factor(record.reduced[Weight(2, 0, 0)], 9, plus=True):>9}",
            "Δw =",
        )
    ]
    assert order == sorted(order)
    assert "penalty" not in shown(update(scene(it, replace(moment, source=-1)), 38, 24))


def test_clipping_shows_its_factor() -> None:
    it = own_session(own_data((), ("u", "v")), clip_norm=1.0)
    text = shown(update(scene(it, Moment(1, phase_of("reduce"), it.record.n - 1, 2)), 38, 24))
    assert "× clip" in text


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_the_batch_s_loss_stands_with_and_without_the_penalty(reduction: str) -> None:
    it = own_session(own_data(("a", "b"), ("u", "v")), l2=0.5, reduction=reduction)
    record = it.run.record(1)
    reduced = record.loss_sum if reduction == "sum" else record.loss_mean
    whole = f"{num(reduced, 9)} + penalty {num(record.penalty, 7)} = {num(reduced + record.penalty, 7)}"
    everything = Moment(1, phase_of("reduce"), record.n - 1, 2)
    assert whole in shown(batch(scene(it, everything), 60, 24))
    for width in (32, 38):
        assert f"{num(record.penalty, 7)} = {num(reduced + record.penalty, 7)}" in shown(
            batch(scene(it, everything), width, 24)
        )
    assert "pen" not in shown(batch(scene(it, Moment(1, phase_of("loss"), 1, 2)), 60, 24))


@pytest.mark.parametrize(("source", "before", "after"), [(0, " ", "›"), (31, "‹", "")])
def test_a_map_of_the_step_that_goes_on_says_so(source: int, before: str, after: str) -> None:
    it = session("digits")
    it.run.extend_to(1)
    rows = lines(update(scene(it, Moment(1, phase_of("update"), 31, 2, 0, source)), 60, 24))
    selected = next(row for row in rows if "▸  0" in row).split("▸  0")[1].rstrip()
    assert selected[0] == before
    assert selected.endswith(after)
    assert ("›" in selected) == bool(after)


@pytest.mark.parametrize("width", [*range(30, 51), 56, 60, 80])
@pytest.mark.parametrize("name", ["xor", "digits", "mazur", "regularised", "adam"])
def test_no_word_and_no_number_is_cut(name: str, width: int) -> None:
    own: dict[str, dict[str, Any]] = {
        "regularised": {"l2": 0.01, "clip_norm": 1.0},
        "adam": {"optimizer": "adam", "l2": 0.01},
    }
    it = own_session(own_data((), ("u", "v")), (120,), **own[name]) if name in own else session(name)
    it.run.extend_to(2)
    last = it.run.record(2).n - 1
    for phase in phases(it.layers):
        for sample in {last} if phase.per_batch else {0, last}:
            for source in (-1, 0) if it.record.before.biases else (0,):
                rows = update(scene(it, Moment(2, phase, sample, it.layers, 0, source)), width, 24)
                assert len(rows) <= 24
                assert all("…" not in line for line in lines(fit(row, width) for row in rows)), (phase, sample, source)


@pytest.mark.parametrize(
    "weight", [Weight(2, -1, 0), Weight(2, 1, 0), Weight(1, 0, 2)], ids=lambda weight: weight.symbol
)
@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_sum_and_mean_are_the_sum_and_the_mean_and_the_one_in_force_is_marked(reduction: str, weight: Weight) -> None:
    it = own_session(own_data(("a", "b"), ("u", "v")), reduction=reduction)
    record = it.run.record(1)
    moment = Moment(1, phase_of("reduce"), record.n - 1, weight.layer, weight.unit, weight.source)
    rows = lines(update(scene(it, moment), 38, 24))
    summed, mean = (next(row for row in rows if row.startswith(start)) for start in (" SUM", f" MEAN ÷{record.n}"))
    assert summed.split()[1] == factor(float(record.contributions(weight).sum()), 9, plus=True)
    assert mean.split()[2] == factor(float(record.contributions(weight).mean()), 9, plus=True)
    assert ("in force" in summed, "in force" in mean) == (reduction == "sum", reduction == "mean")


def test_the_map_of_a_layer_counts_its_units_and_inputs() -> None:
    it = session("xor")
    for layer, said in ((1, "step of layer 1: 3 units ↓ × 2 inputs →"), (2, "step of layer 2: 1 unit ↓ × 3 inputs →")):
        assert said in shown(layer_map(scene(it, Moment(1, phase_of("update"), 0, layer)), 50, 12))
