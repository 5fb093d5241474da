"""Every number of an update explains itself: formula, numbers, result, what it is made of, what uses it.

A walk through the terms of a number is the chain rule; it ends in inputs, targets, weights and settings.
Knows records only: no moment, no screen.
"""

from bptui.explain.differences import Comparison, compare
from bptui.explain.explanation import Explanation, explain
from bptui.explain.expression import Expression, Write, digits, evaluate, text
from bptui.explain.quantity import Quantity, name, words
from bptui.explain.values import value
from bptui.explain.walk import Walk

__all__ = [
    "Comparison",
    "Explanation",
    "Expression",
    "Quantity",
    "Walk",
    "Write",
    "compare",
    "digits",
    "evaluate",
    "explain",
    "name",
    "text",
    "value",
    "words",
]
