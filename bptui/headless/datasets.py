"""``bptui datasets``: the built-in sets with sizes, source and licence."""

from collections.abc import Iterator
from textwrap import wrap

from bptui.data import BUILT_IN
from bptui.data.shipped import asset
from bptui.scenario import Scenario, built_in_names

WIDTH = 80


def listing() -> Iterator[str]:
    """Every built-in data set, then the worked examples: a line of numbers, below it what it is and where from."""
    yield f"{'name':<12} {'samples':>8} {'inputs':>7} {'targets':>8}  licence"
    for name in built_in_names():
        data = Scenario.built_in(name).dataset()
        built_in = BUILT_IN.get(name)
        size = str(len(data)) if built_in is None or built_in.size else "any"
        yield f"{name:<12} {size:>8} {data.x.shape[1]:>7} {data.y.shape[1]:>8}  {data.licence}"
        about = built_in.about if built_in else first_comment(name)
        where = f" ({data.source})" if built_in and data.source != "made by bptui" else ""
        yield from wrap(about + where, WIDTH, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)


def first_comment(name: str) -> str:
    """The line at the head of a worked example's file: author, title, year."""
    return asset("scenarios", f"{name}.toml").read_text(encoding="utf-8").splitlines()[0].lstrip("# ")
