"""The Explain views: a walk through one record, the standing panel, and the sentence of the moment."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.explain import Walk, compare, evaluate, explain, name, value
from bptui.explain.differences import Comparison, of_batch
from bptui.explain.quantity import LOSS_MEAN, Quantity, of_unit, of_weight
from bptui.session.moment import Moment, Phase, phases
from bptui.session.session import Session
from bptui.views.explain import explain_panel, explanation_rows, reached
from bptui.views.narrate import narrate, produced
from bptui.views.numbers import factor, precise
from bptui.views.scene import Scene
from bptui.views.text import row_cells
from tests.explain.reading import parse
from tests.scenes import lines, own_data, own_session, phase_of, scene, session

NAMES = ("xor", "mazur", "digits", "iris", "trask", "han-kamber")
BIASED_ADAM = own_session(own_data((), ("u", "v")), optimizer="adam", l1=0.01, l2=0.01, clip_norm=1.0)
WIDTHS, HEIGHTS = (10, 38, 58, 78, 118), (1, 5, 14, 22, 34)


def at(session: Session, kind: str, of: int = 0, /, sample: int = 0, **selection: int) -> Scene:
    """The scene of a phase (of layer ``of``) of update 1, with what is selected."""
    record = session.run.record(1)
    if kind in ("reduce", "update"):
        sample = record.n - 1
    return scene(session, Moment(1, phase_of(kind, of), sample, **{"layer": session.layers, **selection}))


@st.composite
def any_scene(draw: st.DrawFn) -> Scene:
    it = BIASED_ADAM if draw(st.booleans()) else session(draw(st.sampled_from(NAMES)))
    update = draw(st.integers(1, 2))
    it.run.extend_to(update)
    record = it.run.record(update)
    sizes = record.before.architecture.sizes
    layer = draw(st.integers(1, record.layers))
    phase = draw(st.sampled_from(phases(record.layers)))
    sample = record.n - 1 if phase.per_batch else draw(st.integers(0, record.n - 1))
    unit = draw(st.integers(0, sizes[layer] - 1))
    source = draw(st.integers(-1 if record.before.biases else 0, sizes[layer - 1] - 1))
    return scene(it, Moment(update, phase, sample, layer, unit, source))


@given(it=any_scene(), width=st.sampled_from(WIDTHS), height=st.sampled_from(HEIGHTS), data=st.data())
@settings(max_examples=60)
def test_any_walk_fits_any_box(it: Scene, width: int, height: int, data: st.DataObject) -> None:
    walk = Walk((produced(it.moment, it.phase)[-1],))
    for _ in range(data.draw(st.integers(0, 5))):
        told = explain(it.record, walk.here)
        walk = data.draw(st.sampled_from([walk.entered(told), walk.upward(told), walk.back()]))
        walk = walk.moved(explain(it.record, walk.here), data.draw(st.integers(-2, 20)))
    assert len(explanation_rows(it, walk, width, height)) <= height
    assert len(explain_panel(it, width, height)) <= height
    if width >= 38:
        assert max(map(row_cells, explain_panel(it, width, height)), default=0) <= width


@given(it=any_scene())
@settings(max_examples=80)
def test_the_sentence_says_how_many_samples_are_done_or_that_all_are(it: Scene) -> None:
    said = narrate(it)
    assert said.endswith(".")
    assert "\n" not in said
    if it.phase.kind == "update":
        assert "once for the whole batch" in said
    elif it.phase.kind == "reduce":
        assert ("stays" if it.frozen else "still") in said
    else:
        assert f"weights unchanged: {it.done} of {it.record.n} sample" in said


SENTENCES = {
    ("input", 0): "Sample 3 of 4 (row 3) comes in: its 2 inputs stand in layer 0",
    (
        "forward",
        1,
    ): "Hidden unit 0 of layer 1 adds up 2 inputs times weights and its bias: z = {z1}; tanh makes it a =",
    (
        "forward",
        2,
    ): "Output 0 adds up 3 inputs times weights and its bias: z = {z2}; sigmoid makes it a = {a2}",
    ("loss", 0): "Sample 3's answer is held against its own target: half-squared-error L = {loss}",
    ("delta", 2): "Output 0 hands back δ = {d2} for sample 3",
    ("delta", 1): "Hidden unit 0 of layer 1 hands back δ = {slope} (slope at its own z) × {upstream}",
    ("gradient", 0): "Sample 3 adds a · δ = {a1} · {d2} = {added} to the sum of w₂[0→0]",
    ("reduce", 0): "The contributions of 4 samples to w₂[0→0] are added: their sum {sum} ÷ 4 = {mean} is in force",
    ("update", 0): "w₂[0→0] changes once for the whole batch: {before} → {after}, a step of {step} by sgd with γ = 1",
}


@pytest.mark.parametrize(("kind", "layer"), SENTENCES)
def test_each_phase_is_told_with_its_numbers(kind: str, layer: int) -> None:
    it = at(session("xor"), kind, layer, sample=2)
    record = it.record
    passed, m = record.passed, 2
    weight = of_weight("weight", 2, 0, 0)
    numbers = {
        "z1": passed.z[0][m, 0],
        "a1": passed.a[1][m, 0],
        "z2": passed.z[1][m, 0],
        "a2": passed.a[2][m, 0],
        "loss": passed.loss[m],
        "d2": passed.delta[1][m, 0],
        "slope": 1 - passed.a[1][m, 0] ** 2,
        "upstream": record.before.weights[1][0, 0] * passed.delta[1][m, 0],
        "added": passed.a[1][m, 0] * passed.delta[1][m, 0],
        "sum": record.summed.weights[1][0, 0],
        "mean": record.mean.weights[1][0, 0],
        "before": record.before.weights[1][0, 0],
        "after": record.after.weights[1][0, 0],
    }
    words = {key: factor(number, 8) for key, number in numbers.items()}
    words["step"] = factor(value(record, weight.of_weight("step")), 8, plus=True)
    assert narrate(it).startswith(SENTENCES[kind, layer].format(**words))


def test_a_hidden_delta_is_shown_in_symbols_numbers_and_result() -> None:
    it = at(session("mazur"), "delta", 1, layer=1)
    rows = lines(explanation_rows(it, Walk((of_unit("delta", 1, 0, 0),)), 78, 20))
    text = "\n".join(rows)
    assert "δ₁[h1][#1] = φ′(z₁[h1][#1]) · Σ_k w₂[h1→k] · δ₂[k][#1]" in text
    assert "= 0.2413 · (0.4000 · 0.1385 + 0.5000 · −0.0381)" in text
    assert "= 0.00877135469" in text
    for term in ("φ′(z₁[h1][#1])", "∂L/∂a₁[h1][#1]", "w₂[h1→o1]", "δ₂[o2][#1]"):
        assert any(re.match(rf" [▸ ] {re.escape(term)} ", row) for row in rows), term
    assert "used by: ∂L/∂w₁[i1→h1][#1], ∂L/∂w₁[i2→h1][#1], ∂L/∂b₁[h1][#1]" in text


def test_where_rows_are_left_stands_what_the_number_is_made_of() -> None:
    it = at(session("xor"), "gradient", sample=1)
    rows = lines(explain_panel(it, 78, 60))
    below = rows[rows.index(" made of") + 1 :]
    for q in (of_unit("a", 1, 0, 1), of_unit("delta", 2, 0, 1), of_unit("z", 1, 0, 1), of_unit("a", 2, 0, 1)):
        first = next(k for k, row in enumerate(below) if row.startswith(f" {name(q)} = "))
        assert f"   = {precise(value(it.record, q))}" in below[first : first + 6]
    assert all(len(explain_panel(it, 78, height)) <= height for height in range(1, 40))


@given(it=any_scene())
@settings(max_examples=40)
def test_what_a_number_is_made_of_is_known_before_it(it: Scene) -> None:
    for q in produced(it.moment, it.phase):
        for term in explain(it.record, q).terms:
            assert all(reached(it, below) for below in explain(it.record, term).terms)


@given(it=any_scene())
@settings(max_examples=60)
def test_the_formula_on_the_panel_evaluates_to_about_the_result_on_the_panel(it: Scene) -> None:
    """Read from the painted rows: the lines from the first = on are joined, computed, compared with the last."""
    told = explain(it.record, produced(it.moment, it.phase)[-1])
    rows = [row.strip() for row in lines(explanation_rows(it, Walk((told.quantity,)), 200, 30))]
    numbers = [row.removeprefix("= ") for row in rows if row.startswith("= ")]
    if len(numbers) == 2:
        formula, result = (evaluate(parse(words)) for words in numbers)
        assert formula == pytest.approx(result, rel=0.05, abs=0.02)


def test_entering_a_term_and_going_back_leaves_the_walk_as_it_was() -> None:
    it = at(session("xor"), "update")
    walk = Walk((of_weight("after", 2, 0, 0),))
    told = explain(it.record, walk.here)
    inside = walk.moved(told, 1).entered(told)
    assert name(inside.here) == "Δw₂[0→0]"
    assert inside.back() == walk
    assert walk.back() == walk


def test_u_goes_up_at_once_where_one_uses_it_and_asks_where_several_do() -> None:
    record = at(session("xor"), "update").record
    mean = Walk((of_weight("mean", 2, 0, 0),))
    assert mean.upward(explain(record, mean.here)).here == of_weight("reduced", 2, 0, 0)
    delta = Walk((of_unit("delta", 2, 0, 0),))
    told = explain(record, delta.here)
    chooser = delta.upward(told)
    assert chooser.up
    assert chooser.here == delta.here
    assert chooser.moved(told, 1).entered(told).here == told.used_by[1]
    assert chooser.back() == delta
    top = Walk((LOSS_MEAN,))
    assert top.upward(explain(record, LOSS_MEAN)) == top


def test_a_walk_that_comes_back_to_a_number_forgets_the_detour() -> None:
    delta, upstream = of_unit("delta", 1, 0, 0), of_unit("upstream", 1, 0, 0)
    assert Walk((delta,)).to(upstream).to(delta) == Walk((delta,))


def test_what_is_not_computed_yet_is_listed_without_its_number() -> None:
    it = at(session("xor"), "delta", 2, sample=1)
    walk = Walk((of_unit("delta", 2, 0, 1),), up=True)
    rows = lines(explanation_rows(it, walk, 78, 20))
    coming = next(row for row in rows if "∂L/∂w₂[0→0][#2]" in row)
    assert "to come" in coming
    assert not re.search(r"\d\.\d", coming)
    now = lines(explanation_rows(at(session("xor"), "gradient", sample=1), walk, 78, 20))
    assert re.search(r"\d\.\d", next(row for row in now if "∂L/∂w₂[0→0][#2]" in row))


@given(it=any_scene())
@settings(max_examples=80)
def test_the_standing_panel_tells_no_number_before_its_time(it: Scene) -> None:
    for q in produced(it.moment, it.phase):
        assert reached(it, q)
        assert all(reached(it, term) for term in explain(it.record, q).terms)


def test_the_standing_panel_shows_what_the_phase_made() -> None:
    it = at(session("digits"), "forward", 2, sample=4, unit=3)
    text = "\n".join(lines(explain_panel(it, 60, 20)))
    assert narrate(it).split(":")[0] in " ".join(text.split())
    assert "a₂[3][#5] = e^(z₂[3][#5]) / Σ_j e^(z₂[j][#5])" in text
    reduce = "\n".join(lines(explain_panel(at(session("xor"), "reduce"), 60, 30)))
    assert all(word in reduce for word in ("SUM w₂[0→0] =", "MEAN w₂[0→0] =", "g(w₂[0→0]) ="))


def test_in_a_low_box_the_chosen_term_stays_in_sight() -> None:
    it = at(session("digits"), "delta", 2)
    rows = lines(explanation_rows(it, Walk((of_unit("delta", 2, 0, 0),), cursor=1), 38, 8))
    assert any(row.startswith(" ▸ y[0][#1]") for row in rows)


def test_a_check_shows_both_values_and_their_difference() -> None:
    it = at(session("xor"), "delta", 1, layer=1)
    q = of_unit("delta", 1, 0, 0)
    walk = Walk((q,), checks=(compare(it.record, q), of_batch(it.record)))
    rows = lines(explanation_rows(it, walk, 78, 22))
    shown = precise(value(it.record, q))[:8]  # the differences part from it in a later digit
    assert any(f"back-propagation {shown}" in row and f"central differences {shown}" in row for row in rows)
    assert any("differ by" in row for row in rows)
    assert any("relative distance" in row for row in rows)
    batch = walk.checks[1]
    assert isinstance(batch, Comparison)
    assert batch.worst in {weight.symbol for weight in it.record.before.architecture.addresses()}
    assert any(row.endswith(f"array by array; farthest apart at {batch.worst}") for row in rows)


def test_whether_a_check_agrees_is_told_by_the_check_and_not_by_the_size_of_a_number() -> None:
    it = at(session("xor"), "delta", 1, layer=1)
    tiny = Comparison("δ", 1e-9, -1e-9, agrees=False)
    vectors = Comparison("|∇L|", 2.0, 2.0, agrees=False, relative=1.0, worst="b₁[0]", note="1 of 3 left out")
    for found, role in ((tiny, "wrong"), (replace(vectors, agrees=True), "good"), (vectors, "wrong")):
        rows = explanation_rows(it, Walk((of_unit("delta", 1, 0, 0),), checks=(found,)), 78, 22)
        roles = {role for row in rows for text, role in row if "differ by" in text or "relative distance" in text}
        assert roles == {role}
    assert "  1 of 3 left out" in lines(rows)


def test_a_selection_without_a_unit_in_the_phases_layer_takes_the_source_of_the_weight() -> None:
    it = at(session("mazur"), "forward", 1, layer=2, unit=1, source=1)
    assert {q.unit for q in produced(it.moment, it.phase)} == {1}
    bias = replace(it, moment=replace(it.moment, source=-1))
    assert {q.unit for q in produced(bias.moment, bias.phase)} == {0}


def test_hostile_names_of_the_data_do_not_get_into_formulas() -> None:
    it = own_session(own_data(("[/]", "\x1b]52;c;"), ("[@click]", "b")))
    shown = scene(it, Moment(1, Phase("forward", 1), 0, 1))
    assert "[/]" not in "\n".join(lines(explanation_rows(shown, Walk((Quantity("z", 1, 0, sample=0),)), 78, 20)))
