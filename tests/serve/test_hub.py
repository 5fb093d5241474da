"""The hub: what one presents reaches everybody, and nobody holds up anybody, whatever they do."""

import asyncio
import json
import socket
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bptui.data.wire import Board, Wire
from bptui.serve import hub as rooms
from bptui.serve.command import no_presenter
from bptui.serve.hub import Hub, Seat
from bptui.serve.limits import Limits, Seats
from bptui.serve.stay import FOLLOW, Guests, Stay

PATIENCE = 20.0


class End:
    """The other end of a line: what has come, by its keys, and what is sent."""

    def __init__(self, sock: socket.socket) -> None:
        self.board, self.came, self.over = Board(), list[tuple[str, Any]](), False
        self.wire = Wire(sock, self.board, self._heard, self._lost, 1 << 20)

    def _heard(self, line: bytes) -> None:
        key, _, body = line.decode().partition(" ")
        self.came.append((key, json.loads(body)))

    def _lost(self) -> None:
        self.over = True

    @property
    def here(self) -> object:
        """How many follow, as the hub tells."""
        return (self.newest("!") or {}).get("here")

    def say(self, key: str, value: Any) -> None:
        self.board.say(key, value)
        self.wire.send()

    def newest(self, key: str) -> Any:
        return next((value for known, value in reversed(self.came) if known == key), None)


async def until(seen: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not seen():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[Hub, Path]]:
    hub, path = Hub(), folder / "serve" / "present-1"
    hub.open(path)
    try:
        yield hub, path
    finally:
        hub.close()


def presenting(path: Path) -> End:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.connect(str(path))
    return End(sock)


def following(hub: Hub) -> tuple[Seat, End]:
    seat = hub.take()
    end = End(seat.theirs.dup())
    seat.started()
    return seat, end


async def test_everybody_gets_what_is_presented_and_a_late_comer_all_that_counts(tmp_path: Path) -> None:
    async with opened(tmp_path) as (hub, path):
        lecturer, (_, early) = presenting(path), following(hub)
        for k in range(5):
            lecturer.say("0", {"base": k})
            lecturer.say("1", {"causes": k})
            lecturer.say("2", {"place": k})
        await until(lambda: early.newest("2") == {"place": 4})
        _, late = following(hub)
        await until(lambda: late.newest("2"))
        assert [said for said in late.came if said[0] != "!"] == [
            ("0", {"base": 4}),
            ("1", {"causes": 4}),
            ("2", {"place": 4}),
        ]
        await until(lambda: lecturer.here == 2)


async def test_what_is_about_something_that_was_replaced_is_told_to_nobody(tmp_path: Path) -> None:
    async with opened(tmp_path) as (hub, path):
        lecturer = presenting(path)
        lecturer.say("0", 1)
        lecturer.say("2", "old")
        await until(lambda: "2" in hub.down)
        lecturer.say("0", 2)
        await until(lambda: "2" not in hub.down)
        _, late = following(hub)
        await until(lambda: late.newest("0") == 2)
        assert late.newest("2") is None


async def test_who_reads_nothing_gets_the_newest_later_and_holds_nobody_up(tmp_path: Path) -> None:
    async with opened(tmp_path) as (hub, path):
        lecturer, frozen, (_, awake) = presenting(path), hub.take(), following(hub)
        for k in range(3000):
            lecturer.say("2", {"place": k, "long": "x" * 200})
            await asyncio.sleep(0)
        await until(lambda: (awake.newest("2") or {}).get("place") == 2999)
        assert not lecturer.wire.waits
        end = End(frozen.theirs.dup())
        await until(lambda: (end.newest("2") or {}).get("place") == 2999)
        assert len(end.came) < 1000, "what was out of date is not read by anybody"


async def test_a_second_presenter_is_refused_with_a_line_and_the_first_stays(tmp_path: Path) -> None:
    async with opened(tmp_path) as (hub, path):
        first = presenting(path)
        await until(lambda: hub.presented)
        second = presenting(path)
        await until(lambda: second.over)
        assert second.came == [("!", {"refused": rooms.REFUSED})]
        first.say("0", 1)
        await until(lambda: "0" in hub.down)


async def test_the_loss_of_the_presenter_ends_nothing_and_is_told(tmp_path: Path) -> None:
    async with opened(tmp_path) as (hub, path):
        lecturer, (_, end) = presenting(path), following(hub)
        lecturer.say("0", 1)
        await until(lambda: end.newest("0") == 1)
        assert end.newest("!") == {"presented": True}
        lecturer.wire.close()
        await until(lambda: end.newest("!") == {"presented": False})
        _, late = following(hub)
        await until(lambda: late.newest("0") == 1)
        again = presenting(path)
        await until(lambda: end.newest("!") == {"presented": True})
        again.say("0", 2)
        await until(lambda: late.newest("0") == 2)


async def test_the_newest_answer_of_each_seat_comes_up_with_its_number_and_no_name(tmp_path: Path) -> None:
    async with opened(tmp_path) as (hub, path):
        (one, first), (other, second) = following(hub), following(hub)
        first.wire.board.put("u", b'{"lost": "nobody presents yet"}')
        first.wire.send()
        await asyncio.sleep(0.02)
        lecturer = presenting(path)
        await until(lambda: hub.presented)
        for end, given in ((first, "0.1"), (second, "0.2"), (first, "0.3")):
            end.say("u", {"given": given})
            await asyncio.sleep(0.02)
        await until(lambda: lecturer.newest(f"s{one.number}") == {"given": "0.3"})
        assert lecturer.newest(f"s{other.number}") == {"given": "0.2"}
        other.leave()
        await until(lambda: lecturer.newest("!").get("seats") == [one.number])


async def test_a_follower_who_sends_too_much_is_read_slowly_and_one_who_sends_nonsense_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "RATE", 1000.0)
    async with opened(tmp_path) as (hub, path):
        lecturer, (fast, quick), (rude, loud), (_, good) = presenting(path), *(following(hub) for _ in range(3))
        lecturer.say("0", 1)
        sent = b'u {"given": "1"}\n' * 400
        begun = asyncio.get_running_loop().time()
        await asyncio.get_running_loop().sock_sendall(quick.wire._sock, sent)
        loud.board.put("u", b"x" * 5000)
        loud.wire.send()
        await until(lambda: rude not in hub.seats)
        await until(lambda: good.newest("0") == 1)
        assert fast in hub.seats
        quick.say("u", {"given": "last"})
        await until(lambda: lecturer.newest(f"s{fast.number}") == {"given": "last"})
        assert asyncio.get_running_loop().time() - begun > (400 - 20) / 1000 * 0.9


async def test_a_follower_cannot_present_and_the_lecturers_lines_of_other_keys_go_nowhere(tmp_path: Path) -> None:
    async with opened(tmp_path) as (hub, path):
        lecturer, (_, sly), (_, other) = presenting(path), following(hub), following(hub)
        for key in ("0", "2", "!"):
            sly.say(key, {"presented": "mine"})
        lecturer.say("s1", 1)
        lecturer.say("0", "true")
        await until(lambda: other.newest("0") == "true")
        assert {key for key, _ in other.came} == {"!", "0"}


async def test_a_place_where_no_way_in_can_be_is_said_and_serving_goes_on(tmp_path: Path) -> None:
    hub = Hub()
    (line,) = no_presenter(hub, tmp_path / ("x" * 200))
    assert line.startswith("nobody can present here: ")
    hub.close()


async def test_who_listens_to_a_lecture_needs_no_key_and_is_sent_home_after_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as (hub, path):
        guests = Guests(lambda user: [user], Seats(Limits(idle=0.05)), hub)
        lecturer = presenting(path)
        await until(lambda: hub.presented)
        written: list[bytes] = []
        stays = [Stay(guests, user, written.append, lambda: None) for user in (FOLLOW, "xor")]
        for stay in stays:
            stay.typed(b"")
        await until(lambda: stays[1]._reason)
        assert [stay._reason for stay in stays] == ["", "no key for 0.000833333 minutes"]
        lecturer.wire.close()
        await until(lambda: stays[0]._reason)


async def test_a_long_line_comes_whole_through_a_narrow_pipe(tmp_path: Path) -> None:
    async with opened(tmp_path) as (hub, path):
        lecturer, (_, end) = presenting(path), following(hub)
        lecturer.say("0", "x" * 900_000)
        lecturer.say("2", "y")
        await until(lambda: end.newest("2") == "y")
        assert end.newest("0") == "x" * 900_000


async def test_the_way_in_is_for_its_owner_alone_and_one_that_was_left_behind_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "serve" / "present-1"
    path.parent.mkdir(mode=0o755)
    dead = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    dead.bind(str(path))
    dead.close()
    async with opened(tmp_path) as (hub, _):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        presenting(path)
        await until(lambda: hub.presented)
    assert not path.exists()
