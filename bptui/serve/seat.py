"""A visitor's process, before it becomes bptui: ``python -m bptui.serve.seat MEMORY PROCESSOR arguments …``.

It takes its pty as the terminal that controls it, and limits itself; what it then runs cannot undo that.
"""

import os
import sys
from contextlib import suppress

NICE = 5  # the lecturer's own processes come first


def main(arguments: list[str]) -> None:
    """Limit this process, then be bptui."""
    memory, processor, *words = arguments
    with suppress(OSError, ImportError):
        take_terminal()
    limit(int(memory), int(processor))
    os.execv(sys.executable, [sys.executable, "-m", "bptui", *words])


def take_terminal() -> None:
    """So that its hangup reaches this process."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def limit(memory: int, processor: int) -> None:
    """Where the system has such limits."""
    with suppress(OSError, AttributeError):
        os.nice(NICE)
    with suppress(ImportError):
        import resource

        for kind, most in (
            (resource.RLIMIT_DATA, memory),
            (resource.RLIMIT_CPU, processor),
            (resource.RLIMIT_FSIZE, 1 << 20),
            (resource.RLIMIT_CORE, 0),
        ):
            with suppress(OSError, ValueError):
                resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    main(sys.argv[1:])
