"""The lab's rows: complete sentences, numbers from the figures, nothing cut, at every size."""

import re
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from bptui.data.plain import in_plain
from bptui.engine import OptimizerSettings
from bptui.engine.types import quiet
from bptui.engine.wrong_rules import Given
from bptui.experiments.mistakes import RIGHT, distance, outcome, true_reduced
from bptui.experiments.mistakes.distance import layer_vector
from bptui.experiments.mistakes.lab import Lab
from bptui.experiments.mistakes.table import ROWS
from bptui.scenario import Scenario
from bptui.session.intents import Open
from bptui.session.session import Session
from bptui.tui.palette import MONO, PALETTES, Palette
from bptui.views.lab import (
    TRUE,
    WRONG,
    both_sides,
    curve_legend,
    lab_chart,
    lab_title,
    layer_table,
    part_title,
    sentences,
    true_side,
    wrong_side,
)
from bptui.views.lab_plan import lab_plan
from bptui.views.loss import chart as chart_of_the_explorer
from bptui.views.numbers import factor, num, rate
from bptui.views.questions import asked_by
from bptui.views.text import Row, row_cells
from tests.experiments.builders import lab_at
from tests.scenes import lines, scene, session

from .scraped import orphans, veiled


@cache
def trained(name: str, rule: int, other: bool) -> Lab:
    it = lab_at(session(name))
    it.choose(rule)
    if other:
        it.next_case()
    it.advance(7)
    return it


def text(rows: list[Row]) -> str:
    return "\n".join(lines(rows))


@pytest.mark.parametrize("rule", range(len(ROWS)))
@pytest.mark.parametrize(("name", "other"), [("xor", False), ("digits", True), ("remainder", False)])
def test_nothing_is_wider_than_its_panel_at_80_columns(name: str, rule: int, other: bool) -> None:
    figures = trained(name, rule, other).figures()
    for width, height in ((38, 5), (58, 6)):
        for rows in (true_side(figures, width, height), wrong_side(figures, width, height)):
            assert len(rows) <= height
            assert max(map(row_cells, rows)) <= width
    assert max(map(row_cells, layer_table(figures, 38, 7))) <= 38
    assert max(map(row_cells, both_sides(figures, 38))) <= 38
    assert len(both_sides(figures, 38)) == 5
    assert row_cells(lab_title(figures, 80)) == 80
    assert max(map(row_cells, sentences(figures, 80, 7))) <= 80


@pytest.mark.parametrize("rule", range(len(ROWS)))
def test_at_80_columns_seven_rows_hold_all_three_sentences(rule: int) -> None:
    figures = trained("xor", rule, False).figures()
    said = " ".join(text(sentences(figures, 80, 7)).split())
    for sentence in (figures.mistake.confuses, figures.mistake.harmless, figures.mistake.occurs):
        assert all(word in said for word in sentence.split())
    assert figures.mistake.confuses.split()[-1] in said


def test_where_there_is_little_room_the_confusion_and_the_case_stay() -> None:
    figures = trained("trask", 0, False).figures()
    assert lines(sentences(figures, 80, 1)) == [" as the run: differs from update 1 on   h harmless"]
    assert lines(sentences(figures, 80, 2))[0].startswith(" confuses")


def test_the_case_row_says_what_h_leads_to() -> None:
    rows = [lines(sentences(trained("digits", 6, other).figures(), 80, 1))[0] for other in (False, True)]
    assert rows == [
        " as the run: harmless here: no batch is short, 32 divides 800   h where it shows",
        " where it shows: batch size 17 leaves 1 of 800   h as the run",
    ]
    assert "  h " not in text(sentences(trained("mazur", 0, False).figures(), 80, 1))


def test_the_numbers_of_both_sides_are_the_figures() -> None:
    figures = trained("trask", 0, False).figures()
    true, wrong = figures.true_change, figures.wrong_change
    assert true is not None
    assert wrong is not None
    assert factor(true.reduced, 9, plus=True) in text(true_side(figures, 38, 6))
    for value in (wrong.reduced, wrong.step, figures.true_here):
        assert factor(float(value or 0), 9, plus=True) in text(wrong_side(figures, 38, 6))
    assert "truth here" not in text(true_side(figures, 38, 6))
    for change in (true, wrong):
        assert num(change.after, 9) in text(both_sides(figures, 38))


def test_the_table_has_a_row_a_layer_and_the_total() -> None:
    figures = trained("trask", 0, False).figures()
    rows = lines(layer_table(figures, 38, 7))
    assert [row.split()[0] for row in rows[1:4]] == ["layer", "layer", "all"]
    first = figures.layers[0]
    assert rows[1].split()[2:] == [
        num(first.true_norm, 7), num(first.wrong_norm, 7), num(first.cosine, 6), num(first.relative_error, 7)
    ]  # fmt: skip
    assert f"in update {figures.worst[1]}" in rows[4]


def test_a_difference_of_nothing_and_one_of_rounding_are_told_apart() -> None:
    assert "no difference in 7 updates" in text(layer_table(trained("digits", 0, True).figures(), 58, 20))
    assert "only rounding" in text(layer_table(trained("digits", 8, True).figures(), 58, 20))


def test_a_tall_table_lists_the_rules_with_their_keys() -> None:
    rows = lines(layer_table(trained("trask", 3, False).figures(), 58, 24))
    assert next(row for row in rows if row.startswith("▸")) == "▸4 new weights before hidden deltas"
    first = next(k for k, row in enumerate(rows) if row.startswith(" 1 "))
    shown = rows[first : first + 12]
    assert all(rule.named("sum") in row for row, rule in zip(shown, ROWS[:12], strict=True))


def test_below_the_rules_stand_the_gradients_of_the_selected_unit() -> None:
    figures = trained("digits", 1, False).figures()
    rows = [row.split() for row in lines(layer_table(figures, 64, 120))[-len(figures.into_unit) :]]
    assert len(rows) == 1 + figures.architecture.sizes[figures.weight.layer - 1]
    assert {weight.unit for weight, _, _ in figures.into_unit} == {figures.weight.unit}
    for words, (weight, true, wrong) in zip(rows, figures.into_unit, strict=True):
        assert [words[0].lstrip("▸"), *words[1:]] == [
            weight.symbol, num(true, 9, plus=True), num(wrong, 9, plus=True)
        ]  # fmt: skip
    assert figures.true_here in [true for _, true, _ in figures.into_unit]


@pytest.mark.parametrize("width", [36, 58, 98])
@pytest.mark.parametrize("rule", range(len(ROWS)))
def test_no_title_is_cut(rule: int, width: int) -> None:
    figures = trained("xor", rule, False).figures()
    for name in ("true", "wrong", "numbers", "table", "chart"):
        assert len(part_title(name, figures, False, width)) + 4 <= width


@pytest.mark.parametrize(
    ("name", "title"), [("trask", "mean with the sum's rate"), ("xor", "sum with the mean's rate")]
)
def test_the_other_reduction_is_called_what_it_is_beside_this_truth(name: str, title: str) -> None:
    figures = trained(name, 5, False).figures()
    assert figures.rules.reduction == ("sum" if title.startswith("mean") else "mean")
    assert title in text([lab_title(figures, 80)])
    assert ("Averages where" if title.startswith("mean") else "Sums where") in text(sentences(figures, 80, 7))
    assert f"▸6 {title}" in text(layer_table(figures, 58, 24))


def unlike_the_lab() -> Lab:
    scenario = Scenario.built_in("digits")
    rules = replace(scenario.settings.rules, optimizer=OptimizerSettings("adam"), l2=0.1, clip_norm=1.0)
    return lab_at(Session(replace(scenario, settings=replace(scenario.settings, rules=rules, repeats=3))))


@pytest.mark.parametrize("width", [40, 58, 80, 120, 200])
@pytest.mark.parametrize("height", [1, 2, 7])
@pytest.mark.parametrize("rule", [0, 6])
def test_that_the_run_is_not_plain_sgd_is_said_at_every_size(width: int, height: int, rule: int) -> None:
    it = unlike_the_lab()
    it.choose(rule)
    said = text(sentences(it.figures(), width, height))
    assert "plain SGD" in said
    if height > 1 and width >= 80:
        assert "without the run's adam, clipping and repeats" in said
    assert len(said.split("\n")) <= height


def test_a_run_of_plain_sgd_is_not_said_to_be_another() -> None:
    assert "plain SGD" not in text(sentences(trained("trask", 0, False).figures(), 80, 7))


def test_a_loss_stands_at_as_many_updates_as_its_weights_have_seen() -> None:
    run = session("digits").run
    run.extend_to(9)
    it = trained("digits", 0, False)
    chart = lab_chart((it.true.curve, it.wrong.curve), 60, log=False, applied=it.case.first - 1)
    panel = chart_of_the_explorer(scene(session("digits"), replace(session("digits").moment, update=8)), 60)
    ours, theirs = chart.series[0], next(one for one in panel.series if one.name == "batch")
    assert ours.x.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert ours.x.tolist() == theirs.x.tolist()[:7]
    assert ours.high.tolist() == theirs.high.tolist()[:7]


def test_a_side_that_stopped_says_so() -> None:
    it = lab_at(session("oberman"))
    it.choose(5)  # SUM at Oberman's rate diverges: −11, 31, −53, 115 …
    it.advance(1000)
    figures = it.figures()
    assert figures.wrong_stop
    assert "stopped before update" in text(wrong_side(figures, 38, 6))
    assert "stopped" in text(both_sides(figures, 38))
    assert "the wrong side has stopped" in text(layer_table(figures, 38, 7))


def test_the_chart_holds_both_curves_and_the_legend_their_last_losses() -> None:
    it = trained("trask", 0, False)
    curves = (it.true.curve, it.wrong.curve)
    chart = lab_chart(curves, 60, log=False, applied=0)
    assert [(s.name, s.role) for s in chart.series] == [("true", TRUE), ("wrong", WRONG)]
    assert [float(s.high[-1]) for s in chart.series] == [float(curve.last("loss")[-1]) for curve in curves]
    said = lines([curve_legend(curves)])[0]
    assert said == f" ─true {num(chart.series[0].high[-1], 8)} ╌wrong {num(chart.series[1].high[-1], 8)}"
    assert not lab_chart((lab_at(session("xor")).true.curve,) * 2, 60, log=True, applied=0).series


@pytest.mark.parametrize("width", [40, 60, 71, 72, 80, 120, 200])
@pytest.mark.parametrize("height", [10, 12, 16, 18, 20, 24, 30, 36, 40, 60])
def test_parts_tile_the_screen_without_overlapping(width: int, height: int) -> None:
    plan = lab_plan(width, height)
    cells = [(x, y) for b in plan.boxes.values() for x in range(b.x, b.x + b.width) for y in range(b.y, b.y + b.height)]
    assert len(cells) == len(set(cells)) == width * height
    assert {"title", "words", "footer"} <= set(plan.boxes)
    assert ("true" in plan.boxes) == ("wrong" in plan.boxes) == ("numbers" not in plan.boxes) == (width >= 72)
    assert ("chart" in plan.boxes) or height < 34


@pytest.mark.parametrize("size", [(39, 40), (80, 9), (1, 1)])
def test_below_40_by_10_there_is_one_line(size: tuple[int, int]) -> None:
    plan = lab_plan(*size)
    assert plan.too_small
    assert list(plan.boxes) == ["title"]


def test_no_sentence_names_a_machine_or_a_path() -> None:
    for rule in ROWS:
        assert not re.search(r"/\w+/\w+/", rule.confuses + rule.occurs + rule.harmless)


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
def test_a_side_s_colour_is_no_sign_s(palette: Palette) -> None:
    looks = palette.roles
    assert len({looks[role] for role in (TRUE, WRONG, "positive", "negative", "dim")}) == 5
    figures = trained("trask", 3, False).figures()
    for rows in (true_side(figures, 58, 6), wrong_side(figures, 58, 6), layer_table(figures, 58, 24)):
        for words, role in (span for row in rows for span in row):
            assert role not in ("series-1", "series-2"), words


def test_the_colours_of_curves_are_roles_of_every_palette() -> None:
    assert all({TRUE, WRONG} <= set(palette.roles) for palette in (*PALETTES, MONO))


def all_rows(it: Lab, width: int) -> list[Row]:
    """Everything the lab writes, but for the sentences of the table of mistakes."""
    figures = it.figures()
    rows = [lab_title(figures, 2 * width), *sentences(figures, 2 * width, 1), *both_sides(figures, width)]
    rows += [*true_side(figures, width, 6), *wrong_side(figures, width, 6), *layer_table(figures, width, 60)]
    return [*rows, curve_legend((it.true.curve, it.wrong.curve))]


def values_of(it: Lab) -> list[object]:
    """All real numbers of the lab, from the networks, the true rule and the wrong one."""
    figures, case = it.figures(), it.case
    x, y = it.batch()
    rules, at = figures.rules, figures.weight
    values: list[object] = [figures.worst[0], rules.learning_rate, case.settings.rules.learning_rate, rules.l2]
    for its in (figures.true_own, figures.wrong_own):
        if its is not None:
            values += [its.rest, [[term.a, term.delta, term.share] for term in its.terms]]
    for training, rule in ((it.true, RIGHT), (it.wrong, it.mistake.rule)):
        values.append(training.curve.last("loss"))
        if training.stop:
            continue
        with quiet():
            step = outcome(rule, Given(training.network, x, y, rules, case.nominal, carried=training.carried))
            truth, loss = true_reduced(training.network, x, y, rules)
        values += [vector[at] for vector in (training.network, step.believed, step.step, step.after, truth)]
        values += [loss, np.array([truth[w] for w, _, _ in figures.into_unit])]
        values.append([step.believed[w] for w, _, _ in figures.into_unit])
        pairs = [(truth.flat, step.believed.flat)]
        pairs += [
            (layer_vector(truth, layer), layer_vector(step.believed, layer))
            for layer in range(truth.architecture.layers)
        ]
        values += [[d.true_norm, d.wrong_norm, d.cosine, d.relative_error] for d in (distance(*pair) for pair in pairs)]
    return values


def counts_of(it: Lab) -> set[int]:
    figures, case = it.figures(), it.case
    numbers = {
        *range(max(len(ROWS) + 1, *figures.architecture.sizes)),
        figures.update,
        figures.made,
        figures.n,
        figures.worst[1],
        figures.differs_from or 0,
    }
    for its in (figures.true_own, figures.wrong_own):  # a share of 3/4 is two counts
        for term in its.terms if its else ():
            share = Fraction(term.share).limit_denominator(10_000)
            numbers |= {abs(share.numerator), share.denominator}
    numbers |= {figures.position.epoch, figures.position.batch, figures.batches}
    whole, rest = divmod(case.count, case.nominal)
    return numbers | {case.count, case.nominal, case.size, whole, rest, *case.sizes}


@pytest.mark.parametrize("other", [False, True])
@pytest.mark.parametrize("rule", range(len(ROWS)))
@pytest.mark.parametrize("name", ["xor", "trask", "mazur", "iris", "moons"])
def test_every_number_of_the_lab_is_one_of_its_two_trainings(name: str, rule: int, other: bool) -> None:
    it = trained(name, rule, other)
    for width in (38, 58):
        missing = orphans(all_rows(it, width), values_of(it), counts_of(it), rate(it.figures().rules.learning_rate))
        assert not missing


@pytest.mark.parametrize("name", ["xor", "mazur", "iris"])
def test_the_lab_is_told_nothing_of_what_the_run_s_update_comes_to(name: str) -> None:
    it = session(name)
    weight = it.moment.weight
    plain, blind = (Lab(it.run.problem, record, weight) for record in (it.record, veiled(it.record, passes=True)))
    for lab in (plain, blind):
        lab.advance(3)
    assert lines(all_rows(blind, 58)) == lines(all_rows(plain, 58))


def test_without_colours_the_legend_names_each_curve_s_own_character() -> None:
    it = trained("trask", 0, False)
    assert re.match(r" o true .* # wrong ", lines([curve_legend((it.true.curve, it.wrong.curve), colour=False)])[0])


def test_the_worst_error_is_of_the_updates_made_and_says_so() -> None:
    it = lab_at(session("xor"))
    it.choose(9)
    it.advance(3)
    figures = it.figures()
    assert figures.overall is not None
    assert figures.overall.relative_error > figures.worst[0]  # the one to come is worse still
    said = text(layer_table(figures, 38, 7))
    assert f"worst applied {num(figures.worst[0], 8)} in update {figures.worst[1]}" in said
    assert figures.worst[1] == figures.made


def test_the_lab_says_that_its_lengths_leave_frozen_biases_out() -> None:
    it = lab_at(session("mazur"))
    figures = it.figures()
    assert figures.overall is not None
    assert figures.overall.true_norm < session("mazur").record.gradient_norms[0]
    assert "|g| without the frozen biases" in text(layer_table(figures, 38, 8))
    assert "frozen" not in text(layer_table(lab_at(session("xor")).figures(), 38, 8))


@pytest.mark.parametrize("width", [36, 38, 58, 98])
@pytest.mark.parametrize("rule", range(len(ROWS)))
def test_titles_say_which_side_is_wrong_and_whose_weights_the_table_is_of(rule: int, width: int) -> None:
    figures = trained("xor", rule, False).figures()
    assert part_title("wrong", figures, False, width).startswith("Wrong")
    assert part_title("table", figures, False, width).endswith("at the wrong side's weights")


def test_the_title_names_the_question_that_the_lab_answers() -> None:
    assert asked_by(Open("lab", "mean-error-mean-activations")) == "w 5 · "
    assert asked_by(Open("lab", "drop-slope")) == ""


class TestOwnComputation:
    def rows(self, rule: int, width: int, height: int) -> list[str]:
        it = lab_at(session("xor"))
        it.choose(rule)
        it.select(source=-1)  # to w₁[x1→0], as 0 times anything says nothing
        figures = it.figures()
        return [*lines(true_side(figures, width, height))[: height - 4], *lines(wrong_side(figures, width, height))]

    def test_both_sides_say_how_they_come_to_the_gradient(self) -> None:
        true, its_numbers, wrong, wrong_numbers, *_ = self.rows(1, 58, 6)
        assert (true, wrong) == (" 1/4 Σ a·δ, δ = e·φ′(z)", " ā·δ̄, δ = ē·φ′(z̄)")
        assert re.fullmatch(r" = 1/4 \(.+·.+ \+ .+·.+ \+ …\)| = 1/4 \(.+\)", its_numbers)
        assert re.fullmatch(r" = [\d.]+·[−\d.e]+", wrong_numbers)

    def test_the_numbers_of_a_whole_row_give_the_gradient_below(self) -> None:
        it = lab_at(session("xor"))
        it.choose(1)
        (_, made, gradient, *_) = lines(wrong_side(it.figures(), 58, 6))
        a, delta = (float(word.replace("−", "-")) for word in made.removeprefix(" = ").split("·"))
        said = float(gradient.split()[1].replace("−", "-").replace("+", ""))
        assert a * delta == pytest.approx(said, rel=2e-3)

    def test_on_a_short_screen_one_row_has_both(self) -> None:
        true, wrong, *_ = self.rows(10, 38, 5)
        assert true.startswith(" 1/4 Σ a·e·φ′(z): ")
        assert wrong.startswith(" 1/4 Σ a·e: ")

    @pytest.mark.parametrize("rule", range(len(ROWS)))
    def test_no_row_is_wider_than_its_panel(self, rule: int) -> None:
        figures = trained("xor", rule, False).figures()
        for width in (30, 34, 38, 46, 58, 98):
            for height in (4, 5, 6):
                for rows in (true_side(figures, width, height), wrong_side(figures, width, height)):
                    assert len(rows) <= max(height, 4)
                    assert max(map(row_cells, rows[: height - 4]), default=0) <= width


@pytest.mark.parametrize("rule", range(len(ROWS)))
def test_every_symbol_of_a_computation_has_a_plain_stand_in(rule: int) -> None:
    figures = trained("xor", rule, False).figures()
    assert "?" not in in_plain(text(wrong_side(figures, 200, 6)))


def test_the_case_says_from_which_update_on_a_rule_differs() -> None:
    said = {}
    for name, rule in (("digits", 9), ("remainder", 7), ("remainder", 6), ("xor", 0)):
        it = lab_at(session(name))
        it.choose(rule)
        said[name, rule] = text(sentences(it.figures(), 80, 7))
    assert "differs from update 2 on" in said["digits", 9]
    assert "differs from update 9 on" in said["remainder", 7]
    assert "differs from update 9 on" in said["remainder", 6]
    assert "differs from update 1 on" in said["xor", 0]
    assert "differs" not in text(sentences(trained("digits", 6, False).figures(), 80, 7))
