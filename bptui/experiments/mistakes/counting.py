"""Mistakes about how many samples a sum holds, and about when it starts anew."""

from dataclasses import replace

from bptui.engine.network import Network, Parameters
from bptui.engine.reduce import reduce_over_samples
from bptui.engine.types import Floats, read_only
from bptui.engine.update import UpdateRules, micro_batch_slices
from bptui.experiments.mistakes.step import (
    Carried,
    Outcome,
    apply,
    from_gradient,
    full_pass,
    reduced_over,
    summed_over,
    true_reduced,
)


@from_gradient
def other_reduction(network: Network, x: Floats, y: Floats, rules: UpdateRules) -> Parameters:
    """The sum where γ was tuned for the mean; and the mean where it was tuned for the sum."""
    swapped = replace(rules, reduction="sum" if rules.reduction == "mean" else "mean")
    return true_reduced(network, x, y, swapped)[0]


def nominal_size(network: Network, x: Floats, y: Floats, rules: UpdateRules, nominal: int, carried: Carried) -> Outcome:
    """The sum divided by the batch size that was asked for, however few samples came."""
    summed = summed_over(full_pass(network, x, y, rules), network)
    return apply(network, reduced_over(summed, nominal, rules), rules)


def carry_remainder(
    network: Network, x: Floats, y: Floats, rules: UpdateRules, nominal: int, carried: Carried
) -> Outcome:
    """Updates only after every ``nominal`` samples of an epoch and never flushes: a short batch makes no update,
    its sum waits for the next whole batch and is reduced together with it, by the number of samples added."""
    summed = summed_over(full_pass(network, x, y, rules), network)
    if carried.total is not None:
        summed.flat += carried.total
    count = carried.count + len(x)
    if len(x) < nominal:
        return apply(network, Parameters.zeros(network.architecture), rules, Carried(read_only(summed.flat), count))
    return apply(network, reduced_over(summed, count, rules), rules)


def parts_of(n: int, rules: UpdateRules) -> list[slice]:
    """The parts a batch is computed in: the rules' micro-batches; or else, as where
    memory holds no more, three quarters of the batch and the rest."""
    if rules.micro_batches > 1:
        return micro_batch_slices(n, min(rules.micro_batches, n))
    most = max(3 * n // 4, 1)
    return [slice(start, min(start + most, n)) for start in range(0, n, most)]


@from_gradient
def mean_of_means(network: Network, x: Floats, y: Floats, rules: UpdateRules) -> Parameters:
    """The plain mean of the parts' means; under SUM the sum of their sums, which is right."""
    parts = parts_of(len(x), rules)
    total = Parameters.zeros(network.architecture)
    for part in parts:
        total.flat += true_reduced(network, x[part], y[part], rules)[0].flat
    reduce_over_samples(total.flat, len(parts), rules.reduction, total.flat)
    return total


def never_cleared(
    network: Network, x: Floats, y: Floats, rules: UpdateRules, nominal: int, carried: Carried
) -> Outcome:
    """Each batch's reduced gradient is added to those of all batches before it; the optimizer gets the total."""
    total, _ = true_reduced(network, x, y, rules)
    if carried.total is not None:
        total.flat += carried.total
    return apply(network, total, rules, Carried(read_only(total.flat), carried.count + len(x)))
