"""The known mistakes that give a person's numbers of an update, and a scenario on which they differ."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from bptui.data.dataset import Dataset
from bptui.diagnosis.numbers import Part
from bptui.diagnosis.search import Fit, search
from bptui.diagnosis.separating import can_separate, separating
from bptui.engine.losses import LOSSES
from bptui.engine.network import Network
from bptui.engine.rates import RateSchedule
from bptui.engine.types import quiet
from bptui.engine.update import Divergence, Workspace, compute_update
from bptui.engine.wrong_rules import NOTHING_CARRIED, Carried, Given, Workings
from bptui.scenario.choices import DataChoice, NetworkChoice
from bptui.scenario.scenario import Scenario
from bptui.training.record import UpdateRecord
from bptui.training.settings import Settings

FEWEST = 3
"""Numbers that a quantity must have to be named by itself: fewer come about in too many ways."""
MOST_NAMES = 6
MOST_PAIRED = 20_000_000
"""Samples × weights up to which pairs of mistakes are tried: beyond, some seconds would become minutes."""


def tries_pairs(record: UpdateRecord) -> bool:
    """Is the update small enough to try every two mistakes together?"""
    return record.n * len(record.before.flat) <= MOST_PAIRED


def given_of(record: UpdateRecord, past: UpdateRecord | None = None) -> Given:
    """What the update was given, for the rules; of the update before it what an accumulator holds."""
    rules = replace(record.settings.rules, learning_rate=record.learning_rate, schedule=RateSchedule())
    return Given(
        network=record.before,
        x=record.passed.a[0],
        y=record.targets,
        rules=rules,
        nominal=record.settings.batch_size or record.n,
        t=record.number,
        memory=record.memory,
        carried=Carried(past.reduced.flat, 0) if past else NOTHING_CARRIED,
    )


class Mistakes:
    """The search in one update; what it has worked out once it keeps."""

    def __init__(self, record: UpdateRecord, past: UpdateRecord | None = None) -> None:
        self.given = given_of(record, past)
        self.workings = Workings(self.given)
        self.most = 2 if tries_pairs(record) else 1

    def of(self, parts: Sequence[Part]) -> tuple[Fit, ...]:
        """All that give these quantities, single mistakes before pairs; () where none does."""
        fits = search(self.given, parts, self.workings, self.most)
        if fits and all(fit.shared and not fit.changes for fit in fits):  # right, but for a 1/n that may be a mistake
            fits = search(self.given, parts, self.workings, self.most, shared=False)
        return tuple(fit for fit in fits if fit.changes)

    def of_one(self, part: Part) -> tuple[Fit, ...]:
        """The single mistakes that give one quantity, where there are few and it has enough numbers to tell."""
        if part.low.size < FEWEST:
            return ()
        found = tuple(fit for fit in search(self.given, [part], self.workings, 1) if fit.changes)
        return found if len(found) <= MOST_NAMES else ()


def under_other_losses(record: UpdateRecord) -> Iterator[UpdateRecord]:
    """The same update for every other loss that its network can have."""
    last, rules = record.before.architecture.activations[-1], record.settings.rules
    for name, loss in LOSSES.items():
        if name == rules.loss or loss.joined not in (None, last):
            continue
        other = replace(rules, loss=name)
        work = Workspace(record.before.architecture, record.n)
        work.load(record.passed.a[0], record.targets, np.arange(record.n))
        try:
            with quiet():
                compute_update(record.before, other, record.memory.copy(), record.number, work)
        except Divergence:
            continue
        yield replace(
            record,
            settings=replace(record.settings, rules=other),
            passed=work.passed,
            summed=work.summed,
            reduced=work.reduced,
            step=work.step,
            after=Network(record.before.architecture, record.before.flat + work.step.flat),
        )


def telling_apart(record: UpdateRecord, fits: Sequence[Fit]) -> Scenario | None:
    """A scenario of one small batch, network and rules as in the update, on which these mistakes differ as far as they
    can; None where no two do."""
    with quiet():
        other = separating(given_of(record), [fit.rule for fit in fits])
    return None if other is None else scenario_of(other, record.settings)


def differ_somewhere(record: UpdateRecord, fits: Sequence[Fit]) -> bool:
    """Is there such a scenario?"""
    return can_separate(given_of(record), [fit.rule for fit in fits])


def scenario_of(given: Given, settings: Settings) -> Scenario:
    """A scenario whose first update is given so."""
    architecture, network = given.network.architecture, given.network
    settings = replace(
        settings,
        rules=given.rules,
        batch_size=given.nominal or given.n,
        order="fixed",
        last_batch="keep",
        repeats=1,
        repeat_until=0.0,
    )
    return Scenario(
        DataChoice("apart", None, Dataset("apart", np.array(given.x), np.array(given.y))),
        NetworkChoice(
            architecture.sizes,
            architecture.activations,
            architecture.bias,
            weights=tuple(w.tolist() for w in network.weights),
            biases=tuple(b.tolist() for b in network.biases),
        ),
        settings,
        "apart",
    )
