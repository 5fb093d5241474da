"""``python -m tests.start_installed PROGRAM``: start an installed bptui in a terminal, from a folder that is not the
checkout's, take a step, quit it, and let it print the numbers of an update."""

import subprocess
import sys
import tempfile

from tests.cli.commands import BEGUN, terminal


def main(program: str) -> None:
    with tempfile.TemporaryDirectory() as elsewhere:
        started = ["/bin/sh", "-c", 'cd "$0" && exec "$1" digits', elsewhere, program]
        with terminal(command=started, width=100, height=30, PYTHONPATH="") as at:
            at.wait_for(BEGUN, 60)
            at.type("p")
            at.wait_for("forward", 60)
            at.type("q")
            status = at.wait()
        if status:
            sys.exit(f"{program} ended with status {status}")
        for words in (["--version"], ["trace", "mazur"], ["train", "iris", "--epochs", "1"], ["datasets"]):
            subprocess.run([program, *words], cwd=elsewhere, check=True, stdout=subprocess.DEVNULL)
    sys.stdout.write("the installed bptui starts, steps and quits in a terminal\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
