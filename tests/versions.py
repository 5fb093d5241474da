"""``make test-versions``: the quick tests at the floors that pyproject.toml declares, and at the newest of each.

On every Python from 3.11 on that is on the path or in pyenv's folder, in an environment of its own in .versions. A line
for each says which versions it had; what a red one printed stands above its line. The status is 1 if any is red.
"""

import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".versions"
MINORS = range(11, 20)
QUICK = (
    "tests/test_library.py", "tests/engine/test_published.py", "tests/engine/test_weight.py", "tests/data",
    "tests/scenario", "tests/training/test_forms.py", "tests/views/test_text.py", "tests/tui/test_config.py",
    "tests/tui/test_driver.py", "tests/tui/test_frames.py", "tests/tui/test_mouse.py", "tests/tui/test_plot.py",
    "tests/tui/test_private.py", "tests/cli/test_faults.py",
)  # fmt: skip
"""What numpy, Textual, Rich and plotext are used for, each at least once."""
SHORT = ["-q", "-p", "no:cacheprovider", "--no-header", "--tb=short"]
NOT_HERE = re.compile("ipykernel|matplotlib|nbclient")  # the notebook's: heavy, and none of the quick tests needs them
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED: list[str] = PROJECT["dependencies"]
TEST = [words for words in PROJECT["optional-dependencies"]["test"] if not NOT_HERE.match(words)]


def floors(requirements: list[str]) -> list[str]:
    """Each requirement at the version it begins with: ``a>=1.2,<3; marker`` becomes ``a==1.2; marker``."""
    return [re.sub(r">=([^,;\s]+)[^;]*", r"==\1", requirement) for requirement in requirements]


def pythons() -> Iterator[tuple[str, str]]:
    """(3.x, the program) for every Python that is there and runs."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for minor in MINORS:
        found = [shutil.which(f"python3.{minor}"), *sorted(map(str, pyenv.glob(f"3.{minor}.*/bin/python3.{minor}")))]
        program = next((path for path in found if path and runs(path)), None)
        if program:
            yield f"3.{minor}", program


def runs(program: str) -> bool:
    """Or is it only a name that says where a Python could be?"""
    return subprocess.run([program, "-c", "import venv"], capture_output=True, check=False).returncode == 0


def problem(python: str, home: Path, needed: list[str]) -> str:
    """What the quick tests print in an environment of its own; nothing where they are green."""
    own = str(home / "bin" / "python")
    pip = [own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
    for command in (
        [python, "-m", "venv", "--clear", str(home)],
        [*pip, "--editable", ".", *needed, *TEST],
        [own, "-m", "pytest", *SHORT, *QUICK],
    ):
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            return done.stdout.decode(errors="replace")
    return ""


def installed(home: Path) -> str:
    """The versions of what bptui needs, as they are there."""
    names = sorted({re.split("[^a-z]", words)[0] for words in NEEDED})
    ask = f"from importlib.metadata import version; print(', '.join(f'{{n}} {{version(n)}}' for n in {names}))"
    said = subprocess.run([home / "bin" / "python", "-c", ask], capture_output=True, text=True, check=False)
    return said.stdout.strip() or "not installed"


def main() -> int:
    red = 0
    for minor, python in pythons():
        for name, needed in (("floors", floors(NEEDED)), ("newest", NEEDED)):
            home, begun = FOLDER / f"{minor}-{name}", time.monotonic()
            said = problem(python, home, needed)
            red += bool(said)
            verdict = f"{'RED' if said else 'green'} after {time.monotonic() - begun:.0f} s"
            sys.stdout.write(f"{said}Python {minor}, {name} ({installed(home)}): {verdict}\n")
            sys.stdout.flush()
    return bool(red)


if __name__ == "__main__":
    sys.exit(main())
