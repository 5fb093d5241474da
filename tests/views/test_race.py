"""The race on the screen: rows that fit, numbers that are the lanes', curves that are their points."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from bptui.experiments.gradient_noise import PROBE
from bptui.experiments.lane import UNITS, Entry, Unit
from bptui.experiments.race import Race
from bptui.experiments.races import PRESETS, Preset
from bptui.experiments.standings import ceiling, standings
from bptui.scenario import Scenario
from bptui.training import Settings
from bptui.tui.palette import PALETTES, in_ascii
from bptui.tui.plot import draw
from bptui.views.measures import in_bytes, in_seconds
from bptui.views.numbers import counted, num
from bptui.views.race import (
    AXES,
    MEASURES,
    RaceLook,
    below,
    chart,
    chart_title,
    head,
    head_height,
    heights,
    menu,
    progress,
    stretch,
    table,
    verdict,
)
from bptui.views.race_lessons import lessons, samples_a_batch, times, why_batches
from bptui.views.text import Row, row_cells
from tests.networks import outputs
from tests.training.builders import begin, with_rate

from .scraped import orphans

WIDTHS = (40, 60, 80, 100, 120, 160)
FOUR = Settings(batch_size=4)
TIME = 8  # columns of the time at a row's end: it is never the same


@cache
def race(wild: bool = False, done: float = 200) -> Race:
    """Six lanes over ten samples, one of which may run away."""
    lanes = [Entry(f"batch {size}", replace(FOUR, batch_size=size)) for size in (1, 2, 4, 5, 8)]
    lanes.append(Entry("wild", with_rate(FOUR, 1e5)) if wild else Entry("all 10", replace(FOUR, batch_size=None)))
    it = Race(begin(held_out=3), tuple(lanes), 200)
    it.advance(done)
    return it


def look(**looks: object) -> RaceLook:
    wild = bool(looks.pop("wild", False))
    return replace(RaceLook(PRESETS[0], race(wild), "seen"), **looks)  # type: ignore[arg-type]


def text_of(row: Row) -> str:
    return "".join(text for text, _ in row)


def test_the_race_of_sum_and_mean_says_its_n() -> None:
    start = begin()
    settings = replace(FOUR, batch_size=10)
    it = PRESETS[1].begin(start, settings)
    (n,) = {lane.settings.batch_size for lane in it.lanes}
    assert n != settings.batch_size
    assert text_of(lessons(it, 80, False)[0]) == f" n = {n} samples in every batch."
    assert samples_a_batch(race()) == ""


class TestTable:
    @pytest.mark.parametrize("width", WIDTHS)
    @pytest.mark.parametrize("wild", [False, True])
    def test_every_row_fits(self, width: int, wild: bool) -> None:
        rows = [*table(look(wild=wild), width), verdict(look(wild=wild), width)]
        assert max(row_cells(row) for row in rows) <= width

    @pytest.mark.parametrize(
        ("width", "heads"),
        [
            (40, "lane loss: train test"),
            (80, "lane loss: train test updates backprops memory noise time"),
            (
                136,
                "lane loss: train test train % test % updates epochs backprops mult-adds memory noise scale variance "
                "time",
            ),
        ],
    )
    def test_a_wider_screen_shows_more_columns(self, width: int, heads: str) -> None:
        assert " ".join(text_of(table(look(), width)[0]).split()) == heads

    def test_the_row_of_a_lane_holds_its_figures(self) -> None:
        for place, lane in enumerate(race().lanes):
            words = re.split(r"\s{2,}", text_of(table(look(), 80)[place + 1])[:-TIME].strip())
            point = lane.points[-1]
            assert words[0] == f"{place + 1}─ {lane.name}"
            assert words[1:] == [
                num(point.train_loss, 7),
                num(point.test_loss, 7),
                str(lane.run.frontier),
                str(lane.run.next_position.seen),
                in_bytes(lane.memory),
                num(lane.noise.of_batch, 6),
            ]

    def test_the_shares_of_right_answers_are_those_of_the_lane_s_network(self) -> None:
        run = Scenario.built_in("iris").begin()
        it = Race(run, tuple(Entry(f"{n}", replace(FOUR, rules=run.settings_at(1).rules)) for n in range(2)), 400)
        it.advance(400)
        for row, lane in zip(table(RaceLook(PRESETS[0], it, "seen"), 160)[1:], it.lanes, strict=True):
            problem = lane.run.problem
            for x, y in ((problem.train_x, problem.train_y), (problem.test_x, problem.test_y)):
                right = outputs(lane.network, x[:]).argmax(axis=1) == y.argmax(axis=1)
                assert f" {100 * right.mean():.1f}% " in text_of(row)

    def test_while_a_race_runs_a_row_is_of_one_point(self) -> None:
        it = Race(begin(held_out=3), tuple(Entry(f"{n}", FOUR) for n in range(2)), 4000)
        it.advance(3999, iter([False] * 60 + [True] * 9).__next__)
        lane = it.lanes[0]
        assert lane.run.frontier > lane.points[-1].update
        words = text_of(table(RaceLook(PRESETS[0], it, "seen"), 160)[1]).split()
        for count in (lane.points[-1].update, lane.points[-1].seen):
            assert f"{count:.0f}" in words

    def test_on_the_way_lanes_are_compared_after_equal_work(self) -> None:
        it = Race(begin(held_out=3), (Entry("small", replace(FOUR, batch_size=1)), Entry("large", FOUR)), 4000)
        it.advance(3999, iter([False] * 90 + [True] * 9).__next__)
        small, large = (lane.points[-1] for lane in it.lanes)
        assert small.seen != large.seen
        stand = standings(it)
        assert not stand.latest
        assert stand.at == min(small.seen, large.seen)
        common = [[point for point in lane.points if point.seen <= stand.at][-1].train_loss for lane in it.lanes]
        assert stand.lowest == min(common)
        said = text_of(verdict(RaceLook(PRESETS[0], it, "seen"), 100))
        assert f"at {stand.at:.0f} seen: lane" in said or f"in all lanes at {stand.at:.0f} seen" in said
        it.advance(it.goal)
        assert standings(it).latest

    def test_each_lane_has_a_number_and_a_role_of_its_own(self) -> None:
        firsts = [row[0] for row in table(look(), 80)[1:]]
        assert firsts == [(f" {place + 1}", f"series-{place + 1}") for place in range(6)]

    def test_a_lane_that_stopped_is_marked_and_says_why(self) -> None:
        assert text_of(table(look(wild=True), 80)[6]).startswith(" 6! wild")
        assert text_of(verdict(look(wild=True), 100)).startswith(" lane 6 stopped before update ")

    def test_the_verdict_names_the_lane_with_the_lowest_loss(self) -> None:
        losses = [lane.points[-1].train_loss for lane in race().lanes]
        best = int(np.argmin(losses)) + 1
        assert text_of(verdict(look(), 50)).strip() == f"lowest train loss {num(min(losses), 7)}: lane {best}"

    def test_times_are_told_by_the_table_s_own_figures(self) -> None:
        lanes = look().race.lanes
        slowest = max(range(6), key=lambda place: lanes[place].seconds)
        said = text_of(verdict(look(), 200))
        assert f"to {in_seconds(lanes[slowest].seconds)} (lane {slowest + 1})" in said
        assert "time:" not in text_of(verdict(RaceLook(PRESETS[0], race(done=50), "seen"), 200))

    def test_a_probe_that_is_not_the_whole_training_set_is_said(self) -> None:
        it = Scenario.built_in("digits")
        small = PRESETS[0].begin(it.begin(), it.settings)
        for width in (80, 160):
            (said,) = map(text_of, below(RaceLook(PRESETS[0], small, "seen"), width))
            assert ", on 512 of 800 samples" in said
            assert said.startswith(" noise: ")
            assert ("drawn by the seed" in said) == (width == 160)
            assert "512" not in "".join(map(text_of, below(look(), width)))

    def test_noise_is_defined_where_the_table_has_it_and_nowhere_else(self) -> None:
        for width in (40, 60, 80, 120):
            heads = text_of(table(look(), width)[0])
            said = [text_of(row) for row in below(look(), width)]
            assert any(row.startswith(" noise: ") for row in said) == ("noise" in heads)

    def test_until_its_end_the_table_says_so_far(self) -> None:
        for done, told in ((50, True), (200, False)):
            row = text_of(table(RaceLook(PRESETS[0], race(done=done), "seen"), 80)[0])
            assert ("so far" in row) == told

    def test_equal_lanes_are_named_together(self) -> None:
        twins = Race(begin(), (Entry("a", FOUR), Entry("b", FOUR)), 40)
        twins.advance(40)
        shown = num(twins.lanes[0].points[-1].train_loss, 7)
        assert text_of(verdict(RaceLook(PRESETS[0], twins, "seen"), 50)).strip() == f"train loss {shown} in all lanes"


class TestChart:
    @pytest.mark.parametrize("axis", UNITS)
    @pytest.mark.parametrize("measure", MEASURES)
    def test_a_curve_is_the_points_of_its_lane(self, axis: str, measure: str) -> None:
        seen = look(axis=axis, measure=measure, whole=True)
        for place, series in enumerate(chart(seen, 500).series[:6]):
            points = [p for p in race().lanes[place].points if not np.isnan(getattr(p, measure))]
            assert series.role == f"series-{place + 1}"
            assert series.x.tolist() == [getattr(p, axis) for p in points]
            limit = 2 * race().lanes[0].points[0].train_loss
            assert series.low.tolist() == [min(getattr(p, measure), limit) for p in points]

    def test_by_updates_all_curves_end_where_the_slowest_lane_stands(self) -> None:
        seen = look(axis="update")
        assert stretch(seen) == 20
        assert max(series.x.max() for series in chart(seen, 500).series) == 20
        assert chart_title(seen).endswith("· the first 20, z for all")
        assert max(series.x.max() for series in chart(replace(seen, whole=True), 500).series) == 200

    def test_a_lane_that_stopped_does_not_hold_back_the_others(self) -> None:
        assert stretch(look(wild=True, axis="update")) == 40  # lanes 4 and 5 make 2 updates an epoch
        assert race(True).lanes[5].run.frontier < 40

    def test_a_lane_that_runs_away_is_cut_and_the_title_says_where(self) -> None:
        seen = look(wild=True)
        limit = 2 * race().lanes[0].points[0].train_loss
        assert max(series.high.max() for series in chart(seen, 200).series) == limit
        assert chart_title(seen).endswith(f"cut at {num(limit, 6)}")
        assert "cut" not in chart_title(look())

    def test_a_logarithmic_curve_is_the_logarithm(self) -> None:
        plain, logs = chart(look(), 500).series[0], chart(look(log=True), 500).series[0]
        np.testing.assert_allclose(10**logs.low, plain.low)

    def test_never_more_points_than_columns(self) -> None:
        assert max(len(series.x) for series in chart(look(), 10).series) == 10

    @pytest.mark.parametrize("log", [False, True])
    @pytest.mark.parametrize("size", [(78, 8), (78, 12), (118, 27)])
    def test_each_lanes_number_stands_on_its_curve(self, size: tuple[int, int], log: bool) -> None:
        drawn = chart(look(log=log), 2 * size[0])
        rows = draw(drawn, *size)
        assert [row_cells(row) for row in rows] == [size[0]] * size[1]
        for place in range(6):
            everything = [text_of(row) for row in rows]
            where = [
                (y, x)
                for y, row in enumerate(everything[1:-2])
                for x, c in enumerate(row[8:], 8)
                if c == str(place + 1)
            ]
            assert len(where) == 1, (place, everything)

    @pytest.mark.parametrize("log", [False, True])
    @pytest.mark.parametrize("height", [8, 9, 12, 27])
    @pytest.mark.parametrize("place", range(6))
    def test_a_mark_stands_in_the_row_of_its_curve(self, place: int, height: int, log: bool) -> None:
        drawn = chart(look(log=log), 156)
        curve, mark = drawn.series[place], drawn.series[6 + place]
        bare = [text_of(row) for row in draw(replace(drawn, series=(curve,)), 78, height)]
        marked = [text_of(row) for row in draw(replace(drawn, series=(curve, mark)), 78, height)]
        changed = [(y, x) for y in range(len(bare)) for x in range(78) if bare[y][x] != marked[y][x]]
        assert len(changed) == 1
        y, x = changed[0]
        assert marked[y][x] == str(place + 1)
        assert bare[y][x - 1 : x + 2].strip()  # where the curve goes down a row the mark may stand beside it

    def test_before_the_first_update_there_is_one_point_a_lane(self) -> None:
        fresh = RaceLook(PRESETS[0], race(done=0), "update")
        assert [len(series.x) for series in chart(fresh, 100).series[:6]] == [1] * 6
        assert len(draw(chart(fresh, 100), 78, 10)) == 10

    @pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
    def test_six_lanes_have_six_looks(self, palette: object) -> None:
        looks = {palette.roles[f"series-{place + 1}"] for place in range(6)}  # type: ignore[attr-defined]
        assert palette.roles["dim"] not in looks  # type: ignore[attr-defined]
        assert len(looks) == 6


class TestWords:
    @pytest.mark.parametrize("width", WIDTHS)
    @pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
    def test_question_and_answer_are_shown_whole_or_the_question_alone(self, preset: object, width: int) -> None:
        seen = look(preset=preset)
        high = head_height(seen.preset, width)
        rows = head(seen, width, high)
        assert len(rows) == high
        assert max(row_cells(row) for row in rows) <= width
        words = "".join(text_of(row).replace(" ", "") for row in rows[1:])
        assert words == seen.preset.answer.replace(" ", "")
        assert len(head(seen, width, high - 1)) == 1

    def test_at_80_columns_every_question_fits_its_line(self) -> None:
        for preset in PRESETS:
            assert preset.question in text_of(head(look(preset=preset), 80, 1)[0])
            assert head_height(preset, 80) <= 5

    def test_the_list_of_questions_shows_a_reason_instead_of_one_that_cannot_be_raced(self) -> None:
        presets = [(PRESETS[0], None), (PRESETS[1], "only one sample")]
        rows = [text_of(row) for row in menu(presets, "all alike", 60, 6)]
        assert rows[2].split()[0] == "1"
        assert PRESETS[0].question in rows[2]
        assert rows[3].split(maxsplit=4)[-1] == "only one sample"
        assert rows[-1].strip() == "all alike"

    def test_where_there_is_room_the_list_says_what_to_look_at(self) -> None:
        presets: list[tuple[Preset, str | None]] = [(preset, None) for preset in PRESETS]
        for height, full in ((20, False), (38, True)):
            rows = menu(presets, "all alike", 118, height)
            assert len(rows) <= height
            assert (PRESETS[5].answer.split()[-1] in text_of(rows[-3])) == full

    def test_progress_says_how_far_and_whether_it_runs(self) -> None:
        assert progress(look()).strip() == "■ 200/200 seen"
        assert progress(look(running=True)).strip().startswith("▶")

    @pytest.mark.parametrize(
        ("width", "said"),
        [
            (60, " ▶ 25% of 200 samples seen · 1 234/s · 1 min 30 s left "),
            (50, " ▶ 25% of 200 samples seen · 1 min 30 s left "),
            (30, " ▶ 25% · 1 min 30 s left "),
            (10, " ▶ 25% "),
        ],
    )
    def test_on_its_way_it_says_how_fast_and_for_how_long_where_there_is_room(self, width: int, said: str) -> None:
        seen = RaceLook(PRESETS[0], race(done=50), "seen", running=True)
        assert progress(seen, 1234.0, 90.0, width) == said

    @pytest.mark.parametrize(("width", "said"), [(20, " paused 50/200 seen "), (19, " paused 25% ")])
    def test_where_it_was_stopped_it_says_where(self, width: int, said: str) -> None:
        assert progress(RaceLook(PRESETS[0], race(done=50), "seen"), width=width) == said

    @pytest.mark.parametrize(
        ("value", "written"),
        [(0, "0"), (8000, "8000"), (99_999, "99999"), (328_640, "328.6k"), (40_448_000, "40.45M")],
    )
    def test_counts_are_short(self, value: float, written: str) -> None:
        assert counted(value) == written
        assert len(written) <= 7

    def test_bytes_have_their_unit(self) -> None:
        assert [in_bytes(value) for value in (96, 1184, 947_200, 3.2e9)] == ["96 B", "1.18 kB", "947 kB", "3.20 GB"]

    @pytest.mark.parametrize(("value", "written"), [(0.0812, "81.2 ms"), (0.87, "870 ms"), (1.25, "1.250 s")])
    def test_times_are_short(self, value: float, written: str) -> None:
        assert in_seconds(value) == written

    def test_nothing_is_lost_in_ascii(self) -> None:
        rows = [*head(look(), 80, 9), *table(look(), 80), verdict(look(), 80), title_row()]
        for row in rows:
            assert text_of(in_ascii(row)).count("?") == text_of(row).count("?")


def title_row() -> Row:
    return tuple((chart_title(look(axis=axis, log=True)), "text") for axis in AXES)


def values_of(it: Race) -> list[object]:
    """All real numbers of a race, in the units they are told in."""
    values: list[object] = []
    for lane in it.lanes:
        point, noise = lane.points[-1], lane.noise
        values += [[point.train_loss, point.test_loss, point.epoch, noise.of_batch, noise.scale, noise.variance]]
        values += [[100 * point.train_accuracy, 100 * point.test_accuracy, lane.seconds, 1000 * lane.seconds]]
        for count in (point.update, point.seen, point.mult_adds, lane.memory, it.goal, it.progress):
            values.append([count / power for power in (1, 1e3, 1e6, 1e9)])
    return [*values, ceiling(it, False), ceiling(it, True)]


def counts_of(it: Race) -> set[int]:
    run = it.lanes[0].run
    names = {int(word) for lane in it.lanes for word in re.findall(r"\d+", lane.name)}
    return {*range(7), *names, run.problem.count, PROBE, *(lane.run.frontier + 1 for lane in it.lanes)}


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("axis", UNITS)
@pytest.mark.parametrize("wild", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_number_of_the_race_is_a_lane_s(width: int, wild: bool, axis: Unit, log: bool) -> None:
    seen = look(wild=wild, axis=axis, log=log)
    rows = table(seen, width)
    if not wild:  # the verdict then is the stop in its own words
        rows.append(verdict(seen, width))
    chart_words: Row = ((f"{chart_title(seen)} {progress(seen)}", "text"),)
    assert not orphans([*rows, chart_words], [*values_of(seen.race), stretch(seen) or 0], counts_of(seen.race))


@pytest.mark.parametrize("done", [0, 50, 120])
def test_no_curve_and_no_count_is_ahead_of_its_lane(done: float) -> None:
    for axis in UNITS:
        seen = RaceLook(PRESETS[0], race(done=done), axis, whole=True)
        for lane, series in zip(seen.race.lanes, chart(seen, 500).series, strict=False):
            assert series.x[-1] == lane.progress(axis)
    assert "time:" not in text_of(verdict(seen, 200))


def test_what_a_race_shows_does_not_hang_on_what_comes_later() -> None:
    """A race that is looked at on its way shows what one shows that goes no further."""
    entries = tuple(Entry(f"batch {size}", replace(FOUR, batch_size=size)) for size in (1, 4))
    short_one, long_one = (Race(begin(held_out=3), entries, goal) for goal in (200, 200))
    for it in (short_one, long_one):
        it.advance(100)
    seen = [text_of(row).rsplit(None, 2)[0] for row in table(RaceLook(PRESETS[0], long_one, "seen"), 80)[1:]]
    points = [tuple(lane.points) for lane in long_one.lanes]
    long_one.advance(200)
    assert [text_of(row).rsplit(None, 2)[0] for row in table(RaceLook(PRESETS[0], short_one, "seen"), 80)[1:]] == seen
    assert all(tuple(lane.points[: len(was)]) == was for lane, was in zip(long_one.lanes, points, strict=True))


def test_a_lane_with_a_penalty_has_losses_without_it_and_says_so() -> None:
    strict = replace(FOUR, rules=replace(FOUR.rules, l2=0.1))
    it = Race(begin(held_out=3), (Entry("plain", FOUR), Entry("strict", strict)), 40)
    it.advance(40)
    assert "without penalty" in chart_title(RaceLook(PRESETS[0], it, "seen"))
    assert "penalty" not in chart_title(look())
    lane = it.lanes[1]
    assert lane.points[-1].train_loss == lane.run.problem.metrics(lane.network, strict.rules.loss)[0]


class TestWhyBatches:
    @pytest.mark.parametrize("name", ["iris", "moons"])
    def test_what_the_lead_of_batch_1_cost_is_told_in_the_lanes_own_numbers(self, name: str) -> None:
        it = Scenario.built_in(name)
        run = it.begin()
        race = Race(run, PRESETS[0].lanes(it.settings, run.problem.count), 2 * run.problem.count)
        assert why_batches(race) == ""
        race.advance(race.goal)
        said = why_batches(race)
        one, other = race.lanes[:2]
        updates, noise = one.run.frontier / other.run.frontier, one.start_noise / other.start_noise
        assert f"Lane 1 made {times(updates)} the updates of lane 2 at one γ" in said
        assert f"took {times(one.seconds / other.seconds)} as long" in said
        assert f"its batches are {times(noise)} as noisy" in said
        per_second = [(lane.points[0].train_loss - lane.points[-1].train_loss) / lane.seconds for lane in (one, other)]
        faster = 2 if per_second[1] >= per_second[0] else 1
        by = max(per_second) / min(per_second)
        assert said.endswith(
            f"A second of lane {faster} lowered the loss {times(by)} as much as one of lane {3 - faster}."
        )

    def test_lanes_that_differ_in_more_than_their_batch_draw_no_such_conclusion(self) -> None:
        it = Scenario.built_in("xor")
        for preset in (preset for preset in PRESETS[1:] if preset.name != "repeats"):
            race = Race(it.begin(), preset.lanes(replace(it.settings, batch_size=2), 4), 40)
            race.advance(race.goal)
            assert why_batches(race) == ""

    def test_at_80_by_24_it_stands_under_the_table_of_the_question(self) -> None:
        it = Scenario.built_in("iris")
        run = it.begin()
        race = Race(run, PRESETS[0].lanes(it.settings, run.problem.count), 2 * run.problem.count)
        race.advance(race.goal)
        seen = RaceLook(PRESETS[0], race, "seen")
        _, middle, rest = heights(seen, 80, 23)
        assert middle >= 7
        assert rest == len(table(seen, 80)) + 1 + len(below(seen, 80)) >= 9
        assert all(row_cells(row) <= 80 for row in below(seen, 80))


def test_a_race_that_a_question_opens_bears_the_questions_number_alone_another_its_own() -> None:
    for preset, said in (
        (PRESETS[0], " w 7 · Compare  "),
        (PRESETS[1], " w 3 · Compare  "),
        (PRESETS[3], " Compare  4 "),
    ):
        first = text_of(head(RaceLook(preset, race(), "seen"), 80, 9)[0])
        assert first.startswith(f"{said}{preset.question}"[:70])
