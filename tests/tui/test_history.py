"""The history: answers that Enter goes to and Esc comes back from; the rate that gets past a stop, with its key."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from textual.widgets import Input

from bptui.data.digits import shortest
from bptui.session.answers import ORDERS
from bptui.session.moves import to_update
from bptui.training.past import Life, Past
from bptui.training.run import Run
from bptui.tui.history import Crossing, HistoryScreen
from bptui.views.history import ORDER_WORDS
from bptui.views.numbers import num

from .pilots import USUAL, WIDE, Pilots, explore, session_with

BY: dict[str, Callable[[Life], Any]] = {
    "hardest": lambda life: -life.wrong / life.seen,
    "forgotten": lambda life: -life.forgotten,
    "lost": lambda life: -life.last_forgotten,
    "latest": lambda life: (life.first_right > 0, -life.first_right),
    "row": lambda life: life.row,
}


def known(at: Pilots, updates: int, stands: int) -> None:
    """So many updates are known, and one stands at the end of an earlier one."""
    for update in (updates, stands):
        at.session.moment = to_update(at.session.run, at.session.moment, update)


def past_of(run: Run, last: int) -> list[Life]:
    past = Past(run, next(run.start.architecture.addresses()), last)
    assert past.go_on()
    return past.lives()


async def opened(at: Pilots) -> HistoryScreen:
    """The screen, once it has its answers."""
    await at.press("H")
    screen = at.app.screen
    assert isinstance(screen, HistoryScreen)
    await at.until(lambda: not screen.working())
    return screen


@pytest.mark.parametrize("size", [USUAL, WIDE])
async def test_an_answer_is_a_moment_to_go_to_and_esc_comes_back(size: tuple[int, int]) -> None:
    async with explore("iris", size) as at:
        await at.press("g", *"100", "enter")
        await at.until_idle()
        was = at.session.moment
        screen = await opened(at)
        assert "History up to update 100" in at.lines()[0]
        largest = screen.past.largest()
        assert f"was largest, {num(screen.past.values[largest], 8)}" in at.text()
        await at.press("down", "down", "down", "down", "enter")
        assert at.app.screen is at.explorer
        assert at.session.moment.update == screen.past.changed_most()
        assert at.session.moment.phase.kind == "update"
        await at.press("escape")
        assert at.session.moment == was


async def test_the_smallest_screen_says_when_too() -> None:
    async with explore(size=(40, 10)) as at:
        known(at, 60, 60)
        await opened(at)
        answers = [line.strip("┃ ") for line in at.lines() if re.match("┃[▸ ] *(changed|crossed|was)", line)]
    assert len(answers) == 5
    assert all(re.search(r"(update \d+|never|at the start)$", answer) for answer in answers)


async def test_a_samples_answer_leads_to_its_own_pass() -> None:
    async with explore("iris") as at:
        await at.press("g", *"100", "enter")
        await at.until_idle()
        screen = await opened(at)
        life = next(k for k, answer in enumerate(screen.answers) if answer.life and answer.life.forgotten)
        screen.chosen = life
        await at.press("enter")
        record, answer = at.session.record, screen.answers[life]
        assert record.indices[at.session.moment.sample] == answer.row
        assert at.session.moment.phase.kind == "loss"
        assert not record.right[at.session.moment.sample], "it is forgotten there"


async def test_a_value_is_asked_for_and_the_samples_are_sorted() -> None:
    async with explore("iris") as at:
        await at.press("g", *"60", "enter")
        await at.until_idle()
        screen = await opened(at)
        middle = float(screen.past.values[30])
        assert f"crossed its start {shortest(float(screen.past.values[0]), 5)} last" in at.text()
        await at.press("c")
        assert isinstance(at.app.screen, Crossing)
        at.app.screen.query_one(Input).value = "none"
        await at.press("enter")
        assert "not a number" in str(at.app.screen.query_one("#question").render())
        at.app.screen.query_one(Input).value = str(middle)
        await at.press("enter")
        assert screen.answers[1].update == screen.past.crossed(middle)
        assert f"crossed {shortest(middle, 5)} last" in at.text()
        for order in (*(order for order in ORDERS[1:] if order != "beside"), ORDERS[0]):
            await at.press("k")
            assert screen.order == order
            current, *others = [answer.life for answer in screen.answers if answer.life]
            assert current.row == screen.current, "the sample one looks at comes first"
            assert f"the current one ◂, then {ORDER_WORDS[order]}" in at.text()
            by = BY[order]
            assert [by(life) for life in others] == sorted(by(life) for life in others)


async def test_beside_an_older_future_it_tells_which_samples_are_wrong_because_of_the_change() -> None:
    async with explore("moons") as at:
        known(at, 200, 37)
        await at.press("T", *"flip", "enter", "g", *"200", "enter")
        await at.until_idle()
        screen = await opened(at)
        await at.press("k")
        assert screen.order == "beside"
        there = {life.row: life for life in past_of(at.session.forks[1].run, 200)}
        lives = [answer.life for answer in screen.answers if answer.life][1:]  # behind the current one
        lost = [not life.right_now and there[life.row].right_now for life in lives]
        assert lost == sorted(lost, reverse=True)
        assert any(lost)
        await at.press("end")
        (columns,) = (line for line in at.lines() if "first right" in line)
        assert columns.split()[-3:-1] == ["fork", "1"]


async def test_what_never_came_is_nowhere_to_go() -> None:
    async with explore("xor") as at:
        await at.press("b", "b")
        await opened(at)
        await at.press("enter")
        assert "that never came" in at.foot()


async def test_before_the_first_update_there_is_no_history() -> None:
    async with explore("xor") as at:
        screen = await opened(at)
        assert "No update is applied yet" in at.text()
        assert not screen.working()


async def test_where_the_run_had_to_stop_the_rate_that_passes_is_taken_with_a_key() -> None:
    async with explore(session_with("sine", learning_rate=5.0)) as at:
        await at.press("g", *"200", "enter")
        await at.until_idle()
        assert at.session.run.stop is not None
        stop = at.session.run.stop.update
        await opened(at)
        assert "γ 4.8 from update 1 on gets past it, 4.9 does not" in at.text()
        await at.press("g")
        await at.until_idle()
        assert at.app.screen is at.explorer
        assert at.session.next_settings.rules.learning_rate == 4.8
        assert at.session.moment.applied == 0
        assert at.session.run.extend_to(stop)
