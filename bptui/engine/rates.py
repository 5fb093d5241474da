"""Learning-rate schedules: γ at update t, counted from 1, as a pure function of t."""

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RateSchedule:
    """How γ changes over the updates; ``length`` is in updates. Raises ValueError for an unknown name."""

    name: str = "constant"
    length: int = 1000
    factor: float = 0.1

    def __post_init__(self) -> None:
        if self.name not in SCHEDULES:
            raise ValueError(f"unknown schedule {self.name!r}; one of {', '.join(SCHEDULES)}")

    def rate(self, base: float, t: int) -> float:
        """γ of update t (from 1); ``base`` is the learning rate of the settings."""
        return SCHEDULES[self.name](self, base, t)


def constant(s: RateSchedule, base: float, t: int) -> float:
    """γ"""
    return base


def step(s: RateSchedule, base: float, t: int) -> float:
    """γ · factor^⌊(t − 1) / length⌋"""
    return float(base * s.factor ** ((t - 1) // s.length))


def cosine(s: RateSchedule, base: float, t: int) -> float:
    """From γ down to factor · γ along half a cosine over ``length`` updates, then flat (Loshchilov & Hutter 2017)."""
    done = min((t - 1) / s.length, 1.0)
    return base * (s.factor + (1.0 - s.factor) * 0.5 * (1.0 + math.cos(math.pi * done)))


def warm_up(s: RateSchedule, base: float, t: int) -> float:
    """From γ/length up to γ in a straight line over ``length`` updates, then flat (Goyal et al. 2017)."""
    return base * min(t / s.length, 1.0)


SCHEDULES: dict[str, Callable[[RateSchedule, float, int], float]] = {
    "constant": constant,
    "step": step,
    "cosine": cosine,
    "warm-up": warm_up,
}
