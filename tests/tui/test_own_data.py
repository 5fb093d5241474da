"""Data of one's own on the screen: what is to be known of them comes first, inputs are shown as the file has them."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bptui.scenario import Scenario
from bptui.session.session import Session
from tests.tui.pilots import USUAL, WIDE, explore

BODY = "Id,proline content in milligrams,hue,kind\n" + "".join(
    f"{k + 1},{1000 + k * 37 % 500},{k % 7 / 10},{'no' if k % 2 else 'yes'}\n" for k in range(40)
)


def session(folder: Path, **said: object) -> Session:
    path = folder / "mine.csv"
    path.write_text(BODY, encoding="utf-8")
    return Session(Scenario.of_data(path, said=said))


@pytest.mark.parametrize("size", [USUAL, WIDE])
async def test_each_notice_stands_in_the_footer_in_turn_with_the_option_that_cures_it(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with explore(session(tmp_path), size=size) as at:
        assert "columns of very different scale" in at.foot()
        assert "; --scale standard" in at.foot()
        await at.press("down")
        assert "Id only counts the rows; --drop Id" in at.foot()
        await at.press("down")
        assert "--" not in at.foot()


async def test_a_notice_waits_until_nothing_else_is_said(tmp_path: Path) -> None:
    async with explore(session(tmp_path)) as at:
        await at.do("reduction")
        assert "over the batch" in at.foot()
        await at.press("down")
        assert "--drop Id" in at.foot()


async def test_inputs_that_are_scaled_are_shown_as_the_file_has_them(tmp_path: Path) -> None:
    scenario = session(tmp_path, drop=("Id",)).scenario
    it = Session(replace(scenario, data=replace(scenario.data, scale="standard")))
    record = it.record
    x = record.passed.a[0]
    assert abs(x).max() < 5, "scaled"
    async with explore(it, size=WIDE) as at:
        raw = it.run.problem.data.x[record.indices[0]]
        first = next(line for line in at.lines() if re.search(r"[┃│]▣", line))
        assert f"{raw[0]:.0f}" in first
        await at.resize(180, 50)
        assert f"of the data, {raw[0]:.0f} there, scaled" in re.sub(r"[│┃\s]+", " ", at.text()).replace(".000", "")
        assert "proline content" in at.text(), "names of the header"
