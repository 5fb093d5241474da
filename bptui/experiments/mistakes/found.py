"""A row of the lab for what was found in a person's program, where the lab has none of its own for it."""

from collections.abc import Sequence

from bptui.engine.wrong_rules import Change, Rule
from bptui.experiments.mistakes.batch_conditions import NEVER_HARMLESS
from bptui.experiments.mistakes.mistake import Mistake

NOT_IN_THE_LAB = {"momentum"}
"""Choices of an optimizer that the lab does not have: both of its sides make plain steps."""


def found_in(fits: Sequence[Sequence[Change]]) -> tuple[tuple[Mistake, ...], tuple[Change, ...]]:
    """A row for the mistakes of each fit, as far as the lab can show them, none twice; and the changes it cannot."""
    rows: dict[str, Mistake] = {}
    left: dict[str, Change] = {}
    for changes in fits:
        seen = [change for change in changes if change.choices.keys() - NOT_IN_THE_LAB]
        left |= {change.id: change for change in changes if change not in seen}
        rule: Rule | None = Rule()
        for change in seen:
            rule = rule and change.on(rule)
        if seen and rule:
            row = found(seen, rule)
            rows.setdefault(row.id, row)
    return tuple(rows.values()), tuple(left.values())


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
