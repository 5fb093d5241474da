"""What rules have in common is computed once: a stage is kept by the choices that it depends on."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np

from bptui.engine.wrong_rules.rule import Rule

MOST_KEPT = 256 * 2**20
"""Bytes of results, beyond which all are forgotten: of a large network thousands of rules would fill the memory."""


class Kept:
    """Results of stages, by stage, place and the choices that matter; where it is asked of one ``rule`` only, it need
    not be told apart from others."""

    def __init__(self, rule: Rule | None = None) -> None:
        self.results: dict[Any, Any] = {}
        self.rule = rule
        self._bytes = 0

    def keep(self, key: Any, result: Any) -> None:
        """Remember a result, and forget the others where there are too many; of one rule there are few."""
        if self.rule is not None:
            self.results[key] = result
            return
        self._bytes += bytes_of(result)
        if self._bytes > MOST_KEPT:
            self.results.clear()
            self._bytes = bytes_of(result)
        self.results[key] = result


def bytes_of(result: Any) -> int:
    """Of an array, or of the arrays in a tuple."""
    if isinstance(result, tuple):
        return sum(map(bytes_of, result))
    return result.nbytes if isinstance(result, np.ndarray) else 0


P = ParamSpec("P")
Result = TypeVar("Result")
Self = TypeVar("Self", bound=Kept)
Method = Callable[Concatenate[Self, Rule, P], Result]


def stage(*choices: str) -> Callable[[Method[Self, P, Result]], Method[Self, P, Result]]:
    """A method (rule, place …) whose result depends on these choices of the rule alone; on all of a tangled one."""
    read = attrgetter(*choices)

    def keeping(method: Method[Self, P, Result]) -> Method[Self, P, Result]:
        name = method.__name__

        def kept(self: Self, rule: Rule, /, *place: P.args, **named: P.kwargs) -> Result:
            key = (name, place, None if rule is self.rule else rule if rule.tangled else read(rule))
            result: Result | None = self.results.get(key)
            if result is None:
                result = method(self, rule, *place, **named)
                self.keep(key, result)
            return result

        return kept

    return keeping
