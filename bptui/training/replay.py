"""The states that a run has been in, made again from those that were kept: what was, bit for bit.

Nothing is ever undone by arithmetic: (w − γg) + γg is not always w. Of a run that was recorded the states are read
instead (:mod:`bptui.training.provider`).
"""

from bptui.engine.network import Architecture
from bptui.engine.types import quiet
from bptui.training.causes import Causes
from bptui.training.checkpoints import Checkpoints, State
from bptui.training.problem import Problem
from bptui.training.provider import ENGINE, Provider
from bptui.training.settings import Settings
from bptui.training.stepper import Stepper


class Replay:
    """Of one run, whose causes these are. Who asks knows how many of its updates were made."""

    def __init__(
        self,
        problem: Problem,
        architecture: Architecture,
        causes: Causes,
        checkpoints: Checkpoints,
        provider: Provider = ENGINE,
    ) -> None:
        self.problem = problem
        self.architecture = architecture
        self.causes = causes
        self.checkpoints = checkpoints
        self.provider = provider

    def settings_at(self, update: int) -> Settings:
        """The settings in force in this update (from 1)."""
        return self.causes.settings_at(update)

    def problem_at(self, update: int) -> Problem:
        """The problem with its samples as this update (from 1) meets them."""
        return self.problem.under(self.causes.roster_at(update))

    def stepper(self, state: State) -> Stepper:
        """What makes the updates after a state."""
        return self.provider.stepper(self.problem, self.architecture, self.causes, state)

    def keep(self, stepper: Stepper) -> None:
        """Replay leaves the states that are wanted, too: the next one begins nearer."""
        if self.checkpoints.wanted(stepper.update):
            self.checkpoints.add(stepper.state())

    def state(self, update: int) -> State:
        """The state after n updates: as it was read, or from the checkpoint at or before it."""
        known = self.provider.state(update)
        if known is not None:
            return known
        state = self.checkpoints.before(update)
        if state.update == update:
            return state
        stepper = self.stepper(state)
        with quiet():
            while stepper.update < update:
                stepper.step()
                self.keep(stepper)
                if update - stepper.update < self.checkpoints.most_near:
                    self.checkpoints.remember(stepper.state())
        return stepper.state()

    def before_epoch(self, epoch: int, most: int) -> Stepper:
        """Where the first update of an epoch comes next, or where ``most`` updates are made."""
        stepper = self.stepper(self.checkpoints.before_epoch(epoch))
        with quiet():
            while stepper.position.epoch < epoch and stepper.update < most:
                stepper.step()
                self.keep(stepper)
        return stepper
