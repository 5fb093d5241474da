"""Settings typed in words: what they make of those in force, what is refused, and that they begin a fork like any."""

import re
from dataclasses import replace

import pytest

from bptui.engine.optimizers import OptimizerSettings
from bptui.scenario import Scenario
from bptui.session.moves import to_update
from bptui.session.session import Session
from bptui.session.settings_line import KNOWN, change_settings, parse_settings
from bptui.training.settings import Settings


def at(update: int, name: str = "iris") -> Session:
    session = Session(Scenario.built_in(name))
    session.moment = to_update(session.run, session.moment, update)
    return session


def typed(session: Session, words: str) -> str:
    return change_settings(session, parse_settings(session, words))


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        ("optimizer adam", {"optimizer": OptimizerSettings("adam")}),
        ("optimizer = momentum, momentum = 0.5".replace(",", " "), {"optimizer": OptimizerSettings("momentum", 0.5)}),
        ("L2 0.01 clip=1", {"l2": 0.01, "clip_norm": 1.0}),
        ("lr 0.5", {"learning_rate": 0.5}),
        ("ranks 3,1", {"ranks": (3, 1)}),
        ("micro-batches 2", {"micro_batches": 2}),
        ("loss mse", {"loss": "mean-squared-error"}),
    ],
)
def test_what_is_typed_is_in_force_from_the_next_update_on_and_the_rest_stays(
    words: str, rules: dict[str, object]
) -> None:
    session = at(4)
    before = session.next_settings
    typed(session, words)
    assert session.next_settings == replace(before, rules=replace(before.rules, **rules))  # type: ignore[arg-type]
    assert session.run.settings_at(4) is before
    assert session.run.record(5).settings == session.next_settings


def test_batches_and_order_can_be_others_too() -> None:
    session = at(4)
    assert (
        typed(session, "batch 7 last_batch drop order fixed") == "batch 7, last batch drop and 1 more from update 5 on"
    )
    now: Settings = session.next_settings
    assert (now.batch_size, now.last_batch, now.order) == (7, "drop", "fixed")


def test_shares_of_ranks_are_named_as_the_header_has_them() -> None:
    assert typed(at(4), "ranks 3,1") == "ranks 3:1 from update 5 on"


def test_constants_of_the_optimizer_before_are_let_go_and_those_typed_for_another_are_refused() -> None:
    session = at(2)
    typed(session, "optimizer momentum momentum 0.5")
    typed(session, "optimizer sgd")
    assert session.next_settings.rules.optimizer == OptimizerSettings("sgd")
    with pytest.raises(ValueError, match="momentum: used by optimizer momentum and nesterov only, not by sgd"):
        parse_settings(session, "momentum 0.9")


def test_a_known_future_stays_as_a_fork_and_the_change_can_be_undone() -> None:
    session = at(12)
    session.moment = to_update(session.run, session.moment, 4)
    assert "fork" in typed(session, "optimizer adam")
    assert session.forks[1].run.frontier == 12
    session.undo()
    assert session.next_settings.rules.optimizer.name == "sgd"


def test_nothing_is_changed_where_it_is_so_already() -> None:
    session = at(3)
    assert typed(session, "optimizer sgd") == "it is so already"
    assert len(session.run.causes.changes) == 1


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("foo 3", 'not understood: "foo"; write a setting and its value'),
        ("optimzer adam", "did you mean 'optimizer'"),
        ("l2", "l2: its value is missing"),
        ("l2 x", "l2: expected a number of 0 or more, got 'x'"),
        ("l2 1 L2 2", "l2 is said twice"),
        ("lr 1e999", "learning_rate: expected a number"),
        ("order best", "order: expected one of shuffle, fixed, replacement; got 'best'"),
        ("batch 999 last_batch drop", "leaves no batch of 120 training samples"),
        ("ranks 2 micro_batches 2", "ranks cut a batch into parts"),
        ("loss binary-cross-entropy", "needs sigmoid at the output layer"),
        ("", "nothing is said"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_line_and_changes_nothing(words: str, why: str) -> None:
    session = at(3)
    with pytest.raises(ValueError, match=re.escape(why)):
        parse_settings(session, words)
    assert len(session.run.causes.changes) == 1


def test_every_key_of_training_can_be_typed() -> None:
    session = at(2)
    now = session.next_settings
    assert {"loss", "batch_size", "ranks", "clip_norm", "order"} <= set(KNOWN)
    assert parse_settings(session, f"learning_rate {now.rules.learning_rate}") == now
