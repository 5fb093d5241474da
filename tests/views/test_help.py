"""Help says of the run itself what going back takes."""

from bptui.training.checkpoints import Reach
from bptui.views.help import help_rows, way_back
from tests.scenes import session


def test_what_going_back_takes_is_said_as_it_is() -> None:
    lines = way_back(Reach(bytes=3 * 2**19, budget=64 * 2**20, recent=100_000, spacing=32))
    assert lines[3] == "  of the last 100 000 none is more than 32 updates from one."
    assert lines[4] == "  The states kept take 2 of 64 MB."


def test_its_longest_numbers_break_no_line_at_80_columns() -> None:
    lines = way_back(Reach(bytes=2**34, budget=2**34, recent=100_000, spacing=1024))
    assert max(map(len, lines)) <= 78


def test_it_stands_behind_the_guide_and_before_the_keys() -> None:
    said = ["".join(text for text, _ in row) for row in help_rows([], 80, way_back(session("xor").run.reach))]
    assert said.index("How far back") > said.index("How to read the screen")
