"""``bptui trace`` prints every number of an update, and prints it so that it comes back exactly."""

import json
from typing import Any

import numpy as np
import pytest

from bptui import Scenario
from bptui.cli import main


def traced(capsys: pytest.CaptureFixture[str], *words: str) -> list[Any]:
    assert main(["trace", *words]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_mazur_from_the_scenario_file_to_every_printed_digit(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = traced(capsys, "mazur", "--updates", "2")
    (sample,) = first["samples"]
    np.testing.assert_allclose(sample["z"], [[0.3775, 0.3925], [1.105905967, 1.224921404]], atol=5e-10)
    np.testing.assert_allclose(sample["a"][1], [0.593269992, 0.596884378], atol=5e-10)
    np.testing.assert_allclose(sample["a"][2], [0.75136507, 0.772928465], atol=5e-9)
    np.testing.assert_allclose(sample["delta"][1], [0.138498562, -0.038098237], atol=5e-10)
    assert first["gradient"]["sum"][1]["weights"][0][0] == pytest.approx(0.082167041, abs=5e-10)
    assert first["gradient"]["sum"][0]["weights"][0][0] == pytest.approx(0.000438568, abs=5e-10)
    np.testing.assert_allclose(
        first["after"][1]["weights"], [[0.35891648, 0.511301270], [0.408666186, 0.561370121]], atol=5e-9
    )
    assert first["loss"]["sum"] == pytest.approx(0.298371109, abs=5e-10)
    assert second["loss"]["sum"] == pytest.approx(0.291027774, abs=5e-10)
    assert first["after"][0]["biases"] == first["before"][0]["biases"] == [0.35, 0.35]


def test_han_and_kamber_from_the_scenario_file(capsys: pytest.CaptureFixture[str]) -> None:
    (update,) = traced(capsys, "han-kamber")
    (sample,) = update["samples"]
    np.testing.assert_allclose(sample["z"][0] + sample["z"][1], [-0.7, 0.1, -0.105], atol=5e-4)
    errors = [-delta for layer in sample["delta"] for delta in layer]  # the book's Err is −δ
    np.testing.assert_allclose(errors, [-0.008724562, -0.0065420851, 0.1311690782], atol=5e-10)
    np.testing.assert_allclose(
        update["after"][0]["weights"], [[0.1921478942, -0.306], [0.4, 0.1], [-0.508, 0.194]], atol=5e-4
    )
    assert update["after"][1]["weights"][0][0] == pytest.approx(-0.2608288463, abs=5e-10)
    np.testing.assert_allclose(
        update["after"][0]["biases"] + update["after"][1]["biases"], [-0.408, 0.194, 0.218], atol=5e-4
    )


def test_trask_starts_with_the_printed_error_and_gradient(capsys: pytest.CaptureFixture[str]) -> None:
    (update,) = traced(capsys, "trask")
    errors = [abs(s["a"][2][0] - s["target"][0]) for s in update["samples"]]
    assert np.mean(errors) == pytest.approx(0.496410031903, abs=5e-13)
    summed = [row[0] for row in update["gradient"]["sum"][1]["weights"]]
    np.testing.assert_allclose(summed, [0.00451385, 0.00669325, 0.00676932, 0.00455133], atol=5e-9)
    np.testing.assert_allclose(update["gradient"]["mean"][1]["weights"], np.array([summed]).T / 4, rtol=1e-15)
    assert update["before"][0]["biases"] == []


def test_oberman_in_one_step_to_the_mean_of_the_targets(capsys: pytest.CaptureFixture[str]) -> None:
    (update,) = traced(capsys, "oberman")
    assert update["after"][0]["weights"] == [[3.0]]
    steps = traced(capsys, "oberman", "--reduction", "sum", "--updates", "4")
    assert [step["after"][0]["weights"][0][0] for step in steps] == [-11, 31, -53, 115]


def test_the_last_batch_of_250_by_30_holds_ten_and_is_divided_by_ten(capsys: pytest.CaptureFixture[str]) -> None:
    updates = traced(capsys, "remainder", "--updates", "10")
    assert [len(update["indices"]) for update in updates] == [30] * 8 + [10, 30]
    last = updates[8]
    summed, mean = (np.array(last["gradient"][kind][0]["weights"]) for kind in ("sum", "mean"))
    np.testing.assert_array_equal(mean, summed / 10)
    assert last["epoch"] == 1
    assert updates[9]["epoch"] == 2


def test_the_drill_makes_50_75_10_and_97_updates(capsys: pytest.CaptureFixture[str]) -> None:
    updates = traced(capsys, "drill", "--updates", "232")
    batches = [update["batch"] for update in updates]
    assert [batches.count(batch) for batch in (1, 2, 3, 4)] == [50, 75, 10, 97]


def test_floats_come_back_exactly(capsys: pytest.CaptureFixture[str]) -> None:
    (update,) = traced(capsys, "xor", "--from", "3")
    record = Scenario.built_in("xor").begin().record(3)
    assert update == record.to_dict()
    np.testing.assert_array_equal(update["after"][0]["weights"], record.after.weights[0])


def test_from_chooses_the_first_update_and_updates_how_many(capsys: pytest.CaptureFixture[str]) -> None:
    assert [update["update"] for update in traced(capsys, "and", "--from", "5", "--updates", "3")] == [5, 6, 7]


def test_samples_gradients_add_up_to_the_sum(capsys: pytest.CaptureFixture[str]) -> None:
    (update,) = traced(capsys, "xor", "--per-sample")
    for layer in (0, 1):
        for kind in ("weights", "biases"):
            parts = [np.array(sample["gradient"][layer][kind]) for sample in update["samples"]]
            np.testing.assert_allclose(sum(parts), update["gradient"]["sum"][layer][kind], rtol=1e-12, atol=1e-17)


def test_reduced_is_what_the_optimizer_got_after_clipping(capsys: pytest.CaptureFixture[str], tmp_path: Any) -> None:
    path = tmp_path / "clipped.toml"
    path.write_text(
        'format_version = 1\n[data]\nname = "xor"\n[network]\nlayers = [2, 2, 1]\n'
        "[training]\nclip_norm = 0.001\nl2 = 0.5\nlearning_rate = 1.0\n"
    )
    (update,) = traced(capsys, str(path))
    reduced = [
        v for layer in update["gradient"]["reduced"] for row in (*layer["weights"], layer["biases"]) for v in row
    ]
    steps = [v for layer in update["step"] for row in (*layer["weights"], layer["biases"]) for v in row]
    assert np.linalg.norm(reduced) == pytest.approx(0.001)
    np.testing.assert_array_equal(steps, -np.array(reduced))


def test_the_text_format_shows_the_formulas_with_the_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", "mazur", "--format", "text"]) == 0
    text = capsys.readouterr().out
    assert "z1 = a0 W1 + b1 = 0.3775 0.3925" in text
    assert "δ1 = (δ2 W2ᵀ) · φ′, φ′ = a (1 − a) = 0.008771354689 0.009954254705" in text
    assert "step: −γ g, γ = 0.5" in text


def test_a_run_that_overflows_prints_what_there_is_and_says_where_it_stopped(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["trace", "plane", "--lr", "1000", "--from", "50", "--updates", "100"]) == 1
    out, err = capsys.readouterr()
    assert len(out.splitlines()) > 0
    assert err.startswith("bptui: error: no update ")
    assert "layer 1" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(("words", "update"), [("12", 12), ("e3 b1 s4 d1", 3), ("+7", 7), ("s2 loss", 1), ("start", 1)])
def test_it_begins_with_the_update_in_which_a_moment_lies(
    words: str, update: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert traced(capsys, "xor", "--at", words) == traced(capsys, "xor", "--from", str(update))


@pytest.mark.parametrize(
    ("words", "status", "why"),
    [
        (["xor", "--at", "soon"], 2, 'argument --at: not understood: "soon"; write 120'),
        (["xor", "--at", "end"], 2, "argument --at: 'end' is of a run that is known already"),
        (["xor", "--at", "3 s5"], 2, "update 3 has 4 samples, no 5"),
        (["xor", "--at", "3", "--from", "3"], 2, "--from and --at both say where to begin"),
        (["plane", "--lr", "1000", "--at", "e500"], 1, "stopped before update"),
    ],
)
def test_a_moment_that_is_not_there_is_one_line(
    words: list[str], status: int, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["trace", *words]) == status
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert why in err


def test_the_ranks_sums_are_written_so_that_their_sum_is_the_batch_s(capsys: pytest.CaptureFixture[str]) -> None:
    (update,) = traced(capsys, "xor", "--ranks", "3,1")
    first, second = update["ranks"]
    assert (first["n"], second["n"]) == (3, 1)
    for layer, summed in enumerate(update["gradient"]["sum"]):
        parts = [np.array(rank["sum"][layer]["weights"]) for rank in (first, second)]
        np.testing.assert_array_equal(parts[0] + parts[1], summed["weights"])
        np.testing.assert_array_equal(first["mean"][layer]["weights"], parts[0] / 3)
        means = (parts[0] / 3 + parts[1]) / 2
        np.testing.assert_array_equal(update["mean_of_ranks_means"][layer]["weights"], means)


def test_the_text_says_what_each_rank_has_and_that_it_is_computed_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", "xor", "--ranks", "3,1,1", "--format", "text"]) == 0
    said = capsys.readouterr().out
    assert "  rank 0: samples 1 to 2, n = 2\n    its SUM\n" in said
    assert "  rank 2: sample 4, n = 1\n" in said
    assert "computed here, in rank order, then divided once" in said
    assert "2 (W − 1) / W · p · 8 = 139 bytes" in said  # 2 · 2/3 · 13 · 8


def test_a_rank_without_samples_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", "xor", "--ranks", "9,9,1", "--format", "text"]) == 0
    assert "  rank 2: none, n = 0\n" in capsys.readouterr().out
