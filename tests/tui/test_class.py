"""A class over the hub: the lecturer's explorer, a follower's, and seats that say all sorts of things."""

import json
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from bptui.cli.following import come_so_far
from bptui.data.wire import OWN
from bptui.serve.hub import Hub
from bptui.session.catching_up import Follower
from bptui.tui.following import FollowingExplorer
from bptui.tui.gradients import GradientScreen
from bptui.tui.poll_screen import PollScreen
from bptui.tui.presenting import PresentingExplorer
from bptui.views.numbers import factor, num
from tests.serve.test_hub import End, following, opened, until

from .pilots import USUAL, Pilots, explore
from .test_predicting import typed

OF_SUM = "that is the sum; the mean is in force"
OF_SIGN, HALF = "the sign is the other way round", "half of it is missing"


def joined(hub: Hub) -> Callable[..., FollowingExplorer]:
    """Makes a follower's explorer, as its process does."""
    seat = hub.take()
    line = seat.theirs.dup()
    seat.started()
    came, follower = come_so_far(line), Follower()
    for each in came.split(b"\n")[:-1]:
        if not each.startswith(OWN.encode()):
            follower.hear(each)
    return partial(FollowingExplorer, follower=follower, line=line, came=came)


@asynccontextmanager
async def presenting(folder: Path) -> AsyncIterator[tuple[Hub, socket.socket, Pilots]]:
    """A hub, the lecturer's line to it, and the lecturer's explorer."""
    async with opened(folder) as (hub, path):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.connect(str(path))
        async with explore("xor", USUAL, made=partial(PresentingExplorer, line=line)) as lecturer:
            yield hub, line, lecturer


async def until_said(at: Pilots, words: str) -> None:
    await at.pilot.pause(0.02)
    await at.until_seen(words)


def told_in(number: float, *texts: str) -> list[str]:
    """How a number is written where it is."""
    spelled = {factor(number, 8), num(number, 8), *(f"{number:.{k}f}" for k in (4, 5, 6))}
    return [words for words in spelled for text in texts if words in text]


def answers(end: End, given: object) -> None:
    """A seat says something to the poll that it has heard of last."""
    end.say("u", {"poll": end.newest("2")["poll"]["open"]["id"], "given": given})


async def test_a_class_predicts_the_mean_and_sees_its_mistakes(tmp_path: Path) -> None:
    async with presenting(tmp_path) as (hub, _, lecturer):
        seats = [following(hub)[1] for _ in range(8)]
        await lecturer.press("j", *"123467", "enter", "b")
        await until_said(lecturer, "? MEAN w₂[0→0] = _  0 of 8 have answered")
        await until(lambda: all((end.newest("2") or {}).get("poll") for end in seats))
        made = joined(hub)
        async with explore("xor", USUAL, made=made) as follower:
            await until_said(follower, "? MEAN w₂[0→0] = _  Enter sends")
            await the_poll(lecturer, follower, seats)


async def the_poll(lecturer: Pilots, follower: Pilots, seats: list[End]) -> None:
    record, weight = lecturer.session.record, lecturer.session.moment.weight
    total, mean = float(record.summed[weight]), float(record.mean[weight])
    said_by = (f"{mean:.5f}", f"{mean:.4f}", f"{-mean:.5f}", f"{total:.4f}", "77.77", f"{mean / 2:.6f}")
    given = (*said_by, "rubbish", {"not": "a number"})
    for end, said in zip(seats, given, strict=True):
        answers(end, said)
    answers(seats[0], f"{total:.5f}")
    await typed(follower, "0.1")
    assert "two significant digits: 0.10" in follower.foot()
    await typed(follower, f"{mean:.5f}")
    await typed(follower, f"{total:.4f}")
    await until_said(follower, f"{total:.4f} is sent")
    await until_said(lecturer, "7 of 9 have answered")
    lines = [json.dumps(said) for end in seats for _, said in end.came]
    assert not told_in(mean, *lines, lecturer.text(), follower.text())
    late = seats[1].newest("2")["poll"]["open"]["id"]
    seats[4].wire.close()
    await until_said(lecturer, "6 of 8 have answered")

    await lecturer.press("escape", "b", "s")
    assert lecturer.session.moment.phase.kind == "gradient", "the lecture goes on when the bars are closed"
    for at in (lecturer, follower):
        await until_said(at, f"MEAN w₂[0→0] = {factor(mean, 8)}")
        assert isinstance(at.app.screen, PollScreen)
        bars = [re.sub(r" +", " ", row).strip("┃ ") for row in at.lines() if re.search("[●×?·] +[0-9]", row)]
        yours = "  ◂ yours".replace("  ", " ") if at is follower else ""
        assert bars == [
            "● 1 right",
            f"× 3 {OF_SUM}{yours}",
            f"× 1 {HALF}",
            f"× 1 {OF_SIGN}",
            "· 2 no answer",
        ]
    assert f"you gave {total:.4f}: {OF_SUM}" in follower.text()
    seats[2].say("u", {"poll": late, "given": f"{mean:.5f}"})
    told = seats[3].newest("2")["poll"]["told"]
    assert set(told) == {"id", "kind", "right", "mistakes", "other", "nothing"}, "nobody is named"
    await lecturer.press("enter")
    await until_said(follower, f"no: {OF_SUM} · MEAN w₂[0→0] = {factor(mean, 8)}")
    assert not isinstance(follower.app.screen_stack[-1], PollScreen)


async def test_who_follows_cannot_look_the_number_up_while_it_is_asked(tmp_path: Path) -> None:
    async with presenting(tmp_path) as (hub, _, lecturer):
        await until(lambda: "2" in hub.down)
        async with explore("xor", USUAL, made=joined(hub)) as follower:
            await follower.press("s")
            await until_said(follower, "looking around")
            await lecturer.press("j", *"123467", "enter", "b")
            await until_said(follower, "the class is asked a number: @ returns")
            await follower.press("at")
            await until_said(follower, "? MEAN w₂[0→0] = _  Enter sends")
            mean = float(lecturer.session.record.mean[lecturer.session.moment.weight])
            for key in ("b", "left", "j", "4", "f", "G", "b", "escape", "l"):
                await follower.press(key)
                assert not told_in(mean, follower.text()), key
            await follower.pilot.click("#network", offset=(20, 8))
            await follower.press("G")
            await until_said(follower, "? MEAN w₂[0→0] = 4_")
            assert not told_in(mean, follower.text())
            await lecturer.press("escape")
            await until_said(follower, "you gave no answer")
            await lecturer.press("enter", "b")
            await follower.press("escape")
            await until_said(follower, "following")


async def test_who_is_asked_when_the_lecturer_is_lost_goes_on_alone(tmp_path: Path) -> None:
    async with presenting(tmp_path) as (hub, line, lecturer):
        await lecturer.press("j", "enter", "b")
        await until(lambda: b"open" in b"".join(body for _, _, body in hub.down.after({})))
        async with explore("xor", USUAL, made=joined(hub)) as follower:
            await until_said(follower, "_  Enter sends")
            line.shutdown(socket.SHUT_RDWR)
            await until_said(follower, "nobody presents any more")
            await until_said(lecturer, "the server has ended")
            assert "Enter sends" not in follower.text()
            await follower.press("p", "p")
            await until_said(follower, "updates 1")


async def test_the_bars_lie_over_the_screen_that_the_lecturer_has_open_for_late_comers_too(tmp_path: Path) -> None:
    async with presenting(tmp_path) as (hub, _, lecturer):
        _, seat = following(hub)
        await until_said(lecturer, "1 follows")
        await lecturer.press("j", *"123467", "enter", "b", "G")
        await typed(lecturer, "77.77")
        assert isinstance(lecturer.app.screen, PollScreen)
        await until(lambda: "told" in ((seat.newest("2") or {}).get("poll") or {}))
        async with explore("xor", USUAL, made=joined(hub)) as follower:
            await until_said(follower, "you gave no answer")
            assert [type(each) for each in follower.app.screen_stack[-2:]] == [GradientScreen, PollScreen]
            await lecturer.press("escape")
            await until_said(follower, "Gradients, update 1")
            await lecturer.press("escape")
            await until_said(follower, "Network")
            assert follower.app.screen is follower.explorer
