"""Work sheets as they are printed: rows in their order, weights the other way round, biases as a row or a column."""

from pathlib import Path
from typing import Any

import pytest

from bptui.scenario import Scenario, ScenarioError

X, Y = [[0.05, 0.10], [0.5, 0.25], [1.0, 0.75]], [[0.01], [0.99], [0.5]]
W1, W2 = [[0.15, 0.25, 0.1], [0.20, 0.30, 0.7]], [[0.4], [0.5], [0.6]]
B1, B2 = [0.35, 0.36, 0.37], [0.6]


def turned(matrix: list[list[float]]) -> list[list[float]]:
    return [list(column) for column in zip(*matrix, strict=True)]


def scenario(layers: list[int] | None = None, data: dict[str, Any] | None = None, **network: Any) -> Scenario:
    document = {
        "format_version": 1,
        "data": {"x": X, "targets": Y, **(data or {})},
        "network": {"layers": layers or [2, 3, 1], **network},
    }
    return Scenario.from_document(document, "sheet", Path())


def refusal(**network: Any) -> str:
    with pytest.raises(ScenarioError) as caught:
        scenario(**network).begin()
    return str(caught.value)


def start(it: Scenario) -> tuple[list[Any], list[Any]]:
    network = it.begin().start
    return [w.tolist() for w in network.weights], [b.tolist() for b in network.biases]


def test_samples_written_out_are_taken_in_their_order() -> None:
    assert scenario().settings.order == "fixed"
    assert [scenario().begin().record(k).indices.tolist() for k in (1, 2, 5)] == [[0, 1, 2]] * 3
    assert scenario(data={"order": "shuffle"}).settings.order == "shuffle"


@pytest.mark.parametrize("order", ["fixed", "shuffle"])
def test_their_order_is_written_so_that_it_is_read_again(order: str) -> None:
    it = scenario(data={"order": order})
    assert ("order" in it.document()["data"]) == (order == "shuffle")
    assert Scenario.from_document(it.document(), "again", Path()).settings.order == order


def test_weights_that_fit_only_the_other_way_round_are_taken_so_and_it_is_said() -> None:
    it = scenario(weights=[turned(W1), turned(W2)], biases=[B1, B2])
    assert start(it) == ([W1, W2], [B1, B2])
    (notice,) = it.notices
    assert "weights[0], 3 × 2, fits only as [to][from]" in notice
    assert scenario(weights=[W1, W2], biases=[B1, B2]).notices == ()


def test_a_square_matrix_beside_one_that_fits_only_turned_is_turned_with_it() -> None:
    it = scenario([2, 2, 1], weights=[[[1, 2], [3, 4]], [[5, 6]]])
    assert start(it)[0] == [[[1, 3], [2, 4]], [[5], [6]]]
    assert "all weights are taken so" in it.notices[0]


def test_a_square_matrix_alone_is_as_its_orientation_says() -> None:
    square = [[[1, 2], [3, 4]]]
    data = {"targets": [[0, 1], [1, 0], [1, 1]]}
    assert start(scenario([2, 2], data, weights=square))[0] == square
    assert start(scenario([2, 2], data, weights=square, orientation="in-out"))[0] == square
    told = scenario([2, 2], data, weights=square, orientation="out-in")
    assert start(told)[0] == [[[1, 3], [2, 4]]]
    assert told.notices == ()


def test_what_is_said_is_not_guessed_around() -> None:
    assert "weights[0]: shape (2, 3) expected" in refusal(weights=[turned(W1), turned(W2)], orientation="in-out")
    assert "weights[0]: shape (2, 3) expected" in refusal(weights=[W1, W2], orientation="out-in")
    assert "network.orientation: it says how network.weights is written" in refusal(orientation="out-in")
    assert "expected one of in-out, out-in" in refusal(orientation="rows", weights=[W1, W2])


@pytest.mark.parametrize("said", [{}, {"orientation": "out-in"}, {"bias_row": "first"}])
def test_a_row_that_is_longer_than_the_others_is_named(said: dict[str, Any]) -> None:
    told = refusal(weights=[W1, [*W2[:-1], [*W2[-1], 7]]], **said)
    assert f"network.weights[1]: row {len(W2) - 1} has 2 numbers, row 0 has 1" in told
    assert "sequence" not in told


@pytest.mark.parametrize("biases", [[B1, B2], [[B1], [B2]], [[[b] for b in B1], [B2]]])
def test_biases_may_be_a_row_or_a_column(biases: Any) -> None:
    assert start(scenario(weights=[W1, W2], biases=biases)) == ([W1, W2], [B1, B2])


@pytest.mark.parametrize("place", ["first", "last"])
@pytest.mark.parametrize("orientation", ["in-out", "out-in", None])
def test_a_row_of_biases_among_the_weights_is_taken_out(place: str, orientation: str | None) -> None:
    both = [[b, *w] if place == "first" else [*w, b] for w, b in ((W1, B1), (W2, B2))]
    written = [turned(matrix) for matrix in both] if orientation == "out-in" else both
    said: dict[str, Any] = {} if orientation is None else {"orientation": orientation}
    assert start(scenario(weights=written, bias_row=place, **said)) == ([W1, W2], [B1, B2])


def test_a_row_too_many_is_refused_with_the_key_that_says_what_it_is() -> None:
    both = [[B1, *W1], [B2, *W2]]
    assert 'bias_row = "first" or "last" says which' in refusal(weights=both)
    assert 'orientation = "out-in" and bias_row' in refusal(weights=[turned(matrix) for matrix in both])
    assert "the biases are given apart already" in refusal(weights=both, bias_row="first", biases=[B1, B2])


def test_weights_as_typed_are_written_out_as_they_are_used() -> None:
    it = scenario(weights=[turned(W1), turned(W2)], biases=[B1, B2])
    again = Scenario.from_document(it.document(), "again", Path())
    assert start(again) == start(it)
    assert again.notices == ()
    assert start(Scenario.from_arrays(X, Y, [2, 3, 1], weights=[turned(W1), turned(W2)]))[0] == [W1, W2]
