"""While a number is asked no view prints it, and ? stands in its place; hints do not tell it; the foot fits."""

import re
from dataclasses import replace

import numpy as np
import pytest

from bptui.diagnosis.miss import choices
from bptui.explain import value
from bptui.explain.quantity import Quantity
from bptui.scenario import Scenario
from bptui.session.prediction import DEPTHS, MOST_HINTS, Prediction, Question
from bptui.session.session import Session
from bptui.training.watching.watchable import Watchable
from bptui.views.gradients import gradient_rows
from bptui.views.matrices import matrix_rows
from bptui.views.numbers import factor, num, precise
from bptui.views.poll import answered_words
from bptui.views.predict import Ways, depth_rows, foot_height, foot_rows, question_rows, verdict
from bptui.views.predict import hints as hints_of
from bptui.views.products import KINDS
from bptui.views.scene import Scene, scene_of
from bptui.views.text import cells
from tests.recordings import by_pytorch
from tests.scenes import VIEWS, lines, own_data, own_session, painted

from .test_no_orphans import NUMBER

NAMES = ("xor", "mazur", "iris", "sine", "spiral", "trask", "momentum", "ranks", "equal ranks", "recording")
WIDTHS, HEIGHT = (38, 78), 24
LOOKED_AT, MOST_MOVES = 20, 200


def begun(name: str) -> Session:
    if name == "momentum":
        session = own_session(own_data((), ("u", "v")), optimizer="momentum", l2=0.01, clip_norm=1.0)
    elif name == "recording":
        session = Session(by_pytorch("iris"))
    elif name.endswith("ranks"):
        session = own_session(own_data((), ("u", "v")), ranks=(8, 3, 1) if name == "ranks" else (1, 1))
    else:
        session = Session(Scenario.built_in(name))
    session.predict(Prediction(frozenset(DEPTHS)))
    layers, row = session.layers, int(session.record.indices[0])
    for number in (Watchable("weight", session.moment.weight), Watchable("a", layer=layers, row=row)):
        session.stops.watch(number, session.run)
    return session


def asked(session: Session) -> Quantity | None:
    return session.prediction.now if session.prediction else None


def everything(it: Scene, width: int) -> dict[str, str]:
    """All that any view says."""
    said = {view: "\n".join(painted(view, it, width, HEIGHT)) for view in VIEWS}
    said["gradients"] = "\n".join(lines(gradient_rows(it, width, HEIGHT)))
    return said | {kind: "\n".join(lines(matrix_rows(it, kind, width, HEIGHT))) for kind in KINDS}


def spellings(number: float) -> set[str]:
    """How a number may be written, with digits enough to be told from others."""
    written = {spell(number, width) for spell in (num, factor) for width in range(6, 11)} | {precise(number)}
    plain = {words.lstrip("+−") for words in written}
    return {words for words in plain if len(words.replace(".", "").lstrip("0")) >= 3}


def known(it: Scene) -> set[str]:
    """How the numbers that one may see are written."""
    record = it.record
    parts = (*record.passed.a, *record.passed.z, *record.passed.delta, record.targets, record.before.flat)
    if it.phase.kind not in ("forward", "loss", "delta"):  # before that a sum is not made
        parts = (*parts, record.summed.flat, record.step.flat, record.reduced.flat)
    parts = (*parts, record.passed.loss)
    parts = (*parts, record.contributions(it.moment.weight), record.errors, record.gradient_norms)
    passed, weights = record.passed, record.before.weights
    parts = (*parts, *(delta @ w.T for delta, w in zip(passed.delta, weights, strict=True)))  # of the matrix δ Wᵀ
    flat = np.concatenate([np.ravel(part) for part in parts])
    return set().union(*(spellings(float(number)) for number in flat[np.isfinite(flat)]))


@pytest.mark.parametrize("name", NAMES)
def test_no_view_prints_the_number_that_is_asked(name: str) -> None:
    session = begun(name)
    kinds: set[str] = set()
    for moved in range(MOST_MOVES):
        if moved >= LOOKED_AT and "after" in kinds:
            break
        session.move(("sample", 1))
        while (q := asked(session)) is not None:
            if moved < LOOKED_AT or q.kind not in kinds:  # of a large batch the samples are all alike
                kinds |= {q.kind} if untold(session, q) else set()
            assert session.prediction is not None
            session.predict(session.prediction.skipped())
    batch = {"sum", "mean"} if name not in ("mazur", "trask") else {"sum"} if name == "trask" else set()
    step = (
        {"step"} if session.record.learning_rate != 1 else set()
    )  # with γ = 1 it is the gradient, with its sign changed
    assert kinds == {"a", "delta", "contribution", "after"} | step | batch


def untold(session: Session, q: Quantity) -> bool:
    """No view prints the number, in none of its spellings that is not another's too. Is there one?"""
    it = scene_of(session, True)
    secret = spellings(value(session.record, q)) - known(it)
    for width in WIDTHS:
        for view, text in everything(it, width).items():
            told = secret & {words.lstrip("+−") for words in NUMBER.findall(text)}
            assert not told, (view, q, told, text)
    return bool(secret)


def test_the_scraping_would_see_it() -> None:
    """The same moment once the number is told."""
    session = begun("xor")
    session.move(("sample", 1))
    q = asked(session)
    assert q is not None
    secret = spellings(value(session.record, q)) - known(scene_of(session, True))
    assert secret
    session.predict(None)
    text = " ".join(everything(scene_of(session, True), 78).values())
    assert secret & {words.lstrip("+−") for words in NUMBER.findall(text)}


PLACES = {
    "a": ("network", "batch"),
    "delta": ("network",),
    "contribution": ("deltas", "update", "gradients"),
    "sum": ("update", "gradients", "gradient"),
    "mean": ("update", "gradients"),
    "step": ("update", "gradients"),
    "after": ("update", "gradients"),
}


def test_a_question_mark_stands_where_the_number_would() -> None:
    session = begun("xor")
    seen: set[str] = set()
    while len(seen) < len(PLACES):
        session.move(("sample", 1))
        while (q := asked(session)) is not None:
            said = everything(scene_of(session, True), 60)
            for view in PLACES[q.kind]:
                assert re.search(r"(?<![\w])\?(?!\w)", said[view]), (q.kind, view, said[view])
            assert "What is" in said["explain"]
            seen.add(q.kind)
            assert session.prediction is not None
            session.predict(session.prediction.skipped())


def test_what_is_no_longer_asked_is_told() -> None:
    session = begun("xor")
    session.move(("sample", 1))
    assert session.prediction is not None
    session.predict(session.prediction.skipped())
    assert "?" not in "".join(everything(scene_of(session, True), 78).values())


def questions(name: str) -> list[Question]:
    """Every kind of number that is asked, once."""
    session = begun(name)
    found: dict[str, Question] = {}
    for _ in range(200):
        session.move(("sample", 1))
        while (q := asked(session)) is not None:
            assert session.prediction is not None
            found.setdefault(q.kind, Question(session.prediction, session.record))
            session.predict(session.prediction.skipped())
        if len(found) == len(PLACES):
            break
    return list(found.values())


@pytest.mark.parametrize("name", ["xor", "mazur", "momentum"])
def test_hints_come_one_after_the_other_and_do_not_tell_the_number(name: str) -> None:
    for question in questions(name):
        q = question.prediction.now
        assert q is not None
        told: set[str] = set()
        for hints in range(MOST_HINTS + 1):
            hinted = replace(question, prediction=replace(question.prediction, hints=hints))
            text = " ".join(lines(question_rows(hinted, 58, 60)))
            assert len(hints_of(hinted)) == hints
            assert told <= set(hints_of(hinted))
            told = set(hints_of(hinted))
            hidden = spellings(value(question.record, q))
            alone = q.kind == "step" and question.record.learning_rate == 1  # it is −1 times the gradient
            assert alone or not hidden & {words.lstrip("+−") for words in NUMBER.findall(text)}, (q, hints, text)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_foot_says_the_question_what_is_typed_and_what_an_answer_was(width: int) -> None:
    for question in questions("xor"):
        asking, q = question.prediction, question.prediction.now
        assert q is not None
        true = value(question.record, q)
        offered = choices(question.record, q)
        for it in (
            asking,
            replace(asking, typed="0.0123"),
            replace(asking, hints=2),
            replace(asking, hints=3),
            replace(asking, offered=True),
            asking.skipped(),
            asking.answered(f"{true:.6f}", true, lambda *_: ""),
            asking.answered("77.77", true, lambda *_: "that is the sum; the mean is in force"),
        ):
            rows = lines(foot_rows(replace(question, prediction=it), width, {}, offered))
            assert len(rows) == foot_height(it)
            assert all(cells(row) <= width for row in rows[1:])
            assert it.score.words in rows[-1] or rows[-1].endswith(f" {it.score.short} ")
        assert (
            "0.0123_" in lines(foot_rows(replace(question, prediction=replace(asking, typed="0.0123")), 80, {}, []))[0]
        )
        miss = asking.answered("77.77", true, lambda *_: "that is the sum; the mean is in force")
        told = lines(foot_rows(replace(question, prediction=miss), 120, {}, []))
        text = told[1] if miss.now else told[0]
        assert "no: that is the sum; the mean is in force" in text
        assert factor(true, 8) in text


def test_a_miss_does_not_read_as_if_the_number_were_its_own() -> None:
    question = questions("xor")[0]
    true = value(question.record, question.prediction.asked[0])
    miss = replace(question, prediction=question.prediction.answered("77.77", true, lambda *_: "that is the sum"))
    number = factor(true, 8)
    assert verdict(miss, 80)[0] == f"no: that is the sum · a₂[0][#1] = {number}"
    assert verdict(miss, 30)[0] == f"no: that is the sum; it is {number}"


@pytest.mark.parametrize("offered", [False, True])
def test_esc_is_named_where_it_skips_alone(offered: bool) -> None:
    question = questions("xor")[0]
    question = replace(question, prediction=replace(question.prediction, offered=offered))
    said = [lines(foot_rows(question, 120, {}, [], ways))[0] for ways in (Ways(), Ways(esc=""))]
    assert said[0].rstrip() == f"{said[1].rstrip()}  Esc skips"


@pytest.mark.parametrize("width", [40, 80, 120])
def test_how_many_have_answered_is_at_the_foot_in_any_width_and_the_number_is_not(width: int) -> None:
    for question in questions("xor"):
        q = question.prediction.now
        assert q is not None
        for hints, offered, typed in ((0, False, "0.01"), (2, False, ""), (0, True, "")):
            asking = replace(question.prediction, hints=hints, offered=offered, typed=typed)
            ways = Ways(esc="reveals", poll=answered_words(12, 20))
            rows = lines(foot_rows(replace(question, prediction=asking), width, {}, [], ways))
            assert re.search(r"12( of |/)20", rows[0]), rows
            assert "Esc reveals" in rows[0] or width == 40
            assert not spellings(value(question.record, q)) & {words.lstrip("+−") for words in NUMBER.findall(rows[0])}


@pytest.mark.parametrize("width", [40, 80, 120])
def test_before_a_class_the_score_is_the_lecturers_own_once_there_is_one(width: int) -> None:
    question, before_class = questions("xor")[0], Ways(whose="you: ")
    assert "0" not in lines(foot_rows(question, width, {}, [], before_class))[-1]
    answered = question.prediction.answered("77.77", 0.5, lambda *_: "")
    last = lines(foot_rows(replace(question, prediction=answered), width, {}, [], before_class))[-1]
    assert last.endswith((" you: 0/1 ", " you: 0 of 1 right "))


def test_the_list_of_depths_says_what_is_asked() -> None:
    rows = lines(depth_rows(frozenset(("mean", "weight")), 78))
    assert [row.split("]")[0][-1] for row in rows if "[" in row] == [" ", " ", " ", " ", "x", " ", "x"]
