"""A class is asked on the screens: the lecturer's, with seats that are but lines, and a follower's."""

from typing import Any

from bptui.scenario import Scenario
from bptui.session.prediction import Prediction
from bptui.session.session import Session
from bptui.tui.gradients import GradientScreen
from bptui.tui.poll_screen import OpenPollScreen, PollScreen
from bptui.tui.polling import Desk, Lectern
from bptui.views.numbers import factor

from .pilots import Pilots, explore
from .test_predicting import true_number, typed

OF_SUM = "that is the sum; the mean is in force"


def lectern(at: Pilots, seats: int) -> tuple[Lectern, list[object]]:
    """A lecturer's side, and what its seats were told, the last at the end."""
    told: list[object] = []
    side = Lectern(at.app, lambda: told.append(side.message()))
    at.app.polling = side
    side.seated(range(seats))
    return side, told


async def test_the_lecturer_sees_how_many_have_answered_and_then_which_mistakes_they_made() -> None:
    async with explore() as at:
        side, told = lectern(at, 4)
        await at.press("j", *"123467", "enter", "b")
        said = side.message()
        assert said == {"open": {"id": 1, "kind": "mean"}}
        await at.press("left", "right")
        said = side.message()
        number = said["open"]["id"] if said else 0
        assert "? MEAN w₂[0→0] = _  0 of 4 have answered" in at.text()
        assert "Esc reveals" in at.text()
        assert "0 of 0" not in at.text(), "the lecturer has not answered, and the class is counted above"
        await at.press("s")
        assert "J gives a hint, Esc reveals it" in at.foot()
        record, weight = at.session.record, at.session.moment.weight
        total, mean = record.summed[weight], record.mean[weight]
        for seat, given in enumerate((f"{mean:.5f}", f"{total:.5f}", "0.1", "77.77")):
            side.heard(seat, {"poll": number, "given": given})
        side.heard(2, {"poll": number, "given": f"{total:.4f}"})
        side.heard(3, {"poll": number - 1, "given": "12.34"})
        side.heard(3, ["nonsense"])
        await at.pilot.pause()
        assert "4 of 4 have answered" in at.text()
        side.seated(range(3))
        await at.pilot.pause()
        assert "3 of 3 have answered" in at.text()
        assert factor(mean, 8) not in at.text()
        assert side.message() == said
        await at.press("escape")
        said = side.message()
        await at.pilot.pause()
        assert isinstance(at.app.screen, PollScreen)
        assert f"MEAN w₂[0→0] = {factor(mean, 8)}" in at.text()
        assert "● 1 right" in at.text()
        assert f"× 2 {OF_SUM}" in at.text()
        assert said
        assert said["told"]["mistakes"] == [[OF_SUM, 2]]
        side.heard(0, {"poll": number, "given": f"{total:.5f}"})
        assert side.message() == said
        await at.press("enter")
        assert not isinstance(at.app.screen_stack[-1], PollScreen)
        assert told == [None]
        assert f"told: MEAN w₂[0→0] = {factor(mean, 8)}" in at.text()
        assert "skipped" not in at.text()
        assert "0 of 0" not in at.text()


async def test_the_lecturer_may_look_at_the_bars_as_they_grow_before_the_number_is_told() -> None:
    async with explore() as at:
        side, _ = lectern(at, 3)
        await at.press("j", *"123467", "enter", "b", "B")
        said = side.message()
        number = said["open"]["id"] if said else 0
        record, weight = at.session.record, at.session.moment.weight
        assert type(at.app.screen) is OpenPollScreen
        assert "0 of 3 have answered" in at.text()
        for seat, given in enumerate((f"{record.mean[weight]:.5f}", f"{record.summed[weight]:.5f}")):
            side.heard(seat, {"poll": number, "given": given})
        await at.pilot.pause()
        assert "= ?" in at.text()
        assert "not told yet" in at.text()
        assert "● 1 right" in at.text()
        assert f"× 1 {OF_SUM}" in at.text()
        assert factor(record.mean[weight], 8) not in at.text()
        await at.press("escape")
        assert "2 of 3 have answered  J hint  B bars  Esc reveals" in at.text()
        side.heard(2, {"poll": number, "given": f"{-record.mean[weight]:.5f}"})
        assert side.message() == said, "nobody is told by a look"
        await at.press("B", "enter")
        told = side.message()
        assert told
        assert (told["told"]["right"], len(told["told"]["mistakes"])) == (1, 2)
        await at.pilot.pause()
        assert "What the class answered" in at.text()


async def test_alone_a_lecturer_is_asked_as_without_a_class() -> None:
    async with explore() as at:
        side, _ = lectern(at, 0)
        await at.press("j", "enter", "b")
        side.message()
        assert "Esc skips" in at.text()
        await at.press("escape")
        assert side.message() == {"open": {"id": 2, "kind": "sum"}}
        assert at.app.screen is at.explorer


def follower(at: Pilots) -> tuple[Desk, list[dict[str, Any]]]:
    """A follower's side, and what it has sent."""
    sent: list[dict[str, Any]] = []
    desk = Desk(at.app, sent.append)
    at.app.polling = desk
    return desk, sent


def at_the_mean() -> Session:
    """Where the lecturer stands."""
    session = Session(Scenario.built_in("xor"))
    session.predict(Prediction(frozenset(("mean",))))
    session.move(("batch", 1))
    session.predict(None)
    return session


def hears(desk: Desk, said: object) -> None:
    """A place has come, and nothing is to be opened besides."""
    desk.follow(said)
    desk.show()


OPEN = {"open": {"id": 3, "kind": "mean"}}
TOLD = {"id": 3, "kind": "mean", "right": 11, "mistakes": [[OF_SUM, 4]], "other": 1, "nothing": 4}


async def test_a_follower_answers_changes_it_and_sees_the_bars_and_its_own_miss() -> None:
    async with explore(at_the_mean()) as at:
        desk, sent = follower(at)
        hears(desk, OPEN)
        await at.pilot.pause()
        record, weight = at.session.record, at.session.moment.weight
        total, mean = record.summed[weight], record.mean[weight]
        assert "? MEAN w₂[0→0] = _  Enter sends" in at.text()
        assert factor(mean, 8) not in at.text()
        await typed(at, "0.1")
        assert "two significant digits: 0.10" in at.foot()
        assert not sent
        for key in ("escape", "s", "j", "left", "down"):
            await at.press(key)
            assert "the lecturer tells it" in at.foot()
        await typed(at, f"{mean:.5f}")
        await typed(at, f"{total:.4f}")
        assert sent == [{"poll": 3, "given": f"{mean:.5f}"}, {"poll": 3, "given": f"{total:.4f}"}]
        assert f"{total:.4f} is sent" in at.text()
        hears(desk, OPEN)
        await at.pilot.pause()
        assert f"{total:.4f} is sent" in at.text()
        hears(desk, {"told": TOLD})
        await at.pilot.pause()
        assert isinstance(at.app.screen, PollScreen)
        assert f"you gave {total:.4f}: {OF_SUM}" in at.text()
        assert f"{OF_SUM}  ◂ yours" in at.text()
        await at.press("8", "3", "enter")
        assert "Esc closes, or the lecturer does" in at.foot()
        await at.press("question_mark")
        hears(desk, None)
        await at.pilot.pause()
        await at.press("escape")
        await at.pilot.pause()
        assert not isinstance(at.app.screen_stack[-1], PollScreen)
        assert f"no: {OF_SUM} · MEAN w₂[0→0] = {factor(mean, 8)}" in at.text()


async def test_a_follower_in_another_screen_takes_a_number_that_is_offered_and_is_right() -> None:
    async with explore(at_the_mean()) as at:
        desk, sent = follower(at)
        hears(desk, OPEN)
        await at.press("G")
        assert isinstance(at.app.screen, GradientScreen)
        true, weight = true_number(at), at.session.moment.weight
        for key in ("left", "right", "up", "less_than_sign", "s"):
            await at.press(key)
            assert "the lecturer tells it" in at.lines()[-1]
        assert at.session.moment.weight == weight
        await at.press("tab")
        letter = next(letter for letter in "abcd" if f"{letter} {factor(true, 8)}" in at.text())
        other = "a" if letter != "a" else "b"
        await at.press(other, letter)
        assert not sent, "a letter by mistake is nobody's answer"
        await at.press("enter")
        assert [float(each["given"]) for each in sent] == [true]
        hears(desk, {"told": TOLD, "open": {"id": 4, "kind": "sum"}})
        await at.pilot.pause()
        assert "◂ yours" in next(line for line in at.lines() if "● 11 right" in line)
        await at.press("escape")
        assert isinstance(at.app.screen, GradientScreen)
        assert "? SUM" in at.text()


async def test_without_unicode_the_bars_and_the_foot_are_ascii_on_both_sides() -> None:
    async with explore(at_the_mean(), ascii_only=True) as at:
        desk, _ = follower(at)
        hears(desk, OPEN)
        await typed(at, "0.0834")
        assert "0.0834 is sent" in at.text()
        assert at.text().isascii()
        hears(desk, {"told": TOLD})
        await at.pilot.pause()
        assert "o 11 right" in at.text()
        assert at.text().isascii()
    async with explore(ascii_only=True) as at:
        side, _ = lectern(at, 2)
        await at.press("j", "enter", "b", "escape")
        side.message()
        await at.pilot.pause()
        assert ". 2 no answer" in at.text()
        assert at.text().isascii()
