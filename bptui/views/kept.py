"""What is made of a record alone is kept as long as one looks at that record: most keys step inside one update."""

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import ref

if TYPE_CHECKING:
    from bptui.training.record import UpdateRecord  # the header of the first frame does without numpy

T = TypeVar("T")
MOST = 4096


class OfRecord(Generic[T]):
    """What was made of the record looked at last, by all else that it was made of. The record itself is not held."""

    def __init__(self) -> None:
        self._of: ref[UpdateRecord] | None = None
        self._made: dict[Hashable, T] = {}

    def get(self, record: "UpdateRecord", others: Hashable, make: Callable[[], T]) -> T:
        """``make()``, or what it gave before for this record and these others."""
        if self._of is None or self._of() is not record or len(self._made) > MOST:
            self._of = ref(record)
            self._made.clear()
        found = self._made.get(others)
        if found is None:
            found = self._made[others] = make()
        return found
