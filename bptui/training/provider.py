"""Where the updates of a run come from: the engine makes them from their causes, or they are read from a recording."""

from dataclasses import dataclass
from typing import Protocol

from bptui.engine.network import Architecture
from bptui.engine.types import Floats
from bptui.engine.update import Workspace
from bptui.training.causes import Causes
from bptui.training.checkpoints import State
from bptui.training.problem import Problem
from bptui.training.stepper import Stepper


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What another program told of an update that it made: ``gradient``, the reduced gradient of the batch (p,), and
    the batch's ``loss``; by how much the engine's differ, as a share of the largest number of theirs (0: not at all).
    ``at_corner``: has a sample a z so near the corner of its activation that their rounding decides on the slope?
    """

    gradient: Floats
    loss: float
    gradient_off: float
    loss_off: float
    at_corner: bool


class Provider(Protocol):
    """What a run asks for its updates. ``updates``: how many there are, where that is known; 0: without end."""

    @property
    def updates(self) -> int:
        """See above."""

    def stepper(self, problem: Problem, architecture: Architecture, causes: Causes, state: State) -> Stepper:
        """What makes the updates after a state, one by one."""

    def state(self, update: int) -> State | None:
        """The state after n updates, where it is known without making them."""

    def told(self, update: int, work: Workspace) -> Told | None:
        """What is told of an update (from 1) that stands in a workspace."""

    def why_no_change(self) -> str:
        """Why no update can be made otherwise than it was, with keys by their ids in braces; "" where it can."""


class Engine:
    """Updates are made from their causes, and again from the state before them."""

    updates = 0

    def stepper(self, problem: Problem, architecture: Architecture, causes: Causes, state: State) -> Stepper:
        """One that computes."""
        return Stepper(problem, architecture, causes, state)

    def state(self, update: int) -> State | None:
        """None: it is replayed."""
        return None

    def told(self, update: int, work: Workspace) -> Told | None:
        """None: nobody else has made it."""
        return None

    def why_no_change(self) -> str:
        """Nothing: it can."""
        return ""


ENGINE = Engine()
