"""The changes of a rule that go by a name: singles, of which pairs are made."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from bptui.engine.wrong_rules.rule import Rule

RIGHT = Rule()


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A well-known wrong choice: its id, its name, and the rule it makes of the right one; ``under_sum`` its name where
    the truth is the sum, ``on_ranks`` where machines share the batch, if these are others."""

    id: str
    name: str
    rule: Rule
    under_sum: str = ""
    on_ranks: str = ""

    def named(self, reduction: str) -> str:
        """Its name beside a true rule that reduces a batch so."""
        return self.under_sum if self.under_sum and reduction == "sum" else self.name

    @property
    def choices(self) -> dict[str, Any]:
        """The fields it changes."""
        return {
            field.name: getattr(self.rule, field.name)
            for field in fields(Rule)
            if getattr(self.rule, field.name) != field.default
        }

    def on(self, rule: Rule) -> Rule | None:
        """This change made of another rule too; None where both change the same choice."""
        choices = self.choices
        if any(getattr(rule, name) != getattr(RIGHT, name) for name in choices):
            return None
        return replace(rule, **choices)


SLOPES: tuple[tuple[str, str, Any], ...] = (
    ("no-slope", "drop φ′", "left out"),
    ("slope-at-a", "φ′ of a, not of z", "at a"),
    ("slope-of-z", "short cut of φ′ fed with z", "of z"),
    ("phi-for-slope", "φ in place of φ′", "φ"),
    ("slope-at-error", "φ′ at the error", "at the error"),
)


def slopes() -> Iterator[Change]:
    """A wrong slope in hidden layers, at the output, everywhere, or in the last hidden layer alone."""
    for key, name, kind in SLOPES:
        yield Change(f"{key}-hidden", f"{name} in hidden layers", Rule(hidden_slope=kind))
        yield Change(f"{key}-output", f"{name} at the output", Rule(output_slope=kind))
        yield Change(key, name, Rule(output_slope=kind, hidden_slope=kind))
        yield Change(
            f"{key}-last-hidden", f"{name} in the last hidden layer", Rule(hidden_slope=kind, hidden_where="last")
        )


CHANGES: tuple[Change, ...] = (
    *slopes(),
    Change("softmax-elementwise", "a(1 − a) of each output alone",
           Rule(output_slope="element by element")),
    Change("loss-slope-alone", "∂L/∂a taken for δ at the output", Rule(output_slope="∂L/∂a alone")),
    Change("loss-slope-elementwise", "∂L/∂a times a(1 − a) alone", Rule(output_slope="element of ∂L/∂a")),
    Change("no-slope-output-weights", "no φ′ in the output's weights",
           Rule(weights_from="output error")),
    Change("no-slope-weights", "no φ′ in the weights' gradients", Rule(weights_from="error")),
    Change("sign", "y − a, then subtracted", Rule(sign="y − a")),
    Change("factor-2", "a factor 2 in all", Rule(factor=2.0)),
    Change("factor-half", "a factor ½ in all", Rule(factor=0.5)),
    Change("factor-2-each-layer", "a 2 at every layer", Rule(layer_factor=2.0)),
    Change("factor-half-each-layer", "a ½ at every layer", Rule(layer_factor=0.5)),
    Change("factor-2-each-hidden-layer", "a 2 at every hidden layer", Rule(hidden_factor=2.0)),
    Change("factor-half-each-hidden-layer", "a ½ at every hidden layer", Rule(hidden_factor=0.5)),
    Change("divided-by-outputs", "divided by the number of outputs", Rule(outputs="divided")),
    Change("times-outputs", "multiplied by the number of outputs", Rule(outputs="multiplied")),
    Change("error-handed-back", "errors handed back, not δ", Rule(handed="error")),
    Change("output-handed-back", "outputs handed back, not δ", Rule(handed="output")),
    Change("new-weights-first", "new weights before hidden deltas", Rule(through="new")),
    Change("through-gradient", "handed back through the gradient", Rule(through="gradient")),
    Change("weights-not-transposed", "handed back through W, not Wᵀ", Rule(through="untransposed")),
    Change("outer-transposed", "the weights' gradient transposed", Rule(outer="transposed")),
    Change("every-target", "every answer against every target", Rule(pairing="every")),
    Change("targets-next", "targets of the next sample", Rule(pairing="next")),
    Change("targets-before", "targets of the sample before", Rule(pairing="before")),
    Change("targets-reversed", "targets in reverse order", Rule(pairing="reversed")),
    Change("average-inputs", "average the inputs, pass once", Rule(pairing="mean sample")),
    Change("mean-error-mean-activations", "mean error, mean activations", Rule(pairing="mean activations")),
    Change("mean-error-last-activations", "mean error, last activations", Rule(pairing="last activations")),
    Change("softmax-batch", "softmax over the whole batch", Rule(softmax="batch")),
    Change("softmax-samples", "softmax over the samples, not the classes", Rule(softmax="samples")),
    Change("other-reduction", "sum with the mean's rate", Rule(reduction="other"),
           "mean with the sum's rate"),
    Change("divided-twice", "divided by n twice", Rule(reduction="twice")),
    Change("nominal-size", "nominal size in the short batch", Rule(reduction="nominal")),
    Change("mean-of-means", "mean of micro-batch means", Rule(reduction="mean of means"),
           on_ranks="mean of the ranks' means"),
    Change("sum-of-means", "sum of micro-batch means", Rule(reduction="sum of means"),
           on_ranks="sum of the ranks' means"),
    Change("divided-by-ranks", "sum divided by the number of ranks", Rule(reduction="by ranks")),
    Change("times-ranks", "loss times the number of ranks", Rule(reduction="times ranks")),
    Change("padded-ranks", "samples repeated to fill up ranks", Rule(reduction="padded")),
    Change("bias-never", "biases never updated", Rule(biases="never")),
    Change("bias-per-weight", "bias step once per weight", Rule(biases="once per weight")),
    Change("bias-divided-twice", "biases divided by n twice", Rule(biases="divided twice")),
    Change("bias-undivided", "biases never divided by n", Rule(biases="undivided")),
    Change("bias-one-number", "one bias sum for a whole layer", Rule(biases="one number")),
    Change("bias-row-sums", "biases: sums over the weights", Rule(biases="row sums")),
    Change("bias-before-slope", "biases: the error before φ′", Rule(biases="before φ′")),
    Change("bias-last-sample", "biases: the last sample alone", Rule(biases="last")),
    Change("bias-last-sample-divided", "biases: the last sample's share alone", Rule(biases="last divided")),
    Change("ascent", "step added, not subtracted", Rule(step="added")),
    Change("set-to-step", "weights set to the step", Rule(step="set to")),
    Change("never-cleared", "accumulator never cleared", Rule(step="never cleared")),
    Change("update-each-sample", "update after each sample", Rule(step="each sample")),
    Change("carry-remainder", "carry the remainder over", Rule(step="carried")),
    Change("l2-left-out", "the penalty left out", Rule(l2="left out")),
    Change("l2-subtracted", "the penalty subtracted", Rule(l2="subtracted")),
    Change("l2-doubled", "the penalty's slope doubled", Rule(l2="doubled")),
    Change("l2-on-biases", "the penalty on biases too", Rule(l2="on biases")),
    Change("l2-divided", "the penalty divided by n", Rule(l2="divided")),
    Change("momentum-old", "the step of the velocity before", Rule(momentum="old v")),
    Change("momentum-first", "the first velocity without γ", Rule(momentum="first without γ")),
    Change("momentum-damped", "the gradient times 1 − μ in the velocity", Rule(momentum="damped")),
)  # fmt: skip
BY_ID = {change.id: change for change in CHANGES}
