"""``python -m bptui`` and the command ``bptui``."""

import gc
import os
import sys

from bptui.lazy import loading


def run() -> None:
    # The products of small networks are faster on one thread, and a key is answered sooner. numpy reads it when it
    # is imported; whoever sets it is left alone.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # What is imported stays: to look through it again and again for garbage takes a tenth of the start.
    gc.set_threshold(50_000, 10, 10)
    with loading():
        from bptui.cli import main
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
