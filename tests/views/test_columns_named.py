"""What the data call an input stands beside its symbol in sentences, captions and Explain, never in its place."""

from dataclasses import replace

import pytest

from bptui.engine.weight import Names, Weight
from bptui.explain import explain
from bptui.explain.quantity import activation, of_weight, target
from bptui.scenario import Scenario
from bptui.session.moment import Moment
from bptui.session.session import Session
from bptui.views.narrate import narrate
from bptui.views.scene import Scene
from tests.scenes import painted, phase_of, scene, session


def at(name: str, kind: str, **selected: int) -> Scene:
    return scene(session(name), Moment(1, phase_of(kind), 0, **{"layer": 1, **selected}))


NAMED = "w₁[x2→1] (x2: petal length cm)"


def test_a_weight_is_told_with_the_column_that_it_comes_from() -> None:
    for phase in ("gradient", "reduce", "update"):
        assert NAMED in narrate(at("iris", phase, layer=1, source=2, unit=1))
    assert "(x" not in narrate(at("iris", "gradient", layer=1, source=-1, unit=1))
    assert "(x" not in narrate(at("iris", "gradient", layer=2, source=2, unit=1))


@pytest.mark.parametrize(
    ("panel", "words"),
    [
        ("deltas", "x·δ = x2 (petal length cm) · δ₁[1]"),
        ("update", NAMED),
        ("network", "input petal length cm"),
        ("explain", NAMED),
    ],
)
def test_panels_show_the_name_where_there_is_room_and_the_symbol_always(panel: str, words: str) -> None:
    it = at("iris", "gradient", layer=1, source=2, unit=1)
    assert words in " ".join(" ".join(painted(panel, it, 78, 22)).split())
    narrow = " ".join(painted(panel, it, 38, 22))
    assert "w₁[x2→1]" in narrow


def test_explain_names_inputs_weights_and_targets_as_the_data_do() -> None:
    record = at("iris", "update").record
    assert explain(record, activation(0, 2, 0)).words == "input x2 (petal length cm) of sample 1"
    assert explain(record, of_weight("weight", 1, 2, 1)).words == f"the weight {NAMED}, frozen during the batch"
    assert explain(record, target(1, 0)).words == "target of output 1 (versicolor), sample 1"
    assert explain(record, of_weight("weight", 1, 2, 1)).name == "w₁[x2→1]"


def test_a_name_that_is_the_symbol_is_not_said_twice_and_a_long_one_is_cut() -> None:
    assert Names(columns=("x0", "b")).input_told(0) == "x0"
    assert Names(columns=("x0", "b")).told(Weight(1, 1, 0)) == "w₁[x1→0] (x1: b)"
    x = [[0.0, 1.0], [1.0, 0.0]]
    plain = scene(Session(Scenario.from_arrays(x, [0, 1], layers=[2, 1])))
    assert plain.record.names.input_told(1) == "x1"


@pytest.mark.parametrize("width", range(38, 80, 4))
def test_names_that_could_not_be_told_apart_give_way_to_symbols(width: int) -> None:
    rows = [[float(k == j) for j in range(3)] for k in range(6)]
    scenario = Scenario.from_arrays(rows, [k % 2 for k in range(6)], layers=[3, 2, 1])
    named = replace(scenario.dataset(), features=("colour=blue", "colour=red", "colour=grey"))
    it = scene(Session(replace(scenario, data=replace(scenario.data, table=named))))
    shown = [
        row[1:].split()[0] for row in painted("network", it, width, 14) if row[1:4] in ("x0 ", "x1 ", "x2 ", "col")
    ]
    assert len({*shown}) == 3, shown
