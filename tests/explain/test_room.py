"""The room looks only down: records, the engine and data; no moment, no view, no terminal."""

from tests.test_import_hygiene import ALONE, TERMINAL, modules_after, modules_in, rooms


def test_explaining_loads_only_what_is_below() -> None:
    modules = modules_after(modules_in("explain"), before=ALONE)
    assert rooms(modules) == {"explain", "training", "data", "engine"}
    assert modules & TERMINAL == set()
