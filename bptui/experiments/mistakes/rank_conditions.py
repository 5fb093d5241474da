"""When mistakes with several machines in one batch do no harm."""

from dataclasses import replace

from bptui.experiments.mistakes.case import Case, Conditions
from bptui.experiments.mistakes.conditions import several

TWO = (3, 1)
"""Shares of two machines, as many samples on neither."""


def with_ranks(case: Case, ranks: tuple[int, ...], words: str) -> Case:
    """Other machines for the same batches."""
    rules = replace(case.settings.rules, ranks=ranks, micro_batches=1)
    return replace(
        case, settings=replace(case.settings, rules=rules), words=f"{case.words}, {words}".removeprefix(", ")
    )


def alone(case: Case) -> str:
    return "one machine has the whole batch" if len(case.settings.rules.ranks) < 2 else ""


def on_one(case: Case) -> Case:
    return with_ranks(case, (), "one machine")


ONE_RANK = Conditions(alone, on_one, lambda case: with_ranks(case, TWO, "2 ranks, 3:1"))


# --- the sum divided by the ranks ---


def a_sample_each(case: Case) -> str:
    rules = case.settings.rules
    each = rules.reduction == "mean" and case.sizes == {len(rules.ranks)}
    return alone(case) or ("every rank has one sample" if each else "")


def not_a_sample_each(case: Case) -> Case:
    return with_ranks(case, *((TWO, "2 ranks, 3:1") if case.sizes != {2} else ((1, 1, 1), "3 ranks")))


NO_RANKS_TO_DIVIDE_BY = Conditions(a_sample_each, on_one, not_a_sample_each)


# --- padding ---


def pads(case: Case, size: int, ranks: int) -> bool:
    """Is a batch of this size wrong once its first samples fill up the ranks? Under MEAN it is right where all are
    repeated alike."""
    padding = -size % ranks
    return padding > 0 and not (case.settings.rules.reduction == "mean" and padding % size == 0)


def nothing_to_pad(case: Case) -> str:
    ranks = max(len(case.settings.rules.ranks), 1)
    if any(pads(case, size, ranks) for size in case.sizes):
        return ""
    divides = all(size % ranks == 0 for size in case.sizes)
    return alone(case) or (f"{ranks} divides every batch" if divides else "every sample is repeated alike")


def padded(case: Case) -> Case | None:
    """As many equal ranks as leave a remainder."""
    bigger = case if case.size > 1 else several(case)
    if bigger is None:
        return None
    ranks = next(ranks for ranks in range(2, bigger.size + 2) if pads(bigger, bigger.size, ranks))
    return with_ranks(bigger, (1,) * ranks, f"{ranks} ranks")


NOTHING_TO_PAD = Conditions(nothing_to_pad, on_one, padded)
