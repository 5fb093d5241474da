"""What is known of a session file at once, for the first frame: without numpy, and before it is checked."""

import json
from pathlib import Path
from typing import Any

from bptui.data.bounded import text_of
from bptui.data.clean import clean
from bptui.scenario.outline import SMALL, Outline, outlined


def known_of(path: Path) -> tuple[Outline, str]:
    """What the first moment of a session shows, and how it is looked at, in words. Of a large file only the name is
    known; what is not as it must be is left out: who opens the file refuses it."""
    try:
        raw: dict[str, Any] = dict(json.loads(text_of(path, SMALL)))
        sections = dict(raw["scenario"])
        if any(change["update"] == 1 for change in raw["changes"]):
            sections = {"network": sections["network"]}
        return outlined(clean(Path(raw["origin"]).stem), sections, {}), str(raw["look"])
    except (ValueError, TypeError, LookupError, RecursionError):
        return Outline(clean(path.stem)), ""
