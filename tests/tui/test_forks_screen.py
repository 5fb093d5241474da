"""The screen of forks: each of its keys does what it says, and Enter stands where the fork was left."""

import pytest

from bptui.session.moves import to_update
from bptui.tui.edit_lines import NameLine
from bptui.tui.explorer import Explorer
from bptui.tui.forks import ForksScreen

from .pilots import USUAL, WIDE, Pilots, explore


async def two_forks(at: Pilots) -> ForksScreen:
    """Fork 1 is known to 60, fork 2 with another γ from 21 on to 24; the list is open."""
    session = at.session
    for update in (60, 20):
        session.moment = to_update(session.run, session.moment, update)
    await at.press("right_curly_bracket", "b", "b", "b", "b", "F")
    screen = at.app.screen
    assert isinstance(screen, ForksScreen)
    return screen


@pytest.mark.parametrize("size", [USUAL, WIDE])
async def test_it_lists_what_differs_and_goes_where_a_fork_was_left_and_back(size: tuple[int, int]) -> None:
    async with explore("xor", size) as at:
        await two_forks(at)
        assert "γ 2" in at.text()
        assert "as it began" in at.text()
        assert "1 at 21" in at.text()
        await at.press("up", "enter")
        assert isinstance(at.app.screen, Explorer)
        assert (at.session.forks.live.number, at.session.moment.update, at.session.run.frontier) == (1, 20, 60)
        assert "fork 1: as it began" in at.foot()
        await at.press("F", "down", "enter")
        assert (at.session.forks.live.number, at.session.moment.update) == (2, 24)


async def test_its_keys_name_keep_and_drop() -> None:
    async with explore("xor") as at:
        screen = await two_forks(at)
        await at.press("up", "n")
        assert isinstance(at.app.screen, NameLine)
        await at.press("o", "l", "d", "enter")
        assert at.session.forks[1].title == "old"
        await at.press("k", "d")
        assert "it is kept: first let go of it" in at.text()
        await at.press("k", "d")
        assert [fork.number for fork in at.session.forks.all] == [2]
        await at.press("d")
        assert "the live one is not dropped" in at.text()
        assert screen.look.chosen == 0


async def test_its_keys_lay_curves_over_each_other_and_branch() -> None:
    async with explore("xor") as at:
        screen = await two_forks(at)
        assert "┈fork 1" in at.text()
        await at.press("a", "y")
        assert (screen.look.unit, screen.look.log) == ("epoch", True)
        await at.press("up", "o")
        assert at.session.forks.beside == 0
        await at.press("o", "b")
        assert [fork.number for fork in at.session.forks.all] == [1, 2, 3]
        assert at.session.forks.live.number == 3
        await at.press("escape")
        assert isinstance(at.app.screen, Explorer)


async def test_a_fork_that_is_not_replayed_yet_is_replayed_on_the_way_to_it() -> None:
    async with explore("xor") as at:
        await two_forks(at)
        ghost = at.session.forks[1]
        ghost.owed, ghost.words = 60, "e60 b1"
        ghost.run = ghost.run.again(ghost.run.settings_at(1))
        ghost.run.extend_to(1)
        await at.press("up", "enter")
        await at.until_idle()
        assert (at.session.forks.live.number, at.session.moment.update, at.session.run.frontier) == (1, 60, 60)
