"""Classes that one sample alone has: mostly a slip in the table, `setsoa` for `setosa`."""

from difflib import get_close_matches

import numpy as np

from bptui.data.clean import clean
from bptui.data.dataset import Floats
from bptui.data.table import Table

USUAL = 5  # samples of the other classes, at least: where many classes are rare, one that is rare tells nothing
SHARE = 0.1  # of all samples, at most
TOLD = 3
NEAR = 0.7  # of two names, as difflib measures it


def lone_classes(table: Table, place: int, y: Floats, classes: tuple[str, ...]) -> list[str]:
    """What is to be said of them, a line each. ``table`` is as the file has it, ``place`` the column of the target; y
    (N × classes) and ``classes`` are what was made of it."""
    counts = y.sum(axis=0)
    alone, others = np.flatnonzero(counts == 1), counts[counts > 1]
    if not len(alone) or len(alone) > SHARE * len(y) or not len(others) or np.median(others) < USUAL:
        return []
    usual = [name for name, count in zip(classes, counts, strict=True) if count > 1]
    told = [about(table, place, classes[k], int(y[:, k].argmax()), usual) for k in alone]
    told = list(filter(None, told))
    more = f"; {len(told) - TOLD} more of one sample each" if len(told) > TOLD else ""
    return [*told[: TOLD - 1], *(line + more for line in told[TOLD - 1 : TOLD])]


def about(table: Table, place: int, name: str, row: int, usual: list[str]) -> str:
    """Of a class that the sample in this row has alone; "" where the file declares it, or where rows that were left out
    have it too."""
    where, words = f"row {row}", table.words.get(place)
    if words is not None:
        code = words.names.index(name)
        if words.declared or int((words.codes == code).sum()) > 1:
            return ""
        where = words.where[code]
    near = get_close_matches(name, usual, n=1, cutoff=NEAR) if words is not None else []
    cure = f"did you mean {clean(near[0])}?" if near else "correct it, or take the line out, if it is a slip"
    return f"one sample alone is {clean(name)} ({where}); {cure}"
