"""ctrl+s keeps a session, ``bptui open`` goes on from it."""

import os
from pathlib import Path

import pytest

from bptui.session.keeping import LARGEST_FILE, Reopened, opened
from bptui.tui.config import Config
from bptui.tui.kept import print_of
from tests.cli.commands import complaint, terminal

from .pilots import explore


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def test_a_session_goes_on_from_its_file() -> None:
    async with explore("digits") as at:
        await at.do("next-batch", "next-batch", "rate-up", "next-epoch", "previous-batch", "next-sample", "focus-4")
        await at.until_idle()
        await at.do("save-session")
        assert "saved digits.session.json" in at.foot()
        numbers, moment = at.session.record.to_dict(per_sample=True), at.session.moment
        causes, frontier = at.session.run.causes.changes, at.session.run.frontier
    session, kept = opened(Path("digits.session.json"))
    async with explore(Reopened(session, kept)) as at:
        await at.until_idle()
        assert "every bit as it was" in at.foot()
        assert (at.session.moment, at.session.run.causes.changes) == (moment, causes)
        assert (at.session.run.frontier, at.explorer.looks.focus) == (frontier, 4)
        assert at.session.record.to_dict(per_sample=True) == numbers
        await at.do("next-batch", "save-session")
        assert "saved digits.session.json" in at.foot()
    assert opened(Path("digits.session.json"))[0].scenario.title == "digits"


async def test_what_was_hit_is_known_again_once_it_is_replayed() -> None:
    async with explore("xor") as at:
        at.session.stops.add("epoch 3 ends", at.session.run)
        await at.do(*["next-batch"] * 5)
        assert at.session.stops.caught_up(at.session.run)
        await at.do("save-session")
    session, kept = opened(Path("xor.session.json"))
    async with explore(Reopened(session, kept)) as at:
        await at.until_idle()
        await at.pilot.pause()
        await at.until_idle()
        assert at.session.stops.caught_up(at.session.run)
        assert "every bit as it was" in at.foot()


async def test_two_explorers_never_write_one_file(folder: Path) -> None:
    async with explore() as one:
        await one.do("save-session")
        session, kept = opened(Path("xor.session.json"))
        async with explore(Reopened(session, kept)) as other:
            await other.do("next-batch", "save-session")
            theirs = Path("xor.session.json").read_bytes()
            await one.do("next-epoch", "save-session")
            assert "saved xor.session-2.json" in one.foot()
    assert Path("xor.session.json").read_bytes() == theirs
    assert sorted(path.name for path in folder.iterdir()) == ["xor.session-2.json", "xor.session.json"]


async def test_a_file_that_is_locked_stays_and_who_may_read_one_is_not_changed(folder: Path) -> None:
    async with explore() as at:
        await at.do("save-session")
        path = Path("xor.session.json")
        path.chmod(0o600)
        await at.do("next-batch", "save-session")
        assert "saved xor.session.json" in at.foot()
        assert path.stat().st_mode & 0o777 == 0o600
        before = path.read_bytes()
        path.chmod(0o400)
        await at.do("next-batch", "save-session")
        assert "saved xor.session-2.json" in at.foot()
        assert path.read_bytes() == before


async def test_a_folder_that_takes_nothing_is_told(folder: Path) -> None:
    async with explore() as at:
        folder.rmdir()
        await at.do("save-session")
        assert "xor.session.json: No such file or directory; nothing was saved" in at.foot()


async def test_read_only_saves_nothing(folder: Path) -> None:
    async with explore(config=Config(read_only=True)) as at:
        await at.do("save-session")
        assert "nothing is saved here" in at.foot()
    assert not list(folder.iterdir())


def test_the_command_opens_what_the_key_has_saved(folder: Path) -> None:
    with terminal("xor", "--at", "e30") as at:
        at.wait_for("update 30: epoch 30, batch 1")
        at.type("\x13")
        at.wait_for("saved xor.session.json")
        at.type("q")
        assert at.wait() == 0
    with terminal("open", "xor.session.json") as at:
        at.wait_for("every bit as it was")
        at.type("q")
        assert at.wait() == 0
    (folder / "cut.json").write_bytes((folder / "xor.session.json").read_bytes()[:99])
    assert "cut.json:" in complaint("open", "cut.json")
    assert "no such file" in complaint("open", "none.json")


def test_of_what_is_no_session_file_by_its_kind_or_size_nothing_is_read(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as stream:
        stream.truncate(LARGEST_FILE + 1)
    assert print_of(large) == print_of(tmp_path) == print_of(tmp_path / "none.json") == ""
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert print_of(tmp_path / "pipe") == ""
    (tmp_path / "mine.json").write_text("{}", encoding="utf-8")
    assert len(print_of(tmp_path / "mine.json")) == 64
