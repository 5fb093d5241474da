"""Ordinary passes on a budget of back-propagations, to compare the drill with."""

from dataclasses import replace

from bptui.engine.network import Network
from bptui.engine.types import Floats, quiet
from bptui.engine.update import Divergence
from bptui.training.causes import Causes
from bptui.training.checkpoints import State
from bptui.training.problem import Problem
from bptui.training.record import UpdateRecord
from bptui.training.settings import Settings
from bptui.training.stepper import Stepper


class Passes:
    """Training from the network before a recorded update on, with these settings and this optimizer memory (k × p),
    in the run's order from that update's batch on: an update a batch."""

    def __init__(self, problem: Problem, record: UpdateRecord, settings: Settings, memory: Floats) -> None:
        start = State(0, record.before.flat, memory.copy(), replace(record.position, repeat=1, seen=0))
        self._settings = settings
        self._count = problem.count
        self._stepper = Stepper(problem, record.before.architecture, Causes(((1, settings),)), start)
        self.stop: Divergence | None = None

    @property
    def network(self) -> Network:
        return self._stepper.network

    @property
    def updates(self) -> int:
        return self._stepper.update

    @property
    def spent(self) -> int:
        """Back-propagations whose update has been made."""
        return self._stepper.position.seen

    @property
    def batch_size(self) -> int:
        """Back-propagations the next update needs."""
        return self._stepper.position.size(self._settings, self._count)

    def spend(self, back_propagations: int) -> None:
        """Make every update that n back-propagations in all pay for; none after one that overflows."""
        with quiet():
            while self.stop is None and self.spent + self.batch_size <= back_propagations:
                try:
                    self._stepper.step()
                except Divergence as divergence:
                    self.stop = divergence
