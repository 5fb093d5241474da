"""The key that writes a PyTorch script: which run it is of, what it asks, and when it writes none."""

from pathlib import Path

import pytest

from bptui.cli.choosing import choose
from bptui.headless.arguments import parser_of
from bptui.scenario import Scenario
from bptui.scenario.torch_script import torch_script
from bptui.session.session import Session
from bptui.tui.torch_file import ScriptLine
from tests.tui.pilots import explore


def scenario_of(*words: str) -> Scenario:
    """What the command line makes of these words."""
    return choose(parser_of("export").parse_args(words))


async def test_the_script_is_that_of_the_command_and_never_over_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("xor-torch.py").write_text("mine")
    async with explore("xor") as at:
        await at.do("rate-up", "next-batch", "save-script")
        assert at.explorer.notice.startswith("saved xor-torch-2.py: all updates from the start weights on")
        assert at.session.moment.update == 1
    assert Path("xor-torch.py").read_text() == "mine"
    command = "bptui export xor --lr 2 --torch xor-torch.py"
    assert Path("xor-torch-2.py").read_text() == torch_script(scenario_of("xor", "--lr", "2"), command)


@pytest.mark.parametrize(("keys", "why"), [
    (("rate-up",), "γ 2 from update 2 on, a script has one rule; r begins anew"),
    (("leave-out",), "left out from update 2 on"),
])  # fmt: skip
async def test_a_run_that_was_changed_on_its_way_has_no_script_until_it_begins_anew(
    keys: tuple[str, ...], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with explore("xor") as at:
        await at.do("next-batch", *keys, "save-script")
        assert why in at.explorer.notice
        assert not list(tmp_path.iterdir())
        await at.do("restart", "save-script")
        assert at.explorer.notice.startswith("saved xor-torch.py")


async def test_where_ranks_share_the_batch_it_asks_which_script_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scenario, command = scenario_of("xor", "--ranks", "3,1"), "bptui export xor --ranks 3,1 --torch xor-ddp.py --ddp"
    async with explore(Session(scenario)) as at:
        await at.do("save-script")
        screen = at.app.screen
        assert isinstance(screen, ScriptLine)
        await at.press("b", "o", "t", "h", "enter")
        assert screen.notice == "write plain (one process) or ddp (torchrun, a process for each rank)"
        await at.press(*"ddp", "enter")
        assert at.explorer.notice == "saved xor-ddp.py for torchrun --nproc-per-node 2, equal shares"
    assert Path("xor-ddp.py").read_text() == torch_script(scenario, command, ddp=True)
