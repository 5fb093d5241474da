"""The notebook in assets/ runs from its first cell to its last, and what it shows is so."""

from pathlib import Path
from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat", reason="the notebook needs nbclient, of the extra `test`")
nbclient = pytest.importorskip("nbclient", reason="the notebook needs nbclient, of the extra `test`")
pytest.importorskip("ipykernel", reason="the notebook needs ipykernel, of the extra `test`")
pytest.importorskip("matplotlib", reason="the notebook's curve needs matplotlib, of the extra `test`")

FILE = Path(__file__).parent.parent / "assets" / "notebook.ipynb"


def source() -> Any:
    return nbformat.read(FILE, as_version=4)


@pytest.fixture(scope="module")
def shown() -> dict[str, str]:
    """What each cell of code shows, by its first line: texts, tables and pictures one after the other."""
    notebook = source()
    nbclient.NotebookClient(notebook, timeout=120).execute()
    return {
        cell.source.splitlines()[0]: "".join(map(written, cell.outputs))
        for cell in notebook.cells
        if cell.cell_type == "code"
    }


def written(output: Any) -> str:
    if output.output_type == "stream":
        assert output.name == "stdout", output.text
        return str(output.text)
    kinds = output.data
    return str(kinds.get("image/png") or kinds.get("text/html") or kinds.get("text/plain"))


def test_it_is_kept_without_outputs() -> None:
    cells = [cell for cell in source().cells if cell.cell_type == "code"]
    assert [cell for cell in cells if cell.outputs or cell.execution_count] == []
    nbformat.validate(source())


def test_scenario_record_and_network_show_themselves(shown: dict[str, str]) -> None:
    assert "scenario quadrants" in shown["import numpy as np"]
    assert "update 5: epoch 1, batch 5 of 9, 10 samples" in shown["record = run.record(5)"]
    assert "from x1" in shown["record.before"]


def test_it_trains(shown: dict[str, str]) -> None:
    line = shown["run = scenario.begin()"]
    assert line.startswith("epoch 200: train loss 0.0")
    assert float(line.split()[-1]) > 0.85


def test_the_samples_gradients_add_up(shown: dict[str, str]) -> None:
    (line,) = [text for first, text in shown.items() if first.startswith("gradients =")]
    assert line.startswith("(10, 25) ")
    total, same = shown["weight = bptui.Weight(layer=2, source=0, unit=0)"].split("sum ")[1].split(" is ")
    assert float(total) == pytest.approx(float(same), rel=1e-12)


def test_the_columns_are_before_step_and_after(shown: dict[str, str]) -> None:
    lines = shown["columns = record.table(2)"].splitlines()
    assert len(lines) == 7
    for line in lines:
        before, step, after = (float(word) for word in line.replace("=", "").split()[1:])
        assert before + step == pytest.approx(after, abs=2e-6)


def test_the_curve_is_a_picture(shown: dict[str, str]) -> None:
    assert shown["import matplotlib.pyplot as plt"].startswith("iVBOR")
