"""The doors from the explorer to the screens that lie over it. Each screen is imported when its door is opened: the
first paint waits for none of them."""

from typing import TYPE_CHECKING

from bptui.views.arrange import UPDATE

if TYPE_CHECKING:
    from textual.screen import Screen

    from bptui.explain import Quantity
    from bptui.tui.explorer import Explorer


def enter(explorer: "Explorer", screen: "Screen[None]") -> None:
    """Lay a screen over the explorer; when it closes, the explorer shows what may have changed."""
    explorer.pause()
    explorer.app.push_screen(screen, lambda _: explorer.paint())


def open_lab(explorer: "Explorer", rule: int = 0) -> None:
    from bptui.tui.lab import LabScreen

    app = explorer.app
    screen = LabScreen(explorer.session, app.palette_name, app.ascii, app.colour)
    screen.lab.choose(rule)
    enter(explorer, screen)


def open_compare(explorer: "Explorer", preset: int = 0) -> None:
    """The list of races, or straight to one of them (from 1)."""
    from bptui.tui.race import CompareScreen

    app = explorer.app
    screen = CompareScreen(explorer.session, app.palette_name, app.ascii, app.colour)
    enter(explorer, screen)
    if preset:
        screen.call_after_refresh(screen.do, lambda race: race.open_number(preset))


def open_drill(explorer: "Explorer", at_once: bool = False) -> None:
    """The drill of the current sample; ``at_once`` drills until it is right."""
    from bptui.tui.drill import DrillScreen

    app = explorer.app
    screen = DrillScreen(explorer.session, app.palette_name, app.ascii, app.colour)
    enter(explorer, screen)
    if at_once:
        screen.call_after_refresh(screen.do, DrillScreen.until_right)


def open_noise(explorer: "Explorer") -> None:
    from bptui.tui.scatter import NoiseScreen

    app = explorer.app
    enter(explorer, NoiseScreen(explorer.session, app.palette_name, app.ascii, app.colour))


def open_explain(explorer: "Explorer", start: "Quantity | None" = None, check: bool = False) -> None:
    """Explain what the current phase made for the selection, or another number; ``check`` by differences at once."""
    from bptui.tui.explain import ExplainScreen, start_of

    app, session = explorer.app, explorer.session
    scene = explorer.scene()
    start = start or start_of(session.moment, scene.phase, explorer.focused_panel)
    screen = ExplainScreen(scene, start, app.palette_name, app.ascii)
    enter(explorer, screen)
    if check:
        screen.call_after_refresh(screen.check)


def open_questions(explorer: "Explorer") -> None:
    from bptui.tui.questions import Questions

    explorer.pause()
    screen = Questions(explorer.app.palette_name, explorer.app.ascii)
    explorer.app.push_screen(screen, lambda number: explorer.do(lambda e: answer(e, number)) if number else None)


def answer(explorer: "Explorer", question: int) -> None:
    """Open the screen on which a question (from 1) is answered."""
    match question:
        case 1:
            show_before_update(explorer)
        case 2:
            open_drill(explorer, at_once=True)
        case 3:
            open_compare(explorer, preset=2)
        case 4:
            explain_own_input(explorer)
        case 5:
            open_lab(explorer, rule=1)
        case 6:
            open_compare(explorer, preset=1)
        case 7:
            open_noise(explorer)


def show_before_update(explorer: "Explorer") -> None:
    """Stand where every sample has been through and nothing is applied, the ledger in view."""
    session = explorer.session
    session.stand_at_gradient(last=True)
    n = session.record.n
    explorer.notice = f"{n} × forward, {n} × backward, 0 updates: p reduces, p again applies"
    explorer.focus_panel(UPDATE)


def explain_own_input(explorer: "Explorer") -> None:
    """Explain what the current sample adds to a weight of the first layer, its whole pass made."""
    from bptui.explain import Quantity

    session = explorer.session
    source = session.stand_at_telling_input()
    moment, sizes = session.moment, session.run.start.architecture.sizes
    unit = moment.unit if moment.layer == 1 else min(moment.source if moment.source >= 0 else 0, sizes[1] - 1)
    open_explain(explorer, Quantity("contribution", 1, unit, source, moment.sample))
