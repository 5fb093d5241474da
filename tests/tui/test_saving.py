"""What keys save: a new file in the current folder, or, where a browser shows the screen, a download."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bptui.scenario import Scenario
from bptui.session.session import Session
from bptui.tui.app import BptuiApp

from .pilots import explore


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


CHANGES = {
    "as it began": (),
    "later in the run": ("next-batch", "next-sample"),
    "changed": ("reduction", "halve-batch", "rate-up"),
    "changed in the middle": ("next-phase", "reduction", "rate-down"),
    "another seed": ("reseed", "reseed", "rate-up"),
    "changed and another seed": ("halve-batch", "reseed"),
}


@pytest.mark.parametrize("name", ["xor", "digits", "mazur", "moons"])
@pytest.mark.parametrize("keys", CHANGES.values(), ids=CHANGES)
async def test_the_file_begins_the_run_that_a_restart_begins(name: str, keys: tuple[str, ...], folder: Path) -> None:
    async with explore(name) as at:
        await at.do(*keys)
        await at.until_idle()
        await at.do("save-scenario")
        assert f"saved {name}.toml" in at.foot()
        saved = Scenario.read(folder / f"{name}.toml")
        at.session.restart()
        run, ours = Session(saved).run, at.session.run
        assert saved.data.seed == at.session.scenario.data.seed
        assert run.settings_at(1) == ours.settings_at(1)
        assert (run.record(1).after.flat == ours.record(1).after.flat).all()
        assert (run.record(1).indices == ours.record(1).indices).all()


async def test_no_file_is_overwritten(folder: Path) -> None:
    (folder / "xor.toml").write_text("mine", encoding="utf-8")
    async with explore() as at:
        await at.do("save-scenario", "save-scenario")
        assert "saved xor-3.toml" in at.foot()
    assert (folder / "xor.toml").read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in folder.iterdir()) == ["xor-2.toml", "xor-3.toml", "xor.toml"]


async def test_data_from_a_file_are_found_again(folder: Path) -> None:
    (folder / "mine.csv").write_text("a,b,y\n" + "1,2,3\n2,3,4\n" * 3, encoding="utf-8")
    async with explore(Session(Scenario.of_file(Path("mine.csv")))) as at:
        await at.do("save-scenario")
    assert (Scenario.read(Path("mine.toml")).dataset().x == at.session.run.problem.data.x).all()


@pytest.mark.parametrize(("key", "name"), [("save-scenario", "xor.toml"), ("picture", "bptui-xor-u1-s1-p1.svg")])
async def test_a_folder_that_takes_nothing_is_told(key: str, name: str, folder: Path) -> None:
    async with explore() as at:
        folder.rmdir()
        await at.do(key)
        assert f"{name}: No such file or directory; nothing was saved" in at.foot()


async def test_a_strange_name_is_shown_harmlessly() -> None:
    async with explore(Session(replace(Scenario.built_in("xor"), origin="x\x1b]0;y\x07.toml"))) as at:
        await at.do("save-scenario")
        assert "saved x␛]0;y␇.toml" in at.foot()


@pytest.mark.parametrize(("key", "name"), [("save-scenario", "xor.toml"), ("picture", "bptui-xor-u1-s1-p1.svg")])
async def test_a_browser_gets_a_download_and_the_server_no_file(
    key: str, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: dict[str, str] = {}

    def deliver(app: BptuiApp, text: Any, *, save_filename: str) -> None:
        sent[save_filename] = text.read()

    monkeypatch.setattr(BptuiApp, "is_web", property(lambda app: True))
    monkeypatch.setattr(BptuiApp, "deliver_text", deliver)
    async with explore() as at:
        await at.do(key)
        assert f"{name} goes to the browser" in at.foot()
    assert list(sent) == [name]
    assert sent[name].startswith(("format_version = 1", "<svg"))
    assert list(folder.iterdir()) == []
