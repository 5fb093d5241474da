"""How far a believed gradient is from the true one: lengths, cosine, relative error."""

from dataclasses import dataclass

import numpy as np

from bptui.engine.network import Parameters
from bptui.engine.types import Floats


@dataclass(frozen=True, slots=True)
class Distance:
    """Lengths |t| and |w|; their cosine, nan where either is 0; |w − t| / |t|, which is 0 for two zeros and
    inf where only the truth is 0."""

    true_norm: float
    wrong_norm: float
    cosine: float
    relative_error: float


def distance(truth: Floats, believed: Floats) -> Distance:
    """Of two vectors of the same length."""
    true_norm, wrong_norm = float(np.linalg.norm(truth)), float(np.linalg.norm(believed))
    miss = float(np.linalg.norm(believed - truth))
    cosine = float("nan")
    if true_norm > 0 and wrong_norm > 0:  # each scaled first: their product could underflow
        cosine = float(np.clip(np.dot(truth / true_norm, believed / wrong_norm), -1.0, 1.0))
    relative = miss / true_norm if true_norm > 0 else float("inf") if miss > 0 else 0.0
    return Distance(true_norm, wrong_norm, cosine, relative)


def layer_vector(vector: Parameters, layer: int) -> Floats:
    """All numbers of one layer, counted from 0: its weights, then its biases, as they stand in the vector."""
    before = sum(part.size for earlier in range(layer) for part in vector.layer(earlier + 1))
    return vector.flat[before : before + sum(part.size for part in vector.layer(layer + 1))]


def distances_by_layer(truth: Parameters, believed: Parameters) -> tuple[Distance, ...]:
    """A comparison for every layer, the first one first."""
    return tuple(
        distance(layer_vector(truth, layer), layer_vector(believed, layer))
        for layer in range(truth.architecture.layers)
    )
