"""``make test-versions``: the quick tests at the floors that pyproject.toml declares, and at the newest of each.

On every Python that is there, with an environment each in .versions and a line each at the end; status 1 where one of
them is not green.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".versions"
PYTHONS = [f"python3.{minor}" for minor in range(11, 20)]
QUICK = (
    "tests/test_library.py", "tests/engine/test_published.py", "tests/engine/test_weight.py", "tests/data",
    "tests/scenario/test_arrays.py", "tests/training/test_forms.py", "tests/views/test_text.py",
    "tests/tui/test_private.py",
    "tests/tui/test_plot.py", "tests/cli/test_faults.py",
)  # fmt: skip


def floors(requirements: list[str]) -> list[str]:
    """Each requirement at the version it begins with: ``a>=1.2,<3; marker`` becomes ``a==1.2; marker``."""
    return [re.sub(r">=([^,;\s]+)[^;]*", r"==\1", requirement) for requirement in requirements]


def works(python: str) -> bool:
    """Is there such a Python, and not only a name that says where one could be?"""
    return (
        shutil.which(python) is not None
        and subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
    )


def tried(python: str, name: str, more: list[str]) -> bool:
    """The quick tests in an environment of its own."""
    home = FOLDER / f"{python}-{name}"
    subprocess.run([python, "-m", "venv", "--clear", str(home)], check=True)
    own = str(home / "bin" / "python")
    test = [*TEST, *more]
    pip = [own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
    if subprocess.run([*pip, *test], cwd=ROOT, check=False).returncode:
        return False
    return not subprocess.run([own, "-m", "pytest", "-p", "no:cacheprovider", *QUICK], cwd=ROOT, check=False).returncode


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TEST = [
    word for word in PROJECT["optional-dependencies"]["test"] if not re.match("ipykernel|matplotlib|nbclient", word)
]


def main() -> int:
    needed = PROJECT["dependencies"]
    verdicts = {
        f"{python}, {name}": tried(python, name, words)
        for python in filter(works, PYTHONS)
        for name, words in (("floors", floors(needed)), ("newest", needed))
    }
    for what, good in verdicts.items():
        sys.stdout.write(f"{what}: {'green' if good else 'not green'}\n")
    return not all(verdicts.values())


if __name__ == "__main__":
    sys.exit(main())
