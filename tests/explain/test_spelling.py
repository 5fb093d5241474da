"""Every name of the engine is written out by a row of its own; what has none is told by no other's formula."""

from dataclasses import replace

import pytest

from bptui.engine import ACTIVATIONS, LOSSES, OPTIMIZERS, OptimizerSettings, UpdateRules
from bptui.engine.rates import SCHEDULES, RateSchedule
from bptui.engine.weight import Weight
from bptui.explain import explain
from bptui.explain.quantity import RATE, Quantity, loss, of_unit, of_weight
from bptui.explain.spelling import (
    ACTIVATION_SPELLINGS,
    LOSS_SPELLINGS,
    OPTIMIZER_SPELLINGS,
    SCHEDULE_SPELLINGS,
    LayerSpelling,
)
from bptui.training import UpdateRecord
from tests.recordings import by_pytorch

from .cases import Case, run_of

NEW = "of tomorrow"


def test_each_table_of_the_engine_has_a_row_for_each_name_and_no_other() -> None:
    assert set(ACTIVATION_SPELLINGS) == set(ACTIVATIONS)
    assert set(LOSS_SPELLINGS) == set(LOSSES)
    assert set(OPTIMIZER_SPELLINGS) == set(OPTIMIZERS)
    assert set(SCHEDULE_SPELLINGS) == set(SCHEDULES)


def test_rows_agree_with_the_engine_on_what_is_joined_kept_and_without_slope() -> None:
    for name, loss_row in LOSS_SPELLINGS.items():
        assert (loss_row.slope is None) == (LOSSES[name].joined is not None), name
    for name, optimizer in OPTIMIZERS.items():
        assert tuple(OPTIMIZER_SPELLINGS[name].memory) == optimizer.memory
    for name, activation in ACTIVATIONS.items():
        assert isinstance(ACTIVATION_SPELLINGS[name], LayerSpelling) == (activation.slope is None), name


def refuses(record: UpdateRecord, *quantities: Quantity) -> None:
    for quantity in quantities:
        with pytest.raises(KeyError, match=NEW):
            explain(record, quantity)


def test_an_activation_without_a_row_is_told_by_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ACTIVATIONS, NEW, replace(ACTIVATIONS["tanh"], name=NEW))
    record = run_of(Case(hidden=NEW)).record(2)
    refuses(record, of_unit("a", 1, 0, 0), of_unit("slope", 1, 0, 0), of_unit("delta", 1, 0, 0))


def test_a_loss_without_a_row_is_told_by_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LOSSES, NEW, replace(LOSSES["squared-error"], name=NEW))
    record = run_of(Case(rules=UpdateRules(loss=NEW))).record(2)
    output = of_unit("upstream", record.layers, 0, 0)
    refuses(record, loss(0), output, output.of_unit("delta"))


def test_an_optimizer_without_a_row_is_told_by_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPTIMIZERS, NEW, replace(OPTIMIZERS["adam"], name=NEW))
    record = run_of(Case(rules=UpdateRules(optimizer=OptimizerSettings(NEW)))).record(2)
    weight = of_weight("step", 1, 0, 0)
    refuses(record, weight, weight.of_weight("memory-after", "v"), weight.of_weight("corrected", "m"))


def test_a_schedule_without_a_row_is_told_by_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SCHEDULES, NEW, SCHEDULES["cosine"])
    refuses(run_of(Case(rules=UpdateRules(schedule=RateSchedule(NEW)))).record(2), RATE)


def test_steps_that_were_read_are_told_by_no_rule() -> None:
    record = by_pytorch("pictures").begin().record(2)
    weight = Weight(1, 40, 2)
    step = explain(record, of_weight("step", weight.layer, weight.source, weight.unit))
    assert step.numbers is None
    assert step.note == "read: an optimizer of PyTorch made it of g, by a rule of its own"


def test_what_pytorch_had_in_grad_stands_beside_what_the_optimizer_gets() -> None:
    record = by_pytorch("iris").begin().record(2)
    g = explain(record, of_weight("reduced", 1, 2, 3))
    said = float(g.note.rpartition("PyTorch's .grad: ")[2].replace("−", "-"))
    assert said == pytest.approx(record.reduced[Weight(1, 2, 3)], rel=1e-5)


def test_a_weight_that_pytorch_has_rounded_says_so() -> None:
    notes = {}
    for name in ("xor", "iris"):  # of float32 and of float64
        record = by_pytorch(name).begin().record(2)
        notes[name] = explain(record, of_weight("after", 1, 1, 1)).note
    assert notes == {
        "xor": "once for the whole batch; read as PyTorch has rounded it",
        "iris": "once for the whole batch",
    }
