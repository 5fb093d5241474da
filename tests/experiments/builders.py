"""Experiments begun where a session stands."""

from bptui.experiments.drill import Drill
from bptui.experiments.mistakes.lab import Lab
from bptui.experiments.scatter import Scatter
from bptui.session.session import Session


def lab_at(session: Session) -> Lab:
    return Lab(session.run.problem, session.record, session.moment.weight)


def drill_at(session: Session) -> Drill:
    return Drill(session.run.problem, session.record, session.moment.sample)


def scatter_at(session: Session) -> Scatter:
    return Scatter(session.run.problem, session.record)
