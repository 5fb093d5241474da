"""Small tools of the engine's tests: passes, updates, and hypothesis strategies for random networks."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from bptui.engine import (
    LOSSES,
    OPTIMIZERS,
    Architecture,
    Network,
    Pass,
    UpdateRules,
    Workspace,
    backward,
    compute_update,
    forward,
)
from bptui.engine.network import BIASES, Bias
from bptui.engine.types import Floats

SQUARED = ("half-squared-error", "squared-error", "mean-squared-error")
HIDDEN = ("identity", "sigmoid", "tanh", "relu", "leaky-relu", "softplus", "gelu")
HEADS = (
    *((output, loss) for output in (*HIDDEN, "softmax") for loss in SQUARED),
    ("sigmoid", "binary-cross-entropy"),
    ("softmax", "cross-entropy"),
)
"""Every output activation with every loss it may have."""
KINKED = ("relu", "leaky-relu")


@dataclass(frozen=True, eq=False)
class Case:
    """A network, a loss that suits its output, and a batch."""

    network: Network
    loss: str
    x: Floats
    y: Floats

    @property
    def n(self) -> int:
        return len(self.x)

    def passed(self) -> Pass:
        return run_pass(self.network, self.loss, self.x, self.y)

    def update(self, rules: UpdateRules | None = None) -> Workspace:
        """The first update on this batch, under this case's loss."""
        return one_update(self.network, replace(rules or UpdateRules(), loss=self.loss), self.x, self.y)

    def kink_distance(self) -> float:
        """How near any z of a (leaky) ReLU comes to 0."""
        layers = zip(self.network.architecture.activations, self.passed().z, strict=True)
        return min((float(np.abs(z).min()) for name, z in layers if name in KINKED), default=np.inf)


def assert_close(actual: ArrayLike, expected: ArrayLike, rtol: float = 1e-11, atol: float = 1e-13) -> None:
    np.testing.assert_allclose(np.asarray(actual), np.asarray(expected), rtol=rtol, atol=atol)


def run_pass(network: Network, loss: str, x: Floats, y: Floats) -> Pass:
    passed = Pass.empty(network.architecture, len(x))
    passed.a[0][:] = x
    with np.errstate(over="ignore"):
        forward(network, passed)
        backward(network, LOSSES[loss], y, passed)
    return passed


def one_update(
    network: Network, rules: UpdateRules, x: Floats, y: Floats, *, memory: Floats | None = None, t: int = 1
) -> Workspace:
    """Everything of one update with all rows of x and y as its batch; the network stays what it is."""
    if memory is None:
        memory = OPTIMIZERS[rules.optimizer.name].fresh_memory(network.architecture.parameters)
    work = Workspace(network.architecture, len(x))
    work.load(x, y, np.arange(len(x)))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        compute_update(network, rules, memory, t, work)
    return work


def writable(network: Network) -> Network:
    return Network(network.architecture, network.flat.copy())


def train(
    network: Network,
    rules: UpdateRules,
    x: Floats,
    y: Floats,
    *,
    updates: int,
    watch: Callable[[int, Workspace], None] | None = None,
) -> Network:
    """The network after so many updates on one batch; ``watch`` sees every update before it is applied."""
    trained = writable(network)
    memory = OPTIMIZERS[rules.optimizer.name].fresh_memory(len(trained.flat))
    work = Workspace(network.architecture, len(x))
    work.load(x, y, np.arange(len(x)))
    for made in range(updates):
        compute_update(trained, rules, memory, made + 1, work)
        if watch is not None:
            watch(made, work)
        trained.flat += work.step.flat
    return trained


def random_case(
    seed: int, sizes: tuple[int, ...], *, hidden: tuple[str, ...], head: tuple[str, str], bias: Bias, n: int
) -> Case:
    rng = np.random.default_rng(seed)
    output, loss = head
    architecture = Architecture(sizes, (*hidden, output), bias)
    network = Network(architecture, rng.uniform(-1.0, 1.0, architecture.parameters))
    targets = rng.uniform(0.05, 0.95, (n, sizes[-1]))
    if loss == "cross-entropy":
        targets /= targets.sum(axis=1, keepdims=True)
    return Case(network, loss, rng.uniform(-1.5, 1.5, (n, sizes[0])), targets)


@st.composite
def cases(
    draw: st.DrawFn,
    *,
    heads: tuple[tuple[str, str], ...] = HEADS,
    hidden: tuple[str, ...] = HIDDEN,
    biases: tuple[Bias, ...] = BIASES,
    least_samples: int = 1,
    least_hidden: int = 0,
) -> Case:
    """A random network of up to three layers, a loss, and a batch of up to six samples."""
    layers = draw(st.integers(least_hidden, 2))
    sizes = tuple(draw(st.lists(st.integers(1, 4), min_size=layers + 2, max_size=layers + 2)))
    names = tuple(draw(st.lists(st.sampled_from(hidden), min_size=layers, max_size=layers)))
    return random_case(
        draw(st.integers(0, 2**32 - 1)),
        sizes,
        hidden=names,
        head=draw(st.sampled_from(heads)),
        bias=draw(st.sampled_from(biases)),
        n=draw(st.integers(least_samples, 6)),
    )
