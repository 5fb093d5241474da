"""``bptui doctor``: the symptoms with their cures and everything measured, status 1 where something is wrong."""

import pytest

from bptui.cli import main


def test_a_healthy_run_is_told_so_with_what_was_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "moons"]) == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == "after update 320 (epoch 20): nothing is wrong that can be told from the numbers"
    assert rest[0] == "measured"
    assert any(line.startswith("  layer 1: slopes under 2% of the largest") for line in rest)


def test_every_symptom_has_its_cause_and_cure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "moons", "--l2", "10", "--lr", "0.3", "--epochs", "1"]) == 1
    lines = capsys.readouterr().out.splitlines()
    place = next(k for k, line in enumerate(lines) if line.startswith("- γ · λ₂ = 3 is above 2"))
    assert lines[place + 1].startswith("    why   ")
    assert lines[place + 2] == "    cure  --l2 below 6.67, or --lr below 0.2"


def test_a_run_that_had_to_stop_says_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "plane", "--lr", "1000", "--epochs", "99"]) == 1
    assert "stopped before update " in capsys.readouterr().out
