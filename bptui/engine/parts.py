"""How a batch is cut into parts: micro-batches, which differ by one sample at most, or the shares of several ranks.

Parts are runs of rows in the batch's order; none is empty.
"""

from itertools import accumulate, pairwise

MOST_RANKS = 64
BYTES = 8  # of a float64


def micro_batch_slices(n: int, parts: int) -> list[slice]:
    """n rows cut into ``parts`` runs, the longer ones first, as numpy.array_split does."""
    short, longer = divmod(n, parts)
    return runs([short + (part < longer) for part in range(parts)])


def rank_sizes(n: int, ranks: tuple[int, ...]) -> list[int]:
    """How many of n rows each rank gets; ``ranks`` are their shares, of which only the proportion counts.

    Of a batch as large as the shares together each rank gets its share. Of any other it gets ⌊n · share / Σ shares⌋;
    the rows that are left go one each to the ranks with the largest remainders, of equal ones to the first. Equal
    shares give what numpy.array_split gives. A rank may get none.
    """
    total = sum(ranks)
    sizes = [n * share // total for share in ranks]
    first = sorted(range(len(ranks)), key=lambda rank: -(n * ranks[rank] % total))
    for rank in first[: n - sum(sizes)]:
        sizes[rank] += 1
    return sizes


def rank_slices(n: int, ranks: tuple[int, ...]) -> list[slice]:
    """The rows of each rank, in rank order; an empty run for a rank that gets none."""
    return runs(rank_sizes(n, ranks))


def runs(sizes: list[int]) -> list[slice]:
    """Runs of rows of these sizes, one behind the other."""
    return [slice(a, b) for a, b in pairwise(accumulate(sizes, initial=0))]


def ring_bytes(ranks: int, parameters: int) -> float:
    """Bytes that each of W ranks sends where p float64 are summed around a ring: 2 (W − 1) / W · p · 8.

    W − 1 rounds of p / W numbers to add them up, as many to hand the sums on (Patarasuk & Yuan 2009).
    """
    return 2 * (ranks - 1) * parameters * BYTES / ranks
