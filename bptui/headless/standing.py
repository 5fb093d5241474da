"""Where a command without a screen stands."""

from collections.abc import Callable

from bptui.session.aim import Aim
from bptui.session.session import Session


def go_to(session: Session, aim: Aim | None, pause: Callable[[], bool] = lambda: False) -> None:
    """Stand where it was asked for; before the first update where nothing was. Raises IndexError where the run had to
    stop before that, or there is no such batch, sample, layer or weight."""
    if aim is None:
        return
    session.run.extend(aim.goal(session.run, session.moment), pause)
    if session.run.stop:
        raise IndexError(str(session.run.stop))
    session.arrive_at(aim)
