"""Write torch_scripts.json: what the PyTorch scripts of bptui print when PyTorch runs them.

Made with torch 2.13.0 (CPU), Python 3.11. To make it again, where bptui and torch are installed:

    python -m tests.golden.make_torch_scripts

Each case is a command line; the file keeps the SHA-256 of its script and the losses it printed, so that the tests,
which have no torch, hold bptui's own run against PyTorch's and notice a script that nobody has run.
"""

import hashlib
import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bptui.cli.choosing import choose
from bptui.headless.arguments import parser_of
from bptui.scenario import Scenario
from bptui.scenario.torch_script import torch_script

FILE = Path(__file__).with_name("torch_scripts.json")
EPOCHS = 3
CASES = {  # a command's words → ranks, 0 for a script without DistributedDataParallel
    "xor": 0,
    "xor --batch 1 --reduction sum --optimizer momentum --order replacement": 0,
    "xor --bias frozen --optimizer adam --lr 0.05 --schedule cosine --schedule-length 9": 0,
    "xor --bias none --optimizer nesterov --schedule warm-up --schedule-length 5 --activation softplus": 0,
    "xor --repeats 4 --repeat-until 0.12 --batch 2 --activation gelu": 0,
    "iris --optimizer adamw --lr 0.01 --schedule step --schedule-length 7 --batch 7 --last-batch drop": 0,
    "iris --l1 0.01 --l2 0.02 --clip-norm 0.3 --activation leaky-relu": 0,
    "iris --loss squared-error --optimizer rmsprop --lr 0.01 --batch 11": 0,
    "iris --micro-batches 3 --batch 11": 0,
    "moons --activation relu --reduction sum --lr 0.05": 0,
    "sine --loss mean-squared-error": 0,
    "digits": 0,
    "iris --batch 11 --optimizer momentum": 2,
    "iris --batch 11 --optimizer adam --lr 0.01 --l2 0.01 --clip-norm 0.5": 3,
    "iris --batch 7 --micro-batches 2": 3,
    "xor --batch 1 --reduction sum": 3,
    "digits --batch 33": 3,
}


def scenario_of(words: str) -> Scenario:
    """The scenario of a command line."""
    return choose(parser_of("export").parse_args(shlex.split(words)))


def script_of(words: str) -> str:
    """The script of a case."""
    return torch_script(scenario_of(words), f"bptui export {words}", CASES[words] > 0)


def digest(script: str) -> str:
    return hashlib.sha256(script.encode()).hexdigest()


def printed(words: str) -> list[dict[str, Any]]:
    """What PyTorch prints for a case: a line an update and a line an epoch."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.py"
        path.write_text(script_of(words), encoding="utf-8")
        ranks = ["-m", "torch.distributed.run", f"--nproc-per-node={CASES[words]}"] if CASES[words] else []
        strict = [] if ranks else ["-W", "error"]
        command = [sys.executable, *strict, *ranks, str(path), f"--epochs={EPOCHS}", "--updates"]
        one_thread = os.environ | {"OMP_NUM_THREADS": "1"}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=one_thread)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main() -> None:
    import torch

    cases = {}
    for words in CASES:
        lines = printed(words)
        cases[words] = {
            "script": digest(script_of(words)),
            "batch losses": [line["loss"] for line in lines if "update" in line],
            "epochs": [line for line in lines if "epoch" in line],
        }
    FILE.write_text(json.dumps({"made_with": f"torch {torch.__version__}", "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()
