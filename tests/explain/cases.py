"""Small runs of every kind, and the walks over them."""

from collections import deque
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from bptui.data import Dataset, Split
from bptui.engine import (
    ACTIVATIONS,
    LOSSES,
    OPTIMIZERS,
    Architecture,
    Network,
    OptimizerSettings,
    UpdateRules,
    initialise,
)
from bptui.engine.network import Bias
from bptui.engine.rates import RateSchedule
from bptui.engine.reduce import Reduction
from bptui.engine.types import read_only
from bptui.explain import Explanation, Quantity, explain
from bptui.explain.quantity import LOSS_MEAN
from bptui.explain.update import all_weights
from bptui.training import Run, Settings, UpdateRecord


@dataclass(frozen=True)
class Case:
    """A network with two hidden layers, and how it is trained; looked at in update 2, when memory is no longer 0."""

    hidden: str = "tanh"
    output: str = "identity"
    rules: UpdateRules = field(default_factory=UpdateRules)
    bias: Bias = "trained"
    sizes: tuple[int, ...] = (2, 3, 2, 2)
    batch: int = 3
    scale: float = 1.0

    @property
    def record(self) -> UpdateRecord:
        return record_of(self)


@cache
def record_of(case: Case) -> UpdateRecord:
    return run_of(case).record(2)


def run_of(case: Case) -> Run:
    rng = np.random.default_rng(11)
    inputs, outputs, count = case.sizes[0], case.sizes[-1], 2 * case.batch
    x = rng.uniform(-1.0, 1.0, (count, inputs))
    labels = rng.integers(0, outputs, count)
    y = np.eye(outputs)[labels] if case.output in ("sigmoid", "softmax") else rng.uniform(-1.0, 1.0, (count, outputs))
    architecture = Architecture(case.sizes, (*(case.hidden,) * (len(case.sizes) - 2), case.output), case.bias)
    network = initialise(architecture, "uniform", np.random.default_rng(29))
    network = Network(architecture, read_only(network.flat * case.scale))
    whole = Split(np.arange(count), np.arange(0))
    settings = Settings(case.rules, batch_size=case.batch)
    return Run.begin(Dataset("small", x, y), whole, network, settings, 5)


def outputs_of(loss: str) -> list[str]:
    needs = LOSSES[loss].joined
    return [needs] if needs else list(ACTIVATIONS)


def optimized(name: str, **changes: Any) -> UpdateRules:
    return UpdateRules(optimizer=OptimizerSettings(name), **changes)


EVERY_NETWORK = {
    f"{hidden} {output} {loss}": Case(hidden, output, UpdateRules(loss=loss), sizes=(2, 2, 2), batch=2)
    for loss in LOSSES
    for output in outputs_of(loss)
    for hidden in ACTIVATIONS
    if hidden != "softmax"
}
REGULARISED = {"l1": 0.02, "l2": 0.05, "clip_norm": 0.3}
WAYS: tuple[tuple[Reduction, dict[str, float], Bias], ...] = (
    ("sum", REGULARISED, "trained"),
    ("mean", {}, "trained"),
    ("sum", {}, "frozen"),
    ("mean", REGULARISED, "none"),
)
"""Each of these with every optimizer."""
EVERY_UPDATE = {
    **{
        f"{name} {reduction}{' regularised' if extra else ''} {bias}": Case(
            rules=optimized(name, reduction=reduction, **extra),
            bias=bias,
        )
        for name in OPTIMIZERS
        for reduction, extra, bias in WAYS
    },
    "l1 alone": Case(rules=UpdateRules(l1=0.1)),
    "l2 alone": Case(rules=UpdateRules(l2=0.1)),
    "a clip that is not reached": Case(rules=UpdateRules(clip_norm=1e6)),
    "micro-batches": Case(rules=UpdateRules(micro_batches=2)),
    "ranks": Case(rules=UpdateRules(ranks=(3, 1))),
    "ranks, one without samples": Case(rules=UpdateRules(ranks=(9, 9, 1))),
    "ranks, many samples": Case(rules=UpdateRules(ranks=(1, 1, 1)), batch=10),
    "many micro-batches, many samples": Case(rules=UpdateRules(micro_batches=3), batch=10),
    "a batch of 1": Case(batch=1),
    "a long sum everywhere": Case(
        "sigmoid", "softmax", optimized("adam", loss="cross-entropy"), sizes=(9, 8, 7), batch=8
    ),
    "softmax with a squared error, long": Case("tanh", "softmax", UpdateRules(loss="squared-error"), sizes=(3, 8)),
    "step": Case(rules=UpdateRules(schedule=RateSchedule("step", 1, 0.5))),
    "cosine": Case(rules=UpdateRules(schedule=RateSchedule("cosine", 7, 0.1))),
    "warm-up": Case(rules=UpdateRules(schedule=RateSchedule("warm-up", 9))),
}
CASES = EVERY_NETWORK | EVERY_UPDATE
FEW = EVERY_UPDATE | {
    name: case
    for name, case in EVERY_NETWORK.items()
    if case.hidden == case.output
    or (case.hidden == "gelu" and case.output == "softmax")
    or LOSSES[case.rules.loss].joined
}
"""Every activation, loss, optimizer and extra, but not all together."""


@cache
def walk(record: UpdateRecord) -> dict[Quantity, Explanation]:
    """Every quantity that can be reached by entering terms, breadth first, from all weights after and the losses."""
    waiting = deque([*all_weights(record, "after"), LOSS_MEAN])
    found: dict[Quantity, Explanation] = {}
    while waiting:
        quantity = waiting.popleft()
        if quantity not in found:
            found[quantity] = explain(record, quantity)
            waiting.extend(found[quantity].terms)
    return found
