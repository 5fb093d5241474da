"""The names that help knows without numpy are those of the tables that compute."""

from bptui.data import BUILT_IN, load
from bptui.engine import ACTIVATIONS, LOSSES, OPTIMIZERS
from bptui.engine.network import BIASES, INITIALISATIONS
from bptui.engine.rates import SCHEDULES
from bptui.engine.reduce import REDUCTIONS
from bptui.scenario import names
from bptui.training.settings import LAST_BATCH, ORDERS


def test_every_name_is_one_of_its_table_in_the_same_order() -> None:
    assert tuple(BUILT_IN) == names.DATA_SETS
    assert {name: each.size for name, each in BUILT_IN.items() if each.size} == names.SIZES
    assert tuple(name for name in names.SIZES if load(name, None, 0).writers is not None) == names.BY_WRITER
    assert names.ORDERS == ORDERS
    assert tuple(ACTIVATIONS) == names.ACTIVATIONS
    assert names.BIASES == BIASES
    assert names.INITIALISATIONS == INITIALISATIONS
    assert tuple(LOSSES) == names.LOSSES
    assert names.REDUCTIONS == REDUCTIONS
    assert tuple(SCHEDULES) == names.SCHEDULES
    assert tuple(OPTIMIZERS) == names.OPTIMIZERS
    assert names.LAST_BATCH == LAST_BATCH
