"""BackPACK: its extensions BatchL2Grad and SumGradSquared during PyTorch's backward pass."""

import warnings

import torch
from backpack import backpack, extend
from backpack.extensions import BatchL2Grad, SumGradSquared

from tests.bench.pytorch import loss_function, model, samples
from tests.bench.task import Describe, Statistics, Task

warnings.filterwarnings("ignore", "Full backward hook", UserWarning)  # its hooks work; the warning comes every time


def statistics(task: Task) -> Describe:
    net, loss = extend(model(task)), loss_function(task, "sum")  # with "mean" its gradients come divided by n
    x, y = (array[: task.batch] for array in samples(task))
    parameters = list(net.parameters())

    def describe() -> Statistics:
        net.zero_grad()
        with backpack(BatchL2Grad(), SumGradSquared()):
            loss(net(x), y).backward()
        norms = torch.stack([p.batch_l2 for p in parameters]).sum(0).sqrt()
        means = [p.grad / task.batch for p in parameters]
        variances = [p.sum_grad_squared / task.batch - mean * mean for p, mean in zip(parameters, means, strict=True)]
        return Statistics(norms.numpy(), [mean.numpy() for mean in means], [v.numpy() for v in variances])

    return describe
