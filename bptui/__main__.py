"""``python -m bptui`` and the command ``bptui``."""

import sys


def run() -> None:
    from bptui.cli import main

    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
