"""The mistakes of the lab, a row each, in the order in which they are shown."""

from bptui.engine.wrong_rules import BY_ID
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
from bptui.experiments.mistakes.further import FURTHER
from bptui.experiments.mistakes.mistake import Mistake

WITH_KEYS = (
    Mistake(
        BY_ID["average-inputs"], "1",
        "Takes the gradient at the mean sample for the mean of the samples' gradients: one pass with averaged "
        "inputs and targets.",
        "Where a batch is summed up before the network sees it, or a mean over samples is taken a line too early.",
        "With batch size 1, or samples all alike. In a linear network with squared error only the biases' part "
        "is right.",
        BATCH_OF_ONE,
    ),
    Mistake(
        BY_ID["mean-error-mean-activations"], "2",
        "Averages the output errors and back-propagates once: a product of means is not the mean of the products.",
        "In home-made batch code that keeps one δ and one a per unit instead of one per sample.",
        "With batch size 1. In a linear network the biases' part is right; the weights' lacks how a and δ vary "
        "together.",
        BATCH_OF_ONE,
    ),
    Mistake(
        BY_ID["mean-error-last-activations"], "3",
        "Averages the output errors, then back-propagates through the activations the last sample happened to "
        "leave.",
        "In object-style code whose neurons store their last output, where all forward passes come before one "
        "backward.",
        "With batch size 1: the last sample is then the only one.",
        BATCH_OF_ONE,
    ),
    Mistake(
        BY_ID["new-weights-first"], "4",
        "Hands δ back through weights that were just updated: two different networks are mixed in one gradient.",
        "In loops that update layer by layer on the way back; the loss Mazur's well-known example prints comes "
        "out so.",
        "Without a hidden layer. Nearly so for a small γ: the miss is proportional to γ.",
        NO_HIDDEN_LAYER,
    ),
    Mistake(
        BY_ID["update-each-sample"], "5",
        "Calls n single updates a batch: later samples meet weights that earlier ones moved, and γ is spent n "
        "times.",
        "Where the update stands inside the loop over samples, and the batch size only says how often to print.",
        "With batch size 1. Under SUM nearly so for a small γ.",
        BATCH_OF_ONE,
    ),
    Mistake(
        BY_ID["other-reduction"], "6",
        "Sums where γ was tuned for the mean: the direction is right, the step n times as long.",
        "When code moves between libraries that average and libraries that sum, or the batch grows under SUM.",
        "With batch size 1, or when γ is divided (under SUM: multiplied) by n as well.",
        BATCH_OF_ONE,
        confuses_under_sum="Averages where γ was tuned for the sum: the direction is right, the step n times as short.",
    ),
    Mistake(
        BY_ID["nominal-size"], "7",
        "Divides by the batch size asked for, not by the samples that came: the short last batch counts too "
        "little.",
        "Where 1/batch_size is a constant in the code, or folded into γ.",
        "When the batch size divides the number of samples, when the short batch is dropped, and under SUM.",
        NO_SHORT_MEAN,
    ),
    Mistake(
        BY_ID["carry-remainder"], "8",
        "Updates only when (i + 1) mod batch = 0 and never flushes: left-over samples join the next epoch's first "
        "batch.",
        "In a widely used playground: 250 samples in batches of 30 make 30 × 8, then 40; a batch beyond the data "
        "never updates.",
        "When the batch size divides the number of samples.",
        NO_REMAINDER,
    ),
    Mistake(
        BY_ID["mean-of-means"], "9",
        "Averages the parts' averages: every part weighs the same, however few samples it holds.",
        "In gradient accumulation: loss / accumulation_steps where the last part is shorter than the others.",
        "When all parts are equal, and under SUM.",
        EQUAL_PARTS,
    ),
    Mistake(
        BY_ID["never-cleared"], "0",
        "Adds each batch to all batches before it, so every step follows the whole past: momentum with μ = 1.",
        "A missing zero_grad() in PyTorch, or sums set to 0 outside the loop over batches.",
        "In the very first update only.",
        FIRST_UPDATE,
    ),
    Mistake(
        BY_ID["no-slope"], "d",
        "Hands the error back through the weights alone: δ = Σ w δ, without the slope φ′(z) of the unit.",
        "In hand-written backward passes, and where the a − y of cross-entropy is copied to squared error.",
        "In a linear network, where φ′ = 1; at an output whose loss and activation together give δ = a − y.",
        NO_CURVE,
    ),
    Mistake(
        BY_ID["bias-per-weight"], "w",
        "Repeats the bias step for every incoming weight: a unit with i inputs moves its bias i times as far.",
        "In nested loops neuron by neuron, with the bias line indented one level too deep.",
        "When every unit has one input, or the biases do not learn.",
        NO_REPEATED_BIAS,
    ),
)  # fmt: skip
ROWS = (*WITH_KEYS, *FURTHER)
MISTAKES = {row.id: row for row in ROWS}

__all__ = ["MISTAKES", "ROWS", "WITH_KEYS", "Mistake"]
