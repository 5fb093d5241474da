"""scikit-learn: the body of MLPClassifier's own training loop, without the checks of its input around it."""

from typing import Any

from sklearn.neural_network import MLPClassifier
from sklearn.neural_network._stochastic_optimizers import SGDOptimizer

from tests.bench.task import RATE, Task, Update


def update(task: Task) -> Update:
    activation = "logistic" if task.binary else "tanh"
    net = MLPClassifier(task.sizes[1:2], activation=activation, solver="sgd", alpha=0.0, batch_size=1)
    net.partial_fit(task.x[:1], task.labels[:1], classes=range(max(2, task.sizes[-1])))  # builds its layers
    net.coefs_ = [weight.copy() for weight in task.weights]
    net.intercepts_ = [bias.copy() for bias in task.biases]
    parameters = net.coefs_ + net.intercepts_
    optimizer = SGDOptimizer(parameters, RATE, momentum=0.0, nesterov=False)
    x, y, order, starts = task.x, task.y.astype(int), task.order, task.starts()
    activations: list[Any] = [None] * 3  # scikit-learn fills these
    deltas, weight_sums, bias_sums = ([None] * 2 for _ in range(3))

    def step() -> float:
        nonlocal weight_sums, bias_sums
        start = next(starts)
        rows = order[start : start + task.batch]
        activations[0] = x[rows]
        loss, weight_sums, bias_sums = net._backprop(
            activations[0], y[rows], None, activations, deltas, weight_sums, bias_sums
        )
        optimizer.update_params(parameters, weight_sums + bias_sums)
        return float(loss)

    return step
