"""Where we stand: a moment of a run, the moves between moments, and the player that makes them by itself."""

from bptui.session.moment import Moment, Phase, phases
from bptui.session.moves import MOVES, Move, end_of_move, make, until_reached
from bptui.session.player import SPEEDS, Player

__all__ = ["MOVES", "SPEEDS", "Moment", "Move", "Phase", "Player", "end_of_move", "make", "phases", "until_reached"]
