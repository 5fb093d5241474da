"""Breakpoints on the screen: typed or offered, on and off, hit while one plays and steps; watches beside them."""

import pytest
from textual.widgets import Input

from bptui.training.watching.words import parse_condition, parse_number
from bptui.tui.breakpoints import BreakpointScreen, WaitFor
from bptui.views.numbers import num

from .pilots import USUAL, WIDE, Pilots, explore


async def typed(at: Pilots, words: str) -> None:
    """Open the list and its line, and type."""
    await at.press("enter")
    assert isinstance(at.app.screen, WaitFor)
    at.app.screen.query_one(Input).value = words
    await at.press("enter")


@pytest.mark.parametrize("size", [USUAL, WIDE])
async def test_what_is_typed_is_listed_and_stops_whoever_comes_there(size: tuple[int, int]) -> None:
    async with explore("xor", size) as at:
        await at.press("K")
        await typed(at, "batch_loss < 0.14")
        screen = at.app.screen
        assert isinstance(screen, BreakpointScreen)
        assert screen.notice == "stops where batch loss < 0.14"
        assert "■ batch loss < 0.14" in at.text()
        await at.press("escape", "g")
        await at.press(*"60", "enter")
        await at.until_idle()
        run, moment = at.session.run, at.session.moment
        first = next(update for update in range(1, 61) if run.record(update).loss_mean < 0.14)
        assert (moment.update, moment.phase.kind) == (first, "reduce")
        assert f"stopped: batch loss < 0.14 (update {first})" in at.foot()
        await at.press("K")
        assert f"stopped here last: update {first}" in at.text()


async def test_playing_at_full_speed_stops_and_says_why() -> None:
    async with explore() as at:
        at.session.stops.add("update 70", at.session.run)
        at.session.player = at.session.player.faster(20)
        await at.do("play")
        await at.until_idle()
        assert at.session.moment.update == 70
        assert "stopped: update 70" in at.foot()
        await at.do("previous-batch")
        assert at.session.moment.update == 69
        assert "stopped" not in at.foot()


async def test_wrong_words_are_answered_and_can_be_typed_again() -> None:
    async with explore() as at:
        await at.press("K")
        await typed(at, "trian_loss < 3")
        assert isinstance(at.app.screen, WaitFor)
        assert "did you mean 'train loss'?" in str(at.app.screen.query_one("#question").render())
        at.app.screen.query_one(Input).value = "train_loss < 0.1"
        await at.press("enter")
        assert isinstance(at.app.screen, BreakpointScreen)
        assert at.session.stops.conditions == (parse_condition("train_loss < 0.1"),)


@pytest.mark.parametrize("words", ["train_loss < 0.1", "row 1 right", "a1[0] of row 1 > 0.5"])
async def test_words_typed_without_enter_go_to_the_line_and_add_no_offer(words: str) -> None:
    async with explore() as at:
        await at.press("K")
        assert "Enter type one  1-7 add offer" in at.foot()
        await at.press(*words)
        assert isinstance(at.app.screen, WaitFor)
        assert at.app.screen.query_one(Input).value == words
        assert not at.session.stops.conditions
        await at.press("enter")
        assert at.session.stops.conditions == (parse_condition(words),)


async def test_digits_add_what_is_offered_space_switches_del_takes_out() -> None:
    async with explore() as at:
        await at.press("K", "1", "3")
        screen = at.app.screen
        assert isinstance(screen, BreakpointScreen)
        first, _, third, *_ = screen.offered
        assert at.session.stops.conditions == (first, third)
        await at.press("1")
        assert "there is one already" in at.foot()
        await at.press("down", "space")
        assert [each.on for each in at.session.stops.breakpoints] == [True, False]
        assert " off" in at.text()
        await at.press("up", "delete")
        assert [each.condition for each in at.session.stops.breakpoints] == [third]
        await at.press("delete", "delete")
        assert "the list is empty" in at.foot()


async def test_a_number_alone_is_watched_and_is_taken_out_in_the_list() -> None:
    async with explore() as at:
        await at.press("K")
        await typed(at, "train_loss")
        assert at.session.stops.watches == (parse_number("train loss"),)
        assert "watch train loss" in at.text()
        await at.press("space")
        assert "a watch is not switched off" in at.foot()
        await at.press("delete")
        assert not at.session.stops.watches


@pytest.mark.parametrize("size", [USUAL, WIDE])
async def test_a_watch_is_begun_and_ended_by_the_same_key_and_shows_the_past(size: tuple[int, int]) -> None:
    async with explore("xor", size) as at:
        await at.do("next-epoch", "next-epoch", "next-epoch", "watch")
        assert "w₂[0→0] is watched" in at.foot()
        assert at.session.stops.trail(at.session.run).seen == 3
        await at.do("focus-8")
        assert "8 Watches · 1 number" in at.text()
        await at.do("watch")
        assert "w₂[0→0] is no longer watched" in at.foot()
        assert "no number is watched yet" in at.text()
        await at.do("focus-8")
        assert "W watches the number in hand, K any that you name" in at.foot()


async def test_what_is_added_late_looks_back_and_the_list_says_where_it_was_hit() -> None:
    async with explore("iris") as at:
        await at.press("g", *"300", "enter")
        await at.until_idle()
        await at.press("K")
        await typed(at, "update 40")
        await at.until_seen("1 time, last in update 40")


async def test_the_loss_that_stopped_one_is_marked_in_its_panel() -> None:
    async with explore("xor", WIDE) as at:
        at.session.stops.add("train_loss < 0.13", at.session.run)
        await at.press("g", *"90", "enter")
        await at.until_idle()
        assert at.session.stops.last is not None
        assert f"train {num(at.explorer.scene().epoch_end.train_loss, 8)} ◂" in at.text()
        await at.do("previous-batch")
        assert "◂" not in next(line for line in at.lines() if "─train" in line)[80:]


async def test_looking_back_is_broken_off_with_esc_where_one_stands_and_gone_on_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bptui.tui.explorer.WORK_SLICE", 0.0)  # nothing is done before it is stopped
    async with explore("iris") as at:
        at.session.run.extend_to(600)
        was = at.session.moment
        at.explorer.press("watch")
        assert at.explorer.working()
        at.explorer.press("stop")
        assert not at.explorer.working()
        assert "stopped looking back" in at.explorer.notice
        assert at.session.moment == was
        assert at.session.stops.trail(at.session.run).seen < 600
        monkeypatch.undo()
        at.explorer.press("next-phase")
        await at.until_idle()
        assert at.session.stops.trail(at.session.run).seen == 600
        assert at.session.moment.update == 1
