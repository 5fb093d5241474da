"""Which symptoms have begun since the last look: told once, when they begin."""

from bptui.experiments.symptoms.examine import examine, symptoms
from bptui.experiments.symptoms.patient import Symptom
from bptui.training.run import Run

LATER = 1.25  # times as many epochs until the next look: the looks stay few, however long a run is
TOLD = frozenset({"scale"})
"""Told when the data are read."""


class Watch:
    """Looks at a run after its first update and then at ever rarer epochs."""

    def __init__(self) -> None:
        self._run: Run | None = None
        self._told = TOLD
        self._next = 0.0

    def news(self, run: Run, update: int, epoch: int) -> list[Symptom]:
        """The symptoms of an update (from 1) of that epoch that were not there before; none where it is too early to
        look again."""
        if run is not self._run:
            self._run, self._told, self._next = run, TOLD, 0.0
        if epoch < self._next:
            return []
        self._next = max(epoch + 1, epoch * LATER)
        found = symptoms(examine(run, update))
        new = [symptom for symptom in found if symptom.id not in self._told]
        self._told = TOLD | {symptom.id for symptom in found}
        return new
