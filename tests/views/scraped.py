"""Numbers scraped from the screens of experiments, and whether they are numbers of the experiment."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from bptui.engine.backprop import Pass
from bptui.engine.network import Network, Parameters
from bptui.training.record import UpdateRecord
from bptui.views.text import Row
from tests.scenes import lines

from .test_no_orphans import NUMBER, is_known

UNKNOWN = 777.25
"""Stands for what is not to be looked at: it is nowhere among the numbers of the built-in scenarios."""


def orphans(rows: Iterable[Row], values: Iterable[object], counts: Iterable[object], gamma: str = "") -> list[str]:
    """Numbers of the rows that are neither a spelling of one of the values nor one of the counts. A number whose end
    is cut off says so itself."""
    known = np.concatenate([np.ravel(np.asarray(value, dtype=np.float64)) for value in values])
    named = {str(count) for count in counts}
    texts = [" ".join(word for word in line.split() if "…" not in word) for line in lines(rows)]
    return [
        f"{word} in {text}"
        for text in texts
        for word in NUMBER.findall(text)
        if not is_known(word, known, named, gamma)
    ]


def veiled(record: UpdateRecord, passes: bool) -> UpdateRecord:
    """The record with UNKNOWN in place of what the update made of the batch; with ``passes`` also in place of what
    the passes made of the inputs."""
    changed: dict[str, object] = {
        name: Parameters(vector.architecture, np.full_like(vector.flat, UNKNOWN))
        for name, vector in (("reduced", record.reduced), ("step", record.step))
    }
    changed["after"] = Network(record.before.architecture, np.full_like(record.after.flat, UNKNOWN))
    if passes:
        changed["summed"] = Parameters(record.summed.architecture, np.full_like(record.summed.flat, UNKNOWN))
        was = record.passed
        changed["passed"] = Pass(
            (was.a[0], *(np.full_like(a, UNKNOWN) for a in was.a[1:])),
            tuple(np.full_like(z, UNKNOWN) for z in was.z),
            tuple(np.full_like(delta, UNKNOWN) for delta in was.delta),
            np.full_like(was.loss, UNKNOWN),
            was.scratch,
        )
    return replace(record, **changed)  # type: ignore[arg-type]
