"""Moodle's side: what it reads in a Cloze question, and what it answers to a number that is typed.

Written from Moodle's own description of the syntax: {WEIGHT:TYPE:alternatives}, alternatives between ~, each with = or
%PERCENT%, an answer (a number with :tolerance) and #feedback; a backslash before } and # takes their meaning away. The
first alternative that fits is the one that counts.
"""

import re
from dataclasses import dataclass
from html import unescape

START = re.compile(r"\{(?P<weight>[0-9]*):(?P<kind>NUMERICAL|NM|MULTICHOICE|MC|SHORTANSWER|SA|MW):")
NUMBER = r"-?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][-+]?[0-9]+)?"
NUMERICAL = re.compile(rf"(?P<value>{NUMBER})(?::(?P<tolerance>{NUMBER}))?")
PERCENT = re.compile(r"=|%(-?[0-9]+)%")


@dataclass(frozen=True)
class Alternative:
    fraction: float
    answer: str
    feedback: str
    value: float = 0.0
    tolerance: float = 0.0


@dataclass(frozen=True)
class Gap:
    kind: str
    alternatives: tuple[Alternative, ...]

    def grade(self, typed: str) -> tuple[float, str]:
        """Fraction and feedback; 0 and nothing where no alternative fits."""
        for each in self.alternatives:
            if self.kind == "NUMERICAL":
                fits = abs(float(typed) - each.value) <= each.tolerance * (1 + 1e-9)
            else:
                fits = typed == each.answer
            if fits:
                return each.fraction, each.feedback
        return 0.0, ""


def gaps(text: str) -> list[Gap]:
    """Raises ValueError for what is no Cloze text."""
    found, place = [], 0
    while start := START.search(text, place):
        parts, place = alternatives(text, start.end())
        every = tuple(alternative(part, start["kind"]) for part in parts)
        if not any(each.fraction == 1 for each in every):
            raise ValueError(f"no answer is right: {text[start.start() : place]}")
        found.append(Gap(start["kind"], every))
    return found


def alternatives(text: str, place: int) -> tuple[list[str], int]:
    """Between ~, up to the } that no backslash stands before."""
    parts = [""]
    while text[place] != "}":
        sign = text[place]
        if sign == "\\" and text[place + 1] in "}#~":
            parts[-1] += text[place : place + 2]
            place += 1
        elif sign == "~":
            parts.append("")
        else:
            parts[-1] += sign
        place += 1
    return parts, place + 1


def alternative(part: str, kind: str) -> Alternative:
    mark = PERCENT.match(part)
    fraction = 0.0 if mark is None else 1.0 if mark[0] == "=" else int(mark[1]) / 100
    rest = part[mark.end() if mark else 0 :]
    answer, _, feedback = rest.partition("#")
    feedback = unescape(feedback).replace("\\}", "}").replace("\\#", "#").replace("\\~", "~")
    if not answer:
        raise ValueError(f"nothing to answer: {part}")
    if kind != "NUMERICAL":
        return Alternative(fraction, unescape(answer), feedback)
    found = NUMERICAL.fullmatch(answer)
    if found is None:
        raise ValueError(f"no number: {answer}")
    return Alternative(fraction, answer, feedback, float(found["value"]), float(found["tolerance"] or 0))
