"""The words for what one waits for: ``train_loss < 0.1``, ``w2[0->1] crosses 0``, ``row 17 flips``, ``epoch 5``."""

import math
import re

from bptui.data.clean import clean
from bptui.engine.weight import NUMBERED, Names, Weight
from bptui.training.watching.condition import Condition, Test
from bptui.training.watching.watchable import Kind, Watchable

SPELT = str.maketrans("₀₁₂₃₄₅₆₇₈₉−δγ", "0123456789-dr")
NUMBER = r"[-+]?(?:[0-9]{1,20}\.?[0-9]{0,20}|\.[0-9]{1,20})(?:e[-+]?[0-9]{1,3})?"
NUMBERS = (
    *("train loss", "test loss", "batch loss", "train accuracy", "test accuracy", "gradient", "rate"),
    *("w2[0>1]", "b2[1]", "z1[3] of row 17", "a1[3] of row 17", "d1[3] of row 17", "loss of row 17"),
)
TESTS = ("< 0.1", "> 0.1", "crosses 0.5", "changes sign", "changes", "rises 3", "falls 3")
EVENTS = (
    *("row 17 comes", "row 17 flips", "row 17 right", "row 17 wrong", "update 250", "epoch 5", "epoch 5 ends"),
    *("layer 1 unit 3 dead", "layer 1 unit 3 saturated", "not finite"),
)
ACCEPTED = "write 'train_loss < 0.1', 'w2[0>1] changes sign', 'row 17 flips', 'epoch 5' …"
ACCEPTED_NUMBERS = "write 'train_loss', 'w2[0>1]', 'd1[3] of row 17', 'loss of row 17', 'gradient' …"
KINDS: dict[str, Kind] = {
    **{"trainloss": "train loss", "testloss": "test loss"},
    **{"trainaccuracy": "train accuracy", "testaccuracy": "test accuracy"},
    **dict.fromkeys(("batchloss", "loss"), "batch loss"),
    **dict.fromkeys(("gradient", "gradientnorm"), "gradient"),
    **dict.fromkeys(("rate", "learningrate", "lr", "r"), "rate"),
}
OF_UNIT: dict[str, Kind] = {"z": "z", "a": "a", "d": "delta", "delta": "delta"}
ROW = r"(?:of )?(?:row|sample) (?P<row>[0-9]{1,9})"
WEIGHT = re.compile(r"w(?P<layer>[0-9]{1,3}) ?\[ ?(?P<source>[^\]>→-]{1,40}?) ?(?:→|->|>) ?(?P<unit>[^\]]{1,40}?) ?\]")
BIAS = re.compile(r"b(?P<layer>[0-9]{1,3}) ?\[ ?(?P<unit>[^\]]{1,40}?) ?\]")
UNIT = re.compile(rf"(?P<of>delta|[zad]) ?(?P<layer>[0-9]{{1,3}}) ?\[ ?(?P<unit>[^\]]{{1,40}}?) ?\] {ROW}")
SAMPLE = re.compile(rf"(?P<kind>loss|answer) {ROW}|(?:row|sample) (?P<before>[0-9]{{1,9}}) (?P<after>loss|answer)\b")
NAMED = re.compile(
    r"(?P<name>(?:train|test|batch)[ _-]?(?:loss|accuracy)|learning[ _-]rate|gradient(?:[ _-]norm)?|loss|rate|lr|r)\b"
)
LEVEL = re.compile(rf"(?P<test><=|>=|<|>|below|above|crosses) ?(?P<value>{NUMBER}) ?(?P<percent>%?)")
STREAK = re.compile(r"(?P<test>rises|falls)(?: (?:for )?(?P<times>[0-9]{1,6})(?: (?:times|epochs|updates))?)?")
EVENT = re.compile(
    r"""(?:row|sample)\ (?P<row>[0-9]{1,9})\ (?P<does>comes|flips|right|wrong)
  | update\ (?P<update>[0-9]{1,9})
  | epoch\ (?P<epoch>[0-9]{1,9})(?P<ends>\ ends)?
  | layer\ (?P<layer>[0-9]{1,3})\ unit\ (?P<unit>\S{1,40})\ (?P<how>dead|saturated)
  | (?P<finite>not\ finite|no\ longer\ finite)""",
    re.VERBOSE,
)


def parse_condition(text: str, names: Names = NUMBERED) -> Condition:
    """What a line waits for; units may be called by their names. Raises ValueError saying what was not understood."""
    words = " ".join(text.translate(SPELT).split())
    event = EVENT.fullmatch(words.lower())
    if event:
        return of_event(event, words, names)
    number, rest = number_in(words, names, ACCEPTED)
    test = rest.lower().strip()
    if test in ("changes sign", "changes"):
        return Condition(number, "crosses" if test == "changes sign" else "changes")
    if found := LEVEL.fullmatch(test):
        value = float(found["value"]) / (100 if found["percent"] else 1)
        if not math.isfinite(value):
            raise ValueError(f"{found['value']} is no finite number")
        kind: Test = {"below": "<", "above": ">"}.get(found["test"], found["test"])  # type: ignore[assignment]
        return Condition(number, kind, value)
    if found := STREAK.fullmatch(test):
        times = int(found["times"] or 1)
        if times < 1:
            raise ValueError(f"{found['test']} counts from 1; {ACCEPTED}")
        return Condition(number, found["test"], float(times))  # type: ignore[arg-type]
    said = f'not understood: "{clean(rest.strip(), 30)}"' if rest.strip() else f"what of {number.words()}?"
    raise ValueError(f"{said}; {suggestion(test, TESTS)}")


def parse_number(text: str, names: Names = NUMBERED) -> Watchable:
    """The number that a line names. Raises ValueError saying what was not understood."""
    number, rest = number_in(" ".join(text.translate(SPELT).split()), names, ACCEPTED_NUMBERS)
    if rest.strip():
        raise ValueError(f'not understood: "{clean(rest.strip(), 30)}"; {ACCEPTED_NUMBERS}')
    return number


def of_event(found: re.Match[str], words: str, names: Names) -> Condition:
    """What happens to a sample, a unit or the run. Raises ValueError."""
    part = {key: value for key, value in found.groupdict().items() if value is not None}
    if "row" in part:
        row, does = int(part["row"]), part["does"]
        if does == "comes":
            return Condition(Watchable("comes", row=row), "known")
        if does == "flips":
            return Condition(Watchable("answer", row=row), "changes")
        return Condition(Watchable("right", row=row), "is", float(does == "right"))
    if "layer" in part:
        layer, (_, _, _, unit, how) = int(part["layer"]), words.split()
        kind: Kind = "dead" if how.lower() == "dead" else "saturated"
        return Condition(Watchable(kind, layer=layer, unit=unit_named(unit, layer, names)), "is", 1.0)
    if "finite" in part:
        return Condition(Watchable("finite"), "known")
    what: Kind = "update" if "update" in part else "epoch end" if "ends" in part else "epoch"
    count = int(part["update"] if "update" in part else part["epoch"])
    if count < 1:
        raise ValueError(f"{what.split()[0]}s count from 1; {ACCEPTED}")
    return Condition(Watchable(what), "is", float(count))


def number_in(words: str, names: Names, accepted: str) -> tuple[Watchable, str]:
    """The number at the beginning of a line, and the rest of it. Raises ValueError."""
    lower = words.lower()
    if found := WEIGHT.match(lower):
        layer = int(found["layer"])
        source = source_named(words[found.start("source") : found.end("source")], layer, names)
        unit = unit_named(words[found.start("unit") : found.end("unit")], layer, names)
        return Watchable("weight", Weight(layer, source, unit)), words[found.end() :]
    if found := BIAS.match(lower):
        layer = int(found["layer"])
        unit = unit_named(words[found.start("unit") : found.end("unit")], layer, names)
        return Watchable("weight", Weight(layer, -1, unit)), words[found.end() :]
    if found := UNIT.match(lower):
        layer = int(found["layer"])
        unit = unit_named(words[found.start("unit") : found.end("unit")], layer, names)
        kind = OF_UNIT[found["of"]]
        return Watchable(kind, layer=layer, unit=unit, row=int(found["row"])), words[found.end() :]
    if found := SAMPLE.match(lower):
        row, of = int(found["row"] or found["before"]), found["kind"] or found["after"]
        return Watchable("loss" if of == "loss" else "answer", row=row), words[found.end() :]
    if found := NAMED.match(lower):
        return Watchable(KINDS[re.sub("[ _-]", "", found["name"])]), words[found.end() :]
    raise ValueError(f"{not_understood(lower)}; {suggestion(lower, (*NUMBERS, *EVENTS), accepted)}")


def not_understood(words: str) -> str:
    """The beginning of a refusal."""
    return f'not understood: "{clean(words, 30)}"' if words else "nothing is said"


def suggestion(words: str, known: tuple[str, ...], accepted: str = "") -> str:
    """The nearest of what is known, or what is accepted."""
    import difflib  # noqa: PLC0415  only what is misspelt waits for it

    heads = {each.split("[")[0].split(" of ")[0]: each for each in known}
    close = difflib.get_close_matches(words, [*known, *heads], n=1, cutoff=0.5) or difflib.get_close_matches(
        re.split(r" ?[<>0-9]", words)[0].replace("_", " "), [*known, *heads], n=1, cutoff=0.6
    )
    if close:
        return f"did you mean '{heads.get(close[0], close[0])}'?"
    return accepted or f"one of {', '.join(known)}"


def unit_named(word: str, layer: int, names: Names) -> int:
    """A unit's number, from its number or its own name. Raises ValueError."""
    known = names.units[layer] if names.units and layer < len(names.units) else ()
    if word in known:
        return known.index(word)
    if word.isascii() and word.isdecimal() and len(word) < 8:
        return int(word)
    raise ValueError(f'no unit "{clean(word, 20)}" in layer {layer}; units are numbers from 0')


def source_named(word: str, layer: int, names: Names) -> int:
    """The same of an input of a layer, which may be written ``x0``."""
    known = names.units[layer - 1] if names.units and 0 < layer <= len(names.units) else ()
    if word in known:
        return known.index(word)
    return unit_named(word.lower().removeprefix("x") if layer == 1 else word, max(layer - 1, 0), names)
