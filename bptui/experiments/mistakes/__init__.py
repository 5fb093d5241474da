"""The well-known mistakes, each as a rule beside the true one, with what it confuses and when it does no harm."""

from bptui.experiments.mistakes.compare import Comparison, compare, compare_layers
from bptui.experiments.mistakes.counting import parts_of
from bptui.experiments.mistakes.step import NOTHING, Carried, Outcome, Step, descend, true_reduced, true_step
from bptui.experiments.mistakes.table import WRONG_RULES, WrongRule

__all__ = [
    "NOTHING",
    "WRONG_RULES",
    "Carried",
    "Comparison",
    "Outcome",
    "Step",
    "WrongRule",
    "compare",
    "compare_layers",
    "descend",
    "parts_of",
    "true_reduced",
    "true_step",
]
