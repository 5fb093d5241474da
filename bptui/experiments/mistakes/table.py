"""The mistakes of the lab, a row each, in the order in which they are shown: add a function and a row."""

from dataclasses import dataclass

from bptui.experiments.mistakes import averages, counting, omissions, timing
from bptui.experiments.mistakes.case import Conditions
from bptui.experiments.mistakes.conditions import (
    BATCH_OF_ONE,
    EQUAL_PARTS,
    FIRST_UPDATE,
    NO_CURVE,
    NO_HIDDEN_LAYER,
    NO_REMAINDER,
    NO_REPEATED_BIAS,
    NO_SHORT_MEAN,
)
from bptui.experiments.mistakes.step import Rule


@dataclass(frozen=True, slots=True)
class Mistake:
    """A well-known wrong rule.

    Attributes:
        id, key, name: its address in the code, the key that leads to it, its title on the screen.
        confuses, occurs, harmless: a sentence each on what it takes for what, where it occurs in real programs, and
            when it is harmless.
        rule: the step it makes of a batch.
        when: the same as ``harmless``, for a set-up at hand; with a set-up in which it is, and one in which it shows.
        under_sum, confuses_under_sum: its name and what it confuses where the truth is the sum, if that is another.
    """

    id: str
    key: str
    name: str
    confuses: str
    occurs: str
    harmless: str
    rule: Rule
    when: Conditions
    under_sum: str = ""
    confuses_under_sum: str = ""

    def named(self, reduction: str) -> str:
        """Its name beside a true rule that reduces a batch so."""
        return self.under_sum if self.under_sum and reduction == "sum" else self.name

    def confusion(self, reduction: str) -> str:
        """What it takes for what, beside that true rule."""
        return self.confuses_under_sum if self.confuses_under_sum and reduction == "sum" else self.confuses

    @property
    def names(self) -> str:
        """All names it goes by."""
        return f"{self.name} (under SUM: {self.under_sum})" if self.under_sum else self.name


ROWS = (
    Mistake(
        "average-inputs", "1", "average the inputs, pass once",
        "Takes the gradient at the mean sample for the mean of the samples' gradients: one pass with averaged "
        "inputs and targets.",
        "Where a batch is summed up before the network sees it, or a mean over samples is taken a line too early.",
        "With batch size 1, or samples all alike. In a linear network with squared error only the biases' part "
        "is right.",
        averages.average_inputs, BATCH_OF_ONE,
    ),
    Mistake(
        "mean-error-mean-activations", "2", "mean error, mean activations",
        "Averages the output errors and back-propagates once: a product of means is not the mean of the products.",
        "In home-made batch code that keeps one δ and one a per unit instead of one per sample.",
        "With batch size 1. In a linear network the biases' part is right; the weights' lacks how a and δ vary "
        "together.",
        averages.mean_error_mean_activations, BATCH_OF_ONE,
    ),
    Mistake(
        "mean-error-last-activations", "3", "mean error, last activations",
        "Averages the output errors, then back-propagates through the activations the last sample happened to "
        "leave.",
        "In object-style code whose neurons store their last output, where all forward passes come before one "
        "backward.",
        "With batch size 1: the last sample is then the only one.",
        averages.mean_error_last_activations, BATCH_OF_ONE,
    ),
    Mistake(
        "new-weights-first", "4", "new weights before hidden deltas",
        "Hands δ back through weights that were just updated: two different networks are mixed in one gradient.",
        "In loops that update layer by layer on the way back; the loss Mazur's well-known example prints comes "
        "out so.",
        "Without a hidden layer. Nearly so for a small γ: the miss is proportional to γ.",
        timing.new_weights_first, NO_HIDDEN_LAYER,
    ),
    Mistake(
        "update-each-sample", "5", "update after each sample",
        "Calls n single updates a batch: later samples meet weights that earlier ones moved, and γ is spent n "
        "times.",
        "Where the update stands inside the loop over samples, and the batch size only says how often to print.",
        "With batch size 1. Under SUM nearly so for a small γ.",
        timing.update_each_sample, BATCH_OF_ONE,
    ),
    Mistake(
        "other-reduction", "6", "sum with the mean's rate",
        "Sums where γ was tuned for the mean: the direction is right, the step n times as long.",
        "When code moves between libraries that average and libraries that sum, or the batch grows under SUM.",
        "With batch size 1, or when γ is divided (under SUM: multiplied) by n as well.",
        counting.other_reduction, BATCH_OF_ONE, under_sum="mean with the sum's rate",
        confuses_under_sum="Averages where γ was tuned for the sum: the direction is right, the step n times as short.",
    ),
    Mistake(
        "nominal-size", "7", "nominal size in the short batch",
        "Divides by the batch size asked for, not by the samples that came: the short last batch counts too "
        "little.",
        "Where 1/batch_size is a constant in the code, or folded into γ.",
        "When the batch size divides the number of samples, when the short batch is dropped, and under SUM.",
        counting.nominal_size, NO_SHORT_MEAN,
    ),
    Mistake(
        "carry-remainder", "8", "carry the remainder over",
        "Updates only when (i + 1) mod batch = 0 and never flushes: left-over samples join the next epoch's first "
        "batch.",
        "In a widely used playground: 250 samples in batches of 30 make 30 × 8, then 40; a batch beyond the data "
        "never updates.",
        "When the batch size divides the number of samples.",
        counting.carry_remainder, NO_REMAINDER,
    ),
    Mistake(
        "mean-of-means", "9", "mean of micro-batch means",
        "Averages the parts' averages: every part weighs the same, however few samples it holds.",
        "In gradient accumulation: loss / accumulation_steps where the last part is shorter than the others.",
        "When all parts are equal, and under SUM.",
        counting.mean_of_means, EQUAL_PARTS,
    ),
    Mistake(
        "never-cleared", "0", "accumulator never cleared",
        "Adds each batch to all batches before it, so every step follows the whole past: momentum with μ = 1.",
        "A missing zero_grad() in PyTorch, or sums set to 0 outside the loop over batches.",
        "In the very first update only.",
        counting.never_cleared, FIRST_UPDATE,
    ),
    Mistake(
        "no-slope", "d", "drop φ′",
        "Hands the error back through the weights alone: δ = Σ w δ, without the slope φ′(z) of the unit.",
        "In hand-written backward passes, and where the a − y of cross-entropy is copied to squared error.",
        "In a linear network, where φ′ = 1; at an output whose loss and activation together give δ = a − y.",
        omissions.no_slope, NO_CURVE,
    ),
    Mistake(
        "bias-per-weight", "w", "bias step once per weight",
        "Repeats the bias step for every incoming weight: a unit with i inputs moves its bias i times as far.",
        "In nested loops neuron by neuron, with the bias line indented one level too deep.",
        "When every unit has one input, or the biases do not learn.",
        omissions.bias_per_weight, NO_REPEATED_BIAS,
    ),
)  # fmt: skip
MISTAKES = {row.id: row for row in ROWS}
