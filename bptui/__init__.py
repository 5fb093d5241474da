"""bptui: step through back-propagation and see every number of it.

What a notebook imports: scenarios, runs and their records, networks, and the check by finite differences.
Nothing of the terminal is behind these names.
"""

from bptui.engine import Architecture, Network, check
from bptui.scenario import Scenario, ScenarioError
from bptui.training import Run, Settings, UpdateRecord
from bptui.version import __version__

__all__ = [
    "Architecture",
    "Network",
    "Run",
    "Scenario",
    "ScenarioError",
    "Settings",
    "UpdateRecord",
    "__version__",
    "check",
]
