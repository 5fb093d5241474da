"""Every mistake there is, made in a program, written to a file with four digits in any layout: the answer names it."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bptui.diagnosis.answer import Diagnosis
from bptui.diagnosis.diagnosis import of_document
from bptui.diagnosis.fits import given_of
from bptui.diagnosis.reading import document_in
from bptui.engine.types import Floats, quiet
from bptui.engine.wrong_rules import CHANGES, Change, Rule, Workings
from bptui.engine.wrong_rules.settled import settled
from bptui.training.record import UpdateRecord
from tests.diagnosis.cases import as_json, record

OF: dict[tuple[int, ...], UpdateRecord] = {layers: record(layers) for layers in ((2, 3, 1), (3, 3, 3))}
WORKINGS = {layers: Workings(given_of(of)) for layers, of in OF.items()}
LAYOUTS = ("W[i][o]", "W[o][i]", "W[o][i], the bias as its first column")


def written(layout: str, layers: tuple[int, ...], rule: Rule) -> str:
    """The gradients and the weights after that a program with this rule prints."""
    document: dict[str, Any] = {}
    for layer in range(1, len(layers)):
        for kind, prefix in (("gradient", "d"), ("after", "new_")):
            w, b = (WORKINGS[layers].quantity(rule, kind, layer, what) for what in ("weights", "biases"))  # type: ignore[arg-type]
            if layout == LAYOUTS[2]:
                document[f"{prefix}W{layer}"] = digits(np.vstack([b, w]).T)
            else:
                document[f"{prefix}W{layer}"] = digits(w if layout == LAYOUTS[0] else w.T)
                document[f"{prefix}b{layer}"] = digits(b)
    return as_json(document)


def digits(numbers: Floats) -> Any:
    return [digits(each) for each in numbers] if numbers.ndim else f"{float(numbers):.3e}"


def told(path: Path, layout: str, layers: tuple[int, ...], rule: Rule) -> Diagnosis:
    with quiet():
        path.write_text(written(layout, layers, rule), encoding="utf-8")
    return of_document(OF[layers], document_in(path))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("layers", OF, ids=str)
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.id)
def test_it_is_named(tmp_path: Path, change: Change, layers: tuple[int, ...], layout: str) -> None:
    it = told(tmp_path / "mine.json", layout, layers, change.rule)
    given = given_of(OF[layers])
    same = settled(change.rule, given)
    if same == Rule():  # in this update it does no harm
        assert it.right
        return
    assert it.verdict == "wrong"
    assert same in [settled(fit.rule, given) for fit in it.mistakes]
    assert re.search(r"^  - ", str(it), re.MULTILINE)
