"""Reading is bounded: no file costs twice its own size in memory, progress is told, and whoever stops it stops it."""

import gzip
import struct
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bptui.data import read_data
from bptui.data.bounded import BLOCK
from bptui.scenario import Scenario

ROWS = 20_000
RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (ROWS, 28, 28)).astype(np.uint8)
LABELS = (np.arange(ROWS) % 10).astype(np.uint8)


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def written(folder: Path, kind: str) -> tuple[Path, dict[str, Any]]:
    """A file of many samples of this kind, and how it is read."""
    if kind == "idx":
        (folder / "train-labels-idx1-ubyte").write_bytes(idx(LABELS))
        (folder / "train-images-idx3-ubyte").write_bytes(idx(PIXELS))
        return folder / "train-images-idx3-ubyte", {}
    if kind == "csv":
        table = np.column_stack([LABELS, PIXELS.reshape(ROWS, -1)])[:4000]
        np.savetxt(folder / "mine.csv", table, fmt="%d", delimiter=",")
        return folder / "mine.csv", {"target": (0,)}
    x = PIXELS.reshape(ROWS, -1).astype(kind)
    np.savez(folder / "mine.npz", x=x, y=LABELS)
    return folder / "mine.npz", {}


@pytest.mark.parametrize("kind", ["idx", "uint8", "float32", "float64", "csv"])
def test_neither_reading_nor_beginning_a_run_takes_twice_the_file(tmp_path: Path, kind: str) -> None:
    path, said = written(tmp_path, kind)
    Scenario.of_data(path, said=said).begin()  # what is loaded once
    tracemalloc.start()
    try:
        run = Scenario.of_data(path, said=said).begin()
        run.extend_to(3)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    allowed = 2 * path.stat().st_size
    if kind == "csv":
        allowed += 16 * BLOCK  # a part of the text is in hand as lines and as numbers
    assert peak < allowed


@pytest.mark.parametrize("packed", [False, True])
def test_progress_is_told_up_to_the_whole(tmp_path: Path, packed: bool) -> None:
    body = b"a,b,kind\n" + b"1.5,2.5,x\n3.5,4.5,y\n" * 300_000
    path = tmp_path / "mine.csv"
    path.write_bytes(gzip.compress(body, 1) if packed else body)
    shares: list[float] = []
    assert len(read_data(path, tell=shares.append)) == 600_000
    assert shares == sorted(shares)
    assert (len(shares) > 1, shares[-1]) == (True, 1.0)


def test_who_stops_reading_stops_it_between_two_parts(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(b"a,b,c\n" + b"1.5,2.5,3.5\n" * 1_300_000)
    told = 0

    def stop(share: float) -> None:
        nonlocal told
        told += 1
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_data(path, tell=stop)
    assert told == 1
