"""What was asked for: data, network and training settings, read from a file or a built-in set; they begin a run."""

from typing import TYPE_CHECKING

from bptui.lazy import lazily

if TYPE_CHECKING:
    from bptui.scenario.accept import ScenarioError
    from bptui.scenario.names import built_in_names
    from bptui.scenario.scenario import Scenario

__all__ = ["Scenario", "ScenarioError", "built_in_names"]

# The command line's grammar is in this room too: numpy waits until a scenario is wanted.
__getattr__ = lazily(
    __name__,
    {
        "Scenario": f"{__name__}.scenario",
        "ScenarioError": f"{__name__}.accept",
        "built_in_names": f"{__name__}.names",
    },
)
