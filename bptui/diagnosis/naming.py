"""What people call the quantities of an update: ``dW1``, ``b2_grad``, ``delta2``, ``fc1.weight.grad`` …"""

import re
from dataclasses import dataclass
from typing import Literal

from bptui.diagnosis.numbers import What

Meaning = Literal["z", "a", "delta", "loss", "gradient", "samples", "step", "after", "weights", "before", "nothing"]
"""A kind of quantity; ``weights``: W1 alone, which may be a gradient or the new weights; ``before``: the weights that
the record was given; ``nothing``: what is no part of the comparison."""
Reduction = Literal["", "sum", "mean"]

AROUND: dict[str, tuple[Meaning, Reduction]] = {
    **dict.fromkeys(("d", "dl", "dld", "dj", "djd", "g", "grad", "grads", "gradient", "dloss"), ("gradient", "")),
    "reduced": ("gradient", ""),
    **dict.fromkeys(("mean", "meangrad"), ("gradient", "mean")),
    **dict.fromkeys(("sum", "summed", "sumgrad"), ("gradient", "sum")),
    **dict.fromkeys(("step", "change", "update", "delta"), ("step", "")),
    **dict.fromkeys(("after", "new", "updated"), ("after", "")),
    **dict.fromkeys(("before", "old", "start", "initial", "init"), ("before", "")),
    **dict.fromkeys(("sample", "samples", "persample"), ("samples", "")),
}
"""What stands before or behind W1 and b1 → what they are then."""
UNITS: dict[str, Meaning] = {
    **dict.fromkeys(("z", "net", "preactivation"), "z"),
    **dict.fromkeys(("a", "h", "out", "activation"), "a"),
    **dict.fromkeys(("delta", "d", "dz", "dldz", "err", "error"), "delta"),
}
LOSSES = ("loss", "losses", "cost", "l", "j")
NOT_COMPARED = (
    "x", "y", "input", "inputs", "target", "targets", "index", "indices", "rows", "memory",
    "gradientnorm", "gradientnorms",
    "update", "epoch", "batch", "learningrate", "lr", "note", "comment", "rule", "name", "penalty", "withpenalty",
    "ranks", "meanofranksmeans",
)  # fmt: skip
"""Keys of ``bptui trace`` and of NPZ files that are no quantity of the comparison, and what people note beside."""

_AROUND = "|".join(sorted(AROUND, key=len, reverse=True))
OF_WEIGHTS = re.compile(rf"({_AROUND})?(w|weights?|b|bias|biases)(\d{{1,2}})({_AROUND})?")
OF_UNITS = re.compile(rf"({'|'.join(UNITS)})(\d{{1,2}})")
OF_MODULE = re.compile(r"(?P<stem>.*?\d[^.]*|[^.]+)\.(?P<what>weight|bias)(?P<grad>\.grad)?")
"""A name of PyTorch's: its layers are counted in the order in which they stand."""


@dataclass(frozen=True, slots=True)
class Address:
    """``layer`` counts from 1; 0 for the loss."""

    meaning: Meaning
    layer: int = 0
    what: What = ""
    reduction: Reduction = ""


def address_of(name: str, meaning: Meaning | None = None) -> Address | None:
    """What a name stands for, or None. Inside a section of gradients (or steps …) a plain W1 is of that ``meaning``."""
    plain = re.sub(r"[\s_.\-\[\]]", "", name.lower().replace("δ", "delta").replace("∂", "d").replace("/", ""))
    if found := OF_WEIGHTS.fullmatch(plain):
        said, reduction = AROUND.get(found[1] or found[4] or "", (meaning or "weights", ""))
        return Address(said, int(found[3]), "weights" if found[2][0] == "w" else "biases", reduction)
    if found := OF_UNITS.fullmatch(plain):
        layer = int(found[2])
        return Address(UNITS[found[1]] if layer else "nothing", layer)
    if plain in NOT_COMPARED:
        return Address("nothing")
    for reduction in ("", "sum", "mean"):
        if plain.removesuffix(reduction) in LOSSES and plain.endswith(reduction):
            return Address("loss", 0, "", reduction)
    return None


def of_module(names: list[str], meaning: Meaning | None = None) -> dict[str, Address]:
    """Names of a PyTorch module → what they stand for; {} where they are not all of that form."""
    found = {name: OF_MODULE.fullmatch(name) for name in names}
    stems = list(dict.fromkeys(match["stem"] for match in found.values() if match))
    out = {}
    for name, match in found.items():
        if match is None:
            return {}
        said: Meaning = "gradient" if match["grad"] else (meaning or "weights")
        out[name] = Address(said, stems.index(match["stem"]) + 1, "weights" if match["what"] == "weight" else "biases")
    return out
