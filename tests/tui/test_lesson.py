"""A lesson on the screen: sentences beside the panels, never over them; numbers asked; how far one came is kept."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bptui.cli import exploring
from bptui.headless.arguments import parser_of
from bptui.headless.lessons import found
from bptui.session.learned import Learned, learned, remember
from bptui.session.lesson import Lesson
from bptui.tui import program
from bptui.tui.config import Config
from bptui.tui.lesson import LessonExplorer
from bptui.views.lesson import ASIDE

from .pilots import USUAL, WIDE, Pilots, explore


@asynccontextmanager
async def lesson(folder: Path, size: tuple[int, int] = USUAL, begun: int = 0, **options: Any) -> AsyncIterator[Pilots]:
    made = partial(LessonExplorer, lesson=found("1"), begun=begun, folder=folder)
    async with explore("xor", size, made=made, **options) as at:
        await at.until_idle()
        await at.pilot.pause()
        yield at


def given(at: Pilots) -> Lesson:
    assert isinstance(at.explorer, LessonExplorer)
    return at.explorer.lecture.lesson


@pytest.mark.parametrize("size", [USUAL, WIDE, (300, 80), (40, 10)])
async def test_its_sentences_stand_beside_the_panels_at_every_size(size: tuple[int, int], tmp_path: Path) -> None:
    async with lesson(tmp_path, size) as at:
        plan = at.explorer.stage.plan
        assert plan is not None
        taken = {
            (x, y)
            for box in plan.panels.values()
            for x in (box.x, box.x + box.width - 1)
            for y in (box.y, box.y + box.height - 1)
        }
        prose = at.explorer.query_one("#lesson").region
        if size[0] >= 116:
            assert prose.width == ASIDE
            assert not any(prose.contains(*corner) for corner in taken)
        words = given(at).parts[0].say.split()
        assert all(word in at.text() for word in words) or size == (40, 10)


async def test_parts_follow_one_another_and_a_number_asked_is_answered_first(tmp_path: Path) -> None:
    async with lesson(tmp_path) as at:
        await at.press("N")
        assert at.session.moment.phase.kind == "gradient"
        await at.press("N")
        assert "? ∂L/∂w₂[0→0][#2] = " in at.text()
        await at.press("N")
        assert "a number is asked" in at.foot()
        await at.press(*"0.105", "enter")
        assert "right: ∂L/∂w₂[0→0][#2] = 0.105" in at.text()
        await at.press("N")
        assert "4/6" in at.text()
        await at.press("A")
        assert "? ∂L/∂w₂[0→0][#2] = " in at.text()
    assert learned(tmp_path)[given(at).name] == Learned(4, right=1, answered=1)


async def test_a_wrong_number_is_told_which_rule_it_was(tmp_path: Path) -> None:
    async with lesson(tmp_path, begun=4) as at:
        await at.press(*"0.6562", "enter")
        assert "sum" in at.text()
        assert "no: " in at.text()


async def test_the_exercise_asks_on_the_way_and_the_lesson_ends_with_the_score(tmp_path: Path) -> None:
    async with lesson(tmp_path, begun=5) as at:
        await at.press("s")
        assert "? ∂L/∂w₂[0→0][#1] = " in at.text()
        await at.press("escape", "N")
        assert "the lesson is done" in at.foot()
    assert learned(tmp_path)[given(at).name].done


async def test_a_lesson_once_done_stays_done(tmp_path: Path) -> None:
    remember(tmp_path, found("1").name, Learned(6, done=True, right=3, answered=4))
    async with lesson(tmp_path) as at:
        await at.press("N")
    assert learned(tmp_path)[given(at).name] == Learned(6, done=True, right=3, answered=4)


@pytest.mark.parametrize("is_lesson", [False, True])
def test_a_lesson_offers_nothing_to_recover(is_lesson: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.delenv("TEXTUAL_DRIVER", raising=False)
    monkeypatch.setattr(exploring, "why_no_terminal", lambda: None)
    monkeypatch.setattr(program, "run_explorer", lambda *_, **more: given.update(more) or 0)
    command, words = (exploring.lesson, ("lesson", "1")) if is_lesson else (exploring.explore, ("", "xor"))
    try:
        command(parser_of(words[0]).parse_args([words[1]]))
    finally:
        gc.enable()
    assert (given["recovery"] is None) == is_lesson


async def test_a_row_painted_twice_in_a_frame_is_shown_as_it_was_painted_last(tmp_path: Path) -> None:
    async with lesson(tmp_path) as at:
        at.explorer.notice = "short"
        at.explorer.paint()
        await at.pilot.pause()
        at.app.begin_frame()
        for notice in ("a much longer notice than the one before", "other"):
            at.explorer.notice = notice
            at.explorer.paint()
        at.app.show_now(at.explorer)
        assert not at.not_shown()


async def test_under_read_only_nothing_is_kept(tmp_path: Path) -> None:
    async with lesson(tmp_path / "state", config=Config(read_only=True)) as at:
        await at.press("N")
    assert not (tmp_path / "state").exists()
