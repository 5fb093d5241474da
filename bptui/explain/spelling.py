"""How the engine's functions are written out: one row for each activation, loss, optimizer and schedule.

A name that has no row here raises KeyError wherever a formula is asked for: no name borrows another's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bptui.engine.optimizers import READ
from bptui.explain import sample_losses
from bptui.explain.expression import (
    HALF,
    ONE,
    PI,
    TWO,
    Bracket,
    Expression,
    Negative,
    Number,
    Power,
    Quotient,
    Sum,
    call,
    minus,
    setting,
    square,
    times,
    whole,
)
from bptui.explain.formula import TOO_FAR, Formula, given, named, number
from bptui.explain.quantity import RATE, Kind, Quantity
from bptui.explain.softmax import softmax, softmax_delta
from bptui.training.record import UpdateRecord

Spelled = tuple[str, Expression]
"""A formula in symbols, and the same with numbers."""
ZERO, LEAK = whole(0), setting(0.01)


# --- activations ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ActivationSpelling:
    """φ of a unit's own z, from z's symbol and number; φ′ from that of ``slope_in``: z, a, or nothing at all."""

    value: Callable[[str, Number], Spelled]
    slope_in: Literal["z", "a", ""]
    slope: Callable[[str, Expression], Spelled]


@dataclass(frozen=True, slots=True)
class LayerSpelling:
    """An activation whose outputs depend on every z of the layer: a and δ of one unit are formulas of the whole."""

    value: Callable[[UpdateRecord, Quantity], Formula]
    delta: Callable[[UpdateRecord, Quantity], Formula]


def logistic(s: str, x: Expression) -> Spelled:
    """1 / (1 + e^−s)."""
    return f"1 / (1 + e^(−{s}))", Quotient(ONE, Sum((ONE, call("e^", Negative(x)))))


def softplus(s: str, x: Number) -> Spelled:
    """ln(1 + e^s), for a large s as s + ln(1 + e^−s)."""
    if x.value > TOO_FAR:
        return f"ln(1 + e^({s})) = {s} + ln(1 + e^(−{s}))", Sum((x, call("ln", Sum((ONE, call("e^", Negative(x)))))))
    return f"ln(1 + e^({s}))", call("ln", Sum((ONE, call("e^", x))))


def leaky_slope(s: str, x: Expression) -> Spelled:
    """1 or 0.01, by Iverson brackets."""
    flat = times(LEAK, Bracket(x, "≤", ZERO))
    return f"1 if {s} > 0 else 0.01", Sum((Bracket(x, ">", ZERO), flat))


def gelu_slope(s: str, x: Expression) -> Spelled:
    """Φ(s) + s e^(−s²/2) / √(2π)."""
    density = Quotient(call("e^", Negative(Quotient(square(x), TWO))), call("√", times(TWO, PI)))
    return f"Φ({s}) + {s} · e^(−{s}² / 2) / √(2π)", Sum((call("Φ", x), times(x, density)))


ACTIVATION_SPELLINGS: dict[str, ActivationSpelling | LayerSpelling] = {
    "identity": ActivationSpelling(lambda s, x: (s, x), "", lambda s, x: ("1", ONE)),
    "sigmoid": ActivationSpelling(logistic, "a", lambda s, a: (f"{s} · (1 − {s})", times(a, minus(ONE, a)))),
    "tanh": ActivationSpelling(
        lambda s, x: (f"tanh({s})", call("tanh", x)), "a", lambda s, a: (f"1 − {s}²", minus(ONE, square(a)))
    ),
    "relu": ActivationSpelling(
        lambda s, x: (f"max({s}, 0)", call("max", x, ZERO)),
        "z",
        lambda s, x: (f"1 if {s} > 0 else 0", Bracket(x, ">", ZERO)),
    ),
    "leaky-relu": ActivationSpelling(
        lambda s, x: (f"max({s}, 0.01 · {s})", call("max", x, times(LEAK, x))), "z", leaky_slope
    ),
    "softplus": ActivationSpelling(softplus, "z", logistic),
    "gelu": ActivationSpelling(lambda s, x: (f"{s} · Φ({s})", times(x, call("Φ", x))), "z", gelu_slope),
    "softmax": LayerSpelling(softmax, softmax_delta),
}


# --- losses --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LossSpelling:
    """``value`` of one sample; ``in_z``: is this sample's written in z? ``slope`` is ∂L/∂a of one output from
    (a − y), in symbols and with numbers, and the number of outputs; None where δ = a − y is joined with φ."""

    value: Callable[[UpdateRecord, int], Formula]
    in_z: Callable[[UpdateRecord, int], bool]
    slope: Callable[[str, Expression, int], Spelled] | None


LOSS_SPELLINGS: dict[str, LossSpelling] = {
    "half-squared-error": LossSpelling(
        sample_losses.half_squared_error, sample_losses.never, lambda s, miss, outputs: (s, miss)
    ),
    "squared-error": LossSpelling(
        sample_losses.squared_error, sample_losses.never, lambda s, miss, outputs: (f"2 · {s}", times(TWO, miss))
    ),
    "mean-squared-error": LossSpelling(
        sample_losses.mean_squared_error,
        sample_losses.never,
        lambda s, miss, outputs: (f"2 · {s} / {outputs}", Quotient(times(TWO, miss), whole(outputs))),
    ),
    "binary-cross-entropy": LossSpelling(sample_losses.binary_cross_entropy, sample_losses.binary_in_z, None),
    "cross-entropy": LossSpelling(sample_losses.cross_entropy, sample_losses.categorical_in_z, None),
}


# --- optimizers ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OptimizerSpelling:
    """``memory``: the formula of each memory vector after the update, by slot; ``corrected``: of its value freed of
    the start at zero, where there is one; ``step``: of the step; ``reads``: the weight's quantities in that."""

    step: Callable[[UpdateRecord, Quantity], Formula]
    reads: tuple[Kind, ...]
    memory: dict[str, Callable[[UpdateRecord, Quantity], Formula]]
    corrected: dict[str, Callable[[UpdateRecord, Quantity], Formula]]


def velocity(record: UpdateRecord, q: Quantity) -> Formula:
    """v ← μ v + g."""
    mu, past, g = setting(record.settings.rules.optimizer.momentum), q.of_weight("memory", "v"), q.of_weight("reduced")
    numbers = Sum((times(mu, number(record, past)), number(record, g)))
    return Formula(f"μ · {named(record, past)} + {named(record, g)}", numbers, f"μ = {mu.words}")


def running_mean(symbol: str, constant: str, squared: bool) -> Callable[[UpdateRecord, Quantity], Formula]:
    """β v + (1 − β) g or g², β the optimizer's ``constant``."""

    def formula(record: UpdateRecord, q: Quantity) -> Formula:
        kept = setting(getattr(record.settings.rules.optimizer, constant))
        past, g = q.of_weight("memory", q.slot), q.of_weight("reduced")
        new = square(number(record, g)) if squared else number(record, g)
        numbers = Sum((times(kept, number(record, past)), times(minus(ONE, kept), new)))
        symbols = f"{symbol} · {named(record, past)} + (1 − {symbol}) · {named(record, g)}{'²' if squared else ''}"
        return Formula(symbols, numbers, f"{symbol} = {kept.words}")

    return formula


def freed_of_start(symbol: str, constant: str) -> Callable[[UpdateRecord, Quantity], Formula]:
    """m̂ = m / (1 − βᵗ), β the optimizer's ``constant``."""

    def formula(record: UpdateRecord, q: Quantity) -> Formula:
        beta, after = getattr(record.settings.rules.optimizer, constant), q.of_weight("memory-after", q.slot)
        bottom = minus(ONE, Power(setting(beta), whole(record.number)))
        note = f"memory begins at 0; t = {record.number} counts the updates"
        return Formula(f"{named(record, after)} / (1 − {symbol}^t)", Quotient(number(record, after), bottom), note)

    return formula


def down(record: UpdateRecord) -> Expression:
    """−γ."""
    return Negative(number(record, RATE))


def sgd(record: UpdateRecord, q: Quantity) -> Formula:
    """−γ g."""
    g = q.of_weight("reduced")
    return Formula(f"−{named(record, RATE)} · {named(record, g)}", times(down(record), number(record, g)), "sgd")


def momentum(record: UpdateRecord, q: Quantity) -> Formula:
    """−γ v."""
    v = q.of_weight("memory-after", "v")
    return Formula(f"−{named(record, RATE)} · {named(record, v)}", times(down(record), number(record, v)), "momentum")


def nesterov(record: UpdateRecord, q: Quantity) -> Formula:
    """−γ (g + μ v)."""
    g, v, mu = q.of_weight("reduced"), q.of_weight("memory-after", "v"), record.settings.rules.optimizer.momentum
    ahead = Sum((number(record, g), times(setting(mu), number(record, v))))
    return Formula(
        f"−{named(record, RATE)} · ({named(record, g)} + μ · {named(record, v)})",
        times(down(record), ahead),
        "nesterov",
    )


def rmsprop(record: UpdateRecord, q: Quantity) -> Formula:
    """−γ g / (√v + ε)."""
    return Formula(*scaled(record, q.of_weight("reduced"), q.of_weight("memory-after", "v")), "rmsprop")


def adam(record: UpdateRecord, q: Quantity) -> Formula:
    """−γ m̂ / (√v̂ + ε)."""
    return Formula(*scaled(record, q.of_weight("corrected", "m"), q.of_weight("corrected", "v")), "adam")


def adamw(record: UpdateRecord, q: Quantity) -> Formula:
    """−γ m̂ / (√v̂ + ε) − γ λ θ."""
    symbols, numbers = scaled(record, q.of_weight("corrected", "m"), q.of_weight("corrected", "v"))
    decay = setting(record.settings.rules.optimizer.weight_decay)
    shrink = times(number(record, RATE), decay, number(record, q.of_weight("weight")))
    shown = f"{symbols} − {named(record, RATE)} · λ · {record.names.symbol(q.weight)}"
    return Formula(shown, minus(numbers, shrink), f"adamw, λ = {decay.words}")


def as_read(record: UpdateRecord, q: Quantity) -> Formula:
    """What another program's optimizer made of g, by a rule that is not known here."""
    return given(f"read: an optimizer of {record.settings.rules.optimizer.name} made it of g, by a rule of its own")


def scaled(record: UpdateRecord, top: Quantity, v: Quantity) -> Spelled:
    """−γ top / (√v + ε)."""
    bottom = Sum((call("√", number(record, v)), setting(record.settings.rules.optimizer.epsilon)))
    symbols = f"−{named(record, RATE)} · {named(record, top)} / (√({named(record, v)}) + ε)"
    return symbols, Quotient(times(down(record), number(record, top)), bottom)


ADAM_MEMORY = {"m": running_mean("β₁", "beta1", squared=False), "v": running_mean("β₂", "beta2", squared=True)}
ADAM_CORRECTED = {"m": freed_of_start("β₁", "beta1"), "v": freed_of_start("β₂", "beta2")}

OPTIMIZER_SPELLINGS: dict[str, OptimizerSpelling] = {
    "sgd": OptimizerSpelling(sgd, ("reduced",), {}, {}),
    "momentum": OptimizerSpelling(momentum, ("memory-after",), {"v": velocity}, {}),
    "nesterov": OptimizerSpelling(nesterov, ("reduced", "memory-after"), {"v": velocity}, {}),
    "rmsprop": OptimizerSpelling(
        rmsprop, ("reduced", "memory-after"), {"v": running_mean("ρ", "decay", squared=True)}, {}
    ),
    "adam": OptimizerSpelling(adam, ("corrected",), ADAM_MEMORY, ADAM_CORRECTED),
    "adamw": OptimizerSpelling(adamw, ("corrected", "weight"), ADAM_MEMORY, ADAM_CORRECTED),
}
READ_SPELLING = OptimizerSpelling(as_read, (), {}, {})


# --- schedules of the learning rate ----------------------------------------------------------------


def constant(record: UpdateRecord) -> Formula:
    """γ, which nothing changes."""
    return given("a setting: the same for every update")


def step_schedule(record: UpdateRecord) -> Formula:
    """γ₀ · factor^⌊(t − 1) / length⌋."""
    base, factor, length = plan(record)
    power = Power(factor, call("floor", Quotient(minus(whole(record.number), ONE), length)))
    return Formula("γ₀ · factor^⌊(t − 1) / length⌋", times(base, power), scheduled(record))


def cosine(record: UpdateRecord) -> Formula:
    """γ₀ (factor + (1 − factor) ½ (1 + cos(π min(1, (t − 1) / length))))."""
    base, factor, length = plan(record)
    share = call("min", ONE, Quotient(minus(whole(record.number), ONE), length))
    wave = times(HALF, Sum((ONE, call("cos", times(PI, share)))))
    numbers = times(base, Sum((factor, times(minus(ONE, factor), wave))))
    symbols = "γ₀ · (factor + (1 − factor) · ½ · (1 + cos(π · min(1, (t − 1) / length))))"
    return Formula(symbols, numbers, scheduled(record))


def warm_up(record: UpdateRecord) -> Formula:
    """γ₀ · min(1, t / length)."""
    base, _, length = plan(record)
    numbers = times(base, call("min", ONE, Quotient(whole(record.number), length)))
    return Formula("γ₀ · min(1, t / length)", numbers, scheduled(record))


def plan(record: UpdateRecord) -> tuple[Expression, Expression, Expression]:
    """γ₀, factor and length of the schedule in force."""
    rules = record.settings.rules
    return setting(rules.learning_rate), setting(rules.schedule.factor), whole(rules.schedule.length)


def scheduled(record: UpdateRecord) -> str:
    """The remark that names schedule and update."""
    return f"schedule {record.settings.rules.schedule.name}, t = {record.number}"


SCHEDULE_SPELLINGS: dict[str, Callable[[UpdateRecord], Formula]] = {
    "constant": constant,
    "step": step_schedule,
    "cosine": cosine,
    "warm-up": warm_up,
}


# --- the rows that a record needs ------------------------------------------------------------------


def activation_name(record: UpdateRecord, layer: int) -> str:
    """The name of the activation function of layer 1 … L."""
    return record.before.architecture.activations[layer - 1]


def activation_spelling(record: UpdateRecord, layer: int) -> ActivationSpelling | LayerSpelling:
    """That of layer 1 … L. Raises KeyError for an activation that has no row."""
    return ACTIVATION_SPELLINGS[activation_name(record, layer)]


def slope_reads(record: UpdateRecord, layer: int) -> Literal["z", "a", ""]:
    """What φ′ of a layer is written in; nothing where it is 1 or where there is none for a unit alone."""
    spelling = activation_spelling(record, layer)
    return spelling.slope_in if isinstance(spelling, ActivationSpelling) else ""


def loss_spelling(record: UpdateRecord) -> LossSpelling:
    """Raises KeyError for a loss that has no row."""
    return LOSS_SPELLINGS[record.settings.rules.loss]


def optimizer_spelling(record: UpdateRecord) -> OptimizerSpelling:
    """Raises KeyError for an optimizer that has no row."""
    if record.settings.rules.optimizer.name == READ.name:
        return READ_SPELLING
    return OPTIMIZER_SPELLINGS[record.settings.rules.optimizer.name]
