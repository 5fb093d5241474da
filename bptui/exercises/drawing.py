"""Random set-ups with numbers of one decimal, to be computed by hand."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from bptui.engine.types import Floats
from bptui.scenario.scenario import Scenario

LEAST, MOST = 3, 12
"""Tenths of weights and inputs: smaller ones make steps that no digit shows, larger ones units that saturate."""
RATES = (0.5, 2.0)
"""Not 1, with which a forgotten γ would be right."""
Head = Literal["sigmoid", "softmax"]
LOSS: dict[Head, str] = {"sigmoid": "half-squared-error", "softmax": "cross-entropy"}


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of layers, samples in the batch, the activation at the output; ``nominal``: the batch size asked for, where
    it is another; ``momentum``: μ, 0 for plain steps."""

    layers: tuple[int, ...]
    samples: int
    head: Head = "sigmoid"
    nominal: int = 0
    momentum: float = 0.0


def drawn(shape: Shape, rng: np.random.Generator) -> Scenario:
    """A scenario of one batch."""
    training: dict[str, Any] = {
        "loss": LOSS[shape.head],
        "learning_rate": float(rng.choice(RATES)),
        "batch_size": shape.nominal or shape.samples,
        "reduction": "mean",
    }
    if shape.momentum:
        training |= {"optimizer": "momentum", "momentum": shape.momentum}
    return Scenario.from_document(
        {
            "format_version": 1,
            "data": {
                "x": tenths(rng, shape.samples, shape.layers[0]).tolist(),
                "targets": targets(shape, rng).tolist(),
                "order": "fixed",
            },
            "network": {
                "layers": list(shape.layers),
                "activations": [*["tanh"] * (len(shape.layers) - 2), shape.head],
                "weights": [tenths(rng, *pair).tolist() for pair in zip(shape.layers, shape.layers[1:], strict=False)],
                "biases": [tenths(rng, units).tolist() for units in shape.layers[1:]],
            },
            "training": training,
        },
        "exercise",
        ".",
    )


def tenths(rng: np.random.Generator, *sizes: int) -> Floats:
    """Numbers of one decimal, none of them near 0."""
    signs = rng.choice([-1, 1], sizes)
    found: Floats = signs * rng.integers(LEAST, MOST + 1, sizes) / 10
    return found


def targets(shape: Shape, rng: np.random.Generator) -> Floats:
    """A class for each sample, or tenths from 0 to 1."""
    if shape.head == "softmax":
        return np.eye(shape.layers[-1])[rng.integers(0, shape.layers[-1], shape.samples)]
    found: Floats = rng.integers(0, 11, (shape.samples, shape.layers[-1])) / 10
    return found
