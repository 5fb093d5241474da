"""The drawing pad under a pilot: ink by keys and mouse, the answer at once, the drawing in the batch and in a file."""

import re
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bptui.data.files import read_data
from bptui.scenario import Scenario
from bptui.session.moment import Phase
from bptui.session.session import Session
from bptui.tui.app import BptuiApp
from bptui.tui.aside import Over, Slice
from bptui.tui.draw import KEYS, DrawScreen
from bptui.tui.lists import Help
from bptui.views.sketch import place_of
from tests.cli.commands import terminal
from tests.scenes import read_back, shown_step

from .pilots import USUAL, Pilots, clock_runs, explore

BY_ID = {key.id: key for key in KEYS}
L_STROKE = ("pen", *["down"] * 4, "right", "right", "pen")
"""The pen goes down in the middle of the field, down, and to the right."""


class Padded(Pilots):
    """The pad over the explorer."""

    @property
    def pad(self) -> DrawScreen:
        assert isinstance(self.app.screen, DrawScreen)
        return self.app.screen

    @property
    def ink(self) -> np.ndarray[Any, Any]:
        sketch = self.pad.pad.sketch
        return sketch.x.reshape(sketch.rows, sketch.columns)

    async def do(self, *ids: str) -> None:
        await self.press(*(BY_ID[key_id].keys[0] for key_id in ids))

    async def until_trained(self) -> None:
        await self.until(lambda: not self.pad.working())

    def place(self, row: int, column: int) -> tuple[int, int]:
        """Where on the screen a pixel is."""
        sketch = self.pad.pad.sketch
        place = place_of(sketch, *self.pad.panel.inner(self.pad.size.width, self.pad.size.height - 1))
        return 1 + place.x + column * place.across, 1 + place.y + (row - place.shown.start) * place.high


@asynccontextmanager
async def drawing(
    session: Session | str = "letters", size: tuple[int, int] = USUAL, draw: str = "now"
) -> AsyncIterator[Padded]:
    async with explore(session, size, draw=draw) as at:
        await at.until(lambda: isinstance(at.app.screen, DrawScreen))
        yield Padded(at.app, at.pilot)


# --- ink and answer ---


async def test_the_keys_draw_and_the_answer_is_the_networks_own_for_this_picture() -> None:
    async with drawing() as at:
        assert "draw something" in at.text()
        await at.do(*L_STROKE)
        assert np.argwhere(at.ink).tolist() == [[6, 6], [7, 6], [8, 6], [9, 6], [10, 6], [10, 7], [10, 8]]
        says = at.session.answer(at.session.record.before, at.pad.pad.sketch.x)
        assert f"says {'abcdefghijklmnopqrstuvwxyz'[says.argmax()]}, {says.max():.4f}" in at.text()
        await at.do("undo", "undo")
        assert at.ink.sum() == 5
        again = at.session.answer(at.session.record.before, at.pad.pad.sketch.x)
        assert f"{again.max():.4f}" in at.text()


async def test_the_mouse_draws_one_stroke_and_takes_ink_away_where_it_begins_on_ink() -> None:
    async with drawing(size=(120, 40)) as at:
        await at.pilot.mouse_down(offset=at.place(2, 3))
        for column in (4, 5):
            await at.pilot.hover(offset=at.place(2, column))
        await at.pilot.mouse_up(offset=at.place(2, 5))
        await at.pilot.hover(offset=at.place(2, 9))  # no button: nothing
        await at.pilot.pause()
        assert np.argwhere(at.ink).tolist() == [[2, 3], [2, 4], [2, 5]]
        assert at.pad.pad.sketch.pen == (2, 5)
        await at.pilot.click(offset=at.place(2, 4))
        assert np.argwhere(at.ink).tolist() == [[2, 3], [2, 5]]
        await at.do("undo", "undo")
        assert not at.ink.any()


async def test_the_mouse_draws_while_something_is_computed_beside_the_screen() -> None:
    async with drawing(size=(120, 40)) as at:
        go_on, pad = threading.Event(), at.pad

        def works() -> None:
            assert go_on.wait(20)

        at_work = pad.slices._slice = Slice(works, lambda: pad.post_message(Over()))
        at_work.begin()
        await at.pilot.mouse_down(offset=at.place(2, 3))
        for column in (4, 5):
            await at.pilot.hover(offset=at.place(2, column))
        await at.pilot.mouse_up(offset=at.place(2, 5))
        go_on.set()
        await at.until(lambda: not at.pad.slices.busy)
        assert np.argwhere(at.ink).tolist() == [[2, 3], [2, 4], [2, 5]]


async def test_beside_the_field_the_mouse_draws_nothing() -> None:
    async with drawing() as at:
        for offset in ((0, 0), (60, 10), (79, 23), (1, 3)):
            await at.pilot.click(offset=offset)
        assert not at.ink.any()


async def test_the_current_sample_can_be_drawn_on() -> None:
    async with drawing("digits") as at:
        await at.do("copy")
        assert at.pad.pad.sketch.ink == tuple(at.session.record.passed.a[0][0])
        await at.do("clear")
        assert not at.ink.any()


async def test_a_network_of_scaled_pictures_gets_the_drawing_scaled_too(tmp_path: Path) -> None:
    path, pixels = tmp_path / "mine.csv", np.random.default_rng(5).integers(0, 256, (30, 64))
    pixels[0] = 255
    path.write_text("\n".join(",".join(map(str, [*row, k % 3])) for k, row in enumerate(pixels)), encoding="utf-8")
    session = Session(Scenario.of_file(path))
    data = session.run.problem.data
    assert (data.image, data.white) == ((8, 8), 255)
    assert data.scaling is not None
    async with drawing(session) as at:
        await at.do("copy", "next-label")
        sample = session.record.passed.a[0][0]
        np.testing.assert_allclose(at.pad.given, sample, atol=1e-12)
        assert f"{session.answer(session.record.before, sample).max():.4f}" in at.text()
        await at.do("put-in")
        np.testing.assert_allclose(session.record.passed.a[0][-1], sample, atol=1e-12)
        assert at.pad.pad.sketch.x.max() <= 1


async def test_what_was_drawn_stays_when_the_pad_is_closed_and_opened() -> None:
    async with drawing() as at:
        await at.do(*L_STROKE, "next-label", "stop")
        assert at.app.screen is at.explorer
        await at.press("D")
        assert at.ink.sum() == 7
        assert at.pad.pad.label == 0


# --- the label ---


async def test_a_label_is_typed_or_chosen_in_turn() -> None:
    async with drawing() as at:
        await at.do("label")
        assert "which class is it?" in at.text()
        await at.press("q")  # a letter here, not the key that closes
        assert at.pad.pad.label == 16
        assert "label: q" in at.text()
        await at.do("next-label")
        assert "label: r" in at.text()
        await at.do("previous-label", "previous-label")
        assert "label: p" in at.text()


@pytest.mark.parametrize(("key", "words"), [("7", "no class begins with 7"), ("escape", "label: none yet")])
async def test_what_is_no_class_is_no_label(key: str, words: str) -> None:
    async with drawing() as at:
        await at.do("label")
        await at.press(key)
        assert words in at.text()
        assert at.pad.pad.label is None


@pytest.mark.parametrize("key_id", ["put-in", "keep"])
async def test_without_ink_or_label_there_is_no_sample(
    key_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with drawing() as at:
        await at.do("next-label", key_id)
        assert "the field is empty: draw something first" in at.foot()
        at.pad.pad.label = None
        await at.do("dot", key_id)
        assert "a sample needs a label: l and its name, or Tab" in at.foot()
        assert at.session.record.guests == 0
        assert list(tmp_path.iterdir()) == []


# --- into the batch ---


async def test_a_drawing_in_the_batch_is_back_propagated_and_raises_the_answer_for_its_label() -> None:
    async with drawing() as at:
        await at.do(*L_STROKE, "label")
        await at.press("l")
        await at.do("put-in")
        assert "sample 33 of 33 in the batch of update 1" in at.foot()
        record, x = at.session.record, at.pad.pad.sketch.x
        assert (record.guests, record.passed.a[0][32].tolist()) == (1, x.tolist())
        assert record.targets[32].argmax() == 11
        assert (record.gradient(32).flat != 0).any()
        await at.do("batch")
        assert at.session.moment.phase == Phase("update")
        before, after = (at.session.answer(network, x)[11] for network in (record.before, record.after))
        assert after > before
        said, changed = re.findall(r"([\d.e−]+) ([+−][\d.e−]+)◂", at.text())[0]
        assert abs(float(read_back(said)) - after) <= shown_step(said)
        assert abs(float(read_back(changed)) - (after - before)) <= shown_step(changed)
        assert "the signed number is the change since the start" in at.text()


async def test_esc_leads_to_the_drawing_in_the_explorer_where_its_pass_can_be_stepped_through() -> None:
    async with drawing() as at:
        await at.do(*L_STROKE, "next-label", "put-in", "stop")
        assert (at.session.moment.sample, at.session.moment.phase) == (32, Phase("input"))
        assert "sample 33, your own" in at.text()
        await at.press("p", "p", "p")
        assert at.session.moment.phase == Phase("loss")
        assert "Sample 33" in at.text() or "sample 33/33" in at.text()


async def test_several_drawings_join_one_batch() -> None:
    async with drawing() as at:
        await at.do("dot", "next-label", "put-in", "right", "dot", "next-label", "put-in")
        assert at.session.record.guests == 2
        assert "sample 34 of 34 in the batch of update 1: b makes it, Esc steps through it" in at.foot()
        assert "batch of update 1: 34 samples, 2 your own" in at.text()


async def test_an_epoch_trains_while_the_pad_is_open_and_the_test_is_told() -> None:
    async with drawing() as at:
        await at.do("dot", "epoch")
        await at.until_trained()
        assert at.session.moment.update == 26
        right = at.session.run.epoch_end(26).test_accuracy
        assert f"epoch 1: test {100 * right:.1f}% right · batch of update 27: 32 samples" in at.text()


async def test_the_command_trains_first_and_the_clock_stops_then() -> None:
    async with drawing("digits", draw="epochs 3") as at:
        await at.until_trained()
        await at.pilot.pause()
        assert at.session.moment.update == 75
        assert "the network after update 75" in at.text()
        assert not clock_runs(at.pad)


async def test_esc_stops_long_training_and_then_closes() -> None:
    async with drawing(draw="epochs 1000000") as at:
        await at.do("stop")
        assert "stopped" in at.foot()
        assert not at.pad.working()
        assert at.session.moment.update == at.session.run.frontier
        await at.do("stop")
        assert at.app.screen is at.explorer


# --- a file of one's own ---


async def test_saved_drawings_are_a_data_set_that_bptui_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with drawing() as at:
        await at.do(*L_STROKE, "next-label", "keep")
        assert "saved as drawing 1 of letters-drawings.csv, with the label a" in at.foot()
        first = at.pad.pad.sketch.x
        await at.do("clear", "dot", "next-label", "keep")
        assert "saved as drawing 2 of letters-drawings.csv, with the label b" in at.foot()
        second = at.pad.pad.sketch.x
    data = read_data(tmp_path / "letters-drawings.csv")
    assert (data.image, data.classes) == ((12, 12), ("a", "b"))
    assert data.x.tolist() == [first.tolist(), second.tolist()]


# --- the screen ---


@pytest.mark.parametrize("size", [(40, 10), USUAL, (120, 40), (200, 60)])
@pytest.mark.parametrize("name", ["digits", "letters"])
async def test_it_fits_every_screen(name: str, size: tuple[int, int]) -> None:
    async with drawing(name, size) as at:
        await at.do("dot", "next-label")
        lines = at.lines()
        assert len(lines) == size[1]
        assert "says" in lines[1]
        assert "label:" in at.text()
        if size >= USUAL:
            answers = re.findall(r"(?<=[·█] )\d\.\d{4}", at.text())
            assert len(answers) == len(at.pad.data.classes)


async def test_help_lists_its_keys() -> None:
    async with drawing(size=(80, 80)) as at:
        await at.do("help")
        assert isinstance(at.app.screen, Help)
        assert "draw along with the arrows" in at.text()


@pytest.mark.parametrize("name", ["xor", "iris", "sine"])
async def test_without_pictures_there_is_no_pad(name: str) -> None:
    async with explore(name) as at:
        await at.do("draw")
        assert at.app.screen is at.explorer
        assert f"{name} has no pictures: there is nothing to draw" in at.foot()


def test_a_terminals_mouse_draws_while_its_button_is_held() -> None:
    with terminal("draw", "letters", "--epochs", "0") as at:
        at.wait_for("draw something")
        at.wait_for(lambda _: at.sent.rfind(b"\x1b[?1002h") > at.sent.rfind(b"\x1b[?1002l"))
        for event in ("0;4;6M", "32;6;6M", "32;8;6M", "0;8;6m"):  # SGR: pressed in column 4 of line 6, moved, let go
            at.type(f"\x1b[<{event}")
        at.wait_for("pen up, at 1,2: ink 1.000")
        at.type("c")
        at.wait_for("draw something")
        at.type("u")
        at.wait_for("says")
        at.type("q")
        at.wait_for("1 Network")
        at.wait_for(lambda _: at.sent.rfind(b"\x1b[?1002l") > at.sent.rfind(b"\x1b[?1002h"))
        at.type("q")
        assert at.wait() == 0


async def test_a_browser_gets_all_that_was_drawn_and_the_server_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, str]] = []

    def deliver(app: BptuiApp, text: Any, *, save_filename: str) -> None:
        sent.append((save_filename, text.read()))

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(BptuiApp, "is_web", property(lambda app: True))
    monkeypatch.setattr(BptuiApp, "deliver_text", deliver)
    async with drawing() as at:
        await at.do("dot", "next-label", "keep", "next-label", "keep")
        assert "letters-drawings.csv goes to the browser" in at.foot()
    assert list(tmp_path.iterdir()) == []
    assert [(name, text.count("\n")) for name, text in sent] == [
        ("letters-drawings.csv", 2),
        ("letters-drawings.csv", 3),
    ]
