"""What is changed by hand, from the keys to the screen: weights, samples, the fork they begin, undo and redo."""

from pathlib import Path

import pytest
from textual.widgets import Input

from bptui.session.keeping import Reopened, opened
from bptui.session.kept_forks import digest_of
from bptui.session.moves import to_update
from bptui.tui.edit_lines import SampleLine, WeightLine
from bptui.tui.explorer import Explorer

from .pilots import USUAL, WIDE, Pilots, explore


def typed(words: str) -> list[str]:
    names = {" ": "space", "=": "equals_sign", ".": "full_stop", "-": "minus"}
    return [names.get(letter, letter) for letter in words]


def known(at: Pilots, updates: int, stands: int) -> None:
    """So many updates are known, and one stands at the end of an earlier one."""
    session = at.session
    for update in (updates, stands):
        session.moment = to_update(session.run, session.moment, update)


@pytest.mark.parametrize("size", [USUAL, WIDE])
async def test_a_weight_is_typed_and_a_fork_begins_that_the_header_tells(size: tuple[int, int]) -> None:
    async with explore("xor", size) as at:
        known(at, 400, 36)
        await at.press("equals_sign")
        assert isinstance(at.app.screen, WeightLine)
        await at.press(*typed("-0.15"), "enter")
        assert isinstance(at.app.screen, Explorer)
        session = at.session
        assert (session.moment.update, session.record.before[session.moment.weight]) == (37, -0.15)
        assert "= −0.15 from update 37 on, was" in at.foot()
        assert "fork 2 of 2" in at.lines()[1]
        assert "from 1 at" in at.lines()[1]
        assert session.forks[1].run.frontier == 400


async def test_what_is_no_number_is_refused_in_a_line_and_can_be_typed_again() -> None:
    async with explore("xor") as at:
        await at.press("equals_sign", *typed("one"), "enter")
        screen = at.app.screen
        assert isinstance(screen, WeightLine)
        assert 'not a number: "one"' in str(screen.query_one("#question").render())
        await at.press("2", "enter")
        assert at.session.record.before[at.session.moment.weight] == 2.0


async def test_a_setting_without_a_key_of_its_own_is_typed_by_its_name() -> None:
    async with explore("moons") as at:
        known(at, 40, 20)
        await at.press("equals_sign", *typed("optimizer adam l2=0.01"), "enter")
        assert "adam, L2 0.01 from update 21 on" in at.foot()
        await at.do("next-batch")
        assert "adam  L2 0.01" in at.lines()[0]
        assert at.session.record.settings.rules.optimizer.name == "adam"
        assert len(at.session.forks.all) == 2


async def test_esc_leaves_all_as_it_was() -> None:
    async with explore("xor") as at:
        await at.press("equals_sign", "5", "escape", "T", "escape")
        assert at.session.why_not_undo() == "nothing was changed yet"


async def test_a_label_is_flipped_and_undone_and_flipped_again() -> None:
    async with explore("xor") as at:
        known(at, 40, 37)
        before = at.session.record.targets.tolist()
        await at.press("T")
        assert isinstance(at.app.screen, SampleLine)
        await at.press(*typed("flip"), "enter")
        assert "now fork 2, 3 updates stay in fork 1" in at.foot()
        await at.press("b")
        flipped = at.session.record.targets.tolist()
        assert sum(a != b for a, b in zip(before, flipped, strict=True)) == 1
        await at.press("U")
        assert at.session.record.targets.tolist() == before
        assert at.session.moment.update == 37
        await at.press("R")
        assert at.session.record.targets.tolist() == flipped


async def test_a_sample_is_left_out_and_put_back_in_by_its_row() -> None:
    async with explore("xor") as at:
        row = int(at.session.record.indices[0])
        await at.press("O")
        assert f"row {row} left out from update 1 on" in at.foot()
        assert at.session.record.n == 3
        await at.press("T")
        assert f"left out: {row}" in str(at.app.screen.query_one("#question").render())
        await at.press(*typed(f"in {row}"), "enter")
        assert at.session.record.n == 4


async def test_the_last_sample_that_is_in_is_not_left_out() -> None:
    async with explore("xor") as at:
        await at.press("O", "O", "O", "O")
        assert "leaves no sample to train on" in at.foot()
        assert at.session.record.n == 1


async def test_what_a_sample_has_not_is_refused_while_one_types() -> None:
    async with explore("digits") as at:
        await at.press("T", *typed("x64=1"), "enter")
        assert at.session.why_not_undo()
        await at.press("T", *typed("eleven"), "enter")
        assert isinstance(at.app.screen, SampleLine)
        assert 'not understood: "eleven"' in str(at.app.screen.query_one("#question").render())
        assert at.app.screen.query_one(Input).value == "eleven"


async def test_the_old_future_stays_beside_the_new_one_and_the_mark_has_a_name() -> None:
    async with explore("xor", WIDE) as at:
        known(at, 60, 20)
        await at.press("right_curly_bracket", "5", "b", "b", "b")
        await at.until_drawn()
        assert "fork 1" in at.text()
        assert "▼ γ 2" in at.text()
        assert "┈" in at.text()


async def test_a_lecture_goes_on_next_week_from_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plays to update 400, steps back to 37 phase by phase, flips a label, watches both futures, saves, opens."""
    monkeypatch.chdir(tmp_path)
    async with explore("moons") as at:
        for goal in ("400", "38"):
            await at.press("g", *typed(goal), "enter")
            await at.until_idle()
        await at.press(*"P" * 8)
        assert (at.session.moment.update, at.session.run.frontier) == (38, 400)
        await at.press("B")
        assert at.session.moment.applied == 37
        await at.press("T", *typed("flip"), "enter", "e", "e", "e", "5", "ctrl+s")
        await at.until_idle()
        moment, digest = at.session.moment, digest_of(at.session.run, at.session.run.frontier)
        names = [at.session.forks.name(fork) for fork in at.session.forks.all]
    session, kept = opened(Path("moons.session.json"))
    async with explore(Reopened(session, kept)) as at:
        await at.until_idle()
        assert "every bit as it was" in at.foot()
        assert at.session.moment == moment
        assert digest_of(at.session.run, at.session.run.frontier) == digest
        assert [at.session.forks.name(fork) for fork in at.session.forks.all] == names
        assert at.session.forks[1].run.frontier == 400
        await at.press("5")
        await at.until_drawn()
        assert "┈fork 1" in at.text()
