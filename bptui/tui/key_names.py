"""Keys as people write them in a config file (``j``, ``+``, ``ctrl+j``), as Textual names them, and as shown."""

import unicodedata

from textual.keys import KEY_NAME_REPLACEMENTS, key_to_character

from bptui.scenario.accept import nearest, shown

NAMED = {
    **{name: name for name in ("space", "home", "end", "insert", "delete", "backspace", "tab", "enter")},
    **{name: name for name in ("up", "down", "left", "right", "pageup", "pagedown", "escape", "shift+tab")},
    **{f"f{k}": f"F{k}" for k in range(1, 13)},
}
"""Keys that have a name, and how they are shown unless :data:`SHOWN` says it better."""
SHOWN = {
    "up": "↑", "down": "↓", "left": "←", "right": "→", "pageup": "PgUp", "pagedown": "PgDn", "escape": "Esc",
    "enter": "Enter", "tab": "Tab", "shift+tab": "shift+Tab", "home": "Home", "end": "End",
}  # fmt: skip
NOT_SENT = {"c": "the terminal's own", "h": "backspace", "i": "tab", "m": "enter"}
"""What a terminal makes of ctrl and these letters."""
ACCEPTED = 'a character like "j" or "+", ctrl and a letter like "ctrl+j", or a name like "f2", "space", "pageup"'


def key_name(words: str) -> str:
    """Textual's name of the key that people call so. Raises ValueError saying what is accepted."""
    if len(words) == 1 and words.isprintable() and words == key_written(of_character(words)):
        return of_character(words)
    name = words.lower()
    control = name.removeprefix("ctrl+")
    if name != control and len(control) == 1 and control.isascii() and control.isalpha():
        if control in NOT_SENT:
            raise ValueError(f"{shown(words)} cannot be used: for a terminal it is {NOT_SENT[control]}")
        return name
    if name in NAMED:
        return name
    raise ValueError(f"expected {ACCEPTED}; got {shown(words)}{nearest(name, NAMED)}")


def of_character(character: str) -> str:
    """As Textual names the key that types it: letters and digits by themselves, others by their Unicode name."""
    if character.isalnum():
        return character
    name = unicodedata.name(character, character).lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


TYPED = {of_character(chr(code)): chr(code) for code in range(0x21, 0x7F)}


def key_written(name: str) -> str:
    """A key as it stands in a config file."""
    if name in NAMED or "+" in name:
        return name
    return TYPED.get(name) or key_to_character(name) or name


def key_shown(name: str) -> str:
    """A key as it stands in footer and help."""
    return SHOWN.get(name) or NAMED.get(name) or key_written(name)
