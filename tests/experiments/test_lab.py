"""The mistakes lab: both rules from the same start over the same batches, the harmless case, and divergence."""

from dataclasses import replace
from math import isnan
from typing import Any

import numpy as np
import pytest

from bptui.engine.weight import Weight
from bptui.engine.wrong_rules import BY_ID, CHANGES, Change, Given
from bptui.experiments.mistakes import MISTAKES, Outcome, distance, outcome, trainings, true_reduced
from bptui.experiments.mistakes.found import found_in
from bptui.experiments.mistakes.lab import Lab
from bptui.experiments.mistakes.step import true_outcome
from bptui.experiments.mistakes.table import ROWS
from bptui.scenario import Scenario
from bptui.session.moves import to_update
from bptui.session.session import Session
from tests.networks import outputs

from .builders import lab_at

NAMES = ("xor", "trask", "mazur", "digits", "iris", "oberman", "han-kamber", "remainder", "sine")
PLACES = {rule.id: place for place, rule in enumerate(ROWS)}


def session(name: str, update: int = 1, **rules: Any) -> Session:
    scenario = Scenario.built_in(name)
    settings = replace(scenario.settings, rules=replace(scenario.settings.rules, **rules))
    it = Session(replace(scenario, settings=settings))
    it.moment = to_update(it.run, it.moment, update)
    return it


def lab(name: str, rule: str, update: int = 1, **rules: Any) -> Lab:
    it = lab_at(session(name, update, **rules))
    it.choose(PLACES[rule])
    return it


def walk_to(it: Lab, there: Weight) -> None:
    """As the arrows do."""
    it.select(layer=there.layer - it.weight.layer)
    it.select(unit=there.unit - it.weight.unit)
    while it.weight.source != there.source:
        it.select(source=1)


def settings_of(name: str, **settings: Any) -> Session:
    scenario = Scenario.built_in(name)
    rules = replace(scenario.settings.rules, **settings.pop("rules", {}))
    return Session(replace(scenario, settings=replace(scenario.settings, rules=rules, **settings)))


def share_of_difference(it: Lab) -> float:
    figures = it.figures()
    assert figures.true_here is not None
    assert figures.wrong_change is not None
    true, wrong = figures.true_here, figures.wrong_change.reduced
    return abs(wrong - true) / max(abs(true), abs(wrong), 1e-300)


@pytest.mark.parametrize("name", ["xor", "trask", "mazur", "iris", "remainder"])
@pytest.mark.parametrize("rule", MISTAKES)
def test_the_lab_opens_on_the_weight_that_differs_most(name: str, rule: str) -> None:
    it = lab(name, rule)
    opened, its_share = it.weight, share_of_difference(it)
    for layer, (units, sources) in enumerate(zip(it.case.start.architecture.sizes[1:], it.case.start.architecture.sizes,
                                                 strict=False), start=1):  # fmt: skip
        for unit in range(units):
            for source in range(sources):
                walk_to(it, Weight(layer, source, unit))
                figures = it.figures()
                assert figures.true_here is not None
                assert figures.wrong_change is not None
                if (
                    max(abs(figures.true_here), abs(figures.wrong_change.reduced))
                    > 0.01 * figures.layers[-1].wrong_norm
                ):
                    assert share_of_difference(it) <= its_share + 1e-6, opened


def test_a_weight_chosen_with_the_arrows_stays_whatever_rule_comes() -> None:
    it = lab("xor", "no-slope")
    before = it.weight
    it.choose(PLACES["mean-of-means"])
    assert it.weight != before
    walk_to(it, Weight(2, 1, 0))
    for number in range(len(ROWS)):
        it.choose(number)
        assert it.weight == Weight(2, 1, 0)


def test_a_mistake_that_shows_late_is_looked_at_where_it_shows() -> None:
    it = lab("digits", "never-cleared")
    assert it.weight == Weight(2, 0, 0)
    assert share_of_difference(it) == 0
    it.advance(1)
    assert share_of_difference(it) > 0.5


@pytest.mark.parametrize(
    ("batch_size", "reduction", "last_batch"),
    [
        *((15, reduction, last_batch) for reduction in ("sum", "mean") for last_batch in ("keep", "drop")),
        *((size, "mean", "keep") for size in (1, 16, None)),
        *((size, "sum", "drop") for size in (7, 48)),
    ],
)
def test_what_is_called_harmless_is_so_in_every_batch_that_occurs(
    batch_size: int | None, reduction: str, last_batch: str
) -> None:
    it = lab_at(settings_of("remainder", batch_size=batch_size, last_batch=last_batch, rules={"reduction": reduction}))
    for number in range(len(ROWS)):
        it.choose(number)
        for _ in it.cases:
            if it.case.harmless:
                it.advance(it.left_in_epoch + 3)  # the batches of the next epoch are of the same sizes
                assert it.worst[0] < 1e-12, (it.mistake.id, it.case.words)
            it.next_case()


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("ranks", [(), (3, 1), (1,) * 16])
@pytest.mark.parametrize("batch_size", [2, 16, 15, None])
def test_of_mistakes_with_ranks_one_case_does_harm_and_the_harmless_one_none(
    batch_size: int | None, ranks: tuple[int, ...], reduction: str
) -> None:
    it = lab_at(settings_of("remainder", batch_size=batch_size, rules={"reduction": reduction, "ranks": ranks}))
    for rule in ("divided-by-ranks", "times-ranks", "padded-ranks"):
        it.choose(PLACES[rule])
        for case in it.cases:
            it.advance(it.left_in_epoch + 1)
            assert (it.worst[0] < 1e-12) == case.harmless, (rule, case.title, case.words)
            it.next_case()
        assert {case.harmless for case in it.cases} == {True, False}


def test_a_short_batch_in_unequal_parts_does_harm() -> None:
    scenario = Scenario.built_in("moons")
    session = Session(replace(scenario, settings=replace(scenario.settings, batch_size=15)))
    count = session.run.problem.count
    it = lab_at(session)
    it.choose(PLACES["mean-of-means"])
    assert count % 15
    first = it.case.harmless
    it.next_case()
    assert (first, it.case.harmless) == (False, True)
    it.advance(2 * it.left_in_epoch)
    assert it.worst[0] < 1e-12


def test_the_short_rest_of_an_epoch_in_which_the_batch_size_changed_counts_too() -> None:
    session = settings_of("digits", batch_size=30)
    session.move(("batch", 1))
    session.change(replace(session.next_settings, batch_size=32))
    session.move(("batch", 1))
    session.move(("phase", 1))
    assert session.record.settings.batch_size == 32
    it = lab_at(session)
    assert 800 % 32 == 0
    assert it.case.sizes == {32, (800 - it.case.position.start) % 32}
    it.choose(PLACES["nominal-size"])
    assert not it.case.harmless


def test_what_the_run_does_besides_plain_sgd_is_named() -> None:
    plain = {"rules": {"l1": 0.0}}
    assert lab_at(settings_of("xor", **plain)).case.left_out == ()
    optimizer = replace(Scenario.built_in("xor").settings.rules.optimizer, name="adam")
    full = {"optimizer": optimizer, "l1": 0.1, "l2": 0.1, "clip_norm": 1.0}
    it = lab_at(settings_of("xor", repeats=3, rules=full))
    assert it.case.left_out == ("adam", "L1", "clipping", "repeats")
    it.next_case()
    assert it.case.left_out == ("adam", "L1", "clipping", "repeats")


@pytest.mark.parametrize("name", ["digits", "remainder", "trask"])
def test_the_true_side_is_the_run_itself(name: str) -> None:
    it = session(name, update=3)
    lab = lab_at(it)
    lab.advance(12)
    assert it.run.record(15).before.flat.tolist() == lab.true.network.flat.tolist()
    assert lab.true.curve.last("loss").tolist() == [it.run.record(k).loss_mean for k in range(3, 15)]


def test_a_lab_leaves_its_session_alone() -> None:
    it = session("xor", update=5)
    before = (it.moment, it.run, it.run.frontier)
    lab = lab_at(it)
    lab.advance(50)
    lab.select(source=1)
    assert (it.moment, it.run, it.run.frontier) == before


def test_momentum_and_clipping_are_left_out_and_l2_stays() -> None:
    it = session("iris", l2=0.1, clip_norm=0.01)
    settings = lab_at(it).case.settings.rules
    assert (settings.optimizer.name, settings.l2, settings.clip_norm) == ("sgd", 0.1, 0.0)


def test_the_run_s_penalty_is_on_both_sides_and_a_mistake_of_it_shows() -> None:
    it = lab("xor", "l2-subtracted", l2=0.1)
    assert not it.case.harmless
    figures = it.figures()
    assert figures.true_here == pytest.approx(it.case.start[it.weight] * 0.1 + reduced_without(it), abs=1e-12)
    assert figures.overall is not None
    assert figures.overall.relative_error > 1e-3
    it.next_case()
    assert (it.case.harmless, it.case.settings.rules.l2) == (True, 0.0)


def reduced_without(it: Lab) -> float:
    """The gradient of the weight looked at, without the penalty."""
    x, y = it.batch()
    plain = replace(it.case.settings.rules, l2=0.0)
    return true_reduced(it.case.start, x, y, plain)[0][it.weight]


@pytest.mark.parametrize("rule", [rule for rule in MISTAKES if rule not in ("sign", "set-to-step")])
def test_what_is_harmless_is_so_under_a_penalty_too(rule: str) -> None:
    it = lab("xor", rule, l2=0.05)
    if not it.case.harmless and len(it.cases) > 1:
        it.next_case()
    assert it.case.harmless
    for _ in range(4):
        figures = it.figures()
        if it.ended:
            break
        assert figures.overall is not None
        assert figures.overall.relative_error < 1e-13
        it.advance(1)


L2 = [change for change in CHANGES if "l2" in change.choices]
MOMENTUM = [change for change in CHANGES if "momentum" in change.choices]


@pytest.mark.parametrize("change", L2, ids=lambda it: it.id)
def test_a_mistake_of_the_penalty_found_in_a_program_shows(change: Change) -> None:
    rows, left = found_in([(change,)])
    there = session("xor", l2=0.1)
    weight = there.moment.weight
    it = Lab(there.run.problem, there.record, weight, rows)
    it.choose(0)
    it.advance(2)
    figures = it.figures()
    assert left == ()
    assert figures.overall is not None
    assert max(figures.overall.relative_error, it.worst[0]) > 1e-6


@pytest.mark.parametrize("change", MOMENTUM, ids=lambda it: it.id)
def test_one_of_momentum_has_no_row_and_is_told(change: Change) -> None:
    assert found_in([(change,)]) == ((), (change,))
    (row,), left = found_in([(BY_ID["factor-2"], change)])
    assert (row.id, left) == ("factor-2", (change,))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rule", MISTAKES)
def test_the_case_called_harmless_is_without_a_difference(name: str, rule: str) -> None:
    it = lab(name, rule)
    if not it.case.harmless and len(it.cases) > 1:
        it.next_case()
    assert it.case.harmless == (rule not in ("sign", "set-to-step"))
    if not it.case.harmless:
        return
    assert it.case.words
    figures = it.figures()
    assert figures.overall is not None
    assert figures.overall.relative_error < 1e-13
    it.advance(30)
    assert not it.true.stop
    assert not it.wrong.stop
    assert it.made == 30 or it.ended
    assert it.made > 0
    assert it.worst[0] < 1e-13
    assert np.allclose(it.true.network.flat, it.wrong.network.flat, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", ["xor", "trask", "digits", "iris", "remainder", "sine"])
@pytest.mark.parametrize("rule", MISTAKES)
def test_the_other_case_shows_the_mistake_within_an_epoch_and_one_update(name: str, rule: str) -> None:
    it = lab(name, rule)
    if it.case.harmless and len(it.cases) > 1:
        it.next_case()
    outputs = it.case.start.architecture.sizes[-1]
    nowhere = {"softmax-batch": outputs == 1, "every-target": outputs > 1}.get(rule, False)
    assert it.case.harmless == nowhere
    if nowhere:
        return
    it.advance(it.left_in_epoch + 1)
    assert it.worst[0] > 1e-3
    assert 0 < it.worst[1] <= it.update


@pytest.mark.parametrize(
    ("name", "rule", "words"),
    [
        ("mazur", "average-inputs", "every batch is one sample"),
        ("oberman", "new-weights-first", "there is no hidden layer"),
        ("digits", "nominal-size", "no batch is short, 32 divides 800"),
        ("trask", "nominal-size", "SUM divides by nothing"),
        ("trask", "bias-per-weight", "no bias learns"),
        ("oberman", "no-slope", "φ′ = 1 everywhere"),
    ],
)
def test_a_run_that_happens_to_be_harmless_says_why(name: str, rule: str, words: str) -> None:
    it = lab(name, rule)
    assert it.case.words == f"harmless here: {words}"


def test_where_it_shows_under_sum_the_mean_gets_n_times_the_rate() -> None:
    it = lab("trask", "mean-of-means")
    it.next_case()
    assert it.case.words == "parts of 3 and 1, MEAN with γ × 4"
    it.advance(10)
    summed = session("trask", update=10).record.after
    assert np.allclose(it.true.network.flat, summed.flat, rtol=1e-12)


def test_figures_before_the_first_update_are_at_one_and_the_same_network() -> None:
    it = lab("trask", "average-inputs", learning_rate=4.0, reduction="mean")
    walk_to(it, Weight(2, 0, 0))
    figures = it.figures()
    assert figures.true_change is not None
    assert figures.wrong_change is not None
    assert f"{figures.true_change.reduced:.8f}" == "0.00112846"
    assert f"{figures.wrong_change.reduced:.8f}" == "0.00143833"
    assert f"{figures.wrong_change.step:.8f}" == f"{-4 * figures.wrong_change.reduced:.8f}"
    assert figures.true_here == figures.true_change.reduced
    assert figures.true_loss == figures.wrong_loss
    assert f"{figures.layers[0].cosine:.3f}" == "0.080"


def test_later_figures_compare_at_the_wrong_side_s_own_weights() -> None:
    it = lab("xor", "mean-of-means")
    it.advance(20)
    figures = it.figures()
    x, y = it.batch()
    truth, loss = true_reduced(it.wrong.network, x, y, it.case.settings.rules)
    rules = it.case.settings.rules
    wrong = outcome(it.mistake.rule, Given(it.wrong.network, x, y, rules, 4, carried=it.wrong.carried))
    assert figures.overall == distance(truth.flat, wrong.believed.flat)
    assert figures.wrong_loss == loss
    assert figures.true_loss != loss


@pytest.mark.parametrize("rule", MISTAKES)
def test_the_wrong_side_follows_its_rule_from_batch_to_batch(rule: str) -> None:
    it = lab("remainder", rule)
    network, carried, run = it.case.start, it.wrong.carried, session("remainder").run
    settings, data = it.case.settings, run.problem
    for update in range(1, 12):  # across the short ninth batch into the next epoch
        rows = run.record(update).indices
        given = Given(network, data.data.x[rows], data.data.y[rows], settings.rules, 30, carried=carried)
        step = outcome(it.mistake.rule, given)
        network, carried = step.after, step.carried
        it.advance(1)
        assert (it.wrong.network.flat == network.flat).all()


def test_averaged_inputs_never_learn_what_the_mean_learns() -> None:
    """10 000 epochs on Trask's network: the published .0085845 by the truth, .49643 by the mistake."""
    it = lab("trask", "average-inputs", learning_rate=4.0, reduction="mean")
    it.advance(10_000)
    x, y = it.batch()
    errors = [float(np.abs(outputs(side.network, x) - y).mean()) for side in (it.true, it.wrong)]
    assert [f"{errors[0]:.7f}", f"{errors[1]:.5f}"] == ["0.0085845", "0.49643"]
    assert it.true.curve.used <= it.true.curve.capacity


def test_a_wrong_side_that_diverges_stops_and_the_true_one_goes_on() -> None:
    it = lab("oberman", "other-reduction")  # SUM at a rate for the mean: −11, 31, −53, 115 …
    it.advance(4)
    assert it.wrong.network.weights[0].tolist() == [[115.0]]
    it.advance(2996)
    figures = it.figures()
    assert it.made == 3000
    assert figures.wrong_stop.startswith("stopped before update ")
    assert figures.wrong_stop.endswith(" overflows")
    assert not figures.true_stop
    assert figures.overall is None
    assert figures.wrong_loss is None
    assert it.wrong.curve.last_update < it.true.curve.last_update == 3000
    assert np.isfinite(it.wrong.network.flat).all()


def test_when_both_sides_have_stopped_the_lab_has_ended() -> None:
    it = lab("oberman", "other-reduction", reduction="sum", learning_rate=50.0)
    assert it.advance(10_000) < 10_000
    assert it.ended
    assert it.advance(5) == 0


def test_pause_cuts_an_advance_short_after_an_update() -> None:
    it = lab("xor", "no-slope")
    assert it.advance(100, lambda: True) == 1
    assert it.made == 1


def test_the_harmless_first_update_of_an_accumulator_is_all_there_is() -> None:
    it = lab("digits", "never-cleared")
    it.next_case()
    assert it.advance(10) == 1
    assert it.ended


def test_restart_and_choosing_begin_again_at_the_session_s_network() -> None:
    it = lab("xor", "no-slope", update=7)
    it.advance(9)
    it.restart()
    assert (it.made, it.update, it.true.curve.used, it.worst) == (0, 7, 0, (0.0, 0))
    it.advance(2)
    it.choose(-1)
    assert it.mistake is ROWS[-1]
    assert it.true.network is it.wrong.network
    it.choose(len(ROWS))
    assert it.mistake is ROWS[0]


def test_an_epoch_is_as_many_updates_as_it_has_batches() -> None:
    it = lab("remainder", "carry-remainder")
    assert it.left_in_epoch == 9
    it.advance(8)
    assert (it.figures().n, it.left_in_epoch) == (10, 1)
    believed = it.figures().wrong_change
    assert believed is not None
    assert (believed.reduced, believed.step) == (0.0, 0.0)
    assert all(isnan(layer.cosine) and layer.relative_error == 1.0 for layer in it.figures().layers)
    it.advance(1)
    assert it.position.epoch == 2


def test_the_learning_rate_follows_the_schedule() -> None:
    scenario = Scenario.built_in("xor")
    schedule = replace(scenario.settings.rules.schedule, name="step", length=2, factor=0.5)
    it = lab("xor", "no-slope", update=2, schedule=schedule)
    rates = []
    for _ in range(4):
        rates.append(it.figures().rules.learning_rate)
        it.advance(1)
    base = scenario.settings.rules.learning_rate
    assert rates == [base, base / 2, base / 2, base / 4]


def test_the_selection_walks_over_weights_and_bias_and_fits_a_smaller_network() -> None:
    it = lab("iris", "new-weights-first")
    walk_to(it, Weight(2, 0, 0))
    it.select(layer=-1)
    it.select(source=-1)
    it.select(unit=-1)
    sizes = it.case.start.architecture.sizes
    assert it.weight == Weight(1, -1, sizes[1] - 1)
    it.select(source=-1)
    assert it.weight.source == sizes[0] - 1
    it.select(layer=1)
    it.next_case()  # no hidden layer
    assert it.weight.layer == 1
    assert it.weight.source < sizes[0]
    assert it.figures().true_change is not None


def test_what_both_sides_begin_with_is_computed_once_and_no_second_time_to_be_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Given] = []

    def counted(given: Given) -> tuple[Outcome, float]:
        asked.append(given)
        return true_outcome(given)

    monkeypatch.setattr(trainings, "true_outcome", counted)
    it = lab_at(session("xor"))
    asked.clear()
    it.restart()
    first = it.figures()
    assert it.figures() is first
    assert first.differs_from == first.update
    assert len(asked) == 1
    it.advance(1)
    assert it.figures() is not first
    assert len(asked) == 3
    it.select(unit=1)
    assert it.figures().weight != first.weight
    assert len(asked) == 3
