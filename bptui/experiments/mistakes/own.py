"""A rule's own computation of one weight's gradient: which a meets which δ, how often it counts, and what is added."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from bptui.data.digits import shortest
from bptui.engine.types import Floats
from bptui.engine.weight import Weight
from bptui.engine.wrong_rules import Rule, Workings
from bptui.engine.wrong_rules.rule import Slope
from bptui.engine.wrong_rules.workings import What

DELTAS = {
    "right": "{e}·φ′({z})", "left out": "{e}", "at a": "{e}·φ′({a})", "of z": "{e}·φ′[a = {z}]", "φ": "{e}·φ({z})",
    "at the error": "{e}·φ′({e})", "element by element": "{e}·a(1 − a)", "∂L/∂a alone": "∂L/∂a",
    "element of ∂L/∂a": "∂L/∂a·a(1 − a)",
}  # fmt: skip
"""δ for each choice of a slope, from the error e that comes in."""


ROUNDING = 1e-9
"""Of the largest term: a sum that ends as near to its number has nothing else in it."""


@dataclass(frozen=True, slots=True)
class Term:
    """``share`` times a times δ of one row."""

    share: float
    a: float
    delta: float


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Those of all rows, as three arrays (rows,): a batch may have a million of them."""

    share: Floats
    a: Floats
    delta: Floats

    def __len__(self) -> int:
        return len(self.share)

    def __iter__(self) -> Iterator[Term]:
        rows = zip(self.share, self.a, self.delta, strict=True)
        return (Term(float(share), float(a), float(delta)) for share, a, delta in rows)

    @property
    def products(self) -> Floats:
        """What each adds, (rows,)."""
        return self.share * self.a * self.delta


NO_TERMS = Terms(*(np.zeros(0),) * 3)


@dataclass(frozen=True, slots=True)
class Own:
    """Σ of the terms, and ``rest``, is what the rule takes for the gradient of the weight.

    Attributes:
        product: of one term in symbols, as ``a·δ`` or ``ā·δ̄``; δ alone for a bias.
        delta: what δ is made of, as ``e·φ′(z)``; ``remark``: what else is another than it should be.
        rest, rest_name: what comes from the batches before, from a penalty, or from the weight itself.
    """

    product: str
    delta: str
    remark: str
    terms: Terms
    is_bias: bool
    rest: float = 0.0
    rest_name: str = ""

    @property
    def total(self) -> float:
        """The gradient that comes of it."""
        return float(self.terms.products.sum()) + self.rest

    @property
    def share(self) -> float | None:
        """The share that all terms have, None where they differ or there are none."""
        shares = self.terms.share
        return float(shares[0]) if len(shares) and (shares == shares[0]).all() else None

    @property
    def expanded(self) -> str:
        """The product with what δ is made of in its place, as ``a·e·φ′(z)``."""
        made = f"({self.delta})" if " − " in self.delta and not self.is_bias else self.delta
        name = next((name for name in ("δ̄", "δ") if self.product.endswith(name)), "")
        return f"{self.product.removesuffix(name)}{made}" if name and made else self.product


def own_of(rule: Rule, workings: Workings, weight: Weight, believed: float) -> Own:
    """The computation that ends with ``believed`` of this weight; callers silence numpy's warnings."""
    what: What = "biases" if weight.is_bias else "weights"
    sums = weight.is_bias and rule.biases == "row sums"
    terms = terms_of(rule, workings, weight, what)
    if rule.step == "added":
        terms = replace(terms, share=-terms.share)
    own = Own(
        product="Σ g of its weights" if sums else product(rule, weight, workings),
        delta="" if sums else made_of(rule, weight, workings),
        remark=remark(rule),
        terms=terms,
        is_bias=weight.is_bias,
    )
    rest = believed - own.total
    size = float(np.abs(terms.products).max(initial=0.0))
    if abs(rest) <= ROUNDING * max(size, abs(believed)):
        return own
    return replace(own, rest=rest, rest_name=rest_name(rule))


def rest_name(rule: Rule) -> str:
    """What a rule adds to the sum over the batch."""
    return {"never cleared": "kept", "carried": "kept", "set to": "w/γ"}.get(rule.step, "penalty")


def terms_of(rule: Rule, workings: Workings, weight: Weight, what: What) -> Terms:
    """Share, a and δ of every row; for a rule that updates after each sample, of each at its own weights."""
    if rule.step == "each sample":
        chain = workings.chain(rule)
        parts = [terms_of(chain.rule, link, weight, what) for link in chain.links]
        return Terms(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("share", "a", "delta")))
    if what == "biases" and rule.biases == "row sums":
        g = workings.reduced(rule, weight.layer, "weights")[:, weight.unit]
        return Terms(np.ones(len(g)), np.ones(len(g)), g)
    shares = workings.shares(rule, weight.layer, what)
    return Terms(shares, *factors(rule, workings, weight, what)) if len(shares) else NO_TERMS


def factors(rule: Rule, workings: Workings, weight: Weight, what: What) -> tuple[Floats, Floats]:
    """a and δ of every row, (rows,) each; a is 1 for a bias."""
    if what == "biases":
        delta = workings.bias_sources(rule, weight.layer)[:, weight.unit]
        return np.ones(len(delta)), delta
    a, delta = workings.flow(rule).a[weight.layer - 1], workings.sources(rule, weight.layer)
    source, unit = weight.source, weight.unit
    if rule.outer == "transposed" and a.shape[1] == delta.shape[1]:
        source, unit = unit, source
    return a[:, source], delta[:, unit]


# --- in symbols ---


def product(rule: Rule, weight: Weight, workings: Workings) -> str:
    """a·δ, as this rule has them."""
    one = {"mean activations": ("ā", "δ̄"), "last activations": ("aₙ", "δ̄")}
    a, delta = one.get(rule.pairing, ("a", "δ"))
    if weight.is_bias:
        named = {"before φ′": "e", "last": "δₙ", "last divided": "δₙ", "one number": "(Σ δ)"}
        return named.get(rule.biases, delta)
    at_output = weight.layer == workings.given.layers
    if rule.weights_from == "error" or (rule.weights_from == "output error" and at_output):
        delta = "e"
    return f"{a}·{delta}"


def made_of(rule: Rule, weight: Weight, workings: Workings) -> str:
    """What δ of the weight's layer is made of, from e, the error that comes in."""
    names = {"mean activations": ("ē", "z̄", "ā"), "last activations": ("ē", "zₙ", "aₙ")}
    e, z, a = names.get(rule.pairing, ("e", "z", "a"))
    layers = workings.given.layers
    if weight.layer == layers:
        kind = rule.output_slope
        if workings.given.loss.joined is not None and kind in get_args(Slope):
            return "y − a" if rule.sign == "y − a" else "a − y"
        return DELTAS[kind].format(e=e, z=z, a=a)
    here = rule.hidden_where == "all" or weight.layer == layers - 1
    return DELTAS[rule.hidden_slope if here else "right"].format(e=e, z=z, a=a)


def remark(rule: Rule) -> str:
    """What is wrong elsewhere than in the product and in δ."""
    handed = {"delta": "δ", "error": "e", "output": "a"}[rule.handed]
    through = {"weights": "w", "new": "w⁺", "gradient": "∂w", "untransposed": "wᵀ"}[rule.through]
    at_each = rule.layer_factor * rule.hidden_factor
    said = {
        f"e = Σ {through} {handed}": (handed, through) != ("δ", "w"),
        "e of y − a": rule.sign == "y − a",
        f"{shortest(rule.factor)} in all": rule.factor != 1.0,
        f"{shortest(at_each)} each layer": at_each != 1.0,
        "w moves": rule.step == "each sample",
    }
    named = (REMARKS[name].get(getattr(rule, name), "") for name in REMARKS)
    return ", ".join([*(words for words, holds in said.items() if holds), *filter(None, named)])


REMARKS: dict[str, dict[str, str]] = {
    "outputs": {"divided": "e / outputs", "multiplied": "e · outputs"},
    "softmax": {"batch": "softmax of the batch", "samples": "softmax over samples"},
    "pairing": {
        "mean sample": "of x̄ and ȳ", "every": "ȳ for y", "next": "y of the next one", "before": "y of the one before",
        "reversed": "y in reverse",
    },
    "outer": {"transposed": "rows for columns"},
    "reduction": {"by ranks": "Σ / ranks", "times ranks": "mean · ranks", "padded": "samples repeated"},
    "l2": {
        "left out": "no penalty", "subtracted": "− penalty", "doubled": "2 · penalty", "on biases": "penalty on b",
        "divided": "penalty / n",
    },
    "momentum": {"old v": "v of before", "first without γ": "first v without γ", "damped": "(1 − μ) g in v"},
}  # fmt: skip
"""What a choice is called, by its field."""
