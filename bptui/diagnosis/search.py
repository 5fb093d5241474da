"""Which rules give a person's numbers: all single changes of the true rule, and where none does, all pairs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from bptui.diagnosis.numbers import Part, holds
from bptui.engine.reduce import mean_over_samples
from bptui.engine.types import Floats, quiet
from bptui.engine.update import penalty
from bptui.engine.wrong_rules import CHANGES, Change, Given, Rule, Workings
from bptui.engine.wrong_rules.rule import BACK, BIASES, FORWARD, OUTPUT, SAMPLES, WEIGHTS
from bptui.engine.wrong_rules.settled import settled

RIGHT = Rule()
MOST_PARTS = 8
"""Parts of a batch that are reduced apart are tried of so many samples at most."""
HIDDEN_ONLY = frozenset(BACK) - frozenset(OUTPUT)
DEPENDS = {
    "z": FORWARD, "a": FORWARD, "loss": FORWARD, "delta": BACK,
    "samples weights": SAMPLES, "samples biases": (*BACK, "biases"),
    "weights": (*WEIGHTS, "l2"), "biases": (*BIASES, "l2"),
}  # fmt: skip
"""What the numbers of a part depend on, besides momentum for steps."""
ORDER = ("z", "a", "delta", "gradient", "samples", "step", "after", "loss")

Changes = tuple[Change, ...]


@dataclass(frozen=True)
class Fit:
    """A rule that gives the numbers: the right one with no, one or two changes. ``shared`` where the program's δ are
    bptui's divided by n, so that its mean over the batch is a sum: which is no mistake."""

    changes: Changes
    rule: Rule
    shared: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        """Of its changes, () where nothing is wrong."""
        return tuple(change.id for change in self.changes)


def search(
    given: Given, parts: Sequence[Part], workings: Workings | None = None, most: int = 2, shared: bool = True
) -> tuple[Fit, ...]:
    """All rules that give numbers which these parts allow, of those with the fewest changes: none (then it is the only
    one), one, or two (``most``). () where there are none. ``shared``: δ divided by n are looked at too. ``workings``
    of an earlier search of the same update save time."""
    workings = workings or Workings(given)
    readings = [Search(workings, parts)]
    if shared and given.n > 1 and any(part.kind in HOLDING for part in parts):
        readings.append(Search(workings, [times(given.n, part) for part in parts], shared=True))
    with quiet():
        for changes in range(most + 1):
            fits = tuple(fit for reading in readings for fit in reading.found(changes))
            if fits:
                return fits
    return ()


OF_SAMPLES = ("z", "a", "delta", "samples")
"""What has a row for each sample."""
HOLDING = ("delta", "samples")
"""What a program may hold divided by n."""


def times(n: int, part: Part) -> Part:
    """What a program holds divided by n, n times as large; the rest as it is."""
    return replace(part, low=n * part.low, high=n * part.high) if part.kind in HOLDING else part


class Search:
    """What fits one reading of a person's numbers; callers silence numpy's warnings."""

    def __init__(self, workings: Workings, parts: Sequence[Part], shared: bool = False) -> None:
        self.given = workings.given
        self.workings, self.shared = workings, shared
        self.parts = sorted(parts, key=self._first)
        self.singles = singles(self.given)
        self._choices = {change: change.choices for change in self.singles}
        self._relevant = [
            frozenset(change for change in self.singles if self._matters(change, part)) for part in self.parts
        ]
        self._wild = frozenset(change for change in self.singles if change.rule.step == "each sample")
        self._tangled = frozenset(change for change in self.singles if change.rule.tangled)
        self._known: dict[tuple[int, Changes], bool] = {}

    def found(self, changes: int) -> Iterator[Fit]:
        """What fits with so many changes: 0, 1 or 2."""
        candidates = ([()], ((change,) for change in self.singles), self._pairs())[changes]
        return (Fit(each, self._rule(each), self.shared) for each in candidates if self.fits(each))

    def _pairs(self) -> Iterator[Changes]:
        """Those of different choices which both matter, the other beside it."""
        alone = {change.rule for change in self.singles}
        for pair in combinations(self.singles, 2):
            first, second = (self._choices[change] for change in pair)
            if not first.keys().isdisjoint(second):
                continue
            if not self._wild.isdisjoint(pair) and settled(self._rule(pair), self.given) in alone:
                continue
            yield pair

    # --- one candidate ---

    def fits(self, changes: Changes) -> bool:
        """Does every part allow what these changes make? The parts are asked in turn, and none after the first no."""
        if not self._wild.isdisjoint(changes) and not self._begins(self._rule(changes)):
            return False
        return all(self._allows(place, changes) for place in range(len(self.parts)))

    def _begins(self, rule: Rule) -> bool:
        """Do the first sample's numbers fit a rule that updates after each? Before it no update has been made, so that
        they are those of the whole batch, and quick."""
        if rule.tangled:  # what is handed back then is the whole batch's
            return True
        whole = replace(rule, step="right")
        return all(
            holds(part.low[:1], self.workings.quantity(whole, part.kind, part.layer, part.what)[:1], part.high[:1])
            for part in self.parts
            if part.kind in OF_SAMPLES
        )

    def _allows(self, place: int, changes: Changes) -> bool:
        """Rules that agree in all that matters to a part give the same numbers there."""
        relevant = self._relevant[place]
        matters = tuple(change for change in changes if change in relevant)
        if len(matters) == 1 < len(changes):
            is_hidden = self.parts[place].layer < self.given.layers
            if matters[0] in self._wild or (is_hidden and matters[0] in self._tangled):
                matters = changes
        key = (place, matters)
        if key not in self._known:
            self._known[key] = allows(self.parts[place], self.workings, self._rule(matters))
        return self._known[key]

    def _rule(self, changes: Changes) -> Rule:
        choices = {name: choice for change in changes for name, choice in self._choices[change].items()}
        return Rule(**choices)

    def _matters(self, change: Change, part: Part) -> bool:
        if change.rule.step == "each sample" or (self.given.rules.clip_norm and part.what):
            return True  # clipping measures all layers together
        depends = {*DEPENDS[{"samples": f"samples {part.what}"}.get(part.kind, part.what or part.kind)]}
        if part.kind in {"step", "after"}:
            depends |= {"momentum"}
        if part.layer == self.given.layers:
            depends -= HIDDEN_ONLY
        if part.kind == "gradient" and change.rule.step in {"added", "set to"}:
            depends -= {"step"}
        return not depends.isdisjoint(self._choices[change])

    def _first(self, part: Part) -> tuple[int, int, bool]:
        """From the loss back, what is quick before what is not."""
        return ORDER.index(part.kind), part.layer if part.kind in {"z", "a"} else -part.layer, part.what == "weights"


def singles(given: Given) -> list[Change]:
    """The changes that can matter in an update, none twice."""
    found: dict[Rule, Change] = {}
    for change in (*CHANGES, *of_parts(given)):
        rule = settled(change.rule, given)
        if rule != RIGHT:
            name = change.on_ranks if given.rules.ranks and change.on_ranks else change.name
            found.setdefault(rule, Change(change.id, name, rule))
    return list(found.values())


def of_parts(given: Given) -> Iterator[Change]:
    """A batch that is reduced in parts of each size; whole and equal parts make no difference to a mean of means."""
    for size in range(2, min(given.n, MOST_PARTS + 1)):
        if given.rules.ranks and given.parts(size) == given.parts(0):
            continue  # they are called by their ranks
        if given.n % size:
            yield Change(
                f"mean-of-means-{size}",
                f"mean of means of parts of {size}",
                Rule(reduction="mean of means", part_size=size),
            )
        yield Change(
            f"sum-of-means-{size}", f"sum of means of parts of {size}", Rule(reduction="sum of means", part_size=size)
        )


def allows(part: Part, workings: Workings, rule: Rule) -> bool:
    """Do a part's intervals hold what the rule gives?"""
    values = workings.quantity(rule, part.kind, part.layer, part.what)
    if part.kind == "loss" and part.low.shape == ():
        return any(part.allows(total) for total in totals(values, workings.given))
    return part.allows(values)


def totals(losses: Floats, given: Given) -> Iterator[Floats]:
    """The loss of a batch in every way it is written: sum or mean, with the penalty or without."""
    added = penalty(given.network, given.rules)
    for total in (losses.sum(), mean_over_samples(losses)):
        yield np.asarray(total)
        yield np.asarray(total + added)
