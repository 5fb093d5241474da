"""What was asked for: data, network and training settings, read from a file or a built-in set; they begin a run."""

from bptui.scenario.scenario import Scenario, ScenarioError, built_in_names

__all__ = ["Scenario", "ScenarioError", "built_in_names"]
