"""What is written is read back as it was meant."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptui.explain import digits, evaluate, text
from bptui.explain.expression import (
    HALF,
    TWO,
    Bracket,
    Call,
    Expression,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Rest,
    Sum,
    setting,
)
from tests.explain.reading import parse

WHOLE = st.integers(-8, 8).map(lambda k: Number(float(k)))
LEAVES: st.SearchStrategy[Expression] = st.one_of(
    WHOLE,
    st.builds(Rest, st.integers(2, 99), st.integers(-8, 8).map(float)),
    st.sampled_from([HALF, TWO, setting(-0.25)]),
    st.builds(Power, st.one_of(WHOLE, WHOLE.map(Negative)), st.just(TWO)),
)


def larger(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    """Trees whose values are exact in floating point, so that every misplaced bracket shows."""
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        several.map(Sum),
        st.lists(parts, min_size=2, max_size=3).map(tuple).map(Product),
        st.builds(Quotient, parts, st.sampled_from([TWO, Product((TWO, TWO)), Sum((TWO, TWO)), Negative(TWO)])),
        parts.map(Negative),
        st.builds(lambda a, b: Call("max", (a, b)), parts, parts),
        st.builds(lambda part: Call("abs", (part,)), parts),
        st.builds(lambda part: Call("floor", (part,)), parts),
        st.builds(Bracket, parts, st.sampled_from([">", "≤"]), parts),
    )


@given(tree=st.recursive(LEAVES, larger, max_leaves=6))
def test_a_tree_and_its_text_have_the_same_value(tree: Expression) -> None:
    words = text(tree, digits(17))
    assert evaluate(parse(words)) == evaluate(tree), words
    assert text(parse(words), digits(17)) == words


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("1 − 2 − 3", -4.0),
        ("12 / 3 / 2", 2.0),
        ("−2²", -4.0),
        ("(−2)²", 4.0),
        ("2 · −3 + 1", -5.0),
        ("0.5 + 28 more: −0.0123", 0.4877),
        ("½ · |−3|", 1.5),
        ("1e−3 · 2", 0.002),
        ("0.5^⌊7 / 2⌋", 0.125),
        ("[0.2 > 0] + 0.01 · [0.2 ≤ 0]", 1.0),
        ("max(0, −1) + min(1, 5 / 0)", 1.0),
        ("ln(1 + e^(−50))", math.exp(-50)),
        ("√(2 · π)", math.sqrt(2 * math.pi)),
        ("2 · Φ(0)", 1.0),
        ("1 / (1 + e^(1000))", 0.0),
    ],
)
def test_formulas_follow_the_usual_rules(words: str, value: float) -> None:
    assert evaluate(parse(words)) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("words", ["", "1 +", "(1", "1 1", "foo(2)", "import os", "[1 = 2]", "max(1", "2 # 3"])
def test_what_is_no_formula_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse(words)
