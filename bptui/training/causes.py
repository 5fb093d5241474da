"""What a run is a function of, besides its problem and its start weights: changes, each before some update."""

from bisect import bisect_right
from dataclasses import dataclass

from bptui.engine.network import Parameters
from bptui.engine.weight import Weight
from bptui.training.roster import UNEDITED, Roster, SampleChange
from bptui.training.settings import Settings


@dataclass(frozen=True, slots=True)
class Edit:
    """One weight (or bias, source −1) of layer 1 … L set to a number by hand."""

    layer: int
    source: int
    unit: int
    value: float

    @property
    def place(self) -> tuple[int, int, int]:
        """Layer, source and unit: two edits of the same place set the same weight."""
        return self.layer, self.source, self.unit

    @property
    def weight(self) -> Weight:
        """The weight that is set."""
        return Weight(self.layer, self.source, self.unit)

    def apply(self, theta: Parameters) -> None:
        """Set it, in place. Raises IndexError where there is no such weight."""
        theta[self.weight] = self.value


@dataclass(frozen=True, slots=True)
class Guest:
    """A sample that is no row of the data joins the batch of one update, behind its own: inputs (i,), targets (o,)."""

    x: tuple[float, ...]
    y: tuple[float, ...]


Change = Settings | Edit | Guest | SampleChange


class Causes:
    """``changes`` are (update from 1, what is different from then on), in their order; the first are settings of
    update 1. A value: another change makes other causes. ``roster`` is how the samples were edited before them."""

    __slots__ = ("_edits", "_guests", "_rosters", "_rosters_from", "_settings", "_settings_from", "changes", "latest")

    def __init__(self, changes: tuple[tuple[int, Change], ...], roster: Roster = UNEDITED) -> None:
        self.changes = changes
        self.latest = changes[-1][0] if changes else 0  # nothing changes after this update
        settings = [(update, change) for update, change in changes if isinstance(change, Settings)]
        self._settings_from = [update for update, _ in settings]
        self._settings = [change for _, change in settings]
        self._edits: dict[int, tuple[Edit, ...]] = {}
        self._guests: dict[int, tuple[Guest, ...]] = {}
        for update, change in changes:
            if isinstance(change, Edit):
                self._edits[update] = (*self._edits.get(update, ()), change)
            elif isinstance(change, Guest):
                self._guests[update] = (*self._guests.get(update, ()), change)
        self._rosters_from: list[int] = [0]
        self._rosters = [roster]
        for update, change in changes:
            if isinstance(change, SampleChange):
                self._rosters_from.append(update)
                self._rosters.append(self._rosters[-1].changed(change))

    def settings_at(self, update: int) -> Settings:
        """The settings in force in this update (from 1)."""
        return self._settings[max(bisect_right(self._settings_from, update) - 1, 0)]

    def edits_at(self, update: int) -> tuple[Edit, ...]:
        """What was edited between the update before and this one."""
        return self._edits.get(update, ())

    def guests_at(self, update: int) -> tuple[Guest, ...]:
        """The samples from outside the data in the batch of this update, in the order in which they came."""
        return self._guests.get(update, ())

    def roster_at(self, update: int) -> Roster:
        """How the training samples of this update differ from the data's own."""
        return self._rosters[bisect_right(self._rosters_from, update) - 1]

    def changed(self, update: int, change: Change) -> "Causes":
        """The causes before this update, with another one at it. What begins at the same update stays, but for the
        settings where these are settings, and for an edit of the same weight or sample; guests join those there are."""
        kept = ((at, other) for at, other in self.changes if at < update or (at == update and not _same(other, change)))
        return Causes(
            tuple(sorted((*kept, (update, change)), key=lambda each: (each[0], not isinstance(each[1], Settings)))),
            self._rosters[0],
        )


def _same(one: Change, other: Change) -> bool:
    """Does the second take the place of the first?"""
    if isinstance(one, Edit) and isinstance(other, Edit):
        return one.place == other.place
    if isinstance(one, SampleChange) and isinstance(other, SampleChange):
        return other.covers(one)
    return isinstance(one, Settings) and isinstance(other, Settings)


def parting(one: Causes, other: Causes) -> int:
    """The first update at which two runs from the same start have other causes; 0 where they have the same."""
    for (at, mine), (there, theirs) in zip(one.changes, other.changes, strict=False):
        if (at, mine) != (there, theirs):
            return min(at, there)
    common = min(len(one.changes), len(other.changes))
    longer = max(one.changes, other.changes, key=len)
    return longer[common][0] if len(longer) > common else 0
