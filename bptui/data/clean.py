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
    0xFFFE,  # these two may not stand in XML
    0xFFFF,
]
_LEFT_OUT = [
    0x200D,  # a joiner: at an end it would swallow the blank or the ellipsis behind it
    0xFE0E,  # how an emoji looks: terminals differ in how wide it is then
    0xFE0F,
    *range(0x1F3FB, 0x1F400),
]
_FLAGS = {0x1F1E6 + place: ord("A") + place for place in range(26)}
"""Two of these are a flag, one or two or four columns wide; as letters they are what every terminal can show."""
_TABLE: dict[int, int | None] = {
    **_PICTURES,
    **_FLAGS,
    **dict.fromkeys(_HIDDEN, _STAND_IN),
    **dict.fromkeys(_LEFT_OUT),
}


def clean(text: str, longest: int = LONGEST) -> str:
    """The text on one line, with a visible stand-in for whatever a terminal would obey, cut to a length."""
    cleaned = text[: longest + 1].translate(_TABLE)
    return cleaned if len(cleaned) <= longest else cleaned[: longest - 1] + "…"
