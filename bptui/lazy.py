"""Names of a package that are loaded when they are first asked for: what needs none of them begins sooner."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any


def lazily(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """The package's ``__getattr__`` (PEP 562): each name comes from its home, a module, or is that."""

    def load(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        home = import_module(homes[name])
        value = home if homes[name] == f"{package}.{name}" else getattr(home, name)
        setattr(sys.modules[package], name, value)
        return value

    return load


@contextmanager
def loading() -> Iterator[None]:
    """While modules load ctrl+C ends the program at once, with its line and its status: Python would show where it was,
    or lose the interrupt in a callback of its own."""
    here = threading.current_thread() is threading.main_thread()
    if not here or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # somebody else's, or ignored
        yield
        return
    signal.signal(signal.SIGINT, stopped)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def stopped(*_: object) -> None:
    os.write(2, b"bptui: stopped\n")
    os._exit(130)
