"""The well-known mistakes, each a rule beside the true one, with what it confuses and when it does no harm."""

from bptui.engine.wrong_rules import NOTHING_CARRIED, Carried
from bptui.experiments.mistakes.distance import Distance, distance, distances_by_layer
from bptui.experiments.mistakes.step import RIGHT, Outcome, outcome, true_reduced
from bptui.experiments.mistakes.table import MISTAKES, Mistake

__all__ = [
    "MISTAKES",
    "NOTHING_CARRIED",
    "RIGHT",
    "Carried",
    "Distance",
    "Mistake",
    "Outcome",
    "distance",
    "distances_by_layer",
    "outcome",
    "true_reduced",
]
