"""What importing a room brings along, seen from a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from pkgutil import walk_packages

import pytest

import bptui

TERMINAL = {"textual", "rich", "plotext"}
ALONE = """
import importlib.util, sys, types
package = types.ModuleType("bptui")  # bptui/__init__.py itself may import what it likes
package.__path__ = importlib.util.find_spec("bptui").submodule_search_locations
sys.modules["bptui"] = package
"""


def modules_after(importing: str, before: str = "") -> set[str]:
    """Names of all modules there are in a fresh process after importing one."""
    script = f"{before}\nimport {importing}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    names: list[str] = json.loads(done.stdout)
    return set(names)


def rooms(modules: set[str]) -> set[str]:
    """The rooms of bptui among them; what each room may lean on without looking down is none."""
    return {name.split(".")[1] for name in modules if name.startswith("bptui.")} - {"lazy"}


def modules_of(*above: str) -> list[str]:
    """Every module of bptui but those of these rooms, and but the command."""
    names = [module.name for module in walk_packages(bptui.__path__, "bptui.")]
    return [name for name in names if name.split(".")[1] not in above and name != "bptui.__main__"]


def modules_in(room: str) -> str:
    """Every module of a room, to be imported: the room itself loads a name when it is asked for it."""
    return ", ".join(module.name for module in walk_packages(bptui.__path__, "bptui.") if f".{room}." in module.name)


def test_no_module_below_the_views_loads_the_terminal() -> None:
    named = ("map", "data", "doctor", "lessons")  # they print what a view says, or ask one whether it can be looked at
    printed = {f"bptui.headless.{name}" for name in named}
    below = [name for name in modules_of("tui", "views", "torch") if name not in printed]
    assert {"bptui.cli", "bptui.headless.trace", "bptui.experiments.race", "bptui.explain.walk"} <= set(below)
    modules = modules_after(", ".join(below))
    assert set(below) <= modules
    assert modules & TERMINAL == set()


def test_the_views_know_the_width_of_a_text_and_nothing_else_of_the_terminal() -> None:
    views = modules_of("tui", "torch")
    modules = modules_after(", ".join(views))
    assert set(views) <= modules
    assert modules & TERMINAL <= {"rich"}


def test_pytorch_is_loaded_by_what_records_it_alone() -> None:
    for importing in ("bptui.torch", "bptui.torch.epochs, bptui.torch.error", "bptui.scenario.recorded"):
        assert "torch" not in modules_after(importing)


def test_a_module_of_the_terminal_would_be_noticed() -> None:
    assert TERMINAL & modules_after("rich") == {"rich"}


def test_the_engine_loads_nothing_of_bptui_but_itself() -> None:
    assert rooms(modules_after(modules_in("engine"), before=ALONE)) == {"engine"}


@pytest.mark.parametrize(("room", "above"), [("training", {"session", "views", "tui"}), ("session", {"views", "tui"})])
def test_a_room_loads_no_room_above_it(room: str, above: set[str]) -> None:
    loaded = rooms(modules_after(modules_in(room), before=ALONE))
    assert {"engine", room} <= loaded
    assert loaded & above == set()


def test_the_library_loads_numpy_when_a_name_of_it_is_asked_for_and_not_before() -> None:
    assert "numpy" not in modules_after("bptui")
    assert "numpy" in modules_after("bptui; bptui.Scenario")


BY_WHOM = """
import sys
class Finder:
    def find_spec(self, name, *_):
        if name == "numpy":
            frame = sys._getframe()
            while frame and not frame.f_globals["__name__"].startswith("bptui."):
                frame = frame.f_back
            sys.exit(f"numpy came in by {frame.f_globals['__name__']}")
sys.meta_path.insert(0, Finder())
import bptui.cli, bptui.scenario.outline, bptui.tui.program, bptui.tui.driver
"""


def test_the_first_frame_waits_for_no_numpy() -> None:
    done = subprocess.run([sys.executable, "-c", BY_WHOM], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_name_of_the_library_is_there() -> None:
    assert set(dir(bptui)) == set(bptui.__all__) == {*bptui.ROOMS, "__version__"}
    assert all(getattr(bptui, name) is not None for name in bptui.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Netwrok'"):
        _ = bptui.Netwrok


def test_who_uses_the_library_gets_its_types() -> None:
    assert (Path(bptui.__file__).parent / "py.typed").is_file()


def test_the_command_gives_numpy_one_thread_before_it_is_imported() -> None:
    script = """
import os, sys
os.environ.pop("OPENBLAS_NUM_THREADS", None)
import bptui.__main__ as command
assert "numpy" not in sys.modules
sys.argv = ["bptui", "--version"]
try:
    command.run()
except SystemExit:
    pass
assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("--help", 0),
        ("train --help", 0),
        ("--version", 0),
        ("completion zsh", 0),
        ("trian xor", 2),
        ("xor --lerning-rate 1", 2),
        ("--lr much xor", 2),
        ("train digits", 2),
        ("train diggits --epochs 1", 2),
        ("diggits", 2),
    ],
)
def test_help_and_refusals_do_not_wait_for_numpy(words: str, status: int) -> None:
    """Nor the words that a shell completes: whoever asks what can be typed waits for nothing that computes."""
    script = f"""
import sys
from bptui.cli import main
status = main({words.split()!r})
print(status, *sorted({{"numpy", "textual", "rich"}} & set(sys.modules)), sep=",")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines()[-1] == str(status)


def test_a_command_that_computes_does_load_numpy() -> None:
    script = "from bptui.cli import main; main(['datasets']); import sys; assert 'numpy' in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60, stdout=subprocess.DEVNULL)


def test_the_library_leaves_the_threads_of_numpy_alone() -> None:
    script = """
import os
os.environ.pop("OPENBLAS_NUM_THREADS", None)
import bptui
bptui.Scenario
assert "OPENBLAS_NUM_THREADS" not in os.environ
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
