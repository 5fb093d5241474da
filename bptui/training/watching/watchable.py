"""What can be watched: a number of a run, and its value in an update."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from bptui.engine.activations import ACTIVATIONS
from bptui.engine.backprop import Pass
from bptui.engine.network import Architecture, Parameters
from bptui.engine.types import Floats
from bptui.engine.weight import BIAS, NUMBERED, Names, Weight, sub
from bptui.training.judged import chosen_class
from bptui.training.run import Run
from bptui.training.watching.made import Made

Kind = Literal[
    "weight", "z", "a", "delta", "loss", "answer", "right", "comes",
    "batch loss", "gradient", "rate", "dead", "saturated",
    "train loss", "test loss", "train accuracy", "test accuracy",
    "update", "epoch", "epoch end", "finite",
]  # fmt: skip
OF_SAMPLE = ("z", "a", "delta", "loss", "answer", "right", "comes")
"""Known where the sample is in the batch."""
OF_ROW = ("loss", "answer", "right", "comes")
"""Those of them that are of no unit."""
OF_UNIT = ("z", "a", "delta")
OF_EPOCH = ("train loss", "test loss", "train accuracy", "test accuracy")
"""Known at the ends of epochs, and at the start."""
OF_SCHEDULE = ("update", "epoch", "epoch end")
OF_BATCH = ("batch loss", "gradient", "dead", "saturated")
FLAT = 0.02
"""Of the largest slope: below it a unit hardly hands anything back."""
LARGEST_SLOPE = {"sigmoid": 0.25, "tanh": 1.0}
"""Of the activations that are flat at both ends; where others have slope 0 they are dead."""
MARKS = {"z": "z", "a": "a", "delta": "d"}


@dataclass(frozen=True, slots=True)
class Watchable:
    """A number of a run: of a ``weight``; of ``unit`` of ``layer`` (1 … L) or of the answer for a sample, a ``row`` of
    the data; else of the batch, the epoch or the schedule."""

    kind: Kind
    weight: Weight | None = None
    layer: int = 0
    unit: int = 0
    row: int = -1

    def words(self, names: Names = NUMBERED) -> str:
        """As it is typed: ``w2[0>1]``, ``d1[3] of row 17``, ``train loss``."""
        match self.kind:
            case "weight":
                assert self.weight is not None
                return symbol(self.weight, names)
            case "z" | "a" | "delta":
                return f"{MARKS[self.kind]}{self.layer}[{names.unit(self.layer, self.unit)}] of row {self.row}"
            case "loss" | "answer":
                return f"{self.kind} of row {self.row}"
            case "right" | "comes":
                return f"row {self.row}"
            case "dead" | "saturated":
                return f"layer {self.layer} unit {names.unit(self.layer, self.unit)}"
            case _:
                return self.kind

    def shown(self, names: Names = NUMBERED) -> str:
        """As the screens have it: ``w₂[0→1]``, ``δ₁[3] of row 17``."""
        if self.weight is not None:
            return names.symbol(self.weight)
        if self.kind in OF_UNIT:
            letter = "δ" if self.kind == "delta" else self.kind
            return f"{letter}{sub(self.layer)}[{names.unit(self.layer, self.unit)}] of row {self.row}"
        return "γ" if self.kind == "rate" else self.words(names)

    def require(self, run: Run) -> None:
        """Raises ValueError, which says why, where the run has no such number."""
        architecture, problem = run.start.architecture, run.problem
        if self.weight is not None:
            self._require_weight(architecture)
        if self.layer:
            self._require_unit(architecture)
        if self.row >= len(problem.data):
            raise ValueError(f"no row {self.row}: the data have {len(problem.data)}, from 0")
        if self.kind in OF_SAMPLE and self.row not in run.problem.split.train:
            raise ValueError(f"row {self.row} is a test sample: it is in no batch")
        if self.kind in ("answer", "right", "train accuracy", "test accuracy") and not problem.data.classes:
            raise ValueError("a regression has no right or wrong answers")
        if self.kind.startswith("test ") and not len(problem.test_x):
            raise ValueError("there are no test samples")

    def _require_weight(self, architecture: Architecture) -> None:
        assert self.weight is not None
        try:
            self.weight.require(architecture.sizes, architecture.bias != "none")
        except IndexError as problem:
            raise ValueError(str(problem)) from None

    def _require_unit(self, architecture: Architecture) -> None:
        if not 1 <= self.layer <= architecture.layers:
            raise ValueError(f"no layer {self.layer}: there are 1 to {architecture.layers}")
        if not 0 <= self.unit < architecture.sizes[self.layer]:
            raise ValueError(f"no unit {self.unit}: layer {self.layer} has {architecture.sizes[self.layer]}, from 0")
        if self.kind == "saturated" and architecture.activations[self.layer - 1] not in LARGEST_SLOPE:
            raise ValueError(f"layer {self.layer} cannot saturate: only {' and '.join(LARGEST_SLOPE)} do")
        if self.kind == "dead" and not can_die(architecture, self.layer):
            name = architecture.activations[self.layer - 1]
            raise ValueError(f"layer {self.layer} cannot die: {name} is never flat on one side")

    def at_start(self, run: Run) -> float | None:
        """Its value before the first update; None where there is none yet."""
        if self.weight is not None:
            return run.start[self.weight]
        return float(getattr(run.epoch_end(0), under(self.kind))) if self.kind in OF_EPOCH else None

    def value(self, made: Made) -> float | None:
        """Its value in an update just made; None where that has none."""
        if self.weight is not None:
            return float(made.stepper.left_flat[place_in(made.work.architecture, self.weight)])
        if self.kind in OF_SAMPLE:
            sample = made.sample_of(self.row)
            return None if sample is None else of_sample(self, made.work.passed, made.work.targets, sample)
        if self.kind in OF_EPOCH:
            return None if made.end is None else float(getattr(made.end, under(self.kind)))
        return of_schedule(self.kind, made) if self.kind in OF_SCHEDULE else of_batch(self, made)


@lru_cache(maxsize=64)
def place_in(architecture: Architecture, weight: Weight) -> int:
    """Where a weight stands in θ."""
    return architecture.place(weight)


def of_batch(number: Watchable, made: Made) -> float | None:
    """A number of the whole batch."""
    match number.kind:
        case "batch loss":
            return made.loss
        case "gradient":
            return length(made.work.reduced)
        case "rate":
            return made.work.rate
        case "dead" | "saturated":
            return flat(number, made.work.architecture, made.work.passed)
        case _:
            return None


def of_schedule(kind: Kind, made: Made) -> float | None:
    """Which update it is, of which epoch, and whether that ends with it."""
    if kind == "update":
        return float(made.update)
    return float(made.position.epoch) if kind == "epoch" or made.ends_epoch else None


def of_sample(number: Watchable, passed: Pass, targets: Floats, sample: int) -> float:
    """A number of one sample of a batch (from 0), when its pass is done."""
    unit, layer = number.unit, number.layer
    match number.kind:
        case "z":
            return float(passed.z[layer - 1][sample, unit])
        case "a":
            return float(passed.a[layer][sample, unit])
        case "delta":
            return float(passed.delta[layer - 1][sample, unit])
        case "loss":
            return float(passed.loss[sample])
        case "answer":
            return float(chosen_class(passed.a[-1][sample : sample + 1])[0])
        case "right":
            row = slice(sample, sample + 1)
            return float(chosen_class(passed.a[-1][row])[0] == chosen_class(targets[row])[0])
        case _:
            return 1.0


def length(gradient: Parameters) -> float:
    """|g| of what the optimizer gets."""
    return math.sqrt(float(gradient.flat.dot(gradient.flat)))


def flat(number: Watchable, architecture: Architecture, passed: Pass) -> float:
    """1 where the unit's slope is 0 (dead), or next to nothing (saturated), for every sample of the batch; else 0."""
    activation = ACTIVATIONS[architecture.activations[number.layer - 1]]
    assert activation.slope is not None
    z, a = (arrays[:, number.unit] for arrays in (passed.z[number.layer - 1], passed.a[number.layer]))
    slopes = np.empty(len(z))
    activation.slope(z, a, slopes)
    if number.kind == "dead":
        return float(not slopes.any())
    return float((slopes < FLAT * LARGEST_SLOPE[architecture.activations[number.layer - 1]]).all())


def can_die(architecture: Architecture, layer: int) -> bool:
    """Is there a z at which this layer's activation has slope 0 for good?"""
    name = architecture.activations[layer - 1]
    activation = ACTIVATIONS[name]
    if activation.slope is None or name in LARGEST_SLOPE:
        return False
    z, slope, a = np.array([-1.0]), np.empty(1), np.empty(1)
    activation.value(z, a)
    activation.slope(z, a, slope)
    return not slope.any()


def under(kind: str) -> str:
    """``train loss`` as the name of a field."""
    return kind.replace(" ", "_")


def symbol(weight: Weight, names: Names) -> str:
    """``w2[0>1]``, ``b2[1]``: what can be typed on any keyboard."""
    unit = names.unit(weight.layer, weight.unit)
    if weight.source == BIAS:
        return f"b{weight.layer}[{unit}]"
    return (
        f"w{weight.layer}[{names.source(weight.layer, weight.source).removeprefix('' if names.units else 'x')}>{unit}]"
    )
