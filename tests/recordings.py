"""Recordings for tests: those that PyTorch has made, and others written from a run of the engine's own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bptui.scenario import Scenario
from bptui.scenario.document import training_section
from bptui.scenario.recorded import TOLD, Recorded, scenario_of_recording, write_recording
from bptui.training import Run, UpdateRecord

FOLDER = Path(__file__).with_name("golden") / "recordings"
CASES = ("xor", "iris", "moons", "pictures")
SAID = TOLD["training"]
Arrays = dict[str, NDArray[Any]]


def by_pytorch(name: str) -> Scenario:
    """A training that PyTorch has made: tests/golden/make_torch_recordings.py."""
    return scenario_of_recording(FOLDER / f"{name}.bptui")


def recorded_from(run: Run, updates: int, **others: Any) -> Recorded:
    """What a recording would hold of the first updates of a run, with other values in its head."""
    records = [run.record(update) for update in range(1, updates + 1)]
    settings, architecture = run.settings_at(1), run.start.architecture
    head = {
        "by": "PyTorch 0, of a test",
        "network": {
            "layers": list(architecture.sizes),
            "activations": list(architecture.activations),
            "bias": architecture.bias,
        },
        "training": {key: value for key, value in training_section(settings, whole=False).items() if key in SAID},
        "order": settings.order,
        "steps_known": True,
        "classes": list(run.problem.data.classes),
        "features": [],
        "image": [],
        "notices": [],
    }
    return Recorded(head | others, arrays_of(records, run))


def arrays_of(records: list[UpdateRecord], run: Run) -> Arrays:
    data = run.problem.data
    return {
        "x": np.asarray(data.given(data.x)),
        "y": data.y.copy(),
        "theta": np.stack([records[0].before.flat, *(record.after.flat for record in records)]),
        "memory": np.stack([record.memory for record in records] + [run.after(len(records)).memory]),
        "gradients": np.stack(
            [(record.mean if record.settings.rules.reduction == "mean" else record.summed).flat for record in records]
        ),
        "losses": np.array([record.loss_mean for record in records]),
        "rates": np.array([record.learning_rate for record in records]),
        "sizes": np.array([record.n for record in records]),
        "epochs": np.array([record.position.epoch for record in records]),
        "rows": np.concatenate([record.indices for record in records]),
    }


def written(path: Path, recorded: Recorded, arrays: Mapping[str, Any] | None = None) -> Path:
    """The file, with some arrays in place of others."""
    write_recording(path, Recorded(recorded.head, {**recorded.arrays, **(arrays or {})}))
    return path
