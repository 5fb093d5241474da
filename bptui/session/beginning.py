"""How a session begins: what is known of it at once, and the work that makes it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from bptui.scenario.outline import Outline

if TYPE_CHECKING:
    from bptui.data.bounded import Tell
    from bptui.session.keeping import Reopened
    from bptui.session.session import Session

FOLLOWS = "BPTUI_FOLLOWS"
"""The environment variable of a process that follows: the number of its end of the line to what is presented."""
MOST_UPDATES = "BPTUI_MOST_UPDATES"
"""The one of a process on somebody else's machine: how many updates a run may have."""


class Beginning(NamedTuple):
    """``begin`` reads the data, tells how much of them is read, and makes the session; nothing that computes is loaded
    before it is called. It raises ScenarioError, or OSError, where nothing can be begun. ``look`` says in words how one
    looks at it, None where that is still to be chosen."""

    outline: Outline
    begin: "Callable[[Tell], Session | Reopened]"
    look: str | None = None
