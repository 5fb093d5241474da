"""What is left of a fault of the program: one line that names a log, no locals on a projector. Where no folder takes a
log the line says so, and the log follows it: nobody could mend what nobody has seen."""

import os
import platform
import sys
import tempfile
from pathlib import Path

PACKAGES = ("bptui", "numpy", "textual", "rich", "plotext")


def surroundings(size: tuple[int, int]) -> str:
    """What a report of the fault needs to know: versions, and the terminal; ``size`` is columns and rows."""
    encoding = getattr(sys.__stdout__, "encoding", None)
    lines = [
        f"Python {platform.python_version()} on {platform.platform()}",
        *(f"{name} {version_of(name)}" for name in PACKAGES),
        f"terminal {os.environ.get('TERM', 'without a name')!a}, {size[0]} x {size[1]}, encoding {encoding}",
    ]
    return "\n".join(lines) + "\n"


def version_of(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  the first paint waits for none of it

    try:
        return version(package)
    except PackageNotFoundError:
        return "of an unknown version"


def write_log(details: str) -> str:
    """Keep the traceback (without values of variables) in a file of its own. Says where, or why
    not, and then all of it."""
    try:
        with tempfile.NamedTemporaryFile("w", prefix="bptui-", suffix=".log", delete=False, encoding="utf-8") as log:
            log.write(details)
    except OSError as problem:
        return f"no file can keep the details ({problem.strerror}), which follow\n{details}".rstrip("\n")
    return f"the details are in {Path(log.name)}"
