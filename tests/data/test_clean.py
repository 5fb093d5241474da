"""The gate for text from outside: nothing that a terminal obeys, and nothing that XML refuses, gets through."""

import sys
import unicodedata
from xml.etree import ElementTree

from rich.cells import cell_len

from bptui.data.clean import clean

EVERY = [chr(code) for code in range(sys.maxunicode + 1)]


def test_no_control_or_bidirectional_character_is_left() -> None:
    left = "".join(clean(character) for character in EVERY)
    assert not [c for c in left if unicodedata.category(c) in ("Cc", "Cs")]
    assert not [
        c
        for c in left
        if unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    ]


def test_whatever_is_left_may_stand_in_a_picture() -> None:
    left = "".join(clean(character) for character in EVERY).replace("&", "").replace("<", "")
    ElementTree.fromstring(f"<svg>{left}</svg>")


def test_an_emoji_is_as_wide_alone_as_with_what_changes_its_looks() -> None:
    for word in ("👍🏽", "⚠️", "👩‍👧"):
        cleaned = clean(word)
        assert cell_len(cleaned) == sum(map(cell_len, cleaned)), "terminals that count characters count the same"


def test_a_flag_is_the_two_letters_it_is_made_of() -> None:
    assert clean("🇩🇪 🇫🇷") == "DE FR", "terminals differ in how wide a flag is"
