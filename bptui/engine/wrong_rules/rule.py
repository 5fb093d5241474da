"""A rule: one way in which a program may make an update, told as the choices it makes.

Every field is a choice and its default the right one, so that ``Rule()`` is back-propagation and a well-known mistake
is a rule with one or two fields changed: ``Rule(through="new")`` hands δ back through weights that were just updated.
What a choice does is written once, in :mod:`bptui.engine.wrong_rules.passes` and
:mod:`bptui.engine.wrong_rules.workings`.
"""

from dataclasses import dataclass
from typing import Literal

Pairing = Literal["own", "every", "next", "before", "reversed", "mean sample", "mean activations", "last activations"]
"""Which target, z and a belong to a sample's error: its own; every sample's target, as numpy broadcasts (n,) against
(n, 1); the next sample's target, the one before, or in reverse; or one pass for all: of the mean sample, or of the mean
error through the mean z and a, or through those of the last sample."""

Softmax = Literal["classes", "batch", "samples"]
"""What the powers of a softmax are divided by: their sum over the classes, over the whole batch, over the samples."""

Sign = Literal["a − y", "y − a"]

Slope = Literal["right", "left out", "at a", "of z", "φ", "at the error"]
"""What stands for φ′(z): φ′(z); 1; φ′(a); the short cut, a(1 − a) or 1 − a², fed with z; φ(z); φ′ of what comes in."""

OutputSlope = Literal[
    "right", "left out", "at a", "of z", "φ", "at the error", "element by element", "∂L/∂a alone", "element of ∂L/∂a"
]
"""At the output also: a(1 − a) of each output alone, on top of what the loss gives (∂L/∂a, or a − y where loss and
activation are joined); and, where they are joined, ∂L/∂a taken for δ, or that times a(1 − a)."""

HiddenWhere = Literal["all", "last"]
Handed = Literal["delta", "error", "output"]
"""What goes back to the layer below: δ; the error before it met φ′; the layer's own output a."""

Through = Literal["weights", "new", "gradient", "untransposed"]
"""Through W; through W after its update; through ∂L/∂W; through W with rows for columns, where it is square."""

WeightsFrom = Literal["delta", "output error", "error"]
"""What meets a in the gradient of the weights: δ; at the output, or everywhere, the error before it met φ′."""

Outer = Literal["right", "transposed"]
Outputs = Literal["as the loss", "divided", "multiplied"]
Reduce = Literal[
    "right", "other", "twice", "nominal", "mean of means", "sum of means", "by ranks", "times ranks", "padded"
]
"""Of the samples: as the rules say; the sum for the mean and the mean for the sum; divided by n twice; by the batch
size asked for; the mean, or the sum, of the means of parts. Where W ranks share the batch: the sum divided by W; W
times as large; with the first samples once more until W divides their number."""

Biases = Literal[
    "right", "never", "once per weight", "divided twice", "undivided", "one number", "row sums", "before φ′", "last",
    "last divided",
]  # fmt: skip
"""Σ δ, reduced; 0; once for every incoming weight; divided by n once more, or not at all; one sum for all units of the
layer; the sum of the weights' gradient over the inputs; of the errors before φ′; δ of the last sample alone, as it is
or divided by n."""

Step = Literal["right", "added", "set to", "never cleared", "each sample", "carried"]
"""θ − γ g; θ + γ g; −γ g in place of θ; g added to those of all batches before; an update after each sample; a short
batch waits for the next whole one."""

L2 = Literal["right", "left out", "subtracted", "doubled", "on biases", "divided"]
Momentum = Literal["right", "old v", "first without γ", "damped"]
"""v with this gradient in it; v of before; the first step without γ; v ← μ v + (1 − μ) g."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The choices of a program, from the forward pass to the step; as it stands, all are right.

    Attributes:
        factor: on everything; ``layer_factor`` once more at every layer δ passes, ``hidden_factor`` at the hidden ones.
        outputs: whether the error is divided or multiplied by the number of outputs besides.
        hidden_where: whether ``hidden_slope`` stands in all hidden layers or in the last one alone.
        part_size: samples of each part where parts are reduced apart; 0: as the rules cut the batch, or three quarters
            and the rest.
    """

    pairing: Pairing = "own"
    softmax: Softmax = "classes"
    sign: Sign = "a − y"
    factor: float = 1.0
    outputs: Outputs = "as the loss"
    output_slope: OutputSlope = "right"
    layer_factor: float = 1.0
    hidden_factor: float = 1.0
    hidden_slope: Slope = "right"
    hidden_where: HiddenWhere = "all"
    handed: Handed = "delta"
    through: Through = "weights"
    weights_from: WeightsFrom = "delta"
    outer: Outer = "right"
    reduction: Reduce = "right"
    part_size: int = 0
    biases: Biases = "right"
    l2: L2 = "right"
    momentum: Momentum = "right"
    step: Step = "right"

    @property
    def tangled(self) -> bool:
        """Does what comes late in an update reach back into its passes?"""
        return self.through in {"new", "gradient"}


FORWARD = ("pairing", "softmax")
OUTPUT = (*FORWARD, "sign", "factor", "outputs", "output_slope", "layer_factor")
BACK = (*OUTPUT, "hidden_factor", "hidden_slope", "hidden_where", "handed", "through")
SAMPLES = (*BACK, "weights_from", "outer")
WEIGHTS = (*SAMPLES, "reduction", "part_size", "step")
BIASES = (*WEIGHTS, "biases")
"""Which choices each stage of an update depends on, unless the rule is tangled; ``step`` as far as it gathers."""
