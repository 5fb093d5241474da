"""A class is asked: the lecturer's side, and a follower's."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bptui.session.ballot import Ballot, answer_of, followed, heard_of, message
from bptui.session.poll import Polls
from bptui.session.prediction import Question
from bptui.session.session import Session
from bptui.tui.poll_screen import OpenPollScreen, PollScreen
from bptui.tui.predicting import Predicting
from bptui.views.poll import answered_words
from bptui.views.predict import ALONE, Ways

if TYPE_CHECKING:
    from bptui.tui.app import BptuiApp


class Lectern:
    """The lecturer's side: each number that is asked is asked of all who follow. ``changed`` is called when these have
    to be told something new."""

    is_seat = False

    def __init__(self, app: "BptuiApp", changed: Callable[[], None]) -> None:
        self._app, self._changed = app, changed
        self.polls = Polls()
        self._shown = 0  # the last poll whose bars were shown

    def ways(self, usual: Ways) -> Ways:
        """How many have answered; Esc tells the number without an answer of the lecturer's own."""
        self.polls.look(self._app.session)  # the foot may be painted before anybody is told
        if not self.polls.seats:
            return usual
        usual = usual._replace(whose="you: ")
        if self.polls.open is None:
            return usual
        said = answered_words(self.polls.open.answered, self.polls.seats)
        return usual._replace(esc="reveals" if usual.esc else "", poll=said, bars="B")

    def look(self) -> None:
        """Show the lecturer what was answered so far, before the number is told."""
        app = self._app
        if (asking := app.session.prediction) is None or not self.ways(ALONE).poll:
            return
        record = app.session.record
        bars = OpenPollScreen(Question(asking, record), lambda: self.polls.so_far(record), app.palette_name, app.ascii)
        app.push_screen(bars, lambda _: self._looked(bars.tells))

    def _looked(self, tells: bool) -> None:
        asking = self._app.session.prediction
        if tells and asking is not None and asking.now is not None:
            self._app.session.prediction = asking.told_to_all()
        repaint(self._app)

    def takes(self, session: Session, given: str, chosen: float | None) -> bool:
        """The lecturer's own answer tells the number at once, as it does alone."""
        return False

    def message(self) -> dict[str, Any] | None:
        """What those who follow are told of it now. What is asked on the screen is asked of them, and what was told
        there is shown with their answers."""
        app = self._app
        self.polls.look(app.session)
        told, asking = self.polls.told, app.session.prediction
        if told and told.number != self._shown and told.tally and asking:
            self._shown = told.number
            question = Question(asking, app.session.record)
            app.push_screen(PollScreen(question, told.tally, False, app.palette_name, app.ascii), self._seen)
        return message(self.polls)

    def _seen(self, _: None) -> None:
        self.polls.seen()
        self._changed()

    def heard(self, seat: int, said: object) -> None:
        """A line of a seat's: an answer; what is none is let fall."""
        try:
            self.polls.heard(seat, *answer_of(said))
        except ValueError:
            return
        self._repaint()

    def seated(self, here: Collection[int]) -> None:
        """In these seats there is somebody."""
        self.polls.seated(here)
        self._repaint()

    def _repaint(self) -> None:
        """How many have answered stands at the foot."""
        if self.polls.open is not None:
            repaint(self._app)


class Desk:
    """A follower's side; ``send`` takes an answer to the lecturer."""

    is_seat = True

    def __init__(self, app: "BptuiApp", send: Callable[[dict[str, Any]], None]) -> None:
        self._app, self._send = app, send
        self._bars: PollScreen | None = None
        self._due: PollScreen | None = None
        self.ballot = Ballot()

    def ways(self, usual: Ways) -> Ways:
        """The lecturer tells the number; until then an answer may be changed."""
        given = self.ballot.given
        said = (f"{given} is sent; until it is told you may change it", f"{given} is sent", "sent") if given else ()
        return Ways("sends", "", said)

    def takes(self, session: Session, given: str, chosen: float | None) -> bool:
        """The answer goes to the lecturer. Raises ValueError where it is none."""
        self.ballot = self.ballot.filled(given, chosen)
        self._send(self.ballot.answer)
        asking = session.prediction
        session.prediction = asking and replace(asking, typed="", offered=False)
        return True

    def follow(self, said: object) -> None:
        """What the lecturer's poll says, where one stands where the lecturer stands; the bars are to be shown when what
        lies below them is open. Raises ValueError where that is no poll."""
        app, heard = self._app, heard_of(said)
        before = self.ballot.told
        self.ballot = followed(app.session, self.ballot, heard)
        if heard.told != before:
            self._close()
            asking = app.session.prediction
            if heard.told and heard.tally and asking and asking.told:
                question = Question(asking, app.session.record)
                self._due = PollScreen(question, heard.tally, True, app.palette_name, app.ascii)
        repaint(app)

    def show(self) -> None:
        """The bars, where there are some that were not shown yet."""
        if self._due is not None:
            self._bars, self._due = self._due, None
            self._app.push_screen(self._bars, lambda _: repaint(self._app))

    def _close(self) -> None:
        """The bars are looked at no longer."""
        if self._bars is not None:
            self._bars.end()
        self._bars = self._due = None


def repaint(app: "BptuiApp") -> None:
    """Foot and bars of a number that is asked say what is so now. What has just been opened paints itself, once it
    can."""
    screen = app.screen if app.explorer.is_attached else None  # a line may be lost when all has ended
    if isinstance(screen, Predicting | OpenPollScreen) and screen.is_mounted:
        app.begin_frame()
        screen.paint()
        app.show_now(screen)
