"""The hot loop: it makes one update after the other in the same arrays, and gives out what it did as values."""

import numpy as np

from bptui.engine.backprop import Pass
from bptui.engine.evaluate import losses_of_pass
from bptui.engine.network import Architecture, Network
from bptui.engine.optimizers import optimizer_named
from bptui.engine.reduce import mean_over_samples
from bptui.engine.types import Floats, Integers, read_only
from bptui.engine.update import Workspace, compute_update
from bptui.training.causes import Causes, Guest
from bptui.training.checkpoints import State
from bptui.training.problem import Problem
from bptui.training.schedule import Position
from bptui.training.settings import Settings

COSTLY = 10**8
"""Of the :func:`effort` of an update: some hundredths of a second."""
PER_UNIT = 16  # what a unit costs beside its weights: activation, slope, bias


def effort(architecture: Architecture, samples: int) -> int:
    """How many numbers a forward and a backward pass meet, about."""
    return samples * (architecture.parameters + PER_UNIT * sum(architecture.sizes[1:]))


class Ended(Exception):
    """There is no next update: those that were read are all, or all that may be made."""


class Stepper:
    """Starts from a State; every :meth:`step` makes one update. Two steppers from the same state agree bit for bit."""

    __slots__ = (
        "_architecture",
        "_carried",
        "_causes",
        "_guests",
        "_settings",
        "_theta",
        "_whole",
        "_workspaces",
        "costly",
        "memory",
        "network",
        "position",
        "problem",
        "reached",
        "update",
        "work",
    )

    def __init__(self, problem: Problem, architecture: Architecture, causes: Causes, state: State) -> None:
        self._whole = problem
        self._architecture = architecture
        self._causes = causes
        self._settings = causes.settings_at(state.update)
        self.problem = problem.under(causes.roster_at(state.update))
        self._workspaces: dict[int, Workspace] = {}
        self.work: Workspace | None = None  # of the last update made
        self.update = state.update  # updates made so far
        self.network = Network(architecture, state.theta.copy())
        self.memory = state.memory.copy()
        self.position = state.position
        self._weigh()
        self._enter()

    def _enter(self) -> None:
        """Take over what begins with the next update: edited weights and samples; other settings, which may end the
        epoch here and, with another optimizer, begin with fresh memory.

        What the update before left is kept as well: a fork at this update begins from it.
        """
        self.reached, self._carried, self._theta = self.position, self.memory, self.network.flat
        self._guests: tuple[Guest, ...] = ()
        if self.update >= self._causes.latest:
            return
        self._guests = self._causes.guests_at(self.update + 1)
        edits = self._causes.edits_at(self.update + 1)
        if edits:
            self.network = Network(self._architecture, self.network.flat.copy())
            for edit in edits:
                edit.apply(self.network)
        old, new = self._settings, self._causes.settings_at(self.update + 1)
        roster = self._causes.roster_at(self.update + 1)
        if new is old and roster == self.problem.roster:
            return
        self._settings, before = new, self.problem
        self.problem = self._whole.under(roster)
        self.position = before.moved(self.position, self.problem, old.order).under(new, self.problem.count)
        if new.rules.optimizer.name != old.rules.optimizer.name:
            self.memory = optimizer_named(new.rules.optimizer.name).fresh_memory(len(self.network.flat))
        self._weigh()

    @property
    def left(self) -> Network:
        """The network that the last update left, before any edit, to be read at once: the next update overwrites it."""
        return self.network if self._theta is self.network.flat else Network(self._architecture, self._theta)

    @property
    def left_flat(self) -> Floats:
        """Its θ, (p,), to be read at once: the next update overwrites it."""
        return self._theta

    def left_theta(self) -> Floats:
        """Its θ, (p,), read-only."""
        return read_only(self._theta.copy())

    def state(self) -> State:
        """What the last update left, as a value: before the edits and settings that begin with the next one."""
        return State(self.update, read_only(self._theta.copy()), read_only(self._carried.copy()), self.reached)

    def _weigh(self) -> None:
        """Are the coming updates costly?"""
        n = min(self._settings.batch_size or self.problem.count, self.problem.count)
        self.costly = effort(self._architecture, n) > COSTLY

    def taken(self) -> Workspace | None:
        """That of the last update made here, to be kept: the next one gets room of its own."""
        if self.work is not None and self._workspaces.get(self.work.n) is self.work:
            del self._workspaces[self.work.n]
        return self.work

    def rest(self) -> None:
        """No update is asked for soon: the room for one is given back."""
        self._workspaces.clear()
        self.work = None

    def step(self) -> float:
        """Make the next update and return the mean loss of its batch, read before the update.

        Raises Divergence with the parameters unchanged (but the optimizer's memory spoilt), Ended where there is none.
        """
        self.work = work = self.compute()
        self._apply(work)
        self.update += 1
        settings, guests = self._settings, len(self._guests)
        loss = float(mean_over_samples(work.passed.loss))
        settled = settings.repeat_until > 0 and self._loss_now(work, settings) < settings.repeat_until
        self.position = self.position.after(settings, self.problem.count, settled, guests)
        self._enter()
        return loss

    def _apply(self, work: Workspace) -> None:
        """θ becomes what the update computed last makes of it."""
        self.network.flat += work.step.flat

    def after(self, work: Workspace) -> Floats:
        """θ after the update computed last, (p,), before that is applied."""
        return self.network.flat + work.step.flat

    def compute(self, work: Workspace | None = None) -> Workspace:
        """Compute the next update without applying it. The result is written into ``work``; without one, into a
        workspace that the next update of the same batch size will overwrite."""
        settings, guests = self._settings, self._guests
        own = self.position.size(settings, self.problem.count)
        size = own + len(guests)
        if work is None:
            work = self._workspaces.get(size)
            if work is None:
                if len(self._workspaces) > 3:  # an epoch needs two sizes; the others belong to earlier settings
                    self._workspaces.clear()
                work = self._workspaces[size] = Workspace(self._architecture, size)
        places = self.places(settings, own)
        if guests:
            x, y = self.problem.train_x[places], self.problem.train_y[places]
            x, y = np.vstack([x, [guest.x for guest in guests]]), np.vstack([y, [guest.y for guest in guests]])
            work.load(x, y, range(size))
        else:
            work.load(self.problem.train_x, self.problem.train_y, places)
        compute_update(self.network, settings.rules, self.memory, self.update + 1, work)
        return work

    def places(self, settings: Settings, size: int) -> Integers:
        """Places in the training set of the next batch's samples, its guests not among them."""
        order = self.problem.order(self.position.epoch, settings.order)
        return order[self.position.start : self.position.start + size]

    def _loss_now(self, work: Workspace, settings: Settings) -> float:
        """Mean loss of the same batch after the update."""
        passed = Pass.forward_only(self._architecture, work.passed.a[0])
        return float(mean_over_samples(losses_of_pass(self.network, settings.rules.loss, work.targets, passed)))


def fresh_state(network: Network, settings: Settings) -> State:
    """The state before the first update."""
    memory = optimizer_named(settings.rules.optimizer.name).fresh_memory(len(network.flat))
    return State(0, read_only(np.array(network.flat)), read_only(memory), Position())
