"""Plain characters in place of others: what differs in a formula still does, and no letter looks like a number."""

import re
from itertools import combinations

import pytest

from bptui.data.plain import ASCII, in_plain
from bptui.engine.activations import ACTIVATIONS
from bptui.engine.losses import LOSSES
from bptui.engine.optimizers import OPTIMIZERS
from bptui.tui.palette import in_ascii
from bptui.views.text import left, row_cells
from tests.explain.cases import EVERY_NETWORK, EVERY_UPDATE, walk

SYMBOL = re.compile(r"(?<![A-Za-z])[A-Za-z](?![A-Za-z])|[^\x00-\x7F]|[<>=+*/^|]")
SAME = ({"−", "-"}, {"÷", "/"}, {"‖", "|"}, {"₋", "−"}, {"₋", "-"})
"""What means the same."""


def formulas() -> set[str]:
    out = {f"{one.formula}; {one.slope_formula}" for table in (ACTIVATIONS, LOSSES) for one in table.values()}
    out |= {optimizer.formula for optimizer in OPTIMIZERS.values()}
    for case in (*EVERY_UPDATE.values(), *list(EVERY_NETWORK.values())[::7]):
        out |= {f"{it.name} = {it.symbols}" for it in walk(case.record).values()}
    return {*out, "θ ← θ − γ ∇L", "Δw = −γ · mean", "δ = ∂L/∂a × φ′(z)", "v ± ε ≈ ∞", "a ⊗ δ ⊙ Wᵀ"}


def test_no_two_symbols_of_a_formula_become_the_same() -> None:
    met = {frozenset(pair) for line in formulas() for pair in combinations(sorted(set(SYMBOL.findall(line))), 2)}
    assert len(met) > 300
    alike = [sorted(pair) for pair in met if len({in_plain(symbol) for symbol in pair}) == 1 and pair not in SAME]
    assert alike == []


def test_no_letter_becomes_a_digit() -> None:
    letters = [chr(code) for code in ASCII if chr(code).isalpha()]
    assert "θ" in letters
    assert [letter for letter in letters if re.search(r"\d", in_plain(letter))] == []


def test_the_update_of_the_weights_reads_as_what_it_is() -> None:
    assert in_plain("θ ← θ − γ ∇L") == "theta <- theta - r VL"
    assert in_plain("Δw = −0.1 · 0.5") == "step w = -0.1 . 0.5"


@pytest.mark.parametrize("text", ["|Δw| ÷ |w|", "layer 1: θ", "plain", "数 1"])
def test_a_column_behind_another_stands_where_it_stood(text: str) -> None:
    row = ((f" {left(text, 30)} ", "dim"), ("0.031", "text"))
    first, second = in_ascii(row)
    assert len(first[0]) == 32
    assert second == row[1]


def test_where_a_column_is_full_what_follows_gives_way_and_no_word_is_cut() -> None:
    assert in_ascii((("Δ ", "dim"), ("0.031", "text"))) == (("step  ", "dim"), ("0.031", "text"))


@pytest.mark.parametrize("text", ["θ", "½ Σ (a − y)²", "√v̂ + ε", "plain"])
def test_a_row_keeps_its_width_as_long_as_it_has_blanks_to_give(text: str) -> None:
    row = ((text, "text"), (" " * 4, "dim"), (" " * 8, "text"))
    assert row_cells(in_ascii(row)) == row_cells(row)
    assert "".join(words for words, _ in in_ascii(row)).rstrip() == in_plain(text)
