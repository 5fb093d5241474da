"""The questions beginners really ask: the true answer in a sentence, and what shows it."""

from dataclasses import dataclass

from bptui.session.intents import Focus, Intent, Open, Say, SelectOutput, SelectTelling, Stand


@dataclass(frozen=True, slots=True)
class Question:
    """``shown`` says in words what ``intents`` open; ``short`` is the answer where there is a line for it."""

    words: str
    answer: str
    short: str
    shown: str
    intents: tuple[Intent, ...]


QUESTIONS = (
    Question(
        "Is back-propagation applied after each input or after a batch?",
        "Backward runs for every sample, the update once per batch.",
        "Backward per sample, the update per batch.",
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
        "No: what one sample gains, others often lose.",
        "the drill",
        (Open("drill", "until right"),),
    ),
    Question(
        "Is a batch's change of a weight the sum or the mean of the samples'?",
        "Either; the mean is the sum with a learning rate n times smaller.",
        "Either; the mean is the sum with γ ÷ n.",
        "a race of sum and mean",
        (Open("race", "sum and mean"),),
    ),
    Question(
        "Whose x stands in a hidden unit's gradient: an average of the inputs?",
        "Each sample's own: x·δ is formed per sample, then added.",
        "Each sample's own x, own δ.",
        "the ledger of a first-layer weight",
        (
            Stand("reduce"),
            SelectTelling(),
            Focus("deltas"),
            Say("{samples}, each its own x beside its own δ: {up} {down} another, {explain} explains δ"),
        ),
    ),
    Question(
        "Is the error accumulated and back-propagated once?",
        "No: then every sample would share one φ′ and one input.",
        "No: all samples would share one φ′ and input.",
        "the mistakes lab",
        (Open("lab", "mean-error-mean-activations"),),
    ),
    Question(
        "Are the errors averaged per output neuron, and that average sent back?",
        "No: an average has no sample whose activations belong to it. Errors of +1 and −1 would teach nothing.",
        "No: averaged errors lose their own a.",
        "each error in the gradient table",
        (Stand("reduce"), SelectOutput(), Open("gradients", "errors")),
    ),
    Question(
        "Why batches at all? Are they less work?",
        "The work per sample is the same; a batch takes memory, saves time, and steps more steadily.",
        "The same work per sample; steadier steps.",
        "a race of batch sizes",
        (Open("race", "batch sizes"),),
    ),
    Question(
        "Each sample has a gradient vector of its own: how do they make one step?",
        "They are added entry by entry (and divided by n for the mean); the one vector that results is the step.",
        "Added entry by entry (÷ n): one vector.",
        "the gradient table",
        (Stand("reduce"), Open("gradients")),
    ),
    Question(
        "Do the samples of a batch agree?",
        "Rarely: their gradients scatter, and the mean is steadier by 1/√n.",
        "Rarely; the mean is steadier by 1/√n.",
        "the noise of this batch",
        (Open("noise"),),
    ),
)
