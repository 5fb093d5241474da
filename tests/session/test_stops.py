"""Breakpoints stop at the same moments from both sides, whatever one travels by; watches see what the records have."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.scenario import Scenario
from bptui.session.aim import parse_aim
from bptui.session.moment import Moment, phases
from bptui.session.moves import SCALES, Scale
from bptui.session.player import SPEEDS, Player
from bptui.session.session import Session
from bptui.session.stops import MOST, Stops, order
from bptui.training.causes import Edit
from bptui.training.watching.trail import MOST_MARKS
from bptui.training.watching.words import parse_condition, parse_number

LAST = 40
"""Updates that are looked at: of xor in batches of 3, two an epoch."""
CONDITIONS = (
    *("batch_loss < 0.12", "batch_loss rises 2", "train_loss falls 1", "w2[0>0] crosses 1.2", "gradient < 0.2"),
    *("row 2 comes", "row 3 flips", "row 1 right", "loss of row 0 > 0.1", "d1[1] of row 2 changes sign"),
    *("z1[0] of row 3 > 0.1", "update 7", "update 31", "epoch 4", "epoch 6 ends", "b2[0] rises 5"),
)


def fresh(*words: str, speed: float = 0.5) -> Session:
    scenario = Scenario.built_in("xor")
    settings = replace(scenario.settings, batch_size=3)
    settings = replace(settings, rules=replace(settings.rules, learning_rate=speed))
    session = Session(replace(scenario, settings=settings))
    for each in words:
        session.stops.add(each, session.run)
    return session


def travelled(session: Session, step: Callable[[], object], ended: Callable[[], bool]) -> list[Moment]:
    """Where one is stopped on the way."""
    out = []
    while not ended():
        step()
        if session.stops.last:
            out.append(session.moment)
    return out


def forward(session: Session, scale: Scale) -> list[Moment]:
    return travelled(session, lambda: session.move((scale, 1)), lambda: session.moment.update >= LAST)


def bare(moments: list[Moment]) -> list[Moment]:
    """Without what is selected: that may differ with the number of a breakpoint passed before."""
    return [replace(moment, layer=1, unit=0, source=0) for moment in moments]


@given(
    words=st.sets(st.sampled_from(CONDITIONS), min_size=1, max_size=4), way=st.sampled_from(SCALES), known=st.booleans()
)
@settings(deadline=None, max_examples=40)
def test_breakpoints_stop_at_the_same_moments_from_both_sides(words: set[str], way: Scale, known: bool) -> None:
    session = fresh()
    if known:
        session.run.extend_to(LAST)
    for each in sorted(words):
        session.stops.add(each, session.run)
    there = forward(session, way)
    end = session.moment

    def at_start() -> bool:
        return order(session.moment) == order(Moment())

    back = travelled(session, lambda: session.move((way, -1)), at_start)
    between = [[at for at in them if order(Moment()) < order(at) < order(end)] for them in (back, there)]
    assert bare(between[0]) == bare(between[1])[::-1]


@given(words=st.sets(st.sampled_from(CONDITIONS), min_size=1, max_size=3))
@settings(deadline=None, max_examples=25)
def test_they_are_the_moments_that_single_steps_meet_at_every_speed(words: set[str]) -> None:
    wanted = [moment for moment in forward(fresh(*sorted(words)), "phase") if moment.update < LAST]
    for scale in SCALES[1:]:
        stopped = [moment for moment in forward(fresh(*sorted(words)), scale) if moment.update < LAST]
        assert bare(stopped) == bare(wanted), scale
    for speed in (2, len(SPEEDS) - 1):
        session = fresh(*sorted(words))

        def play(session: Session = session, speed: int = speed) -> None:
            if not session.player.playing:
                session.player = Player(playing=True, speed=speed)
            made = session.run.frontier
            session.tick(1.0, lambda: session.run.frontier >= made + 5)

        met = travelled(session, play, lambda session=session: session.moment.update >= LAST)  # type: ignore[misc]
        assert bare([moment for moment in met if moment.update < LAST]) == bare(wanted), speed


def test_going_somewhere_far_stops_on_the_way_there_and_back() -> None:
    session = fresh("update 7", "update 31", "row 2 comes")
    session.stops.switch(2)
    assert session.arrive_at(parse_aim("40")) == "stopped: update 7 (update 7)"
    assert session.arrive_at(parse_aim("40")) == "stopped: update 31 (update 31)"
    assert session.run.frontier == 31, "it makes no update beyond the one it stops at"
    assert session.arrive_at(parse_aim("40")) == "update 40: epoch 20, batch 2"
    assert [session.arrive_at(parse_aim("start")) for _ in range(3)] == [
        "stopped: update 31 (update 31)",
        "stopped: update 7 (update 7)",
        "update 1: epoch 1, batch 1",
    ]


def test_a_stop_selects_the_number_and_playing_ends_there() -> None:
    session = fresh("z1[1] of row 1 changes sign")
    session.player = Player(playing=True, speed=len(SPEEDS) - 1)
    session.tick(1.0, lambda: session.run.frontier > 300)
    assert not session.player.playing
    moment, record = session.moment, session.record
    assert (moment.layer, moment.unit) == (1, 1)
    assert moment.phase == phases(2)[1], "where z of layer 1 is made"
    assert record.indices[moment.sample] == 1
    before = next(u for u in range(moment.update - 1, 0, -1) if 1 in session.run.record(u).indices)
    earlier = session.run.record(before)
    m = earlier.indices.tolist().index(1)
    assert record.passed.z[0][moment.sample, 1] * earlier.passed.z[0][m, 1] < 0


def test_a_fork_keeps_what_is_known_of_the_past_and_looks_at_its_own_future() -> None:
    words = ("batch_loss rises 2", "row 2 comes", "w2[0>0] crosses 1.2", "train_loss falls 1")
    session = fresh(*words)
    session.stops.watch(parse_number("w2[0>0]"), session.run)
    for place in range(len(words)):
        session.stops.switch(place)
    session.arrive_at(parse_aim(str(LAST)))
    for place in range(len(words)):
        session.stops.switch(place)
    session.stops.ready(session.run)
    session.arrive_at(parse_aim("20"))
    while session.moment.update != 20:
        session.arrive_at(parse_aim("20"))
    session.change(Edit(2, 0, 0, -3.0))
    session.run.extend_to(LAST)
    session.stops.ready(session.run)
    afresh = fresh(*words)
    afresh.run = afresh.run.under(session.run.causes)
    afresh.run.extend_to(LAST)
    afresh.stops.watch(parse_number("w2[0>0]"), afresh.run)
    afresh.stops.ready(afresh.run)
    for each in words:
        condition = parse_condition(each)
        assert list(session.stops.updates(session.run, condition)) == list(afresh.stops.updates(afresh.run, condition))
    (_, curve), (_, other) = (it.stops.watched(it.run)[0] for it in (session, afresh))
    assert curve.axis("update").tolist() == other.axis("update").tolist()
    assert curve.last("value").tolist() == other.last("value").tolist()


@pytest.mark.parametrize("number", ["w2[0>1]", "loss of row 60", "train loss", "a1[1] of row 60"])
def test_a_watch_has_the_values_of_the_records_whenever_it_is_begun(number: str) -> None:
    session = Session(Scenario.built_in("iris"))
    row = int(session.run.problem.split.train[3])
    watched = parse_number(number.replace("60", str(row)))
    if watched.kind == "weight":
        session.run.extend_to(100)
    session.stops.watch(watched, session.run)
    session.run.extend_to(150)
    assert session.stops.ready(session.run)
    ((_, curve),) = session.stops.watched(session.run)
    values = dict(zip(curve.axis("update").tolist(), curve.last("value").tolist(), strict=True))
    run, expected = session.run, {}
    if watched.kind in ("weight", "train loss"):
        expected[0] = watched.at_start(run)
    for update in range(1, 151):
        record = run.record(update)
        sample = record.indices.tolist().index(row) if row in record.indices else None
        if watched.kind == "weight":
            expected[update] = record.after.weights[1][0, 1]
        elif watched.kind == "train loss":
            if record.ends_epoch:
                expected[update] = run.epoch_end(update).train_loss
        elif sample is not None:
            of_sample = record.passed.loss[sample] if watched.kind == "loss" else record.passed.a[1][sample, 1]
            expected[update] = of_sample
    assert values == expected


def test_catching_up_can_be_broken_off_and_gone_on_with() -> None:
    session = fresh()
    session.run.extend_to(300)
    session.stops.add("w2[0>0] rises 1", session.run)
    calls = iter(range(10**6))
    while not session.stops.ready(session.run, lambda: next(calls) % 7 == 6):
        assert 0 <= session.stops.share(session.run) < 1
    again = fresh("w2[0>0] rises 1")
    again.stops.ready(again.run)
    again.run.extend_to(300)
    condition = parse_condition("w2[0>0] rises 1")
    assert list(session.stops.updates(session.run, condition)) == list(again.stops.updates(again.run, condition))


def test_the_marks_a_fork_goes_on_from_are_bounded() -> None:
    session = fresh("w2[0>0] rises 1")
    session.stops.ready(session.run)
    session.run.extend_to(10 * MOST_MARKS)
    (hits,) = session.stops.trail(session.run).hits.values()
    assert MOST_MARKS // 2 - 1 <= len(hits._marks) <= MOST_MARKS
    assert all(b - a == hits._spacing for (a, _), (b, _) in pairwise(hits._marks))


def test_with_another_seed_only_what_the_run_has_stays() -> None:
    session = Session(Scenario.built_in("iris"))
    rows = session.run.problem.split.train[:10].tolist()
    for row in rows:
        session.stops.add(f"row {row} comes", session.run)
        session.stops.add(f"loss of row {row}", session.run)
    session.reseed()
    train = set(session.run.problem.split.train.tolist())
    there = [row for row in rows if row in train]
    assert 0 < len(there) < 10
    assert [each.number.row for each in session.stops.conditions] == there
    assert [each.row for each in session.stops.watches] == there


def test_of_what_is_hit_all_the_time_the_last_hits_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bptui.training.watching.trail.MOST_HITS", 40)
    session = fresh("row 2 comes")
    session.stops.ready(session.run)
    session.run.extend_to(400)
    (hits,) = session.stops.hits(session.run)
    every = [update for update in range(1, 401) if 2 in session.run.record(update).indices]
    assert 20 <= len(hits) <= 40
    assert list(hits) == every[-len(hits) :]


def test_without_breakpoints_and_watches_nobody_looks_at_updates() -> None:
    session = fresh("update 7")
    session.stops.watch(parse_number("rate"), session.run)
    session.move(("batch", 1))
    assert session.run.look is not None
    session.stops.remove(0)
    session.stops.remove(0)
    session.move(("batch", 1))
    assert session.run.look is None


def test_the_lists_are_bounded_and_what_is_there_twice_is_refused() -> None:
    session, stops = fresh(), Stops()
    for update in range(1, MOST + 1):
        stops.add(f"update {update}", session.run)
    with pytest.raises(ValueError, match="no more"):
        stops.add("update 99", session.run)
    stops.remove(3)
    with pytest.raises(ValueError, match="there is one already: update 9"):
        stops.add("update 9", session.run)
    assert stops.add("train_loss", session.run) == "train loss is watched"
    assert stops.add("train_loss", session.run) == "train loss is no longer watched"


def test_not_finite_is_where_the_run_had_to_stop() -> None:
    scenario = Scenario.built_in("sine")
    rules = replace(scenario.settings.rules, learning_rate=1e10)
    session = Session(replace(scenario, settings=replace(scenario.settings, rules=rules)))
    session.stops.add("not finite", session.run)
    session.move(("epoch", 1))
    session.move(("epoch", 1))
    assert session.run.stop is not None
    assert list(session.stops.updates(session.run, parse_condition("not finite"))) == [session.run.stop.update - 1]


def test_the_order_of_moments_is_the_order_in_which_one_steps() -> None:
    session = fresh()
    seen = [session.moment]
    for _ in range(40):
        session.move(("phase", 1))
        seen.append(session.moment)
    assert [order(moment) for moment in seen] == sorted({order(moment) for moment in seen})
