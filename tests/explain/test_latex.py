"""Formulas in LaTeX say what the screen says, in commands that amsmath has."""

import re

import pytest

from bptui.explain import digits
from bptui.explain.latex import formula, prose, symbols

from .cases import FEW, Case, walk

NAMED = (
    "cdot times div to le ge dots Vert lfloor rfloor infty tfrac frac partial sum Delta Phi delta beta gamma "
    "varepsilon theta lambda mu pi rho varphi sqrt exp ln max min tanh cos hat mathrm operatorname "
    "left right underbrace text #"
)
COMMANDS = {f"\\{name}" for name in NAMED.split()}
few_cases = pytest.mark.parametrize("case", FEW.values(), ids=FEW)


def is_set(math: str) -> bool:
    """Only known commands, ASCII, brackets closed as they were opened, and no sign without a name."""
    depth = 0
    for sign in re.sub(r"\\[{}]", "", math):
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0, math
    named = set(re.findall(r"\\(?:[A-Za-z]+|.)", math)) <= COMMANDS
    fences = math.count(r"\left") - math.count(r"\leftarrow") == math.count(r"\right")
    return depth == 0 and named and fences and math.isascii() and "?" not in math


def figures(words: str) -> list[str]:
    """The digits of all numbers, in their order."""
    return re.findall(r"\d+", words)


@few_cases
def test_every_symbol_and_every_formula_can_be_set(case: Case) -> None:
    for it in walk(case.record).values():
        assert is_set(symbols(it.name)), it.name
        assert is_set(symbols(it.symbols)), it.symbols
        if it.numbers is not None:
            assert is_set(formula(it.numbers, digits(6))), it.formula(digits(6))


def fixed(value: float) -> str:
    return f"{value:.9f}".replace("-", "−")


@few_cases
def test_the_numbers_are_those_of_the_screen_in_the_same_order(case: Case) -> None:
    for it in walk(case.record).values():
        if it.numbers is not None and not re.search(" more: |e−", it.formula(fixed)):
            plain = it.formula(fixed).replace("½", "1 2").replace("²", " 2")
            assert figures(plain) == figures(formula(it.numbers, fixed)), it.name


@pytest.mark.parametrize(
    ("words", "math"),
    [
        ("δ₂[0][#1]", r"\delta _{2}[0][\#1]"),
        ("w₁[x0→2]", r"w_{1}[x_{0}\to 2]"),
        ("½ · Σ_k (a − y)²", r"\tfrac{1}{2} \cdot  \sum _{k} (a - y)^{2}"),
        ("√(a + √(b)) / c", r"\sqrt{a + \sqrt{b}} / c"),
        ("1.2e−05", r"1.2\cdot 10^{-5}"),
    ],
)
def test_symbols_as_a_lecturer_would_write_them(words: str, math: str) -> None:
    assert symbols(words) == math


def test_text_from_outside_is_no_command() -> None:
    assert prose(r"50% of a_b & \input{x} #1") == (r"50\% of a\_b \& \textbackslash{}input\{x\} \#1")
    assert prose("γ = 1") == r"$\gamma$ = 1"
    assert prose("花") == "?"
