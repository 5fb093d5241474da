"""The fonts that a browser gets: every sign of the screens is in one, as wide as a cell."""

from pathlib import Path

import pytest

pytest.importorskip("textual_serve", reason="the page's font is textual-serve's, of the extra `web`")
pytest.importorskip("fontTools", reason="fonts are read with fontTools, which comes with matplotlib")

from fontTools.ttLib import TTFont

from bptui.serve.assets import OURS, assets, theirs

GOLDENS = Path(__file__).parent.parent / "golden" / "views"
ROBOTO = theirs() / "fonts" / "RobotoMono-VariableFont_wght.ttf"


def test_every_sign_of_the_screens_is_in_a_font_that_is_served() -> None:
    roboto, own = (TTFont(path).getBestCmap() for path in (ROBOTO, OURS / "signs.ttf"))
    used = {
        sign for screen in GOLDENS.glob("*.txt") for sign in screen.read_text(encoding="utf-8") if sign.isprintable()
    }
    assert {"δ", "▲", "₁", "→", "┃", "⣿"} <= used
    assert not {sign for sign in used if ord(sign) not in roboto and ord(sign) not in own}


def test_the_signs_are_as_wide_and_high_as_a_cell() -> None:
    roboto, own = (TTFont(path) for path in (ROBOTO, OURS / "signs.ttf"))
    assert {width for width, _ in own["hmtx"].metrics.values()} == {roboto["hmtx"]["A"][0]}
    for line in ("ascent", "descent", "lineGap"):
        assert getattr(own["hhea"], line) == getattr(roboto["hhea"], line)
    assert own["head"].unitsPerEm == roboto["head"].unitsPerEm


def test_both_fonts_are_served() -> None:
    assert {"signs.ttf", "RobotoMono-VariableFont_wght.ttf"} <= set(assets())
