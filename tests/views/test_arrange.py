"""The panels fill the screen's body, inside it and without overlap, at every size."""

from itertools import combinations

import pytest

from bptui.views.arrange import DELTAS, NETWORK, PANELS, SMALLEST, Box, arrange

OTHERS = [panel for panel in PANELS if panel != NETWORK]


def overlap(a: Box, b: Box) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


def check(width: int, height: int, focus: int, beside: int, maximised: bool) -> None:
    plan = arrange(width, height, focus, beside, maximised)
    boxes = [plan.header, plan.ribbon, plan.footer, *plan.panels.values()]
    assert all(b.width > 0 and b.height > 0 for b in boxes)
    assert all(b.x >= 0 and b.y >= 0 and b.x + b.width <= width and b.y + b.height <= height for b in boxes)
    assert not any(overlap(a, b) for a, b in combinations(boxes, 2))
    assert sum(b.width * b.height for b in boxes) == width * height
    assert not plan.too_small
    assert focus in plan.panels


@pytest.mark.parametrize("focus", PANELS)
@pytest.mark.parametrize("maximised", [False, True], ids=["arranged", "maximised"])
def test_boxes_tile_the_screen_at_every_size(focus: int, maximised: bool) -> None:
    """The focused panel is beside the network, as focusing it makes it; the network keeps the last one beside it."""
    for width in range(SMALLEST[0], 251, 3):
        for height in range(SMALLEST[1], 81):
            check(width, height, focus, DELTAS if focus == NETWORK else focus, maximised)


@pytest.mark.parametrize("beside", OTHERS)
@pytest.mark.parametrize("size", [(72, 24), (80, 24), (80, 33), (80, 34), (119, 50), (120, 36)])
def test_the_network_and_any_other_panel_stand_side_by_side(beside: int, size: tuple[int, int]) -> None:
    check(*size, NETWORK, beside, False)
    assert {NETWORK, beside} <= set(arrange(*size, NETWORK, beside, False).panels)


@pytest.mark.parametrize(("size", "count"), [((40, 10), 1), ((80, 24), 2), ((80, 40), 4), ((120, 40), 5)])
def test_larger_screens_show_more_panels(size: tuple[int, int], count: int) -> None:
    assert len(arrange(*size, NETWORK, DELTAS, False).panels) == count


@pytest.mark.parametrize("size", [(39, 10), (40, 9), (39, 9), (10, 3), (1, 1)])
def test_below_the_smallest_size_there_is_one_line(size: tuple[int, int]) -> None:
    plan = arrange(*size, NETWORK, DELTAS, False)
    assert plan.too_small
    assert not plan.panels
    assert plan.header == Box(0, 0, size[0], 1)
