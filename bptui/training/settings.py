"""The settings of a training run that may change between two updates."""

from dataclasses import dataclass, field
from typing import Literal

from bptui.engine.update import UpdateRules

Order = Literal["shuffle", "fixed", "replacement"]
LastBatch = Literal["keep", "drop"]
ORDERS: tuple[Order, ...] = ("shuffle", "fixed", "replacement")
LAST_BATCH: tuple[LastBatch, ...] = ("keep", "drop")
RATES = tuple(digit * 10.0**power for power in range(-6, 4) for digit in (1, 2, 5))
"""The ladder of learning rates, in 1-2-5 steps."""


@dataclass(frozen=True, slots=True)
class Settings:
    """``batch_size`` None means all samples. ``repeats`` updates are made on a batch before the next one;
    with ``repeat_until`` > 0 fewer, as soon as its mean loss is below that. Raises ValueError."""

    rules: UpdateRules = field(default_factory=UpdateRules)
    batch_size: int | None = None
    order: Order = "shuffle"
    last_batch: LastBatch = "keep"
    repeats: int = 1
    repeat_until: float = 0.0

    def __post_init__(self) -> None:
        if self.batch_size is not None and self.batch_size < 1:
            raise ValueError(f"batch_size must be 1 or more, or all; got {self.batch_size}")
        if self.order not in ORDERS:
            raise ValueError(f"unknown order {self.order!r}; one of {', '.join(ORDERS)}")
        if self.last_batch not in LAST_BATCH:
            raise ValueError(f"unknown last_batch {self.last_batch!r}; one of {', '.join(LAST_BATCH)}")
        if self.repeats < 1:
            raise ValueError(f"repeats must be 1 or more, got {self.repeats}")
        if not 0 <= self.repeat_until < float("inf"):
            raise ValueError(f"repeat_until must be a finite number of 0 or more, got {self.repeat_until}")
