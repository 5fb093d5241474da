"""A single wrong number is named where it is one that is known."""

from itertools import pairwise

import numpy as np
import pytest

from bptui.diagnosis.fits import given_of
from bptui.diagnosis.miss import APART, candidates, choices, named_miss
from bptui.engine.wrong_rules import BY_ID, Workings
from bptui.explain import value
from bptui.explain.quantity import Quantity, of_unit, of_weight
from bptui.scenario import Scenario
from bptui.session.prediction import SLACK
from bptui.training.record import UpdateRecord


def record(name: str = "xor") -> UpdateRecord:
    return Scenario.built_in(name).begin().record(1)


def named(it: UpdateRecord, q: Quantity, number: float) -> str:
    return named_miss(it, q, number, 1e-6 + 1e-4 * abs(number))


MEAN, SUM, STEP, AFTER = (of_weight(kind, 2, 2, 0) for kind in ("mean", "sum", "step", "after"))


def test_the_sum_given_for_the_mean_and_the_mean_for_the_sum() -> None:
    it = record()
    assert named(it, MEAN, value(it, SUM)) == "that is the sum; the mean is in force"
    assert named(it, SUM, value(it, MEAN)) == "that is the mean; the sum is asked"


def test_the_updated_weight_in_a_hidden_delta() -> None:
    it = record("mazur")
    q = of_unit("delta", 1, 0, 0)
    number = float(Workings(given_of(it)).quantity(BY_ID["new-weights-first"].rule, "delta", 1)[0, 0])
    assert abs(number - value(it, q)) > 1e-4 * abs(number)
    assert named(it, q, number) == "you used the updated weight"


def test_a_missing_slope_a_turned_sign_another_samples_delta() -> None:
    it = record()
    hidden = of_unit("delta", 1, 2, 0)
    assert named(it, hidden, value(it, hidden.of_unit("upstream"))) == "that is what comes back; φ′ is missing"
    assert named(it, hidden, -value(it, hidden)) == "the sign is the other way round"
    assert named(it, hidden, value(it, of_unit("delta", 1, 2, 2))) == "that is δ of sample 3"
    added = of_weight("contribution", 2, 2, 0, 0)
    assert named(it, added, value(it, of_unit("delta", 2, 0, 0))).startswith("that is δ alone")


def test_the_answer_to_another_sample() -> None:
    for name in ("xor", "iris"):
        it = record(name)
        q = of_unit("a", 2, 0, 1)
        assert named(it, q, value(it, of_unit("a", 2, 0, 2))) == "that is the answer to sample 3: each has its own"


def test_means_over_the_batch_where_one_samples_numbers_are_asked() -> None:
    it = record("iris")
    q, x, delta = of_weight("contribution", 1, 2, 1, 3), it.passed.a[0][:, 2], it.passed.delta[0][:, 1]
    inputs = "that is the mean of the inputs times"
    assert named(it, q, x.mean() * delta[3]) == f"{inputs} δ: each sample has its own x"
    assert named(it, q, x.mean() * delta.mean()) == f"{inputs} the mean of δ: each sample has its own x, δ"
    bias = of_weight("contribution", 1, -1, 1, 3)
    assert named(it, bias, delta.mean()) == "that is the mean of δ: each sample has its own δ"


def test_a_step_without_its_rate_and_a_weight_with_the_step_the_wrong_way() -> None:
    it = record("iris")
    step, after = (of_weight(kind, 2, 2, 0) for kind in ("step", "after"))
    assert named(it, step, -value(it, of_weight("mean", 2, 2, 0))) == "γ is missing"
    before, moved = value(it, of_weight("weight", 2, 2, 0)), value(it, step)
    assert named(it, after, before - moved) == "the step was subtracted: it has its sign already"
    assert named(it, after, before) == "that is the weight before the update"


def test_a_known_mistake_is_named_by_its_name() -> None:
    it = record("mazur")
    q = of_unit("delta", 2, 0, 0)
    true = value(it, q)
    assert named(it, q, 2 * true) == "a factor 2 is too much"
    number = float(Workings(given_of(it)).quantity(BY_ID["slope-at-a"].rule, "delta", 2)[0, 0])
    assert "φ′ of a, not of z" in named(it, q, number)


def test_the_right_number_and_one_that_nothing_gives_have_no_name() -> None:
    it = record()
    assert named(it, MEAN, value(it, MEAN)) == ""
    assert named(it, MEAN, 12.345) == ""


EVERY = (
    of_unit("a", 2, 0, 1),
    of_unit("delta", 2, 0, 1),
    of_unit("delta", 1, 1, 1),
    *(of_weight("contribution", 1, source, 1, 1) for source in (-1, 0)),
    *(of_weight(kind, 1, source, 1) for kind in ("sum", "mean", "step", "after") for source in (-1, 0)),
)


@pytest.mark.parametrize("name", ["xor", "mazur", "iris", "trask"])
@pytest.mark.parametrize("q", EVERY, ids=lambda q: f"{q.kind}{q.layer}{q.source}")
def test_choices_hold_the_true_number_among_others_that_differ(name: str, q: Quantity) -> None:
    it = record(name)
    if q.sample >= it.n or (q.source < 0 and not it.before.biases):
        q = Quantity(q.kind, q.layer, q.unit, max(q.source, 0), min(q.sample, it.n - 1))
    offered = choices(it, q)
    assert value(it, q) in offered
    assert 1 < len(offered) <= 4
    assert offered == sorted(offered)
    for smaller, larger in pairwise(offered):
        assert larger - smaller > APART * max(abs(smaller), abs(larger)) >= SLACK * max(abs(smaller), abs(larger))
    assert not any(number == 0 and np.signbit(number) for number in offered)
    assert all(np.isfinite(number) and words for number, words in candidates(it, q))


def test_no_choice_is_as_good_as_another(monkeypatch: pytest.MonkeyPatch) -> None:
    it = record()
    true = value(it, MEAN)
    offers = [(true * 1.004, "near"), (-0.0, "none"), (0.0, "none"), (2 * true, "twice"), (2.01 * true, "near twice")]
    monkeypatch.setattr("bptui.diagnosis.miss.candidates", lambda *_: iter(offers))
    assert choices(it, MEAN) == sorted([true, 0.0, 2 * true])
    assert not any(np.signbit(number) for number in choices(it, MEAN) if number == 0)
