"""Which rules give a person's numbers: the published programs are named, and nothing that is not there is."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given as cases
from hypothesis import settings
from hypothesis import strategies as st

from bptui.diagnosis.numbers import Part, from_digits, from_floats
from bptui.diagnosis.search import Fit, search, singles
from bptui.diagnosis.separating import believed, distance, separating
from bptui.engine import Architecture, UpdateRules
from bptui.engine.network import explicit
from bptui.engine.optimizers import OptimizerSettings
from bptui.engine.types import Floats, quiet
from bptui.engine.wrong_rules import BY_ID, CHANGES, NOTHING_CARRIED, Carried, Given, Rule, Workings
from bptui.engine.wrong_rules.settled import settled
from tests.diagnosis.published import PUBLISHED, Published
from tests.engine.test_wrong_rules import HEADS, given

RIGHT = Rule()
SMALL = (2, 3, 1)
THREE_DIGITS = "{:.2e}"


def parts_of(
    it: Given, rule: Rule, *kinds: str, digits: str = "", layers: tuple[int, ...] = (), what: tuple[str, ...] = ()
) -> list[Part]:
    """What a program with this rule would hand in: its gradients, or other ``kinds``; as floats, or as printed."""
    workings, found = Workings(it), []
    whats = what or (("weights", "biases") if it.network.biases else ("weights",))
    with quiet():
        for kind in kinds or ("gradient",):
            for layer in layers or range(1, it.layers + 1):
                for each in whats if kind in ("gradient", "samples", "step", "after") else ("",):
                    values = workings.quantity(rule, kind, layer, each)  # type: ignore[arg-type]
                    found.append(part(kind, layer, each, values, digits))
    return found


def part(kind: Any, layer: int, what: Any, values: Floats, digits: str = "") -> Part:
    if not digits:
        return Part(kind, layer, what, *(bound.reshape(values.shape) for bound in from_floats(np.atleast_1d(values))))
    low, high = from_digits([digits.format(number) for number in values.ravel()])
    return Part(kind, layer, what, low.reshape(values.shape), high.reshape(values.shape))


def ids(fits: tuple[Fit, ...]) -> list[tuple[str, ...]]:
    return [fit.ids for fit in fits]


def linear(x: list[float], y: list[float], w: float, b: float, nominal: int = 0, **rules: Any) -> Given:
    network = explicit(Architecture((1, 1), ("identity",)), [np.array([[w]])], [np.array([b])])
    return Given(
        network, np.array(x)[:, None], np.array(y)[:, None], UpdateRules(**{"learning_rate": 0.1, **rules}), nominal
    )


def said(w: str, b: str) -> list[Part]:
    """The gradient of a single unit, as a person wrote it."""
    weights, biases = from_digits([w]), from_digits([b])
    return [
        Part("gradient", 1, "weights", weights[0].reshape(1, 1), weights[1].reshape(1, 1)),
        Part("gradient", 1, "biases", *biases),
    ]


class TestPublishedPrograms:
    @pytest.mark.parametrize("program", PUBLISHED, ids=lambda program: program.did)
    def test_each_is_named(self, program: Published) -> None:
        fits = ids(search(program.given, program.parts()))
        assert program.changes in fits
        assert len(fits) == 1 or program.did == "divided by n twice"

    def test_three_outputs_and_three_samples_cannot_tell_twins_apart(self) -> None:
        (twice,) = (it for it in PUBLISHED if it.did == "divided by n twice" and it.given.y.shape[1] == 3)
        assert ids(search(twice.given, twice.parts())) == [("divided-by-outputs",), ("divided-twice",)]

    def test_every_answer_against_every_target_is_not_said_to_average_the_inputs_alone(self) -> None:
        it = linear([1, 2], [2, 4], 0.0, 0.0)
        fits = search(it, said("-4.5", "-3"))
        assert {("every-target",), ("average-inputs",)} <= set(ids(fits))
        other = separating(it, [fit.rule for fit in fits])
        assert other is not None
        for rule, name in ((Rule(pairing="every"), "every-target"), (Rule(pairing="mean sample"), "average-inputs")):
            told = ids(search(other, parts_of(other, rule, digits=THREE_DIGITS)))
            assert (name,) in told
            assert not {("every-target",), ("average-inputs",)} <= set(told)

    def test_one_update_later_they_differ(self) -> None:
        it = linear([1, 2], [2, 4], 0.45, 0.3)
        fits = ids(search(it, parts_of(it, Rule(pairing="every"))))
        assert ("every-target",) in fits
        assert ("average-inputs",) not in fits

    def test_the_mean_of_batch_means_with_a_shorter_last_batch(self) -> None:
        x = [float(k) for k in range(1, 11)]
        it = linear(x, [2 * k + 1 for k in x], 0.5, 0.1, loss="half-squared-error")
        assert ids(search(it, said("-62.7", "-9.15"))) == [()]
        assert ids(search(it, said("-78.75", "-10.275"))) == [("mean-of-means-3",)]

    @pytest.mark.parametrize(
        ("w", "b", "key", "name"),
        [
            ("-26.1333", "-6.4", "mean-of-means", "mean of the ranks' means"),
            ("-32", "-9", "divided-by-ranks", "sum divided by the number of ranks"),
            ("-57.6", "-16.2", "times-ranks", "loss times the number of ranks"),
            ("-16.4", "-4.9", "padded-ranks", "samples repeated to fill up ranks"),
        ],
    )
    def test_three_ranks_with_3_1_and_1_samples(self, w: str, b: str, key: str, name: str) -> None:
        """x δ = −2.4, −7.8, −16.2 | −27.6 | −42 and δ = −2.4, −3.9, −5.4 | −6.9 | −8.4: means −19.2 and −5.4."""
        x = [1.0, 2.0, 3.0, 4.0, 5.0]
        it = linear(x, [2 * k + 1 for k in x], 0.5, 0.1, loss="half-squared-error", ranks=(3, 1, 1))
        assert ids(search(it, said("-19.2", "-5.4"))) == [()]
        assert ids(search(it, said(w, b))) == [(key,)]
        assert [change.name for change in singles(it) if change.id == key] == [name]

    def test_one_machine_makes_no_mistake_with_ranks(self) -> None:
        it = linear([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], 0.5, 0.1)
        assert not {"divided-by-ranks", "times-ranks", "padded-ranks"} & {change.id for change in singles(it)}

    def test_the_textbook_sums(self) -> None:
        network = explicit(Architecture((2, 1), ("identity",)), [np.array([[1.0], [2.0]])], [np.zeros(1)])
        it = Given(network, np.array([[1.0, 2], [2, 3], [3, 4]]), np.array([[0.0], [1], [2]]), UpdateRules())

        def told(w: list[str], b: str) -> list[tuple[str, ...]]:
            (low, high), bias = from_digits(w), from_digits([b])
            return ids(
                search(
                    it,
                    [Part("gradient", 1, "weights", low[:, None], high[:, None]), Part("gradient", 1, "biases", *bias)],
                )
            )

        assert told(["15.3333", "22.3333"], "7.0000") == [()]
        assert told(["46", "67"], "21") == [("other-reduction",)]
        assert told(["5.1111", "7.4444"], "2.3333") == [("divided-twice",)]


class TestNothingIsNamedThatIsNotThere:
    def test_500_right_gradients_are_right(self) -> None:
        for seed in range(500):
            it = given(seed % 40, HEADS[seed % 5], sizes=((2, 3, 1), (3, 4, 2))[seed % 5 in (1, 3)], n=1 + seed % 6)
            assert ids(search(it, parts_of(it, RIGHT, digits=("", THREE_DIGITS)[seed % 2]))) == [()]

    @pytest.mark.parametrize("seed", range(10))
    def test_200_random_vectors_have_no_name(self, seed: int) -> None:
        rng, it = np.random.default_rng(seed), given(seed, HEADS[2 * (seed % 3)], sizes=SMALL, n=2 + seed)
        workings, right = Workings(it), parts_of(it, RIGHT, digits=THREE_DIGITS)
        for _ in range(20):
            noise = [rng.normal(size=each.low.shape) for each in right]
            parts = [replace(each, low=each.low + e, high=each.high + e) for each, e in zip(right, noise, strict=True)]
            assert search(it, parts, workings) == ()

    def test_a_number_just_outside_what_was_printed_is_another(self) -> None:
        it = given(1, sizes=SMALL, n=4)
        parts = parts_of(it, RIGHT, digits=THREE_DIGITS)
        width = parts[0].high - parts[0].low
        off = replace(parts[0], low=parts[0].low + 1.01 * width, high=parts[0].high + 1.01 * width)
        assert () not in ids(search(it, [off, *parts[1:]]))


class TestEverySingleRule:
    def told(self, it: Given, rule: Rule) -> tuple[Fit, ...]:
        return search(it, parts_of(it, rule, "gradient", "after", digits=THREE_DIGITS))

    @pytest.mark.parametrize("head", [HEADS[0], HEADS[2], HEADS[4]])
    def test_is_told_apart_with_three_digits_and_its_true_twins_are_listed_with_it(self, head: tuple[str, str]) -> None:
        it = given(7, head, sizes=SMALL, n=4, optimizer=OptimizerSettings("momentum"), l2=0.2, learning_rate=0.7)
        it = replace(it, t=1, carried=Carried(np.full(13, 0.3), 3))
        changes = singles(it)
        assert len(changes) > 40
        for change in changes:
            fits = self.told(it, change.rule)
            assert (change.id,) in ids(fits), change.id
            for fit in fits:
                (mine, other) = believed(it, [change.rule, fit.rule])
                np.testing.assert_allclose(mine, other, rtol=1e-9, atol=1e-12, err_msg=f"{change.id} {fit.ids}")

    def test_is_told_from_weights_after_the_update_alone(self) -> None:
        it = given(7, sizes=SMALL, n=4, learning_rate=0.7)
        for change in singles(it):
            assert (change.id,) in ids(search(it, parts_of(it, change.rule, "after"))), change.id

    def test_of_a_batch_of_one_no_rule_of_batches_is_named(self) -> None:
        it = replace(given(7, sizes=SMALL, n=1), nominal=1)
        named = {change.id for change in singles(it)}
        assert not named & {"average-inputs", "divided-twice", "other-reduction", "update-each-sample", "nominal-size"}

    def test_deltas_that_hold_the_mean_s_n_are_no_mistake(self) -> None:
        it = given(7, sizes=SMALL, n=4)
        parts = [
            replace(each, low=each.low / 4, high=each.high / 4) if each.kind == "delta" else each
            for each in parts_of(it, RIGHT, "delta", "gradient")
        ]
        (fit,) = search(it, parts)
        assert (fit.ids, fit.shared) == ((), True)

    @pytest.mark.parametrize(
        "other", ["no-slope-hidden", "new-weights-first", "through-gradient", "targets-next", "sign"]
    )
    def test_updates_after_each_sample_are_known_by_all_their_deltas(self, other: str) -> None:
        it = given(7, sizes=SMALL, n=4, learning_rate=0.7)
        rule = BY_ID["update-each-sample"].on(BY_ID[other].rule)
        assert rule is not None
        named = {frozenset(each) for each in ids(search(it, parts_of(it, rule, "delta", "gradient")))}
        assert frozenset(("update-each-sample", other)) in named

    def test_deltas_alone_say_where_a_slope_is_wrong(self) -> None:
        it = given(7, sizes=SMALL, n=4)
        assert ids(search(it, parts_of(it, BY_ID["no-slope-hidden"].rule, "delta"))) == [("no-slope-hidden",)]

    def test_the_loss_is_known_as_a_sum_or_a_mean_and_with_the_penalty(self) -> None:
        it = given(7, sizes=SMALL, n=4, l2=0.25)
        losses = Workings(it).quantity(RIGHT, "loss")
        penalty = 0.125 * sum(float((w**2).sum()) for w in it.network.weights)
        for total in (losses.sum(), losses.mean(), losses.sum() + penalty, losses.mean() + penalty):
            assert ids(search(it, [part("loss", 0, "", np.asarray(total))])) == [()]
        assert () not in ids(search(it, [part("loss", 0, "", np.asarray(losses.mean() + 2 * penalty))]))
        assert ids(search(it, [part("loss", 0, "", losses)])) == [()]


@settings(max_examples=60)
@cases(st.integers(0, 1000), st.sampled_from(HEADS), st.sampled_from(["gradient", "after", "step"]), st.data())
def test_any_rule_that_is_applied_is_listed(seed: int, head: tuple[str, str], kind: str, data: st.DataObject) -> None:
    sizes = data.draw(st.sampled_from([SMALL, (3, 3, 2), (2, 3, 3, 2)]) if head[0] == "sigmoid" else st.just((2, 3, 2)))
    it = given(seed % 50, head, sizes=sizes, n=data.draw(st.integers(2, 5)), l2=0.1)
    first = data.draw(st.sampled_from(CHANGES))
    both = data.draw(st.sampled_from(CHANGES)).on(first.rule)
    rule = data.draw(st.sampled_from([first.rule, both or first.rule]))
    fits = search(it, parts_of(it, rule, kind))
    assert fits
    if len(fits[0].changes) == (1 if rule is first.rule else 2):  # else a simpler one gives the same
        assert settled(rule, it) in {settled(fit.rule, it) for fit in fits}
    for fit in fits:
        for each in parts_of(it, rule, kind):
            assert each.allows(Workings(it).quantity(fit.rule, each.kind, each.layer, each.what)), fit.ids


class TestSeparating:
    def test_the_offered_data_set_rules_apart_that_agreed(self) -> None:
        it = next(each for each in PUBLISHED if each.did == "divided by n twice" and each.given.y.shape[1] == 3).given
        rules = [BY_ID["divided-by-outputs"].rule, BY_ID["divided-twice"].rule, BY_ID["factor-half"].rule]
        other = separating(it, rules)
        assert other is not None
        for k, one in enumerate(believed(other, rules)):
            for two in believed(other, rules)[:k]:
                assert distance(one, two) > 0.02

    def test_is_small_and_of_short_numbers(self) -> None:
        other = separating(given(3), [BY_ID["sign"].rule, BY_ID["bias-never"].rule])
        assert other is not None
        assert 2 <= other.n <= 4
        for numbers in (other.x, other.y, other.network.flat):
            assert (np.round(numbers, 1) == numbers).all()

    def test_true_twins_have_none(self) -> None:
        it = given(3, sizes=(2, 3, 2))
        assert separating(it, [BY_ID["factor-half"].rule, BY_ID["divided-by-outputs"].rule]) is None

    @pytest.mark.parametrize("head", HEADS)
    def test_its_targets_are_ones_that_the_loss_takes(self, head: tuple[str, str]) -> None:
        other = separating(given(3, head), [BY_ID["sign"].rule, RIGHT])
        assert other is not None
        if head[1] == "cross-entropy":
            assert (other.y.sum(axis=1) == 1).all()
        if "cross-entropy" in head[1]:
            assert set(other.y.ravel()) <= {0.0, 1.0}
        assert (other.carried, other.t) == (NOTHING_CARRIED, 1)
