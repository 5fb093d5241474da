"""Which of the ways to read a person's arrays is theirs, and which known mistakes then give the numbers."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bptui.diagnosis.compare import Compared, beside, compare
from bptui.diagnosis.fits import Mistakes
from bptui.diagnosis.layout import Laid
from bptui.diagnosis.numbers import Part
from bptui.diagnosis.search import HOLDING, Fit
from bptui.engine.reduce import share_of_samples
from bptui.training.record import UpdateRecord

MOST_TRIED = 4
"""Layouts in which known mistakes are looked for, those first under which most is right."""


def choose(
    record: UpdateRecord, every: Sequence[Laid], past: UpdateRecord | None
) -> tuple[Laid, tuple[Compared, ...], tuple[Fit, ...]]:
    """The layout under which all is right; else, from the one under which most is, the first that a known mistake
    explains."""
    tried = [(laid, compare_all(record, laid)) for laid in every]
    tried.sort(key=lambda each: _distance(each[1]))
    if all(each.state == "exact" or each.own_way for each in tried[0][1]):
        return *tried[0], ()
    mistakes = Mistakes(record, past)
    for laid, compared in tried[:MOST_TRIED]:
        fits = mistakes.of([as_searched(record, laid, each) for each in compared if not each.is_other_loss])
        if fits:
            return laid, _under(compared, fits), fits
    laid, compared = tried[0]
    return laid, tuple(_alone(record, laid, each, mistakes) for each in compared), ()


def _distance(compared: Sequence[Compared]) -> tuple[int, int, float]:
    """How far a reading is from right: how many quantities are wrong, how many of them by no constant, how much."""
    wrong = [each for each in compared if not each.right]
    apart = 0.0
    for each in wrong:
        length = float(np.linalg.norm(each.true)) + float(np.linalg.norm(each.part.middle))
        apart += float(np.linalg.norm(each.part.middle - each.true)) / length if length else 0.0
    return len(wrong), sum(each.state == "different" for each in wrong), apart


def compare_all(record: UpdateRecord, laid: Laid) -> tuple[Compared, ...]:
    """Every part beside the record, and which are right in another way of writing."""
    plain = [compare(record, part, laid.reductions.get(part.name, "")) for part in laid.parts]
    return _own_ways(record, [beside(each, plain) for each in plain])


def _own_ways(record: UpdateRecord, compared: list[Compared]) -> tuple[Compared, ...]:
    """A constant that a program's δ hold and its gradient does not is its own way to write what is right."""
    later: list[Compared] = []
    for kinds in (("after", "step"), ("gradient",), ("samples",), ("delta",)):
        here = [each for each in compared if each.part.kind in kinds]
        factors = {each.constants[:1] or each.factor for each in here}
        same = bool(here) and all(each.state == "factor" for each in here) and len(factors) == 1
        told = bool(later) and all(each.right for each in later)
        if same and (told or (kinds[0] in HOLDING and is_shared(record, here[0]))):
            compared = [replace(each, own_way=True) if each in here else each for each in compared]
            here = [each for each in compared if each.part.kind in kinds]
        later += here
    return tuple(compared)


def is_shared(record: UpdateRecord, each: Compared) -> bool:
    """Can the constant be none but the mean's 1/n? Of two samples it may be a ½ as well, which is a mistake."""
    other = {"½", "1/outputs"} & set(each.constants)
    return record.settings.rules.reduction == "mean" and "1/n" in each.constants and not other


def as_searched(record: UpdateRecord, laid: Laid, each: Compared) -> Part:
    """The quantity as bptui writes it: δ without a constant of the program's own, the gradient as it is reduced."""
    part, scale = each.part, 1.0
    if each.own_way and each.factor:
        scale = 1.0 / each.factor
    called, in_force = laid.reductions.get(part.name, ""), record.settings.rules.reduction
    if part.kind == "gradient" and called and called != in_force:
        scale = share_of_samples(1.0, record.n) if called == "sum" else float(record.n)
    if scale == 1.0:
        return part
    ends = np.sort(np.stack([part.low * scale, part.high * scale]), axis=0)
    return replace(part, low=ends[0], high=ends[1])


def _under(compared: Sequence[Compared], fits: Sequence[Fit]) -> tuple[Compared, ...]:
    """What is wrong is so under the mistakes found, but for a loss that was not among what they were looked for in."""
    return tuple(
        each if each.state == "exact" or each.own_way or each.is_other_loss
        else replace(each, fits=tuple(fits), state="factor" if each.state == "factor" else "rule")
        for each in compared
    )  # fmt: skip


def _alone(record: UpdateRecord, laid: Laid, each: Compared, mistakes: Mistakes) -> Compared:
    """Where no mistake gives all of the numbers, one may give this quantity."""
    fits = mistakes.of_one(as_searched(record, laid, each)) if each.state == "different" else ()
    return replace(each, fits=fits, state="rule") if fits else each
