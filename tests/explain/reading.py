"""Reading a formula back from the text that was shown: what is on the screen can be computed by anyone.

sum     = term { ("+" | "−") term }
term    = factor { ("·" | "/") factor }
factor  = "−" factor | atom [ "²" | "^" atom ]
atom    = number | count "more:" factor | "½" | "π" | "∞" | "(" sum ")" | "|" sum "|" | "⌊" sum "⌋"
        | "[" sum (">" | "≤") sum "]" | function "(" sum { "," sum } ")"
"""

import math
import re

from bptui.explain.expression import (
    FUNCTIONS,
    HALF,
    PI,
    Bracket,
    Call,
    Constant,
    Expression,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Rest,
    Sum,
)

TOKEN = re.compile(
    r"\s*(?:(?P<rest>\d+ more:)|(?P<number>\d+\.?\d*(?:e[−+]?\d+)?|nan)"
    r"|(?P<function>e\^|[a-zA-ZΦ√]+)|(?P<sign>[-+−·/^²(),|⌊⌋\[\]>≤½π∞]))"
)


class Reader:
    def __init__(self, words: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at = 0
        words = words.rstrip()
        while at < len(words):
            found = TOKEN.match(words, at)
            if found is None:
                raise ValueError(f"cannot read {words[at:]!r}")
            self.tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            at = found.end()
        self.at = 0

    @property
    def next(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self) -> tuple[str, str]:
        if self.at == len(self.tokens):
            raise ValueError("the formula ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, sign: str) -> None:
        got = self.take()[1]
        if got != sign:
            raise ValueError(f"{sign!r} expected, got {got!r}")

    def sum(self) -> Expression:
        terms = [self.term()]
        while self.next in ("+", "−"):
            minus = self.take()[1] == "−"
            terms.append(Negative(self.term()) if minus else self.term())
        return terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def term(self) -> Expression:
        left = self.factor()
        while self.next in ("·", "/"):
            divided = self.take()[1] == "/"
            right = self.factor()
            left = Quotient(left, right) if divided else Product((left, right))
        return left

    def factor(self) -> Expression:
        if self.next == "−":
            self.take()
            return Negative(self.factor())
        base = self.atom()
        if self.next == "²":
            self.take()
            return Power(base, Constant(2.0, "2"))
        if self.next == "^":
            self.take()
            return Power(base, self.atom())
        return base

    def atom(self) -> Expression:
        group, words = self.take()
        if group == "number":
            return Number(float(words.replace("−", "-")))
        if group == "rest":
            return self.rest(int(words.split()[0]))
        if group == "function":
            return self.function(words)
        if words in "(|⌊":
            inside = self.sum()
            self.expect({"(": ")", "|": "|", "⌊": "⌋"}[words])
            if words == "(":
                return inside
            return Call("abs" if words == "|" else "floor", (inside,))
        if words == "[":
            return self.bracket()
        known: dict[str, Expression] = {"½": HALF, "π": PI, "∞": Number(math.inf)}
        if words not in known:
            raise ValueError(f"unexpected {words!r}")
        return known[words]

    def rest(self, count: int) -> Expression:
        negative = self.next == "−"
        if negative:
            self.take()
        inside = self.atom()
        assert isinstance(inside, Number)
        return Rest(count, -inside.value if negative else inside.value)

    def function(self, name: str) -> Expression:
        if name not in FUNCTIONS:
            raise ValueError(f"unknown function {name!r}")
        self.expect("(")
        arguments = [self.sum()]
        while self.next == ",":
            self.take()
            arguments.append(self.sum())
        self.expect(")")
        return Call(name, tuple(arguments))

    def bracket(self) -> Expression:
        left, relation, right = self.sum(), self.take()[1], self.sum()
        self.expect("]")
        if relation not in (">", "≤"):
            raise ValueError(f"unknown relation {relation!r}")
        return Bracket(left, relation, right)


def parse(words: str) -> Expression:
    """The tree that a shown formula says. Raises ValueError where it is no formula."""
    reader = Reader(words)
    whole = reader.sum()
    if reader.at < len(reader.tokens):
        raise ValueError(f"unexpected {reader.next!r}")
    return whole
