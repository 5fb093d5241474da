"""What every test starts from: a plain environment, and hypothesis without a clock."""

import asyncio
import gc
import os
from typing import Any

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

AT_ONCE = 1 / 200  # seconds


async def rest(min_sleep: float = 0, max_sleep: float = 1) -> None:
    """Wait until the program can do nothing more by itself: no callback is ready, and no timer is due at once."""
    loop: Any = asyncio.get_running_loop()
    end, idle = loop.time() + max_sleep, 0
    while idle < 3 and loop.time() < end:  # between two looks the loop asks the system for what came from outside
        await asyncio.sleep(0)
        due = min((timer.when() for timer in loop._scheduled if not timer.cancelled()), default=end) - loop.time()
        idle = 0 if loop._ready or due < AT_ONCE else idle + 1
        if idle == 0 and not loop._ready:
            await asyncio.sleep(max(due, 0))


# A pilot of Textual's own sleeps after each key, and then asks whether the processor has rested meanwhile: most of the
# time of a test, and the less certain the busier the machine.
textual._wait.wait_for_idle = rest


def stray_variables() -> list[str]:
    """Variables of the caller that change what is drawn."""
    return [name for name in os.environ if name in ("NO_COLOR", "COLUMNS", "LINES") or name.startswith("TEXTUAL")]


def pytest_configure() -> None:
    for name in stray_variables():  # some are read when Textual is imported
        del os.environ[name]


def pytest_collection_finish() -> None:
    """The tests themselves are no garbage: to look through 14 000 of them again and again takes a tenth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in stray_variables():
        monkeypatch.delenv(name)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
