"""The table of weights: what is known of each at this moment, around the selected one."""

import pytest

from bptui.engine.network import Architecture, Bias
from bptui.engine.weight import Weight
from bptui.session.moment import Moment
from bptui.views.numbers import num
from bptui.views.scene import Scene
from bptui.views.weight_table import Weights, weight_table, weights_of
from tests.scenes import lines, phase_of, scene, session


def at(kind: str, sample: int = 3) -> Scene:
    it = session("xor")
    return scene(it, Moment(1, phase_of(kind), sample, layer=2, unit=0, source=1))


def row_of(it: Scene, symbol: str, width: int = 60) -> list[str]:
    return next(line for line in lines(weight_table(it, width, 20)) if symbol in line).replace("▸", " ").split()


def test_every_weight_has_a_row_and_the_selected_one_is_marked() -> None:
    it = at("update")
    rows = lines(weight_table(it, 60, 20))
    assert len(rows) == 1 + len(weights_of(it)) == 1 + (2 + 1) * 3 + (3 + 1) * 1
    assert [line for line in rows if line.startswith("▸")] == [line for line in rows if "w₂[1→0]" in line]


def test_before_the_last_sample_the_sum_so_far_stands_and_no_step() -> None:
    it = at("gradient", sample=1)
    total = it.record.running(it.moment.weight)[1]
    assert row_of(it, "w₂[1→0]") == [
        "w₂[1→0]",
        num(it.record.before[it.moment.weight], 10),
        num(total, 10, True),
        "·",
        "·",
    ]


def test_reduced_but_not_applied_there_is_a_step_and_no_weight_after() -> None:
    it = at("reduce")
    record, weight = it.record, it.moment.weight
    numbers = [num(record.before[weight], 10), num(record.mean[weight], 10, True), num(record.step[weight], 10, True)]
    assert row_of(it, "w₂[1→0]") == ["w₂[1→0]", *numbers, "·"]
    assert row_of(at("update"), "w₂[1→0]")[-1] == num(record.after[weight], 10)


@pytest.mark.parametrize("kind", ["gradient", "reduce", "update"])
@pytest.mark.parametrize("width", [38, 60])
def test_a_frozen_bias_has_a_gradient_and_no_step(kind: str, width: int) -> None:
    it = scene(session("mazur"), Moment(1, phase_of(kind), 0, layer=2))
    row = row_of(it, "b₂[o1]", width)
    assert row[-2] == "frozen"
    assert row[-1] == ("·" if kind != "update" else row_of(it, "b₂[o1]")[1])
    assert "frozen" not in row_of(it, "w₂[h1→o1]", width)


@pytest.mark.parametrize("width", range(24, 60, 3))
def test_a_narrow_table_keeps_its_last_columns_and_cuts_no_number(width: int) -> None:
    it = at("update")
    rows = lines(weight_table(it, width, 20))
    assert all(len(row) <= width and "…" not in row for row in rows)
    assert rows[0].endswith("after")


def test_a_low_table_shows_the_weights_around_the_selected_one() -> None:
    rows = lines(weight_table(at("update"), 60, 4))
    assert len(rows) == 4
    assert any(row.startswith("▸w₂[1→0]") for row in rows)


@pytest.mark.parametrize("bias", ["trained", "none"])
def test_a_weight_is_found_by_its_place_and_a_place_by_its_weight_without_a_list_of_all(bias: Bias) -> None:
    sizes = (3, 4, 1, 2)
    every = Weights(Architecture(sizes, ("tanh",) * 3, bias))
    plain = [
        Weight(layer, source, unit)
        for layer in range(1, len(sizes))
        for unit in range(sizes[layer])
        for source in (*range(sizes[layer - 1]), *((-1,) if bias == "trained" else ()))
    ]
    assert list(every) == plain
    assert every[2:5] == plain[2:5]
    assert every[-1] == plain[-1]
    assert [every.index(weight) for weight in plain] == list(range(len(every)))
    for strange in (Weight(1, 3, 0), Weight(4, 0, 0), Weight(2, 0, 1), *([Weight(1, -1, 0)] if bias == "none" else [])):
        assert strange not in every
        with pytest.raises(ValueError, match="no weight"):
            every.index(strange)


def test_what_one_sample_adds_is_its_part_of_what_all_add() -> None:
    record = at("reduce").record
    for weight in weights_of(at("reduce")):
        assert [record.contribution(weight, m) for m in range(record.n)] == record.contributions(weight).tolist()
    with pytest.raises(IndexError):
        record.contribution(Weight(9, 0, 0), 0)
