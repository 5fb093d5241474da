"""Formulas over intervals: what may come out of numbers that were rounded to be shown."""

import math
from collections.abc import Callable
from functools import reduce
from itertools import product

from bptui.explain.expression import (
    FUNCTIONS,
    Bracket,
    Call,
    Constant,
    Expression,
    Negative,
    Number,
    Part,
    Power,
    Product,
    Quotient,
    Rest,
    Sum,
)

Interval = tuple[float, float]
EVERYTHING = (-math.inf, math.inf)
RISING = ("e^", "ln", "√", "tanh", "Φ", "sign", "max", "min")


def enclose(e: Expression, rounded: Callable[[float], Interval]) -> Interval:
    """An interval with every value that the formula can have for numbers in ``rounded(number)``."""
    low, high = _enclose(e, rounded)
    if isinstance(e, (Number, Rest, Constant)):
        return low, high
    slack = 1e-13 * max(abs(low), abs(high)) if math.isfinite(low) and math.isfinite(high) else 0.0
    return low - slack, high + slack


def _enclose(e: Expression, rounded: Callable[[float], Interval]) -> Interval:
    def inside(part: Expression) -> Interval:
        return enclose(part, rounded)

    match e:
        case Number() | Rest():
            return rounded(e.value)
        case Constant(value):
            return value, value
        case Sum(terms):
            ends = [inside(term) for term in terms]
            return sum(low for low, _ in ends), sum(high for _, high in ends)
        case Product(factors):
            return reduce(corners, map(inside, factors), (1.0, 1.0))
        case Quotient(top, bottom):
            low, high = inside(bottom)
            return EVERYTHING if low <= 0 <= high else corners(inside(top), (1 / high, 1 / low))
        case Power(base, exponent):
            (low, high), (power, _) = inside(base), inside(exponent)
            power = round(power)  # exponents are whole
            least, most = sorted((low**power, high**power))
            return (0.0 if low < 0 < high else least), most
        case Call("floor", (part,)):
            low, high = inside(part)
            return math.floor(low + 1e-9), math.floor(high + 1e-9)
        case Negative(part):
            low, high = inside(part)
            return -high, -low
        case Part(_, part):
            return inside(part)
        case Bracket(left, relation, right):
            (a, b), (c, d) = inside(left), inside(right)
            sure, possible = (a > d, b > c) if relation == ">" else (b <= c, a <= d)
            return float(sure), float(possible)
        case Call("abs", (part,)):
            low, high = inside(part)
            return (0.0 if low < 0 < high else min(abs(low), abs(high))), max(abs(low), abs(high))
        case Call("cos", (part,)):
            low, high = inside(part)
            return min(math.cos(low), math.cos(high)), max(math.cos(low), math.cos(high))
        case Call(function, parts):
            assert function in RISING
            ends = [inside(part) for part in parts]
            if function in ("√", "ln"):
                ends = [(max(low, 0.0), max(high, 0.0)) for low, high in ends]
            low, high = (FUNCTIONS[function](*(end[k] for end in ends)) for k in (0, 1))
            return low, high
    raise AssertionError(e)


def corners(a: Interval, b: Interval) -> Interval:
    products = [0.0 if 0 in (x, y) else x * y for x, y in product(a, b)]
    return min(products), max(products)
