"""The pictures show the screens as they are: ``python tests/make_screenshots.py`` makes them anew."""

import re

import pytest

from tests.make_screenshots import FOLDER, MOVING, PICTURES, as_made, words_in
from tests.test_docs import EVERY_PAGE

QUICK = ("ledger", "explain", "predict", "poll", "forks", "lab")
"""Those that take less than a second; the others are made by the same lines."""


def test_every_picture_is_made_and_shown() -> None:
    shown = {name for page in EVERY_PAGE.values() for name in re.findall(r"screenshots/([\w-]+)\.svg\)", page)}
    assert {path.stem for path in FOLDER.glob("*.svg")} == set(PICTURES) == shown
    assert set(MOVING) < set(PICTURES)


@pytest.mark.parametrize("name", QUICK)
def test_a_picture_is_not_stale(name: str) -> None:
    stored = words_in((FOLDER / f"{name}.svg").read_text(encoding="utf-8"))
    assert words_in(as_made(name)) == stored, "the screen has changed: python tests/make_screenshots.py"
