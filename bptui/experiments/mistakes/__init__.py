"""The well-known mistakes, each as a rule beside the true one, with what it confuses and when it does no harm."""

from bptui.experiments.mistakes.counting import parts_of
from bptui.experiments.mistakes.distance import Distance, distance, distances_by_layer
from bptui.experiments.mistakes.step import NOTHING_CARRIED, Carried, Outcome, Rule, apply, true_reduced, true_step
from bptui.experiments.mistakes.table import MISTAKES, Mistake

__all__ = [
    "MISTAKES",
    "NOTHING_CARRIED",
    "Carried",
    "Distance",
    "Mistake",
    "Outcome",
    "Rule",
    "apply",
    "distance",
    "distances_by_layer",
    "parts_of",
    "true_reduced",
    "true_step",
]
