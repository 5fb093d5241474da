"""A row of the lab: a change of the right rule, and what is said of it."""

from dataclasses import dataclass

from bptui.engine.wrong_rules import Change, Rule
from bptui.experiments.mistakes.case import Conditions


@dataclass(frozen=True, slots=True)
class Mistake:
    """A well-known wrong rule.

    Attributes:
        change: the choice that makes it, with the id and the name by which it is known everywhere.
        key: the key that leads to it; "" for those that are reached from their neighbours.
        confuses, occurs, harmless: a sentence each on what it takes for what, where it occurs in real programs, and
            when it is harmless.
        when: the same as ``harmless``, for a set-up at hand; with a set-up in which it is, and one in which it shows.
        confuses_under_sum: what it confuses where the truth is the sum, if that is another.
    """

    change: Change
    key: str
    confuses: str
    occurs: str
    harmless: str
    when: Conditions
    confuses_under_sum: str = ""

    @property
    def id(self) -> str:
        """Its address in the code."""
        return self.change.id

    @property
    def name(self) -> str:
        """Its title on the screen."""
        return self.change.name

    @property
    def rule(self) -> Rule:
        """The choices of a program that makes it."""
        return self.change.rule

    def named(self, reduction: str) -> str:
        """Its name beside a true rule that reduces a batch so."""
        return self.change.named(reduction)

    def confusion(self, reduction: str) -> str:
        """What it takes for what, beside that true rule."""
        return self.confuses_under_sum if self.confuses_under_sum and reduction == "sum" else self.confuses

    @property
    def names(self) -> str:
        """All names it goes by."""
        return f"{self.name} (under SUM: {self.change.under_sum})" if self.change.under_sum else self.name
