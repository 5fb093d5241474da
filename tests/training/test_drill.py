"""Repeating a batch until it is learnt: Trask's drill.

Published: Andrew Trask, "A Neural Network in 13 lines of Python (Part 2 – Gradient Descent)", 2015: one sample is
drilled until |error| < .1, then the next; learning rate 1. |error| < .1 is half squared error < .005.
"""

from itertools import groupby

import numpy as np
import pytest

from bptui.data import Dataset, Split
from bptui.engine import Architecture, UpdateRules
from bptui.engine.network import explicit
from bptui.training import Run, Settings
from tests.networks import outputs

from .builders import begin, fingerprints

DRILL = Settings(UpdateRules(learning_rate=1.0), batch_size=1, order="fixed", repeats=100_000, repeat_until=0.005)
X = np.array([[0.0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
Y = np.array([[0.0], [1], [1], [0]])
START = explicit(
    Architecture((3, 4, 1), ("sigmoid", "sigmoid"), "none"),
    [
        np.array(
            [
                [-0.165955990594852, 0.4406489868843162, -0.9997712503653102, -0.39533485473632046],
                [-0.7064882183657739, -0.8153228104624044, -0.6274795772446582, -0.3088785459139045],
                [-0.20646505153866013, 0.07763346800671389, -0.1616109711934104, 0.370439000793519],
            ]
        ),
        np.array([[-0.5910955005369651], [0.7562348727818908], [-0.9452248136041477], [0.34093502035680445]]),
    ],
    [],
)


def drill(settings: Settings = DRILL) -> Run:
    return Run.begin(Dataset("trask", X, Y), Split(np.arange(4), np.arange(0)), START, settings, 0)


def errors_after(run: Run, update: int) -> list[str]:
    network = run.start if update == 0 else run.record(update).after
    return [f"{error:.3f}" for error in np.abs(outputs(network, X) - Y).ravel().tolist()]


class TestTrask:
    run = drill()

    def test_the_four_samples_take_50_75_10_and_97_updates(self) -> None:
        self.run.extend(lambda _, following: following.epoch > 1)
        met = [int(self.run.record(update).indices[0]) for update in range(1, self.run.frontier + 1)]
        assert [(sample, len(list(group))) for sample, group in groupby(met)] == [(0, 50), (1, 75), (2, 10), (3, 97)]

    @pytest.mark.parametrize(
        ("update", "errors"),
        [(0, ".474 .511 .456 .545"), (50, ".099 .836 .840 .242"), (232, ".096 .859 .929 .099")],
    )
    def test_errors_at_the_start_after_the_first_sample_and_after_a_round(self, update: int, errors: str) -> None:
        assert errors_after(self.run, update) == errors.replace(".", "0.").split()

    def test_repeats_are_counted(self) -> None:
        places = [self.run.record(update).position for update in (1, 50, 51, 125, 126, 232)]
        assert [(place.batch, place.repeat) for place in places] == [(1, 1), (1, 50), (2, 1), (2, 75), (3, 1), (4, 97)]

    def test_a_record_knows_that_its_batch_is_learnt(self) -> None:
        assert self.run.record(49).following.batch == 1
        assert self.run.record(50).following.batch == 2
        assert self.run.record(232).ends_epoch

    def test_the_second_round_starts_after_232_updates(self) -> None:
        self.run.extend(lambda _, following: following.epoch > 1)
        assert self.run.first_update_of(2) == 233


def test_the_loss_that_counts_is_the_one_after_the_update() -> None:
    run = drill()
    after = [0.5 * float(((outputs(run.record(update).after, X[:1]) - Y[:1]) ** 2)[0, 0]) for update in (49, 50)]
    assert after[0] >= 0.005 > after[1]


def test_looking_after_the_update_leaves_the_numbers_alone() -> None:
    never = Settings(UpdateRules(learning_rate=1.0), batch_size=1, order="fixed", repeats=50, repeat_until=1e-300)
    plain = Settings(UpdateRules(learning_rate=1.0), batch_size=1, order="fixed", repeats=50)
    watched, simple = drill(never), drill(plain)
    assert [record["after"] for record in fingerprints(watched, 1, 60)] == [
        record["after"] for record in fingerprints(simple, 1, 60)
    ]


def test_no_more_repeats_are_made_than_allowed() -> None:
    few = Settings(UpdateRules(learning_rate=1.0), batch_size=1, order="fixed", repeats=20, repeat_until=0.005)
    run = drill(few)
    assert [run.record(update).position.batch for update in (20, 21)] == [1, 2]


def test_a_batch_learnt_already_is_still_visited_once() -> None:
    easy = Settings(batch_size=5, repeats=9, repeat_until=1e6)
    run = begin(easy, count=10)
    assert [run.record(update).position.batch for update in (1, 2, 3)] == [1, 2, 1]
