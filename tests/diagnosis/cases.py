"""Updates to diagnose, and wrong gradients of them, each as a program in plain numpy would make it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from bptui.engine.types import Floats
from bptui.scenario import Scenario
from bptui.training.record import UpdateRecord

Gradient = dict[str, Floats]

X = [[0.2, 0.9, -0.7], [1.0, -0.5, 0.4], [0.6, 0.3, 1.0], [-0.4, 0.1, 0.8]]
Y = [[1.0], [0.0], [0.9], [0.3]]


def scenario(layers: tuple[int, ...] = (2, 3, 1), **settings: Any) -> Scenario:
    """Four samples of at most three features in fixed order, tanh, then sigmoid with half the squared error."""
    training = {"loss": "half-squared-error", "learning_rate": 0.5, "reduction": "mean"} | settings
    targets = [[row[0]] * layers[-1] for row in Y]
    return Scenario.from_document(
        {
            "format_version": 1,
            "data": {"x": [row[: layers[0]] for row in X], "targets": targets, "order": "fixed", "seed": 3},
            "network": {
                "layers": list(layers),
                "activations": [*["tanh"] * (len(layers) - 2), "sigmoid"],
                "init": "uniform",
            },
            "training": training,
        },
        "a test",
        ".",
    )


def record(layers: tuple[int, ...] = (2, 3, 1), **settings: Any) -> UpdateRecord:
    return scenario(layers, **settings).begin().record(1)


def gradient(of: UpdateRecord, change: Callable[[Floats, str], Floats] = lambda delta, _: delta) -> Gradient:
    """Mean gradients by their flat names, computed beside bptui; ``change`` turns a δ into a wrong one."""
    weights, biases = of.before.weights, of.before.biases
    a = [of.passed.a[0]]
    for w, b, name in zip(weights, biases, of.before.architecture.activations, strict=True):
        z = a[-1] @ w + b
        a.append(1 / (1 + np.exp(-z)) if name == "sigmoid" else np.tanh(z))
    delta = change((a[-1] - of.targets) * a[-1] * (1 - a[-1]), f"delta{len(weights)}")
    out: Gradient = {}
    for layer in range(len(weights), 0, -1):
        out[f"W{layer}"] = a[layer - 1].T @ delta / of.n
        out[f"b{layer}"] = delta.mean(axis=0)
        delta = change((delta @ weights[layer - 1].T) * (1 - a[layer - 1] ** 2), f"delta{layer - 1}")
    return out


def printed(numbers: Any, digits: int = 4) -> Any:
    """Numbers as a sheet prints them, for a JSON file."""
    return [printed(each, digits) for each in numbers] if np.ndim(numbers) else f"{float(numbers):.{digits}f}"


def as_json(document: Any) -> str:
    """Printed numbers are written as they are, without quotes."""
    if isinstance(document, dict):
        return "{" + ", ".join(f'"{key}": {as_json(value)}' for key, value in document.items()) + "}"
    if isinstance(document, list | tuple | np.ndarray):
        return "[" + ", ".join(as_json(each) for each in document) + "]"
    return str(document)
