"""Every path through the explanations of small networks, over all activations, losses, optimizers and extras."""

import math
from collections.abc import Iterator
from typing import get_args

import pytest

from bptui.explain import Quantity, digits, evaluate, explain, name
from bptui.explain.expression import Constant, Expression, Number, Rest
from bptui.explain.quantity import GIVEN, LOSS_MEAN, Kind
from bptui.explain.users import users
from bptui.views.numbers import num
from tests.explain.reading import parse
from tests.scenes import read_back, shown_step

from .cases import CASES, EVERY_UPDATE, FEW, Case, walk
from .intervals import Interval, enclose

every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
few_cases = pytest.mark.parametrize("case", FEW.values(), ids=FEW)


@every_case
def test_every_shown_formula_gives_the_shown_result(case: Case) -> None:
    for quantity, it in walk(case.record).items():
        if it.numbers is not None:
            words = it.formula(digits(17))
            assert evaluate(parse(words)) == pytest.approx(it.result, rel=1e-9, abs=1e-15), f"{quantity}: {words}"


def on_screen(value: float) -> str:
    return num(value, 8)


def rounded(value: float) -> Interval:
    """All numbers that are written on the screen as this one is."""
    words = on_screen(value)
    if words in ("0", "∞"):
        return value, value
    shown, half = float(read_back(words)), float(shown_step(words)) / 2
    return shown - half, shown + half


@every_case
def test_at_screen_precision_formula_and_result_agree_within_the_rounding(case: Case) -> None:
    for quantity, it in walk(case.record).items():
        if it.numbers is None:
            continue
        low, high = enclose(it.numbers, rounded)
        words = it.formula(on_screen)
        assert low <= evaluate(parse(words)) <= high, f"{quantity}: {words}"
        below, above = rounded(it.result)
        assert low <= above, f"{quantity}: {words} is more than {on_screen(it.result)}"
        assert below <= high, f"{quantity}: {words} is less than {on_screen(it.result)}"


@few_cases
def test_a_walk_down_ends_in_what_is_given(case: Case) -> None:
    found = walk(case.record)
    ends = {quantity.kind for quantity, it in found.items() if not it.terms}
    assert {"input", "target", "weight"} <= ends
    for quantity, it in found.items():
        if it.numbers is None:
            assert quantity.kind in (*GIVEN, "rate")
            assert it.note
        elif not it.terms:
            assert all(isinstance(leaf, Constant) for leaf in leaves(it.numbers)), quantity


def leaves(e: Expression) -> Iterator[Expression]:
    if isinstance(e, (Number, Constant, Rest)):
        yield e
        return
    for field in e.__match_args__:
        value = getattr(e, field)
        for part in value if isinstance(value, tuple) else [value]:
            if not isinstance(part, (str, Quantity)):
                yield from leaves(part)


@few_cases
def test_numbers_in_a_formula_are_the_results_of_its_terms(case: Case) -> None:
    found = walk(case.record)
    for it in found.values():
        if it.numbers is not None:
            for leaf in leaves(it.numbers):
                if isinstance(leaf, Number):
                    assert leaf.of is not None
                    assert math.copysign(1, leaf.value) * abs(leaf.value) == found[leaf.of].result


@few_cases
def test_what_uses_a_quantity_is_what_has_it_as_a_term(case: Case) -> None:
    found = walk(case.record)
    expected: dict[Quantity, set[Quantity]] = {quantity: set() for quantity in found}
    for quantity, it in found.items():
        for term in it.terms:
            expected[term].add(quantity)
    for quantity, it in found.items():
        up = list(users(case.record, quantity))
        assert len(up) == len(set(up)), f"{quantity} is used twice by one"
        unseen = {user for user in up if user not in found}  # what leads to no weight after: a mean not in force …
        assert set(up) - unseen == expected[quantity], quantity
        assert all(quantity in explain(case.record, user).terms for user in unseen), quantity
        assert it.used_by == tuple(up)


@few_cases
def test_every_number_but_the_given_is_reached_and_has_a_name_of_its_own(case: Case) -> None:
    found = walk(case.record)
    names = [it.name for it in found.values()]
    assert len(names) == len(set(names))
    assert all(name(quantity) == it.name for quantity, it in found.items())
    alone = [quantity for quantity, it in found.items() if not it.used_by]
    assert {quantity.kind for quantity in alone} <= {"after", "loss-mean"}
    assert LOSS_MEAN in alone


@few_cases
def test_every_formula_in_symbols_carries_the_tag_of_its_sample(case: Case) -> None:
    for quantity, it in walk(case.record).items():
        if quantity.sample >= 0:
            assert f"[#{quantity.sample + 1}]" in it.name
            other = {f"[#{m + 1}]" for m in range(case.batch)} - {f"[#{quantity.sample + 1}]"}
            assert not any(tag in it.symbols for tag in other)
            assert not it.terms or f"[#{quantity.sample + 1}]" in it.symbols


def test_the_cases_together_reach_every_kind() -> None:
    reached = {quantity.kind for case in EVERY_UPDATE.values() for quantity in walk(case.record)}
    assert reached == set(get_args(Kind))
