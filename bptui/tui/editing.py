"""What the explorer's keys do for edits and forks. What they need is imported when it is first used."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bptui.tui.explorer import Explorer


def ask_weight(explorer: "Explorer") -> None:
    """Ask for the number that the selected weight is set to, or for a setting and its value."""
    from bptui.session import edits
    from bptui.session.settings_line import change_settings
    from bptui.tui.edit_lines import WeightLine

    screen = WeightLine(explorer.session, explorer.app.palette_name, explorer.app.ascii)

    def answer(_: None) -> None:
        wanted, session = screen.meant, explorer.session
        if isinstance(wanted, float):
            explorer.do(lambda _: explorer.change(lambda: edits.set_weight(session, wanted)))
        elif wanted is not None:
            explorer.do(lambda _: explorer.change(lambda: change_settings(session, wanted)))

    explorer.pause()
    explorer.app.push_screen(screen, answer)


def ask_sample(explorer: "Explorer") -> None:
    """Ask what is different about the current sample."""
    from bptui.session import edits
    from bptui.tui.edit_lines import SampleLine

    session = explorer.session
    screen = SampleLine(session, explorer.app.palette_name, explorer.app.ascii)

    def answer(_: None) -> None:
        words = screen.meant
        if words is not None:
            change = edits.parse_sample(session, words)
            explorer.do(lambda _: explorer.change(lambda: edits.change_sample(session, change)))

    explorer.pause()
    explorer.app.push_screen(screen, answer)


def toggle_row(explorer: "Explorer") -> None:
    """Leave the current sample out, or put it back in."""
    from bptui.session import edits

    explorer.pause()
    explorer.change(lambda: edits.toggle_row(explorer.session))


def no_row(explorer: "Explorer") -> str | None:
    from bptui.session import edits

    return edits.why_not_edit(explorer.session)


def open_forks(explorer: "Explorer") -> None:
    """The list of forks; Enter goes to one, which is replayed first where it is not known yet."""
    from bptui.session.goal import Goal
    from bptui.session.kept_forks import settle, share_past
    from bptui.session.moves import end_of
    from bptui.tui.forks import ForksScreen

    app, session = explorer.app, explorer.session
    screen = ForksScreen(session, app.palette_name, app.ascii, app.colour)

    def answer(_: None) -> None:
        explorer.notice = screen.notice
        if not screen.wanted:
            explorer.do(lambda _: None)
            return
        explorer.way_back = None
        fork = session.forks[screen.wanted]
        if fork.run.frontier < fork.owed:
            share_past(session.forks, fork)

        words = fork.words  # of the live one none are kept

        def arrive() -> str:
            fork.words = words
            settle(fork)
            fork.words, session.moment = "", fork.moment
            return f"fork {fork.number}: {session.forks.name(fork)}"

        def go(_: object) -> None:
            session.go_to_fork(fork.number, end_of(fork.run, session.moment, 0))
            explorer.start(Goal(max(fork.owed, 1)), arrive)

        owed = fork.run.frontier < fork.owed
        explorer.do(go if owed else lambda _: explorer.change(lambda: session.go_to_fork(fork.number)))

    explorer.pause()
    app.push_screen(screen, answer)
