"""The recovery file beside an explorer: what is written to it, and when it is gone."""

import threading
from pathlib import Path

import pytest

from bptui.scenario import Scenario
from bptui.session.keeping import Reopened, opened, text_of_session
from bptui.session.session import Session
from bptui.tui.recovery import Recovery, claimed, lost

from .pilots import explore

DEAD = "recovery-999999999-1.json"


async def test_nothing_is_written_before_there_is_something_to_lose(tmp_path: Path) -> None:
    recovery = Recovery(tmp_path)
    async with explore() as at:
        assert recovery.text(at.explorer) == ""
        await at.do("next-batch", "next-batch")
        assert recovery.text(at.explorer)
        assert recovery.text(at.explorer) == ""  # nothing new


async def test_what_is_written_is_where_one_stands(tmp_path: Path) -> None:
    recovery = Recovery(tmp_path)
    async with explore() as at:
        await at.do("next-batch", "next-batch", "next-sample", "focus-3")
        threads = {*threading.enumerate()}
        await recovery.note(at.explorer)
        assert {*threading.enumerate()} <= threads
        assert recovery.path is not None
        _, kept = opened(recovery.path)
        assert (kept.updates, kept.look) == (3, "3")
        recovery.end(at.explorer, clean_end=True)
    assert list(tmp_path.iterdir()) == []


async def test_a_replay_that_was_broken_off_or_left_does_not_lose_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bptui.tui.explorer.WORK_SLICE", 0.0005)  # so it is not done before it can be broken off
    session = Session(Scenario.built_in("digits"))
    session.run.extend_to(1500)
    (tmp_path / DEAD).write_text(text_of_session(session, "", tmp_path), encoding="utf-8")
    recovery = Recovery(tmp_path)
    path = claimed(recovery)
    assert path == recovery.path
    assert path is not None
    whole = path.read_bytes()
    session, kept = opened(path)
    async with explore(Reopened(session, kept), recovery=lambda: recovery) as at:
        await at.do("stop")
        assert at.session.run.frontier < 1500
        await recovery.note(at.explorer)
        recovery.end(at.explorer, clean_end=True)
        assert path.read_bytes() == whole
        await at.do("next-batch")
        recovery.end(at.explorer, clean_end=True)
    assert not path.exists()


def test_two_resumes_do_not_share_a_file(tmp_path: Path) -> None:
    (tmp_path / DEAD).write_text("{}", encoding="utf-8")
    one, other = Recovery(tmp_path), Recovery(tmp_path)
    assert lost(tmp_path) == [tmp_path / DEAD]
    assert claimed(one) == one.path
    assert claimed(other) is None


async def test_a_disk_that_takes_no_more_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recovery = Recovery(tmp_path / "state")
    async with explore() as at:
        await at.do("next-batch", "next-batch")
        (tmp_path / "state").rmdir()
        await recovery.note(at.explorer)
        assert "no recovery file can be kept: No such file or directory" in at.foot()
        await at.do("next-batch")
        await recovery.note(at.explorer)
        assert "no recovery" not in at.foot()


async def test_a_breakpoint_alone_is_something_new(tmp_path: Path) -> None:
    recovery = Recovery(tmp_path)
    async with explore() as at:
        await at.do("next-batch", "next-batch")
        assert recovery.text(at.explorer)
        assert recovery.text(at.explorer) == ""
        at.session.stops.add("train_loss < 0.1", at.session.run)
        assert '"breakpoints": []' not in (again := recovery.text(at.explorer))
        assert again
