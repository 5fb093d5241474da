"""What the narration says of sums, penalties and frozen biases: the numbers it names are the ones it says they are."""

import re
from dataclasses import replace
from typing import Any

import pytest

from bptui.engine.weight import Weight
from bptui.session.moment import Moment
from bptui.session.session import Session
from bptui.views.narrate import narrate
from bptui.views.numbers import factor
from tests.scenes import own_data, own_session, phase_of, scene, session


def told(it: Session, kind: str, weight: Weight) -> str:
    moment = Moment(1, phase_of(kind), it.run.record(1).n - 1, weight.layer, weight.unit, weight.source)
    return narrate(scene(it, moment))


def own(**rules: Any) -> Session:
    return own_session(own_data(("a", "b"), ("u", "v")), **rules)


@pytest.mark.parametrize("source", [-1, 0, 1])
def test_where_the_sum_is_in_force_the_sum_is_what_is_kept(source: int) -> None:
    it = own(reduction="sum")
    record, weight = it.run.record(1), Weight(2, source, 0)
    total, mean = factor(record.summed[weight], 8), factor(record.mean[weight], 8)
    assert total != mean
    words = told(it, "reduce", weight)
    assert f"the sum {total} is kept;" in words
    assert mean not in words


@pytest.mark.parametrize("source", [-1, 0, 1])
def test_where_the_mean_is_in_force_the_sum_is_divided(source: int) -> None:
    it = own()
    record, weight = it.run.record(1), Weight(2, source, 0)
    total, mean = factor(record.summed[weight], 8), factor(record.mean[weight], 8)
    assert f"their sum {total} ÷ {record.n} = {mean} is in force;" in told(it, "reduce", weight)


@pytest.mark.parametrize("layer", [1, 2])
def test_a_frozen_bias_is_told_to_be_frozen_and_takes_no_step(layer: int) -> None:
    it = session("mazur")
    record, weight = it.run.record(1), Weight(layer, -1, 0)
    stays = f"stays {factor(record.before[weight], 8)}"
    for kind in ("reduce", "update"):
        words = told(it, kind, weight)
        assert "frozen" in words
        assert stays in words
        assert not re.search("→|changes|in force|is kept|a step of|after freezing", words)


def test_only_biases_are_frozen() -> None:
    it = session("mazur")
    for kind in ("reduce", "update"):
        assert "frozen" not in told(it, kind, Weight(2, 0, 0))


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_the_batch_s_loss_is_told_without_and_with_the_penalty(reduction: str) -> None:
    it = own(reduction=reduction, l2=0.5)
    record = it.run.record(1)
    reduced = record.loss_sum if reduction == "sum" else record.loss_mean
    numbers = f"{factor(reduced, 8)} and the penalty on the weights {factor(record.penalty, 8)}"
    words = told(it, "reduce", Weight(2, 0, 0))
    assert f"the {reduction} of the losses {numbers} make {factor(reduced + record.penalty, 8)}" in words
    assert f"{factor(record.reduced[Weight(2, 0, 0)], 8)} after l2" in words
    assert "after" not in told(it, "reduce", Weight(2, -1, 0))


def test_a_sample_s_loss_is_told_to_be_without_the_penalty() -> None:
    it = own(l2=0.5)
    one = scene(it, Moment(1, phase_of("loss"), 0, 2))
    assert "the penalty on the weights is added once" in narrate(one)
    assert "penalty" not in narrate(replace(one, record=own().run.record(1)))
