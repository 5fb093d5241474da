"""A key that would lose a long run that is in no file is asked for once more; never where one wants no questions."""

import asyncio
from pathlib import Path

import pytest
from textual import events

from bptui.session.moves import to_update
from bptui.tui.config import Config
from bptui.tui.long_work import Intent

from .pilots import Pilots, explore


def long_run(at: Pilots, updates: int = 400) -> None:
    at.session.moment = to_update(at.session.run, at.session.moment, updates)


@pytest.mark.parametrize(("key", "does"), [("q", "quits"), ("n", "begins anew")])
async def test_a_long_run_is_lost_only_by_a_second_press(key: str, does: str) -> None:
    async with explore("xor") as at:
        long_run(at)
        await at.press(key)
        assert f"{key} again {does}; 400 updates are lost (ctrl+s saves)" in at.foot()
        await at.press("p", key)
        assert f"{key} again {does}" in at.foot()
        assert not at.app._exit
        assert at.session.run.frontier == 401
        await at.press(key)
        assert at.app._exit if key == "q" else at.session.run.frontier == 1


async def test_the_other_key_is_asked_for_by_itself() -> None:
    async with explore("xor") as at:
        long_run(at)
        await at.press("q", "n")
        assert "n again begins anew" in at.foot()
        assert at.session.run.frontier == 400


async def test_with_forks_their_number_is_told_and_a_restart_loses_none() -> None:
    async with explore("xor") as at:
        long_run(at)
        await at.press("r")
        assert "now fork 2, 400 updates stay in fork 1" in at.foot()
        await at.press("q")
        assert "400 updates and 2 forks are lost" in at.foot()


async def test_what_is_asked_can_be_read_while_work_goes_on_and_is_asked_again_after_it() -> None:
    async with explore("xor") as at:
        long_run(at)
        await at.pilot.press("g", *"9000000", "enter", "q")
        made = at.session.run.frontier
        await at.until(lambda: at.session.run.frontier > made)
        assert "q again quits" in at.foot()
        at.explorer.do(lambda explorer: explorer.begin(Intent(lambda: "there")))
        assert "there" in at.foot()
        await at.press("q")
        assert "q again quits" in at.foot()
        assert not at.app._exit


async def test_what_was_saved_is_not_asked_for_until_more_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with explore("xor") as at:
        long_run(at)
        await at.press("ctrl+s", "b", "q")
        assert "again quits" in at.foot()
        await at.press("ctrl+s", "q")
        assert at.app._exit


async def test_a_short_run_and_one_who_wants_no_questions_are_not_asked() -> None:
    async with explore("xor") as at:
        long_run(at, 50)
        await at.press("n")
        assert at.session.run.frontier == 1
    async with explore("xor", config=Config(ask=False)) as at:
        long_run(at)
        await at.press("q")
        assert at.app._exit


async def test_the_command_of_one_fork_says_that_it_is_of_this_one_alone() -> None:
    async with explore("xor") as at:
        long_run(at)
        at.session.moment = to_update(at.session.run, at.session.moment, 37)
        await at.press("right_curly_bracket", "i")
        assert "no command says γ 2 from update 38 on: ctrl+s keeps it" in at.foot()
        await at.press("F", "up", "enter", "i", "escape")
        assert "of fork 1 alone; ctrl+s keeps all 2" in at.foot()


@pytest.mark.parametrize("turns", range(3))
async def test_who_quits_while_a_line_opens_has_quit(turns: int) -> None:
    async with explore("xor") as at:
        at.app.post_message(events.Key("g", "g"))
        for _ in range(turns):
            await asyncio.sleep(0)
        at.app.post_message(events.Key("ctrl+q", None))
        await at.until(lambda: at.app._exit)
    assert at.app.return_code == 0
