"""The grammar of the backward pass: every choice against a plain loop, the right ones against the engine's update."""

from dataclasses import fields, replace
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest
from hypothesis import given as cases
from hypothesis import strategies as st

from bptui.engine import OPTIMIZERS, UpdateRules
from bptui.engine.network import BIASES, Bias
from bptui.engine.optimizers import OptimizerSettings
from bptui.engine.reduce import REDUCTIONS, Reduction
from bptui.engine.types import Floats, quiet
from bptui.engine.wrong_rules import BY_ID, CHANGES, NOTHING_CARRIED, Carried, Change, Given, Rule, Workings
from bptui.engine.wrong_rules.settled import settled
from tests.engine.helpers import HIDDEN, assert_close, one_update, random_case
from tests.engine.rules_oracle import made

RIGHT = Rule()
HEADS = (
    ("sigmoid", "half-squared-error"),
    ("softmax", "mean-squared-error"),
    ("sigmoid", "binary-cross-entropy"),
    ("softmax", "cross-entropy"),
    ("tanh", "squared-error"),
)
OF_RANKS = ("mean-of-means", "sum-of-means", "divided-by-ranks", "times-ranks", "padded-ranks")
KINDS: tuple[Any, ...] = ("gradient", "step", "after")


def given(
    seed: int,
    head: tuple[str, str] = HEADS[0],
    bias: Bias = "trained",
    sizes: tuple[int, ...] = (3, 4, 4, 3),
    n: int = 5,
    carried: Carried = NOTHING_CARRIED,
    **rules: Any,
) -> Given:
    """A random update; ``rules`` are those of :class:`UpdateRules`."""
    hidden = ("sigmoid", "tanh") if seed % 2 else ("tanh", "softplus")
    it = random_case(seed, sizes, hidden=hidden[: len(sizes) - 2], head=head, bias=bias, n=n)
    size = it.network.architecture.parameters
    told = UpdateRules(loss=it.loss, **{"learning_rate": 0.3, **rules})
    rng = np.random.default_rng(seed)
    memory = rng.normal(size=(len(OPTIMIZERS[told.optimizer.name].memory), size)) ** 2
    if carried is not NOTHING_CARRIED:
        carried = Carried(rng.normal(size=size), carried.count)
    return Given(it.network, it.x, it.y, told, nominal=7, t=3, memory=memory, carried=carried)


def numbers(workings: Workings, rule: Rule) -> dict[str, Floats]:
    """Everything that a rule makes of an update, by name."""
    found = {}
    with quiet():
        for layer in range(1, workings.given.layers + 1):
            for passes in ("z", "a", "delta"):
                found[f"{passes}{layer}"] = workings.quantity(rule, passes, layer)
            for kind in KINDS:
                found[f"{kind} W{layer}"] = workings.quantity(rule, kind, layer, "weights")
                if workings.given.network.biases:
                    found[f"{kind} b{layer}"] = workings.quantity(rule, kind, layer, "biases")
    return found


def plain_numbers(it: Given, rule: Rule) -> dict[str, Floats]:
    """The same from the plain loops."""
    plain = made(it, rule)
    found = {}
    for layer in range(1, it.layers + 1):
        for name, rows in (("z", plain.z), ("a", plain.a), ("delta", plain.delta)):
            found[f"{name}{layer}"] = np.array(rows[layer - 1])
        of = {
            "gradient": (plain.weights, plain.biases),
            "step": (plain.step_weights, plain.step_biases),
            "after": (plain.after_weights, plain.after_biases),
        }
        for kind, (weights, biases) in of.items():
            found[f"{kind} W{layer}"] = np.array(weights[layer - 1])
            if it.network.biases:
                found[f"{kind} b{layer}"] = np.array(biases[layer - 1])
    return found


def agree(it: Given, rule: Rule, plain: Rule | None = None) -> None:
    expected = plain_numbers(it, rule if plain is None else plain)
    for name, values in numbers(Workings(it), rule).items():
        assert_close(values, expected[name], rtol=1e-8, atol=1e-11)


class TestTheRightRule:
    @pytest.mark.parametrize("bias", BIASES)
    @pytest.mark.parametrize("reduction", REDUCTIONS)
    @pytest.mark.parametrize("optimizer", OPTIMIZERS)
    def test_is_the_engine_s_update_to_the_last_bit(self, optimizer: str, reduction: Reduction, bias: Bias) -> None:
        for head in HEADS:
            it = given(3, head, bias, reduction=reduction, optimizer=OptimizerSettings(optimizer), l1=0.01, l2=0.1)
            work = one_update(it.network, it.rules, it.x, it.y, memory=it.memory.copy(), t=it.t)
            found, after = numbers(Workings(it), RIGHT), it.network.flat + work.step.flat
            weights, biases = it.network.architecture.views(after)
            for layer in range(it.layers):
                assert (found[f"z{layer + 1}"] == work.passed.z[layer]).all()
                assert (found[f"a{layer + 1}"] == work.passed.a[layer + 1]).all()
                assert (found[f"delta{layer + 1}"] == work.passed.delta[layer]).all()
                for kind, vector in (("gradient", work.reduced), ("step", work.step)):
                    assert (found[f"{kind} W{layer + 1}"] == vector.weights[layer]).all()
                assert (found[f"after W{layer + 1}"] == weights[layer]).all()
                for b in vector.biases[layer : layer + 1]:
                    assert (found[f"step b{layer + 1}"] == b).all()
                    assert (found[f"after b{layer + 1}"] == biases[layer]).all()

    def test_shortens_a_gradient_as_the_engine_does(self) -> None:
        it = given(4, HEADS[3], clip_norm=0.05, l2=0.1)
        work, found = one_update(it.network, it.rules, it.x, it.y), numbers(Workings(it), RIGHT)
        for layer in (1, 2, 3):
            assert_close(found[f"gradient W{layer}"], work.reduced.weights[layer - 1], rtol=1e-12)
            assert_close(found[f"gradient b{layer}"], work.reduced.biases[layer - 1], rtol=1e-12)

    def test_has_the_gradient_and_the_loss_of_every_sample(self) -> None:
        it = given(5, HEADS[3])
        work, workings = one_update(it.network, it.rules, it.x, it.y), Workings(it)
        assert (workings.quantity(RIGHT, "loss") == work.passed.loss).all()
        for layer in (1, 2, 3):
            whole = workings.quantity(RIGHT, "samples", layer, "weights")
            assert whole.shape == (it.n, *it.network.weights[layer - 1].shape)
            assert_close(whole.sum(axis=0), work.summed.weights[layer - 1])
            assert_close(
                workings.quantity(RIGHT, "samples", layer, "biases").sum(axis=0), work.summed.biases[layer - 1]
            )


class TestAgainstPlainLoops:
    def test_the_plain_loops_without_a_mistake_are_the_engine(self) -> None:
        for head in HEADS:
            agree(given(6, head), RIGHT)

    @pytest.mark.parametrize("reduction", REDUCTIONS)
    @pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.id)
    def test_every_change(self, change: Change, reduction: Reduction) -> None:
        for head in HEADS:
            for bias in BIASES:
                agree(given(7, head, bias, reduction=reduction, l2=0.2), change.rule)

    @pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.id)
    def test_every_change_with_one_output_and_momentum(self, change: Change) -> None:
        momentum = OptimizerSettings("momentum", momentum=0.7)
        one = given(8, HEADS[0], sizes=(2, 3, 1), n=4, optimizer=momentum)
        if change.rule.step != "each sample":  # the plain loop after each sample keeps no velocity
            agree(one, change.rule)
            agree(replace(one, t=1), change.rule)

    @pytest.mark.parametrize("n", [4, 7])
    @pytest.mark.parametrize("kept", ["never-cleared", "carry-remainder"])
    def test_what_was_kept_from_earlier_batches(self, kept: str, n: int) -> None:
        for reduction in REDUCTIONS:
            agree(given(9, n=n, reduction=reduction, carried=Carried(count=3)), BY_ID[kept].rule)

    @pytest.mark.parametrize("size", [2, 3, 4])
    def test_parts_of_a_size(self, size: int) -> None:
        for kind in ("mean of means", "sum of means"):
            agree(given(10, HEADS[3], n=7), Rule(reduction=kind, part_size=size))

    @pytest.mark.parametrize("ranks", [(3, 1), (1, 1, 1), (1, 5, 1, 2)])
    @pytest.mark.parametrize("key", OF_RANKS)
    def test_what_is_done_wrong_with_ranks(self, key: str, ranks: tuple[int, ...]) -> None:
        for reduction in REDUCTIONS:
            for n in (1, 4, 5):
                agree(given(13, HEADS[n % 3], n=n, reduction=reduction, ranks=ranks), BY_ID[key].rule)

    @cases(st.integers(0, 10_000), st.sampled_from(HEADS), st.sampled_from(REDUCTIONS), st.data())
    def test_any_two_changes_together(
        self, seed: int, head: tuple[str, str], reduction: Reduction, data: st.DataObject
    ) -> None:
        first = data.draw(st.sampled_from(CHANGES))
        second = data.draw(st.sampled_from([change for change in CHANGES if change.on(first.rule) is not None]))
        rule = second.on(first.rule)
        assert rule is not None
        ranks = data.draw(st.sampled_from([(), (3, 1), (1, 1, 1)]))
        it = given(
            seed % 50, head, reduction=reduction, l2=0.2, carried=Carried(count=3), n=data.draw(st.integers(1, 8)),
            ranks=ranks,
        )  # fmt: skip
        if rule.step == "each sample":
            it = replace(it, carried=NOTHING_CARRIED)
        agree(it, rule)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.id)
def test_what_rules_share_is_what_each_computes_alone(change: Change) -> None:
    """One Workings asked for all pairs with this change gives what a new one gives for each."""
    it = given(11, HEADS[1], l2=0.1, sizes=(2, 3, 3, 2), n=3, carried=Carried(count=2))
    shared = Workings(it)
    for other in CHANGES:
        rule = other.on(change.rule)
        if rule is not None:
            alone = numbers(Workings(it), rule)
            for name, values in numbers(shared, rule).items():
                assert np.array_equal(values, alone[name], equal_nan=True), (change.id, other.id, name)


@cases(st.integers(0, 10_000), st.sampled_from(HEADS), st.sampled_from(BIASES), st.data())
def test_a_choice_said_to_make_no_difference_makes_none(
    seed: int, head: tuple[str, str], bias: Bias, data: st.DataObject
) -> None:
    sizes = data.draw(st.sampled_from([(3, 2), (2, 3, 1), (2, 3, 3, 2)])) if head[0] != "softmax" else (2, 3, 2)
    it = given(seed % 50, head, bias, sizes, n=data.draw(st.integers(1, 4)),
               reduction=data.draw(st.sampled_from(REDUCTIONS)),
               ranks=data.draw(st.sampled_from([(), (3, 1), (1, 1, 1)])))  # fmt: skip
    first = data.draw(st.sampled_from(CHANGES))
    rule = data.draw(st.sampled_from(CHANGES)).on(first.rule) or first.rule
    with_choices, without = numbers(Workings(it), rule), numbers(Workings(it), settled(rule, it))
    for name in with_choices:
        if name[0] not in "zad":  # one row that stands for all samples is the same update
            assert_close(with_choices[name], without[name], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_wrong_slope_is_one_for_every_activation(hidden: str) -> None:
    """Every kind of slope gives finite numbers, as the plain loops do."""
    it = random_case(12, (3, 4, 2), hidden=(hidden,), head=HEADS[0], bias="trained", n=4)
    told = Given(it.network, it.x, it.y, UpdateRules(loss=it.loss))
    for change in CHANGES:
        if change.id.startswith(("no-slope", "slope-", "phi-")):
            agree(told, change.rule)


class TestTheCatalogue:
    def test_no_two_changes_are_the_same_or_share_a_name(self) -> None:
        assert len({change.rule for change in CHANGES}) == len(CHANGES) == len(BY_ID)
        assert len({change.name for change in CHANGES}) == len(CHANGES)
        assert RIGHT not in {change.rule for change in CHANGES}

    def test_a_change_makes_one_choice_or_two(self) -> None:
        assert {len(change.choices) for change in CHANGES} == {1, 2}

    def test_every_choice_there_is_occurs_in_a_change(self) -> None:
        for field in fields(Rule):
            words = get_args(get_type_hints(Rule)[field.name])
            made_somewhere = {getattr(change.rule, field.name) for change in CHANGES}
            assert made_somewhere >= set(words), field.name

    def test_changes_of_the_same_choice_make_no_pair(self) -> None:
        assert BY_ID["bias-never"].on(BY_ID["bias-one-number"].rule) is None
        assert BY_ID["no-slope"].on(BY_ID["no-slope-output"].rule) is None
        assert BY_ID["bias-never"].on(BY_ID["sign"].rule) == Rule(sign="y − a", biases="never")


def test_what_a_row_counts_takes_room_for_each_row_once() -> None:
    """Twice the batch never takes four times the memory: with a row for each pair this would ask for 300 GB."""
    n = 200_000
    shares = Workings(given(0, sizes=(1, 1), n=n)).shares(RIGHT, 1, "weights")
    assert shares.tolist() == [1 / n] * n
