"""Where we stand: a moment of a run, the moves between moments, and the player that makes them by itself."""

from typing import TYPE_CHECKING

from bptui.lazy import lazily

if TYPE_CHECKING:
    from bptui.session.moment import Moment, Phase, phases
    from bptui.session.moves import MOVES, Move, end_of_move, make, until_reached
    from bptui.session.player import SPEEDS, Player

__all__ = ["MOVES", "SPEEDS", "Moment", "Move", "Phase", "Player", "end_of_move", "make", "phases", "until_reached"]

HOMES = {"Moment": "moment", "Phase": "moment", "phases": "moment", "SPEEDS": "player", "Player": "player"}

# What a phase is called is known before there is a run: numpy waits until there is.
__getattr__ = lazily(__name__, {name: f"{__name__}.{HOMES.get(name, 'moves')}" for name in __all__})
