"""People's wrong gradients as a person hands them in: the place is found, and what the program did is named."""

from pathlib import Path
from typing import Any

import pytest

from bptui.diagnosis.diagnosis import diagnose, of_document
from bptui.diagnosis.fits import scenario_of
from bptui.diagnosis.reading import document_in
from bptui.training.settings import Settings
from tests.diagnosis.cases import as_json
from tests.diagnosis.published import PUBLISHED, Published

FIRST = {
    "true": "", "φ′ left out in the hidden layer only": "W1", "φ in place of φ′, hidden": "W1",
    "φ′ taken at the error from above, hidden": "W1", "new weights first": "W1",
    "outputs handed back in place of deltas": "W1", "errors a − y handed back in place of deltas": "W1",
    "φ′ left out in the last hidden layer": "W1", "true (mean squared error)": "",
}  # fmt: skip
"""Where the numbers of each first differ; those of biases at b2, all others at once, at W2."""


def first_of(program: Published) -> str:
    return FIRST.get(program.did, "b2" if program.did.startswith("bias") else "W2")


def names_of(program: Published) -> dict[str, Any]:
    return {
        name: numbers
        for k in (1, 2)
        for name, numbers in ((f"W{k}", program.weights[k - 1]), (f"b{k}", program.biases[k - 1]))
    }


def changed(program: Published) -> list[tuple[str, ...]]:
    return [program.changes] if program.changes else []


@pytest.mark.parametrize("program", PUBLISHED, ids=lambda program: program.did)
def test_the_place_is_found_and_the_mistake_named(program: Published) -> None:
    record = scenario_of(program.given, Settings()).begin().record(1)
    it = diagnose(record, gradient=names_of(program))
    assert it.first == first_of(program)
    assert set(changed(program)) <= set(it.fits)
    assert bool(it.fits) == bool(program.changes)


@pytest.mark.parametrize("digits", [3, 4])
@pytest.mark.parametrize("program", PUBLISHED, ids=lambda program: program.did)
def test_three_printed_digits_of_a_file_with_rows_per_unit_and_the_bias_first_will_do(
    program: Published, digits: int, tmp_path: Path
) -> None:
    record = scenario_of(program.given, Settings()).begin().record(1)
    path = tmp_path / "sheet.json"
    rows = {
        f"dW{k}": [
            [program.biases[k - 1][unit], *(row[unit] for row in program.weights[k - 1])]
            for unit in range(len(program.biases[k - 1]))
        ]
        for k in (1, 2)
    }
    spelled = {name: [[f"{x:.{digits - 1}e}" for x in row] for row in table] for name, table in rows.items()}
    path.write_text(as_json(spelled), encoding="utf-8")
    it = of_document(record, document_in(path))
    assert it.taken[0] == "W[o][i], the bias as its first column"
    assert it.verdict == ("wrong" if program.changes else "right")
    assert set(changed(program)) <= set(it.fits)


@pytest.mark.parametrize("program", [each for each in PUBLISHED if each.did.startswith("true (mean")])
def test_right_numbers_of_another_loss_are_told_so(program: Published) -> None:
    from tests.diagnosis.published import B

    it = diagnose(scenario_of(B, Settings()).begin().record(1), gradient=names_of(program))
    assert not it.right
    assert any("with --loss mean-squared-error" in note for note in it.notes)
