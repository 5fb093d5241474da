"""What programs put in the place of φ′(z)."""

import numpy as np

from bptui.engine.activations import ACTIVATIONS
from bptui.engine.types import Floats
from bptui.engine.wrong_rules.rule import OutputSlope


def hidden_delta(kind: OutputSlope, name: str, incoming: Floats, z: Floats, a: Floats) -> Floats:
    """``incoming`` (n × o) times what stands for φ′ of the activation called ``name``."""
    if kind == "left out":
        return incoming
    return incoming * slope(kind, name, incoming, z, a)


def slope(kind: OutputSlope, name: str, incoming: Floats, z: Floats, a: Floats) -> Floats:
    """What stands for φ′, n × o, for an activation that has a slope of each unit."""
    function = ACTIVATIONS[name].slope
    assert function is not None
    out = np.empty_like(z)
    match kind:
        case "at a" | "at the error":
            at = a if kind == "at a" else incoming
            there = np.empty_like(at)
            ACTIVATIONS[name].value(at, there)
            function(at, there, out)
        case "of z":
            function(z, z, out)
        case "φ":
            return a
        case "element by element":
            return a * (1.0 - a)
        case _:
            function(z, a, out)
    return out


def output_delta(kind: OutputSlope, name: str, error: Floats, z: Floats, a: Floats) -> Floats:
    """δ of the output layer from ``error`` = ∂L/∂a (n × o each), where the loss does not give δ itself."""
    if name != "softmax":
        return hidden_delta(kind, name, error, z, a)
    match kind:
        case "left out":
            return error
        case "φ":
            return error * a
        case "element by element":
            return error * a * (1.0 - a)
    delta = error.copy()
    ACTIVATIONS[name].pull_back(delta, z, a, np.empty_like(z))
    return delta


def joined_delta(kind: OutputSlope, name: str, error: Floats, scale: float, a: Floats, y: Floats) -> Floats:
    """``error`` = a − y (times ``scale``) has its φ′ in it: any other comes on top. ∂L/∂a is −y/a for a softmax, else
    (a − y) / a(1 − a)."""
    match kind:
        case "element by element":
            return error * (a * (1.0 - a))
        case "∂L/∂a alone":
            return scale * (-y / a) if name == "softmax" else error / (a * (1.0 - a))
        case "element of ∂L/∂a" if name == "softmax":
            return scale * y * (a - 1.0)
    return error
