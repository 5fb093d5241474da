"""The panels fill the screen's body, inside it and without overlap, at every size."""

from itertools import combinations

import pytest

from bptui.views.arrange import DELTAS, EXPLAIN, LOSS, NETWORK, SMALLEST, UPDATE, Box, arrange
from bptui.views.panels import BY_NUMBER
from tests.scenes import moments, painted, scene, session

OTHERS = [panel for panel in BY_NUMBER if panel != NETWORK]


def overlap(a: Box, b: Box) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


def check(width: int, height: int, focus: int, beside: int, maximised: bool, samples: int = 32) -> None:
    plan = arrange(width, height, focus, beside, maximised, samples)
    boxes = [plan.header, plan.ribbon, plan.footer, *plan.panels.values()]
    assert all(b.width > 0 and b.height > 0 for b in boxes)
    assert all(b.x >= 0 and b.y >= 0 and b.x + b.width <= width and b.y + b.height <= height for b in boxes)
    assert not any(overlap(a, b) for a, b in combinations(boxes, 2))
    assert sum(b.width * b.height for b in boxes) == width * height
    assert not plan.too_small
    assert focus in plan.panels


@pytest.mark.parametrize("focus", BY_NUMBER)
@pytest.mark.parametrize("maximised", [False, True], ids=["arranged", "maximised"])
def test_boxes_tile_the_screen_at_every_size(focus: int, maximised: bool) -> None:
    """The focused panel is beside the network, as focusing it makes it; the network keeps the last one beside it."""
    for width in range(SMALLEST[0], 251, 3):
        for height in range(SMALLEST[1], 81):
            samples = (1, 4, 32, 1000)[(width + height) % 4]
            check(width, height, focus, DELTAS if focus == NETWORK else focus, maximised, samples)


@pytest.mark.parametrize("beside", OTHERS)
@pytest.mark.parametrize("size", [(72, 24), (80, 24), (80, 33), (80, 34), (119, 50), (120, 36), (200, 22)])
def test_the_network_and_any_other_panel_stand_side_by_side(beside: int, size: tuple[int, int]) -> None:
    check(*size, NETWORK, beside, False)
    assert {NETWORK, beside} <= set(arrange(*size, NETWORK, beside, False, 4).panels)


@pytest.mark.parametrize("samples", [1, 4, 32, 1000])
@pytest.mark.parametrize(
    ("size", "count"),
    [((40, 10), 1), ((71, 60), 1), ((80, 24), 2), ((100, 30), 4), ((80, 40), 4), ((80, 50), 6), ((120, 30), 6),
     ((120, 40), 6), ((200, 60), 6), ((200, 24), 5), ((300, 80), 6)],
)  # fmt: skip
def test_larger_screens_show_more_panels(size: tuple[int, int], count: int, samples: int) -> None:
    assert len(arrange(*size, NETWORK, DELTAS, False, samples).panels) == count


def test_the_update_brings_what_explains_it_to_a_usual_screen() -> None:
    assert set(arrange(80, 24, UPDATE, UPDATE, False, 32).panels) == {UPDATE, EXPLAIN}
    assert set(arrange(80, 24, NETWORK, UPDATE, False, 32).panels) == {NETWORK, UPDATE}


def test_the_deltas_bring_the_update_that_adds_them_up_to_a_usual_screen() -> None:
    assert list(arrange(80, 24, DELTAS, DELTAS, False, 32).panels) == [DELTAS, UPDATE]
    assert set(arrange(80, 24, NETWORK, DELTAS, False, 32).panels) == {NETWORK, DELTAS}


@pytest.mark.parametrize("size", [(100, 30), (120, 40), (80, 50), (200, 60)])
def test_what_just_happened_is_explained_wherever_four_panels_fit(size: tuple[int, int]) -> None:
    for beside in OTHERS:
        assert EXPLAIN in arrange(*size, NETWORK, beside, False, 32).panels


def test_few_samples_leave_the_room_to_the_panels_below_them() -> None:
    few, many = (arrange(120, 40, NETWORK, DELTAS, False, samples).panels for samples in (4, 32))
    assert few[DELTAS].height == 4 + 5  # its head, two lines below, two of the border
    assert few[DELTAS].height < many[DELTAS].height
    assert few[LOSS].height > many[LOSS].height


@pytest.mark.parametrize("size", [(39, 10), (40, 9), (39, 9), (10, 3), (1, 1)])
def test_below_the_smallest_size_there_is_nothing_else(size: tuple[int, int]) -> None:
    plan = arrange(*size, NETWORK, DELTAS, False, 4)
    assert plan.too_small
    assert not plan.panels
    assert plan.header == Box(0, 0, *size)


@pytest.mark.parametrize("name", ["digits", "xor", "mazur", "spiral", "drill", "han-kamber"])
@pytest.mark.parametrize("width", [60, 72, 80, 120])
def test_the_bars_say_it_shorter_before_they_are_cut(name: str, width: int) -> None:
    it = session(name)
    for moment in moments(it).values():
        for view, height in (("header", 2), ("ribbon", 3)):
            rows = painted(view, scene(it, moment), width, height)
            assert not [row for row in rows if "…" in row]
