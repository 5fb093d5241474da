"""A recording in the explorer: who made it and how well it agrees, the same panels, and keys that say why not."""

import re

from bptui.session.intents import Open
from bptui.session.questions import QUESTIONS
from bptui.session.session import Session
from bptui.tui.draw import DrawScreen
from bptui.tui.explorer_keys import KEYS
from bptui.tui.forks import ForksScreen
from bptui.tui.lab import LabScreen
from bptui.tui.scatter import ScatterScreen
from bptui.tui.screens import carry_out
from tests.recordings import by_pytorch
from tests.tui.pilots import WIDE, explore


async def test_it_opens_with_who_made_it_and_how_well_the_gradients_agree() -> None:
    async with explore(Session(by_pytorch("xor")), WIDE) as pilots:
        assert "read: gradients of all 24 updates agree to 6e−7; PyTorch 2.13.0, Adam, float32" in pilots.foot()
        assert re.search(r"  PyTorch's g agrees to \de−7", pilots.lines()[0])
        await pilots.do("next-batch")
        assert "Δw made by adam" in pilots.text()
        await pilots.do("next-epoch", "previous-batch", "previous-phase")
        assert pilots.session.moment.update == 1


async def test_every_key_that_would_change_it_says_why_it_does_not() -> None:
    async with explore(Session(by_pytorch("iris")), WIDE) as pilots:
        before = pilots.session.run
        for key in KEYS:
            if key.group == "Change" and key.id != "forks":
                why = pilots.explorer.why_not(key)
                assert why is not None, key.id
                assert why.startswith("read from iris.bptui: only PyTorch knows what would come; X writes a scenario")
        await pilots.do("rate-up")
        assert "read from iris.bptui" in pilots.foot()
        await pilots.do("save-session")
        assert "iris.bptui holds all of it: i shows how it is opened here" in pilots.foot()
        assert pilots.session.run is before


async def test_screens_that_change_the_run_say_why_not_too() -> None:
    async with explore(Session(by_pytorch("pictures")), WIDE) as pilots:
        for door, key in (("forks", "branch"), ("draw", "put-in")):
            await pilots.do(door)
            screen = pilots.app.screen
            assert isinstance(screen, ForksScreen | DrawScreen)
            why = screen.why_not(next(each for each in screen.table() if each.id == key))
            assert why == "read from pictures.bptui: only PyTorch knows what would come"
            await pilots.press("escape")
        for question in QUESTIONS:
            for intent in question.intents:
                if isinstance(intent, Open) and intent.screen in ("race", "drill"):
                    carry_out(pilots.explorer, intent)
                    assert pilots.explorer.notice.startswith("its steps were read: bptui does not know the rule")
        opened: object = pilots.app.screen
        assert opened is pilots.explorer


async def test_lab_noise_and_the_tables_work_on_it() -> None:
    async with explore(Session(by_pytorch("iris")), WIDE) as pilots:
        await pilots.do("next-batch", "lab")
        assert isinstance(pilots.app.screen, LabScreen)
        await pilots.press("b", "escape")
        await pilots.do("noise")
        assert isinstance(pilots.app.screen, ScatterScreen)
        await pilots.press("escape")
        for table in ("gradients", "matrices", "history", "doctor", "confusion", "explain", "compare", "drill"):
            await pilots.do(table)
            opened: object = pilots.app.screen
            assert opened is not pilots.explorer, table
            await pilots.press("escape")


async def test_steps_of_an_unknown_optimizer_are_shown_as_read_and_nothing_is_trained_by_it() -> None:
    async with explore(Session(by_pytorch("pictures")), WIDE) as pilots:
        assert "read: gradients of all 9 updates agree to 2e−7; PyTorch 2.13.0, Adagrad" in pilots.foot()
        await pilots.do("next-batch")
        assert "Δw made by PyTorch" in pilots.text()
        assert "bptui does not know the rule of torch.optim.Adagrad" in pilots.foot()
        await pilots.do("compare")
        assert "its steps were read: bptui does not know the rule" in pilots.foot()
        assert pilots.app.screen is pilots.explorer
