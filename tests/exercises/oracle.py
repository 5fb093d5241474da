"""The answers once more: from what a sheet gives in print, in plain Python, one number at a time.

Nothing of bptui computes here. It knows the sheets' own words: tables by their titles, formulas by what they are asked.
"""

import math
import re
from dataclasses import dataclass, field

from bptui.exercises.exercise import Exercise, Table

Row = list[float]
NAME = re.compile(
    r"(?:(?P<unit>[zaδ])(?P<layer>[₀-₉])\[(?P<k>\d)\]\[#(?P<m>\d)\]"
    r"|L\[#(?P<of>\d)\]"
    r"|∂L/∂(?P<one>[wb].*\])\[#(?P<sample>\d)\]"
    r"|(?P<kind>SUM|MEAN|quotient of) (?P<weight>[wb].*)"
    r"|(?P<g>g|vₜ)\((?P<inside>.*)\)"
    r"|Δ(?P<step>.*)"
    r"|(?P<after>.*) after)"
)
WEIGHT = re.compile(r"(?:w(?P<layer>[₀-₉])\[x?(?P<source>\d)→(?P<to>\d)\]|b(?P<of>[₀-₉])\[(?P<bias>\d)\])")


def number(words: str) -> float:
    return float(words.replace("−", "-"))


def index(sign: str) -> int:
    return ord(sign) - ord("₀")


@dataclass
class Sheet:
    """What can be read on it."""

    x: list[Row] = field(default_factory=list)
    y: list[Row] = field(default_factory=list)
    weights: list[list[Row]] = field(default_factory=list)
    biases: list[Row] = field(default_factory=list)
    losses: Row = field(default_factory=list)
    kept: dict[str, Row] = field(default_factory=dict)
    softmax: bool = False
    rate: float = 0.0
    mu: float = 0.0


def read(it: Exercise) -> Sheet:
    sheet = Sheet()
    sentences = [it.task, *(part for part in it.given if isinstance(part, str))]
    for words in sentences:
        sheet.softmax |= "softmax, `a = e^z_k" in words
        for name, sign in (("rate", "γ"), ("mu", "μ")):
            found = re.search(rf"{sign} = ([\d.]+)", words)
            if found:
                setattr(sheet, name, float(found[1]))
    for part in it.given:
        if isinstance(part, Table):
            read_table(sheet, part)
    return sheet


def read_table(sheet: Sheet, it: Table) -> None:
    if it.title == "the batch":
        inputs = sum(name.startswith("x") for name in it.head)
        for row in it.rows:
            numbers = [number(cell) for cell in row[1:]]
            sheet.x.append(numbers[:inputs])
            sheet.y.append(numbers[inputs:])
    elif it.title.startswith("weights of layer"):
        rows = [[number(cell) for cell in row[1:]] for row in it.rows]
        assert it.rows[-1][0] == "bias"
        sheet.weights.append(rows[:-1])
        sheet.biases.append(rows[-1])
    elif it.title == "mean loss L at":
        sheet.losses = [number(cell) for cell in it.rows[0]]
    elif it.title == "before the update":
        sheet.kept = {row[0]: [number(cell) for cell in row[1:]] for row in it.rows}


@dataclass
class Passed:
    """One sample's z and a per layer (a[0] is the input), its loss and δ per layer."""

    z: list[Row]
    a: list[Row]
    loss: float
    delta: list[Row]


def passed(sheet: Sheet, m: int) -> Passed:
    a, z = [sheet.x[m]], []
    for layer, (w, b) in enumerate(zip(sheet.weights, sheet.biases, strict=True), start=1):
        z.append([sum(a[-1][i] * w[i][o] for i in range(len(w))) + b[o] for o in range(len(b))])
        if layer < len(sheet.weights):
            a.append([math.tanh(one) for one in z[-1]])
        elif sheet.softmax:
            a.append([math.exp(one) / sum(math.exp(other) for other in z[-1]) for one in z[-1]])
        else:
            a.append([1 / (1 + math.exp(-one)) for one in z[-1]])
    y, out = sheet.y[m], a[-1]
    if sheet.softmax:
        loss = -sum(t * math.log(p) for p, t in zip(out, y, strict=True))
        delta = [[p - t for p, t in zip(out, y, strict=True)]]
    else:
        loss = 0.5 * sum((p - t) ** 2 for p, t in zip(out, y, strict=True))
        delta = [[(p - t) * p * (1 - p) for p, t in zip(out, y, strict=True)]]
    for layer in range(len(sheet.weights) - 1, 0, -1):
        w = sheet.weights[layer]
        handed = [sum(w[i][o] * delta[0][o] for o in range(len(w[0]))) for i in range(len(w))]
        delta.insert(0, [h / math.cosh(pre) ** 2 for h, pre in zip(handed, z[layer - 1], strict=True)])
    return Passed(z, a, loss, delta)


def gradient(sheet: Sheet, m: int, weight: str) -> float:
    found = WEIGHT.fullmatch(weight)
    assert found, weight
    it = passed(sheet, m)
    if found["of"]:
        return it.delta[index(found["of"]) - 1][int(found["bias"])]
    layer = index(found["layer"])
    return it.a[layer - 1][int(found["source"])] * it.delta[layer - 1][int(found["to"])]


def value(sheet: Sheet, weight: str) -> float:
    found = WEIGHT.fullmatch(weight)
    assert found, weight
    if found["of"]:
        return sheet.biases[index(found["of"]) - 1][int(found["bias"])]
    return sheet.weights[index(found["layer"]) - 1][int(found["source"])][int(found["to"])]


def answer(sheet: Sheet, name: str) -> float:
    """What stands in the blank with this name."""
    found = NAME.fullmatch(name)
    assert found, name
    if found["unit"]:
        it = passed(sheet, int(found["m"]) - 1)
        layers = {"z": it.z, "a": it.a[1:], "δ": it.delta}[found["unit"]]
        return layers[index(found["layer"]) - 1][int(found["k"])]
    if found["of"]:
        return passed(sheet, int(found["of"]) - 1).loss
    if found["one"]:
        return gradient(sheet, int(found["sample"]) - 1, found["one"])
    if found["kind"] == "quotient of":
        return (sheet.losses[2] - sheet.losses[0]) / 0.02
    if sheet.kept:
        return kept(sheet, found)
    return of_the_batch(sheet, found)


def of_the_batch(sheet: Sheet, found: re.Match[str]) -> float:
    weight = found["weight"] or found["inside"] or found["step"] or found["after"]
    total = sum(gradient(sheet, m, weight) for m in range(len(sheet.x)))
    mean = total / len(sheet.x)
    if found["kind"]:
        return total if found["kind"] == "SUM" else mean
    if found["g"]:
        return mean
    step = -sheet.rate * mean
    return step if found["step"] else value(sheet, weight) + step


def kept(sheet: Sheet, found: re.Match[str]) -> float:
    """With momentum, from what is given of the weight."""
    before, velocity, g = sheet.kept[found["inside"] or found["step"] or found["after"]]
    velocity = sheet.mu * velocity + g
    if found["g"]:
        return velocity
    return -sheet.rate * velocity + (0.0 if found["step"] else before)
