"""The drill's screen says what the drill holds, in any box."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bptui.experiments.drill import Drill, DrillNow
from bptui.session.session import Session
from bptui.views.drill import FELL, ROSE, apart, chart_height, drill_chart, drill_rows, truth, what_is
from bptui.views.numbers import num, rate
from bptui.views.scene import Scene
from bptui.views.text import cells, fit_rows, wrapped
from tests.experiments.builders import drill_at
from tests.scenes import lines, own_data, own_session, scene, session

from .scraped import orphans, veiled
from .test_robust import HOSTILE

Seen = tuple[Scene, DrillNow]


@cache
def drilled(name: str, *updates: int) -> Seen:
    """A drill after these numbers of updates of the first samples."""
    return of(session(name), *updates)


def of(it: Session, *updates: int) -> Seen:
    made = drill_at(it)
    for k, count in enumerate(updates):
        if k:
            made.next_sample()
        made.advance(count)
    return scene(it), made.now()


def shown(seen: Seen, width: int = 78, height: int = 21, scroll: int = 0) -> list[str]:
    return lines(drill_rows(*seen, width, height, scroll))


def line(seen: Seen, start: str, width: int = 78, height: int = 21) -> str:
    return next(text for text in shown(seen, width, height) if text.lstrip().startswith(start))


def test_the_counters_are_said_in_words() -> None:
    seen = drilled("digits", 100)
    made = seen[1].drill.updates
    assert line(seen, "drill:").split("   ")[0].strip() == f"drill:  {made} back-propagations, {made} updates"
    assert line(seen, "passes:").split("   ")[0].strip() == f"passes: {made} back-propagations, 1 update"
    assert f"the only update is of a short batch: {made} of its 32 samples" in "\n".join(shown(seen))


@pytest.mark.parametrize("width", [38, 60, 77, 78, 118])
def test_a_short_batch_of_the_passes_is_told_at_every_width(width: int) -> None:
    for seen in (drilled("digits", 1), drilled("digits", 100), drilled("digits", 100, 40, 40)):
        now = seen[1]
        assert now.passes.updates > 0
        told = [row for row in shown(seen, width, 40) if "short batch" in row]
        assert len(told) == (now.collected > 0)
        assert all(f"{now.collected} of " in row and row.rstrip()[-1] != "…" and cells(row) <= width for row in told)


def test_one_is_no_plural() -> None:
    assert "1 back-propagation, 1 update " in line(drilled("digits", 1), "drill:")


def test_a_row_says_the_losses_at_the_start_before_and_now() -> None:
    seen = drilled("trask", 10_000, 10_000)
    now = seen[1]
    row = line(seen, "1 ")
    for value in (now.start[0], now.before[0], now.now[0]):
        assert num(value, 8) in row.split()
    assert num(now.change[0], 8, plus=True) in row.split()
    assert "wrong again" in row
    assert line(seen, "▶").split()[1] == "2"


@pytest.mark.parametrize("width", [38, 60, 78, 118])
def test_rising_losses_carry_the_glyph_and_no_others(width: int) -> None:
    seen = drilled("digits", 100)
    now = seen[1]
    rows = [row for row in drill_rows(*seen, width, 60) if len(row) > 1 and row[1][0].strip().isdigit()]
    assert len(rows) == now.n
    for row in rows:
        m = int(row[1][0]) - 1
        glyph, role = next((text[-1], role) for text, role in row if text[-1] in (ROSE, FELL))
        assert (glyph, role) == ((ROSE, "wrong") if now.change[m] > 0 else (FELL, "good"))


def test_how_many_rose_is_said() -> None:
    seen = drilled("digits", 100)
    rose, fell = seen[1].rose, seen[1].fell
    assert rose + fell == 31
    assert f"{rose} of 31 others rose, {fell} fell" in "\n".join(shown(seen))


@pytest.mark.parametrize(
    ("loss", "words"), [(0.004966, "0.004966"), (0.0042, "0.0042"), (0.00499999877, "0.00499999877"), (0.005, "0.0050")]
)
def test_the_loss_is_seen_to_lie_on_its_side_of_what_counts_as_right(loss: float, words: str) -> None:
    assert apart(loss, 0.005) == words
    assert (float(words) < 0.005) == (loss < 0.005)


def test_a_right_sample_has_a_loss_that_is_seen_to_be_below_epsilon() -> None:
    seen = drilled("xor", 1000)
    said = shown(seen)[0].split("loss ")[1].split(" < ε ")
    assert seen[1].is_right
    assert float(said[0]) < float(said[1]) == seen[1].epsilon


def test_what_an_earlier_drill_did_to_the_training_set_is_not_laid_on_this_one() -> None:
    assert "training set in all" in truth(drilled("xor", 5, 2)[1])
    assert "in all" not in truth(drilled("xor", 5)[1])


def test_the_sentence_says_what_happened() -> None:
    assert truth(drilled("digits")[1]).startswith("Repeat one sample")
    assert "over all samples again and again, one small step a batch." in truth(drilled("digits")[1])
    assert truth(drilled("digits", 100)[1]).startswith("Drilling sample 1: 30 of 31 others rose, 1 fell; training set")
    assert truth(drilled("drill", 3)[1]).startswith("The batch has no other sample; training set")


@pytest.mark.parametrize("name", ["digits", "sine", "iris", "trask", "moons"])
@pytest.mark.parametrize("updates", [(1,), (2,), (30, 2)])
def test_the_sentence_follows_the_numbers(name: str, updates: tuple[int, ...]) -> None:
    seen = drilled(name, *updates)
    now, said = seen[1], truth(seen[1])
    start, here, passes = (num(way.train_loss, 8) for way in (now.begin, now.drill, now.passes))
    assert now.updates == 0 or f"{now.rose} of {now.n - 1} others rose, {now.fell} fell" in said
    for words, value, other in (
        (f"training set{' in all' * (len(updates) > 1)} {start} → {here}, ", now.drill, now.begin),
        (f"; passes: {passes}, ", now.passes, now.drill),
    ):
        assert words in said
        ahead = float(num(value.train_loss, 8)) - float(num(other.train_loss, 8))
        verdict = "worse" if ahead > 0 else "better" if ahead < 0 else "the same"
        assert said.split(words)[1].startswith(verdict)
    assert "un-learn" not in said
    assert len(wrapped(said, 76)) == 2


def test_equal_numbers_carry_no_glyph() -> None:
    scene_, now = drilled("digits", 3)
    alike = replace(now, drill=replace(now.drill, train_loss=now.begin.train_loss * (1 + 1e-9)))
    row = line((scene_, alike), "drill:")
    assert row.rstrip().endswith(num(now.begin.train_loss, 8))
    assert "the same" in truth(alike)


def test_a_batch_of_one_sample_points_to_the_training_set() -> None:
    assert "this batch has one sample: there is no other" in "\n".join(shown(drilled("mazur", 3)))


def test_words_about_a_sample() -> None:
    now = drilled("trask", 10_000, 40)[1]
    assert [what_is(now, m)[0] for m in range(4)][:2] == ["wrong again", "drilled"]
    assert what_is(drilled("trask", 10_000)[1], 0)[0] == "right"


def test_scrolling_shows_other_samples() -> None:
    seen = drilled("digits", 3)
    assert not any(text.split()[:1] == ["32"] for text in shown(seen))
    assert any(text.split()[:1] == ["32"] for text in shown(seen, scroll=32))


def test_the_chart_has_both_ways_and_at_most_two_points_a_column() -> None:
    now = drilled("trask", 10_000, 10_000)[1]
    chart = drill_chart(now, 40)
    assert [series.name for series in chart.series] == ["drill", "passes"]
    assert all(len(series.x) == 40 for series in chart.series)
    assert chart.series[0].high.max() == max(step.mean for step in now.steps)
    assert chart.series[1].low.min() == min(step.passes_mean for step in now.steps)
    assert drill_chart(drilled("trask")[1], 40).series == ()


def test_losses_too_large_to_draw_are_left_out() -> None:
    it = own_session(own_data((), ("u", "v")), learning_rate=1e60)
    seen = of(it, 10)
    assert seen[1].updates < 10  # it overflows
    assert all(cells(row) <= 200 for row in shown(seen, 118, 38))
    assert all(np.isfinite(series.high).all() for series in drill_chart(seen[1], 50).series)


@given(st.sampled_from(["digits", "trask", "mazur", "sine"]), st.integers(38, 200), st.integers(7, 60), st.data())
@hypothesis_settings(max_examples=60)
def test_it_fills_any_box_and_no_more(name: str, width: int, height: int, data: st.DataObject) -> None:
    seen = drilled(name, *data.draw(st.sampled_from([(), (3,), (100, 4)])))
    rows = drill_rows(*seen, width, height, data.draw(st.integers(-40, 40)))
    assert len(rows) == height - chart_height(seen[1], width, height)
    assert all(sum(cells(text) for text, _ in row) <= width for row in rows[1:])
    assert len(fit_rows(rows, width, height)) == height


def test_hostile_names_keep_their_place() -> None:
    seen = of(own_session(own_data(HOSTILE, HOSTILE[::-1])), 3)
    for width in (38, 78, 118):
        assert all(sum(cells(text) for text, _ in row) <= width for row in drill_rows(*seen, width, 21))


def test_a_trail_begins_at_the_start_ends_now_and_shares_its_scale() -> None:
    now = drilled("digits", 100)[1]
    top = max(float(now.start.max()), float(now.now.max()))
    for m in range(now.n):
        for points in (2, 5, 40):
            shares = now.trail(m, points)
            assert len(shares) == points
            assert (shares[0], shares[-1]) == (float(now.start[m]) / top, float(now.now[m]) / top)
            assert set(shares) <= {min(float(step.losses[m]) / top, 1.0) for step in now.steps}


def values_of(it: Session, now: DrillNow) -> list[object]:
    """All real numbers of the drill."""
    record = it.record
    ways = [[way.batch_loss, way.train_loss] for way in (now.begin, now.drill, now.passes)]
    return [now.start, now.before, now.now, now.now - now.before, record.targets, *ways, now.epsilon]


def counts_of(it: Session, now: DrillNow) -> set[int]:
    numbers = {*range(now.n + 1), *map(int, it.record.indices), now.updates, now.batch_size, now.collected}
    for way in (now.begin, now.drill, now.passes):
        numbers |= {way.back_propagations, way.updates}
    return numbers | {now.looked_at, now.count}


@pytest.mark.parametrize("width", [38, 60, 78, 118])
@pytest.mark.parametrize("updates", [(), (3,), (100, 4), (2, 2, 2)])
@pytest.mark.parametrize("name", ["xor", "trask", "mazur", "iris", "moons", "sine"])
def test_every_number_of_the_drill_is_its_own(name: str, updates: tuple[int, ...], width: int) -> None:
    it = session(name)
    _, now = drilled(name, *updates)
    rows = drill_rows(scene(it), now, width, 40)
    assert not orphans(rows, values_of(it, now), counts_of(it, now), rate(now.epsilon))


@pytest.mark.parametrize("name", ["xor", "trask", "iris", "sine"])
def test_the_drill_is_told_nothing_but_weights_inputs_and_targets(name: str) -> None:
    it = session(name)
    seen = []
    for record in (it.record, veiled(it.record, passes=True)):
        made = Drill(it.run.problem, record)
        made.advance(5)
        seen.append(lines(drill_rows(scene(it), made.now(), 118, 40)))
    assert seen[0] == seen[1]


def test_before_its_first_update_the_drill_shows_the_start_alone() -> None:
    _, now = drilled("iris")
    assert now.now.tolist() == now.start.tolist()
    assert (now.drill.updates, now.passes.updates, now.rose, now.fell) == (0, 0, 0, 0)
    assert drill_chart(now, 40).series == ()


def test_the_sentence_fits_what_is_there() -> None:
    assert "one sample only" in truth(drilled("mazur", 3)[1])
    assert "the training set has the others" not in "\n".join(shown(drilled("mazur", 3)))
    assert "Sample 2 is next" in truth(drilled("iris", 3, 0)[1])


@pytest.mark.parametrize("l2", [0.0, 0.01])
def test_losses_without_the_penalty_are_said_to_be_so(l2: float) -> None:
    seen = of(own_session(own_data((), ("u", "v")), l2=l2), 3)
    assert ("mean loss without the penalty:" in "\n".join(shown(seen, 118, 38))) == (l2 > 0)
