"""``bptui exercise``: sheets of exercises with their keys, printed or written to files."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bptui.data.output import write_as_asked
from bptui.exercises.exercise import Exercise, Wanted
from bptui.exercises.formats import FORMATS
from bptui.exercises.making import exercises
from bptui.headless.progress import ProgressLine
from bptui.scenario.accept import ScenarioError


def made(wanted: Wanted, line: ProgressLine) -> tuple[Exercise, ...]:
    """All exercises; ``line`` tells how many are done. Raises ScenarioError."""
    every: list[Exercise] = []
    try:
        for it in exercises(wanted):
            every.append(it)
            if line.due:
                line.paint(len(every), f"exercise {len(every)} of {wanted.count}")
    finally:
        line.clear()
    return tuple(every)


def text(every: Sequence[Exercise], format_name: str, key: bool) -> str:
    """What is printed. Raises ScenarioError where the format has its answers in the sheet."""
    it = FORMATS[format_name]
    if key and it.key is None:
        raise ScenarioError(
            f"--key goes with markdown and latex: in {format_name} the answers stand in the file itself"
        )
    return it.key(every) if key and it.key else it.sheet(every)


def written(every: Sequence[Exercise], format_name: str, out: Path) -> Iterator[Path]:
    """The files, each under a free name; ``out`` is a folder, or the name of the first. Raises OSError."""
    it, wanted = FORMATS[format_name], every[0].wanted
    if out.is_dir():
        out = out / f"exercise-{wanted.kind}-{wanted.seed}"
    stem = out.name.removesuffix(it.suffix)
    for name, body in it.files(stem, every):
        yield write_as_asked(out.with_name(name), body)


def wanted_of(kind: str, count: int, seed: int, layers: Sequence[int] | None, samples: int, decimals: int) -> Wanted:
    """What the options say."""
    return Wanted(kind, count, seed, tuple(layers or ()), samples, decimals)
