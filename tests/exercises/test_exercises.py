"""Every answer of a key follows from what the sheet gives, and every mistake that bears on it would be noticed."""

from dataclasses import replace
from functools import cache

import pytest

from bptui.diagnosis.fits import given_of
from bptui.diagnosis.search import singles
from bptui.exercises.exercise import Blank, Choice, Exercise, Wanted
from bptui.exercises.families import FAMILIES, family_of
from bptui.exercises.formats import FORMATS
from bptui.exercises.key import near, said_of
from bptui.exercises.making import exercise, exercises, question_of
from bptui.exercises.names import FORMATS as FORMAT_NAMES
from bptui.exercises.names import KINDS, MIXED
from bptui.exercises.selecting import mistakes_of
from bptui.exercises.written import fixed
from bptui.explain import value
from bptui.explain.expression import evaluate
from bptui.scenario.accept import ScenarioError
from bptui.session.aim import parse_aim
from bptui.session.moment import INPUT, Phase
from bptui.session.session import Session
from tests.engine.rules_oracle import Made, made
from tests.exercises.oracle import answer, read
from tests.explain.reading import parse

NUMBERS = (1, 2)
SHAPES = {
    "forward": Wanted("forward", layers=(3, 4, 2), samples=3),
    "output-delta": Wanted("output-delta", layers=(2, 3), samples=4),
    "hidden-delta": Wanted("hidden-delta", layers=(2, 3, 2, 2)),
    "sample-gradients": Wanted("sample-gradients", layers=(2, 2), samples=2),
    "batch-update": Wanted("batch-update", layers=(3, 3, 3), samples=4),
    "short-batch": Wanted("short-batch", layers=(2, 3, 2), samples=5),
    "momentum": Wanted("momentum", layers=(2, 1), samples=3),
    "softmax": Wanted("softmax", layers=(2, 2, 3), samples=3),
    "gradient-check": Wanted("gradient-check", layers=(2, 3, 1), samples=4, decimals=5),
    "find-mistake": Wanted("find-mistake", layers=(2, 3, 2), samples=4),
}


@cache
def of(kind: str, number: int = 1) -> Exercise:
    return exercise(Wanted(kind, seed=5), number)


@cache
def shaped(kind: str) -> Exercise:
    return exercise(SHAPES[kind], 1)


EVERY = [pytest.param(kind, number, id=f"{kind} {number}") for kind in FAMILIES for number in (*NUMBERS, 0)]


def the(kind: str, number: int) -> Exercise:
    """Exercise 0 is the one of another shape."""
    return of(kind, number) if number else shaped(kind)


@pytest.mark.parametrize(("kind", "number"), EVERY)
def test_what_the_sheet_gives_leads_to_every_answer(kind: str, number: int) -> None:
    it = the(kind, number)
    sheet, decimals = read(it), it.wanted.decimals
    assert it.blanks
    for blank in it.blanks:
        room = 10.0**-decimals if "quotient" in blank.name or kind == "momentum" else 1e-9
        assert blank.value == pytest.approx(answer(sheet, blank.name), abs=room)
        assert abs(float(blank.printed(decimals).replace("−", "-")) - blank.value) <= 0.5 * 10.0**-decimals + 1e-12


@pytest.mark.parametrize(("kind", "number"), EVERY)
def test_the_numbers_of_a_formula_as_they_are_printed_give_the_answer(kind: str, number: int) -> None:
    it = the(kind, number)
    for blank in it.blanks:
        assert fixed(evaluate(parse(blank.numbers)), it.wanted.decimals) == blank.printed(it.wanted.decimals)


@pytest.mark.parametrize(("kind", "number"), EVERY)
def test_no_mistake_gives_a_number_that_is_taken_for_the_right_one(kind: str, number: int) -> None:
    it = the(kind, number)
    question = question_of(it.wanted, FAMILIES[kind])
    for blank in it.blanks:
        assert all(abs(wrong.value - blank.value) > 2 * it.wanted.tolerance for wrong in blank.wrong)
        assert len({round(wrong.value, it.wanted.decimals) for wrong in blank.wrong}) == len(blank.wrong)
        if blank.quantity is not None:
            told = {change.id for wrong in blank.wrong for change in wrong.changes}
            same = {change.id for change in blank.same}
            assert told | same == {change.id for change in mistakes_of(question, blank.quantity)}
            assert not told & same


@pytest.mark.parametrize(("kind", "number"), EVERY)
def test_another_sample_s_number_is_named_before_mistakes_that_give_it_too(kind: str, number: int) -> None:
    it = the(kind, number)
    for blank in it.blanks:
        q = blank.quantity
        if q is None or q.kind not in ("z", "a", "loss", "delta", "contribution"):
            continue
        for m in range(it.record.n):
            other = value(it.record, replace(q, sample=m))
            wrong = [each for each in blank.wrong if f"the number of sample #{m + 1}" in each.own]
            if m == q.sample or abs(other - blank.value) <= 2 * it.wanted.tolerance:
                assert not wrong
            else:
                assert [each.value for each in wrong] == pytest.approx([other], abs=1e-4)
                said = said_of(near(blank, other, it.wanted.tolerance), it.reduction)
                assert said.startswith("This is the number of sample #")
                assert f"the number of sample #{m + 1}" in said


@pytest.mark.parametrize("kind", ["batch-update", "short-batch"])
def test_what_one_sample_gives_is_no_sum_and_no_mean_and_is_named(kind: str) -> None:
    it = of(kind)
    blank = it.blanks[0]
    assert blank.quantity is not None
    shares = it.record.contributions(blank.quantity.weight)
    named = {words: each.value for each in blank.wrong for words in each.own}
    assert named == pytest.approx(
        {f"the gradient of sample #{m + 1} alone": share for m, share in enumerate(shares)}, abs=1e-4
    )


SILENT = {
    "sample-gradients": {"targets-reversed"},
    "short-batch": {"mean-of-means"},
    "softmax": {"loss-slope-elementwise", "targets-next", "mean-of-means"},
    "gradient-check": {"mean-of-means"},
}
"""What cannot show: the middle one of three samples has its own target in reverse order,
two parts of one sample each are equal, of a softmax the answer that is the target has a slope that is right."""


@pytest.mark.parametrize("kind", FAMILIES)
def test_all_mistakes_show_that_can(kind: str) -> None:
    for number in NUMBERS:
        for blank in of(kind, number).blanks:
            assert {change.id for change in blank.same} <= SILENT.get(kind, set()), blank.name


@pytest.mark.parametrize("kind", [kind for kind in FAMILIES if kind != "momentum"])
def test_the_numbers_of_mistakes_are_those_of_plain_loops(kind: str) -> None:
    it = of(kind)
    given = given_of(it.record)
    for blank in it.blanks:
        for wrong in blank.wrong:
            for change in wrong.changes:
                found = of_program(made(given, change.rule), blank)
                assert found is None or found == pytest.approx(wrong.value, abs=1e-4)


def of_program(program: Made, blank: Blank) -> float | None:
    """What a program in plain loops has in the place of an answer; None for what it does not keep."""
    q = blank.quantity
    assert q is not None
    if q.kind in ("z", "a", "delta"):
        rows = {"z": program.z, "a": program.a, "delta": program.delta}[q.kind][q.layer - 1]
        return rows[min(q.sample, len(rows) - 1)][q.unit]
    tables = {
        "mean": (program.weights, program.biases),
        "reduced": (program.weights, program.biases),
        "step": (program.step_weights, program.step_biases),
        "after": (program.after_weights, program.after_biases),
    }
    if q.kind not in tables:
        return None
    weights, biases = tables[q.kind]
    return biases[q.layer - 1][q.unit] if q.weight.is_bias else weights[q.layer - 1][q.source][q.unit]


def test_momentum_s_mistakes_are_those_of_its_formula() -> None:
    it = of("momentum")
    sheet = read(it)
    for weight, (before, velocity, g) in sheet.kept.items():
        wrong = {
            "momentum-old": -sheet.rate * velocity,
            "momentum-damped": -sheet.rate * (sheet.mu * velocity + (1 - sheet.mu) * g),
            "ascent": sheet.rate * (sheet.mu * velocity + g),
        }
        for name, start in ((f"Δ{weight}", 0.0), (f"{weight} after", before)):
            (blank,) = (blank for blank in it.blanks if blank.name == name)
            told = {change.id: each.value for each in blank.wrong for change in each.changes}
            for rule, step in wrong.items():
                assert told[rule] == pytest.approx(start + step, abs=1e-4)
        (blank,) = (blank for blank in it.blanks if blank.name == f"vₜ({weight})")
        ((change,),) = (each.changes for each in blank.wrong)
        assert change.id == "momentum-damped"
        assert blank.wrong[0].value == pytest.approx(sheet.mu * velocity + (1 - sheet.mu) * g, abs=1e-4)


@pytest.mark.parametrize("number", [*NUMBERS, 0])
def test_a_quotient_is_got_wrong_by_one_epsilon_or_to_one_side(number: int) -> None:
    it = the("gradient-check", number)
    below, here, above = read(it).losses
    wrong = {wrong.said[:11]: wrong.value for wrong in it.blanks[0].wrong}
    assert wrong["divided by "] == pytest.approx((above - below) / 0.01, abs=1e-4)
    if "the differe" in wrong:  # where it is far enough from the right one to be told apart
        assert wrong["the differe"] == pytest.approx((above - here) / 0.01, abs=1e-4)


@pytest.mark.parametrize("number", [*NUMBERS, 0])
def test_of_a_program_s_numbers_one_option_alone_gives_all(number: int) -> None:
    it = the("find-mistake", number)
    (choice,) = (item for item in it.items if isinstance(item, Choice))
    (table,) = (part for part in it.given if not isinstance(part, str) and part.title == "the program printed")
    shown = {name: float(g.replace("−", "-")) for row in table.rows for name, g in (row[:2], row[2:]) if name}
    given = given_of(it.record)
    by_name = {change.named("mean"): change for change in singles(given)}
    fitting = []
    for option in choice.options:
        program = made(given, by_name[option.words].rule)
        numbers = {}
        for weight in it.record.before.architecture.addresses():
            w, b = program.weights[weight.layer - 1], program.biases[weight.layer - 1]
            numbers[it.record.names.symbol(weight)] = (
                b[weight.unit] if weight.is_bias else w[weight.source][weight.unit]
            )
        assert numbers.keys() == shown.keys()
        fitting += [option] * (max(abs(numbers[name] - shown[name]) for name in shown) < 1e-6)
    assert fitting == [choice.right]
    assert len(choice.options) == 5


def test_an_exercise_is_the_same_whatever_is_made_beside_it() -> None:
    wanted = Wanted("hidden-delta", count=3, seed=9)
    every = list(exercises(wanted))
    alone = exercise(replace(wanted, count=12), 3)
    assert (alone.given, alone.items, alone.worked) == (every[2].given, every[2].items, every[2].worked)
    assert exercise(replace(wanted, seed=10), 3).given != alone.given


def test_a_mixed_sheet_has_one_of_each_kind_in_turn() -> None:
    kinds = [family_of(Wanted(MIXED), number).kind for number in range(1, len(FAMILIES) + 2)]
    assert kinds == [*FAMILIES, "forward"]


def test_the_command_line_knows_the_families_and_formats_there_are() -> None:
    assert (*FAMILIES, MIXED) == KINDS
    assert tuple(FORMATS) == FORMAT_NAMES


@pytest.mark.parametrize("kind", FAMILIES)
def test_the_explorer_opens_where_the_first_answer_is_known(kind: str) -> None:
    it = of(kind)
    session = Session(it.scenario)
    blank = it.blanks[0]
    q = blank.quantity or it.blanks[-1].quantity
    assert q is not None
    there = parse_aim(it.at).arrive(session.run, session.moment)
    assert there.update == it.record.number
    record = session.run.record(there.update)
    assert record.passed.a[-1].tolist() == it.record.passed.a[-1].tolist()
    assert there.phase == phase_of(q.kind, q.layer)
    if q.kind in ("z", "a", "delta"):
        assert (there.phase.layer, there.sample) == (q.layer, q.sample)
    elif q.kind != "loss":
        assert there.weight == q.weight


@pytest.mark.parametrize("kind", FAMILIES)
def test_it_starts_before_any_number_of_its_update_is_computed_with_the_weight_asked_about(kind: str) -> None:
    it = of(kind)
    session = Session(it.scenario)
    solved, there = (parse_aim(words).arrive(session.run, session.moment) for words in (it.at, it.start))
    assert (there.update, there.sample, there.phase) == (it.record.number, 0, INPUT)
    assert there.weight == solved.weight


def phase_of(kind: str, layer: int) -> Phase:
    named = {"z": "f", "a": "f", "delta": "d"}
    words = {"loss": "loss", "contribution": "gradient", "sum": "reduce", "mean": "reduce"}.get(kind, "update")
    aim = parse_aim(f"{named[kind]}{layer}" if kind in named else words)
    assert aim.phase is not None
    return aim.phase


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted("hidden-delta", layers=(2, 2)), "needs a hidden layer"),
        (Wanted("softmax", layers=(2, 1)), "needs two outputs"),
        (Wanted("batch-update", samples=1), "needs 2 samples"),
    ],
)
def test_wishes_that_do_not_fit_a_family_are_refused(wanted: Wanted, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        exercise(wanted, 1)
