"""``bptui datasets``: the built-in sets with sizes, source and licence."""

from collections.abc import Iterator

from bptui.data import BUILT_IN
from bptui.data.shipped import asset
from bptui.scenario import Scenario, built_in_names


def listing() -> Iterator[str]:
    """A line per built-in data set, then one per worked example."""
    yield f"{'name':<12} {'samples':>8} {'inputs':>7} {'targets':>8}  {'licence':<10} what and where from"
    names = built_in_names()
    for name in names:
        data = Scenario.built_in(name).dataset()
        built_in = BUILT_IN.get(name)
        size = str(len(data)) if built_in is None or built_in.size else "any"
        about = built_in.about if built_in else first_comment(name)
        where = f" ({data.source})" if built_in and data.source != "made by bptui" else ""
        yield f"{name:<12} {size:>8} {data.x.shape[1]:>7} {data.y.shape[1]:>8}  {data.licence:<10} {about}{where}"


def first_comment(name: str) -> str:
    """The line at the head of a worked example's file: author, title, year."""
    return asset("scenarios", f"{name}.toml").read_text(encoding="utf-8").splitlines()[0].lstrip("# ")
