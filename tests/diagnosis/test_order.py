"""The order of several epochs as a program meets the samples: what is right, which mistake it is, what chance."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bptui.cli import main
from bptui.diagnosis.order import of_order
from bptui.scenario import Scenario
from bptui.training.run import Run

OWN, AGAIN, PADDED = "it is not bptui's order", "no-set-epoch", "padded-sampler"


def run_of(name: str = "iris", **settings: Any) -> Run:
    scenario = Scenario.built_in(name)
    ranks = settings.pop("ranks", ())
    rules = replace(scenario.settings.rules, ranks=ranks)
    return scenario.under(replace(scenario.settings, rules=rules, **settings)).begin()


def own(run: Run, epochs: int) -> list[list[int]]:
    """The rows of the first epochs as bptui meets them."""
    order = run.settings_at(1).order
    return [run.problem.rows(run.problem.order(k, order)).tolist() for k in range(1, epochs + 1)]


@pytest.mark.parametrize("order", ["shuffle", "fixed", "replacement"])
def test_the_orders_of_the_run_itself_are_right_as_rows_and_as_places(order: str) -> None:
    run = run_of(order=order)
    rows = own(run, 4)
    place = {row: k for k, row in enumerate(run.problem.split.train.tolist())}
    for given in (rows, [[place[row] for row in epoch] for epoch in rows]):
        it = of_order(run, {"order": given})
        assert (it.right, it.notes, it.mistakes) == (True, (), ())


@pytest.mark.parametrize("order", ["shuffle", "replacement"])
def test_an_epoch_that_has_the_order_of_the_one_before_is_no_set_epoch(order: str) -> None:
    run = run_of(order=order)
    first, second = own(run, 2)
    for epochs, where in (([first, first], 2), ([first, second, second[:40]], 3), ([first, second, first], 3)):
        it = of_order(run, {"order": epochs})
        assert it.first == f"order of epoch {where}"
        assert [key for key, _ in it.mistakes] == [AGAIN]
        assert it.line == f"that of epoch {1 if epochs[-1] is first else 2} again"


def test_another_generator_s_orders_are_right_and_said_to_be_no_ones_of_bptui() -> None:
    run = run_of()
    first, second = own(run, 2)
    it = of_order(run, {"order": [first[::-1], second[::-1]]})
    assert it.right
    assert [OWN in note for note in it.notes] == [True]


def test_few_samples_may_repeat_an_order_by_chance_and_many_epochs_may_not() -> None:
    run = run_of("xor")
    two = of_order(run, {"order": [[0, 1, 2, 3]] * 2})  # one in 24
    assert two.right
    assert "by chance" in two.notes[0]
    five = of_order(run, {"order": [[0, 1, 2, 3]] * 5})
    assert [key for key, _ in five.mistakes] == [AGAIN]
    assert of_order(run_of("xor", order="fixed"), {"order": [[0, 1, 2, 3]] * 5}).right


def test_samples_met_twice_are_named_and_known_where_they_fill_up_the_ranks() -> None:
    first, second = own(run_of(), 2)
    padded = {"order": [first + first[:6], second + second[:6]]}
    it = of_order(run_of(ranks=(1,) * 7), padded)  # 120 samples, 18 for each of seven
    assert [key for key, _ in it.mistakes] == [PADDED]
    assert it.line == f"rows {', '.join(map(str, first[:6]))} more than once"
    assert of_order(run_of(), padded).mistakes == ()
    assert of_order(run_of(ranks=(1,) * 5), padded).mistakes == ()


def test_samples_never_met_are_wrong_unless_the_short_batch_is_dropped_or_the_epoch_goes_on() -> None:
    run = run_of(batch_size=50)
    first, second = own(run, 2)
    it = of_order(run, {"order": [first[:100], second]})
    assert (it.first, it.line.split()[:2]) == ("order of epoch 1", ["no", "rows"])
    assert of_order(run, {"order": [first, second[:3]]}).right
    dropped = run_of(batch_size=50, last_batch="drop")
    assert of_order(dropped, {"order": [first[:100], second[:100]]}).right


def test_lists_of_batches_or_ranks_are_read_through() -> None:
    run = run_of("xor")
    assert of_order(run, {"order": [[[2, 1], [3, 0]], [[[0, 2]], [[1, 3]]]]}).right
    assert of_order(run, {"order": np.array([[2, 1, 3, 0], [0, 2, 1, 3]])}).right


# --- from a file ---


def checked(capsys: pytest.CaptureFixture[str], body: str, *words: str) -> tuple[int, str, str]:
    Path("mine.json").write_text(body, encoding="utf-8")
    status = main(["check", "iris", *words, "--with", "mine.json"])
    return status, *capsys.readouterr()


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_an_order_in_an_npz_file_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    np.savez("mine.npz", order=np.array(own(run_of(), 2)))
    assert main(["check", "iris", "--with", "mine.npz"]) == 0
    assert "RIGHT: every epoch has every sample once." in capsys.readouterr().out


def test_the_lines_of_a_trace_are_read_and_with_the_first_epoch_s_rows_they_are_no_set_epoch(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ("--batch", "24", "--ranks", "3,1", "--repeats", "2")
    assert main(["trace", "iris", *words, "--updates", "23"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    status, out, _ = checked(capsys, "\n".join(map(json.dumps, lines)), *words)
    assert (status, out.splitlines()[1]) == (0, "RIGHT: every epoch has every sample once.")
    short = [{"epoch": line["epoch"], "indices": lines[k % 10]["indices"]} for k, line in enumerate(lines)]
    status, out, _ = checked(capsys, "\n".join(map(json.dumps, short)), *words)
    assert status == 1
    assert "no set_epoch" in out
    status, out, _ = checked(capsys, "\n".join(map(json.dumps, short)), *words, "--json")
    assert (json.loads(out)["fits"], json.loads(out)["first"]) == ([[AGAIN]], "order of epoch 2")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('{"order": [[0, 1]]}', "order: expected a list of the rows for each of two epochs or more"),
        ('{"order": [[0, 1], []]}', "order: an epoch without rows"),
        ('{"order": [[0, 1], [1, 0.5]]}', "order[1][1]: expected the number of a row, got '0.5'"),
        ('{"order": [[0, 1], [1, 999]]}', "order: row 999 is none of the 120 training samples"),
        ('{"order": [[0, 1], [1, 0]], "W1": [1]}', "order: stands in a file of its own; 'W1' is of one update"),
        ('{"W1": [1]}\n{"W1": [1]}', "of several updates keep one line, or epoch and indices in each for their order"),
    ],
)
def test_what_is_no_order_is_one_line(body: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = checked(capsys, body)
    assert (status, out) == (2, "")
    assert told in err
    assert err.count("\n") == 1
