"""The questions beginners really ask, each with the true answer in a sentence; a screen opens where it is seen."""

from dataclasses import dataclass

from bptui.views.text import Row, wrapped


@dataclass(frozen=True, slots=True)
class Question:
    """``shown`` says where the answer is seen."""

    words: str
    answer: str
    shown: str


QUESTIONS = (
    Question(
        "Is back-propagation applied after each input or after a batch?",
        "Backward runs for every sample, the update once per batch.",
        "the ledger, before its update",
    ),
    Question(
        "n times on one sample until it is right, before the next?",
        "No: drilling one sample un-learns the others.",
        "the drill",
    ),
    Question(
        "Is a batch's weight change the sum or the average of the samples' changes?",
        "Either; the mean is the sum with a learning rate n times smaller.",
        "a race of sum and mean",
    ),
    Question(
        "Which sample's x stands in a hidden unit's gradient: an average of the inputs?",
        "Each sample's own: a·δ is formed per sample, then added.",
        "an explained contribution",
    ),
    Question(
        "Is the error accumulated and back-propagated once?",
        "No: then every sample would share one φ′ and one input.",
        "the mistakes lab",
    ),
    Question(
        "Why batches at all? Are they less work?",
        "The work per sample is the same; a batch takes memory, saves time, and steps more steadily.",
        "a race of batch sizes",
    ),
    Question(
        "Do the samples of a batch agree?",
        "Rarely: their gradients scatter, and the mean is steadier by 1/√n.",
        "the noise of this batch",
    ),
)


def question_rows(width: int) -> list[Row]:
    """The list: number, question, answer, where it is seen."""
    rows: list[Row] = []
    for number, question in enumerate(QUESTIONS, start=1):
        first, *rest = wrapped(question.words, width - 4)
        rows.append(((f" {number}  ", "key"), (first, "strong")))
        rows += [(("    " + line, "strong"),) for line in rest]
        rows += [(("    " + line, "text"),) for line in wrapped(f"{question.answer} → {question.shown}", width - 4)]
    return rows
