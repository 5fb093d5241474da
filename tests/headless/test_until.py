"""``bptui train --until`` stops at the first update where what is waited for holds, and says why."""

import json

import pytest

from bptui import Scenario
from bptui.cli import main


def test_training_stops_at_the_first_epoch_whose_loss_is_below(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "xor", "--epochs", "500", "--until", "train_loss < 0.1", "--json"]) == 0
    out, err = capsys.readouterr()
    *lines, last = (json.loads(line) for line in out.splitlines())
    assert [line["train_loss"] < 0.1 for line in lines] == [False] * (len(lines) - 1) + [True]
    assert last == {"until": "train loss < 0.1", "updates": lines[-1]["updates"], "value": lines[-1]["train_loss"]}
    assert f"stopped after update {last['updates']} (epoch {lines[-1]['epoch']}, batch 1): train loss < 0.1" in err


def test_it_stops_within_an_epoch_and_of_several_the_first_stops_it(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--until", "batch_loss < 0.9", "--until", "update 1000"]
    assert main(["train", "iris", "--epochs", "50", *words]) == 0
    out, err = capsys.readouterr()
    run = Scenario.built_in("iris").begin()
    run.extend_to(600)
    first = next(update for update in range(1, 600) if run.record(update).loss_mean < 0.9)
    assert f"stopped after update {first} " in err
    assert f"it is {run.record(first).loss_mean:.5g}" in err
    assert len(out.splitlines()) == 2 + run.record(first).position.epoch - 1, "the table has whole epochs"


def test_what_holds_at_the_start_trains_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "xor", "--epochs", "5", "--until", "train_loss < 5"]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 2
    assert "nothing was trained: train loss < 5: it is 0.14866 before the first update" in err


def test_what_did_not_come_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "xor", "--epochs", "2", "--until", "train_loss < 1e-9"]) == 0
    assert "'train loss < 1e-09' did not come in 2 epochs" in capsys.readouterr().err.replace("1e-9", "1e-09")


def test_a_run_that_has_to_stop_fails_unless_that_is_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    diverges = ["train", "mazur", "--epochs", "50", "--lr", "1e300"]
    assert main([*diverges, "--until", "train_loss < 1e-9"]) == 1
    assert "stopped before update" in capsys.readouterr().err
    assert main([*diverges, "--until", "not finite"]) == 0
    assert "bptui: not finite: stopped before update 1 " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("trian_loss < 1", "argument --until: not understood: \"trian_loss < 1\"; did you mean 'train loss'?"),
        ("w2[0>9] < 1", "argument --until: no weight of layer 2 from 0 to 9"),
        ("test_loss < 1", "argument --until: there are no test samples"),
    ],
)
def test_wrong_words_are_refused_in_a_line(words: str, why: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "xor", "--epochs", "2", "--until", words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert why in err
    assert len(err.splitlines()) == 1
