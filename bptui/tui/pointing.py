"""What a click in the explorer chooses: the focus goes to the panel, and to what is written there."""

from typing import TYPE_CHECKING

from bptui.session.aim import Aim
from bptui.session.moment import phases
from bptui.tui.explorer_keys import BY_ID

if TYPE_CHECKING:
    from bptui.tui.explorer import Explorer
    from bptui.tui.stage import Target


def choose(explorer: "Explorer", number: int | None, target: "Target | None") -> None:
    """A panel by its number, and a unit, a sample, a phase or an update in it."""
    session = explorer.session
    if number is not None:
        explorer.press(f"focus-{number}")
    match target:
        case ("unit", layer, unit):
            explorer.do(lambda _: session.select_unit(layer, unit))
        case ("sample", sample, _):
            choose_sample(explorer, sample)
        case ("phase", place, _) if explorer.why_not(BY_ID["go-to"]) is None:
            explorer.pause()
            explorer.way_back = None
            explorer.do(lambda _: session.stand_in(phases(session.layers)[place]))
        case ("made", made, _):
            go_back_to(explorer, made)


def go_back_to(explorer: "Explorer", made: int) -> None:
    """Stand where so many updates had been made."""
    explorer.pause()
    explorer.notice = explorer.why_not(BY_ID["go-to"]) or ""
    if explorer.notice:
        explorer.paint()
        return
    explorer.way_back = None
    explorer.go_to(Aim(update=made) if made else Aim(edge="start"))


def choose_sample(explorer: "Explorer", sample: int) -> None:
    """As the arrows do, in one go."""
    rows = explorer.scene().rows
    explorer.notice = explorer.why_not(BY_ID["down"]) or ""
    if explorer.notice or sample not in rows:
        explorer.paint()
        return
    by = rows.index(sample) - rows.index(explorer.session.moment.sample)
    explorer.do(lambda _: explorer.session.choose_row(rows, by))
