"""What can be chosen of the screen's looks: in the config file, or as an option of the explorer."""

THEMES = ("dark", "light", "ansi-dark", "ansi-light", "okabe-ito", "mono")
GLYPHS = ("auto", "braille", "block", "ascii")
"""``auto`` is braille where the encoding has it, else ASCII; ``block`` is Unicode for fonts without braille."""
MOST_SPEED, USUAL_SPEED = 10, 2
"""Of playing, the slowest 1."""
