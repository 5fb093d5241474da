"""The confusion screen: the table, the samples of a cell, test or training samples."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest

from bptui.data import Dataset
from bptui.experiments.confusion import Confusion, confusion
from bptui.tui.confusion import ConfusionScreen
from bptui.views.confusion import confusion_rows
from tests.scenes import lines

from .pilots import USUAL, WIDE, Pilots, explore


@asynccontextmanager
async def confused(name: str, size: tuple[int, int] = USUAL) -> AsyncIterator[tuple[Pilots, ConfusionScreen]]:
    async with explore(name, size) as at:
        for key in ("e", "e"):
            await at.press(key)
            await at.until_idle()
        await at.press("z")
        screen = at.app.screen
        assert isinstance(screen, ConfusionScreen)
        await at.until(lambda: not screen.working())
        await at.pilot.pause()
        yield at, screen


@pytest.mark.parametrize(("name", "size"), [("digits", USUAL), ("iris", USUAL), ("letters", WIDE), ("xor", USUAL)])
async def test_every_count_stands_in_its_cell(name: str, size: tuple[int, int]) -> None:
    async with confused(name, size) as (at, screen):
        counts = screen.found.counts
        rows = at.lines()[3 : 3 + len(counts)]
        for row, line in zip(rows, counts, strict=True):
            told = row.strip("┃ ").split()
            assert told[1 : 1 + len(line)] == [str(count) if count else "·" for count in line]


async def test_it_opens_at_the_most_frequent_mistake_and_n_goes_on() -> None:
    async with confused("digits") as (at, screen):
        pairs = screen.found.confused()
        seen = []
        for _ in range(len(pairs) + 1):
            seen.append(screen.chosen)
            await at.press("n")
        assert seen == [*pairs, pairs[0]]


async def test_enter_shows_the_samples_of_the_cell_alone_and_again_the_table() -> None:
    async with confused("digits") as (at, screen):
        await at.press("enter")
        places = screen.found.cell(*screen.chosen)
        assert f" {len(places)} sample" in at.lines()[1]
        assert str(screen.found.rows[places[0]]) in at.lines()[3]
        await at.press("enter")
        assert "test samples right" in at.lines()[1]


async def test_the_list_of_a_full_cell_scrolls_to_its_last_sample() -> None:
    async with confused("digits") as (at, screen):
        await at.press("u", *["left"] * 10, *["up"] * 10, "enter")
        places = screen.found.cell(0, 0)
        assert len(places) > 20
        for _ in range(len(places) // 10 + 1):
            await at.press("pagedown")
        assert str(screen.found.rows[places[-1]]) in at.text()


async def test_u_looks_at_the_training_samples() -> None:
    async with confused("digits") as (at, screen):
        await at.press("u")
        await at.until(lambda: f"of {len(screen.problem.train_x)} train samples right" in at.lines()[1])
        assert "Confusion: train samples" in at.lines()[0]


async def test_without_test_samples_it_shows_the_training_ones_and_says_why() -> None:
    async with confused("xor") as (at, screen):
        await at.press("u")
        assert screen.part == "train"
        assert "--test-fraction" in at.text()


async def test_a_regression_has_none() -> None:
    async with explore("sine") as at:
        await at.press("z")
        assert at.app.screen is at.explorer
        assert "no right or wrong answers" in at.text()


async def test_a_large_set_is_counted_in_slices_that_grow_to_what_all_at_once_gives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bptui.tui.confusion.AT_ONCE", -1.0)
    monkeypatch.setattr("bptui.engine.evaluate.CHUNK", 16)
    at_work = ConfusionScreen.working
    monkeypatch.setattr(ConfusionScreen, "working", lambda screen: False)
    async with confused("digits") as (at, screen):
        total = len(screen.problem.test_x)
        assert (screen.tally.counted, int(screen.found.counts.sum())) == (16, 16)
        assert "of 16 test samples right" in at.lines()[1]
        assert f"16 of {total} samples answered so far" in at.foot()
        monkeypatch.setattr(ConfusionScreen, "working", at_work)
        screen.wake()
        await at.until(lambda: screen.tally.done and "answered so far" not in at.foot())
        scene = screen.scene()
        whole = confusion(screen.problem, scene.network, scene.record.settings.rules.loss, "test")
        assert np.array_equal(screen.found.counts, whole.counts)


@pytest.mark.parametrize(("width", "height"), [(38, 8), (78, 21), (198, 57)])
def test_it_never_exceeds_its_box_and_keeps_the_cell_in_hand(width: int, height: int) -> None:
    rng = np.random.default_rng(3)
    wanted, said = rng.integers(0, 40, (2, 500))
    counts = np.zeros((40, 40), dtype=np.int64)
    np.add.at(counts, (wanted, said), 1)
    names = tuple(f"class {k}" for k in range(40))
    data = Dataset("forty", rng.normal(size=(500, 3)), np.eye(40)[wanted], classes=names)
    found = Confusion("train", counts, np.arange(500), wanted, said, rng.random(500), rng.random((500, 40)))
    for cell in ((0, 0), (39, 39), (20, 3)):
        for opened in (False, True):
            shown = lines(confusion_rows(data, found, cell, width, height, opened, 0))
            assert len(shown) <= height
            assert max(map(len, shown)) <= width
            if not opened:
                targets = sum(row.startswith(" class") for row in shown)
                (foot,) = [row for row in shown if "answers →" in row]
                assert (f"{40 - targets} more with ↑ ↓" in foot or f", {40 - targets} ↑ ↓" in foot) == (targets < 40)
                assert any(f"class {cell[0]}"[: width // 4 - 1] in row for row in shown)
