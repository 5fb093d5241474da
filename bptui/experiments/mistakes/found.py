"""A row of the lab for what was found in a person's program, where the lab has none of its own for it."""

from collections.abc import Sequence

from bptui.engine.wrong_rules import Change, Rule
from bptui.experiments.mistakes.batch_conditions import NEVER_HARMLESS
from bptui.experiments.mistakes.mistake import Mistake


def found(changes: Sequence[Change], rule: Rule) -> Mistake:
    """The mistakes that come together, as one."""
    name = " and ".join(change.name for change in changes)
    return Mistake(
        Change("+".join(change.id for change in changes), name, rule),
        "",
        "Gives exactly the numbers that are laid beside the record: it is what the program does, or comes to it.",
        "In the program that was checked.",
        "Not in this update.",
        NEVER_HARMLESS,
    )
