"""Forward and backward over a whole batch, one row per sample, at frozen weights.

Row m of every array belongs to sample m alone: nothing here mixes samples, so stepping through a
batch sample by sample is reading these rows one after the other.
"""

from dataclasses import dataclass

import numpy as np

from bptui.engine.activations import ACTIVATIONS
from bptui.engine.losses import Loss
from bptui.engine.network import Architecture, Network, Parameters
from bptui.engine.reduce import sum_over_samples
from bptui.engine.types import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Pass:
    """What one forward and backward pass over n samples leaves behind.

    a[0] is the input (n × i), a[l] the activation and z[l-1], delta[l-1] the pre-activation and
    δ = ∂L/∂z of layer l (n × o each); loss is (n,). The gradient of one sample's loss for one layer is
    the outer product a ⊗ δ of its rows; it is never stored for all samples (n × i × o). scratch[l-1] (n × o) is room
    for φ′(z) of layer l on the way back; what stands in it afterwards has no meaning.
    """

    a: tuple[Floats, ...]
    z: tuple[Floats, ...]
    delta: tuple[Floats, ...]
    loss: Floats
    scratch: tuple[Floats, ...]

    @classmethod
    def empty(cls, architecture: Architecture, n: int) -> "Pass":
        """Room for a forward and a backward pass over n samples, nothing computed yet: fill a[0] with the inputs."""

        def arrays(sizes: tuple[int, ...]) -> tuple[Floats, ...]:
            return tuple(np.empty((n, size)) for size in sizes)

        outputs = architecture.sizes[1:]
        return cls(arrays(architecture.sizes), arrays(outputs), arrays(outputs), np.empty(n), arrays(outputs))

    @classmethod
    def forward_only(cls, architecture: Architecture, x: Floats) -> "Pass":
        """Room for a forward pass over x (n × i), which is not copied, and for no backward pass."""
        z, a = (tuple(np.empty((len(x), size)) for size in architecture.sizes[1:]) for _ in range(2))
        return cls((x, *a), z, (), np.empty(0), ())

    def with_inputs(self, x: Floats) -> "Pass":
        """The same room for a forward pass over another x (n × i), of no more rows."""
        n = len(x)
        return Pass((x, *(a[:n] for a in self.a[1:])), tuple(z[:n] for z in self.z), (), self.loss, ())

    def rows(self, part: slice) -> "Pass":
        """The same pass for some of the samples: views, not copies. What is written there is written here."""

        def cut(arrays: tuple[Floats, ...]) -> tuple[Floats, ...]:
            return tuple(array[part] for array in arrays)

        return Pass(cut(self.a), cut(self.z), cut(self.delta), self.loss[part], cut(self.scratch))


def forward(network: Network, passed: Pass) -> None:
    """Fill z and a, layer by layer from the input a[0]: z = a W + b, a′ = φ(z); a W alone stands in the room of a′."""
    weights, biases, a = network.weights, network.bias_rows, passed.a
    for layer, name in enumerate(network.architecture.activations):
        z, above = passed.z[layer], a[layer + 1]
        if biases:
            np.add(a[layer].dot(weights[layer], above), biases[layer], z)
        else:
            a[layer].dot(weights[layer], z)
        ACTIVATIONS[name].value(z, above)


def backward(network: Network, loss: Loss, y: Floats, passed: Pass) -> None:
    """Fill loss (n,) and δ, from the output layer back: δ_l = (δ_{l+1} W_{l+1}ᵀ) ⊙ φ′(z_l).

    y is n × o. Each sample's δ uses its own z and a; there is no average input or average error.
    """
    activations = network.architecture.activations
    z, a, delta, scratch = passed.z[-1], passed.a[-1], passed.delta[-1], passed.scratch[-1]
    passed.loss[:] = loss.value(z, a, y)
    loss.delta(ACTIVATIONS[activations[-1]], z, a, y, delta, scratch)
    for layer in range(len(activations) - 2, -1, -1):
        below = passed.delta[layer]
        delta.dot(network.weights[layer + 1].T, below)
        ACTIVATIONS[activations[layer]].pull_back(below, passed.z[layer], passed.a[layer + 1], passed.scratch[layer])
        delta = below


def sum_gradients(passed: Pass, summed: Parameters) -> None:
    """Fill Σ_n ∂L_n/∂θ: aᵀδ for weights, Σ_n δ for biases. The sum over samples is the matrix product."""
    weights, biases, a = summed.weights, summed.biases, passed.a
    for layer, delta in enumerate(passed.delta):
        a[layer].T.dot(delta, weights[layer])
        if biases:
            sum_over_samples(delta, biases[layer])
