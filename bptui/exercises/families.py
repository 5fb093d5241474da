"""The families of exercises, a row each: what is drawn, what is asked, and what is said."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from bptui.engine.weight import Weight
from bptui.engine.wrong_rules import Change
from bptui.exercises.drawing import Head, Shape
from bptui.exercises.exercise import Wanted
from bptui.exercises.names import MIXED
from bptui.exercises.under_rules import momentum_alone
from bptui.explain.quantity import Kind, Quantity, loss, of_unit, of_weight
from bptui.scenario.accept import ScenarioError
from bptui.training.record import UpdateRecord

MU = 0.9


def everything(_: Change) -> bool:
    """Any mistake that bears on an answer."""
    return True


@dataclass(frozen=True, slots=True)
class Family:
    """``layers`` and ``samples`` where none are wished, ``fewest`` samples at least.

    Attributes:
        asks: the quantities asked for; the first of them is where the explorer opens.
        shows: whether inputs and weights are given (else what the optimizer has), whether the update is of interest.
        more: what the family has besides numbers of the record: see :mod:`bptui.exercises.special`.
    """

    kind: str
    title: str
    task: str
    asks: Callable[[UpdateRecord], tuple[Quantity, ...]]
    layers: tuple[int, ...] = (2, 2, 1)
    samples: int = 2
    fewest: int = 1
    hidden: int = 0
    head: Head = "sigmoid"
    update: int = 1
    short: bool = False
    momentum: float = 0.0
    shows: str = "passes"
    more: str = ""
    about: Callable[[Change], bool] = everything

    def shape(self, wanted: Wanted) -> Shape:
        """What is drawn. Raises ScenarioError where the wishes do not fit the family."""
        layers, samples = wanted.layers or self.layers, wanted.samples or self.samples
        if len(layers) - 2 < self.hidden:
            raise ScenarioError(f"{self.kind} needs a hidden layer, like --layers 2-2-1")
        if self.head == "softmax" and layers[-1] < 2:
            raise ScenarioError(f"{self.kind} needs two outputs or more, like --layers 2-3")
        if samples < self.fewest:
            raise ScenarioError(f"{self.kind} needs {self.fewest} samples or more")
        shape = Shape(layers, samples, self.head, momentum=self.momentum)
        return replace(shape, samples=samples - 1, nominal=samples) if self.short else shape


# --- what is asked ---


def outer(record: UpdateRecord) -> Weight:
    """A weight of the last layer, off the diagonal of a square one."""
    return Weight(record.layers, record.before.architecture.sizes[-2] - 1, 0)


def inner(record: UpdateRecord) -> Weight:
    """A weight of the first layer."""
    return Weight(1, 0, record.before.architecture.sizes[1] - 1)


def of(weight: Weight, *kinds: Kind, sample: int = -1, slot: str = "") -> tuple[Quantity, ...]:
    return tuple(of_weight(kind, weight.layer, weight.source, weight.unit, sample, slot) for kind in kinds)


def bias(record: UpdateRecord) -> Weight:
    return Weight(record.layers, -1, 0)


def of_units(record: UpdateRecord, kind: Kind, layer: int, sample: int, most: int = 3) -> Iterator[Quantity]:
    for unit in range(min(record.before.architecture.sizes[layer], most)):
        yield of_unit(kind, layer, unit, sample)


def forward(record: UpdateRecord) -> tuple[Quantity, ...]:
    layers = dict.fromkeys((1, record.layers))
    pairs = [of_unit(kind, layer, 0, 0) for layer in layers for kind in ("z", "a")]
    return *pairs, loss(0)


def output_delta(record: UpdateRecord) -> tuple[Quantity, ...]:
    return tuple(q for m in range(min(record.n, 2)) for q in of_units(record, "delta", record.layers, m))


def hidden_delta(record: UpdateRecord) -> tuple[Quantity, ...]:
    layers = (record.layers, record.layers - 1)
    return tuple(q for layer in layers for q in of_units(record, "delta", layer, 0))


def sample_gradients(record: UpdateRecord) -> tuple[Quantity, ...]:
    chosen = dict.fromkeys((outer(record), inner(record)))
    return tuple(q for weight in chosen for m in range(record.n) for q in of(weight, "contribution", sample=m))


def batch_update(record: UpdateRecord) -> tuple[Quantity, ...]:
    return *of(outer(record), "sum", "mean", "step", "after"), *of(bias(record), "mean", "after")


def short_batch(record: UpdateRecord) -> tuple[Quantity, ...]:
    return *of(outer(record), "reduced", "step", "after"), *of(bias(record), "reduced", "after")


def velocity(record: UpdateRecord) -> tuple[Quantity, ...]:
    chosen = (outer(record), bias(record))
    return tuple(q for w in chosen for q in (*of(w, "memory-after", slot="v"), *of(w, "step", "after")))


def softmax(record: UpdateRecord) -> tuple[Quantity, ...]:
    layer = record.layers
    return *of_units(record, "a", layer, 0), loss(0), *of_units(record, "delta", layer, 0), *of(outer(record), "mean")


def checked(record: UpdateRecord) -> tuple[Quantity, ...]:
    return of(outer(record), "mean")


FAMILIES = {
    family.kind: family
    for family in (
        Family("forward", "Forward pass", "Compute the forward pass and the loss of sample #1.", forward),
        Family(
            "output-delta",
            "δ at the output",
            "Compute `δ = ∂L/∂z` of every output, for each sample by itself.",
            output_delta,
            (2, 2, 2),
            fewest=2,
        ),
        Family(
            "hidden-delta",
            "δ of hidden units",
            "Compute `δ = ∂L/∂z` for sample #1: first at the output, then, handed back through the weights, in the "
            "layer below.",
            hidden_delta,
            (2, 2, 2),
            hidden=1,
        ),
        Family(
            "sample-gradients",
            "Each sample has its own gradient",
            "Compute the gradient of these weights for each sample by itself.",
            sample_gradients,
            samples=3,
            fewest=2,
        ),
        Family(
            "batch-update",
            "One update from a batch",
            "All samples pass through the same weights; then the weights change once. Compute the sum and the mean of "
            "the samples' gradients, the step, and the weight after it.",
            batch_update,
            samples=3,
            fewest=2,
            shows="update",
        ),
        Family(
            "short-batch",
            "The short last batch",
            "The batch size is {nominal}, but for the last batch of the epoch only these {n} are left. Compute the "
            "gradient that the optimizer gets, the step, and the weight after it.",
            short_batch,
            samples=3,
            fewest=3,
            short=True,
            shows="update",
        ),
        Family(
            "momentum",
            "Momentum",
            f"The optimizer is momentum with `μ = {MU}` and `γ = {{rate}}`: `v ← μ v + g`, and the step is `−γ v`. "
            "Compute the new velocity, the step, and the weight after this update.",
            velocity,
            samples=2,
            update=2,
            momentum=MU,
            shows="memory",
            about=momentum_alone,
        ),
        Family(
            "softmax",
            "Softmax and cross-entropy",
            "Compute the answers of the softmax, the loss and δ for sample #1, and the batch's mean gradient of one "
            "weight.",
            softmax,
            (2, 3),
            fewest=2,
            head="softmax",
        ),
        Family(
            "gradient-check",
            "Gradient check",
            "Compute the gradient of one weight twice: as a difference quotient of the batch's mean loss, and by "
            "back-propagation, as the mean over the batch. They must agree in the first digits.",
            checked,
            fewest=2,
            more="quotient",
        ),
        Family(
            "find-mistake",
            "Find the mistake",
            "A program printed the gradients below, the mean over the batch. It makes one mistake. Which is it?",
            checked,
            samples=3,
            fewest=2,
            more="mistake",
        ),
    )
}


def family_of(wanted: Wanted, number: int) -> Family:
    """The family of exercise ``number``: of a mixed sheet one after the other."""
    return list(FAMILIES.values())[(number - 1) % len(FAMILIES)] if wanted.kind == MIXED else FAMILIES[wanted.kind]
