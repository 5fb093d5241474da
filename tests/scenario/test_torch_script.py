"""The PyTorch scripts print bptui's own losses. PyTorch ran them: tests/golden/make_torch_scripts.py."""

import ast
import json
import shlex
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bptui import cli
from bptui.scenario import Scenario, ScenarioError
from bptui.scenario.torch_script import LARGEST, torch_script
from bptui.scenario.weights import save
from tests.cli.commands import complaint
from tests.golden.make_torch_scripts import CASES, EPOCHS, FILE, digest, printed, scenario_of, script_of

GOLDEN: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))["cases"]
NAMES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")


def test_every_case_was_run() -> None:
    assert set(GOLDEN) == set(CASES)


@pytest.mark.parametrize("words", CASES)
def test_the_script_is_the_one_that_pytorch_has_run(words: str) -> None:
    assert digest(script_of(words)) == GOLDEN[words]["script"], "run python -m tests.golden.make_torch_scripts"


@pytest.mark.parametrize("words", CASES)
def test_the_losses_that_pytorch_printed_are_those_of_the_run(words: str) -> None:
    run, known = scenario_of(words).begin(), GOLDEN[words]
    assert run.extend(lambda _, there: there.epoch > EPOCHS)
    assert len(known["batch losses"]) == run.frontier
    mean = run.settings_at(1).rules.reduction == "mean"
    for update, loss in enumerate(known["batch losses"], 1):
        record = run.record(update)
        assert loss == pytest.approx(record.loss_mean if mean else record.loss_sum, rel=1e-12, abs=1e-15)
    for line in known["epochs"]:
        end = run.epoch_end(line["updates"])
        for name in NAMES:
            value = getattr(end, name)
            assert np.isnan(value) if name not in line else line[name] == pytest.approx(value, rel=1e-12, abs=1e-15)
    assert [line["epoch"] for line in known["epochs"]] == list(range(EPOCHS + 1))


@pytest.mark.parametrize("words", ["xor", "iris --batch 11 --optimizer momentum"])
def test_pytorch_prints_them_again_where_it_is_installed(words: str) -> None:
    pytest.importorskip("torch", reason="PyTorch (extra torch) is not installed: its stored answers are compared above")
    again = printed(words)
    assert [line["loss"] for line in again if "update" in line] == pytest.approx(
        GOLDEN[words]["batch losses"], rel=1e-12
    )


@pytest.mark.parametrize("words", CASES)
def test_a_script_compiles_keeps_its_lines_short_and_imports_what_it_uses(words: str) -> None:
    script = script_of(words)
    compile(script, "train.py", "exec")
    assert '"""\n\nimport argparse\n' in script
    assert "\n\n\n\n" not in script
    assert max(map(len, (line for line in script.splitlines() if not line.startswith("    [")))) <= 120
    for module in ("math", "os", "base64", "io", "functional"):
        uses = f"{module}." in script
        assert uses == (f"import {module}\n" in script), module


def test_data_too_large_for_a_script_are_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bptui.scenario.torch_script.LARGEST", 1000)
    with pytest.raises(ScenarioError, match=r"at most 0 MB are written. Take fewer: --samples N"):
        torch_script(Scenario.built_in("xor"), "")
    assert LARGEST > 1_000_000


def test_the_command_writes_the_script_with_its_own_words(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    words = ["export", "xor", "--lr", "0.5", "--torch", str(path)]
    assert cli.main(words) == 0
    assert f"Made by: bptui {shlex.join(words)}" in path.read_text(encoding="utf-8")
    assert "--ddp goes with --torch FILE" in complaint("export", "xor", "--ddp", "--markdown", "-")


def test_a_name_from_outside_is_no_code_in_it() -> None:
    for words in ('y"""+print("PWNED")+""".csv', "x\\N\\u0.csv", "a\\"):
        script = torch_script(Scenario.built_in("xor"), words)
        (docstring, *_) = ast.parse(script).body
        assert isinstance(docstring, ast.Expr)
        assert "print(" not in ast.unparse(ast.parse(script).body[1])


# --- weights ---


def test_safetensors_hold_the_state_of_the_scripts_model(tmp_path: Path) -> None:
    network = Scenario.built_in("digits").begin().start
    save(tmp_path / "w.safetensors", network)
    body = (tmp_path / "w.safetensors").read_bytes()
    length = int.from_bytes(body[:8], "little")
    head = json.loads(body[8 : 8 + length])
    assert length % 8 == 0
    assert list(head) == ["0.weight", "2.weight", "0.bias", "2.bias"]
    for name, expected in zip(head, (*(w.T for w in network.weights), *network.biases), strict=True):
        start, end = head[name]["data_offsets"]
        numbers = np.frombuffer(body[8 + length :][start:end], "<f8").reshape(head[name]["shape"])
        assert head[name]["dtype"] == "F64"
        assert (numbers == expected).all()


def test_safetensors_are_not_read() -> None:
    assert ".safetensors is written, not read" in complaint("xor", "--weights", "w.safetensors")


def test_weights_of_a_moment_are_exported(tmp_path: Path) -> None:
    for _ in range(2):
        assert cli.main(["export", "xor", "--at", "20", "--save-weights", str(tmp_path / "w.json")]) == 0
    assert (tmp_path / "w.json").read_text() == (tmp_path / "w-2.json").read_text(), "never over another file"
    run = Scenario.built_in("xor").begin()
    run.extend_to(20)
    kept = json.loads((tmp_path / "w.json").read_text(encoding="utf-8"))
    assert kept["weights"] == [w.tolist() for w in run.record(20).after.weights]
    assert sys.float_info.mant_dig == 53


def test_weights_are_exported_for_numpy_for_any_language_and_for_pytorch_by_one_command(tmp_path: Path) -> None:
    named = {kind: str(tmp_path / f"w.{kind}") for kind in ("npz", "json", "safetensors")}
    words = [word for kind, file in named.items() for word in (f"--{kind}", file)]
    assert cli.main(["export", "xor", "--at", "20", *words]) == 0
    run = Scenario.built_in("xor").begin()
    run.extend_to(20)
    expected = run.record(20).after.weights[0]
    with np.load(named["npz"]) as arrays:
        assert (arrays["W1"] == expected).all()
    assert json.loads(Path(named["json"]).read_text(encoding="utf-8"))["weights"][0] == expected.tolist()
    assert expected.T.tobytes() in Path(named["safetensors"]).read_bytes()
