"""How the views look, as text; BPTUI_WRITE_GOLDENS=1 stores what they look like now."""

import pytest

from tests.scenes import PANELS, VIEWS, compare_with_golden, moments, painted, scene, session

HEIGHT = 14


@pytest.mark.parametrize(
    ("name", "width"),
    [
        *(("xor", 60), ("mazur", 38), ("digits", 38), ("digits", 60), ("letters", 38), ("letters", 60)),
        *(("iris", 38), ("iris", 60), ("sine", 38)),
    ],
)
def test_panels_look_as_stored(name: str, width: int) -> None:
    it = session(name)
    text = f"{name}, panels of {width} columns and {HEIGHT} rows\n"
    for words, moment in moments(it).items():
        for view in PANELS:
            rows = painted(view, scene(it, moment), width, HEIGHT)
            text += "\n".join((f"\n== {view}, {words}", *(row.rstrip() for row in rows))).rstrip() + "\n"
    compare_with_golden(f"{name}-{width}", text)


def test_bars_look_as_stored() -> None:
    text = "header, ribbon and legend of the loss\n"
    for name in ("digits", "xor", "spiral"):
        it = session(name)
        for words, moment in moments(it).items():
            for width in (40, 80, 120):
                text += f"\n== {name}, {words}, {width} columns\n"
                for view, height in (("header", 2), ("ribbon", 3), ("loss", 2)):
                    text += "".join(f"{row.rstrip()}\n" for row in painted(view, scene(it, moment), width, height))
    compare_with_golden("bars", text)


def test_every_view_is_stored() -> None:
    assert {*PANELS, "header", "ribbon", "loss"} == set(VIEWS)
