"""One grammar of the backward pass: an update told as choices, the true one their defaults, a mistake one or two."""

from bptui.engine.wrong_rules.catalogue import BY_ID, CHANGES, Change
from bptui.engine.wrong_rules.given import NOTHING_CARRIED, Carried, Given
from bptui.engine.wrong_rules.rule import Rule
from bptui.engine.wrong_rules.workings import Workings

__all__ = ["BY_ID", "CHANGES", "NOTHING_CARRIED", "Carried", "Change", "Given", "Rule", "Workings"]
