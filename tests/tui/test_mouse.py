"""The mouse: clicks and the wheel, never its movements; and none of it where it is the terminal's own."""

import re

import pytest
from textual import events

from bptui.tui.config import Config
from bptui.tui.lists import List
from bptui.tui.panel import Panel
from bptui.tui.workbench import Workbench
from bptui.views.arrange import BATCH, DELTAS, LOSS, NETWORK
from bptui.views.looks import Looks
from bptui.views.network import laid_out, unit_at
from bptui.views.panels import NUMBERS
from tests.cli.commands import terminal

from .pilots import USUAL, WIDE, Pilots, explore, session_with


async def click(at: Pilots, number: int) -> None:
    await at.pilot.click(at.explorer.stage.panels[number], offset=(4, 0))
    await at.pilot.pause()


async def click_on(at: Pilots, panel: Panel, words: str) -> None:
    """Click on the first of these words that a panel shows."""
    for y in range(panel.size.height):
        line = "".join(text for text, _ in panel.row(y))
        if words in line:
            await at.pilot.click(panel, offset=(line.index(words) + 1, y))
            await at.pilot.pause()
            return
    raise AssertionError(f"{words} is not in the panel")


async def test_a_click_on_a_unit_selects_it_and_on_an_input_the_weight_from_it() -> None:
    async with explore("xor", WIDE) as at:
        network = at.explorer.stage.panels[NETWORK]
        await at.press("b")
        for layer, unit in ((1, 2), (1, 0), (2, 0), (1, 1)):
            it = laid_out(at.explorer.scene(), *network.inner(*network.size))
            x = it.margin + sum(block.width for block in it.blocks[:layer]) + sum(it.gaps[:layer])
            await at.pilot.click(network, offset=(x + 2, it.blocks[layer].ports[unit] + len(it.away) + 1))
            await at.pilot.pause()
            assert (at.session.moment.layer, at.session.moment.unit) == (layer, unit)
        for source, words in ((1, " x1"), (0, " x0")):
            await click_on(at, network, words)
            assert (at.session.moment.layer, at.session.moment.source) == (1, source)


@pytest.mark.parametrize("size", [USUAL, WIDE])
async def test_a_click_on_the_time_line_leads_to_the_update_there(size: tuple[int, int]) -> None:
    async with explore("iris", size) as at:
        await at.press("g", *"60", "enter")
        await at.until_idle()
        await at.do("focus-5", "previous-epoch")
        panel = at.explorer.stage.panels[NUMBERS["loss"]]
        foot = panel.size.height - 2
        line = "".join(text for text, _ in panel.row(foot))
        assert line.count("┴") == 4, "epochs 1 to 5, and one of them is where one stands"
        await at.pilot.click(panel, offset=(line.index("┴"), foot))
        await at.pilot.pause()
        await at.until_idle()
        assert abs(at.session.moment.update - 12) <= 2
        await at.pilot.click(panel, offset=(line.index("0") + 2, foot))
        await at.pilot.pause()
        await at.until_idle()
        assert at.session.moment.applied == 0
        assert at.session.run.frontier == 60


@pytest.mark.parametrize("size", [(80, 24), WIDE, (200, 60)])
async def test_every_unit_drawn_in_a_column_is_found_where_it_stands(size: tuple[int, int]) -> None:
    async with explore("iris", size) as at:
        for unit in range(at.session.run.start.architecture.sizes[1]):
            at.session.select_unit(1, unit)
            scene, panel = at.explorer.scene(), at.explorer.stage.panels[NETWORK]
            inner = panel.inner(panel.size.width, panel.size.height)
            it = laid_out(scene, *inner)
            block = it.blocks[1]
            x = it.margin + it.blocks[0].width + it.gaps[0]
            y = block.ports[unit] + len(it.away)
            assert unit_at(scene, *inner, x, y) == unit_at(scene, *inner, x + block.width - 1, y) == (1, unit)
            assert unit_at(scene, *inner, x - 1, 3) is None


@pytest.mark.parametrize("number", [BATCH, DELTAS])
async def test_a_click_on_a_sample_looks_at_it_once_all_are_in(number: int) -> None:
    async with explore("xor", (160, 50)) as at:
        panel = at.explorer.stage.panels[number]
        at.explorer.press(f"focus-{number}")
        await at.pilot.pause()
        await click_on(at, panel, "  3 ")
        assert "a sample can be chosen when all are in" in at.foot()
        assert at.session.moment.sample == 0
        await at.press("b")
        for sample in (2, 0, 3):
            await click_on(at, panel, f"  {sample + 1} ")
            assert at.session.moment.sample == sample


PHASES = (("input", "input", 1), ("δ₁", "delta", 1), ("reduce", "reduce", 3), ("forward 2", "forward", 3))


async def test_a_click_on_a_phase_stands_in_it() -> None:
    async with explore("xor", WIDE) as at:
        await at.press("s", "s")
        for words, kind, sample in PHASES:
            await click_on(at, at.explorer.stage.ribbon, words)
            assert (at.session.moment.phase.kind, at.session.moment.sample) == (kind, sample)


async def test_a_click_on_the_chart_goes_to_the_update_that_stands_there() -> None:
    async with explore("xor", WIDE) as at:
        await at.press("g", *"12", "enter")
        await at.until_drawn()
        panel = at.explorer.stage.panels[LOSS]
        shown = ["".join(text for text, _ in panel.row(y)) for y in range(panel.size.height)]
        bottom = next(y for y, row in enumerate(shown) if "└" in row)
        first, last = shown[bottom].index("└") + 1, shown[bottom].index("▲")
        for column, made in ((first, 0), ((first + last) // 2, 6), (last, 12)):
            await at.pilot.click(panel, offset=(column, bottom - 3))
            await at.pilot.pause()
            assert (at.session.moment.applied, at.explorer.looks.focus) == (made, LOSS)
        await at.pilot.click(panel, offset=(last, 0))
        await at.pilot.click(panel, offset=(2, bottom - 3))
        assert at.session.moment.applied == 12, "neither the title nor the numbers beside the axis are a moment"


async def test_a_click_on_a_pixel_chooses_the_weight_from_it_and_on_a_cell_its_unit() -> None:
    async with explore("digits") as at:
        network = at.explorer.stage.panels[NETWORK]
        it = laid_out(at.explorer.scene(), *network.inner(*network.size))
        picture, field = it.blocks[:2]
        for block, left, layer in ((field, it.margin + picture.width + it.gaps[0], 1), (picture, it.margin, 0)):
            grid = block.grids[0]
            await at.pilot.click(network, offset=(1 + left + 3 * grid.wide, 1 + len(it.away) + grid.top))
            await at.pilot.pause()
            assert (at.session.moment.unit if layer else at.session.moment.source) == 3
        assert at.session.moment.layer == 1


@pytest.mark.parametrize("number", sorted(NUMBERS.values()))
async def test_a_click_gives_a_panel_the_focus(number: int) -> None:
    async with explore("digits", WIDE) as at:
        await at.press("5" if number != 5 else "1")
        if at.explorer.stage.panels[number].display:
            await click(at, number)
            assert at.explorer.looks.focus == number


async def test_a_click_beside_the_panels_does_nothing() -> None:
    async with explore("digits", WIDE) as at:
        await at.until_drawn()
        before = at.lines()
        await at.pilot.click(at.explorer.stage.ribbon, offset=(4, 0))
        await at.pilot.click(at.explorer.stage.footer, offset=(4, 0))
        assert at.lines() == before


async def wheel(at: Pilots, kind: type[events.MouseScrollUp | events.MouseScrollDown]) -> None:
    at.app.post_message(kind(None, 5, 5, 0, 1 if kind is events.MouseScrollDown else -1, 0, False, False, False, 5, 5))
    await at.pilot.pause()


async def test_the_wheel_scrolls_the_focused_list_there_and_back() -> None:
    async with explore("digits", WIDE) as at:
        await at.press("b", "2")
        before = at.explorer.stage.panels[BATCH]._rows
        await wheel(at, events.MouseScrollUp)
        assert at.explorer.stage.panels[BATCH]._rows != before
        await wheel(at, events.MouseScrollDown)
        assert at.explorer.stage.panels[BATCH]._rows == before


@pytest.mark.parametrize("keys", ["1", "2", "6", "G"])
async def test_where_there_is_no_more_to_see_the_wheel_changes_nothing_and_what_is_said_stays(keys: str) -> None:
    async with explore(session_with("xor", learning_rate=0.0), WIDE) as at:
        await at.press(*keys)
        await at.until_drawn()
        workbench = at.app.screen
        assert isinstance(workbench, Workbench)
        workbench.notice = "what is said"
        workbench.paint()
        before = at.lines()
        for way in events.MouseScrollUp, events.MouseScrollDown:
            await wheel(at, way)
            assert at.lines() == before


async def test_the_wheel_scrolls_help() -> None:
    async with explore("xor") as at:
        await at.press("question_mark")
        await wheel(at, events.MouseScrollDown)
        assert isinstance(at.app.screen, List)
        assert at.app.screen.first == 1


@pytest.mark.parametrize(("words", "taken"), [((), True), (("--no-mouse",), False)], ids=str)
def test_the_terminal_is_asked_for_clicks_but_not_for_movements(words: tuple[str, ...], taken: bool) -> None:
    with terminal("xor", *words) as at:
        at.wait_for("Network")
        at.type("q")
        assert at.wait() == 0
        assert (b"\x1b[?1000h" in at.sent) == taken
        assert b"\x1b[?1003h" not in at.sent
        if taken:
            assert at.sent.rfind(b"\x1b[?1000l") > at.sent.rfind(b"\x1b[?1000h")


def test_a_click_as_a_terminal_sends_it_moves_the_focus() -> None:
    click = "\x1b[<0;70;20M\x1b[<0;70;20m"
    with terminal("xor", width=100, height=30) as at:
        at.wait_for("┏━ 1 Network · sample 1")
        at.type(click)
        at.wait_for("┏━ 4 Update")
        at.type("?")
        at.wait_for("Help")
        at.type("q")
        at.wait_for("┏━ 4 Update")
        at.type("q")
        assert at.wait() == 0


@pytest.mark.parametrize("size", [USUAL, WIDE, (200, 60)])
@pytest.mark.parametrize("name", ["xor", "digits"])
async def test_a_line_of_samples_is_the_sample_whose_number_stands_in_it_and_no_other_line_is_one(
    name: str, size: tuple[int, int]
) -> None:
    async with explore(name, size) as at:
        await at.press("b")
        stage, scene = at.explorer.stage, at.explorer.scene()
        assert stage.plan is not None
        for number in {BATCH, DELTAS} & stage.plan.panels.keys():
            panel = stage.panels[number]
            shown = 0
            for y in range(panel.size.height):
                found = stage.at(scene, panel, 4, y)
                if found is not None:
                    line = "".join(text for text, _ in panel.row(y))
                    assert re.findall(r"\d+", line)[0] == str(found[1] + 1)
                    shown += 1
            assert shown == len(stage._samples(number, scene)) > 1


async def test_a_click_on_a_title_or_a_border_leaves_one_where_one_stands() -> None:
    async with explore("digits", WIDE) as at:
        await at.press("b")
        before, plan = at.session.moment, at.explorer.stage.plan
        assert plan is not None
        for number, box in plan.panels.items():
            for y in (0, box.height - 1):
                await at.pilot.click(at.explorer.stage.panels[number], offset=(4, y))
        assert at.session.moment == before


async def test_the_wheel_ends_a_tour_and_scrolls_nothing_before_it_has_ended() -> None:
    session = session_with("digits")
    session.move(("batch", 1))
    async with explore(session, USUAL, config=Config(demo=True), looks=Looks(focus=BATCH)) as at:
        before = at.explorer.looks
        await wheel(at, events.MouseScrollUp)
        assert "the tour has ended here" in at.foot()
        assert at.explorer.looks == before
        await wheel(at, events.MouseScrollUp)
        assert at.explorer.looks != before
