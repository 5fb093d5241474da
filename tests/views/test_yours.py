"""A person's own numbers stand beside the true ones, once these are known, and it is told where they differ."""

from typing import Any

import pytest

from bptui.diagnosis.diagnosis import diagnose
from bptui.diagnosis.yours import Yours
from bptui.explain import Walk
from bptui.explain.quantity import of_unit, of_weight
from bptui.session.moment import Moment, Phase
from bptui.session.session import Session
from bptui.views.explain import explain_panel, explanation_rows
from bptui.views.network import network
from bptui.views.numbers import num
from bptui.views.scene import Scene, scene_of
from bptui.views.weight_table import weight_table
from tests.diagnosis.cases import scenario
from tests.scenes import lines


def beside(**given: Any) -> Session:
    """A session with some true quantities, multiplied, laid beside."""
    session = Session(scenario())
    record = session.record
    factors = {"W1": given.pop("W1", 1), "delta1": given.pop("delta1", 1), "after": given.pop("after", None)}
    numbers: dict[str, Any] = {
        "gradient": {"W1": record.mean.weights[0] * factors["W1"], "W2": record.mean.weights[1]},
        "delta": [record.passed.delta[0] * factors["delta1"], record.passed.delta[1]],
    }
    if factors["after"]:
        numbers["after"] = {"W1": record.after.weights[0] * factors["after"]}
    session.lay_beside(Yours(diagnose(record, **numbers)))
    return session


def at(session: Session, kind: str, layer: int = 0, sample: int = 3) -> Scene:
    session.moment = Moment(1, Phase(kind, layer), sample, layer=1, unit=1, source=0)  # type: ignore[arg-type]
    return scene_of(session, True)


def roles(rows: Any, text: str) -> set[str]:
    return {role for row in rows for words, role in row if text in words}


def test_a_session_stands_where_the_first_of_them_differs() -> None:
    moment = beside(delta1=3).moment
    assert moment.phase == Phase("delta", 1)
    moment = beside(W1=3).moment
    assert (moment.phase, moment.layer, moment.sample) == (Phase("reduce"), 1, 3)
    assert beside(after=1.5).moment.phase == Phase("update")
    assert beside().moment.phase == Phase("reduce")


@pytest.mark.parametrize(("factor", "role"), [(1, "good"), (3, "wrong")])
def test_explain_shows_them_below_the_result(factor: float, role: str) -> None:
    scene = at(beside(W1=factor), "reduce")
    true = scene.record.mean.weights[0][0, 1]
    rows = explanation_rows(scene, Walk((of_weight("mean", 1, 0, 1),)), 80, 30)
    (line,) = [line for line in lines(rows) if "yours" in line]
    assert line.strip().startswith(f"yours {factor * true:.6f}".replace("-", "−")[:14])
    assert (", 3.000 times" in line) == (factor == 3)
    assert role in roles(rows, f"{factor * true:.5f}".replace("-", "−"))
    assert any("yours" in line for line in lines(explain_panel(scene, 60, 30)))


def test_explain_shows_them_in_the_list_of_terms_too() -> None:
    scene = at(beside(delta1=3), "gradient")
    rows = lines(explanation_rows(scene, Walk((of_weight("contribution", 1, 0, 1, sample=3),)), 100, 30))
    assert [line for line in rows if "δ₁[1][#4]" in line and "yours" in line and "3.000 times" in line]


def test_what_is_not_computed_yet_is_not_told_by_them_either() -> None:
    scene = at(beside(delta1=3), "forward", 1, sample=0)
    rows = explanation_rows(scene, Walk((of_unit("delta", 1, 1, 0),)), 100, 30)
    assert not any("yours" in line for line in lines(rows))
    assert "yours" not in weight_table(at(beside(W1=3), "gradient", sample=1), 70, 12)[0][0][0]


def test_the_table_of_weights_has_them_behind_what_they_are_compared_with() -> None:
    session = beside(W1=3)
    rows = weight_table(at(session, "reduce"), 70, 12)
    assert lines(rows)[0].split() == ["weight", "before", "MEAN", "yours", "Δ", "after"]
    assert {span[1] for row in rows[1:] for span in row} >= {"wrong", "good"}
    true = session.record.mean.weights[0][0, 1]
    (line,) = [line for line in lines(rows) if line.startswith("▸")]
    assert float(line.split()[3].replace("−", "-")) == pytest.approx(3 * true, rel=1e-2)


def test_after_the_update_the_weights_after_it_are_compared() -> None:
    rows = weight_table(at(beside(after=1.5), "update"), 70, 12)
    assert lines(rows)[0].split() == ["weight", "before", "MEAN", "Δ", "after", "yours"]


def test_a_unit_has_them_below_its_own_numbers() -> None:
    session = beside(delta1=3)
    scene = at(session, "delta", 1)
    rows = lines(network(scene, 60, 40))
    delta = scene.record.passed.delta[0][3]
    for unit in range(3):
        assert any(num(3 * float(delta[unit]), 7, plus=True) in line for line in rows)
    assert not any(" y " in line for line in lines(network(at(session, "forward", 2), 60, 40)) if "·" not in line)


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (120, 50)])
def test_panels_keep_their_size_with_them(size: tuple[int, int]) -> None:
    for session in (beside(W1=3), beside(delta1=3, after=2)):
        for kind in ("gradient", "reduce", "update"):
            scene = at(session, kind)
            for view in (network, explain_panel, weight_table):
                rows = view(scene, *size)
                assert len(rows) <= size[1]


def test_other_settings_leave_them_behind() -> None:
    from dataclasses import replace

    session = beside(W1=3)
    session.moment = Moment(1, layer=1)
    rules = replace(session.record.settings.rules, learning_rate=0.125)
    session.change(replace(session.record.settings, rules=rules))
    scene = at(session, "reduce")
    assert not any("yours" in line for line in lines(explain_panel(scene, 60, 30)))
