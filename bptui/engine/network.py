"""A network is a value: an architecture and one flat vector of parameters θ, seen layer by layer."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from bptui.engine.activations import ACTIVATIONS
from bptui.engine.html import table
from bptui.engine.types import Floats, read_only
from bptui.engine.weight import BIAS, NUMBERED, Names, Weight

Bias = Literal["trained", "frozen", "none"]
BIASES: tuple[Bias, ...] = ("trained", "frozen", "none")
MOST_SHOWN = 400
"""Parameters whose numbers a notebook shows one by one."""
INITIALISATIONS = ("glorot", "he", "lecun", "pytorch", "uniform", "zeros")


class Layer(NamedTuple):
    """Where the weights (``shape`` i × o) and the biases of a layer stand in θ."""

    shape: tuple[int, int]
    weights: slice
    biases: slice


@lru_cache(maxsize=64)
def layout(sizes: tuple[int, ...], bias: Bias) -> tuple[Layer, ...]:
    """All layers, one behind the other: W row by row, then b."""
    layers, start = [], 0
    for i, o in pairwise(sizes):
        end = start + i * o
        layers.append(Layer((i, o), slice(start, end), slice(end, end if bias == "none" else end + o)))
        start = layers[-1].biases.stop
    return tuple(layers)


@dataclass(frozen=True, slots=True)
class Architecture:
    """Sizes of the layers, the input first, and the activation of every layer after it; ``names`` of the units make
    no other network.

    Raises ValueError when fewer than two sizes, a size below 1, an unknown activation or a wrong count is given.
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    bias: Bias = "trained"
    names: Names = field(default=NUMBERED, compare=False, repr=False)

    def __post_init__(self) -> None:
        if len(self.sizes) < 2 or min(self.sizes) < 1:
            raise ValueError(f"layers need at least two sizes of 1 or more, got {self.sizes}")
        if len(self.activations) != len(self.sizes) - 1:
            raise ValueError(f"{len(self.sizes) - 1} layers need as many activations, got {len(self.activations)}")
        for place, name in enumerate(self.activations, start=1):
            if name not in ACTIVATIONS:
                raise ValueError(f"unknown activation {name!r}; one of {', '.join(ACTIVATIONS)}")
            if name == "softmax" and place != self.layers:
                raise ValueError("softmax stands at the output layer only")

    @property
    def layers(self) -> int:
        """Number of layers that compute, the input not counted."""
        return len(self.activations)

    @property
    def parameters(self) -> int:
        """Length of θ."""
        return layout(self.sizes, self.bias)[-1].biases.stop

    def require_layer(self, layer: int) -> None:
        """Raises IndexError where there is no such layer: they count from 1, and the input is none."""
        if not 1 <= layer <= self.layers:
            raise IndexError(f"no layer {layer}; there are 1 to {self.layers}")

    def addresses(self) -> Iterator[Weight]:
        """Every weight and bias, in the order of θ."""
        for layer in range(1, self.layers + 1):
            sources = [*range(self.sizes[layer - 1]), *([] if self.bias == "none" else [BIAS])]
            yield from (Weight(layer, source, unit) for source in sources for unit in range(self.sizes[layer]))

    def place(self, weight: Weight) -> int:
        """Where it stands in θ. Raises IndexError where there is none such."""
        weight.require(self.sizes, self.bias != "none")
        there = layout(self.sizes, self.bias)[weight.layer - 1]
        row = there.biases.start if weight.is_bias else there.weights.start + weight.source * there.shape[1]
        return row + weight.unit

    def views(self, theta: Floats) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
        """Weights (i × o each) and biases (o each; none at all if the network has none) as views into θ."""
        there = layout(self.sizes, self.bias)
        weights = tuple([theta[layer.weights].reshape(layer.shape) for layer in there])
        return weights, tuple([theta[layer.biases] for layer in there]) if self.bias != "none" else ()


class Parameters:
    """A vector as long as θ, seen as weights and biases per layer: θ itself, a gradient, or a step.

    Attributes: ``flat`` (p,); ``weights`` per layer, i × o; ``biases`` per layer, (o,), or () without biases.
    Raises ValueError for a vector of another length.
    """

    __slots__ = ("architecture", "biases", "flat", "weights")

    def __init__(self, architecture: Architecture, flat: Floats) -> None:
        if flat.shape != (architecture.parameters,):
            raise ValueError(f"{architecture.sizes} has {architecture.parameters} parameters, got shape {flat.shape}")
        self.architecture = architecture
        self.flat = flat
        self.weights, self.biases = architecture.views(flat)

    @classmethod
    def zeros(cls, architecture: Architecture) -> "Parameters":
        """A vector of zeros."""
        return cls(architecture, np.zeros(architecture.parameters))

    def layer(self, layer: int) -> tuple[Floats, ...]:
        """The weights (i × o) of layer 1 … L, and its biases (o,) if there are any. Raises IndexError for another."""
        self.architecture.require_layer(layer)
        return (self.weights[layer - 1], *self.biases[layer - 1 : layer])

    def __getitem__(self, weight: Weight) -> float:
        """The number of one weight or bias. Raises IndexError where there is none such."""
        return float(self._row(weight)[weight.unit])

    def __setitem__(self, weight: Weight, number: float) -> None:
        """Set it, in place. Raises IndexError where there is none such."""
        self._row(weight)[weight.unit] = number

    def _row(self, weight: Weight) -> Floats:
        """The numbers, (o,), of all units of its layer for the same source."""
        weight.require(self.architecture.sizes, bool(self.biases))
        layer = weight.layer - 1
        return self.biases[layer] if weight.is_bias else self.weights[layer][weight.source]

    def _repr_html_(self) -> str:
        """What a notebook shows: the numbers of each layer, or only the lengths where there are many."""
        if self.flat.size > MOST_SHOWN:
            head = ("layer", "inputs", "units", "|weights|", *(["|biases|"] if self.biases else []))
            rows = (
                (layer, *weights.shape, *(float(np.linalg.norm(part)) for part in self.layer(layer)))
                for layer, weights in enumerate(self.weights, start=1)
            )
            return table(f"{self.flat.size} parameters", head, rows)
        return "\n".join(self._layer_html(layer) for layer in range(1, self.architecture.layers + 1))

    def _layer_html(self, layer: int) -> str:
        """A line per source, a column per unit."""
        weights = self.weights[layer - 1]
        sources = [f"from {self.architecture.names.source(layer, i)}" for i in range(len(weights))]
        rows = list(zip(sources, weights.tolist(), strict=True))
        if self.biases:
            rows.append(("bias", self.biases[layer - 1].tolist()))
        caption = f"layer {layer}: {' × '.join(map(str, weights.shape))}, {self.architecture.activations[layer - 1]}"
        return table(
            caption,
            ["", *(self.architecture.names.unit(layer, unit) for unit in range(weights.shape[1]))],
            ((source, *row) for source, row in rows),
        )


class Network(Parameters):
    """θ with its architecture: what a forward pass needs. Made read-only wherever it is handed on.

    ``bias_rows`` are the biases as 1 × o: numpy is three times as quick to add such a row to a batch of one sample.
    """

    __slots__ = ("bias_rows",)

    def __init__(self, architecture: Architecture, flat: Floats) -> None:
        super().__init__(architecture, flat)
        self.bias_rows = tuple([bias[None] for bias in self.biases])


def initialise(architecture: Architecture, method: str, rng: np.random.Generator) -> Network:
    """A network with random weights; i and o are a layer's inputs and outputs.

    glorot   U(±√(6/(i+o))), biases 0        Glorot & Bengio 2010
    he       N(0, 2/i), biases 0             He et al. 2015
    lecun    N(0, 1/i), biases 0             LeCun et al. 1998
    pytorch  U(±1/√i), biases too            torch.nn.Linear
    uniform  U(±1), biases too
    zeros    everything 0: all units of a layer then stay alike

    Raises ValueError for another name.
    """
    network = Network(architecture, np.zeros(architecture.parameters))
    for layer, weights in enumerate(network.weights):
        i, o = weights.shape
        biases = network.biases[layer] if network.biases else np.zeros(0)
        match method:
            case "glorot":
                bound = math.sqrt(6.0 / (i + o))
                weights[:] = rng.uniform(-bound, bound, (i, o))
            case "he":
                weights[:] = rng.normal(0.0, math.sqrt(2.0 / i), (i, o))
            case "lecun":
                weights[:] = rng.normal(0.0, math.sqrt(1.0 / i), (i, o))
            case "pytorch" | "uniform":
                bound = 1.0 if method == "uniform" else 1.0 / math.sqrt(i)
                weights[:] = rng.uniform(-bound, bound, (i, o))
                biases[:] = rng.uniform(-bound, bound, biases.shape)
            case "zeros":
                pass
            case _:
                raise ValueError(f"unknown initialisation {method!r}; one of {', '.join(INITIALISATIONS)}")
    return Network(architecture, read_only(network.flat))


def explicit(architecture: Architecture, weights: Sequence[Floats], biases: Sequence[Floats]) -> Network:
    """A network with the given numbers: weights[l] is i × o, biases[l] is (o,); no biases means zeros.

    Raises ValueError naming the layer whose shape is wrong.
    """
    network = Network(architecture, np.zeros(architecture.parameters))
    for kind, targets, given in (("weights", network.weights, weights), ("biases", network.biases, biases)):
        if kind == "biases" and len(given) == 0:
            continue
        if len(given) != len(targets):
            raise ValueError(f"{kind}: {len(targets)} layers expected, got {len(given)}")
        for layer, (target, numbers) in enumerate(zip(targets, given, strict=True)):
            if np.shape(numbers) != target.shape:
                raise ValueError(f"{kind}[{layer}]: shape {target.shape} expected, got {np.shape(numbers)}")
            target[:] = numbers
    return Network(architecture, read_only(network.flat))
