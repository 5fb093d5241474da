"""Whether a change fits the run that it is made in: the weights, samples and numbers that there are."""

import math

from bptui.engine.network import Architecture, Parameters
from bptui.training.causes import Change, Edit, Guest
from bptui.training.problem import Problem
from bptui.training.roster import Rewrite, Roster
from bptui.training.settings import Settings


def require_fit(change: Change, roster: Roster, problem: Problem, architecture: Architecture) -> None:
    """Raises IndexError for an edit of a weight or a sample that is not there, ValueError for a guest that does not
    fit, and where the ``roster`` leaves no sample in."""
    sizes = architecture.sizes
    if isinstance(change, Edit):
        change.apply(Parameters.zeros(architecture))
    elif isinstance(change, Guest):
        if (len(change.x), len(change.y)) != (sizes[0], sizes[-1]):
            raise ValueError(
                f"{len(change.x)} inputs and {len(change.y)} targets; {sizes[0]} and {sizes[-1]} are needed"
            )
    elif not isinstance(change, Settings):
        if change.row not in problem.split.train:
            raise IndexError(f"row {change.row} is no training sample")
        if len(roster.out) >= problem.count:
            raise ValueError("that leaves no sample to train on")
        if isinstance(change, Rewrite):
            check_values(change, sizes)


def check_values(change: Rewrite, sizes: tuple[int, ...]) -> None:
    """Raises IndexError where a sample has no such number, ValueError where the new one is not finite."""
    most = sizes[0] if change.part == "x" else sizes[-1]
    for place, value in change.values:
        if not 0 <= place < most:
            raise IndexError(f"a sample has no {'input' if change.part == 'x' else 'target'} {place}; there are {most}")
        if not math.isfinite(value):
            raise ValueError(f"not a finite number: {value}")
