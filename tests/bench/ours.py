"""bptui as it runs in the app: the training loop's stepper, and the engine's batch statistics."""

import numpy as np

from bptui.data import Dataset, Split
from bptui.engine import LOSSES, Architecture, Network, Pass, UpdateRules, backward, batch_statistics, forward
from bptui.engine.network import explicit
from bptui.training.causes import Causes
from bptui.training.problem import Problem
from bptui.training.settings import Settings
from bptui.training.stepper import Stepper, fresh_state
from tests.bench.task import RATE, SEED, Describe, Statistics, Task, Update


def network(task: Task) -> Network:
    activations = ("sigmoid", "sigmoid") if task.binary else ("tanh", "softmax")
    return explicit(Architecture(task.sizes, activations), task.weights, task.biases)


def loss_name(task: Task) -> str:
    return "binary-cross-entropy" if task.binary else "cross-entropy"


def update(task: Task) -> Update:
    start = network(task)
    settings = Settings(UpdateRules(loss=loss_name(task), learning_rate=RATE), batch_size=task.batch, last_batch="drop")
    everything = Split(np.arange(len(task.x)), np.arange(0))
    problem = Problem.of(Dataset("bench", task.x, task.y), everything, SEED)
    stepper = Stepper(problem, start.architecture, Causes(((1, settings),)), fresh_state(start, settings))
    return stepper.step


def statistics(task: Task) -> Describe:
    start, loss = network(task), LOSSES[loss_name(task)]
    x, y = task.x[: task.batch], task.y[: task.batch]
    passed = Pass.empty(start.architecture, task.batch)

    def describe() -> Statistics:
        passed.a[0][:] = x
        forward(start, passed)
        backward(start, loss, y, passed)
        found = batch_statistics(start.architecture, passed, with_cosines=False)
        return Statistics(found.norms, [found.mean.flat], [found.variance.flat])

    return describe
