"""PyTorch's optimizers in bptui's terms: where one of them is one of ours, with which constants and memory."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from bptui.engine.network import Architecture, Parameters
from bptui.engine.optimizers import READ, Descent, OptimizerSettings, optimizer_named
from bptui.engine.update import freeze_biases
from bptui.torch.clipping import Clipping
from bptui.torch.error import RecordingError
from bptui.torch.passes import CLOSE

if TYPE_CHECKING:
    from bptui.torch.contents import Update

MOST_OFF = 1e-5
"""Of a step, as a share: what the 1e−6 in clip_grad_norm_ may come to where bptui's rule is said to make it."""
SLOTS = {
    "momentum": ("momentum_buffer",),
    "nesterov": ("momentum_buffer",),
    "rmsprop": ("square_avg",),
    "adam": ("exp_avg", "exp_avg_sq"),
    "adamw": ("exp_avg", "exp_avg_sq"),
}
"""What PyTorch calls the memory vectors, in bptui's order."""


@dataclass(frozen=True, slots=True)
class OptimizerRule:
    """``name`` and ``constants`` as in [training] of a scenario; READ's name where it is none of ours, and ``why``."""

    name: str
    constants: dict[str, float] = field(default_factory=dict)
    why: str = ""

    @property
    def slots(self) -> tuple[str, ...]:
        """Keys of a parameter's state."""
        return SLOTS.get(self.name, ())

    @property
    def known(self) -> bool:
        return self.name != READ.name


def rule_of(optimizer: torch.optim.Optimizer, biases: set[int]) -> OptimizerRule:
    """Which of bptui's it is; ``biases`` are the ids of the parameters that are biases."""
    rule = rule_of_kind(optimizer, biases)
    return unknown("it had made steps before the recording began") if rule.known and optimizer.state else rule


def rule_of_kind(optimizer: torch.optim.Optimizer, biases: set[int]) -> OptimizerRule:
    """The same by its class and options alone."""
    groups = optimizer.param_groups
    for key in sorted(set(groups[0]) - {"params", "weight_decay", "foreach", "fused", "differentiable", "capturable"}):
        if any(group.get(key) != groups[0][key] for group in groups):
            return unknown(f"its groups have different {key}")
    if groups[0].get("maximize"):
        return unknown("it maximizes")
    kind = type(optimizer)
    if kind is torch.optim.SGD:
        return of_sgd(groups, biases)
    if kind in (torch.optim.Adam, torch.optim.AdamW):
        return of_adam(groups, kind is torch.optim.AdamW, biases)
    if kind is torch.optim.RMSprop and not (groups[0]["centered"] or groups[0]["momentum"]):
        return with_decay("rmsprop", {"decay": groups[0]["alpha"], "epsilon": groups[0]["eps"]}, groups, biases)
    return unknown(f"bptui does not know the rule of torch.optim.{kind.__name__} with these options")


def refuse_optimizer(optimizer: Any, model: nn.Module) -> None:
    """Raises RecordingError for one whose steps are not made of one backward of this model."""
    if not isinstance(optimizer, torch.optim.Optimizer):
        raise RecordingError(f"the optimizer is {type(optimizer).__name__}, none of torch.optim's")
    if isinstance(optimizer, torch.optim.LBFGS):
        raise RecordingError("LBFGS makes many passes for one step; take an optimizer that makes one of a backward")
    theirs = {id(p) for group in optimizer.param_groups for p in group["params"]}
    for name, p in model.named_parameters():
        if p.requires_grad and id(p) not in theirs:
            raise RecordingError(f"the optimizer does not have {name}; give it all parameters that are trained")
    if theirs - {id(p) for p in model.parameters()}:
        raise RecordingError("the optimizer has parameters that are not of this model; record with one of its own")
    rate_of(optimizer)


def rate_of(optimizer: torch.optim.Optimizer) -> float:
    """γ of its next step. Raises RecordingError where its groups do not have the same one."""
    rates = {float(group["lr"]) for group in optimizer.param_groups if any(p.requires_grad for p in group["params"])}
    if len(rates) > 1:
        raise RecordingError(
            f"the optimizer's groups have learning rates from {min(rates):g} to {max(rates):g}; an update that bptui "
            "tells of has one: give all groups the same lr to record"
        )
    return rates.pop()


def makes(
    rule: OptimizerRule,
    architecture: Architecture,
    update: "Update",
    clipping: Clipping,
    after: NDArray[Any],
    t: int,
) -> bool:
    """Does bptui's optimizer of this name come to the same weights, up to rounding?"""
    before, given = update.before.astype(np.float64), update.gradient.astype(np.float64)
    g = clipping.applied(given)
    constants = dict(rule.constants)
    decay = constants.pop("l2", 0.0)
    if decay and clipping.norm:  # PyTorch adds it to what is clipped, and bptui clips what it is added to
        return False
    for of_gradient, w in zip(
        Parameters(architecture, g).weights, Parameters(architecture, before).weights, strict=True
    ):
        of_gradient += decay * w
    step, memory = np.empty_like(g), update.memory.astype(np.float64)
    descent = Descent(OptimizerSettings(rule.name, **constants), update.rate, t)
    optimizer_named(rule.name).step(descent, g, before, memory, step)
    if architecture.bias == "frozen":
        freeze_biases(Parameters(architecture, step))
    rounding = 4 * float(np.finfo(after.dtype).eps * np.abs(before).max())
    close = max(CLOSE[after.dtype.name], min(2 * clipping.off(given), MOST_OFF))
    return bool(np.abs(before + step - after).max() <= close * np.abs(step).max() + rounding)


def of_sgd(groups: list[dict[str, Any]], biases: set[int]) -> OptimizerRule:
    first = groups[0]
    if first["momentum"] == 0:
        return with_decay("sgd", {}, groups, biases)
    if first["dampening"]:
        return unknown("its momentum is dampened")
    return with_decay("nesterov" if first["nesterov"] else "momentum", {"momentum": first["momentum"]}, groups, biases)


def of_adam(groups: list[dict[str, Any]], decoupled: bool, biases: set[int]) -> OptimizerRule:
    first = groups[0]
    if first["amsgrad"]:
        return unknown("it is AMSGrad")
    constants = dict(zip(("beta1", "beta2"), map(float, first["betas"]), strict=True)) | {"epsilon": first["eps"]}
    if decoupled or first.get("decoupled_weight_decay"):
        decays = {group["weight_decay"] for group in groups}
        if len(decays) > 1:
            return unknown("its groups have different weight_decay")
        return OptimizerRule("adamw", constants | {"weight_decay": decays.pop()})
    return with_decay("adam", constants, groups, biases)


def with_decay(name: str, constants: dict[str, float], groups: list[dict[str, Any]], biases: set[int]) -> OptimizerRule:
    """weight_decay added to the gradient is bptui's L2, where biases have none."""
    decay = {id(p): float(group["weight_decay"]) for group in groups for p in group["params"]}
    of_weights = {value for p, value in decay.items() if p not in biases}
    if any(value for p, value in decay.items() if p in biases) or len(of_weights) > 1:
        return unknown("its weight_decay is not of all weights and no biases, as bptui's L2 is")
    shared = of_weights.pop() if of_weights else 0.0
    return OptimizerRule(name, constants | ({"l2": shared} if shared else {}))


def unknown(why: str) -> OptimizerRule:
    return OptimizerRule(READ.name, why=why)
