"""Start weights as printed work sheets have them: the other way round, or with a row for the bias, made [from][to]."""

from itertools import pairwise
from typing import Any

Matrix = list[list[float]]


def as_typed(raw: dict[str, Any], layers: tuple[int, ...]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """``weights`` [from][to] and ``biases`` of a section, as far as its matrices fit these layers, and what a person
    should know of that. Raises ValueError."""
    given = raw.get("weights", [])
    refuse_ragged(given)
    pairs = list(zip(given, layers, layers[1:], strict=False))
    bias_row = raw.get("bias_row")
    if bias_row and "biases" in raw:
        raise ValueError("network.bias_row: the biases are given apart already; leave one of them out")
    more = 1 if bias_row else 0
    turned, notices = orientation_of(raw.get("orientation"), pairs, more)
    weights = [transposed(matrix) if turned else matrix for matrix in given]
    out: dict[str, Any] = {"weights": tuple(weights)}
    if bias_row:
        place = 0 if bias_row == "first" else -1
        out["biases"] = tuple(matrix[place] for matrix in weights)
        out["weights"] = tuple(matrix[1:] if bias_row == "first" else matrix[:-1] for matrix in weights)
    else:
        refuse_bias_rows(weights, layers)
        if "biases" in raw:
            out["biases"] = tuple(raw["biases"])
    return out, notices


def orientation_of(said: str | None, pairs: list[tuple[Matrix, int, int]], more: int) -> tuple[bool, tuple[str, ...]]:
    """Are the matrices [to][from]? As it is said; else one that fits only so tells it of all."""
    if said:
        return said == "out-in", ()
    shapes = [((len(matrix), len(matrix[0])), i + more, o) for matrix, i, o in pairs]
    fit = all(shape == (i, o) for shape, i, o in shapes)
    if fit or not all(shape == (o, i) for shape, i, o in shapes):
        return False, ()
    at = next(k for k, (shape, i, o) in enumerate(shapes) if shape != (i, o))
    rows, columns = shapes[at][0]
    words = f"weights[{at}], {rows} × {columns}, fits only as [to][from]: all weights are taken so"
    return True, (f'{words}; orientation = "out-in" says it',)


def refuse_ragged(weights: list[Matrix]) -> None:
    """Raises ValueError for rows of different lengths in one matrix."""
    for layer, matrix in enumerate(weights):
        for place, row in enumerate(matrix):
            if len(row) != len(matrix[0]):
                place_of = f"network.weights[{layer}]: row {place} has {len(row)} numbers"
                raise ValueError(f"{place_of}, row 0 has {len(matrix[0])}")


def transposed(matrix: Matrix) -> Matrix:
    return [list(column) for column in zip(*matrix, strict=True)]


def refuse_bias_rows(weights: list[Matrix], layers: tuple[int, ...]) -> None:
    """Raises ValueError where every matrix has a row more than its layer has inputs: it may be the bias."""
    sizes = [(len(matrix), len(matrix[0])) for matrix in weights]
    with_bias = [(i + 1, o) for i, o in pairwise(layers)]
    if sizes and sizes == with_bias:
        raise ValueError(
            f"network.weights: {sizes[0][0]} rows for {layers[0]} inputs; "
            'if one is the bias, bias_row = "first" or "last" says which'
        )
    if sizes and [size[::-1] for size in sizes] == with_bias:
        raise ValueError(
            f"network.weights: {sizes[0][1]} columns for {layers[0]} inputs; if one is the bias, "
            'orientation = "out-in" and bias_row = "first" or "last" say so'
        )
