"""What a browser loads: bptui's page, textual-serve's terminal, and fonts. All of it is read once, by names that stand
here, so that no address reaches a file."""

import gzip
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

OURS = Path(__file__).parent / "page"
PAGE = "index.html"
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
}
OWN = (PAGE, "icon.svg", "page.css", "page.js", "signs.ttf")
TERMINAL = (
    "js/textual.js",
    "css/xterm.css",
    "fonts/RobotoMono-VariableFont_wght.ttf",
    "fonts/RobotoMono-Italic-VariableFont_wght.ttf",
)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent; ``packed`` for who reads gzip."""

    kind: str
    body: bytes
    packed: bytes


def theirs() -> Path:
    """Where textual-serve keeps what it serves. Raises ImportError where it is not there."""
    found = find_spec("textual_serve")
    if found is None or not found.submodule_search_locations:
        raise ImportError("there is no textual-serve", name="textual_serve")
    return Path(found.submodule_search_locations[0]) / "static"


def assets() -> dict[str, Asset]:
    """By their last names. Raises ImportError where textual-serve is not there."""
    files = [OURS / name for name in OWN] + [theirs() / name for name in TERMINAL]
    return {file.name: asset(file) for file in files}


def asset(file: Path) -> Asset:
    """One file, read and packed."""
    body = file.read_bytes()
    return Asset(KINDS[file.suffix], body, gzip.compress(body, mtime=0))
