"""Experiments meet the samples of an update as they were edited: nothing is computed with the data's own numbers."""

import numpy as np
import pytest

from bptui.experiments.confusion import confusion
from bptui.experiments.drill import Drill
from bptui.experiments.mistakes.lab import Lab
from bptui.experiments.passes import Passes
from bptui.experiments.scatter import Scatter
from bptui.experiments.symptoms.patient import Patient
from bptui.scenario import Scenario
from bptui.session.moves import to_update
from bptui.session.session import Session
from bptui.training.roster import LeaveOut, Rewrite


@pytest.fixture
def session() -> Session:
    """From update 4 on a row is left out and another one has the other class; one stands in update 6."""
    there = Session(Scenario.built_in("moons"))
    train = there.run.problem.split.train
    out, flipped = int(train[5]), int(train[9])
    label = int(there.run.problem.data.labels[flipped])  # type: ignore[index]
    target = tuple(enumerate(there.run.problem.data.target(1 - label).tolist()))
    there.moment = to_update(there.run, there.moment, 3)
    there.change(LeaveOut(out))
    there.change(Rewrite(flipped, "y", target))
    there.moment = to_update(there.run, there.moment, 6)
    return there


def test_the_lab_goes_on_with_the_batch_that_the_run_meets(session: Session) -> None:
    record = session.record
    x, y = Lab(session.problem, record, session.moment.weight).batch()
    assert (np.asarray(x) == record.passed.a[0]).all()
    assert (np.asarray(y) == record.targets).all()


def test_training_beside_the_drill_makes_the_updates_of_the_run_bit_for_bit(session: Session) -> None:
    record, following = session.record, session.run.record(8)
    passes = Passes(session.problem, record, record.settings, record.memory)
    passes.spend(sum(session.run.record(update).n for update in (6, 7, 8)))
    assert passes.network.flat.tobytes() == following.after.flat.tobytes()
    assert Drill(session.problem, record).now().count == session.run.problem.count - 1


def test_all_training_samples_are_those_that_are_in_with_the_numbers_they_have_now(session: Session) -> None:
    problem, record = session.problem, session.record
    count = session.run.problem.count - 1
    found = confusion(problem, record.before, record.settings.rules.loss, "train")
    assert int(found.counts.sum()) == count
    assert Scatter(problem, record).problem.count == count
    patient = Patient(session.run, record)
    assert patient.problem is problem
    assert len(patient.y) <= count
    assert set(problem.split.train.tolist()) == set(session.run.problem.split.train.tolist()) - set(record.roster.out)
