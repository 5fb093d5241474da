"""One forward and backward pass of a batch, as PyTorch makes it: what hooks see of it, and how that is checked."""

from dataclasses import dataclass, field

import numpy as np
import torch

from bptui.data.dataset import Floats
from bptui.engine.activations import ACTIVATIONS
from bptui.engine.network import Network, Parameters
from bptui.engine.reduce import reduce_over_samples
from bptui.engine.types import quiet
from bptui.engine.update import UpdateRules, Workspace, accumulate, freeze_biases
from bptui.torch.error import RecordingError
from bptui.training.recording import near_corner, off

CLOSE = {"float32": 1e-3, "float64": 1e-8}
"""How far PyTorch's numbers may be off, as a share of the largest: rounding of many sums is well below."""
SAME = {"float32": 1e-5, "float64": 1e-12}
"""How far one function of the same numbers may be off."""
CORNERS = ("relu", "leaky-relu")


@dataclass(slots=True, eq=False)
class Seen:
    """Of a batch of n samples: ``a`` what went into each layer and ``z`` what came out of it, ``delta`` ∂L/∂z, the
    model's ``output``, the targets and the ``loss``; rows and columns where the inputs were an ``image``."""

    a: list[torch.Tensor] = field(default_factory=list)
    z: list[torch.Tensor] = field(default_factory=list)
    delta: dict[int, torch.Tensor] = field(default_factory=dict)
    output: torch.Tensor | None = None
    targets: Floats | None = None
    loss: float = 0.0
    image: tuple[int, int] | None = None

    @property
    def n(self) -> int:
        return len(self.a[0])


def floats(tensor: torch.Tensor) -> Floats:
    """A copy on the CPU."""
    return tensor.detach().cpu().double().numpy()


# --- which activation stands behind a layer ---


def activation_between(z: torch.Tensor, a: torch.Tensor, kind: str, last: bool) -> str:
    """The one that makes a of z; "" for none of bptui's. Where all of z is above 0 a rectifier does nothing: between
    layers there is one, behind the ``last`` there is none."""
    if z.numel() != a.numel():
        return ""
    before, after = floats(z), floats(a).reshape(z.shape)
    likely = ("identity",) if last else CORNERS
    for name in (*likely, *ACTIVATIONS, "log-softmax"):
        if np.allclose(applied(name, before), after, rtol=SAME[kind], atol=SAME[kind]):
            return name
    return ""


def applied(name: str, z: Floats) -> Floats:
    out = np.empty_like(z)
    with quiet():
        ACTIVATIONS["softmax" if name == "log-softmax" else name].value(z, out)
        return np.log(out) if name == "log-softmax" else out


# --- is it what the engine makes? ---


def refuse_inputs(x: torch.Tensor, layer: int) -> None:
    """Raises RecordingError where that is no batch of samples, each a row of numbers."""
    if x.ndim != 2:
        raise RecordingError(
            f"inputs of {x.ndim} dimensions to layer {layer}; a batch is samples × numbers (of one sample: x[None]); "
            "evaluate under torch.no_grad()"
        )
    if not len(x):
        raise RecordingError("a batch without samples has no gradient; leave it out")
    if layer == 1:
        refuse_missing("inputs", floats(x))


def refuse_missing(what: str, numbers: Floats) -> None:
    """Raises RecordingError where not all are finite."""
    if not np.isfinite(numbers).all():
        raise RecordingError(f"{what} that are nan or infinite; leave these samples out, or put numbers in their place")


def refuse_wiring(seen: Seen, activations: tuple[str, ...], kind: str) -> None:
    """Raises RecordingError where something else than the activation stands between two layers."""
    for layer, name in enumerate(activations[:-1], start=1):
        z, a = seen.z[layer - 1], seen.a[layer]
        if z.shape != a.shape or not np.allclose(applied(name, floats(z)), floats(a), rtol=SAME[kind], atol=SAME[kind]):
            raise RecordingError(
                f"what goes into layer {layer + 1} is not {name} of what layer {layer} gives: something is between "
                "them that is no module (dropout, a sum of branches, a norm?); bptui knows a chain of layers only"
            )


def refuse_pairs(seen: Seen, theirs: Parameters, kind: str) -> None:
    """Raises RecordingError where Σ of the samples' products of input and δ is not ``theirs``, which .grad holds."""
    for layer in range(1, theirs.architecture.layers + 1):
        a, delta = floats(seen.a[layer - 1]), floats(seen.delta[layer - 1])
        ours = (a.T @ delta, delta.sum(axis=0))
        parts = theirs.layer(layer)[: 1 if theirs.architecture.bias == "frozen" else 2]
        for what, mine, part in zip(("weight", "bias"), ours, parts, strict=False):
            if off(mine, part) > CLOSE[kind]:
                raise RecordingError(
                    f".grad of the {what} of layer {layer} is not the sum of its samples' inputs times δ, but "
                    f"{off(mine, part):.1%} of its largest number off: something besides the loss is in it (a penalty "
                    "added to it, a hook); take that out: weight_decay of the optimizer can be recorded"
                )


def engine_pass(network: Network, rules: UpdateRules, seen: Seen) -> Workspace:
    """The engine's forward and backward at the same weights, of the same batch."""
    work = Workspace(network.architecture, seen.n)
    work.passed.a[0][:] = floats(seen.a[0])
    work.targets[:] = seen.targets
    with quiet():
        accumulate(network, rules, work)
    reduce_over_samples(work.summed.flat, work.n, rules.reduction, work.reduced.flat)
    if network.architecture.bias == "frozen":
        freeze_biases(work.reduced)
    return work


def refuse_engine(work: Workspace, rules: UpdateRules, seen: Seen, gradient: Parameters, kind: str) -> None:
    """Raises RecordingError where the engine's δ of a sample, or its gradients, are others than PyTorch's."""
    share = np.empty(1)
    reduce_over_samples(np.ones(1), work.n, rules.reduction, share)
    near = near_corner(work, kind)
    for layer in range(work.architecture.layers, 0, -1):
        ours, theirs = work.passed.delta[layer - 1] * share, floats(seen.delta[layer - 1])
        wrong = off(ours[~near], theirs[~near]) if not near.all() else 0.0
        if wrong > CLOSE[kind]:
            raise RecordingError(
                f"PyTorch's δ of layer {layer} is not what these samples, weights and {rules.loss} ({rules.reduction}) "
                f"give: off by {wrong:.1%} of the largest; is something added to the loss, or done to the outputs?"
            )
    if not near.any() and off(work.reduced.flat, gradient.flat) > CLOSE[kind]:
        raise RecordingError(
            f"PyTorch's gradient is off by {off(work.reduced.flat, gradient.flat):.1%} of its largest number from what "
            "the engine makes of the same batch and weights"
        )
