"""PyTorch: eager mode with torch.optim.SGD, and per-sample gradients by torch.func.vmap(grad)."""

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, vmap

from tests.bench.task import RATE, Describe, Statistics, Task, Update

torch.set_num_threads(1)


def model(task: Task) -> nn.Sequential:
    layers = [nn.Linear(*weight.shape, dtype=torch.float64) for weight in task.weights]
    for layer, weight, bias in zip(layers, task.weights, task.biases, strict=True):
        layer.weight.data[:] = torch.from_numpy(weight.T)
        layer.bias.data[:] = torch.from_numpy(bias)
    return nn.Sequential(layers[0], nn.Sigmoid() if task.binary else nn.Tanh(), layers[1])


def samples(task: Task) -> tuple[Tensor, Tensor]:
    """Inputs, and targets as the loss likes them best: class numbers where there are several outputs."""
    return torch.from_numpy(task.x), torch.from_numpy(task.y if task.binary else task.labels)


def loss_function(task: Task, reduction: str = "mean") -> nn.Module:
    return nn.BCEWithLogitsLoss(reduction=reduction) if task.binary else nn.CrossEntropyLoss(reduction=reduction)


def update(task: Task) -> Update:
    net, loss = model(task), loss_function(task)
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE)
    (x, y), order, starts = samples(task), torch.from_numpy(task.order), task.starts()

    def step() -> float:
        start = next(starts)
        rows = order[start : start + task.batch]
        optimizer.zero_grad()
        value = loss(net(x[rows]), y[rows])
        value.backward()
        optimizer.step()
        return float(value.item())

    return step


def statistics(task: Task) -> Describe:
    net, loss = model(task), loss_function(task)
    parameters = {name: parameter.detach() for name, parameter in net.named_parameters()}
    x, y = (array[: task.batch] for array in samples(task))

    def sample_loss(theta: dict[str, Tensor], one_x: Tensor, one_y: Tensor) -> Tensor:
        value: Tensor = loss(functional_call(net, theta, (one_x,)), one_y)
        return value

    sample_gradients = vmap(grad(sample_loss), in_dims=(None, 0, 0))

    def describe() -> Statistics:
        gradients = list(sample_gradients(parameters, x, y).values())
        squares = torch.stack([g.flatten(1).square().sum(1) for g in gradients]).sum(0)
        means = [g.mean(0).numpy() for g in gradients]
        return Statistics(squares.sqrt().numpy(), means, [g.var(0, correction=0).numpy() for g in gradients])

    return describe
