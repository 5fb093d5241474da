"""The engine against PyTorch: numbers made by tests/golden/make_pytorch_goldens.py, read without torch."""

import gzip
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bptui.engine import ACTIVATIONS, LOSSES, OPTIMIZERS, Architecture, Network, OptimizerSettings
from bptui.engine.rates import SCHEDULES, RateSchedule
from bptui.engine.reduce import REDUCTIONS, mean_over_samples
from bptui.engine.types import Floats
from bptui.engine.update import UpdateRules, Workspace, compute_update

FILE = Path(__file__).parents[1] / "golden" / "pytorch.json.gz"
GOLDEN: dict[str, Any] = json.loads(gzip.decompress(FILE.read_bytes()))
RULES = ("loss", "reduction", "micro_batches", "l1", "l2", "clip_norm")

Case = dict[str, Any]


def numbers(hexed: list[str]) -> Floats:
    return np.array([float.fromhex(number) for number in hexed])


def spelled(case: Case) -> str:
    """The case's settings in one line, to find it by."""
    unsaid = {"losses", "theta", "first_gradient", "learning_rate", "sizes"}
    said = (spelled_setting(name, value) for name, value in case.items() if name not in unsaid and value != "3-4-2")
    return ", ".join(said)


def spelled_setting(name: str, value: Any) -> str:
    match value:
        case str():
            return value
        case list():
            return "-".join(map(str, value))
    return f"{name} {value}"


class Training:
    """The engine's own training of a case, one full batch per update, as bptui.training.stepper drives it."""

    def __init__(self, case: Case) -> None:
        architecture = Architecture(tuple(case["sizes"]), tuple(case["activations"]), bias=case.get("bias", "trained"))
        self.rules = UpdateRules(
            **{name: case[name] for name in RULES if name in case},
            learning_rate=float.fromhex(case["learning_rate"]),
            schedule=RateSchedule(*case.get("schedule", ())),
            optimizer=OptimizerSettings(case["optimizer"], **GOLDEN["constants"]),
        )
        self.network = Network(architecture, numbers(GOLDEN["start"][case["start"]]))
        self.memory = OPTIMIZERS[case["optimizer"]].fresh_memory(architecture.parameters)
        x = numbers(GOLDEN["x"]).reshape(-1, architecture.sizes[0])
        y = numbers(GOLDEN["y"][case["y"]]).reshape(len(x), -1)
        self.work = Workspace(architecture, len(x))
        self.work.load(x, y, np.arange(len(x)))
        self.updates = 0

    def update(self) -> float:
        """Make one update; the mean loss before it."""
        self.updates += 1
        with np.errstate(over="ignore"):
            compute_update(self.network, self.rules, self.memory, self.updates, self.work)
        self.network.flat += self.work.step.flat
        return float(mean_over_samples(self.work.passed.loss))


def assert_same(ours: Floats, torch: Floats) -> None:
    np.testing.assert_allclose(ours, torch, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=spelled)
def test_ten_updates_lead_where_pytorch_goes(case: Case) -> None:
    training = Training(case)
    losses = numbers(case["losses"])
    assert_same(np.array([training.update() for _ in losses]), losses)
    assert_same(training.network.flat, numbers(case["theta"]))


@pytest.mark.parametrize("case", [case for case in GOLDEN["cases"] if "first_gradient" in case], ids=spelled)
def test_the_first_gradient_is_pytorchs(case: Case) -> None:
    training = Training(case)
    training.update()
    assert_same(training.work.reduced.flat, numbers(case["first_gradient"]))


def test_clipping_differs_from_clip_grad_norm_only_by_its_guard_against_zero() -> None:
    """PyTorch scales by c / (norm + 1e-6), we by c / norm."""
    case = GOLDEN["clip_grad_norm"]
    norm = float.fromhex(case["norm"])
    training = Training(case)
    training.update()
    assert_same(training.work.reduced.flat * (norm / (norm + 1e-6)), numbers(case["gradient"]))


def test_the_default_constants_are_those_the_numbers_were_made_with() -> None:
    assert asdict(OptimizerSettings("adam")) == {"name": "adam"} | GOLDEN["constants"]


def test_every_name_of_the_engine_has_been_compared() -> None:
    cases = GOLDEN["cases"]
    assert {name for case in cases for name in case["activations"]} == set(ACTIVATIONS)
    assert {case["loss"] for case in cases} == set(LOSSES)
    assert {case["optimizer"] for case in cases} == set(OPTIMIZERS)
    assert {case["reduction"] for case in cases} == set(REDUCTIONS)
    assert {case.get("schedule", ["constant"])[0] for case in cases} == set(SCHEDULES)
