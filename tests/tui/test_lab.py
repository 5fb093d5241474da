"""The lab's screen: keys lead to moves, playing pauses on any of them, every size is painted."""

import pytest

from bptui.experiments.mistakes.table import ROWS, WITH_KEYS
from bptui.scenario import Scenario
from bptui.session.session import Session
from bptui.tui.app import nobody_asks
from bptui.tui.keys import Remap
from bptui.tui.lab import LabScreen, lab_of
from bptui.tui.private import CellDiff

from .pilots import until


class Host(CellDiff):
    """An app with nothing but the lab."""

    def __init__(self, name: str, ascii_only: bool = False, colour: bool = True) -> None:
        super().__init__()
        palette = "dark" if colour else "mono"
        self.remap, self.blocks, self.demo = Remap(), False, None
        self.pressed = nobody_asks
        session = Session(Scenario.built_in(name))
        self.lab = LabScreen(session, lab_of(session), palette, ascii_only, colour)

    def on_mount(self) -> None:
        self.push_screen(self.lab)


def rows(screen: LabScreen, name: str) -> list[str]:
    return ["".join(part for part, _ in row) for row in screen.panels[name]._rows]


def shown(screen: LabScreen) -> str:
    return "\n".join(line for name in screen._plan.boxes for line in rows(screen, name))


async def test_both_sides_stand_beside_each_other_with_the_sentences_on_top() -> None:
    app = Host("trask")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        text = shown(app.lab)
        for words in (
            "confuses",
            "harmless",
            "occurs",
            "True rule",
            "average the inputs",
            "at the wrong side's weights",
            "0.080",
        ):
            assert words in text
        boxes = app.lab._plan.boxes
        assert boxes["true"].x < boxes["wrong"].x
        assert boxes["true"].y == boxes["wrong"].y


async def test_every_rule_is_one_key_away_and_arrows_and_n_go_round() -> None:
    app = Host("xor")
    async with app.run_test(size=(80, 24)) as pilot:
        for place, row in enumerate(WITH_KEYS):
            await pilot.press(row.key)
            assert app.lab.lab.number == place
            assert row.name in rows(app.lab, "title")[0]
        for key, place in (("down", 12), ("up", 11), ("1", 0), ("up", len(ROWS) - 1), ("n", 0), ("N", len(ROWS) - 1)):
            await pilot.press(key)
            assert app.lab.lab.number == place


async def test_b_makes_one_update_e_an_epoch_t_stops_before_the_last_batch_and_r_restarts() -> None:
    app = Host("remainder")
    async with app.run_test(size=(80, 24)) as pilot:
        it = app.lab.lab
        await pilot.press("7", "b")
        assert it.made == 1
        await pilot.press("t")
        await until(pilot, lambda: it.made == 8)
        assert "0.6667" in "".join(rows(app.lab, "table"))  # a third of the samples came: two thirds are missing
        await pilot.press("e")
        await until(pilot, lambda: it.made == 9)
        await pilot.press("t")
        await until(pilot, lambda: it.made == 17)
        await pilot.press("r")
        assert it.made == 0


async def test_h_shows_the_harmless_case_and_comes_back() -> None:
    app = Host("trask")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("h", "b")
        assert app.lab.lab.case.harmless
        assert "harmless: batch size 1" in shown(app.lab)
        assert "no difference in 1 update " in shown(app.lab)
        await pilot.press("h")
        assert "as the run" in rows(app.lab, "words")[-1]
        assert not app.lab.lab.case.harmless


async def test_h_has_nothing_to_show_where_no_case_differs() -> None:
    app = Host("mazur")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1", "h")
        assert "no case in which it differs" in rows(app.lab, "footer")[0]


async def test_space_plays_and_any_move_pauses() -> None:
    app = Host("xor")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("plus", "plus", "space")
        await until(pilot, lambda: app.lab.lab.made > 5)
        assert "full speed" in rows(app.lab, "footer")[0]
        await pilot.press("b")
        made = app.lab.lab.made
        await pilot.pause(0.25)
        assert app.lab.lab.made == made
        assert not app.lab.player.playing
        await pilot.press("space", "space")
        assert not app.lab.player.playing


async def test_the_curves_are_drawn_behind_the_numbers() -> None:
    app = Host("xor")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("b", "b", "b", "y")
        await until(pilot, lambda: any(0x2800 < ord(c) <= 0x28FF for c in "".join(rows(app.lab, "chart"))))
        assert "log" in rows(app.lab, "chart")[0]
        assert "─true" in rows(app.lab, "chart")[1]


async def test_the_selection_moves_and_reaches_the_bias() -> None:
    app = Host("xor")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("left")
        await pilot.press(*["comma"] * app.lab.lab.weight.source)
        assert app.lab.lab.weight.source == 0
        await pilot.press("comma")
        assert f"b₁[{app.lab.lab.weight.unit}]" in shown(app.lab)
        await pilot.press("right", "u", "full_stop")
        assert "₂[" in rows(app.lab, "true")[4]


async def test_a_side_that_diverges_says_so_while_the_other_goes_on() -> None:
    app = Host("oberman")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("6")
        app.lab.lab.advance(1000)
        await pilot.press("b")
        assert "stopped before update" in "".join(rows(app.lab, "wrong"))
        assert "batch loss" in "".join(rows(app.lab, "true"))


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_escape_and_q_close_the_lab(key: str) -> None:
    app = Host("xor")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space", key)
        await pilot.pause()
        assert app.screen is not app.lab


async def test_escape_first_stops_long_work() -> None:
    app = Host("xor")
    async with app.run_test(size=(80, 24)) as pilot:
        app.lab.ask(10_000_000)
        app.lab.wake()
        await pilot.press("escape")
        assert app.screen is app.lab
        assert not app.lab.working()
        assert "stopped" in rows(app.lab, "footer")[0]


@pytest.mark.parametrize("size", [(40, 10), (40, 24), (60, 34), (80, 14), (80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("colour", [True, False])
async def test_every_size_is_filled_to_the_edge(size: tuple[int, int], colour: bool) -> None:
    app = Host("iris", colour=colour)
    async with app.run_test(size=size) as pilot:
        await pilot.press("b", "b", "4")
        await pilot.press("b")
        await until(pilot, lambda: not app.lab.drawing.due)
        for name, box in app.lab._plan.boxes.items():
            assert [len(row) for row in rows(app.lab, name)] == [box.width] * box.height


async def test_below_40_by_10_one_line_says_so() -> None:
    app = Host("iris")
    async with app.run_test(size=(39, 9)) as pilot:
        await pilot.press("b", "h", "space")
        assert rows(app.lab, "title")[0].startswith("bptui needs 40×10")


async def test_ascii_terminals_get_ascii() -> None:
    app = Host("xor", ascii_only=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("b", "b")
        await until(pilot, lambda: not app.lab.drawing.due)
        assert shown(app.lab).isascii()


async def test_the_footer_names_the_keys_and_what_h_leads_to() -> None:
    app = Host("digits")
    async with app.run_test(size=(160, 40)) as pilot:
        await pilot.press("7")
        await pilot.pause()
        footer = rows(app.lab, "footer")[0]
        for words in ("↓ rule", "h ", "b update", "e epoch", "space play", "r restart", "? help", "Esc close"):
            assert words in footer
