"""How long files of many pictures take to read, and how much memory: ``python -m tests.bench.reading``.

Processor time of processes of their own, so that others on the machine count little; resident memory above that of the
program itself.
"""

import json
import re
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from bptui.scenario import Scenario

ROUNDS = 5
ROWS = 60_000


def write_all(folder: Path) -> list[Path]:
    """The same pictures in every format; a CSV file with 42 000 of them, the label first."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (ROWS, 28, 28)).astype(np.uint8)
    x[rng.random(x.shape) < 0.8] = 0
    y = rng.integers(0, 10, ROWS).astype(np.uint8)
    for name, array in (("images-idx3", x), ("labels-idx1", y)):
        head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
        (folder / f"train-{name}-ubyte").write_bytes(head + array.tobytes())
    np.savez(folder / "bytes.npz", x=x, y=y)
    np.savez(folder / "float32.npz", x=(x / 255).astype(np.float32), y=y)
    table = np.column_stack([y, x.reshape(ROWS, -1)])[:42_000]
    np.savetxt(folder / "pictures.csv", table, fmt="%d", delimiter=",")
    return [folder / name for name in ("train-images-idx3-ubyte", "bytes.npz", "float32.npz", "pictures.csv")]


def resident() -> int:
    """The most bytes this process ever had in memory (Linux only)."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found
    return int(found[1]) << 10


def measure(path: str) -> dict[str, float]:
    """In a process of its own: seconds to read, bytes above the program's own when a run has begun."""
    Scenario.built_in("xor").begin()
    import bptui.data.files

    assert bptui.data.files.READERS
    before, began = resident(), time.process_time()
    scenario = Scenario.of_data(path, said={"target": (0,)} if path.endswith("csv") else {})
    seconds = time.process_time() - began
    scenario.begin()
    return {"seconds": seconds, "bytes": resident() - before}


def main() -> None:
    """A line a format: its size, the median time, the memory."""
    with tempfile.TemporaryDirectory() as folder:
        for path in write_all(Path(folder)):
            command = [sys.executable, "-m", "tests.bench.reading", str(path)]
            found = [json.loads(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(ROUNDS)]
            size = path.stat().st_size
            seconds = statistics.median(it["seconds"] for it in found)
            memory = max(it["bytes"] for it in found) / size
            sys.stdout.write(f"{path.name:26} {size / 1e6:6.0f} MB {seconds:6.2f} s, memory {memory:.1f} × the file\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(measure(sys.argv[1])))
    else:
        main()
