"""The config file: how bptui looks and which keys do what, read once before the screen opens."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bptui.data.clean import clean
from bptui.data.error import DataError
from bptui.scenario.accept import Check, choice, integer, nearest, shown
from bptui.tui.explorer_keys import BY_ID
from bptui.tui.key_names import key_name, key_written
from bptui.tui.keys import Key, Remap, doubled
from bptui.tui.screens import tables
from bptui.views.choices import GLYPHS, MOST_SPEED, THEMES, USUAL_SPEED
from bptui.views.panels import NUMBERS

if TYPE_CHECKING:
    from bptui.views.looks import Looks

LARGEST_FILE = 2**20  # bytes
MOST_KEYS = 8  # for one id
OURS = {"ctrl+q": "quit", "ctrl+p": "palette"}
"""Keys that Textual takes before any screen sees them, and what they do."""


class ConfigError(ValueError):
    """A config file that cannot be followed; one line that names the file and the key."""


class Config(NamedTuple):
    """With ``ask`` a key that would lose a long run is asked for twice; ``speed`` is that of playing, the slowest 1;
    ``focus`` is a panel's id; ``remap`` gives ids
    of the key tables other keys. ``read_only`` and ``demo`` are said on the command line only."""

    theme: str = "dark"
    glyphs: str = "auto"
    mouse: bool = True
    ask: bool = True
    speed: int = USUAL_SPEED
    focus: str = "network"
    maximised: bool = False
    remap: Remap = Remap()
    read_only: bool = False
    demo: bool = False

    @property
    def looks(self) -> "Looks":
        """How the explorer is looked at in the beginning."""
        from bptui.views.looks import Looks

        return Looks(maximised=self.maximised).focused(NUMBERS[self.focus])


def config_path() -> Path | None:
    """Where the platform keeps such files; None where no home is known."""
    try:
        if sys.platform == "win32":
            folder = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
        elif sys.platform == "darwin":
            folder = Path.home() / "Library" / "Application Support"
        else:
            named = Path(os.environ.get("XDG_CONFIG_HOME", ""))
            folder = named if named.is_absolute() else Path.home() / ".config"
    except RuntimeError:
        return None
    return folder / "bptui" / "config.toml"


def read_config(path: Path | None) -> Config:
    """What the file says; the defaults where there is none. Raises ConfigError."""
    if path is None or not os.path.lexists(path):
        return Config()
    try:
        return of_document(document_of(path))
    except DataError as problem:
        raise ConfigError(str(problem)) from None
    except ValueError as problem:
        raise ConfigError(f"{path}: {' '.join(str(problem).split())}") from None


def document_of(path: Path) -> dict[str, Any]:
    """The parsed file; an empty one says nothing."""
    from bptui.data.toml_file import read_toml

    return read_toml(path, LARGEST_FILE)


def of_document(document: dict[str, Any]) -> Config:
    """Raises ValueError naming the key."""
    looks: dict[str, Check] = {"theme": choice(THEMES), "glyphs": choice(GLYPHS), "mouse": yes_or_no, "ask": yes_or_no}
    looks["speed"] = integer(1, MOST_SPEED)
    top = checked(document, {**looks, "panels": section, "keys": section}, "")
    panels = checked(top.pop("panels", {}), {"focus": choice(NUMBERS), "maximised": yes_or_no}, "panels.")
    remap = remap_of(top.pop("keys", {}))
    return Config(**top, **panels, remap=remap)


def checked(raw: dict[str, Any], checks: dict[str, Check], where: str) -> dict[str, Any]:
    """The values, each accepted by its check."""
    out = {}
    for key, value in raw.items():
        if key not in checks:
            hint = nearest(key, checks)
            raise ValueError(f"unknown key {shown(where + key)}{hint}; accepted are {', '.join(checks)}")
        try:
            out[key] = checks[key](value)
        except ValueError as problem:
            raise ValueError(f"{where}{key}: {problem}") from None
    return out


def section(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise ValueError(f"expected a section, got {shown(raw)}")
    return raw


def yes_or_no(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise ValueError(f"expected true or false, got {shown(raw)}")
    return raw


# --- keys ---


def remap_of(raw: dict[str, Any]) -> Remap:
    """Other keys for ids; an id on the keys it has anyway is none."""
    if not raw:
        return Remap()
    usual = usual_keys()
    changed = {}
    for key_id, value in raw.items():
        if key_id not in usual:
            hint = nearest(key_id, usual) or "; bptui config lists the ids"
            raise ValueError(f"unknown key {shown(f'keys.{key_id}')}{hint}")
        if value == [] and not usual[key_id].keys:
            continue  # as bptui config writes it
        try:
            names = names_of(key_id, value)
        except ValueError as problem:
            raise ValueError(f"keys.{key_id}: {problem}") from None
        if names != usual[key_id].keys:
            changed[key_id] = names
    remap = Remap(changed, {key_id: key.keys for key_id, key in BY_ID.items()}) if changed else Remap()
    refuse_doubled(remap)
    return remap


def with_remote(config: Config, scale: str) -> Config:
    """The keys of a presenter's remote step instead of scrolling. Raises ValueError where one has another use."""
    keys = dict(config.remap.keys)
    for way, key, page in (("next", "pagedown", "page-down"), ("previous", "pageup", "page-up")):
        step = f"{way}-{scale}"
        keys[page] = tuple(name for name in keys.get(page, BY_ID[page].keys) if name != key)
        keys[step] = (*keys.get(step, BY_ID[step].keys), key)
    remap = Remap(keys, {key_id: key.keys for key_id, key in BY_ID.items()})
    refuse_doubled(remap)
    return config._replace(remap=remap)


def names_of(key_id: str, raw: Any) -> tuple[str, ...]:
    """A key or a list of them, as Textual names them."""
    words = raw if isinstance(raw, list) else [raw]
    if not 1 <= len(words) <= MOST_KEYS or not all(isinstance(word, str) for word in words):
        raise ValueError(f"expected a key, or a list of 1 to {MOST_KEYS} keys, got {shown(raw)}")
    names = tuple(dict.fromkeys(map(key_name, words)))
    taken = [name for name in names if OURS.get(name, key_id) != key_id]
    if taken:
        raise ValueError(f"{taken[0]} is always {OURS[taken[0]]}")
    return names


def refuse_doubled(remap: Remap) -> None:
    for screen, table in tables().items():
        found = doubled(remap(table))
        if found is not None:
            name, one, other = found
            raise ValueError(
                f"keys: {shown(key_written(name))} would be both {one} and {other} in the screen {screen!r}; "
                "give one of them another key"
            )


def usual_keys() -> dict[str, Key[Any]]:
    """Each id with the first row that has it."""
    out: dict[str, Key[Any]] = {}
    for table in tables().values():
        for key in table:
            out.setdefault(key.id, key)
    return out


# --- what is in force ---


def in_force(path: Path | None, config: Config) -> Iterator[str]:
    """Where the file is, and all that is in force, as lines that can be saved as one."""
    if path is None:
        yield "# No home folder is known here: bptui reads no config file."
    else:
        state = "read" if os.path.lexists(path) else "there is none: these are the defaults"
        yield f"# {clean(str(path), 500)} ({state})"
    yield f"theme = {written(config.theme)}  # {', '.join(THEMES)}"
    yield f"glyphs = {written(config.glyphs)}  # {', '.join(GLYPHS)}"
    yield f"mouse = {written(config.mouse)}"
    yield f"ask = {written(config.ask)}"
    yield f"speed = {config.speed}  # of playing, from 1 (a phase a second) to {MOST_SPEED} (full speed)"
    yield ""
    yield "[panels]"
    yield f"focus = {written(config.focus)}  # {', '.join(NUMBERS)}"
    yield f"maximised = {written(config.maximised)}"
    yield ""
    yield "[keys]  # an id has its keys in every screen that has it; those not changed are comments"
    for key_id, key in usual_keys().items():
        names = config.remap.keys.get(key_id)
        yield f"{'# ' if names is None else ''}{key_id} = {keys_written(names or key.keys)}  # {key.tooltip}"


def keys_written(names: tuple[str, ...]) -> str:
    words = [key_written(name) for name in names]
    return written(words[0] if len(words) == 1 else words)


def written(value: str | bool | list[str]) -> str:
    """The value in TOML."""
    import json

    return json.dumps(value, ensure_ascii=False)
