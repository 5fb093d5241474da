"""Step through back-propagation and see every number of it. This page is the guide to bptui as a library.

A scenario is what was asked for, a run what came of it, a record every number of one update:

    >>> import bptui
    >>> x, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    >>> run = bptui.Scenario.from_arrays(x, y, layers=[2, 3, 1], learning_rate=2).begin()
    >>> record = run.record(1)  # makes updates up to this one; updates count from 1
    >>> record.passed.delta[1].shape  # δ of the output layer, n × o: 4 samples, 1 unit
    (4, 1)
    >>> sum(record.gradient(m).weights[0] for m in range(record.n)).shape  # Σ of the samples' gradients, i × o
    (2, 3)
    >>> record.contributions(bptui.Weight(layer=1, source=0, unit=2)).shape  # one weight's gradient, sample by sample
    (4,)
    >>> list(record.table(2))
    ['weight', 'source', 'unit', 'before', 'summed', 'mean', 'reduced', 'step', 'after']

Scenario      from_arrays(x, y, …), built_in("mazur"), read("mine.toml"), of_data("mine.csv"); begin() gives a run
Run           record(update), extend_to(update), fork(update, change); history has the curves: history.epochs
UpdateRecord  passed.a, .z, .delta (n × o per layer), passed.loss (n,); summed, mean, reduced, step, before and after;
              table(layer), to_frame(layer) for pandas, to_dict(), to_numpy()
Network       θ as flat (p,), and as weights[l] (i × o) and biases[l] (o,) per layer; Architecture is its sizes
Weight        the address of one number: layer from 1, source from 0 (−1: the bias), unit from 0
Settings      batch size, order and rules of the updates, as they are in a record's settings
diagnose      your own numbers beside a record: diagnose(scenario, gradient=[dW1, db1, dW2, db2]); print it
Diagnosis     its answer: verdict, first, parts, fits, line, numbers; bptui.testing.check_gradients(f) is for tests
torch         torch.record(model, loss, optimizer, path): a training in PyTorch, to be opened and read
check         back-propagation against finite differences: check(network, loss, x, y).relative_error

Layers are counted from 1 where a method takes one; lists have layer 1 at [0], but passed.a has the input there.
n samples, i inputs and o outputs of a layer, all float64. Nothing of a record can be written to; the same causes give
the same bits. A scenario that cannot be used raises ScenarioError, one line; what is not there raises IndexError.
Records, networks and scenarios show themselves as tables in a notebook.
"""

from typing import TYPE_CHECKING

from bptui.lazy import lazily
from bptui.version import __version__

if TYPE_CHECKING:
    from bptui.diagnosis.answer import Diagnosis
    from bptui.diagnosis.diagnosis import diagnose
    from bptui.engine import Architecture, Network, Weight, check
    from bptui.scenario import Scenario, ScenarioError
    from bptui.training import Run, Settings, UpdateRecord

# Each name is loaded when it is first asked for: the command says how many threads numpy gets before numpy is there.
ROOMS = {
    "Architecture": "bptui.engine",
    "Diagnosis": "bptui.diagnosis.answer",
    "Network": "bptui.engine",
    "Run": "bptui.training",
    "Scenario": "bptui.scenario",
    "ScenarioError": "bptui.scenario",
    "Settings": "bptui.training",
    "UpdateRecord": "bptui.training",
    "Weight": "bptui.engine",
    "check": "bptui.engine",
    "diagnose": "bptui.diagnosis.diagnosis",
    "torch": "bptui.torch",
}

__all__ = [
    "Architecture",
    "Diagnosis",
    "Network",
    "Run",
    "Scenario",
    "ScenarioError",
    "Settings",
    "UpdateRecord",
    "Weight",
    "__version__",
    "check",
    "diagnose",
    "torch",
]


__getattr__ = lazily(__name__, ROOMS)


def __dir__() -> list[str]:
    return __all__
