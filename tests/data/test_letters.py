"""The letters: the test is of writers never trained on, and every typeface has its author and licence beside it."""

import re

import numpy as np
import pytest

from bptui.data import DataError, Dataset, load, split
from bptui.data.dataset import Integers, one_hot
from bptui.data.shipped import asset
from bptui.scenario import Scenario

ENOUGH = 0.75  # of the letters in the held-out typefaces
TRAINED = 20  # epochs


def writers(data: Dataset, rows: Integers) -> set[int]:
    assert data.writers is not None
    return set(data.writers[rows].tolist())


def test_a_typeface_has_every_letter_once() -> None:
    data = load("letters", None, 7)
    assert data.labels is not None
    for writer in writers(data, np.arange(len(data))):
        assert sorted(data.labels[data.writers == writer]) == list(range(26))


@pytest.mark.parametrize("seed", [1, 7])
@pytest.mark.parametrize("samples", [None, 1040, 1039, 500, 40])
def test_no_typeface_of_the_test_is_trained_on(samples: int | None, seed: int) -> None:
    data = load("letters", None, seed)
    rows = split(data, samples, 0.2, seed)
    assert len(rows.train) + len(rows.test) == (samples or 1040)
    assert len(rows.test) == round(len(data if samples is None else range(samples)) * 0.2)
    assert not writers(data, rows.train) & writers(data, rows.test)


def test_another_seed_holds_out_other_typefaces() -> None:
    data = load("letters", None, 7)
    assert writers(data, split(data, None, 0.2, 7).test) != writers(data, split(data, None, 0.2, 8).test)


@pytest.mark.parametrize(("fraction", "held_out"), [(0.01, 1), (0.5, 20), (0.99, 39)])
def test_a_test_has_a_writer_and_leaves_one(fraction: float, held_out: int) -> None:
    data = load("letters", None, 7)
    assert len(writers(data, split(data, None, fraction, 7).test)) == held_out


def test_one_writer_can_be_trained_on_but_not_be_held_out() -> None:
    data = Dataset("mine", np.eye(4), one_hot(np.array([0, 1, 0, 1]), 2), ("a", "b"), writers=np.zeros(4, np.int64))
    assert len(split(data, None, 0.0, 7).train) == 4
    with pytest.raises(DataError, match="one writer"):
        split(data, None, 0.5, 7)


@pytest.mark.parametrize("seed", [7, 1])
def test_letters_of_typefaces_never_seen_are_read(seed: int) -> None:
    """7 is the seed of the scenario."""
    run = Scenario.built_in("letters").seeded(seed).begin()
    run.extend(lambda _, position: position.epoch > TRAINED)
    assert run.epoch_end(run.frontier).test_accuracy > ENOUGH


def test_every_typeface_is_named_with_author_and_licence() -> None:
    data, table = load("letters", None, 7), asset("data", "letters.md").read_text(encoding="utf-8")
    rows = [re.split(r" *\| *", line)[1:-1] for line in table.splitlines() if line.endswith(("` |", "` (Debian) |"))]
    assert len(rows) == len(writers(data, np.arange(len(data)))) == 40
    assert all(name and author and licence in ("OFL-1.1", "Apache-2.0") for name, author, licence, _ in rows)
