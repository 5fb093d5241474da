"""Every number of an update explains itself: formula, numbers, result, what it is made of, what uses it.

A walk through the terms of a number is the chain rule; it ends in inputs, targets, weights and settings.
Knows records only: no moment, no screen.
"""

from typing import TYPE_CHECKING

from bptui.lazy import lazily

if TYPE_CHECKING:
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

HOMES = {
    "differences": ("Comparison", "compare"),
    "explanation": ("Explanation", "explain"),
    "expression": ("Expression", "Write", "digits", "evaluate", "text"),
    "quantity": ("Quantity", "name", "words"),
    "values": ("value",),
    "walk": ("Walk",),
}

# What a number is called is known without its formula.
__getattr__ = lazily(__name__, {name: f"{__name__}.{home}" for home, names in HOMES.items() for name in names})
