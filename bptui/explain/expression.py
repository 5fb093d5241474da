"""A formula with numbers in it: a small tree that is written with any number of digits, and evaluated."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bptui.explain.quantity import Quantity

Write = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the record; ``of`` says which."""

    value: float
    of: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Constant:
    """A number that is written the same at any number of digits: ½, π, a count, a setting."""

    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a long sum, as one number: ``28 more: −0.0123``. ``members`` are the quantities in it."""

    count: int
    value: float
    members: tuple[Quantity, ...] = ()


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms added; a negative one is written with a minus sign."""

    terms: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Product:
    """Factors multiplied."""

    factors: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Quotient:
    """A fraction."""

    top: "Expression"
    bottom: "Expression"


@dataclass(frozen=True, slots=True)
class Power:
    """A power; an exponent of 2 is written ²."""

    base: "Expression"
    exponent: "Expression"


@dataclass(frozen=True, slots=True)
class Negative:
    """The opposite of a number."""

    inside: "Expression"


@dataclass(frozen=True, slots=True)
class Call:
    """A function of FUNCTIONS; ``e^``, ``√`` and ``abs`` have spellings of their own."""

    function: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Bracket:
    """Iverson's bracket: 1 where the relation (> or ≤) holds, else 0."""

    left: "Expression"
    relation: str
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a formula that is a quantity of its own, written out in place."""

    of: Quantity
    inside: "Expression"


Expression = Number | Constant | Rest | Sum | Product | Quotient | Power | Negative | Call | Bracket | Part


def exp(x: float) -> float:
    """e^x, infinite where float64 cannot hold it."""
    return math.exp(x) if x < 709.0 else math.inf


def normal_distribution(x: float) -> float:
    """Φ(x), the share of a normal distribution below x."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def sign(x: float) -> float:
    """−1, 0 or 1."""
    return float((x > 0) - (x < 0))


def log(x: float) -> float:
    """ln x: −∞ at 0, and undefined below."""
    return math.log(x) if x > 0 else -math.inf if x == 0 else math.nan


FUNCTIONS: dict[str, Callable[..., float]] = {
    "e^": exp,
    "ln": log,
    "√": math.sqrt,
    "tanh": math.tanh,
    "Φ": normal_distribution,
    "sign": sign,
    "cos": math.cos,
    "floor": math.floor,
    "abs": abs,
    "max": max,
    "min": min,
}


# --- building -----------------------------------------------------------------------------------


def whole(value: int) -> Constant:
    """A count, written in full."""
    return Constant(float(value), digits(17)(value))


def setting(value: float) -> Constant:
    """A number the user has set, as short as it can be written exactly."""
    words = repr(float(value)).removesuffix(".0").replace("e-0", "e-").replace("-", "−")
    return Constant(float(value), words)


ONE, TWO, HALF, PI = Constant(1.0, "1"), Constant(2.0, "2"), Constant(0.5, "½"), Constant(math.pi, "π")


def call(function: str, *arguments: Expression) -> Call:
    """A function of its arguments; see FUNCTIONS."""
    return Call(function, arguments)


def minus(left: Expression, right: Expression) -> Sum:
    """A difference."""
    return Sum((left, Negative(right)))


def times(*factors: Expression) -> Product:
    """A product."""
    return Product(factors)


def square(base: Expression) -> Power:
    """x²."""
    return Power(base, TWO)


# --- evaluating ---------------------------------------------------------------------------------


def evaluate(e: Expression) -> float:
    """The value of the tree as it stands, with the numbers it holds."""
    match e:
        case Number() | Constant() | Rest():
            return e.value
        case Sum(terms):
            return total(map(evaluate, terms))
        case Product(factors):
            return math.prod(map(evaluate, factors))
        case Quotient(top, bottom):
            return divide(evaluate(top), evaluate(bottom))
        case Power(base, exponent):
            x, power = evaluate(base), evaluate(exponent)
            return x * x if power == 2 else x**power
        case Negative(inside):
            return -evaluate(inside)
        case Bracket(left, relation, right):
            a, b = evaluate(left), evaluate(right)
            return float(a > b if relation == ">" else a <= b)
        case Part(_, inside):
            return evaluate(inside)
        case Call("ln", (Sum((first, *rest)),)) if evaluate(first) == 1.0:
            return math.log1p(evaluate(Sum(tuple(rest))))  # ln(1 + x) of a tiny x
        case Call(function, arguments):
            return float(FUNCTIONS[function](*map(evaluate, arguments)))


def mapped(e: Expression, change: Callable[[float], float]) -> Expression:
    """The same tree with other numbers in the place of the record's; what is written the same at any number of digits
    stays."""
    match e:
        case Number(value, of):
            return Number(change(value), of)
        case Rest(count, value, members):
            return Rest(count, change(value), members)
        case Constant():
            return e
        case Sum(parts):
            return Sum(tuple(mapped(part, change) for part in parts))
        case Product(parts):
            return Product(tuple(mapped(part, change) for part in parts))
        case Call(function, parts):
            return Call(function, tuple(mapped(part, change) for part in parts))
        case Quotient(top, bottom):
            return Quotient(mapped(top, change), mapped(bottom, change))
        case Power(base, exponent):
            return Power(mapped(base, change), mapped(exponent, change))
        case Bracket(left, relation, right):
            return Bracket(mapped(left, change), relation, mapped(right, change))
        case Negative(inside):
            return Negative(mapped(inside, change))
        case Part(of, inside):
            return Part(of, mapped(inside, change))


def total(values: Iterable[float]) -> float:
    """The sum without loss of digits; where numbers overflow, the sum as it comes."""
    numbers = list(values)
    try:
        return math.fsum(numbers)
    except (OverflowError, ValueError):
        return sum(numbers)


def divide(top: float, bottom: float) -> float:
    """A quotient as floats have it: ±∞ over 0, and 0 / 0 undefined."""
    if bottom != 0:
        return top / bottom
    return math.copysign(math.inf, top) if top else math.nan


def quantities(e: Expression) -> Iterator[Quantity]:
    """The quantities in the tree, from left to right; some come more than once."""
    match e:
        case Number(_, of):
            if of is not None:
                yield of
        case Rest(_, _, members):
            yield from members
        case Sum(parts) | Product(parts) | Call(_, parts):
            for part in parts:
                yield from quantities(part)
        case Quotient(a, b) | Power(a, b) | Bracket(a, _, b):
            yield from quantities(a)
            yield from quantities(b)
        case Negative(inside):
            yield from quantities(inside)
        case Part(of, inside):
            yield of
            yield from quantities(inside)


# --- writing ------------------------------------------------------------------------------------

ATOM, POWER, FACTOR, TERM = 3, 2, 1, 0


def digits(count: int) -> Write:
    """A way to write numbers with ``count`` significant digits; 17 say all that a float64 holds."""
    return lambda value: f"{value + 0.0:.{count}g}".replace("inf", "∞").replace("-", "−")


def text(e: Expression, write: Write, binding: int = TERM) -> str:
    """The tree in characters that :func:`tests.explain.reading.parse` reads back. ``binding`` says how tightly it
    must hold together where it stands; brackets are set where it does not."""
    words, holds = _spell(e, write)
    return words if holds >= binding else f"({words})"


def _spell(e: Expression, write: Write) -> tuple[str, int]:
    """The words and how tightly they hold together."""
    match e:
        case Number(value):
            words = write(value)
            return words, FACTOR if words.startswith("−") else ATOM
        case Constant(_, words):
            return words, FACTOR if words.startswith("−") else ATOM
        case Rest(count, value):
            return f"{count} more: {write(value)}", FACTOR
        case Sum((only,)):
            return _spell(only, write)
        case Sum(terms):
            return _spell_sum(terms, write), TERM
        case Product(factors):
            return " · ".join(text(factor, write, FACTOR) for factor in factors), FACTOR
        case Quotient(top, bottom):
            return f"{text(top, write, FACTOR)} / {text(bottom, write, POWER)}", FACTOR
        case Power(base, exponent):
            raised = "²" if exponent == TWO else f"^{text(exponent, write, ATOM)}"
            return text(base, write, ATOM) + raised, POWER
        case Negative(inside):
            words = text(inside, write, FACTOR)
            return f"−({words})" if words.startswith("−") else f"−{words}", FACTOR
        case Bracket(left, relation, right):
            return f"[{text(left, write)} {relation} {text(right, write)}]", ATOM
        case Part(_, inside):
            return _spell(inside, write)
        case Call("abs", (inside,)):
            return f"|{text(inside, write)}|", ATOM
        case Call("floor", (inside,)):
            return f"⌊{text(inside, write)}⌋", ATOM
        case Call(function, arguments):
            return f"{function}({', '.join(text(argument, write) for argument in arguments)})", ATOM


def _spell_sum(terms: tuple[Expression, ...], write: Write) -> str:
    out = ""
    for term in terms:
        words = text(term, write, FACTOR)
        if not out:
            out = words
        elif words.startswith("−"):
            out += f" − {words[1:]}"
        else:
            out += f" + {words}"
    return out
