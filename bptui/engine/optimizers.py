"""Optimizers: from the reduced gradient g to the step that is added to θ.

Each is a pair: how many vectors of memory it keeps, and a function that updates that memory in place
and writes the step. γ is the learning rate, t counts updates from 1. θ ← θ + step is done by the caller.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bptui.engine.types import Floats


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


Step = Callable[[OptimizerSettings, Floats, Floats, Floats, float, int, Floats], None]


def sgd(s: OptimizerSettings, g: Floats, theta: Floats, memory: Floats, gamma: float, t: int, step: Floats) -> None:
    """step = −γ g. Robbins & Monro 1951."""
    np.multiply(g, -gamma, out=step)


def momentum(
    s: OptimizerSettings, g: Floats, theta: Floats, memory: Floats, gamma: float, t: int, step: Floats
) -> None:
    """v ← μ v + g; step = −γ v. Polyak 1964, in the form of torch.optim.SGD."""
    v = memory[0]
    v *= s.momentum
    v += g
    np.multiply(v, -gamma, out=step)


def nesterov(
    s: OptimizerSettings, g: Floats, theta: Floats, memory: Floats, gamma: float, t: int, step: Floats
) -> None:
    """v ← μ v + g; step = −γ (g + μ v). Nesterov 1983, in the form of Sutskever et al. 2013 used by PyTorch."""
    v = memory[0]
    v *= s.momentum
    v += g
    np.multiply(v, s.momentum, out=step)
    step += g
    step *= -gamma


def rmsprop(s: OptimizerSettings, g: Floats, theta: Floats, memory: Floats, gamma: float, t: int, step: Floats) -> None:
    """v ← ρ v + (1 − ρ) g²; step = −γ g / (√v + ε). Tieleman & Hinton 2012."""
    v = memory[0]
    v *= s.decay
    np.multiply(g, g, out=step)
    step *= 1.0 - s.decay
    v += step
    np.sqrt(v, out=step)
    step += s.epsilon
    np.divide(g, step, out=step)
    step *= -gamma


def adam(s: OptimizerSettings, g: Floats, theta: Floats, memory: Floats, gamma: float, t: int, step: Floats) -> None:
    """m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; m̂ = m/(1 − β₁ᵗ); v̂ = v/(1 − β₂ᵗ);
    step = −γ m̂ / (√v̂ + ε). Kingma & Ba 2015, algorithm 1."""
    m, v = memory
    m *= s.beta1
    np.multiply(g, 1.0 - s.beta1, out=step)
    m += step
    v *= s.beta2
    np.multiply(g, g, out=step)
    step *= 1.0 - s.beta2
    v += step
    np.sqrt(v, out=step)
    step /= math.sqrt(1.0 - s.beta2**t)
    step += s.epsilon
    np.divide(m, step, out=step)
    step *= -gamma / (1.0 - s.beta1**t)


def adamw(s: OptimizerSettings, g: Floats, theta: Floats, memory: Floats, gamma: float, t: int, step: Floats) -> None:
    """Adam's step − γ λ θ: the decay does not pass through m and v. Loshchilov & Hutter 2019."""
    adam(s, g, theta, memory, gamma, t, step)
    step -= (gamma * s.weight_decay) * theta


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
