"""Finds the files bptui ships: inside the installed package, else beside it in a checkout."""

from pathlib import Path


def asset(*parts: str) -> Path:
    """The path of one asset. Raises FileNotFoundError when the installation is not whole."""
    here = Path(__file__).resolve().parent.parent
    for shelf in (here / "assets", here.parent / "assets"):
        path = shelf.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"bptui's own file assets/{'/'.join(parts)} is missing; reinstall bptui")
