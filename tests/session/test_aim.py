"""Aims: what the words of travel mean, what is refused, and that every moment has words that lead back to it."""

from dataclasses import replace
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.engine.weight import Weight
from bptui.session import MOVES, Moment, Move, Phase, make
from bptui.session.aim import Aim, parse_aim, words_of
from bptui.session.goal import Goal
from bptui.session.moves import begins_batch, select, to_goal, to_row, update_of_batch
from bptui.training import Run, Settings
from tests.training.builders import ANY_SETTINGS, begin

TWOS = Settings(batch_size=2)
INPUT, GRADIENT, UPDATE = Phase("input"), Phase("gradient"), Phase("update")


@pytest.mark.parametrize(
    ("words", "aim"),
    [
        ("120", Aim(120)),
        ("u120", Aim(120)),
        ("update 120", Aim(120)),
        ("e3", Aim(epoch=3)),
        ("epoch 3", Aim(epoch=3)),
        ("E3 B5", Aim(epoch=3, batch=5)),
        ("e3,b5", Aim(epoch=3, batch=5)),
        ("b5 e3", Aim(epoch=3, batch=5)),
        ("e3b5", Aim(epoch=3, batch=5)),
        ("b5", Aim(batch=5)),
        ("e3 b5 s17", Aim(epoch=3, batch=5, sample=17)),
        ("e3 b2 s4 d1", Aim(epoch=3, batch=2, sample=4, phase=Phase("delta", 1))),
        ("sample 4 forward 2", Aim(sample=4, phase=Phase("forward", 2))),
        ("7 loss", Aim(7, phase=Phase("loss"))),
        ("u7 update", Aim(7, phase=UPDATE)),
        ("reduce", Aim(phase=Phase("reduce"))),
        ("50%", Aim(share=0.5)),
        ("12.5 %", Aim(share=0.125)),
        ("+20", Aim(by=20)),
        ("-5", Aim(by=-5)),
        ("\u22125 s2", Aim(by=-5, sample=2)),
        ("start", Aim(edge="start")),
        ("end s3", Aim(edge="end", sample=3)),
        ("9 w1[x0→2]", Aim(9, weight=Weight(1, 0, 2))),
        ("9 w\u2081[0>2]", Aim(9, weight=Weight(1, 0, 2))),
        ("b2[0]", Aim(weight=Weight(2, -1, 0))),
    ],
)
def test_what_is_understood(words: str, aim: Aim) -> None:
    assert parse_aim(words) == aim


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "nothing is said"),
        ("soon", 'not understood: "soon"'),
        ("e3 b5 later on", 'not understood: "later"'),
        ("1.5", 'not understood: "1.5"'),
        ("1e5", 'not understood: "1e5"'),
        ("12345678", 'a number has at most 7 digits: "12345678"'),
        ("e99999999 b2", 'a number has at most 7 digits: "e99999999"'),
        ("+12345678", 'a number has at most 7 digits: "+12345678"'),
        ("+1.5", 'not understood: "+1.5"'),
        ("٣", 'not understood: "٣"'),
        ("²", 'not understood: "²"'),
        ("x\x1b]0;y", 'not understood: "x␛]0;y"'),
        ("starting", 'not understood: "starting"'),
        ("0", "update counts from 1"),
        ("e0", "epoch counts from 1"),
        ("e1 s0", "sample counts from 1"),
        ("d0", "layers count from 1"),
        ("101%", "more than 100 %"),
        ("1 2", "update is said twice"),
        ("e1 e2", "epoch is said twice"),
        ("loss d1", "phase is said twice"),
        ("e3 u5", "two places in time"),
        ("+5 b2", "two places in time"),
        ("start 50%", "two places in time"),
    ],
)
def test_anything_else_is_refused_with_what_is_wrong_and_examples(words: str, why: str) -> None:
    with pytest.raises(ValueError, match="; write 120, ") as refused:
        parse_aim(words)
    assert str(refused.value).startswith(why)


def arrive(run: Run, moment: Moment, words: str) -> Moment:
    aim = parse_aim(words)
    run.extend(aim.goal(run, moment))
    return aim.arrive(run, moment)


def place(moment: Moment) -> tuple[int, int, Phase]:
    return moment.update, moment.sample, moment.phase


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("b3", (6, 0, UPDATE)),
        ("s1", (5, 0, GRADIENT)),
        ("d2", (5, 1, Phase("delta", 2))),
        ("reduce", (5, 1, Phase("reduce"))),
        ("e1 d2", (1, 0, Phase("delta", 2))),
        ("e1 b2 s2", (2, 1, GRADIENT)),
        ("+2", (6, 0, UPDATE)),
        ("-2", (2, 1, UPDATE)),
        ("-9", (1, 0, INPUT)),
        ("50%", (4, 1, UPDATE)),
        ("0%", (1, 0, INPUT)),
        ("end", (8, 1, UPDATE)),
        ("start", (1, 0, INPUT)),
        ("start s2", (1, 1, GRADIENT)),
    ],
)
def test_from_within_update_5_of_8(words: str, expected: tuple[int, int, Phase]) -> None:
    """5 samples in batches of 2: four updates are made, of the fifth the second sample's loss is known."""
    run = begin(TWOS, count=5)
    run.extend_to(8)
    assert place(arrive(run, Moment(5, Phase("loss"), 1), words)) == expected


@pytest.mark.parametrize("words", ["3 s2", "s3", "d3", "f9", "w3[0>0]", "w1[2>0]", "b1[3]"])
def test_what_is_not_there_raises(words: str) -> None:
    run = begin(TWOS, count=5)
    with pytest.raises(IndexError, match="no "):
        arrive(run, Moment(3), words)


@settings(deadline=None, max_examples=150)
@given(
    chosen=ANY_SETTINGS,
    moves=st.lists(st.sampled_from(MOVES), max_size=12),
    row=st.integers(-3, 3),
    selected=st.tuples(*[st.integers(-3, 3)] * 3),
    elsewhere=st.lists(st.sampled_from(MOVES), max_size=4),
)
def test_a_moment_s_words_lead_to_it_from_anywhere(
    chosen: Settings, moves: list[Move], row: int, selected: tuple[int, int, int], elsewhere: list[Move]
) -> None:
    run, moment = begin(chosen, count=7), Moment(layer=2)
    for move in moves:
        moment = make(run, moment, move)
    if moment.phase.per_batch:
        moment = to_row(moment, list(range(run.record(moment.update).n)), row)
    moment = select(run, moment, selected[0], selected[1], min(max(selected[2], -1), 1))
    fresh, there = begin(chosen, count=7), Moment(layer=2)
    for move in elsewhere:
        there = make(fresh, there, move)
    assert arrive(fresh, there, words_of(run, moment)) == moment


@settings(deadline=None, max_examples=100)
@given(
    chosen=ANY_SETTINGS,
    repeats=st.integers(1, 3),
    at=st.integers(1, 20),
    epoch=st.integers(1, 4),
    batch=st.integers(1, 9),
)
def test_batches_begin_and_are_found_where_all_updates_looked_at_one_by_one_say(
    chosen: Settings, repeats: int, at: int, epoch: int, batch: int
) -> None:
    run = begin(chosen, count=7)
    run.extend_to(25)
    run = run.fork(at, replace(chosen, repeats=repeats))
    run.extend_to(25)
    places = [run.record(update).position for update in range(1, 26)]
    batches = [(place.epoch, place.batch) for place in places]
    begun = [update == 1 or batches[update - 2] != batches[update - 1] for update in range(1, 26)]
    assert [begins_batch(run, update) for update in range(1, 26)] == begun
    later = [update for update, found in enumerate(batches, 1) if found >= (epoch, batch)]
    wanted = 25 if not later else later[0] if batches[later[0] - 1][0] == epoch else later[0] - 1
    assert epoch > batches[-1][0] or update_of_batch(run, epoch, batch) == wanted


def test_far_on_in_a_long_epoch_words_are_found_without_the_updates_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session is kept every few seconds while it plays: the explorer stood still for seconds."""
    run = begin(Settings(batch_size=1, repeats=300))
    run.extend_to(1000)
    record = Mock(wraps=run.record)
    monkeypatch.setattr(run, "record", record)
    assert words_of(run, Moment(950, UPDATE, layer=2)) == "u950"
    assert words_of(run, Moment(901, UPDATE, layer=2)) == "e1 b4"
    assert record.call_count < 5
    assert to_goal(run, Moment(), Goal(epoch=1, batch=3)).update == 601
    assert record.call_count < 30
