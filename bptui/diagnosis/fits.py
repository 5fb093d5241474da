"""Which known mistakes give exactly a person's numbers: the one door to the search."""

from collections.abc import Sequence

from bptui.diagnosis.numbers import Part
from bptui.engine.network import Parameters
from bptui.engine.types import quiet
from bptui.engine.update import Divergence
from bptui.experiments.mistakes import MISTAKES, NOTHING_CARRIED, Outcome
from bptui.training.record import UpdateRecord

Fits = tuple[tuple[str, ...], ...]
"""Ids of rules, those that have to come together in one tuple, the simplest first."""
SEARCHED = ("delta", "samples", "gradient", "step", "after")
"""Kinds of quantities that a rule of the backward pass can change."""


def fits_of(record: UpdateRecord, parts: Sequence[Part]) -> Fits:
    """Every known mistake, or pair of them, under which all these quantities come out as the person has them."""
    out = []
    with quiet():
        for rule in MISTAKES:
            try:
                outcome = _outcome(record, rule)
            except Divergence:
                continue
            if all(_allows(part, outcome) for part in parts):
                out.append((rule,))
    return tuple(out)


def name_of(rule: str) -> str:
    """A rule in words."""
    return MISTAKES[rule].name


def _outcome(record: UpdateRecord, rule: str) -> Outcome:
    rules, x = record.settings.rules, record.passed.a[0]
    nominal = record.settings.batch_size or record.n
    return MISTAKES[rule].rule(record.before, x, record.targets, rules, nominal, NOTHING_CARRIED)


def _allows(part: Part, outcome: Outcome) -> bool:
    vectors: dict[str, Parameters] = {"gradient": outcome.believed, "step": outcome.step, "after": outcome.after}
    if part.kind not in vectors:
        return False
    vector = vectors[part.kind]
    return part.allows((vector.weights if part.what == "weights" else vector.biases)[part.layer - 1])
