"""Values as people type them: on the command line, and in a line of the explorer."""

from typing import Any


def plain(words: str) -> Any:
    """A number in plain digits, else the text itself for the message."""
    if not words.isascii() or "_" in words:
        return words
    if words.lstrip("-").isdigit() and len(words) < 20:
        return int(words)
    try:
        return words if words.strip("-").isdigit() else float(words)
    except ValueError:
        return words


def whole_numbers(words: str) -> Any:
    """``3,1`` as numbers; one alone as itself."""
    items = [plain(word) for word in words.split(",")]
    return items if len(items) > 1 else items[0]
