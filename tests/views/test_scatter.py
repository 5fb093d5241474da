"""The noise screen says what the engine's statistics say, in any box."""

from dataclasses import replace
from functools import cache
from itertools import count
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bptui.engine.weight import Weight
from bptui.experiments.scatter import Scatter, ScatterNow, Spread
from bptui.scenario import Scenario
from bptui.session.session import Session
from bptui.training.problem import Problem
from bptui.training.record import ROW_KEYS, RowKey
from bptui.views.glyphs import BRAILLE_DOTS
from bptui.views.numbers import factor, num
from bptui.views.scatter import axis, chart_height, law_chart, law_legend, scatter_rows, strip
from bptui.views.scene import Scene
from bptui.views.text import cells
from tests.experiments.builders import scatter_at
from tests.scenes import lines, own_data, own_session, scene, session

from .scraped import UNKNOWN, orphans, veiled
from .test_robust import HOSTILE

Seen = tuple[Scene, ScatterNow]


@cache
def measured(name: str) -> tuple[Session, Scatter]:
    it = session(name)
    made = scatter_at(it)
    made.work()
    return it, made


def seen(name: str, weight: Weight | None = None, key: RowKey = "batch") -> Seen:
    it, made = measured(name)
    moment = it.moment
    return scene(it), made.now(weight or moment.weight, key)


def shown(it: Seen, chosen: int = 0, width: int = 78, height: int = 21) -> list[str]:
    return lines(scatter_rows(*it, chosen, width, height))


def dots(rows: list[str]) -> int:
    bits = [bit for pair in BRAILLE_DOTS for bit in pair]
    cells = [ord(char) - 0x2800 for row in rows for char in row if 0x2800 <= ord(char) < 0x2900]
    return sum(bool(cell & bit) for cell in cells for bit in bits)


def test_sum_mean_deviation_and_standard_error_stand_by_their_names() -> None:
    it = seen("digits")
    text, spread = "\n".join(shown(it)), it[1].spread
    assert f"SUM {factor(spread.total, 8, plus=True)}" in text
    assert f"MEAN ÷32 {factor(spread.mean, 8, plus=True)}" in text
    assert f"deviation {factor(spread.deviation, 8)}" in text
    assert f"standard error s/√32 = {factor(spread.standard_error, 8)} [ ], s by ÷31" in text
    wide = "\n".join(shown(it, 0, 118, 40))
    assert f"sample deviation s (÷31) {factor(spread.sample_deviation, 8)}" in wide
    assert f"s/√32 {factor(spread.standard_error, 8)}" in "\n".join(shown(it, 0, 50))


@pytest.mark.parametrize(
    ("weight", "product"), [(Weight(1, 0, 1), "x·δ"), (Weight(2, 0, 1), "a·δ"), (Weight(1, -1, 1), "a·δ")]
)
def test_what_is_scattered_has_the_sign_that_it_has_among_the_deltas(weight: Weight, product: str) -> None:
    it, made = measured("digits")
    at = replace(it.moment, layer=weight.layer, unit=weight.unit, source=weight.source)
    top, *_ = lines(scatter_rows(scene(it, at), made.now(weight, "batch"), 0, 78, 21))
    assert f" {product} of 32 samples, update 1" in top


@pytest.mark.parametrize("width", [38, 78, 118])
def test_one_sample_is_said_to_have_no_standard_error(width: int) -> None:
    text = "\n".join(shown(seen("mazur"), 0, width, 30))
    assert "nan" not in text
    assert ("standard error unknown from one sample" in text) == (width > 60)


@pytest.mark.parametrize(("value", "words"), [(nan, "one sample alone cannot tell it"), (inf, "too small to tell it")])
def test_a_batch_that_cannot_tell_the_noise_scale_says_so(value: float, words: str) -> None:
    scene, now = seen("digits")
    assert words in " ".join(" ".join(shown((scene, replace(now, batch_noise_scale=value)), 0, 118, 40)).split())


@pytest.mark.parametrize("name", ["digits", "iris", "sine", "xor"])
def test_the_strip_has_a_dot_for_every_sample(name: str) -> None:
    it = seen(name)
    rows = lines(strip(it[1], 0, 76, 8))
    assert dots(rows) == it[0].record.n


def test_a_dot_stands_for_several_samples_where_there_are_too_many() -> None:
    it = seen("digits")
    rows = lines(strip(it[1], 0, 6, 1))
    assert 0 < dots(rows) < 32


def test_the_pointer_stands_over_the_chosen_samples_dot() -> None:
    it = seen("digits")
    values = it[1].spread.values
    places = [shown(it, m)[1].index("↓") for m in (int(values.argmin()), int(values.argmax()))]
    assert places[0] < places[1]
    zero = shown(it)[4].index("┼")
    for m in range(32):
        at = shown(it, m)[1].index("↓")
        assert (at >= zero) if values[m] > 0 else (at <= zero)


def test_the_mean_stands_between_its_errors_and_deviations() -> None:
    band = shown(seen("digits"))[5]
    assert band.index("├") < band.index("[") < band.index("◆") < band.index("]") < band.index("┤")


@pytest.mark.parametrize("width", [38, 60, 78, 118])
@pytest.mark.parametrize("name", ["digits", "iris", "sine", "xor", "trask"])
def test_both_ends_of_the_strips_axis_are_told_and_its_0(name: str, width: int) -> None:
    it = seen(name)
    told = axis(it[1], width)
    assert cells(told) == width
    assert told.count("┼") == 1
    for end in it[1].spread.ends:
        assert num(end, 8) in told
    assert "┼0" in told or "0┼" in told


def test_what_is_of_this_batch_and_what_of_all_training_samples_is_said() -> None:
    for width in (78, 118):
        text = "\n".join(shown(seen("digits"), 0, width, 40))
        assert "this batch: SUM" in text
        assert "its deviation" in text
        assert ("batch means" if width == 78 else "deviation of means") + ", all 800 samples" in text
        assert "samples (of all 800; estimated" in text


@pytest.mark.parametrize("weight", [Weight(1, 0, 0), Weight(1, 1, 1), Weight(2, 1, 1), Weight(2, -1, 1)])
def test_a_single_sample_is_shown_no_noise_of_its_last_digits(weight: Weight) -> None:
    text = "\n".join(shown(seen("mazur", weight), 0, 118, 40))
    assert "deviation 0 ├┤" in text
    assert "e−1" not in text
    assert "every batch is that sample. bptui xor has four" in text


def test_a_gradient_of_0_everywhere_has_no_strip() -> None:
    it = seen("digits", Weight(1, 0, 0))  # from a pixel that is black in every sample
    text = "\n".join(shown(it))
    assert it[1].spread.deviation == 0
    assert "is 0 for every sample" in text


@pytest.mark.parametrize("key", ROW_KEYS)
def test_samples_stand_in_the_order_asked_for(key: RowKey) -> None:
    it = seen("digits", key=key)
    chosen = it[1].rows[0]
    listed = [int(text[2:6]) - 1 for text in shown(it, chosen, 78, 60)[12:] if text[2:6].strip().isdigit()]
    assert listed == list(it[1].rows)
    assert next(text for text in shown(it, chosen) if text.startswith("▶")).split()[1] == str(chosen + 1)


def test_what_the_mark_of_an_outlier_means_is_said_where_there_is_one() -> None:
    outlying, plain = seen("digits"), seen("xor")
    assert outlying[1].outliers
    assert not plain[1].outliers
    assert "! |∇L| above mean + 2 deviations" in shown(outlying)[0]
    assert "!" not in shown(plain)[0]


def test_names_are_whole_where_there_is_room() -> None:
    it = seen("iris")
    wide = "\n".join(shown(it, 0, 198, 40))
    assert all(name in wide for name in it[0].data.classes)
    assert not any("…" in row for row in shown(it, 0, 198, 40)[8:19])


def test_an_outlier_is_marked() -> None:
    it = seen("digits")
    assert len(it[1].outliers) == 1
    (odd,) = it[1].outliers
    marked = [text for text in shown(it, odd, 78, 60)[1:] if "!" in text]
    assert [int(text[2:6]) - 1 for text in marked] == [odd]


def test_the_law_is_shown_for_every_size() -> None:
    it = seen("digits")
    text = shown(it, 0, 118, 40)
    for law in it[1].laws:
        row = next(line[78:] for line in text if line[79:85].strip() == str(law.size))
        assert row.replace("▸", " ").split()[1:4] == [
            num(law.measured, 8),
            num(law.root_law, 7),
            num(law.expected, 7),
        ]
        assert ("▸" in row) == (law.size == 32)


def test_how_the_batches_were_drawn_is_said() -> None:
    text = "\n".join(shown(seen("digits")))
    assert "drawn without replacement" in text
    assert "f = √((N−n)/(N−1)), N = 800" in text


def test_the_noise_scale_has_a_sentence() -> None:
    it = seen("digits")
    text = " ".join(line.strip() for line in shown(it, 0, 118, 40)[9:12])
    assert f"noise scale tr(Σ)/|G|² = {factor(it[1].noise_scale, 5)} samples" in text
    assert f"estimated from this batch {factor(it[1].batch_noise_scale, 5)}" in text
    assert "batches far smaller are mostly noise" in text


def test_while_the_training_set_is_measured_it_says_how_far() -> None:
    it = session("digits")
    made = scatter_at(it)
    made.work(lambda: True)
    text = "\n".join(lines(scatter_rows(scene(it), made.now(Weight(2, 0, 0)), 0, 78, 21)))
    assert "128 of 800 training samples" in text.replace("\n", "")
    assert "16.0% of the training set" in text


def test_when_no_answer_is_wrong_it_says_so() -> None:
    it = Session(Scenario.built_in("trask"))
    it.run.extend_to(1)
    made = scatter_at(it)
    wrong = made.now(Weight(1, 0, 0), "wrong")
    right = replace(wrong, rows=())
    said = ["every answer of this batch is right" in "\n".join(shown((scene(it), now))) for now in (wrong, right)]
    assert said == [False, True]


@given(
    st.sampled_from(["digits", "iris", "mazur", "sine", "xor"]),
    st.integers(38, 200),
    st.integers(7, 60),
    st.sampled_from(ROW_KEYS),
    st.integers(0, 31),
)
@hypothesis_settings(max_examples=60)
def test_it_fits_any_box(name: str, width: int, height: int, key: RowKey, chosen: int) -> None:
    it = seen(name, key=key)
    rows = scatter_rows(*it, min(chosen, it[0].record.n - 1), width, height)
    assert len(rows) <= height - chart_height(*it, width, height)
    assert all(sum(cells(text) for text, _ in row) <= width for row in rows[1:])


def test_hostile_names_keep_their_place() -> None:
    it = own_session(own_data(HOSTILE, HOSTILE[::-1]))
    made = scatter_at(it)
    made.work()
    for width in (38, 78, 118):
        rows = scatter_rows(scene(it), made.now(Weight(2, 0, 0)), 0, width, 21)
        assert all(sum(cells(text) for text, _ in row) <= width for row in rows[1:])


@pytest.mark.parametrize(("name", "width", "height"), [("xor", 118, 37), ("moons", 118, 37), ("digits", 198, 57)])
def test_what_samples_and_law_leave_is_the_law_s_curves(name: str, width: int, height: int) -> None:
    it = seen(name)
    below = chart_height(*it, width, height)
    assert below >= 7
    rows = shown(it, 0, width, height)
    assert len(rows) == height - below
    assert "◆" in "".join(rows[:9])
    assert sum(row.strip() == "" for row in rows[6:]) == 0
    laws, chart = it[1].laws, law_chart(it[1])
    assert [2**x for x in chart.series[0].x] == pytest.approx([law.size for law in laws])
    drawn = {series.name: series.high.tolist() for series in chart.series}
    assert drawn["measured"] == [law.measured for law in laws]
    assert drawn["dev/√n × f"] == [law.expected for law in laws]
    assert all(name in lines([law_legend(True)])[0] for name in drawn)


def test_one_size_of_batches_is_no_curve() -> None:
    assert chart_height(*seen("mazur"), 118, 37) == 0


def test_the_axis_of_the_strip_holds_0_all_values_and_a_deviation_on_either_side() -> None:
    spread = seen("digits")[1].spread
    low, high = spread.ends
    assert low <= min(0.0, spread.values.min(), spread.mean - spread.deviation)
    assert high >= max(0.0, spread.values.max(), spread.mean + spread.deviation)
    places = [spread.place(value, 40) for value in spread.values.tolist()]
    assert spread.counts(40).tolist() == [places.count(part) for part in range(40)]
    assert (spread.place(low, 40), spread.place(high, 40)) == (0, 39)


def values_of(it: Session, now: ScatterNow) -> list[object]:
    """All real numbers of the scatter: of the record, of its statistics, of the law."""
    record, spread = it.record, now.spread
    laws = [[law.measured, law.root_law, law.expected, law.ratio] for law in now.laws]
    return [
        record.contributions(now.weight), record.gradient_norms, record.cosines, record.passed.loss,
        record.passed.a[-1], record.passed.a[0], record.targets,
        [record.summed[now.weight], record.mean[now.weight], spread.deviation, spread.sample_deviation],
        [spread.standard_error, spread.mean - spread.deviation, spread.mean + spread.deviation],
        [now.noise_scale, now.batch_noise_scale, 100 * now.measured / now.count], *laws,
    ]  # fmt: skip


def counts_of(it: Session, now: ScatterNow) -> set[int]:
    record, n = it.record, it.record.n
    numbers = {*range(max(n + 1, *record.before.architecture.sizes)), *map(int, record.indices), record.number}
    return numbers | {now.measured, now.count, now.population, *(law.size for law in now.laws)}


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("key", ["batch", "loss"])
@pytest.mark.parametrize("name", ["xor", "trask", "mazur", "iris", "moons", "sine"])
def test_every_number_of_the_noise_is_of_the_record_or_of_the_training_set(name: str, key: RowKey, done: bool) -> None:
    it = session(name)
    made = measured(name)[1] if done else scatter_at(it)
    now = made.now(it.moment.weight, key)
    for width, height in ((50, 30), (78, 21), (118, 40)):
        rows = scatter_rows(scene(it), now, 0, width, height)
        assert not orphans(rows, values_of(it, now), counts_of(it, now))


@pytest.mark.parametrize("name", ["iris", "moons", "sine"])
def test_nothing_of_other_samples_is_told_before_they_are_measured(name: str) -> None:
    it = session(name)
    problem, record = it.run.problem, it.record
    other = np.ones(len(problem.data), dtype=bool)
    other[record.indices] = False
    x = np.where(other[:, None], UNKNOWN, problem.data.x)
    blind = Problem.of(replace(problem.data, x=x), problem.split, problem.seed)
    seen = [
        lines(scatter_rows(scene(it), Scatter(of, them).now(it.moment.weight), 0, 118, 40))
        for of, them in ((problem, record), (blind, veiled(record, passes=False)))
    ]
    assert seen[0] == seen[1]


def test_the_axis_is_looked_for_once_however_many_samples_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    spread, looks = Spread(np.arange(500.0), 0.0, 0.0, 0.0, 1.0, 1.0), count(1)
    ends = spread.ends
    monkeypatch.setattr(Spread, "ends", property(lambda _: (*ends, next(looks))[:2]))
    assert spread.counts(10).tolist() == [50] * 10
    assert next(looks) == 2
