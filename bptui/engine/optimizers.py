"""Optimizers: from the reduced gradient g to the step that is added to θ.

Each is a pair: how many vectors of memory it keeps, and a function that updates that memory in place
and writes the step. θ ← θ + step is done by the caller.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from bptui.engine.types import Floats, number


@dataclass(frozen=True, slots=True)
class OptimizerSettings:
    """The optimizer's name and its constants; those another optimizer uses are ignored."""

    name: str = "sgd"
    momentum: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    decay: float = 0.99
    epsilon: float = 1e-8
    weight_decay: float = 0.01


class Descent(NamedTuple):
    """What an optimizer is told of one update: its settings, γ of this update, and t, its number (from 1)."""

    settings: OptimizerSettings
    gamma: float
    t: int


Step = Callable[[Descent, Floats, Floats, Floats, Floats], None]
"""(descent, g, θ, memory (k × p), step): updates the memory in place and writes the step; g, θ and step are (p,)."""


@lru_cache(maxsize=32)
def minus(gamma: float) -> Floats:
    """−γ, for 0 of either sign −0."""
    return number(-(gamma + 0.0))


def sgd(d: Descent, g: Floats, theta: Floats, memory: Floats, step: Floats) -> None:
    """step = −γ g. Robbins & Monro 1951."""
    np.multiply(g, minus(d.gamma), step)


def momentum(d: Descent, g: Floats, theta: Floats, memory: Floats, step: Floats) -> None:
    """v ← μ v + g; step = −γ v. Polyak 1964, in the form of torch.optim.SGD."""
    v = memory[0]
    # v ← μ v + g
    v *= d.settings.momentum
    v += g
    # step = −γ v
    np.multiply(v, -d.gamma, out=step)


def nesterov(d: Descent, g: Floats, theta: Floats, memory: Floats, step: Floats) -> None:
    """v ← μ v + g; step = −γ (g + μ v). Nesterov 1983, in the form of Sutskever et al. 2013 used by PyTorch."""
    v, mu = memory[0], d.settings.momentum
    # v ← μ v + g
    v *= mu
    v += g
    # step = −γ (g + μ v)
    np.multiply(v, mu, out=step)
    step += g
    step *= -d.gamma


def rmsprop(d: Descent, g: Floats, theta: Floats, memory: Floats, step: Floats) -> None:
    """v ← ρ v + (1 − ρ) g²; step = −γ g / (√v + ε). Tieleman & Hinton 2012."""
    v, rho = memory[0], d.settings.decay
    blend(v, rho, g, step, squared=True)
    # step = −γ g / (√v + ε)
    np.sqrt(v, out=step)
    step += d.settings.epsilon
    np.divide(g, step, out=step)
    step *= -d.gamma


def adam(d: Descent, g: Floats, theta: Floats, memory: Floats, step: Floats) -> None:
    """m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; m̂ = m / (1 − β₁ᵗ); v̂ = v / (1 − β₂ᵗ);
    step = −γ m̂ / (√v̂ + ε). Kingma & Ba 2015, algorithm 1.

    In place: as plain expressions it takes twice as long on 100 000 parameters.
    """
    (m, v), s = memory, d.settings
    blend(m, s.beta1, g, step, squared=False)
    blend(v, s.beta2, g, step, squared=True)
    # √v̂ + ε, with √v̂ = √v / √(1 − β₂ᵗ)
    np.sqrt(v, out=step)
    step /= math.sqrt(1.0 - s.beta2**d.t)
    step += s.epsilon
    # step = −γ m̂ / (√v̂ + ε), with γ m̂ = γ / (1 − β₁ᵗ) · m
    np.divide(m, step, out=step)
    step *= -d.gamma / (1.0 - s.beta1**d.t)


def adamw(d: Descent, g: Floats, theta: Floats, memory: Floats, step: Floats) -> None:
    """Adam's step − γ λ θ: the decay does not pass through m and v. Loshchilov & Hutter 2019."""
    adam(d, g, theta, memory, step)
    step -= (d.gamma * d.settings.weight_decay) * theta


def blend(average: Floats, beta: float, g: Floats, scratch: Floats, squared: bool) -> None:
    """average ← β average + (1 − β) g, or g², in place; all (p,)."""
    average *= beta
    if squared:
        np.multiply(g, g, out=scratch)
        scratch *= 1.0 - beta
    else:
        np.multiply(g, 1.0 - beta, out=scratch)
    average += scratch


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An optimizer: its formula, the names of the memory vectors it keeps (rows of k × p), and its step."""

    name: str
    formula: str
    memory: tuple[str, ...]
    step: Step

    def fresh_memory(self, parameters: int) -> Floats:
        """Zeros, k × p: one row per memory vector."""
        return np.zeros((len(self.memory), parameters))


OPTIMIZERS: dict[str, Optimizer] = {
    optimizer.name: optimizer
    for optimizer in (
        Optimizer("sgd", "−γ g", (), sgd),
        Optimizer("momentum", "v ← μ v + g; −γ v", ("v",), momentum),
        Optimizer("nesterov", "v ← μ v + g; −γ (g + μ v)", ("v",), nesterov),
        Optimizer("rmsprop", "v ← ρ v + (1 − ρ) g²; −γ g / (√v + ε)", ("v",), rmsprop),
        Optimizer("adam", "−γ m̂ / (√v̂ + ε)", ("m", "v"), adam),
        Optimizer("adamw", "−γ m̂ / (√v̂ + ε) − γ λ θ", ("m", "v"), adamw),
    )
}


def as_read(d: Descent, g: Floats, theta: Floats, memory: Floats, step: Floats) -> None:
    """step = 0: what came of g is known from elsewhere, and written there by who knows it."""
    step.fill(0.0)


READ = Optimizer("PyTorch", "θ after − θ before, as read", (), as_read)
"""Stands for one of PyTorch's whose rule is none of the others: of a recording, whose steps are read. No scenario can
ask for it."""


def optimizer_named(name: str) -> Optimizer:
    """That of this name, :data:`READ` too. Raises KeyError."""
    return READ if name == READ.name else OPTIMIZERS[name]
