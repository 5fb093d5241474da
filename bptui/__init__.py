"""bptui: step through back-propagation and see every number of it.

What a notebook imports: scenarios, runs and their records, networks, and the check by finite differences.
Nothing of the terminal is behind these names. Each is loaded when it is first asked for, so that the command
can say how many threads numpy gets before numpy is imported.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bptui.version import __version__

if TYPE_CHECKING:
    from bptui.engine import Architecture, Network, check
    from bptui.scenario import Scenario, ScenarioError
    from bptui.training import Run, Settings, UpdateRecord

ROOMS = {
    "Architecture": "bptui.engine",
    "Network": "bptui.engine",
    "Run": "bptui.training",
    "Scenario": "bptui.scenario",
    "ScenarioError": "bptui.scenario",
    "Settings": "bptui.training",
    "UpdateRecord": "bptui.training",
    "check": "bptui.engine",
}

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


def __getattr__(name: str) -> Any:
    """Load a name of the library from its room (PEP 562)."""
    if name not in ROOMS:
        raise AttributeError(f"module 'bptui' has no attribute {name!r}")
    value = getattr(import_module(ROOMS[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
