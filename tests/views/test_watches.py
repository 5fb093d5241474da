"""Panel 8 shows each number as the record has it, at its time; the bars are the values known, least to largest."""

from dataclasses import replace

import pytest

from bptui.scenario import Scenario
from bptui.session.moment import Moment
from bptui.session.prediction import Prediction
from bptui.session.session import Session
from bptui.training.watching.words import parse_number
from bptui.views.glyphs import BARS
from bptui.views.numbers import num, share
from bptui.views.panels import BY_NUMBER
from bptui.views.scene import Scene, scene_of
from bptui.views.text import cut
from bptui.views.watches import in_hand, value_now, watches
from tests.scenes import compare_with_golden, lines, painted, phase_of

NUMBERS = (
    *("w2[0>1]", "b1[2]", "z1[0] of row {row}", "a2[2] of row {row}", "d1[1] of row {row}", "loss of row {row}"),
    *("answer of row {row}", "train loss", "test accuracy", "batch loss", "gradient", "rate"),
)


def watching(*numbers: str, updates: int = 30) -> Session:
    session = Session(Scenario.built_in("iris"))
    row = int(session.record.indices[0])
    for number in numbers:
        session.stops.watch(parse_number(number.format(row=row)), session.run)
    session.run.extend_to(updates)
    session.stops.ready(session.run)
    return session


def at(session: Session, moment: Moment) -> Scene:
    session.moment = moment
    return scene_of(session, colour=True)


def shown(scene: Scene, width: int = 38) -> list[str]:
    return [row.rstrip() for row in painted("watches", scene, width, 1 + len(scene.watches))]


def test_every_number_is_the_records_once_it_is_known() -> None:
    session = watching(*NUMBERS)
    run = session.run
    record = run.record(1)
    rows = shown(at(session, Moment(1, phase_of("update"), record.n - 1, layer=2)))[1:]
    row = int(record.indices[0])
    passed = record.passed
    expected = [
        num(record.after.weights[1][0, 1], 8),
        num(record.after.biases[0][2], 8),
        num(passed.z[0][0, 0], 8),
        num(passed.a[2][0, 2], 8),
        num(passed.delta[0][0, 1], 8),
        num(passed.loss[0], 8),
        cut(session.run.problem.data.classes[int(passed.a[-1][0].argmax())], 8),
        num(run.epoch_end(0).train_loss, 8),
        share(run.epoch_end(0).test_accuracy),
        num(record.loss_mean, 8),
        num(float((record.reduced.flat**2).sum() ** 0.5), 8),
        "0.1",
    ]
    for words, value in zip(rows, expected, strict=True):
        assert f" {value} " in f"{words} ", (words, value)
    assert f"δ₁[1] of row {row}" in rows[4]


def test_what_is_not_known_yet_is_a_dot_and_no_number() -> None:
    session = watching(*NUMBERS)
    layers, known = session.layers, {}
    for phase in ("input", "forward", "loss", "delta", "gradient", "reduce"):
        layer = {"forward": 1, "delta": 1}.get(phase, 0)
        scene = at(session, Moment(1, phase_of(phase, layer), 0 if phase != "reduce" else 9, layer=layers))
        known[phase] = [value_now(scene, number) is not None for number in session.stops.watches]
        dotted = [" · " in f"{row} " for row in shown(scene)[1:]]
        assert dotted == [not it for it in known[phase]]
    assert known["input"] == [True, True, *[False] * 5, True, True, False, False, True]
    assert known["forward"][2:4] == [True, False], "z of layer 1, not yet a of layer 2"
    assert known["loss"][2:7] == [True, True, False, True, True]
    assert known["delta"][4]
    assert known["gradient"][9:11] == [False, False]
    assert known["reduce"] == [True] * 12


def test_a_sample_that_is_not_in_the_batch_has_no_value_now() -> None:
    session = watching("loss of row {row}")
    row = session.stops.watches[0].row
    other = next(u for u in range(1, 13) if row not in session.run.record(u).indices)
    scene = at(session, Moment(other, phase_of("update"), 9, layer=2))
    assert value_now(scene, session.stops.watches[0]) is None
    assert any(bar in shown(scene)[1] for bar in BARS), "its line goes on"


def test_the_bars_go_from_the_least_to_the_largest_value_and_a_line_says_where_one_stands() -> None:
    session = watching("w2[0>1]", updates=20)
    scene = at(session, Moment(11, phase_of("input"), 0, layer=2))
    width = 1 + 7 + 9 + 2 + 21 + 1
    row = shown(replace(scene), width)[1]
    bars = row[row.index("  ", 14) + 2 :].strip()
    run = session.run
    values = [run.start.weights[1][0, 1], *(run.record(u).after.weights[1][0, 1] for u in range(1, 21))]
    expected = [BARS[round((v - min(values)) / (max(values) - min(values)) * 7)] for v in values]
    expected[10] = "│"
    assert bars[-21:] == "".join(expected)


def drawn(row: str) -> bool:
    return any(bar in row for bar in BARS)


@pytest.mark.parametrize("width", [38, 90])
def test_an_update_under_way_is_not_drawn(width: int) -> None:
    session = watching("w2[0>1]", updates=0)
    session.run.extend_to(1)
    session.stops.ready(session.run)
    start, after = (network.weights[1][0, 1] for network in (session.run.start, session.run.record(1).after))
    low, high = sorted(num(weight, 8) for weight in (start, after))
    here, there = (shown(at(session, Moment(1, phase_of(kind), 0, layer=2)), width)[1] for kind in ("loss", "update"))
    assert not drawn(here)
    assert drawn(there)
    assert num(after, 8) not in here
    assert width < 62 or (low in there and high in there)


@pytest.mark.parametrize("width", [38, 90])
def test_while_a_number_is_asked_neither_ends_nor_bars_tell_it(width: int) -> None:
    session = watching("w2[0>1]", updates=5)
    session.predict(Prediction(frozenset(("sum", "weight"))))
    after = []
    for _ in range(2):
        session.move(("batch", 1))
        assert session.prediction is not None
        assert session.prediction.now is not None
        after.append(num(session.record.after.weights[1][0, 1], 8))
        head, row = shown(scene_of(session, colour=True), width)
        assert (head.split(), drawn(row), after[-1] in row) == (["now"], False, False)
        session.predict(session.prediction.skipped())
    head, row = shown(scene_of(session, colour=True), width)
    assert drawn(row)
    assert after[-1] in row


def test_as_many_as_have_room_are_shown_and_the_rest_is_counted() -> None:
    session = watching(*NUMBERS, updates=3)
    rows = lines(watches(at(session, Moment(2, layer=2)), 38, 6))
    assert len(rows) == 6
    assert rows[-1] == " 8 more"


@pytest.mark.parametrize("width", [30, 38, 60, 90])
def test_it_fits_its_panel(width: int) -> None:
    session = watching(*NUMBERS)
    for row in lines(watches(at(session, Moment(12, layer=2)), width, 20)):
        assert len(row) <= width


def test_watches_look_as_stored() -> None:
    session, text = watching(*NUMBERS), "iris, watches\n"
    for moment in (Moment(layer=2), Moment(13, phase_of("delta", 1), 0, layer=2), Moment(25, phase_of("update"), 9)):
        for width in (38, 78):
            words = f"update {moment.update}, {moment.phase.kind}, {width} columns"
            text += "\n".join((f"\n== {words}", *shown(at(session, moment), width))) + "\n"
    compare_with_golden("watches", text)


def test_the_number_in_hand_is_what_enter_explains() -> None:
    session = watching()
    row = int(session.record.indices[0])
    for panel, moment, words in (
        (1, Moment(1, phase_of("forward", 1), 0, layer=1, unit=2), f"a1[2] of row {row}"),
        (2, Moment(1, phase_of("loss"), 0, layer=1), f"loss of row {row}"),
        (3, Moment(1, phase_of("gradient"), 0, layer=1, unit=1), f"d1[1] of row {row}"),
        (4, Moment(1, phase_of("update"), 9, layer=2, unit=1, source=-1), "b2[1]"),
        (5, Moment(1, phase_of("update"), 9, layer=2), "batch loss"),
        (6, Moment(1, phase_of("input"), 0, layer=2, unit=1, source=2), "w2[2>1]"),
    ):
        scene = at(session, moment)
        assert in_hand(scene, BY_NUMBER[panel].explained(scene)).words() == words
