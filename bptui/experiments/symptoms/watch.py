"""Which symptoms have begun since the last look: told once, when they begin."""

from bptui.experiments.symptoms.examine import examine, symptoms
from bptui.experiments.symptoms.patient import LEAST, Patient, Symptom
from bptui.experiments.symptoms.units import dead
from bptui.training.problem import Problem
from bptui.training.record import UpdateRecord
from bptui.training.run import Run

LATER = 1.25  # times as many epochs until the next look: the looks stay few, however long a run is
TOLD = frozenset({"scale"})
"""Told when the data are read."""


class Watch:
    """Looks at a run after its first update and then at ever rarer epochs."""

    def __init__(self) -> None:
        self._problem: Problem | None = None
        self._run: Run | None = None
        self._told = TOLD
        self._next = 0.0

    def at_start(self, run: Run, first: UpdateRecord) -> list[Symptom]:
        """Before any update: layers of which no unit answers anything. The first samples, whose pass is there, tell
        which these may be; where there is none nothing is computed."""
        silent = {f"dead-{layer}" for layer in range(1, first.layers) if not first.passed.a[layer][:LEAST].any()}
        if not silent:
            return []
        symptoms_there = [finding.symptom for finding in dead(Patient(run, first)) if finding.symptom]
        found = [symptom for symptom in symptoms_there if symptom.id in silent]
        self._problem, self._told = run.problem, TOLD | {symptom.id for symptom in found}
        return found

    def news(self, run: Run, update: int, epoch: int) -> list[Symptom]:
        """The symptoms of an update (from 1) of that epoch that were not told yet; none where it is too early to look
        again. A fork is looked at soon, and hears again of a symptom only where it was cured between."""
        if run.problem is not self._problem:
            self._problem, self._told = run.problem, TOLD
        forked = run is not self._run
        if not forked and epoch < self._next:
            return []
        self._run, self._next = run, max(epoch + 1, epoch * LATER)
        found = symptoms(examine(run, update))
        new = [symptom for symptom in found if symptom.id not in self._told]
        ids = {symptom.id for symptom in found}
        self._told = TOLD | ids | (frozenset() if forked else self._told)
        return new
