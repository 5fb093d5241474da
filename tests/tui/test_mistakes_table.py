"""A mistake is one row of one table: everything that is said and done about it follows from the row."""

from dataclasses import fields, replace

import pytest

from bptui.engine.wrong_rules import BY_ID, Change, Rule
from bptui.experiments.mistakes.table import MISTAKES, ROWS, WITH_KEYS, Mistake
from bptui.scenario import Scenario
from bptui.session.session import Session
from bptui.tui import lab
from bptui.tui.app import BptuiApp
from bptui.tui.lab import LabScreen, keys_of, lab_of
from bptui.tui.lists import Help
from tests.make_docs import FOLDER, key_table

PAGE = (FOLDER / "keys.md").read_text(encoding="utf-8")
THIRTEENTH = replace(ROWS[0], change=Change("nothing-wrong", "a thirteenth rule", Rule()), key="z")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_row_is_complete(row: Mistake) -> None:
    assert all(getattr(row, field.name) for field in fields(row) if field.name not in ("key", "confuses_under_sum"))
    assert len(row.key) == (row in WITH_KEYS)
    assert row.change is BY_ID[row.id]
    for sentence in (row.confuses, row.occurs, row.harmless):
        assert sentence[0].isupper()
        assert sentence.endswith(".")


@pytest.mark.parametrize("part", ["id", "name", "rule", "confuses", "occurs"])
def test_no_two_rows_share_what_tells_them_apart(part: str) -> None:
    assert len({getattr(row, part) for row in ROWS}) == len(ROWS) == len(MISTAKES)


def test_the_first_twelve_have_keys_and_no_two_the_same() -> None:
    assert "".join(row.key for row in ROWS) == "1234567890dw"
    assert ROWS[:12] == WITH_KEYS


@pytest.mark.parametrize("row", WITH_KEYS, ids=lambda row: row.id)
def test_every_row_has_its_key_in_the_lab_and_its_line_on_the_page_of_keys(row: Mistake) -> None:
    (key,) = (key for key in lab.KEYS if key.id == row.id)
    assert key.keys == (row.key,)
    assert f"| `{row.key}` | straight to: {row.names} |" in PAGE


def test_a_row_without_a_key_is_in_the_palette_and_on_no_page() -> None:
    for row in ROWS[12:]:
        (key,) = (key for key in lab.KEYS if key.id == row.id)
        assert key.keys == ()
        assert row.names not in PAGE


async def test_another_row_is_all_it_takes() -> None:
    mistakes = (*WITH_KEYS, THIRTEENTH)
    assert "| `z` | straight to: a thirteenth rule |" in key_table(keys_of(mistakes))
    session = Session(Scenario.built_in("xor"))
    app = BptuiApp(session)
    async with app.run_test(size=(120, 60)) as pilot:
        screen = LabScreen(session, lab_of(session, mistakes), app.palette_name, app.ascii, app.colour)
        await app.push_screen(screen)
        await pilot.press("z", "b", "b")
        await pilot.pause()
        text = "\n".join(strip.text for strip in screen._compositor.render_strips())
        assert "13 of 13 · a thirteenth rule" in text
        assert "▸z a thirteenth rule" in text
        assert "no difference in 2 updates" in text
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, Help)
        assert any("a thirteenth rule" in "".join(words for words, _ in row) for row in app.screen.lines(118))
