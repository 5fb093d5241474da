"""The value of every quantity: the record's own number where it has one, else the engine's arithmetic on those."""

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np

from bptui.engine.losses import LOSSES
from bptui.engine.network import Parameters
from bptui.engine.optimizers import Descent, optimizer_named
from bptui.engine.types import Floats
from bptui.engine.update import adjust
from bptui.explain.quantity import Quantity
from bptui.training.record import UpdateRecord


def value(record: UpdateRecord, q: Quantity) -> float:
    """The number that ``q`` names. Raises ValueError or IndexError where this record has no such number."""
    passed, layer, unit, m = record.passed, q.layer, q.unit, q.sample
    match q.kind:
        case "input" | "a":
            return float(passed.a[layer][m, unit])
        case "target":
            return float(record.targets[m, unit])
        case "z":
            return float(passed.z[layer - 1][m, unit])
        case "delta":
            return float(passed.delta[layer - 1][m, unit])
        case "slope":
            return float(record.slope(layer, m)[unit])
        case "upstream":
            return upstream(record, layer, unit, m)
        case "loss":
            return float(passed.loss[m])
        case "loss-sum":
            return record.loss_sum
        case "loss-mean":
            return record.loss_mean
        case "contribution":
            return record.contribution(q.weight, m)
        case "rate":
            return record.learning_rate
        case "norm":
            return norm(record)
        case "clip":
            return clip_factor(record)
    return of_weight(record, q)


def of_weight(record: UpdateRecord, q: Quantity) -> float:
    """The values of kinds that belong to a weight or bias."""
    vectors = {"weight": record.before, "sum": record.summed, "reduced": record.reduced, "step": record.step}
    match q.kind:
        case "weight" | "sum" | "reduced" | "step":
            return entry(vectors[q.kind], q)
        case "after":
            return entry(record.after, q)
        case "mean":
            return entry(record.mean, q)
        case "unclipped":
            return entry(unclipped(record), q)
        case "regularisation":
            rules, w = record.settings.rules, entry(record.before, q)
            return rules.l2 * w + rules.l1 * float(np.sign(w))
        case "memory":
            return entry(Parameters(record.before.architecture, record.memory[slot(record, q)]), q)
        case "memory-after":
            return float(memory_after(record, q)[slot(record, q)])
        case "corrected":
            return corrected(record, q)
    raise ValueError(f"no value for {q.kind}")


def entry(vector: Parameters, q: Quantity) -> float:
    """The entry of q's weight or bias in a vector as long as θ."""
    return vector[q.weight]


def input_of(record: UpdateRecord, layer: int, source: int, m: int) -> float:
    """a_i that goes into a weight; 1 for a bias."""
    return 1.0 if source < 0 else float(record.passed.a[layer - 1][m, source])


def upstream(record: UpdateRecord, layer: int, unit: int, m: int) -> float:
    """∂L/∂a of one unit: Σ_k w_jk δ_k in a hidden layer (or for an input), the slope of the loss at the output."""
    if layer < record.layers:
        return float(np.dot(record.before.weights[layer][unit], record.passed.delta[layer][m]))
    loss = LOSSES[record.settings.rules.loss]
    if loss.joined is not None:
        raise ValueError("where the loss is joined with the activation, δ = a − y has no ∂L/∂a in it")
    slope = np.empty((1, record.targets.shape[1]))
    loss.slope(record.passed.a[layer][m : m + 1], record.targets[m : m + 1], slope)
    return float(slope[0, unit])


@lru_cache(maxsize=4)
def unclipped(record: UpdateRecord) -> Parameters:
    """What clipping is applied to: reduced, regularised, nothing for frozen biases."""
    rules = replace(record.settings.rules, clip_norm=0.0)
    chosen = record.summed if rules.reduction == "sum" else record.mean
    vector = Parameters(chosen.architecture, chosen.flat.copy())
    adjust(record.before, rules, vector)
    return vector


@lru_cache(maxsize=4)
def norm(record: UpdateRecord) -> float:
    """‖g‖ before clipping, over all weights and biases."""
    vector = unclipped(record).flat
    return math.sqrt(np.dot(vector, vector))


def clip_factor(record: UpdateRecord) -> float:
    """By what the whole vector is multiplied, 1 where it is short enough."""
    limit, length = record.settings.rules.clip_norm, norm(record)
    return limit / length if limit < length else 1.0


def slots(record: UpdateRecord) -> tuple[str, ...]:
    """Names of the optimizer's memory vectors."""
    return optimizer_named(record.settings.rules.optimizer.name).memory


def slot(record: UpdateRecord, q: Quantity) -> int:
    """The row of the memory (k × p) that the quantity is in."""
    return slots(record).index(q.slot)


def memory_after(record: UpdateRecord, q: Quantity) -> Floats:
    """(k,) memory of one weight after the update, by the optimizer's own step on this weight alone."""
    rules, architecture = record.settings.rules, record.before.architecture
    rows = [entry(Parameters(architecture, row), q) for row in record.memory]
    memory = np.array(rows).reshape(-1, 1)
    g, theta = np.array([entry(record.reduced, q)]), np.array([entry(record.before, q)])
    step = optimizer_named(rules.optimizer.name).step
    step(Descent(rules.optimizer, record.learning_rate, record.number), g, theta, memory, np.empty(1))
    return memory[:, 0]


def corrected(record: UpdateRecord, q: Quantity) -> float:
    """m̂ or v̂ (Kingma & Ba 2015, algorithm 1). Raises ValueError for an optimizer that has neither."""
    settings = record.settings.rules.optimizer
    betas = {"m": settings.beta1, "v": settings.beta2}
    if slots(record) != tuple(betas):
        raise ValueError(f"{settings.name} does not free its memory of its start at zero")
    return float(memory_after(record, q)[slot(record, q)]) / (1.0 - betas[q.slot] ** record.number)
