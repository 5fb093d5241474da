"""The gradient table: numbers of the record, at their time, in the order and with the marks that it promises."""

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.explain import value
from bptui.explain.quantity import of_weight
from bptui.session.moment import Moment
from bptui.views.gradients import LABEL, columns, gradient_rows, parameters_shown, samples_shown
from bptui.views.numbers import num, rate
from bptui.views.scene import Scene
from bptui.views.text import cells, fit_rows
from bptui.views.weight_table import weights_of
from tests.scenes import compare_with_golden, lines, moments, own_data, own_session, phase_of, scene, session

from .test_no_orphans import counts_of, is_known, numbers, scenes, unknown_future, values_of
from .test_robust import OWN

WIDTHS, HEIGHT = (38, 78, 118), 21


def shown(it: Scene, width: int = 78, height: int = HEIGHT, **words: Any) -> list[str]:
    return lines(gradient_rows(it, width, height, **words))


def in_table(it: Scene) -> np.ndarray:
    """What each sample says of every parameter, the sums on the way, the penalties, the errors' means."""
    record = it.record
    every = weights_of(it)
    penalties = [value(record, of_weight("regularisation", w.layer, w.source, w.unit)) for w in every if w.source >= 0]
    parts: tuple[Any, ...] = (
        *(record.gradient(m).flat for m in range(record.n)),
        *(record.running(weight) for weight in every),
        penalties,
        record.mean_errors,
    )
    return np.concatenate([np.ravel(part) for part in parts])


@given(it=scenes(), width=st.sampled_from(WIDTHS), on_errors=st.booleans())
@settings(max_examples=60)
def test_every_number_is_a_number_of_the_record(it: Scene, width: int, on_errors: bool) -> None:
    values, counts = np.concatenate([values_of(it), in_table(it)]), counts_of(it) | {str(len(it.record.before.flat))}
    rows = [re.sub(r"\S*…\S*|÷\d+|\d+–\d+", "", row) for row in shown(it, width, on_errors=on_errors)]
    gamma = rate(it.record.learning_rate)
    assert not [w for w in numbers(rows, it) if not is_known(w, values, counts, gamma)], "\n".join(rows)


@given(it=scenes().filter(lambda it: float(np.abs(it.record.targets).max()) < 700), width=st.sampled_from(WIDTHS))
@settings(max_examples=60)
def test_no_number_is_told_before_its_time(it: Scene, width: int) -> None:
    now, veiled = shown(it, width), shown(unknown_future(it), width)
    assert re.findall(r"\d+\.\d+", "\n".join(veiled)) == re.findall(r"\d+\.\d+", "\n".join(now))


@pytest.mark.parametrize("name", [*OWN, "digits", "xor"])
def test_the_table_fills_any_box(name: str) -> None:
    it = OWN.get(name) or session(name)
    for moment in moments(it).values():
        for width, height in ((1, 1), (20, 5), (38, 7), (78, 21), (200, 60)):
            rows = gradient_rows(scene(it, moment), width, height)
            assert len(rows) <= height
            assert [cells(row) for row in lines(fit_rows(rows, width, height))] == [width] * height


def test_xor_has_13_columns_and_at_118_columns_they_all_stand_there() -> None:
    it = scene(session("xor"))
    assert parameters_shown(it, 118) == "13 parameters"
    assert len(columns(it, 118).shown) == 13


@pytest.mark.parametrize("name", ["xor", "digits"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_selected_parameter_and_the_current_sample_are_always_in_sight(name: str, width: int) -> None:
    made = session(name)
    every = weights_of(scene(made))
    last = made.run.record(1).n - 1
    for place in (0, len(every) // 2, len(every) - 1):
        weight = every[place]
        moment = Moment(1, phase_of("reduce"), last, weight.layer, weight.unit, weight.source)
        it = scene(made, moment)
        assert weight in columns(it, width).shown
        assert it.rows.index(last) in samples_shown(it, width, HEIGHT)
        own = num(float(it.record.contributions(weight)[last]), columns(it, width).size, plus=True)
        assert any(row[1:2] in "■▣" and own in row for row in shown(it, width))


def rows_by_label(it: Scene, *labels: str) -> list[list[str]]:
    found = [next(row for row in shown(it, 118) if row.startswith(f" {label}")) for label in labels]
    return [row[LABEL + columns(it, 118).errors :].replace("│", " ").split() for row in found]


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_the_one_in_force_is_marked_and_the_step_is_made_of_it(reduction: str) -> None:
    made = own_session(own_data((), ("u", "v")), reduction=reduction)
    it = scene(made, Moment(1, phase_of("update"), made.run.record(1).n - 1))
    marked = [row.split()[0] for row in shown(it, 118) if "◂" in row[:13] and not row.startswith(" Δ")]
    assert marked == ["Σ" if reduction == "sum" else "mean"]
    used, step, before, after = rows_by_label(it, marked[0], "Δ=−0.001·◂", "θ before", "θ after")
    record, size = it.record, columns(it, 118).size
    for weight, told in zip(columns(it, 118).shown, zip(used, step, before, after, strict=True), strict=True):
        true = getattr(record, "summed" if reduction == "sum" else "mean")[weight]
        pairs = zip((true, record.step[weight]), told, strict=False)
        assert all(num(number, size, plus=True) == words for number, words in pairs)
        assert told[2:] == (num(record.before[weight], size), num(record.after[weight], size))


def test_what_lies_between_the_mean_and_the_step_has_rows_of_its_own() -> None:
    made = own_session(own_data((), ("u", "v")), optimizer="momentum", l2=0.01, clip_norm=1.0)
    it = scene(made, Moment(1, phase_of("reduce"), made.run.record(1).n - 1))
    penalty, clip, used, step = rows_by_label(it, "+ penalty", "× clip", "= g used", "Δ momentum")
    weights, size = columns(it, 118).shown, columns(it, 118).size
    assert len(set(clip)) == 1
    for weight, told in zip(weights, zip(penalty, used, step, strict=True), strict=True):
        assert (told[0] == "none") == weight.is_bias
        assert told[1:] == tuple(num(vector[weight], size, plus=True) for vector in (it.record.reduced, it.record.step))
    assert "Δ=" not in "\n".join(shown(it, 118))


def test_the_sums_grow_with_the_samples_and_nothing_else_is_told() -> None:
    made = session("xor")
    weight = Moment(layer=2).weight
    for m in range(4):
        it = scene(made, Moment(1, phase_of("gradient"), m, 2))
        ((*running,),) = rows_by_label(it, "Σ")
        place = columns(it, 118).shown.index(weight)
        assert num(float(it.record.running(weight)[m]), 7, plus=True) in running[place:]
        assert set("".join(rows_by_label(it, "θ after")[0])) == {"·"}


@pytest.mark.parametrize(("name", "width"), [("xor", 78), ("digits", 78), ("xor", 118)])
def test_the_table_looks_as_stored(name: str, width: int) -> None:
    it = session(name)
    text = ""
    for words, moment in moments(it).items():
        text += "\n".join((f"== {words}", *(row.rstrip() for row in shown(scene(it, moment), width)))) + "\n"
    compare_with_golden(f"gradients-{name}-{width}", text)
