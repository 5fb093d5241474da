"""The one gate for text from outside: labels, column and file names, messages that quote them."""

LONGEST = 200
_PICTURES = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
_STAND_IN = 0xFFFD
_HIDDEN = [
    *range(0x80, 0xA0),  # C1 controls: some terminals obey them
    *range(0xD800, 0xE000),  # lone surrogates cannot be written
    *range(0x202A, 0x202F),  # bidirectional controls turn a line round
    *range(0x2066, 0x206A),
    0x200E,
    0x200F,
    0x061C,
    0x2028,
    0x2029,
    0xFEFF,
]
_TABLE: dict[int, int | None] = {**_PICTURES, **dict.fromkeys(_HIDDEN, _STAND_IN), 0x200D: None}
"""A joiner (U+200D) is left out: at an end it would swallow the blank or the ellipsis behind it."""


def clean(text: str, longest: int = LONGEST) -> str:
    """The text on one line, with a visible stand-in for whatever a terminal would obey, cut to a length."""
    cleaned = text[: longest + 1].translate(_TABLE)
    return cleaned if len(cleaned) <= longest else cleaned[: longest - 1] + "…"
