"""What one waits for: the words, the numbers read off a run while it is made, and the updates that are hits."""

import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptui.data.clean import clean
from bptui.engine import UpdateRules
from bptui.engine.weight import Names, Weight
from bptui.scenario import Scenario
from bptui.training import Run, Settings, UpdateRecord
from bptui.training.judged import chosen_class
from bptui.training.watching.condition import Condition, Monitor
from bptui.training.watching.made import Made
from bptui.training.watching.until import Until
from bptui.training.watching.watchable import FLAT, OF_EPOCH, Watchable
from bptui.training.watching.words import EVENTS, NUMBERS, TESTS, parse_condition, parse_number

from .builders import begin

SIZES = (4, 3, 3)  # iris below
WEIGHTS = st.builds(Weight, st.just(2), st.integers(-1, 2), st.integers(0, 2))
UNITS = {"layer": st.just(1), "unit": st.integers(0, 2)}
ROWS = {"row": st.integers(0, 149)}
WATCHABLES = st.one_of(
    st.builds(Watchable, st.just("weight"), WEIGHTS),
    *(st.builds(Watchable, st.just(kind), **UNITS, **ROWS) for kind in ("z", "a", "delta")),
    *(st.builds(Watchable, st.just(kind), **ROWS) for kind in ("loss", "answer")),
    *(st.builds(Watchable, st.just(kind)) for kind in ("batch loss", "gradient", "rate", *OF_EPOCH)),
)
VALUES = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False).filter(lambda value: value != 0)
CONDITIONS = st.one_of(
    st.builds(Condition, WATCHABLES, st.sampled_from(["<", "<=", ">", ">=", "crosses"]), VALUES),
    st.builds(Condition, WATCHABLES, st.sampled_from(["rises", "falls"]), st.integers(1, 9).map(float)),
    st.builds(Condition, WATCHABLES, st.just("changes")),
    st.builds(Condition, st.builds(Watchable, st.just("comes"), **ROWS), st.just("known")),
    st.builds(Condition, st.builds(Watchable, st.just("right"), **ROWS), st.just("is"), st.sampled_from([0.0, 1.0])),
    *(
        st.builds(Condition, st.builds(Watchable, st.just(kind), **UNITS), st.just("is"), st.just(1.0))
        for kind in ("dead", "saturated")
    ),
    *(
        st.builds(Condition, st.just(Watchable(kind)), st.just("is"), st.integers(1, 10**6).map(float))
        for kind in ("update", "epoch", "epoch end")
    ),
    st.just(Condition(Watchable("finite"), "known")),
)


@given(condition=CONDITIONS)
def test_the_words_of_a_condition_are_read_as_it(condition: Condition) -> None:
    assert parse_condition(condition.words()) == condition


@given(number=WATCHABLES)
def test_the_words_of_a_number_are_read_as_it(number: Watchable) -> None:
    assert parse_number(number.words()) == number


def test_what_the_messages_offer_is_understood() -> None:
    for words in (*EVENTS, *(f"{number} {test}" for number in NUMBERS for test in TESTS)):
        parse_condition(words)


@pytest.mark.parametrize(
    ("words", "as_well"),
    [
        ("train_loss < 0.1", "Train Loss below .1"),
        ("w2[0>1] changes sign", "w₂[0→1] crosses 0"),
        ("w1[0>1] > -1", "w1[x0->1] > −1"),
        ("test_accuracy >= 0.95", "test accuracy >= 95%"),
        ("row 17 flips", "sample 17 flips"),
        ("d1[2] of row 3 changes sign", "δ1[2] of sample 3 crosses 0"),
        ("loss of row 3 < 1", "row 3 loss < 1"),
        ("batch_loss < 0.1", "loss < 0.1"),
        ("test_loss rises 3", "test loss rises for 3 epochs"),
        ("rate < 0.01", "learning_rate < 1e-2"),
        ("not finite", "no longer finite"),
    ],
)
def test_there_are_several_ways_to_say_it(words: str, as_well: str) -> None:
    assert parse_condition(words) == parse_condition(as_well)


def test_units_have_their_own_names_too() -> None:
    names = Names((("i1", "i2"), ("h1", "h2"), ("o1", "o2")))
    assert parse_number("w1[i2→h1]", names).weight == Weight(1, 1, 0)
    assert parse_number("b2[o2]", names).weight == Weight(2, -1, 1)
    assert parse_number("w1[i2>h1]", names).words(names) == "w1[i2>h1]"
    with pytest.raises(ValueError, match='no unit "h3" in layer 1'):
        parse_number("w1[i2>h3]", names)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("", "nothing is said"),
        ("trian_loss < 3", "did you mean 'train loss'"),
        ("gradent > 3", "did you mean 'gradient'"),
        ("train_loss falss 3", "did you mean 'falls 3'"),
        ("train_loss", "what of train loss"),
        ("train_loss < ", 'not understood: "<"'),
        ("rwo 3 comes", "did you mean 'row 17 comes'"),
        ("update 0", "updates count from 1"),
        ("train_loss rises 0", "counts from 1"),
        ("train_loss < 1e999", "no finite number"),
        ("\x1b[2J", "not understood"),
    ],
)
def test_what_is_not_understood_is_named_in_one_line(words: str, answer: str) -> None:
    with pytest.raises(ValueError, match=re.escape(answer)) as raised:
        parse_condition(words)
    assert str(raised.value).isprintable()


@given(words=st.text(max_size=40))
def test_any_text_is_understood_or_refused(words: str) -> None:
    for parse in (parse_condition, parse_number):
        refused = ""
        try:
            parse(words)
        except ValueError as problem:
            refused = str(problem)
        assert clean(refused, 500) == refused


# --- values and hits, against the records ---


def iris(**changes: Any) -> Run:
    scenario = Scenario.built_in("iris")
    return replace(scenario, settings=replace(scenario.settings, **changes)).begin()


def of_record(number: Watchable, record: UpdateRecord, run: Run) -> float | None:
    """The number as a record of the update has it: said once more, plainly."""
    passed, unit, layer = record.passed, number.unit, number.layer
    if number.kind == "weight":
        assert number.weight is not None
        return record.after[number.weight]
    if number.kind in OF_EPOCH:
        end = run.epoch_end(record.number)
        return float(getattr(end, number.kind.replace(" ", "_"))) if record.ends_epoch else None
    if number.row >= 0:
        samples = np.flatnonzero(record.indices == number.row).tolist()
        if not samples:
            return None
        m = samples[0]
        answered, wanted = (int(chosen_class(rows[m : m + 1])[0]) for rows in (passed.a[-1], record.targets))
        of_sample: dict[str, Callable[[], float]] = {
            "z": lambda: passed.z[layer - 1][m, unit],
            "a": lambda: passed.a[layer][m, unit],
            "delta": lambda: passed.delta[layer - 1][m, unit],
            "loss": lambda: passed.loss[m],
            "answer": lambda: float(answered),
            "right": lambda: float(answered == wanted),
            "comes": lambda: 1.0,
        }
        return of_sample[number.kind]()
    slopes = [record.slope(layer, m)[unit] for m in range(record.n)] if layer else []
    plain: dict[str, Callable[[], float | None]] = {
        "batch loss": lambda: record.loss_mean,
        "gradient": lambda: math.sqrt(float(record.reduced.flat.dot(record.reduced.flat))),
        "rate": lambda: record.learning_rate,
        "dead": lambda: float(all(slope == 0 for slope in slopes)),
        "saturated": lambda: float(all(slope < FLAT for slope in slopes)),  # tanh's largest slope is 1
        "update": lambda: float(record.number),
        "epoch": lambda: float(record.position.epoch),
        "epoch end": lambda: float(record.position.epoch) if record.ends_epoch else None,
    }
    return plain[number.kind]()


EVERY_KIND = [
    *(
        "w2[0>1]",
        "b1[2]",
        "z1[1] of row 40",
        "a2[0] of row 40",
        "d1[2] of row 40",
        "loss of row 40",
        "answer of row 40",
    ),
    *("train loss", "test loss", "train accuracy", "test accuracy", "batch loss", "gradient", "rate"),
]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"batch_size": 7, "order": "replacement"},
        {"batch_size": 40, "repeats": 3, "repeat_until": 0.9},
        {"rules": UpdateRules(loss="cross-entropy", micro_batches=3, l2=0.01, clip_norm=0.1)},
    ],
)
def test_every_number_is_read_as_the_record_has_it_bit_for_bit(changes: dict[str, Any]) -> None:
    run = iris(**changes)
    numbers = [parse_number(words) for words in EVERY_KIND]
    numbers += [Watchable("right", row=40), Watchable("saturated", layer=1, unit=0), Watchable("epoch end")]
    row = int(run.problem.split.train[5])
    numbers = [replace(number, row=row) if number.row >= 0 else number for number in numbers]
    seen: list[list[float | None]] = []

    watch(run, lambda made: seen.append([number.value(made) for number in numbers]), 40)
    for update, values in enumerate(seen, start=1):
        assert values == [of_record(number, run.record(update), run) for number in numbers], update
    assert any(values[2] is None for values in seen)
    assert any(values[2] is not None for values in seen)


def hits(run: Run, condition: Condition, updates: int) -> list[int]:
    """The updates in which it came to be true, while they are made."""
    monitor, out = Monitor(condition, run), []

    def look(made: Made) -> None:
        if monitor.sees(made):
            out.append(made.update)

    watch(run, look, updates)
    return out


def watch(run: Run, look: Callable[[Made], None], updates: int) -> None:
    """Have every update seen while the run is made."""
    run.look = lambda stepper, position, loss: look(Made(run, stepper, position, loss))
    run.extend_to(updates)
    run.look = None


def expected(condition: Condition, run: Run, updates: int) -> list[int]:
    """The same from the whole list of its known values."""
    number, test, x = condition.number, condition.test, condition.value
    values = [(0, number.at_start(run))]
    values += [(update, of_record(number, run.record(update), run)) for update in range(1, updates + 1)]
    known = [(update, value) for update, value in values if value is not None]
    out = []
    side, streak = 0.0, 0
    for k, (update, value) in enumerate(known):
        before = known[k - 1][1] if k else None
        match test:
            case "<":
                hit = value < x and not (before is not None and before < x)
            case "is":
                hit = value == x and before != x
            case "known":
                hit = True
            case "changes":
                hit = before is not None and before != value
            case "crosses":
                now = float(np.sign(value - x))
                hit = now * side < 0
                side = now or side
            case "rises":
                streak = streak + 1 if before is not None and value > before else 0
                hit = streak == x
                streak = 0 if hit else streak
            case _:
                raise AssertionError(test)
        if hit and update:
            out.append(update)
    return out


@pytest.mark.parametrize(
    "words",
    [
        *(
            "batch loss < 0.8",
            "train loss < 0.9",
            "train accuracy rises 2",
            "test loss rises 1",
            "epoch 3",
            "epoch 3 ends",
        ),
        *("update 17", "row 3 comes", "row 60 flips", "row 60 right", "row 60 wrong", "w2[0>1] rises 3"),
        *("w2[1>1] crosses 0.3", "d1[0] of row 60 changes sign", "batch loss crosses 0.7", "rate < 0.2"),
    ],
)
def test_a_hit_is_where_the_list_of_all_values_has_one(words: str) -> None:
    condition = parse_condition(words)
    if condition.number.row >= 0:
        row = int(iris().problem.split.train[condition.number.row])
        condition = replace(condition, number=replace(condition.number, row=row))
    run, again = iris(), iris()
    again.extend_to(120)
    assert hits(run, condition, 120) == expected(condition, again, 120)


def test_a_unit_dies_where_its_slope_is_0_for_every_sample() -> None:
    scenario = Scenario.built_in("iris")
    network = replace(scenario.network, layers=(4, 6, 3), activations=("relu", "softmax"))
    rules = replace(scenario.settings.rules, learning_rate=6.0)
    run = replace(scenario, network=network, settings=replace(scenario.settings, rules=rules)).begin()
    until = Until(run, tuple(Condition(Watchable("dead", layer=1, unit=j), "is", 1.0) for j in range(6)))
    run.extend(lambda made, _: until.reached or made >= 200)
    assert until.hit is not None
    unit = until.hit.condition.number.unit
    assert not run.record(until.hit.update).passed.a[1][:, unit].any()
    assert until.hit.update == 1 or run.record(until.hit.update - 1).passed.a[1][:, unit].any()


def test_no_longer_finite_is_the_last_update_that_could_be_made() -> None:
    run = begin(Settings(UpdateRules(learning_rate=1e6)))
    until = Until(run, (parse_condition("not finite"),))
    run.extend(lambda made, _: until.reached or made >= 1000)
    assert run.stop is not None
    assert until.reached
    assert until.hit is not None
    assert until.hit.update == run.stop.update - 1


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("w2[9>0] < 1", "no weight of layer 2 from 9 to 0"),
        ("w9[0>0] < 1", "no weight of layer 9"),
        ("z4[0] of row 1 < 1", "no layer 4"),
        ("d1[99] of row 1 < 1", "no unit 99"),
        ("row 150 comes", "no row 150: the data have 150"),
        ("layer 1 unit 0 dead", "cannot die: tanh"),
        ("layer 2 unit 0 saturated", "cannot saturate"),
    ],
)
def test_what_a_run_does_not_have_cannot_be_waited_for(words: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Until(iris(), (parse_condition(words),))


def test_a_test_sample_is_in_no_batch_and_a_regression_has_no_answers() -> None:
    run = iris()
    row = int(run.problem.split.test[0])
    with pytest.raises(ValueError, match=f"row {row} is a test sample"):
        Until(run, (parse_condition(f"row {row} comes"),))
    for words in ("row 1 flips", "train_accuracy > 90%"):
        with pytest.raises(ValueError, match="a regression has no"):
            Until(begin(), (parse_condition(words),))
    with pytest.raises(ValueError, match="no test samples"):
        Until(begin(), (parse_condition("test_loss < 1"),))
