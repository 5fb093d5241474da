"""Small trainings in PyTorch, to be recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

import bptui.torch
from bptui.scenario import Scenario
from bptui.scenario.recorded import scenario_of_recording
from bptui.training import Run


@dataclass
class Training:
    """A model, its loss, its optimizer, and data; ``step`` is what an ordinary loop does with a batch."""

    model: Any
    loss: Any
    optimizer: Any
    x: torch.Tensor
    y: torch.Tensor

    def step(self, places: Any = slice(None)) -> None:
        self.optimizer.zero_grad()
        self.loss(self.model(self.x[places]), self.y[places]).backward()
        self.optimizer.step()

    def record(self, path: Path, **options: Any) -> bptui.torch.Recorder:
        return bptui.torch.record(self.model, self.loss, self.optimizer, path, **options)

    def recorded(self, folder: Path, epochs: int = 3, size: int = 4, **options: Any) -> Scenario:
        """Trained for some epochs, recorded and read again."""
        path = folder / "run.bptui"
        with self.record(path, **options):
            for _ in range(epochs):
                for places in torch.randperm(len(self.x)).split(size):
                    self.step(places)
        return scenario_of_recording(path)


def training(
    *modules: nn.Module,
    loss: Any = None,
    optimizer: Callable[[Any], Any] | None = None,
    y: torch.Tensor | None = None,
    kind: torch.dtype = torch.float64,
    samples: int = 9,
) -> Training:
    """Of a Sequential of these; without any a small one with tanh. Inputs and outputs are as its layers have them."""
    torch.manual_seed(3)
    model = nn.Sequential(*(modules or (nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)))).to(kind)
    layers = [module for module in model.modules() if isinstance(module, nn.Linear)]
    x = torch.randn(samples, layers[0].in_features, dtype=kind)
    targets = torch.rand(samples, layers[-1].out_features, dtype=kind) if y is None else y
    made = (optimizer or (lambda p: torch.optim.SGD(p, lr=0.1)))(model.parameters())
    return Training(model, loss or nn.MSELoss(), made, x, targets)


def all_records(scenario: Scenario) -> Run:
    """Its run, read to its end."""
    run = scenario.begin()
    assert scenario.recording is not None
    assert run.extend_to(scenario.recording.updates)
    return run
