"""A quantity: the name of one number of an update record, and how it is written in symbols."""

from dataclasses import dataclass
from typing import Literal

from bptui.engine.weight import NUMBERED, Names, Weight, sub

Kind = Literal[
    "input",
    "target",
    "weight",
    "z",
    "a",
    "slope",
    "upstream",
    "delta",
    "loss",
    "loss-sum",
    "loss-mean",
    "contribution",
    "sum",
    "mean",
    "regularisation",
    "unclipped",
    "norm",
    "clip",
    "reduced",
    "memory",
    "memory-after",
    "corrected",
    "rate",
    "step",
    "after",
]
OF_A_UNIT: tuple[Kind, ...] = ("input", "target", "z", "a", "slope", "upstream", "delta")
OF_A_WEIGHT: tuple[Kind, ...] = (
    "weight",
    "contribution",
    "sum",
    "mean",
    "regularisation",
    "unclipped",
    "reduced",
    "memory",
    "memory-after",
    "corrected",
    "step",
    "after",
)
GIVEN: tuple[Kind, ...] = ("input", "target", "weight", "memory")


@dataclass(frozen=True, slots=True)
class Quantity:
    """``layer`` counts from 1 (0: the inputs), ``unit`` and ``sample`` (a row of the batch) from 0.

    ``source`` is the input that a weight comes from, −1 for the bias; ``slot`` the optimizer's memory, m or v.
    A field that a kind does not need keeps its default, so that equal quantities are equal.

    slope is φ′(z); upstream ∂L/∂a (in a hidden layer Σ_k w_jk δ_k); a contribution what one sample adds to SUM;
    unclipped what is there before clipping, norm its length; reduced what the optimizer gets; corrected m̂ or v̂.
    """

    kind: Kind
    layer: int = 0
    unit: int = 0
    source: int = 0
    sample: int = -1
    slot: str = ""

    @property
    def weight(self) -> Weight:
        """The weight or bias that it is of, for kinds that are of one."""
        return Weight(self.layer, self.source, self.unit)

    def of_weight(self, kind: Kind, slot: str = "", sample: int = -1) -> "Quantity":
        """Another quantity of the same weight."""
        return Quantity(kind, self.layer, self.unit, self.source, sample, slot)

    def of_unit(self, kind: Kind) -> "Quantity":
        """Another quantity of the same unit and sample."""
        return Quantity(kind, self.layer, self.unit, sample=self.sample)


def of_unit(kind: Kind, layer: int, unit: int, sample: int) -> Quantity:
    """A number of one unit (from 0) of layer 1 … L, for one sample."""
    return Quantity(kind, layer, unit, sample=sample)


def activation(layer: int, unit: int, sample: int) -> Quantity:
    """a of a unit; in layer 0 that is an input."""
    return of_unit("a" if layer else "input", layer, unit, sample)


def target(unit: int, sample: int) -> Quantity:
    """y of one output, for one sample."""
    return of_unit("target", 0, unit, sample)


def of_weight(kind: Kind, layer: int, source: int, unit: int, sample: int = -1, slot: str = "") -> Quantity:
    """A number of one weight: from input ``source`` (−1: the bias) to ``unit`` of layer 1 … L."""
    return Quantity(kind, layer, unit, source, sample, slot)


def loss(sample: int) -> Quantity:
    """L of one sample."""
    return Quantity("loss", sample=sample)


RATE, NORM, CLIP = Quantity("rate"), Quantity("norm"), Quantity("clip")
LOSS_SUM, LOSS_MEAN = Quantity("loss-sum"), Quantity("loss-mean")


def tag(sample: int) -> str:
    """A sample of the batch as people count: the first is #1."""
    return f"[#{sample + 1}]"


def name(q: Quantity, names: Names = NUMBERED) -> str:
    """The quantity in symbols, with the tag of its sample: ``δ₂[0][#3]``, or ``δ₂[o1][#3]`` where units have names."""
    if q.kind in OF_A_UNIT:
        return _unit_symbol(q, names)
    if q.kind in OF_A_WEIGHT:
        return _weight_symbol(q, names)
    if q.kind == "loss":
        return f"L{tag(q.sample)}"
    return {"loss-sum": "Σ L", "loss-mean": "mean L", "norm": "‖g‖", "clip": "clip", "rate": "γ"}[q.kind]


def _unit_symbol(q: Quantity, names: Names) -> str:
    if q.kind == "input":
        return f"{names.input(q.unit)}{tag(q.sample)}"
    if q.kind == "target":
        return f"y[{names.unit(-1, q.unit)}]{tag(q.sample)}"
    place = f"{sub(q.layer)}[{names.unit(q.layer, q.unit)}]{tag(q.sample)}"
    return {
        "z": f"z{place}",
        "a": f"a{place}",
        "slope": f"φ′(z{place})",
        "upstream": f"∂L/∂a{place}",
        "delta": f"δ{place}",
    }[q.kind]


def _weight_symbol(q: Quantity, names: Names) -> str:
    weight = names.symbol(q.weight)
    return {
        "weight": weight,
        "contribution": f"∂L/∂{weight}{tag(q.sample)}",
        "sum": f"SUM {weight}",
        "mean": f"MEAN {weight}",
        "regularisation": f"penalty′({weight})",
        "unclipped": f"g({weight}) before clip",
        "reduced": f"g({weight})",
        "memory": f"{q.slot}ₜ₋₁({weight})",
        "memory-after": f"{q.slot}ₜ({weight})",
        "corrected": f"{q.slot}\u0302({weight})",
        "step": f"Δ{weight}",
        "after": f"{weight} after",
    }[q.kind]


def words(q: Quantity, names: Names = NUMBERED) -> str:
    """What the quantity is, in plain words."""
    unit = _called(q, names) if q.kind in OF_A_UNIT else ""
    where = f"unit {unit} of layer {q.layer}, sample {q.sample + 1}"
    weight = f"the {'bias' if q.source < 0 else 'weight'} {names.told(q.weight)}" if q.kind in OF_A_WEIGHT else ""
    memory = {"m": "mean of past gradients", "v": "memory"}.get(q.slot, "")
    return {
        "input": f"input {unit} of sample {q.sample + 1}",
        "target": f"target of output {unit}, sample {q.sample + 1}",
        "weight": f"{weight}, frozen during the batch",
        "z": f"pre-activation of {where}",
        "a": f"activation of {where}",
        "slope": f"slope of the activation function at {where}",
        "upstream": f"how the sample's loss changes with the activation of {where}",
        "delta": f"delta ∂L/∂z of {where}",
        "loss": f"loss of sample {q.sample + 1} alone",
        "loss-sum": "losses of the batch, added",
        "loss-mean": "mean loss of the batch, at the weights before the update",
        "contribution": f"what sample {q.sample + 1} adds to the gradient of {weight}",
        "sum": f"contributions of all samples to {weight}, added",
        "mean": f"mean of the samples' contributions to {weight}",
        "regularisation": f"what the penalty on large weights adds for {weight}",
        "unclipped": f"reduced and regularised, before clipping, for {weight}",
        "norm": "length of the whole reduced vector before clipping",
        "clip": "factor that shortens the whole vector, 1 where it is short enough",
        "reduced": f"what the optimizer gets for {weight}",
        "memory": f"the optimizer's {memory} of {weight} before this update",
        "memory-after": f"the optimizer's {memory} of {weight} after this update",
        "corrected": f"the {memory} of {weight}, corrected for its start at zero",
        "rate": "learning rate of this update",
        "step": f"what is added to {weight}, once for the batch",
        "after": f"{weight} after the update",
    }[q.kind]


def _called(q: Quantity, names: Names) -> str:
    """The unit that a quantity is of: an output for a target."""
    if q.kind == "input":
        return names.input_told(q.unit)
    return names.output_told(q.unit) if q.kind == "target" else names.unit(q.layer, q.unit)
