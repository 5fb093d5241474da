"""Which of some known names was meant by one that is none of them."""

from collections.abc import Iterable

LONGEST = 60  # of a name that may be a slip of the hand
SHORTEST = 3  # of a beginning that says enough
SLIPS = 3  # letters of the longer for each that may be wrong; of a short one one


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The one with the fewest slips, if they are few or one is a part of the other; None where there is no such.
    Capitals are no slip, a beginning is one; of several it is the one that begins alike, else the first."""
    if not name or len(name) > LONGEST:
        return None
    said = name.casefold()
    found: list[tuple[int, bool, bool, int, str]] = []
    for place, each in enumerate(known):
        other = each.casefold()
        if len(other) > LONGEST:
            continue
        begins = len(said) >= SHORTEST and other.startswith(said)
        count = min(slips(said, other), 1) if begins else slips(said, other)
        if is_slip(count, said, other) or is_part(said, other):
            found.append((count, not begins, said[0] != other[:1], place, each))
    return min(found)[-1] if found else None


def is_slip(count: int, said: str, other: str) -> bool:
    """Are so many few for names of these lengths? Something of both must be right."""
    short, long = sorted((len(said), len(other)))
    return count < short and count <= max(1, (long + 1) // SLIPS)


def is_part(said: str, other: str) -> bool:
    """Is one a large beginning or end of the other? ``xor`` at the end of a long word tells nothing."""
    short, long = sorted((said, other), key=len)
    return len(short) >= SHORTEST and 2 * len(short) >= len(long) and (long.startswith(short) or long.endswith(short))


def slips(one: str, other: str) -> int:
    """How many letters are missing, too many, wrong, or two of them exchanged (optimal string alignment: Boytsov,
    Indexing methods for approximate dictionary searching, 2011)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        now = [i]
        for j, its in enumerate(other, 1):
            least = min(last[j] + 1, now[j - 1] + 1, last[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                least = min(least, before[j - 2] + 1)
            now.append(least)
        before, last = last, now
    return last[-1]
