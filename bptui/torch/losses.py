"""PyTorch's losses in bptui's terms: which loss of a sample it is, how the batch is reduced, and the targets."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from bptui.data.dataset import Floats, one_hot
from bptui.engine.reduce import Reduction
from bptui.torch.error import RecordingError

KNOWN = "nn.MSELoss, nn.CrossEntropyLoss, nn.NLLLoss, nn.BCEWithLogitsLoss and nn.BCELoss"
OUTPUTS = {
    nn.CrossEntropyLoss: (
        "identity", "softmax", "nn.CrossEntropyLoss has the softmax in it: take {last} off the model"
    ),
    nn.NLLLoss: (
        "log-softmax", "softmax", "nn.NLLLoss needs nn.LogSoftmax(dim=1) at the end; or take nn.CrossEntropyLoss"
    ),
    nn.BCEWithLogitsLoss: (
        "identity", "sigmoid", "nn.BCEWithLogitsLoss has the sigmoid in it: take {last} off the model"
    ),
    nn.BCELoss: ("sigmoid", "sigmoid", "nn.BCELoss needs nn.Sigmoid() at the end; or take nn.BCEWithLogitsLoss"),
}  # fmt: skip
"""Loss → what the model ends with, which activation that is with the loss, and what is said of another end."""


@dataclass(frozen=True, slots=True)
class LossRule:
    """``loss`` by bptui's name and its ``reduction``; ``classes``: are the targets of one output or several classes?"""

    loss: str
    reduction: Reduction
    labels: bool


def rule_of(loss: Any, outputs: int) -> LossRule:
    """What a module of PyTorch's is for a network with so many outputs. Raises RecordingError."""
    if not isinstance(loss, nn.Module):
        raise RecordingError(
            f"the loss is {name_of(loss)}, a function: hooks see modules only; take one of {KNOWN}, and call that"
        )
    kind = type(loss)
    if kind not in (nn.MSELoss, *OUTPUTS):
        raise RecordingError(f"the loss {kind.__name__} is none that bptui knows; {KNOWN} are")
    name = f"nn.{kind.__name__}"
    if loss.reduction not in ("mean", "sum"):
        raise RecordingError(
            f"{name}(reduction={loss.reduction!r}): what is made of it is not seen; take 'mean' or 'sum'"
        )
    for option in ("weight", "pos_weight"):
        if getattr(loss, option, None) is not None:
            raise RecordingError(
                f"{name}({option}=…) weighs samples or classes, which no loss of bptui does; leave it out"
            )
    if getattr(loss, "label_smoothing", 0.0):
        raise RecordingError(f"{name}(label_smoothing=…) has other targets than yours; leave it out, or give it these")
    if kind is nn.MSELoss:
        return LossRule("mean-squared-error" if loss.reduction == "mean" else "squared-error", loss.reduction, False)
    if kind in (nn.CrossEntropyLoss, nn.NLLLoss):
        return LossRule("cross-entropy", loss.reduction, True)
    if outputs > 1 and loss.reduction == "mean":
        raise RecordingError(
            f"{name} with {outputs} outputs divides by samples times outputs, which no loss of bptui does; "
            "take reduction='sum'"
        )
    return LossRule("binary-cross-entropy", loss.reduction, False)


def name_of(loss: Any) -> str:
    return str(getattr(loss, "__name__", type(loss).__name__))


def targets_of(loss: nn.Module, output: torch.Tensor, target: torch.Tensor, n: int, outputs: int) -> Floats:
    """n × o. Raises RecordingError for targets that do not stand one a sample and output."""
    given = target.detach().cpu()
    if isinstance(loss, nn.CrossEntropyLoss | nn.NLLLoss) and not given.is_floating_point():
        if given.shape != (n,):
            raise RecordingError(f"{shape(given)} labels for {n} samples; one each is needed")
        labels = given.numpy().astype(np.int64)
        if labels.min() < 0 or labels.max() >= outputs:
            raise RecordingError(
                f"label {labels[(labels < 0) | (labels >= outputs)][0]} for {outputs} classes: ignored samples "
                "(ignore_index) count in no mean of bptui's; leave them out of the batch"
            )
        return one_hot(labels, outputs)
    if given.shape != output.shape:
        both = f"outputs {shape(output)} and targets {shape(given)}"
        raise RecordingError(f"{both}: PyTorch spreads one over the other; make them alike, as with y.unsqueeze(1)")
    if given.numel() != n * outputs:
        raise RecordingError(f"{shape(given)} targets for {n} samples and {outputs} outputs")
    kept = given.to(torch.float64, copy=True)  # a loop may write its next batch into the same place
    return kept.numpy().reshape(n, outputs)


def shape(tensor: torch.Tensor) -> str:
    return "×".join(map(str, tensor.shape)) or "one"
