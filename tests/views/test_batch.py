"""The batch's panel: no number is cut, all that fit are told, and a lone sample has the panel to itself."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptui.exercises.exercise import Wanted
from bptui.exercises.making import exercise
from bptui.scenario import Scenario
from bptui.session.moment import Moment, Phase
from bptui.session.session import Session
from bptui.views import batch as views_batch
from bptui.views.batch import MANY, OTHER_ROWS, aligned
from bptui.views.numbers import brief, num
from bptui.views.scene import Scene
from tests.scenes import own_data, own_session, painted, phase_of, scene, session

NUMBERS = st.floats(-999, 999).map(lambda value: round(value, 4)) | st.integers(-9, 9).map(float)


def at(name: str, kind: str, sample: int = 0) -> Scene:
    it = session(name)
    return scene(it, Moment(1, phase_of(kind), sample, it.layers))


@given(
    st.integers(1, 8).flatmap(lambda k: st.lists(st.lists(NUMBERS, min_size=k, max_size=k), min_size=1, max_size=6)),
    st.integers(7, 80),
)
def test_numbers_are_spelled_so_that_whole_ones_fit(lists: list[list[float]], width: int) -> None:
    lines = aligned(lists, width)
    for numbers, line in zip(lists, lines, strict=True):
        assert len(line) <= width
        words = line.replace(" …", "").split()
        for value, word in zip(numbers, words, strict=False):
            assert word in {write(value, size) for size in (5, 6, 7) for write in (brief, num)} or told(word) == value
        assert len(words) == len(numbers) or line.endswith("…") or len(words) == 1


def told(word: str) -> float:
    return float(word.replace("−", "-"))


@given(
    st.integers(1, 5).flatmap(
        lambda k: st.lists(
            st.lists(st.integers(-99, 99).map(lambda tenths: tenths / 10), min_size=k, max_size=k),
            min_size=1,
            max_size=6,
        )
    )
)
def test_numbers_of_one_decimal_are_not_cut_where_they_fit_with_it(lists: list[list[float]]) -> None:
    lines = aligned(lists, max(len(" ".join(f"{value:.1f}" for value in numbers)) for numbers in lists) + len(lists[0]))
    for numbers, line in zip(lists, lines, strict=True):
        assert [told(word) for word in line.split()] == numbers


@given(st.lists(st.sampled_from([0.25, 0.5, 1.0, 3.0]), min_size=1, max_size=6), st.integers(4, 9))
def test_numbers_below_one_another_have_as_many_decimals_as_one_another(values: list[float], width: int) -> None:
    lines = aligned([[value] for value in values], width)
    assert len({len(line.strip().partition(".")[2]) for line in lines}) == 1


@pytest.mark.parametrize("kind", ["batch-update", "short-batch", "forward", "momentum"])
def test_an_exercise_shows_all_its_inputs_on_a_small_screen(kind: str) -> None:
    it = Session(exercise(Wanted(kind, seed=3), 2).scenario)
    head, *rows = painted("batch", scene(it, Moment(1, phase_of("reduce"))), 38, 15)
    assert "…" not in head
    for m, row in enumerate(rows[: it.record.n]):
        assert [told(word) for word in row.split()[3:6]] == [*it.record.passed.a[0][m], it.record.targets[m, 0]]


@given(st.lists(st.lists(st.floats(-9, 9), min_size=3, max_size=3), min_size=2, max_size=6))
def test_numbers_of_one_input_stand_below_each_other(lists: list[list[float]]) -> None:
    ends = [[match.end() for match in re.finditer(r"\S+", line)] for line in aligned(lists, 40)]
    assert all(row == ends[0] for row in ends)


def test_what_is_not_known_yet_takes_no_part() -> None:
    assert aligned([None, [0.5, 1.0], None], 20) == ["·", "0.5000 1", "·"]
    assert aligned([None], 20) == ["·"]


@pytest.mark.parametrize(("width", "height"), [(38, 15), (58, 20), (118, 32)])
def test_a_lone_sample_is_told_in_full(width: int, height: int) -> None:
    it = at("mazur", "reduce")
    shown = "\n".join(painted("batch", it, width, height))
    record = it.record
    assert "…" not in shown
    for name, value in zip(("i1", "i2"), record.passed.a[0][0], strict=True):
        assert re.search(rf"{name} +{num(value, 8)}", shown)
    for k in (0, 1):
        answer, target = (num(v, 8) for v in (record.passed.a[-1][0, k], record.targets[0, k]))
        assert re.search(rf"o{k + 1} +{answer} +{target} +{re.escape(num(record.errors[0, k], 8, plus=True))}", shown)


def test_a_lone_sample_s_hidden_units_are_told_where_there_are_rows() -> None:
    it = at("mazur", "reduce")
    passed, rows = it.record.passed, painted("batch", it, 38, 15)
    for unit, name in enumerate(("h1", "h2")):
        told = [num(v, 8, plus=True) for v in (passed.z[0][0, unit], passed.a[1][0, unit], passed.delta[0][0, unit])]
        assert [name, *told] in [row.split() for row in rows]


def test_the_error_is_the_answer_minus_the_target_of_each_sample() -> None:
    record = at("iris", "reduce").record
    for m in range(record.n):
        assert np.array_equal(record.errors[m], record.passed.a[-1][m] - record.targets[m])


def test_before_its_answer_a_sample_has_no_error() -> None:
    shown = painted("batch", at("mazur", "input"), 58, 20)
    outputs = shown[shown.index(next(row for row in shown if "answer" in row)) + 1 :][:2]
    assert [row.split()[-3:] for row in outputs] == [["·", "0.0100", "·"], ["·", "0.9900", "·"]]


def test_below_a_short_list_the_current_sample_is_told_in_full() -> None:
    shown = painted("batch", at("xor", "loss", 1), 38, 15)
    assert shown[6].strip() == f"sample 2 of 4, row {at('xor', 'loss', 1).record.indices[1]}"
    assert "error" in "".join(shown)


@pytest.mark.parametrize("height", range(1, 40))
def test_the_list_keeps_the_rows_it_scrolls_by(height: int) -> None:
    """What stands below the list takes no row that a sample could have."""
    it = at("iris", "reduce")
    listed = [row for row in painted("batch", it, 60, height) if row.startswith("■")]
    assert len(listed) == min(max(height - OTHER_ROWS, 1), 10) or height < OTHER_ROWS + 1


def test_beside_a_long_list_the_current_sample_is_told_in_full() -> None:
    it = at("digits", "loss", 3)
    rows = painted("batch", it, 118, 14)
    answers = [num(value, 8) for value in it.record.passed.a[-1][3]]
    assert len([row for row in rows if row[0] in "■▣□"]) == 14 - OTHER_ROWS
    assert [row.split()[-3] for row in rows[2:12]] == answers


def test_names_of_classes_take_what_the_numbers_of_a_row_leave() -> None:
    head, *rows = painted("batch", at("iris", "reduce"), 38, 15)
    listed = "\n".join(row for row in rows if row.startswith("■"))
    assert head.split()[-3:] == ["target", "answer", "loss"]
    assert " setosa " in listed
    assert re.search(r" virgi… vir… 0\.\d\d \d\.\d{4}$", listed, re.MULTILINE)  # one space, no more


def test_one_feature_of_several_is_named() -> None:
    assert "x0 …" in painted("batch", at("iris", "reduce"), 38, 15)[0]
    assert "input" in painted("batch", at("xor", "reduce"), 38, 15)[0]


@pytest.mark.parametrize(("width", "height"), [(6, 9), (38, 15), (118, 32)])
def test_where_only_wrong_answers_are_listed_there_may_be_none(width: int, height: int) -> None:
    it = session("xor")
    it.run.extend_to(400)
    last = scene(it, Moment(400, phase_of("reduce"), 0, 2), sort="wrong")
    assert not last.rows
    assert len(painted("batch", last, width, height)) == height


def test_of_a_batch_of_many_samples_only_those_shown_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[float] = []

    def counted(value: float, width: int = 8) -> str:
        written.append(value)
        return num(value, width)

    monkeypatch.setattr(views_batch, "num", counted)
    x = np.random.default_rng(0).normal(size=(MANY + 1, 2))
    it = Session(Scenario.from_arrays(x, (x[:, 0] > 0).astype(int), layers=[2, 2], batch_size="all"))
    it.run.extend_to(1)
    shown = painted("batch", scene(it, Moment(1, phase_of("reduce"), MANY, 1)), 58, 15)
    assert any(f" {MANY + 1} " in row for row in shown)
    assert len(written) < 100, "a key would wait for thousands that nobody sees"


def test_more_outputs_than_rows_are_counted() -> None:
    it = own_session(own_data(tuple(f"class {k}" for k in range(40)), ("u", "v"), samples=1))
    shown = "\n".join(painted("batch", scene(it, Moment(1, Phase("update"), 0, 2)), 58, 20))
    hidden = int(re.search(r"↓ (\d+) more", shown)[1])  # type: ignore[index]
    assert hidden + len(re.findall(r"class \d+ ", shown)) == 40


@pytest.mark.parametrize("height", range(9, 24))
@pytest.mark.parametrize("width", [38, 58])
@pytest.mark.parametrize(("classes", "features", "samples"), [(2, 2, 5), (3, 4, 5), (3, 4, 3), (5, 7, 4)])
def test_of_the_sample_told_every_input_and_output_is_shown_or_counted(
    classes: int, features: int, samples: int, width: int, height: int
) -> None:
    names = tuple(f"class{k}" for k in range(classes)), tuple(f"given{k}" for k in range(features))
    it = own_session(own_data(*names, samples=samples))
    for source in range(features):
        rows = painted("batch", scene(it, Moment(1, Phase("update"), 0, 1, 0, source)), width, height)
        told = "\n".join(rows).partition("sample 1 of")[2].partition("layer 1")[0]
        if told:
            shown = len(re.findall(r" (?:class|given)\d ", told))
            hidden = sum(int(count) for count in re.findall(r"[↑↓↕] (\d+) more", told))
            assert shown + hidden == classes + features, told


@pytest.mark.parametrize("name", ["xor", "mazur", "sine", "spiral", "trask", "moons", "oberman"])
def test_at_80_columns_no_number_of_these_examples_is_left_out(name: str) -> None:
    assert "…" not in "".join(painted("batch", at(name, "reduce"), 38, 16))


def test_of_many_inputs_those_around_the_selected_one_are_told() -> None:
    it = own_session(own_data(("a", "b"), tuple(f"f{k}" for k in range(300)), samples=1))
    shown = "\n".join(painted("batch", scene(it, Moment(1, Phase("update"), 0, 1, 0, 200)), 58, 20))
    above, below = (int(count) for count in re.findall(r"[↑↓] (\d+) more", shown))
    names = re.findall(r" f(\d+) ", shown)
    assert "200" in names
    assert above + len(names) + below == 300
