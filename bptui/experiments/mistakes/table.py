"""The twelve rules of the lab, in the order in which they are shown."""

from dataclasses import dataclass

from bptui.experiments.mistakes import averages, counting, omissions, timing
from bptui.experiments.mistakes.step import Step


@dataclass(frozen=True, slots=True)
class WrongRule:
    """A mistake: ``id``, a short ``name``, a sentence each on what it confuses, where it occurs in real programs
    and when it is harmless, and its step; ``under_sum`` is its name where the truth is the sum, if it has another."""

    id: str
    name: str
    confuses: str
    occurs: str
    harmless: str
    step: Step
    under_sum: str = ""

    def named(self, reduction: str) -> str:
        """Its name beside a true rule that reduces a batch so."""
        return self.under_sum if self.under_sum and reduction == "sum" else self.name


WRONG_RULES: dict[str, WrongRule] = {
    rule.id: rule
    for rule in (
        WrongRule(
            "average-inputs",
            "average the inputs, pass once",
            "Takes the gradient at the mean sample for the mean of the samples' gradients: one pass with averaged "
            "inputs and targets.",
            "Where a batch is summed up before the network sees it, or a mean over samples is taken a line too early.",
            "With batch size 1, or samples all alike. In a linear network with squared error only the biases' part "
            "is right.",
            averages.average_inputs,
        ),
        WrongRule(
            "mean-error-mean-activations",
            "mean error, mean activations",
            "Averages the output errors and back-propagates once: a product of means is not the mean of the products.",
            "In home-made batch code that keeps one δ and one a per unit instead of one per sample.",
            "With batch size 1. In a linear network the biases' part is right; the weights' lacks how a and δ vary "
            "together.",
            averages.mean_error_mean_activations,
        ),
        WrongRule(
            "mean-error-last-activations",
            "mean error, last activations",
            "Averages the output errors, then back-propagates through the activations the last sample happened to "
            "leave.",
            "In object-style code whose neurons store their last output, where all forward passes come before one "
            "backward.",
            "With batch size 1: the last sample is then the only one.",
            averages.mean_error_last_activations,
        ),
        WrongRule(
            "new-weights-first",
            "new weights before hidden deltas",
            "Hands δ back through weights that were just updated: two different networks are mixed in one gradient.",
            "In loops that update layer by layer on the way back; the loss Mazur's well-known example prints comes "
            "out so.",
            "Without a hidden layer. Nearly so for a small γ: the miss is proportional to γ.",
            timing.new_weights_first,
        ),
        WrongRule(
            "update-each-sample",
            "update after each sample",
            "Calls n single updates a batch: later samples meet weights that earlier ones moved, and γ is spent n "
            "times.",
            "Where the update stands inside the loop over samples, and the batch size only says how often to print.",
            "With batch size 1. Under SUM nearly so for a small γ.",
            timing.update_each_sample,
        ),
        WrongRule(
            "other-reduction",
            "sum with the mean's rate",
            "Sums where γ was tuned for the mean: the direction is right, the step n times as long (under SUM: the "
            "mean, n times as short).",
            "When code moves between libraries that average and libraries that sum, or the batch grows under SUM.",
            "With batch size 1, or when γ is divided by n as well.",
            counting.other_reduction,
            under_sum="mean with the sum's rate",
        ),
        WrongRule(
            "nominal-size",
            "nominal size in the short batch",
            "Divides by the batch size asked for, not by the samples that came: the short last batch counts too "
            "little.",
            "Where 1/batch_size is a constant in the code, or folded into γ.",
            "When the batch size divides the number of samples, when the short batch is dropped, and under SUM.",
            counting.nominal_size,
        ),
        WrongRule(
            "carry-remainder",
            "carry the remainder over",
            "Updates only when (i + 1) mod batch = 0 and never flushes: left-over samples join the next epoch's first "
            "batch.",
            "In a widely used playground: 250 samples in batches of 30 make 30 × 8, then 40; a batch beyond the data "
            "never updates.",
            "When the batch size divides the number of samples.",
            counting.carry_remainder,
        ),
        WrongRule(
            "mean-of-means",
            "mean of micro-batch means",
            "Averages the parts' averages: every part weighs the same, however few samples it holds.",
            "In gradient accumulation: loss / accumulation_steps where the last part is shorter than the others.",
            "When all parts are equal, and under SUM.",
            counting.mean_of_means,
        ),
        WrongRule(
            "never-cleared",
            "accumulator never cleared",
            "Adds each batch to all batches before it, so every step follows the whole past: momentum with μ = 1.",
            "A missing zero_grad() in PyTorch, or sums set to 0 outside the loop over batches.",
            "In the very first update only.",
            counting.never_cleared,
        ),
        WrongRule(
            "no-slope",
            "drop φ′",
            "Hands the error back through the weights alone: δ = Σ w δ, without the slope φ′(z) of the unit.",
            "In hand-written backward passes, and where the a − y of cross-entropy is copied to squared error.",
            "In a linear network, where φ′ = 1; at an output whose loss and activation together give δ = a − y.",
            omissions.no_slope,
        ),
        WrongRule(
            "bias-per-weight",
            "bias step once per weight",
            "Repeats the bias step for every incoming weight: a unit with i inputs moves its bias i times as far.",
            "In nested loops neuron by neuron, with the bias line indented one level too deep.",
            "When every unit has one input, or the biases do not learn.",
            omissions.bias_per_weight,
        ),
    )
}
