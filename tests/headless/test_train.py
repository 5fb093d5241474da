"""``bptui train`` prints losses and accuracies per epoch; ``bptui datasets`` lists what there is."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bptui import Scenario
from bptui.cli import main
from bptui.data import BUILT_IN
from bptui.scenario import built_in_names


def test_a_line_for_the_start_and_for_each_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "iris", "--epochs", "3", "--json"]) == 0
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["epoch"] for line in lines] == [0, 1, 2, 3]
    assert [line["updates"] for line in lines] == [0, 12, 24, 36]
    assert [line["samples_seen"] for line in lines] == [0, 120, 240, 360]
    assert lines[3]["train_loss"] < lines[0]["train_loss"]
    assert err == ""


def test_the_numbers_are_the_networks_own(capsys: pytest.CaptureFixture[str]) -> None:
    main(["train", "iris", "--epochs", "2", "--json"])
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    run = Scenario.built_in("iris").begin()
    network = run.record(24).after
    loss, test_loss, accuracy, test_accuracy = run.problem.metrics(network, "cross-entropy")
    assert (last["train_loss"], last["test_loss"]) == (loss, test_loss)
    assert (last["train_accuracy"], last["test_accuracy"]) == (accuracy, test_accuracy)


def test_the_table_leaves_empty_what_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "mazur", "--epochs", "1"]) == 0
    header, start, first = capsys.readouterr().out.splitlines()
    assert header.split()[0] == "epoch"
    assert start.split() == ["0", "0", "0.298371"]
    assert first.split() == ["1", "1", "0.291028"]


PENALISED = """format_version = 1
[data]
name = "iris"
[network]
layers = [4, 3, 3]
activations = ["tanh", "softmax"]
[training]
loss = "cross-entropy"
l2 = 0.25
"""


def test_the_penalty_and_the_loss_with_it_stand_beside_the_losses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "penalised.toml"
    path.write_text(PENALISED)
    assert main(["train", str(path), "--epochs", "1", "--json"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    run = Scenario.read(path).begin()
    run.extend(lambda _, following: following.epoch > 1)
    after = run.record(run.frontier).after
    assert last["penalty"] == pytest.approx(0.125 * sum(float((w**2).sum()) for w in after.weights), rel=1e-12)
    assert main(["train", str(path), "--epochs", "1"]) == 0
    head, _, row = capsys.readouterr().out.splitlines()
    assert head.endswith("penalty   train + it")
    assert row.split()[-2:] == [f"{last['penalty']:.6g}", f"{last['train_loss'] + last['penalty']:.6g}"]
    main(["train", "iris", "--epochs", "1", "--json"])
    assert "penalty" not in capsys.readouterr().out


def test_under_sum_the_penalty_belongs_to_no_mean_loss(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "penalised.toml"
    path.write_text(PENALISED)
    assert main(["train", str(path), "--epochs", "1", "--reduction", "sum"]) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith("test acc      penalty")


def test_the_trace_tells_the_penalty_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "penalised.toml"
    path.write_text(PENALISED)
    assert main(["trace", str(path)]) == 0
    told = json.loads(capsys.readouterr().out)["loss"]
    assert told["with_penalty"] == told["mean"] + told["penalty"] > told["mean"]
    main(["trace", str(path), "--format", "text"])
    assert f"mean with penalty = {told['with_penalty']:.10g}" in capsys.readouterr().out


def test_divergence_is_named_with_update_epoch_batch_and_layer_and_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "plane", "--lr", "1000", "--epochs", "99"]) == 1
    err = capsys.readouterr().err
    assert err.splitlines()[-1].startswith("bptui: error: stopped before update ")
    assert all(word in err for word in ("epoch", "batch", "layer 1"))


def test_the_listing_names_every_set_with_its_licence_within_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets"]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    entries = {words.split()[0]: " ".join(words.split()) for words in re.split(r"\n(?=\S)", out)}
    assert list(entries) == ["name", *built_in_names()]
    assert set(BUILT_IN) <= set(entries)
    assert "1797" in entries["digits"]
    assert "CC BY 4.0" in entries["digits"]
    assert "(UCI Iris (R. A. Fisher), scikit-learn's copy)" in entries["iris"]


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    command = f"{sys.executable} -m bptui trace digits --updates 300 | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    assert len(done.stdout) == 10


def test_headless_commands_do_not_load_textual() -> None:
    code = (
        "import sys; from bptui.cli import main; main(['train', 'xor', '--epochs', '1']);"
        "sys.exit(any(name in sys.modules for name in ('textual', 'rich', 'plotext')))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("end", ["npz", "json"])
def test_training_goes_on_from_the_weights_that_were_kept(
    end: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"w.{end}"
    assert main(["train", "mazur", "--epochs", "3", "--json", "--save-weights", str(path)]) == 0
    out, err = capsys.readouterr()
    assert err == f"bptui: the weights after update 3 are in {path}\n"
    assert main(["train", "mazur", "--epochs", "1", "--json", "--weights", str(path)]) == 0
    again = capsys.readouterr().out
    assert json.loads(again.splitlines()[0])["train_loss"] == json.loads(out.splitlines()[-1])["train_loss"]
    assert main(["trace", "mazur", "--weights", str(path)]) == 0
    before = json.loads(capsys.readouterr().out)["before"]
    main(["trace", "mazur", "--from", "4"])
    assert json.loads(capsys.readouterr().out)["before"] == before


@pytest.mark.parametrize("name", ["gone/w.npz", "w.pt", ".", "folder.npz", "pipe.npz", "link.npz"])
def test_a_place_where_no_weights_can_go_is_refused_before_the_work(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    (tmp_path / "folder.npz").mkdir()
    os.mkfifo(tmp_path / "pipe.npz")
    (tmp_path / "link.npz").symlink_to(os.devnull)
    assert main(["train", "xor", "--epochs", "1000000000", "--save-weights", str(path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert str(path) in err
