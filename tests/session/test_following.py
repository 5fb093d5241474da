"""Following: whoever hears the lines stands where the lecturer stands, bit for bit, however many lines they missed."""

import random
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import pytest

from bptui.data.wire import Board
from bptui.scenario import Scenario
from bptui.session.catching_up import Follower, LostWay
from bptui.session.following import Presented, View
from bptui.session.prediction import Prediction
from bptui.session.session import Session
from tests.session.test_forks_walks import Walk
from tests.session.test_keeping import same
from tests.training.builders import fingerprint

RECORDINGS = Path(__file__).parent.parent / "golden" / "recordings"


class Wire:
    """A board, and a reader who takes now and then what is on it."""

    def __init__(self) -> None:
        self.board, self.stamps, self.bytes = Board(), dict[str, int](), 0

    def show(self, presented: Presented, session: Session, view: View | None = None) -> None:
        for key, body in presented.news(session, view or View()):
            self.board.put(key, body)

    def read(self, follower: Follower) -> None:
        for key, stamp, line in list(self.board.after(self.stamps)):
            self.stamps[key] = stamp
            self.bytes += len(line)
            follower.hear(line)


def brought(follower: Follower, session: Session) -> Session:
    """There, in slices as a screen's clock cuts them."""
    clock = cycle([False] * 6 + [True])
    while not (follower.bring(session, lambda: next(clock)) and follower.bring_ghosts(session, lambda: next(clock))):
        pass
    assert not follower.behind
    return session


@pytest.mark.parametrize("seed", [1, 5, 9])
@pytest.mark.parametrize("name", ["xor", "moons"])
def test_a_follower_is_where_the_lecturer_is_bit_for_bit(name: str, seed: int) -> None:
    walk, dice, wire, presented, follower = Walk(name, seed), random.Random(seed), Wire(), Presented(), Follower()
    wire.show(presented, walk.session)
    wire.read(follower)
    session = follower.begin()
    for k in range(60):
        walk.step()
        wire.show(presented, walk.session)
        if dice.random() < 0.5:
            wire.read(follower)
            if dice.random() < 0.5:  # half a slice, then something newer
                follower.bring(session, lambda: True)
        if dice.random() < 0.1:
            wander(session, follower, dice)
        if k % 10 == 9:
            wire.read(follower)
            assert same(brought(follower, session), walk.session)
    assert walk.most_forks > 2


def wander(session: Session, follower: Follower, dice: random.Random) -> None:
    """Alone for a while: further on, back, and with changes of one's own."""
    follower.forget()
    for _ in range(dice.randrange(6)):
        session.move(("batch", dice.choice((1, 1, -1))))
    if dice.random() < 0.5:
        session.toggle_reduction()
    if dice.random() < 0.3:
        session.reseed()


def test_a_late_comer_gets_three_lines_and_is_there() -> None:
    walk, wire, presented = Walk("xor", 3), Wire(), Presented()
    for _ in range(40):
        walk.step()
        wire.show(presented, walk.session)
    follower = Follower()
    wire.read(follower)
    assert len(wire.stamps) == 3
    assert same(brought(follower, follower.begin()), walk.session)


def test_a_usual_place_has_less_than_a_hundred_bytes() -> None:
    session, wire, presented = Session(Scenario.built_in("digits")), Wire(), Presented()
    wire.show(presented, session)
    wire.read(Follower())
    sizes = []
    for _ in range(40):
        session.move(("phase", 1))
        session.select(unit=1)
        sizes.append(sum(len(body) for _, body in presented.news(session, View("4 log"))))
    assert max(sizes) < 100


def heard(session: Session) -> Follower:
    """Who has heard what is presented."""
    follower, wire = Follower(), Wire()
    wire.show(Presented(), session)
    wire.read(follower)
    return follower


def test_the_lecturers_own_file_is_read_where_it_lies_and_refused_where_it_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.csv"
    rows = "".join(f"{k / 7},{k % 3},{'ab'[k % 2]}\n" for k in range(24))
    path.write_text(f"x,y,class\n{rows}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    lecturer = Session(Scenario.of_file("mine.csv"))
    lecturer.move(("batch", 1))
    follower, later, last = (heard(lecturer) for _ in range(3))
    monkeypatch.chdir("/")
    session = brought(follower, follower.begin())
    assert same(session, lecturer)
    assert session.run.problem.data.classes == lecturer.run.problem.data.classes
    path.write_text(f"x,y,class\n{rows}9,9,a\n", encoding="utf-8")
    with pytest.raises(LostWay, match="the data of mine have changed since they were presented"):
        later.begin()
    path.unlink()
    with pytest.raises(LostWay, match="no such file"):
        last.begin()


@pytest.mark.parametrize("name", ["xor", "pictures"])
def test_a_run_that_was_recorded_is_read_by_who_follows_too(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.bptui"
    path.write_bytes((RECORDINGS / f"{name}.bptui").read_bytes())
    lecturer = Session(Scenario.of_file(path, anywhere=True))
    lecturer.move(("batch", 1))
    lecturer.move(("batch", 1))
    follower = heard(lecturer)
    session = brought(follower, follower.begin())
    assert session.moment == lecturer.moment
    there, here = (fingerprint(each.record) for each in (lecturer, session))
    assert there.pop("place") != here.pop("place"), "each has read the file itself"
    assert there == here
    path.write_bytes((RECORDINGS / "moons.bptui").read_bytes())
    with pytest.raises(LostWay, match="has changed since it was presented"):
        heard(lecturer).begin()


def test_nothing_is_said_where_nothing_has_changed() -> None:
    session, presented = Session(Scenario.built_in("xor")), Presented()
    assert [key for key, _ in presented.news(session)] == ["0", "1", "2"]
    assert presented.news(session) == []
    session.move(("phase", 1))
    assert [key for key, _ in presented.news(session)] == ["2"]
    session.change_rate(True)
    assert [key for key, _ in presented.news(session)] == ["1", "2"]
    session.reseed()
    assert [key for key, _ in presented.news(session)] == ["0", "1", "2"]


def test_what_a_follower_has_typed_stays_while_the_lecturer_looks_elsewhere_and_goes_with_the_moment() -> None:
    lecturer, wire, presented, follower = Session(Scenario.built_in("xor")), Wire(), Presented(), Follower()
    lecturer.predict(Prediction(frozenset(("sum", "mean"))))
    lecturer.move(("batch", 1))
    wire.show(presented, lecturer)
    wire.read(follower)
    session = brought(follower, follower.begin())
    typed = replace(Prediction(frozenset(("sum", "mean"))).of(session.record, session.moment), typed="0.0", hints=1)
    session.predict(typed)
    wire.show(presented, lecturer, View("4 log"))
    wire.read(follower)
    assert brought(follower, session).prediction == typed
    lecturer.predict(None)
    lecturer.move(("phase", 1))
    wire.show(presented, lecturer)
    wire.read(follower)
    after = brought(follower, session).prediction
    assert after is not None
    assert (after.now, after.typed) == (None, "")
