"""Write pytorch.json.gz: what PyTorch computes where bptui.engine should compute the same.

Made with torch 2.13.0 (CPU), Python 3.11. To make it again, in an environment of its own:

    pip install torch==2.13.0
    python tests/golden/make_pytorch_goldens.py

Nothing of bptui is imported here: the numbers come from torch.nn, torch.optim and autograd in float64, and the
tests read them from the file without torch. Every number is stored by float.hex, so no digit is lost.

The file is {"made_with", "constants", "start", "x", "y", "cases", "clip_grad_norm"}. A case names its settings
(those of bptui's rules that it does not name have their defaults), its ``start`` and ``y``, and then holds

    losses          the mean loss of the batch, read before each of the ten updates
    theta           all parameters after the ten updates
    first_gradient  the gradient of the first update (only where the optimizer is sgd; the others share it)

Parameters are laid out as bptui has them: layer by layer, the weights input by input (i × o, torch keeps o × i)
and then the biases.
"""

import gzip
import itertools
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import lr_scheduler

FILE = Path(__file__).with_name("pytorch.json.gz")
UPDATES = 10
SAMPLES = 5

CONSTANTS = {
    "momentum": 0.9,
    "beta1": 0.9,
    "beta2": 0.999,
    "decay": 0.99,
    "epsilon": 1e-8,
    "weight_decay": 0.01,
}
"""Passed to the optimizers, and stored: by the names of bptui.engine.optimizers.OptimizerSettings."""

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "identity": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": functional.relu,
    "leaky-relu": lambda z: functional.leaky_relu(z, negative_slope=0.01),
    "softplus": lambda z: functional.softplus(z, threshold=700.0),  # torch's default of 20 is an approximation
    "gelu": lambda z: functional.gelu(z, approximate="none"),
    "softmax": lambda z: functional.softmax(z, dim=1),
}
HIDDEN = tuple(name for name in ACTIVATIONS if name != "softmax")

LOSSES_OF_OUTPUTS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {  # of a and y, one number per sample
    "half-squared-error": lambda a, y: 0.5 * functional.mse_loss(a, y, reduction="none").sum(dim=1),
    "squared-error": lambda a, y: functional.mse_loss(a, y, reduction="none").sum(dim=1),
    "mean-squared-error": lambda a, y: functional.mse_loss(a, y, reduction="none").mean(dim=1),
}
LOSSES_OF_LOGITS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {  # of z and y: torch joins the output activation
    "binary-cross-entropy": lambda z, y: functional.binary_cross_entropy_with_logits(z, y, reduction="none").sum(dim=1),
    "cross-entropy": lambda z, y: functional.cross_entropy(z, y, reduction="none"),
}

OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {  # of parameter groups and lr
    "sgd": torch.optim.SGD,
    "momentum": lambda groups, lr: torch.optim.SGD(groups, lr, momentum=CONSTANTS["momentum"]),
    "nesterov": lambda groups, lr: torch.optim.SGD(groups, lr, momentum=CONSTANTS["momentum"], nesterov=True),
    "rmsprop": lambda groups, lr: torch.optim.RMSprop(groups, lr, alpha=CONSTANTS["decay"], eps=CONSTANTS["epsilon"]),
    "adam": lambda groups, lr: torch.optim.Adam(
        groups, lr, betas=(CONSTANTS["beta1"], CONSTANTS["beta2"]), eps=CONSTANTS["epsilon"]
    ),
    "adamw": lambda groups, lr: torch.optim.AdamW(
        groups,
        lr,
        betas=(CONSTANTS["beta1"], CONSTANTS["beta2"]),
        eps=CONSTANTS["epsilon"],
        weight_decay=CONSTANTS["weight_decay"],
    ),
}
RATES = {"sgd": 0.02, "momentum": 0.01, "nesterov": 0.01, "rmsprop": 0.01, "adam": 0.05, "adamw": 0.05}


@dataclass(frozen=True)
class Case:
    """One training of ten updates. ``start`` and ``y`` are keys of STARTS and TARGETS; ``schedule`` is bptui's
    RateSchedule as (name, length, factor)."""

    activations: tuple[str, ...]
    loss: str
    optimizer: str = "sgd"
    reduction: str = "mean"
    sizes: tuple[int, ...] = (3, 4, 2)
    bias: str = "trained"
    start: str = "3-4-2"
    y: str = "numbers"
    micro_batches: int = 1
    l1: float = 0.0
    l2: float = 0.0
    clip_norm: float = 0.0
    schedule: tuple[str, int, float] = ("constant", 1000, 0.1)

    @property
    def rate(self) -> float:
        return RATES[self.optimizer]

    def settings(self) -> dict[str, Any]:
        """What the test needs to train the same: all that is not a default, and the learning rate always."""
        defaults = Case((), "")
        always = ("sizes", "activations", "loss", "optimizer", "reduction", "start", "y")
        named = {
            name: value for name, value in asdict(self).items() if name in always or value != getattr(defaults, name)
        }
        return named | {"learning_rate": self.rate.hex()}


def waves(count: int, stretch: float, frequency: float, phase: float) -> list[float]:
    """Numbers without any pattern that matters: stretch · sin(frequency · k + phase), k = 0, 1, …"""
    return [stretch * math.sin(frequency * k + phase) for k in range(count)]


def parameters(sizes: tuple[int, ...], bias: bool = True) -> int:
    return sum((i + bias) * o for i, o in itertools.pairwise(sizes))


STARTS = {
    "3-4-2": waves(parameters((3, 4, 2)), 0.8, 1.7, 0.3),
    "3-4-2 without biases": waves(parameters((3, 4, 2), bias=False), 0.8, 1.7, 0.3),
    "3-4-2 saturated": waves(parameters((3, 4, 2)), 24.0, 1.7, 0.3),
    "3-4-2 at the kink": [0.0] * 16 + waves(10, 0.8, 1.7, 0.3),  # every hidden z is 0
    "3-4-3-2": waves(parameters((3, 4, 3, 2)), 0.8, 1.7, 0.3),
    "3-2": waves(parameters((3, 2)), 0.8, 1.7, 0.3),
}
INPUTS = waves(SAMPLES * 3, 1.5, 2.3, 0.7)
TARGETS = {
    "numbers": waves(SAMPLES * 2, 0.9, 3.1, 0.2),
    "labels": [1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0],  # each output yes or no, for binary cross-entropy
    "classes": [1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0],  # one of two
    "chances": [0.75, 0.25, 0.5, 0.5, 0.125, 0.875, 1.0, 0.0, 0.375, 0.625],  # rows that sum to 1
}


@dataclass
class Layers:
    """torch.nn.Linear layers that start from given numbers in bptui's layout."""

    case: Case
    linear: list[nn.Linear] = field(default_factory=list)

    def __post_init__(self) -> None:
        numbers = iter(STARTS[self.case.start])
        for i, o in itertools.pairwise(self.case.sizes):
            layer = nn.Linear(i, o, bias=self.case.bias != "none", dtype=torch.float64)
            with torch.no_grad():
                layer.weight.copy_(tensor([next(numbers) for _ in range(i * o)], o).T)
                if layer.bias is not None:
                    layer.bias.copy_(tensor([next(numbers) for _ in range(o)], o)[0])
                    layer.bias.requires_grad_(self.case.bias == "trained")
            self.linear.append(layer)

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The output layer's z and a."""
        z = a = x
        for layer, activation in zip(self.linear, self.case.activations, strict=True):
            z = layer(a)
            a = ACTIVATIONS[activation](z)
        return z, a

    @property
    def weights(self) -> list[Tensor]:
        return [layer.weight for layer in self.linear]

    @property
    def biases(self) -> list[Tensor]:
        return [layer.bias for layer in self.linear if layer.bias is not None and layer.bias.requires_grad]

    def flat(self, of: Callable[[Tensor], Tensor | None]) -> list[str]:
        """``of`` every parameter (itself, or its gradient), in bptui's layout."""
        numbers: list[float] = []
        for layer in self.linear:
            for parameter in (layer.weight, layer.bias):
                if parameter is not None:
                    values = of(parameter)
                    values = torch.zeros_like(parameter) if values is None else values
                    numbers += (values.T if values.ndim == 2 else values).flatten().tolist()
        return hexed(numbers)


def tensor(numbers: list[float], columns: int) -> Tensor:
    return torch.tensor(numbers, dtype=torch.float64).reshape(-1, columns)


def hexed(numbers: list[float]) -> list[str]:
    return [number.hex() for number in numbers]


def losses_of(case: Case, output: tuple[Tensor, Tensor], y: Tensor) -> Tensor:
    """One loss per sample, from the output layer's z and a."""
    z, a = output
    return LOSSES_OF_LOGITS[case.loss](z, y) if case.loss in LOSSES_OF_LOGITS else LOSSES_OF_OUTPUTS[case.loss](a, y)


def scheduler(case: Case, optimizer: torch.optim.Optimizer) -> tuple[lr_scheduler.LRScheduler, int]:
    """torch's schedule, and the number of updates after which it is held (torch's cosine would rise again)."""
    name, length, factor = case.schedule
    match name:
        case "step":
            return lr_scheduler.StepLR(optimizer, step_size=length, gamma=factor), UPDATES
        case "cosine":
            return lr_scheduler.CosineAnnealingLR(optimizer, T_max=length, eta_min=factor * case.rate), length
        case "warm-up":
            return lr_scheduler.LinearLR(optimizer, start_factor=1.0 / length, total_iters=length - 1), UPDATES
    return lr_scheduler.ConstantLR(optimizer, factor=1.0), UPDATES


def train(case: Case) -> dict[str, Any]:
    """Ten updates on one batch, the way a PyTorch user writes them."""
    x, y = tensor(INPUTS, 3), tensor(TARGETS[case.y], 2)
    layers = Layers(case)
    # The weights' penalty is torch's weight_decay, unless the gradient is clipped: torch would add it after the
    # clipping, bptui's is a part of the objective and clipped with it. AdamW's weight_decay is something else.
    penalty_in_objective = case.clip_norm > 0 or case.optimizer == "adamw"
    groups: list[dict[str, Any]] = [{"params": layers.weights}, {"params": layers.biases}]
    if case.l2 and not penalty_in_objective:
        groups[0]["weight_decay"] = case.l2
    optimizer = OPTIMIZERS[case.optimizer]([group for group in groups if group["params"]], lr=case.rate)
    schedule, held_after = scheduler(case, optimizer)
    result: dict[str, Any] = {"losses": []}
    for t in range(1, UPDATES + 1):
        optimizer.zero_grad()
        losses = []
        for rows, wanted in zip(x.tensor_split(case.micro_batches), y.tensor_split(case.micro_batches), strict=True):
            per_sample = losses_of(case, layers(rows), wanted)
            total = per_sample.sum()
            (total if case.reduction == "sum" else total / SAMPLES).backward()
            losses.append(per_sample.detach())
        result["losses"].append(torch.cat(losses).mean().item())
        if case.l1:
            (case.l1 * sum(weight.abs().sum() for weight in layers.weights)).backward()
        if case.l2 and penalty_in_objective:
            (0.5 * case.l2 * sum(weight.square().sum() for weight in layers.weights)).backward()
        if case.clip_norm:
            clip(layers.weights + layers.biases, case.clip_norm)
        if t == 1 and case.optimizer == "sgd" and not (case.l2 and not penalty_in_objective):
            result["first_gradient"] = layers.flat(lambda parameter: parameter.grad)
        optimizer.step()
        if t <= held_after:
            schedule.step()
    result["losses"] = hexed(result["losses"])
    result["theta"] = layers.flat(lambda parameter: parameter.detach())
    return case.settings() | result


def clip(trained: list[Tensor], longest: float) -> None:
    """Scale the gradient to norm ``longest`` where it is longer (Pascanu et al. 2013).

    torch.nn.utils.clip_grad_norm_ multiplies by longest / (norm + 1e-6) instead, a guard against 0 / 0 that leaves
    the gradient a millionth too short; ``clip_grad_norm`` below holds its numbers for a test of their own.
    """
    gradients = [parameter.grad for parameter in trained if parameter.grad is not None]
    norm = torch.nn.utils.get_total_norm(gradients).item()
    if norm > longest:
        for gradient in gradients:
            gradient.mul_(longest / norm)


def clip_grad_norm() -> dict[str, Any]:
    """What torch's own clipping makes of one gradient, and the norm it found."""
    case = Case(("tanh", "identity"), "half-squared-error", clip_norm=0.25)
    layers = Layers(case)
    losses_of(case, layers(tensor(INPUTS, 3)), tensor(TARGETS[case.y], 2)).mean().backward()
    norm = torch.nn.utils.clip_grad_norm_(layers.weights + layers.biases, case.clip_norm).item()
    return case.settings() | {"norm": norm.hex(), "gradient": layers.flat(lambda parameter: parameter.grad)}


def combinations() -> Iterator[Case]:
    """Every hidden activation × loss with its output activation × optimizer × reduction."""
    for hidden in HIDDEN:
        ends = [
            ("half-squared-error", "identity", "numbers"),
            ("squared-error", "identity", "numbers"),
            ("mean-squared-error", "identity", "numbers"),
            ("half-squared-error", hidden, "numbers"),
            ("binary-cross-entropy", "sigmoid", "labels"),
            ("cross-entropy", "softmax", "classes"),
        ]
        if hidden == "identity":
            del ends[3]  # the same as the first
        for (loss, output, y), optimizer, reduction in itertools.product(ends, OPTIMIZERS, ("sum", "mean")):
            yield Case((hidden, output), loss, optimizer, reduction, y=y)


def extras() -> Iterator[Case]:
    """Everything else that changes an update, a few of each."""
    tanh, gelu = ("tanh", "identity"), ("gelu", "softmax")
    half, cross = "half-squared-error", "cross-entropy"
    both = ("sum", "mean")
    for optimizer, reduction in itertools.product(OPTIMIZERS, both):
        yield Case(tanh, half, optimizer, reduction, l2=0.1)
        yield Case(gelu, cross, optimizer, reduction, y="classes", clip_norm=0.25)
        yield Case(tanh, half, optimizer, reduction, micro_batches=2)
    for reduction in both:
        yield Case(tanh, half, "sgd", reduction, l1=0.05)
        yield Case(tanh, half, "adam", reduction, l1=0.05, l2=0.1)
        yield Case(tanh, half, "momentum", reduction, l1=0.05, l2=0.1, clip_norm=0.25, micro_batches=3)
        yield Case(gelu, cross, "sgd", reduction, y="classes", micro_batches=5)
    yield Case(tanh, half, "sgd", clip_norm=100.0)  # never that long
    for optimizer, schedule in itertools.product(
        ("sgd", "momentum", "adamw"),
        (("step", 3, 0.5), ("cosine", 10, 0.1), ("cosine", 6, 0.25), ("warm-up", 4, 0.1), ("warm-up", 20, 0.1)),
    ):
        yield Case(tanh, half, optimizer, schedule=schedule)
    for optimizer, (bias, start) in itertools.product(
        ("sgd", "adamw"), (("frozen", "3-4-2"), ("none", "3-4-2 without biases"))
    ):
        yield Case(tanh, half, optimizer, bias=bias, start=start)
    yield Case(tanh, half, "sgd", bias="frozen", clip_norm=0.25)
    for optimizer in ("sgd", "adam"):
        yield Case(("tanh", "gelu", "identity"), half, optimizer, sizes=(3, 4, 3, 2), start="3-4-3-2")
        yield Case(("relu", "sigmoid", "softmax"), cross, optimizer, y="classes", sizes=(3, 4, 3, 2), start="3-4-3-2")
        yield Case(("softmax",), cross, optimizer, y="classes", sizes=(3, 2), start="3-2")
        yield Case(("tanh", "softmax"), cross, optimizer, y="chances")
        yield Case(("tanh", "sigmoid"), "binary-cross-entropy", optimizer, y="chances")
        yield Case(("tanh", "softmax"), half, optimizer, y="classes")
        yield Case(("tanh", "softmax"), "mean-squared-error", optimizer, y="classes")
        yield Case(("tanh", "sigmoid"), "squared-error", optimizer, y="labels")
    yield Case(("sigmoid", "sigmoid"), "binary-cross-entropy", "sgd", y="labels", start="3-4-2 saturated")
    yield Case(("tanh", "softmax"), cross, "sgd", y="classes", start="3-4-2 saturated")
    for hidden in ("relu", "leaky-relu"):
        yield Case((hidden, "identity"), half, "sgd", start="3-4-2 at the kink")
    yield Case(("relu", "identity"), half, "sgd", l1=0.05, start="3-4-2 at the kink")


def main() -> None:
    torch.set_num_threads(1)
    golden = {
        "made_with": f"torch {torch.__version__}, float64",
        "constants": CONSTANTS,
        "start": {name: hexed(numbers) for name, numbers in STARTS.items()},
        "x": hexed(INPUTS),
        "y": {name: hexed(numbers) for name, numbers in TARGETS.items()},
        "cases": [train(case) for case in itertools.chain(combinations(), extras())],
        "clip_grad_norm": clip_grad_norm(),
    }
    text = json.dumps(golden, separators=(",", ":"), ensure_ascii=False)
    FILE.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


if __name__ == "__main__":
    main()
