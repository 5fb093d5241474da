"""What every test starts from: a plain environment, and hypothesis without a clock."""

import os

import pytest
import textual._wait
from hypothesis import HealthCheck, settings

# As the command does, and before numpy is imported: threads that wait for one another on a busy machine take ten times
# as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

settings.register_profile("bptui", deadline=None)
settings.register_profile(
    "mutants",
    deadline=None,
    derandomize=True,  # a mutant meets the examples its neighbours met
    suppress_health_check=[HealthCheck.differing_executors],  # one process collects the tests more than once
)
settings.load_profile("bptui")


# A pilot asks every 20 ms whether the program rests, most of a test's time; asked every 5 ms it waits less. A share of
# work below a twentieth still is rest.
textual._wait.SLEEP_GRANULARITY, textual._wait.SLEEP_IDLE = 1 / 200, 1 / 4000


def stray_variables() -> list[str]:
    """Variables of the caller that change what is drawn."""
    return [name for name in os.environ if name in ("NO_COLOR", "COLUMNS", "LINES") or name.startswith("TEXTUAL")]


def pytest_configure() -> None:
    for name in stray_variables():  # some are read when Textual is imported
        del os.environ[name]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in stray_variables():
        monkeypatch.delenv(name)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
