"""Where a scenario names its units, every symbol on every screen has these names, and no number in their place."""

import re
from dataclasses import replace

import pytest

from bptui.engine.weight import NUMBERED as NUMBERED_UNITS
from bptui.explain import Comparison, Quantity, Walk, compare, explain
from bptui.explain.quantity import of_weight
from bptui.scenario import Scenario
from bptui.views.explain import explanation_rows
from tests.scenes import PANELS, lines, moments, painted, scene, session

NUMBERED = re.compile(r"[₀-₉]\[\d|→\d+\]|\bx\d+\b|y\[\d|[Uu]nit \d|(?:in|out)put \d+ of|output \d+,")


@pytest.mark.parametrize("width", [38, 58, 118])
@pytest.mark.parametrize("panel", PANELS)
def test_no_panel_calls_a_named_unit_by_its_number(panel: str, width: int) -> None:
    it = session("mazur")
    for words, moment in moments(it).items():
        for row in painted(panel, scene(it, moment), width, 22):
            assert not NUMBERED.search(row), (words, row)


def reached_from(start: Quantity) -> set[Quantity]:
    """A number of update 2 of Mazur's network, and all that it is made of."""
    record, found, to_come = session("mazur").run.record(2), set[Quantity](), [start]
    while to_come:
        q = to_come.pop()
        if q not in found:
            found.add(q)
            to_come += explain(record, q).terms
    return found


def test_no_explanation_calls_a_named_unit_by_its_number() -> None:
    it = session("mazur")
    shown = scene(it, moments(it)["update"])
    every = reached_from(of_weight("after", 1, 0, 0))
    assert {"z", "delta", "input", "target", "slope", "upstream", "contribution", "step"} <= {q.kind for q in every}
    for q in every:
        found = compare(shown.record, q)
        told = lines(explanation_rows(shown, Walk((q,)), 118, 40))
        if isinstance(found, Comparison):
            told += [found.what, found.worst]
        assert not [row for row in told if NUMBERED.search(row)], q


def test_mazurs_numbers_stand_under_his_names() -> None:
    it = session("mazur")
    it.run.extend_to(2)
    record = it.run.record(1)
    steps = {record.names.symbol(w): round(record.after[w], 6) for w in record.before.architecture.addresses()}
    published = {"w₂[h1→o1]": 0.358916, "w₂[h2→o1]": 0.408666, "w₂[h1→o2]": 0.511301, "w₂[h2→o2]": 0.561370}
    published |= {"w₁[i1→h1]": 0.149781, "w₁[i2→h1]": 0.199561, "w₁[i1→h2]": 0.249751, "w₁[i2→h2]": 0.299502}
    assert steps == published | {"b₁[h1]": 0.35, "b₁[h2]": 0.35, "b₂[o1]": 0.6, "b₂[o2]": 0.6}
    assert list(record.table(2)["weight"][:4]) == ["w₂[h1→o1]", "w₂[h1→o2]", "w₂[h2→o1]", "w₂[h2→o2]"]


def test_names_make_no_other_network() -> None:
    architecture = Scenario.built_in("mazur").architecture()
    assert architecture.names.units[1] == ("h1", "h2")
    assert architecture == replace(architecture, names=NUMBERED_UNITS)
    assert NUMBERED_UNITS.symbol(next(architecture.addresses())) == "w₁[x0→0]"
