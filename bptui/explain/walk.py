"""A walk through one record: from a number down to inputs and weights, or up to what uses it."""

from dataclasses import dataclass, replace

from bptui.explain.differences import Comparison
from bptui.explain.explanation import Explanation
from bptui.explain.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk over one record: ``trail`` from the first number to the one looked at, the ``cursor`` in its list of
    terms (``up``: of what uses it), and the outcome of the last check, if any."""

    trail: tuple[Quantity, ...]
    cursor: int = 0
    up: bool = False
    checks: tuple[Comparison | str, ...] = ()

    @property
    def here(self) -> Quantity:
        """The number looked at."""
        return self.trail[-1]

    def choices(self, it: Explanation) -> tuple[Quantity, ...]:
        """What the cursor chooses among."""
        return it.used_by if self.up else it.terms

    def moved(self, it: Explanation, by: int) -> "Walk":
        """The cursor moved down the list, up where negative, as far as it goes."""
        last = max(len(self.choices(it)) - 1, 0)
        return replace(self, cursor=min(max(self.cursor + by, 0), last))

    def entered(self, it: Explanation) -> "Walk":
        """Into the chosen term, or up to the chosen user. Going straight back shortens the trail."""
        choices = self.choices(it)
        return self.to(choices[self.cursor]) if choices else self

    def to(self, q: Quantity) -> "Walk":
        """On to a number; back to it where the trail has it already."""
        return Walk((*self.trail, q)) if q not in self.trail else Walk(self.trail[: self.trail.index(q) + 1])

    def back(self) -> "Walk":
        """Out of the list of users, else one step back along the trail."""
        if self.up:
            return replace(self, up=False, cursor=0)
        return Walk(self.trail[:-1]) if len(self.trail) > 1 else self

    def upward(self, it: Explanation) -> "Walk":
        """To what uses this number; where there are several, a choice among them."""
        if len(it.used_by) == 1:
            return self.to(it.used_by[0])
        return replace(self, up=True, cursor=0) if it.used_by else self
