"""What the explorer's keys do for edits and forks. What they need is imported when it is first used."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bptui.tui.explorer import Explorer


def ask_weight(explorer: "Explorer") -> None:
    """Ask for the number that the selected weight is set to."""
    from bptui.session import edits
    from bptui.tui.edit_lines import WeightLine

    screen = WeightLine(explorer.session, explorer.app.palette_name, explorer.app.ascii)

    def answer(_: None) -> None:
        value = screen.value
        if value is not None:
            explorer.do(lambda _: explorer.change(lambda: edits.set_weight(explorer.session, value)))

    explorer.pause()
    explorer.app.push_screen(screen, answer)


def ask_sample(explorer: "Explorer") -> None:
    """Ask what is different about the current sample."""
    from bptui.session import edits
    from bptui.tui.edit_lines import SampleLine

    session = explorer.session
    screen = SampleLine(session, explorer.app.palette_name, explorer.app.ascii)

    def answer(_: None) -> None:
        words = screen.answer
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
