"""The questions beginners really ask: the true answer in a sentence, and what shows it."""

from dataclasses import dataclass

from bptui.session.intents import Focus, Intent, Open, Say, SelectTelling, Stand


@dataclass(frozen=True, slots=True)
class Question:
    """``shown`` says in words what ``intents`` open."""

    words: str
    answer: str
    shown: str
    intents: tuple[Intent, ...]


QUESTIONS = (
    Question(
        "Is back-propagation applied after each input or after a batch?",
        "Backward runs for every sample, the update once per batch.",
        "the ledger, before its update",
        (
            Stand("gradient"),
            Focus("update"),
            Say("{n} × forward, {n} × backward, 0 updates: {next-phase} reduces, {next-phase} again applies"),
        ),
    ),
    Question(
        "n times on one sample until it is right, before the next?",
        "No: what one sample gains, others often lose.",
        "the drill",
        (Open("drill", "until right"),),
    ),
    Question(
        "Is a batch's weight change the sum or the average of the samples' changes?",
        "Either; the mean is the sum with a learning rate n times smaller.",
        "a race of sum and mean",
        (Open("race", "sum and mean"),),
    ),
    Question(
        "Which sample's x stands in a hidden unit's gradient: an average of the inputs?",
        "Each sample's own: x·δ is formed per sample, then added.",
        "the ledger of a first-layer weight",
        (
            Stand("gradient"),
            SelectTelling(),
            Focus("update"),
            Say("{samples}, each its own x · its own δ: {explain} explains one, {up} {down} another unit"),
        ),
    ),
    Question(
        "Is the error accumulated and back-propagated once?",
        "No: then every sample would share one φ′ and one input.",
        "the mistakes lab",
        (Open("lab", "mean-error-mean-activations"),),
    ),
    Question(
        "Are the errors averaged per output neuron, and that average sent back?",
        "No: an average has no sample whose activations belong to it. Errors of +1 and −1 would teach nothing.",
        "the mistakes lab",
        (Open("lab", "mean-error-last-activations"),),
    ),
    Question(
        "Why batches at all? Are they less work?",
        "The work per sample is the same; a batch takes memory, saves time, and steps more steadily.",
        "a race of batch sizes",
        (Open("race", "batch sizes"),),
    ),
    Question(
        "Each sample has a gradient vector of its own: how do they make one step?",
        "They are added entry by entry (and divided by n for the mean); the one vector that results is the step.",
        "the samples' gradients beside their reduction",
        (
            Stand("reduce"),
            Focus("deltas"),
            Say("a row per sample: its vector's length and one entry; last line: all in one"),
        ),
    ),
    Question(
        "Do the samples of a batch agree?",
        "Rarely: their gradients scatter, and the mean is steadier by 1/√n.",
        "the noise of this batch",
        (Open("noise"),),
    ),
)
