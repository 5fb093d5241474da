"""A record in other forms: plain lists and numbers, columns and arrays by name, and a notebook's tables."""

import math
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bptui.engine.html import table
from bptui.engine.network import Parameters
from bptui.engine.types import Floats

if TYPE_CHECKING:
    from bptui.training.record import UpdateRecord

VECTORS = ("before", "summed", "mean", "reduced", "step", "after")
"""The vectors of a record, each as long as θ, in the order in which they come about."""
MOST_SHOWN = 10
"""Samples of a batch that a notebook shows."""


def as_dict(record: "UpdateRecord", per_sample: bool) -> dict[str, Any]:
    """A record as plain lists and numbers."""
    return {
        "update": record.number,
        "epoch": record.position.epoch,
        "batch": record.position.batch,
        "learning_rate": record.learning_rate,
        "indices": record.indices.tolist(),
        "samples": [sample(record, m, per_sample) for m in range(record.n)],
        "loss": {"sum": finite(record.loss_sum), "mean": finite(record.loss_mean)} | penalties(record),
        "gradient": {
            "sum": layers(record.summed),
            "mean": layers(record.mean),
            "reduced": layers(record.reduced),
        },
        **shared(record),
        **told(record),
        "step": layers(record.step),
        "before": layers(record.before),
        "after": layers(record.after),
    }


def shared(record: "UpdateRecord") -> dict[str, Any]:
    """What each rank has, in rank order, where several machines share the batch; no mean where one has no samples."""
    if not record.shares:
        return {}
    ranks = [
        {"n": share.n, "sum": layers(share.summed), "mean": layers(share.mean) if share.mean else None}
        for share in record.shares
    ]
    return {"ranks": ranks, "mean_of_ranks_means": layers(record.mean_of_means)}


def told(record: "UpdateRecord") -> dict[str, Any]:
    """Of an update that was read what PyTorch told of it, and by how much the engine's numbers differ."""
    if record.told is None:
        return {}
    theirs = Parameters(record.summed.architecture, record.told.gradient)
    off = {"gradient": record.told.gradient_off, "loss": record.told.loss_off}
    return {"pytorch": {"loss": finite(record.told.loss), "gradient": layers(theirs), "off": off}}


def penalties(record: "UpdateRecord") -> dict[str, float | None]:
    """The penalty on the weights, and the reduced loss with it, where there is one."""
    if not record.penalised:
        return {}
    return {"penalty": finite(record.penalty), "with_penalty": finite(record.penalised_loss)}


def sample(record: "UpdateRecord", m: int, per_sample: bool) -> dict[str, Any]:
    """One sample's way forward and back."""
    passed = record.passed
    out = {
        "index": int(record.indices[m]),
        "x": numbers(passed.a[0][m]),
        "target": numbers(record.targets[m]),
        "z": [numbers(z[m]) for z in passed.z],
        "a": [numbers(a[m]) for a in passed.a],
        "delta": [numbers(delta[m]) for delta in passed.delta],
        "loss": finite(float(passed.loss[m])),
        "gradient_norm": finite(float(record.gradient_norms[m])),
    }
    if per_sample:
        out["gradient"] = layers(record.gradient(m))
    return out


def layers(vector: Parameters) -> list[dict[str, Any]]:
    """Weights [i][o] and biases [o] of each layer; no biases are an empty list."""
    return [
        {
            "weights": [numbers(line) for line in weights],
            "biases": numbers(vector.biases[layer]) if vector.biases else [],
        }
        for layer, weights in enumerate(vector.weights)
    ]


def numbers(array: Floats) -> list[float | None]:
    """A row as a list."""
    return [finite(value) for value in array.tolist()]


def finite(value: float) -> float | None:
    """The value, or None where it is infinite or no number: JSON has no word for these."""
    return value if math.isfinite(value) else None


def columns(record: "UpdateRecord", layer: int) -> dict[str, NDArray[Any]]:
    """One entry per weight and bias of a layer, in the order of θ. Raises IndexError for another layer."""
    architecture = record.before.architecture
    architecture.require_layer(layer)
    weights = [weight for weight in architecture.addresses() if weight.layer == layer]
    out: dict[str, NDArray[Any]] = {
        "weight": np.array([record.names.symbol(weight) for weight in weights]),
        "source": np.array([weight.source for weight in weights]),
        "unit": np.array([weight.unit for weight in weights]),
    }
    for name in VECTORS:
        out[name] = np.concatenate([part.ravel() for part in getattr(record, name).layer(layer)])
    return out


def arrays(record: "UpdateRecord") -> dict[str, NDArray[Any]]:
    """The arrays of a record by name, as numpy.savez takes them."""
    passed = record.passed
    out: dict[str, NDArray[Any]] = {
        "indices": record.indices,
        "x": passed.a[0],
        "targets": record.targets,
        "loss": passed.loss,
        "gradient_norms": record.gradient_norms,
        "memory": record.memory,
    }
    for layer in range(1, record.layers + 1):
        out |= {
            f"z{layer}": passed.z[layer - 1],
            f"a{layer}": passed.a[layer],
            f"delta{layer}": passed.delta[layer - 1],
        }
        for name in VECTORS:
            kinds = zip(("weights", "biases"), getattr(record, name).layer(layer), strict=False)
            out |= {f"{name}_{kind}{layer}": part for kind, part in kinds}
    return out


def frame(record: "UpdateRecord", layer: int) -> Any:
    """The columns of a layer as a pandas frame. Raises ImportError where there is no pandas."""
    try:
        pandas = import_module("pandas")
    except ImportError:
        words = "to_frame needs pandas (pip install pandas); table() gives the same columns as arrays"
        raise ImportError(words) from None
    return pandas.DataFrame(columns(record, layer))


def as_html(record: "UpdateRecord") -> str:
    """What a notebook shows: the update, the lengths of its vectors in each layer, and the first samples."""
    place, n = record.position, record.n
    caption = (
        f"update {record.number}: epoch {place.epoch}, batch {place.batch} of {record.batches}, "
        f"{n} sample{'s' if n > 1 else ''}, learning rate {record.learning_rate:g}, mean loss {record.loss_mean:.6g}"
    )
    by_layer = ((layer, *lengths(record, layer)) for layer in range(1, record.layers + 1))
    by_sample = (
        (
            int(record.indices[m]),
            *short(record.targets[m]),
            *short(record.passed.a[-1][m]),
            float(record.passed.loss[m]),
            float(record.gradient_norms[m]),
        )
        for m in range(min(n, MOST_SHOWN))
    )
    more = f"the first {MOST_SHOWN} of {n} samples" if n > MOST_SHOWN else "the samples"
    return "\n".join(
        [
            table(caption, ["layer", *(f"|{name}|" for name in VECTORS)], by_layer),
            table(more, ["row", "target", "output", "loss", "|gradient|"], by_sample),
        ]
    )


def lengths(record: "UpdateRecord", layer: int) -> list[float]:
    """Of a layer's part of every vector, in the order of their names."""
    parts = ([part.ravel() for part in getattr(record, name).layer(layer)] for name in VECTORS)
    return [float(np.linalg.norm(np.concatenate(part))) for part in parts]


def short(values: Floats) -> list[str]:
    """A row of numbers in one cell, cut where there are many."""
    words = [f"{value:.4g}" for value in values[:MOST_SHOWN].tolist()]
    return [" ".join(words) + (" …" if len(values) > MOST_SHOWN else "")]
