"""Write recordings/*.bptui: trainings that PyTorch has made, as bptui.torch records them.

Made with torch 2.13.0 (CPU), Python 3.11. To make them again, where bptui and torch are installed:

    python -m tests.golden.make_torch_recordings

In each file stand PyTorch's own weights, gradients and losses: the tests, which have no torch, hold bptui's engine
against them.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bptui.data import load

FOLDER = Path(__file__).with_name("recordings")
Made = tuple[Any, Any, Any, Any, Any]
"""Model, loss, optimizer, x and y."""


def xor() -> Made:
    """In float32, a ReLU that writes over what it gets, MSELoss: the mean over samples and outputs, without ½."""
    import torch
    from torch import nn

    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(inplace=True), nn.Linear(3, 1), nn.Sigmoid())
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    return model, nn.MSELoss(), torch.optim.Adam(model.parameters(), lr=0.05), x, y


def iris() -> Made:
    """In float64, labels, a last batch that is short."""
    import torch
    from torch import nn

    data = load("iris", None, 0)
    assert data.labels is not None
    model = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 3)).double()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    return model, nn.CrossEntropyLoss(), optimizer, torch.tensor(np.array(data.x)), torch.tensor(data.labels)


def moons() -> Made:
    """A module of one's own, which calls functions; L2 by weight_decay on weights alone."""
    import torch
    from torch import nn
    from torch.nn import functional

    class Net(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.out, self.one, self.two = nn.Linear(3, 1), nn.Linear(2, 5), nn.Linear(5, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            hidden = torch.tanh(self.two(functional.relu(self.one(x))))
            return self.out(hidden).squeeze(1)

    data = load("moons", 30, 3)
    model = Net().double()
    groups = [
        {"params": [p for name, p in model.named_parameters() if name.endswith("weight")], "weight_decay": 0.01},
        {"params": [p for name, p in model.named_parameters() if name.endswith("bias")]},
    ]
    optimizer = torch.optim.RMSprop(groups, lr=0.01)
    return (
        model,
        nn.BCEWithLogitsLoss(reduction="sum"),
        optimizer,
        torch.tensor(np.array(data.x)),
        torch.tensor(data.y[:, -1]),
    )


def pictures() -> Made:
    """Pictures through Flatten, in float32, and an optimizer that bptui does not know."""
    import torch
    from torch import nn

    data = load("digits", 60, 1)
    assert data.labels is not None
    x = torch.tensor(np.array(data.x[:60]), dtype=torch.float32).reshape(60, 1, 8, 8) / 16
    model = nn.Sequential(nn.Flatten(), nn.Sequential(nn.Linear(64, 6), nn.LeakyReLU()), nn.Linear(6, 10))
    optimizer = torch.optim.Adagrad(model.parameters(), lr=0.05)
    return model, nn.CrossEntropyLoss(reduction="sum"), optimizer, x, torch.tensor(data.labels[:60])


CASES: dict[str, tuple[Callable[[], Made], int, int]] = {
    "xor": (xor, 2, 12),
    "iris": (iris, 11, 2),
    "moons": (moons, 8, 5),
    "pictures": (pictures, 20, 3),
}
"""Name → what is trained, the size of a batch, epochs."""


def recorded(name: str, path: Path) -> None:
    """Train a case and record it there."""
    import torch

    import bptui.torch

    torch.manual_seed(7)
    made, size, epochs = CASES[name]
    model, loss, optimizer, x, y = made()
    with bptui.torch.record(model, loss, optimizer, path):
        for _ in range(epochs):
            for places in torch.randperm(len(x)).split(size):
                optimizer.zero_grad()
                loss(model(x[places]), y[places]).backward()
                optimizer.step()


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in CASES:
        recorded(name, FOLDER / f"{name}.bptui")


if __name__ == "__main__":
    main()
