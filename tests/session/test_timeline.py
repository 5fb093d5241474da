"""The time line: its ticks are what stands out in the known run, and one gets along it from one to the next."""

from bptui.scenario import Scenario
from bptui.session.aim import Aim
from bptui.session.moment import Moment
from bptui.session.session import Session
from bptui.session.timeline import MOST_EPOCHS, along, columns_of, epoch_ticks, ticks, update_at
from bptui.training.causes import Edit
from bptui.views.scene import scene_of
from bptui.views.timeline import CHANGE, EPOCH, HERE, HIT, timeline, update_in
from tests.scenes import lines


def iris(updates: int, *words: str) -> Session:
    session = Session(Scenario.built_in("iris"))
    for each in words:
        session.stops.add(each, session.run)
    session.run.extend_to(updates)
    session.stops.ready(session.run)
    return session


def stand(session: Session, update: int) -> None:
    """Behind an update, whatever breakpoints there are."""
    session.moment = Aim(update=update).arrive(session.run, session.moment)


def test_ends_of_epochs_are_ticks_of_many_only_round_ones() -> None:
    session = iris(60)  # 12 updates an epoch
    assert epoch_ticks(session.run.history.epochs, 60) == [12, 24, 36, 48, 60]
    session.run.extend_to(12 * 90)
    assert epoch_ticks(session.run.history.epochs, 12 * 90) == [60 * k for k in range(1, 19)]
    session.run.extend_to(12 * 1001)
    many = epoch_ticks(session.run.history.epochs, 12 * 1001)
    assert len(many) <= MOST_EPOCHS
    assert many[0] == 12 * 50


def test_ticks_go_on_along_the_whole_line_where_the_curves_keep_few_epochs() -> None:
    session = Session(Scenario.built_in("xor"))  # an update is an epoch
    session.run.extend_to(3000)
    assert session.run.history.epochs.width > 1
    assert epoch_ticks(session.run.history.epochs, 3000) == [*range(200, 3001, 200)]


def test_the_ticks_are_epochs_changes_hits_and_both_ends() -> None:
    session = iris(30, "update 17")
    stand(session, 5)
    session.change(Edit(1, 0, 0, 0.5))
    session.run.extend_to(30)
    session.stops.ready(session.run)
    assert ticks(session) == [0, 5, 12, 17, 24, 30]


def test_one_gets_along_it_in_both_directions_and_no_further_than_it_goes() -> None:
    session = iris(30, "update 17")
    seen = []
    while (aim := along(session, 1)) is not None:
        session.arrive_at(aim)
        seen.append(session.moment.applied)
    assert seen == [12, 17, 24, 30]
    while (aim := along(session, -1)) is not None:
        session.arrive_at(aim)
        seen.append(session.moment.applied)
    assert seen[4:] == [24, 17, 12, 0]
    assert session.run.frontier == 30


def test_from_within_an_update_the_tick_before_is_what_it_began_with() -> None:
    session = iris(30)
    stand(session, 12)
    session.move(("sample", 1))
    assert session.moment.applied == 12
    assert along(session, -1) == Aim(update=12)
    session.moment = Moment(1, layer=2)
    assert along(session, -1) is None


def test_every_column_of_the_line_leads_to_an_update_that_stands_there() -> None:
    for frontier in (1, 7, 30, 5000):
        for width in (8, 31, 100):
            for column in range(width):
                update = update_at(column, frontier, width)
                assert 0 <= update <= frontier
                assert abs(columns_of([update], frontier, width)[0] - column) <= max(0.5 * width / frontier, 0.5) + 0.5
            assert (update_at(0, frontier, width), update_at(width - 1, frontier, width)) == (0, frontier)


def test_the_line_shows_what_stands_where() -> None:
    session = iris(30, "update 17")
    stand(session, 5)
    session.change(Edit(1, 0, 0, 0.5))
    session.run.extend_to(30)
    session.stops.ready(session.run)
    stand(session, 20)
    (row,) = lines([timeline(scene_of(session, True), 31 + 3 + 4)])
    line = row.removeprefix(" 0 ").removesuffix(" 30")
    marks = {5: CHANGE, 12: EPOCH, 17: HIT, 20: HERE, 24: EPOCH}
    assert line == "".join(marks.get(column, "─") for column in range(31))
    assert [update_in(scene_of(session, True), 38, 3 + k) for k in (0, 5, 30)] == [0, 5, 30]
    assert update_in(scene_of(session, True), 38, 1) is None
    assert update_in(scene_of(session, True), 38, 37) is None
    assert timeline(scene_of(session, True), 12) == ()


def test_an_update_that_is_stepped_through_is_not_on_the_line_yet() -> None:
    session = iris(2)
    stand(session, 2)
    whole = "".join(text for text, _ in timeline(scene_of(session, colour=False), 40))
    session.moment = Aim(update=2, sample=3).arrive(session.run, session.moment)
    under_way = "".join(text for text, _ in timeline(scene_of(session, colour=False), 40))
    assert whole.endswith("▲ 2")
    assert under_way.endswith("▲ 1")
