"""Learning-rate schedules: γ at update t, counted from 1, as a pure function of t."""

import math
from dataclasses import dataclass

SCHEDULES = ("constant", "step", "cosine", "warm-up")


@dataclass(frozen=True, slots=True)
class RateSchedule:
    """How γ changes over the updates; ``length`` is in updates.

    constant  γ
    step      γ · factor^⌊(t − 1) / length⌋
    cosine    from γ down to factor · γ along half a cosine over ``length`` updates, then flat
              (Loshchilov & Hutter 2017)
    warm-up   from γ/length up to γ in a straight line over ``length`` updates, then flat (Goyal et al. 2017)
    """

    name: str = "constant"
    length: int = 1000
    factor: float = 0.1

    def rate(self, base: float, t: int) -> float:
        """γ of update t (from 1) from the settings' learning rate. Raises ValueError for an unknown name."""
        match self.name:
            case "constant":
                return base
            case "step":
                return float(base * self.factor ** ((t - 1) // self.length))
            case "cosine":
                done = min((t - 1) / self.length, 1.0)
                return base * (self.factor + (1.0 - self.factor) * 0.5 * (1.0 + math.cos(math.pi * done)))
            case "warm-up":
                return base * min(t / self.length, 1.0)
        raise ValueError(f"unknown schedule {self.name!r}; one of {', '.join(SCHEDULES)}")
