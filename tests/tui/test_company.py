"""One presents, another follows, each in an explorer of its own at a size of its own, with a hub between them."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from bptui.scenario import Scenario
from bptui.serve.hub import Hub
from bptui.session.catching_up import Follower
from bptui.session.session import Session
from bptui.tui.drill import DrillScreen
from bptui.tui.explain import ExplainScreen
from bptui.tui.following import LOOK_AGAIN, FollowingExplorer
from bptui.tui.lab import LabScreen
from bptui.tui.lists import Help
from bptui.tui.matrices import MatrixScreen
from bptui.tui.mirrored import MIRRORS
from bptui.tui.poll_screen import PollScreen
from bptui.tui.presenting import PresentingExplorer
from bptui.tui.screens import tables
from bptui.tui.workbench import Workbench
from tests.session.test_keeping import same

from .pilots import PATIENCE, USUAL, Pilots, explore


@dataclass
class Class:
    """The lecturer's explorer and a follower's."""

    hub: Hub
    path: Path
    lecturer: Pilots
    follower: Pilots

    @property
    def follows(self) -> FollowingExplorer:
        explorer = self.follower.explorer
        assert isinstance(explorer, FollowingExplorer)
        return explorer

    async def until(self, seen: Callable[[], object]) -> None:
        """Both work until it is so."""
        end = monotonic() + PATIENCE
        while True:
            await self.lecturer.pilot.pause(0.01)
            await self.follower.pilot.pause(0.01)
            if seen():
                return
            assert monotonic() < end, f"{self.lecturer.text()}\n{self.follower.text()}"

    async def until_there(self) -> None:
        """The follower stands where the lecturer stands, and looks at the same screens."""

        def there() -> bool:
            if self.follows.follower.behind or self.follows.busy or self.lecturer.explorer.busy:
                return False
            names = [[type(screen) for screen in at.app.screen_stack[1:]] for at in (self.lecturer, self.follower)]
            return self.lecturer.session.moment == self.follower.session.moment and len(set(map(len, names))) == 1

        await self.until(there)
        assert same(self.lecturer.session, self.follower.session)


def connected(path: Path) -> socket.socket:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.connect(str(path))
    return line


@asynccontextmanager
async def following(hub: Hub, size: tuple[int, int] = USUAL, offered: str = "mazur") -> AsyncIterator[Pilots]:
    seat = hub.take()
    line = seat.theirs.dup()
    seat.started()
    session = Session(Scenario.built_in(offered))
    made = partial(FollowingExplorer, follower=Follower(), line=line)
    async with explore(session, size, made=made) as at:
        yield at
    seat.leave()


@asynccontextmanager
async def lecture(folder: Path, name: str = "xor", size: tuple[int, int] = USUAL) -> AsyncIterator[Class]:
    hub, path = Hub(), folder / "serve" / "present-1"
    hub.about = ["ssh -p 1 follow@here", "password abcd"]
    hub.open(path)
    try:
        line = connected(path)
        made = partial(PresentingExplorer, line=line)
        async with explore(name, (120, 40), made=made) as lecturer, following(hub, size) as follower:
            it = Class(hub, path, lecturer, follower)
            await it.until_there()
            yield it
    finally:
        hub.close()


async def test_the_follower_goes_where_the_lecturer_goes_with_forks_and_edits_at_a_size_of_its_own(
    tmp_path: Path,
) -> None:
    async with lecture(tmp_path) as it:
        assert "xor  following" in it.follower.text()
        assert "xor  1 follows" in it.lecturer.text()
        assert "@ shows how to follow: ssh -p 1 follow@here" in it.lecturer.text()
        await it.lecturer.press("at")
        assert "password abcd" in it.lecturer.text()
        await it.lecturer.press("escape")
        for keys in (("b", "b", "b", "4"), ("P", "S", "]", "{"), ("B", "B", "m"), ("b", "f", "right"), ("n",), ("U",)):
            await it.lecturer.press(*keys)
            await it.until_there()
            assert it.lecturer.explorer.looks == it.follower.explorer.looks
        assert "fork 2 of 2" in it.follower.text() or len(it.lecturer.session.forks.all) == 1


async def test_the_sentence_that_answers_a_question_is_told_to_who_follows_too(tmp_path: Path) -> None:
    async with lecture(tmp_path) as it:
        await it.lecturer.press("w", "1")
        await it.until_there()
        said = it.lecturer.explorer.notice
        assert said
        await it.until(lambda: it.follows.notice == said)
        await it.lecturer.press("b")
        await it.until_there()
        assert it.follows.notice == ""


async def test_own_keys_look_around_and_nothing_moves_under_them_until_one_key_returns(tmp_path: Path) -> None:
    async with lecture(tmp_path) as it:
        await it.lecturer.press("b", "b")
        await it.until_there()
        await it.follower.press("s")
        assert "looking around: @ returns" in it.follower.text()
        here = it.follower.session.moment
        await it.lecturer.press("b", "5", "l")
        await it.until(lambda: it.follows.follower.behind)
        assert it.follower.session.moment == here
        assert it.follower.app.screen is it.follows
        await it.follower.press("m")
        assert len(it.follower.session.run.causes.changes) == 2
        await it.follower.press("at")
        await it.until_there()
        assert isinstance(it.follower.app.screen, LabScreen)
        await it.lecturer.press("escape")
        await it.until_there()
        assert "following" in it.follower.text()


async def test_what_only_reads_keeps_following_and_waits_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with lecture(tmp_path) as it:
        await it.follower.press("question_mark")
        assert isinstance(it.follower.app.screen, Help)
        await it.lecturer.press("b")
        await it.until(lambda: it.follows.follower.behind)
        assert isinstance(it.follower.app.screen, Help)
        looks: list[float] = []
        look, begun = it.follows._look_again, monotonic()

        def looking() -> None:
            looks.append(monotonic())
            look()

        monkeypatch.setattr(it.follows, "_look_again", looking)
        for _ in range(5):
            await it.lecturer.press("s")
        await it.until(lambda: looks)
        assert len(looks) <= (monotonic() - begun) / LOOK_AGAIN + 1, "one waits, however much comes meanwhile"
        await it.follower.press("escape")
        await it.until_there()
        assert it.follows.follows


async def test_overlays_are_open_where_the_lecturer_has_them_open_and_show_the_same(tmp_path: Path) -> None:
    async with lecture(tmp_path) as it:
        await it.lecturer.press("b", "l", "down", "down", "b", "b", "h", "y")
        await it.until_there()
        labs = [at.app.screen for at in (it.lecturer, it.follower)]
        await it.until(lambda: looked_at(labs[0]) == looked_at(labs[1]))
        await it.lecturer.press("escape", "M", "tab", "s", "enter", "down")
        await it.until_there()
        explained = it.follower.app.screen
        assert isinstance(explained, ExplainScreen)
        await it.until(lambda: explained.walk_now == getattr(it.lecturer.app.screen, "walk_now", None))
        await it.lecturer.press("escape")
        await it.until_there()
        products = it.follower.app.screen
        assert isinstance(products, MatrixScreen)
        assert products.kind == getattr(it.lecturer.app.screen, "kind", None)
        await it.follower.press("right")
        assert not it.follows.follows
        await it.lecturer.press("escape", "d", "b", "n", "s")
        await it.follower.press("escape", "at")
        await it.until_there()
        drills = [at.app.screen for at in (it.lecturer, it.follower)]
        assert all(isinstance(drill, DrillScreen) for drill in drills)
        await it.until(lambda: drilled(drills[0]) == drilled(drills[1]))
        await it.lecturer.press("escape", "c", "2", "space", "a", "y")
        await it.until(lambda: '"Compare", ["' in shown_in(it.lecturer) == shown_in(it.follower))


async def test_what_is_looked_at_in_a_screen_is_looked_at_in_the_followers(tmp_path: Path) -> None:
    async with lecture(tmp_path, "iris", (100, 30)) as it:
        await it.lecturer.press("e", "e")
        await it.until_there()
        for keys in (
            ("o", "3", "down", "down"),
            ("z", "u", "n", "enter"),
            ("h", "down", "pagedown"),
            ("H", "k", "down", "down"),
            ("c",),
            ("w",),
            ("question_mark",),
            ("G", "s"),
        ):
            await it.lecturer.press(*keys)
            await it.until(lambda: shown_in(it.lecturer) == shown_in(it.follower) != "")
            while it.lecturer.app.screen is not it.lecturer.explorer:
                await it.lecturer.press("escape")
            await it.until(lambda: it.follower.app.screen is it.follows)


def shown_in(at: Pilots) -> str:
    """What is looked at in the screen on top."""
    screen = at.app.screen
    assert isinstance(screen, Workbench)
    return json.dumps([screen.NAME, MIRRORS[screen.NAME].told(screen)]) if screen.NAME in MIRRORS else ""


def looked_at(lab: Any) -> tuple[object, ...]:
    return lab.lab.mistake.id, lab.lab.made, lab.lab.case.title, lab.log_scale, lab.lab.true.curve.last("loss").tolist()


def drilled(screen: Any) -> tuple[object, ...]:
    return screen.drill.sample, screen.drill.updates, screen.drill.losses.tolist()


def test_every_screen_is_shown_to_who_follows_or_is_known_not_to_be() -> None:
    typed_into, drawn, changing, own = (
        {"Predict"},
        {"Draw"},
        {"Forks", "Breakpoints"},
        {"Explorer", "Lesson", "Poll", "Poll so far"},
    )
    assert set(tables()) == set(MIRRORS) | typed_into | drawn | changing | own


async def test_the_lecturer_asks_the_follower_answers_and_the_bars_are_on_both_screens(tmp_path: Path) -> None:
    async with lecture(tmp_path) as it:
        await it.lecturer.press("j", "enter", "b")
        await it.until(lambda: it.follower.session.prediction is not None)
        await it.follower.press("0", ".", "1", "2", "enter")
        await it.until(lambda: "1 of 1 has answered" in it.lecturer.text())
        assert "0.12 is sent" in it.follower.text()
        await it.lecturer.press("escape")
        await it.until(lambda: isinstance(it.follower.app.screen, PollScreen))
        assert isinstance(it.lecturer.app.screen, PollScreen)
        await it.lecturer.press("escape")
        await it.until(lambda: it.follower.app.screen is it.follows)
        assert it.follows.follows


async def test_the_lecturers_loss_ends_nothing_and_another_one_is_followed(tmp_path: Path) -> None:
    async with lecture(tmp_path) as it:
        await it.lecturer.press("b")
        await it.until_there()
        explorer = it.lecturer.explorer
        assert isinstance(explorer, PresentingExplorer)
        assert explorer._wire is not None
        explorer._wire.close()
        await it.until(lambda: not it.follows.presented)
        assert "nobody presents" in it.follower.text()
        await it.follower.press("b")
        assert "updates 2" in it.follower.text()
        await it.follower.press("at")
        async with explore("moons", made=partial(PresentingExplorer, line=connected(it.path))):
            await it.until(lambda: it.follower.session.scenario.title == "moons")
            assert it.follows.presented


async def test_the_servers_end_leaves_the_lecturer_with_the_explorer(tmp_path: Path) -> None:
    async with lecture(tmp_path) as it:
        it.hub.close()
        await it.until(lambda: "nobody can follow" in it.lecturer.text())
        await it.lecturer.press("b")
        assert "updates 1" in it.lecturer.text()
        await it.lecturer.press("at")
        assert "nobody follows any more" in it.lecturer.text()


async def test_what_makes_no_sense_is_not_followed_and_the_explorer_goes_on(tmp_path: Path) -> None:
    async with lecture(tmp_path) as it:
        await it.lecturer.press("b")
        await it.until_there()
        for line in (b"2 {", b'2 {"of":"x","updates":1,"at":"start"}', b"2 [[[[", b'1 {"of": 3}', b"0 null"):
            it.follows._heard(line)
            await it.follower.pilot.pause()
            assert "what is presented is not understood" in it.follower.text()
            await it.follower.press("at")
        await it.follower.press("b")
        assert "updates 2" in it.follower.text()


async def test_far_ahead_the_newest_is_shown_and_nothing_of_what_was_between_is_waited_for(tmp_path: Path) -> None:
    async with lecture(tmp_path) as it:
        arrivals: list[int] = []
        arrived = it.follows.arrived

        def counting(place: Any) -> None:
            arrivals.append(place.updates)
            arrived(place)

        it.follows.arrived = counting  # type: ignore[method-assign]
        await it.lecturer.press("space", *("plus",) * 9)
        await it.until(lambda: it.lecturer.session.run.frontier > 500)
        await it.lecturer.press("space")
        await it.until_there()
        assert arrivals[-1] == it.lecturer.session.run.frontier
        assert len(arrivals) < it.lecturer.session.run.frontier / 2


async def test_who_presents_writes_nothing_while_nothing_happens(tmp_path: Path) -> None:
    async with lecture(tmp_path) as it:
        explorer = it.lecturer.explorer
        assert isinstance(explorer, PresentingExplorer)
        before = dict(it.hub.down._lines)
        await asyncio.sleep(0.3)
        assert it.hub.down._lines == before
