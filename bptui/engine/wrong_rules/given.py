"""What an update is given: the network, the batch, the rules, and what a program kept from the batches before."""

from dataclasses import dataclass, field, replace

import numpy as np

from bptui.engine.losses import LOSSES, Loss
from bptui.engine.network import Network
from bptui.engine.optimizers import optimizer_named
from bptui.engine.types import Floats
from bptui.engine.update import UpdateRules


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """What a program keeps from one batch to the next: a sum as long as θ (None: nothing), and of how many samples."""

    total: Floats | None = None
    count: int = 0


NOTHING_CARRIED = Carried()


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """x is n × i, y is n × o; ``rules`` with γ of this update in ``learning_rate``.

    Attributes:
        nominal: the batch size asked for; n in a whole batch.
        t, memory: number of the update (from 1) and the optimizer's memory before it, k × p.
        carried: what the program kept, for rules that keep something.
    """

    network: Network
    x: Floats
    y: Floats
    rules: UpdateRules
    nominal: int = 0
    t: int = 1
    memory: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    carried: Carried = NOTHING_CARRIED

    @property
    def n(self) -> int:
        """Samples of the batch."""
        return len(self.x)

    @property
    def loss(self) -> Loss:
        """The loss of a sample."""
        return LOSSES[self.rules.loss]

    @property
    def layers(self) -> int:
        """Layers that compute."""
        return self.network.architecture.layers

    @property
    def ranks(self) -> int:
        """W, the machines that share the batch; 1 where there is one."""
        return len(self.rules.ranks) or 1

    @property
    def padding(self) -> int:
        """How many samples more W would need to divide their number."""
        return -self.n % self.ranks

    def memory_or_fresh(self) -> Floats:
        """The optimizer's memory, zeros where none was given."""
        fresh = optimizer_named(self.rules.optimizer.name).fresh_memory(len(self.network.flat))
        return self.memory if self.memory.shape == fresh.shape else fresh

    def parts(self, size: int) -> list[slice]:
        """Parts of ``size`` samples, the last one shorter; for 0 as :func:`parts_of` cuts the batch."""
        if size == 0:
            return parts_of(self.n, self.rules)
        return [slice(start, min(start + size, self.n)) for start in range(0, self.n, size)]

    def alone(self, sample: int, y: Floats, network: Network, memory: Floats, t: int) -> "Given":
        """One sample (from 0) as a batch of its own, at other weights."""
        row = slice(sample, sample + 1)
        nominal = self.nominal or self.n
        return replace(self, network=network, x=self.x[row], y=y[row], nominal=nominal, memory=memory, t=t)


def parts_of(n: int, rules: UpdateRules) -> list[slice]:
    """The parts a batch is computed in: the rules' micro-batches or ranks; or else, as where
    memory holds no more, three quarters of the batch and the rest."""
    if rules.micro_batches > 1 or rules.ranks:
        return rules.parts(n)
    most = max(3 * n // 4, 1)
    return [slice(start, min(start + most, n)) for start in range(0, n, most)]
