"""What the explorer's keys do for watches and breakpoints. What they need is imported when it is first used."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bptui.tui.explorer import Explorer


def watch(explorer: "Explorer") -> None:
    """Watch the number in hand, which Enter would explain, or no longer; its past is replayed."""
    from bptui.views.watches import in_hand

    session = explorer.session
    explorer.pause()
    scene = explorer.scene()
    try:
        said = session.stops.watch(in_hand(scene, explorer.looks.panel.explained(scene)), session.run)
    except ValueError as problem:
        explorer.notice = str(problem)
        return
    look_back(explorer, said)


def look_back(explorer: "Explorer", said: str) -> None:
    """Let watches and breakpoints see what is known of the run; then say so."""
    from bptui.session.goal import Goal

    explorer.start(Goal(explorer.session.run.frontier), lambda: said)


def open_breakpoints(explorer: "Explorer") -> None:
    from bptui.tui.breakpoints import BreakpointScreen
    from bptui.views.watches import in_hand

    app, scene = explorer.app, explorer.scene()
    number = in_hand(scene, explorer.looks.panel.explained(scene)) if not scene.record.guests else None
    screen = BreakpointScreen(explorer.session, number, app.palette_name, app.ascii, app.colour)
    explorer.pause()
    app.push_screen(screen, lambda _: explorer.do(lambda _: look_back(explorer, explorer.notice)))


def open_history(explorer: "Explorer") -> None:
    """The history of the selected weight and of every sample; Enter goes on to the moment of an answer."""
    from bptui.session.answers import moment_of
    from bptui.tui.history import HistoryScreen

    app, session = explorer.app, explorer.session
    explorer.pause()
    screen = HistoryScreen(session, app.palette_name, app.ascii, app.colour)

    def show(_: None) -> None:
        if screen.opened:
            explorer.remember()
            session.moment = moment_of(session.run, session.moment, screen.opened)
        if screen.taken:
            rate = screen.taken
            explorer.do(lambda _: explorer.change(lambda: session.lower_rate(rate.first, rate.rate)))
        explorer.paint()

    app.push_screen(screen, show)


def travel(explorer: "Explorer", way: int) -> None:
    """Along the time line to its next tick, or to the one before."""
    from bptui.session.timeline import along

    explorer.pause()
    explorer.go_to(along(explorer.session, way))


def no_tick(explorer: "Explorer", way: int) -> str | None:
    """Why there is none."""
    from bptui.session.timeline import along

    if along(explorer.session, way) is not None:
        return None
    return (
        f"this is the end of the known run: {explorer.shown('next-epoch')} goes on" if way > 0 else "this is the start"
    )
