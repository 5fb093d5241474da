"""What is said on the way: lines of plain text, on streams that may be closed or full."""

import argparse
import io
import os
import sys
from pathlib import Path
from typing import TextIO

from bptui.data.clean import clean
from bptui.data.plain import NAMED


def write_plainly() -> None:
    """Characters that the output's encoding does not have get a stand-in instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=NAMED)


def give_up_output() -> None:
    """Write what can be written and let the rest go: Python flushes stdout once more at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def complain(message: str, status: int = 2) -> int:
    print(f"bptui: error: {clean(message, 500)}", file=sys.stderr)
    return status


def colour(options: argparse.Namespace) -> bool:
    return not (options.no_color or os.environ.get("NO_COLOR"))


def write(path: Path, body: str | bytes, told: TextIO | None = None) -> None:
    """Whole or not at all, under a name of its own where a file has this one; the name is told to the output, or
    elsewhere. Raises OSError with the path that was asked for."""
    from bptui.data.output import NotPlainError, write_as_asked

    try:
        name = write_as_asked(path, body)
    except NotPlainError:
        raise
    except OSError as problem:
        raise OSError(problem.errno, problem.strerror, str(path)) from None
    print(f"written: {clean(str(name))}", file=told)


def output_beside(options: argparse.Namespace) -> TextIO:
    """Where lines go that are no page: not to the output where a page goes there."""
    return sys.stderr if "-" in (str(options.markdown), str(options.latex)) else sys.stdout
