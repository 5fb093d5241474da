"""A person's numbers as the screens ask for them: one number at a time, of one update."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bptui.diagnosis.answer import Diagnosis
from bptui.diagnosis.compare import Compared
from bptui.diagnosis.number import Number
from bptui.engine.weight import Weight
from bptui.explain.quantity import OF_A_WEIGHT, Kind, Quantity
from bptui.training.record import UpdateRecord

GRADIENTS = ("sum", "mean", "unclipped", "reduced")
"""Kinds of numbers of a weight that a person's gradient may stand beside."""
PARTS: dict[str, str] = {**dict.fromkeys(GRADIENTS, "gradient"), "contribution": "samples"}


@dataclass(frozen=True, eq=False)
class Yours:
    """The numbers that a diagnosis compared."""

    diagnosis: Diagnosis

    @property
    def update(self) -> int:
        """The update they are of."""
        return self.diagnosis.record.number

    def of(self, record: UpdateRecord, q: Quantity) -> Number | None:
        """The person's number beside one of a record's; None where there is none, or the record is another one."""
        part = self._part(q)
        if part is None or not self.belongs(record):
            return None
        at, low, high = self._place(part, q), part.part.low, part.part.high
        true = float(part.true[at])
        right = part.own_way or part.state == "close" or float(low[at]) <= true <= float(high[at])
        return Number(float(part.part.middle[at]), right)

    def has(self, kind: Kind) -> bool:
        """Are there numbers of this kind at all?"""
        return any(each.part.kind == PARTS.get(kind, kind) for each in self.diagnosis.compared)

    def belongs(self, record: UpdateRecord) -> bool:
        """Is it the update that the numbers were compared with, or one that is the same bit for bit?"""
        mine = self.diagnosis.record
        if record is mine:
            return True
        return (
            (record.number, record.settings, record.n) == (mine.number, mine.settings, mine.n)
            and np.array_equal(record.indices, mine.indices)
            and np.array_equal(record.before.flat, mine.before.flat)
        )

    @cached_property
    def _parts(self) -> dict[str, Compared]:
        return {each.name: each for each in self.diagnosis.compared}

    def _part(self, q: Quantity) -> Compared | None:
        """What holds the number. A gradient stands beside what it was compared with."""
        name = f"{'b' if q.source < 0 else 'W'}{q.layer}"
        if q.kind in GRADIENTS:
            found = self._parts.get(name)
            return found if found and q.kind in self._compared_with else None
        if q.kind in OF_A_WEIGHT:
            prefix = {"contribution": "samples_", "step": "step_", "after": "after_"}.get(q.kind)
            return None if prefix is None else self._parts.get(prefix + name)
        if q.kind == "loss":
            found = self._parts.get("loss")
            return found if found and found.part.low.shape else None
        return self._parts.get(f"{q.kind}{q.layer}")

    @cached_property
    def _compared_with(self) -> tuple[str, ...]:
        """Sum or mean where the person called it so; else what the optimizer gets, and what that is a copy of."""
        called, rules = self.diagnosis.called, self.diagnosis.record.settings.rules
        copied = not (rules.l1 or rules.l2 or rules.clip_norm)
        if called and not (copied and called == rules.reduction):
            return (called,)
        return ("reduced", "unclipped", *([rules.reduction] if copied else []))

    @staticmethod
    def _place(part: Compared, q: Quantity) -> tuple[int, ...]:
        if part.part.kind == "loss":
            return (q.sample,)
        if not part.part.what:
            return q.sample, q.unit
        inside = (q.unit,) if q.source < 0 else (q.source, q.unit)
        return (q.sample, *inside) if part.part.kind == "samples" else inside

    # --- where to look first ---

    @property
    def words(self) -> str:
        """The answer in a notice."""
        if self.diagnosis.right:
            return f"your numbers are right in update {self.update}"
        return f"your numbers of update {self.update} first differ at {self.diagnosis.first}"

    @cached_property
    def first(self) -> Compared:
        """The first quantity that differs; where all is right, the last."""
        wrong = (each for each in self.diagnosis.compared if not each.right)
        return next(wrong, self.diagnosis.compared[-1])

    @property
    def weight(self) -> Weight | None:
        """The weight, or the bias of the unit, at which it differs most; None for a loss."""
        part, at = self.first.part, self.first.where
        if part.kind == "loss":
            return None
        if not part.what:
            return Weight(part.layer, 0, at[-1])
        at = at[1:] if part.kind == "samples" else at
        return Weight(part.layer, -1, at[0]) if part.what == "biases" else Weight(part.layer, at[0], at[1])

    @property
    def sample(self) -> int | None:
        """The sample of the batch at which it differs most; None for a number of the whole batch."""
        per_sample = self.first.part.kind in ("z", "a", "delta", "samples") or bool(self.first.part.low.shape)
        return self.first.where[0] if per_sample and self.first.part.kind not in ("gradient", "step", "after") else None
