"""Long walks with edits, forks, undo, save and open, drawn at random: whatever was done, a fresh replay of the session
file is the session, fork by fork, bit for bit."""

import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from bptui.scenario import Scenario
from bptui.session import edits
from bptui.session.kept_forks import digest_of
from bptui.session.moves import to_update
from bptui.session.session import Session
from bptui.training.causes import Guest
from bptui.training.roster import Part, Rewrite
from tests.session.test_keeping import same, there_and_back
from tests.training.builders import planned

FAR = 40
"""Updates that a walk stays below, to keep it quick."""


class Walk:
    """A session, and all that one can do with it."""

    def __init__(self, name: str, seed: int) -> None:
        self.session = Session(Scenario.built_in(name))
        self.dice = random.Random(seed)
        self.most_forks = 1

    def step(self) -> None:
        """Something, at random; travel as often as changes, so that these fall into the past."""
        changes: tuple[Callable[[], object], ...] = (
            self.session.toggle_reduction,
            self.weight,
            self.sample,
            self.row,
            self.guest,
            self.session.branch,
            self.undo,
            self.redo,
        )
        rare = (self.drop, self.session.restart, self.keep)
        travel = (self.jump, self.jump, self.go)
        with suppress(ArithmeticError, ValueError):
            self.dice.choice(self.dice.choice((changes, travel, travel, rare)))()
        self.most_forks = max(self.most_forks, len(self.session.forks.all))

    def jump(self) -> None:
        self.session.moment = to_update(self.session.run, self.session.moment, self.dice.randrange(FAR))
        self.session.select(self.dice.randrange(-1, 2), self.dice.randrange(3), self.dice.randrange(-1, 2))
        for _ in range(self.dice.randrange(5)):
            self.session.move(("phase", 1))

    def weight(self) -> None:
        edits.set_weight(self.session, self.dice.uniform(-1, 1))

    def sample(self) -> None:
        problem, sizes = self.session.run.problem, self.session.run.start.architecture.sizes
        parts: tuple[Part, ...] = ("x", "y")
        part = self.dice.choice(parts)
        place = self.dice.randrange(sizes[0 if part == "x" else -1])
        row = int(self.dice.choice(problem.split.train.tolist()))
        edits.change_sample(self.session, Rewrite(row, part, ((place, self.dice.uniform(-1, 1)),)))

    def row(self) -> None:
        if edits.why_not_edit(self.session) is None:
            edits.toggle_row(self.session)

    def guest(self) -> None:
        sizes = self.session.run.start.architecture.sizes
        self.session.change(Guest((self.dice.random(),) * sizes[0], (0.25,) * sizes[-1]))

    def undo(self) -> None:
        if self.session.forks.done:
            self.session.undo()

    def redo(self) -> None:
        if self.session.forks.undone:
            self.session.redo()

    def go(self) -> None:
        self.session.go_to_fork(self.dice.choice(self.session.forks.all).number)

    def drop(self) -> None:
        forks = self.session.forks
        others = [fork.number for fork in forks.all if fork is not forks.live]
        if others:
            forks.drop(self.dice.choice(others))

    def keep(self) -> None:
        fork = self.dice.choice(self.session.forks.all)
        fork.kept, fork.title = self.dice.random() < 0.3, self.dice.choice(("", "mine"))


@pytest.mark.parametrize("seed", [2, 7, 10])
@pytest.mark.parametrize("name", ["xor", "moons"])
def test_every_fork_is_what_a_fresh_replay_of_the_file_makes_of_it(name: str, seed: int, tmp_path: Path) -> None:
    walk = Walk(name, seed)
    for k in range(60):
        walk.step()
        if k % 20 == 19:
            again, said = there_and_back(walk.session, tmp_path)
            assert said.endswith("every bit as it was")
            assert same(again, walk.session)
            for fork in walk.session.forks.all:
                fresh, last = planned(fork.run), fork.run.frontier
                fresh.extend_to(last)
                assert digest_of(fresh, last) == digest_of(fork.run, last)
            if k == 39:
                walk.session = again
    assert walk.most_forks > 3
