"""A rule's own computation of a weight's gradient: terms that add up to what the rule believes in, and symbols that
say which they are."""

from dataclasses import replace

import numpy as np
import pytest

from bptui.engine.reduce import REDUCTIONS, Reduction
from bptui.engine.types import quiet
from bptui.engine.weight import Weight
from bptui.engine.wrong_rules import BY_ID, CHANGES, Carried, Change, Given, Rule, Workings
from bptui.experiments.mistakes.own import Own, own_of
from bptui.experiments.mistakes.step import RIGHT, outcome_of
from tests.engine.test_wrong_rules import HEADS, given

W, B = Weight(2, 1, 0), Weight(2, -1, 1)


def own(it: Given, rule: Rule, weight: Weight) -> Own:
    workings = Workings(it)
    with quiet():
        return own_of(rule, workings, weight, outcome_of(rule, workings).believed[weight])


def plain(seed: int, reduction: Reduction = "mean", **more: object) -> Given:
    return given(seed, HEADS[0], reduction=reduction, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("change", [change for change in CHANGES if change.rule.step != "set to"], ids=lambda it: it.id)
def test_the_terms_alone_add_up_to_what_the_rule_believes_in(change: Change, reduction: Reduction) -> None:
    it = plain(3, reduction)
    for weight in it.network.architecture.addresses():
        its = own(it, change.rule, weight)
        assert its.rest == 0.0, weight
        with quiet():
            believed = outcome_of(change.rule, Workings(it)).believed[weight]
        assert its.total == pytest.approx(believed, rel=1e-9, abs=1e-13)


def test_of_the_right_rule_they_are_each_sample_s_input_and_delta() -> None:
    it = plain(3)
    workings = Workings(it)
    its = own(it, RIGHT, W)
    assert [term.a for term in its.terms] == workings.quantity(RIGHT, "a", 1)[:, 1].tolist()
    assert [term.delta for term in its.terms] == workings.quantity(RIGHT, "delta", 2)[:, 0].tolist()
    assert its.share == 1 / it.n
    assert {term.a for term in own(it, RIGHT, B).terms} == {1.0}


def test_the_mean_error_meets_the_mean_activation_once() -> None:
    it = plain(3)
    its = own(it, BY_ID["mean-error-mean-activations"].rule, W)
    assert (its.product, its.delta, its.expanded) == ("ā·δ̄", "ē·φ′(z̄)", "ā·ē·φ′(z̄)")
    (term,) = its.terms
    assert term.a == pytest.approx(float(np.mean(Workings(it).quantity(RIGHT, "a", 1)[:, 1])))


@pytest.mark.parametrize(
    ("change", "weight", "said"),
    [
        ("no-slope", W, ("a·δ", "e", "")),
        ("no-slope-output-weights", Weight(3, 0, 0), ("a·e", "e·φ′(z)", "")),
        ("no-slope-output-weights", W, ("a·δ", "e·φ′(z)", "")),
        ("slope-at-a", W, ("a·δ", "e·φ′(a)", "")),
        ("new-weights-first", W, ("a·δ", "e·φ′(z)", "e = Σ w⁺ δ")),
        ("output-handed-back", W, ("a·δ", "e·φ′(z)", "e = Σ w a")),
        ("sign", W, ("a·δ", "e·φ′(z)", "e of y − a")),
        ("targets-before", W, ("a·δ", "e·φ′(z)", "y of the one before")),
        ("update-each-sample", W, ("a·δ", "e·φ′(z)", "w moves")),
        ("bias-one-number", B, ("(Σ δ)", "e·φ′(z)", "")),
        ("bias-row-sums", B, ("Σ g of its weights", "", "")),
        ("bias-last-sample", B, ("δₙ", "e·φ′(z)", "")),
        ("factor-2-each-hidden-layer", W, ("a·δ", "e·φ′(z)", "2 each layer")),
    ],
)
def test_the_symbols_say_what_is_wrong(change: str, weight: Weight, said: tuple[str, str, str]) -> None:
    its = own(plain(3), BY_ID[change].rule, weight)
    assert (its.product, its.delta, its.remark) == said


def test_where_loss_and_activation_are_joined_delta_is_a_minus_y() -> None:
    it = given(3, HEADS[3])
    output = Weight(3, 0, 0)
    assert own(it, RIGHT, output).delta == "a − y"
    assert own(it, RIGHT, output).expanded == "a·(a − y)"
    assert own(it, BY_ID["sign"].rule, output).delta == "y − a"
    assert own(it, BY_ID["softmax-elementwise"].rule, output).delta == "e·a(1 − a)"


def test_terms_that_count_differently_say_so() -> None:
    its = own(plain(3), BY_ID["mean-of-means"].rule, W)  # of parts of 3 and 2
    assert its.share is None
    assert [round(1 / term.share) for term in its.terms] == [6, 6, 6, 4, 4]


def test_what_comes_from_elsewhere_is_named() -> None:
    it = plain(3, l2=0.2)
    kept = np.arange(it.network.flat.size) / 10
    summed = replace(it, rules=replace(it.rules, l2=0.0), carried=Carried(kept, 3))
    weights, _ = it.network.architecture.views(kept)
    for its, rest, name in (
        (own(summed, BY_ID["never-cleared"].rule, W), weights[1][1, 0], "kept"),
        (own(it, RIGHT, W), 0.2 * it.network[W], "penalty"),
        (own(plain(3), BY_ID["set-to-step"].rule, W), it.network[W] / 0.3, "w/γ"),
    ):
        assert its.rest == pytest.approx(rest)
        assert its.rest_name == name


@pytest.mark.parametrize("change", CHANGES, ids=lambda it: it.id)
def test_of_every_mistake_something_that_is_shown_is_another_than_the_truth_s(change: Change) -> None:
    it = plain(3, l2=0.1, carried=Carried(np.zeros(0), 2))
    assert any(
        shown(own(it, change.rule, weight)) != shown(own(it, RIGHT, weight))
        for weight in it.network.architecture.addresses()
    )


def shown(its: Own) -> tuple[object, ...]:
    """All but δ and a themselves: what says in words and shares which rule it is."""
    rest = its.rest_name if its.rest else ""
    return its.product, its.delta, its.remark, tuple(term.share for term in its.terms), rest


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("factor-2", "2 in all"),
        ("factor-half", "0.5 in all"),
        ("divided-by-outputs", "e / outputs"),
        ("softmax-samples", "softmax over samples"),
    ],
)
def test_what_is_wrong_in_all_of_it_is_remarked(change: str, said: str) -> None:
    assert said in own(plain(3), BY_ID[change].rule, W).remark
