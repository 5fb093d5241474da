"""Ordinary passes on a budget of back-propagations, to compare the drill with."""

from bptui.engine.network import Network
from bptui.engine.types import Floats, quiet
from bptui.engine.update import Divergence, Workspace, compute_update
from bptui.training.causes import Causes
from bptui.training.checkpoints import State
from bptui.training.problem import Problem
from bptui.training.record import UpdateRecord
from bptui.training.settings import Settings
from bptui.training.stepper import Stepper


class Passes:
    """Training from the network before a recorded update on, with these settings and this optimizer memory (k × p),
    in the run's order from that update's batch on: an update a batch. Back-propagations that do not fill the next
    batch make an update as a short batch, which the whole batch will replace: none that are spent go unused."""

    def __init__(self, problem: Problem, record: UpdateRecord, settings: Settings, memory: Floats) -> None:
        start = State(0, record.before.flat, memory.copy(), record.position._replace(repeat=1, seen=0))
        causes = Causes(((1, settings),), problem.roster)
        self._settings = settings
        self._count = problem.count
        self._problem = problem
        self._stepper = Stepper(problem, record.before.architecture, causes, start)
        self.stop: Divergence | None = None
        self.network = self._stepper.network
        self.short = 0
        """Samples of the short batch behind the whole ones; 0 where there is none."""

    @property
    def updates(self) -> int:
        """That of the short batch included."""
        return self._stepper.update + (self.short > 0)

    @property
    def spent(self) -> int:
        """Back-propagations in whole batches."""
        return self._stepper.position.seen

    @property
    def batch_size(self) -> int:
        """Back-propagations the next update needs."""
        return self._stepper.position.size(self._settings, self._count)

    def spend(self, back_propagations: int) -> None:
        """Make every update that n back-propagations in all pay for, the rest as a short batch; none after one that
        overflows."""
        with quiet():
            while self.stop is None and self.spent + self.batch_size <= back_propagations:
                try:
                    self._stepper.step()
                except Divergence as divergence:
                    self.stop = divergence
            self._end_short(back_propagations - self.spent)

    def _end_short(self, samples: int) -> None:
        """The next batch's first samples as a batch of their own, beside the training; a whole one goes on without."""
        before = self._stepper.network
        self.network, self.short = before, 0
        if self.stop is not None or samples == 0:
            return
        work = Workspace(before.architecture, samples)
        places = self._stepper.places(self._settings, samples)
        work.load(self._problem.train_x, self._problem.train_y, places)
        try:
            compute_update(before, self._settings.rules, self._stepper.memory.copy(), self._stepper.update + 1, work)
        except Divergence:  # of the whole batch's update nothing is known yet
            return
        self.network, self.short = Network(before.architecture, before.flat + work.step.flat), samples
