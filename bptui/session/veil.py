"""A record with a number hidden in it: in its place, and in that of all that is made of it, stands none (nan).

Whatever reads a hidden number of it, by whichever way, gets none: no view needs to know that something is hidden.
"""

from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from bptui.engine.network import Network, Parameters
from bptui.engine.statistics import sample_gradient
from bptui.engine.types import Floats, read_only
from bptui.engine.weight import Weight
from bptui.explain.quantity import Quantity
from bptui.training.record import UpdateRecord
from bptui.training.shares import Share

NONE = float("nan")
VECTORS: dict[str, tuple[str, ...]] = {
    "contribution": ("summed", "reduced", "step", "after"),
    "sum": ("summed", "reduced", "step", "after"),
    "mean": ("reduced", "step", "after"),
    "step": ("step", "after"),
    "after": ("after",),
}
"""Which vectors as long as θ a hidden number of one weight is in, or makes: all of each is hidden, since the other
weights' would say how it is made. Of a batch that is not all in yet none is known anyway."""


@dataclass(frozen=True, eq=False)
class VeiledRecord(UpdateRecord):
    """``no_share`` is the sample whose contributions are hidden (−1: none), ``no_total`` whether their sum is, and
    ``no_mean`` whether the mean is."""

    no_share: int = -1
    no_total: bool = False
    no_mean: bool = False

    def contributions(self, weight: Weight) -> Floats:
        shares = super().contributions(weight).copy()
        if self.no_share >= 0:
            shares[self.no_share] = NONE
        return shares

    def contribution(self, weight: Weight, sample: int) -> float:
        return float(self.contributions(weight)[sample])

    def running(self, weight: Weight) -> Floats:
        totals = super().running(weight)
        if self.no_total:
            totals[-1] = NONE
        return totals

    @cached_property
    def gradient_norms(self) -> Floats:
        norms = np.array(UpdateRecord.gradient_norms.func(self))  # type: ignore[attr-defined]
        if self.no_share >= 0:
            norms[self.no_share] = NONE
        return read_only(norms)

    @cached_property
    def mean(self) -> Parameters:
        if self.no_mean:
            return hidden(self.summed)
        mean: Parameters = UpdateRecord.mean.func(self)  # type: ignore[attr-defined]
        return mean

    @cached_property
    def shares(self) -> tuple[Share, ...]:
        known: tuple[Share, ...] = UpdateRecord.shares.func(self)  # type: ignore[attr-defined]
        return tuple(self._veiled_share(share) for share in known)

    def _veiled_share(self, share: Share) -> Share:
        """Without the sum where it has the sample hidden in it or is the whole batch's, without the mean likewise."""
        whole, has_it = share.n == self.n, share.rows.start <= self.no_share < share.rows.stop
        no_sum = has_it or (whole and self.no_total)
        return replace(
            share,
            summed=hidden(share.summed) if no_sum else share.summed,
            mean=hidden(share.summed) if share.mean and (no_sum or (whole and self.no_mean)) else share.mean,
        )

    @cached_property
    def mean_of_means(self) -> Parameters:
        if self.no_mean or self.no_total:
            return hidden(self.summed)
        mean: Parameters = UpdateRecord.mean_of_means.func(self)  # type: ignore[attr-defined]
        return mean

    def gradient(self, sample: int) -> Parameters:
        own = sample_gradient(self.before.architecture, self.passed, sample)
        return hidden(own) if sample == self.no_share else own


def hidden(vector: Parameters) -> Parameters:
    """A vector of which no entry is known."""
    return Parameters(vector.architecture, read_only(np.full_like(vector.flat, NONE)))


@lru_cache(maxsize=4)
def veiled(record: UpdateRecord, q: Quantity) -> UpdateRecord:
    """The record without the quantity and without what is made of it: an answer with all answers of its sample, a δ
    with all of its layer, a number of a weight with those of all weights."""
    changed: dict[str, Any] = {
        name: hidden(getattr(record, name)) for name in VECTORS.get(q.kind, ()) if name != "after"
    }
    if "after" in VECTORS.get(q.kind, ()):
        after = np.full_like(record.after.flat, NONE)
        changed["after"] = Network(record.before.architecture, read_only(after))
    if record.told and "reduced" in VECTORS.get(q.kind, ()):
        changed["told"] = replace(record.told, gradient=read_only(np.full_like(record.told.gradient, NONE)))
    if q.kind in ("a", "delta"):
        changed["passed"] = without(record, q)
    if q.kind == "contribution":
        changed["no_share"] = q.sample
    if q.kind in ("contribution", "sum"):
        changed["no_total"] = True
    changed["no_mean"] = q.kind == "mean"
    return VeiledRecord(**{field.name: getattr(record, field.name) for field in fields(UpdateRecord)} | changed)


def without(record: UpdateRecord, q: Quantity) -> Any:
    """The pass without a sample's answers (its z and a of the last layer) or its δ of a layer."""
    passed = record.passed

    def cut(arrays: tuple[Floats, ...], place: int) -> tuple[Floats, ...]:
        array = arrays[place].copy()
        array[q.sample] = NONE
        return (*arrays[:place], read_only(array), *arrays[place + 1 :])

    if q.kind == "delta":
        return replace(passed, delta=cut(passed.delta, q.layer - 1))
    return replace(passed, a=cut(passed.a, q.layer), z=cut(passed.z, q.layer - 1))
