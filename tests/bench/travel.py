"""How long it takes until an update that lies far back is seen: ``python -m tests.bench.travel``, and ``make bench``.

In one process with one thread: from the word to go there until the rows of every panel are made, to updates of digits
that nobody has been to; processor time, since others may be at work on the machine. Then on a screen, by the clock:
from Enter behind the number of an update to the last byte of what it changed, the chart too.
"""

import random
import sys
from dataclasses import replace
from statistics import median
from time import process_time

from bptui.data.digits import grouped
from bptui.scenario import Scenario
from bptui.session import moves
from bptui.session.session import Session
from bptui.training.checkpoints import RECENT
from bptui.training.settings import Settings
from bptui.views.panels import PANELS
from bptui.views.scene import scene_of
from tests.bench.screen import NUMBERS, program

RUNS = (("sgd", RECENT), ("momentum", RECENT), ("adam", RECENT), ("sgd", 3 * RECENT))
DISTANCES = (10, 1_000, RECENT)
JOURNEYS = 40
SIZE = (120, 40)
PANEL = (40, 20)
MEDIAN, WORST = 0.050, 0.150  # seconds: the aims


def settings_of(optimizer: str, plain: Settings) -> Settings:
    rules = plain.rules
    rate = rules.learning_rate if optimizer == "sgd" else rules.learning_rate / 100
    return replace(plain, rules=replace(rules, optimizer=replace(rules.optimizer, name=optimizer), learning_rate=rate))


def run_of(optimizer: str, updates: int) -> Session:
    """A session on digits with so many updates made."""
    session = Session(Scenario.built_in("digits"))
    session.run = session.run.again(settings_of(optimizer, session.next_settings))
    if not session.run.extend_to(updates):
        raise SystemExit(str(session.run.stop))
    return session


def journeys(session: Session, distance: int) -> list[float]:
    """Seconds of each: from the end of the run to an update about so far before it."""
    rng, end, out = random.Random(distance), session.run.frontier, []
    for far in sorted(rng.sample(range(max(distance - 10 * JOURNEYS, 0), distance), min(JOURNEYS, distance))):
        session.moment = moves.to_update(session.run, session.moment, end)
        start = process_time()
        session.moment = moves.to_update(session.run, session.moment, end - far)
        scene = scene_of(session, colour=True)
        for panel in PANELS:
            panel.view(scene, *PANEL)
        out.append(process_time() - start)
    return out


def on_screen(updates: int) -> dict[int, list[float]]:
    """Seconds from Enter to the last byte, for each distance."""
    out: dict[int, list[float]] = {distance: [] for distance in DISTANCES}
    with program([sys.executable, "-m", "bptui", "digits", "--at", str(updates)], SIZE) as it:
        it.read(NUMBERS)
        for k in range(JOURNEYS // 4):
            for distance, times in out.items():
                it.press(f"g{updates - distance + 7 * k if distance > 10 else updates - k}")
                times.append(it.press("\r")[0])
    return out


def row(name: str, taken: str, found: dict[int, list[float]]) -> None:
    cells = [f"{median(times) * 1000:.1f} ms, {max(times) * 1000:.1f} ms" for times in found.values()]
    say(f"| {name} | {taken} | {' | '.join(cells)} |")


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    say("From the end of a run on digits back by so many updates, each to one nobody has been to: median and worst.")
    say()
    say("| run | states kept | " + " | ".join(f"back {grouped(distance)}" for distance in DISTANCES) + " |")
    say("| --- | ---: |" + " ---: |" * len(DISTANCES))
    met = True
    for optimizer, updates in RUNS:
        session = run_of(optimizer, updates)
        found = {distance: journeys(session, distance) for distance in DISTANCES}
        taken = session.run.reach.bytes
        met = met and taken <= session.run.reach.budget
        met = met and all(median(times) <= MEDIAN and max(times) <= WORST for times in found.values())
        row(f"{optimizer}, {grouped(updates)} updates", f"{taken / 2**20:.1f} MB", found)
    row(f"on the screen, {SIZE[0]} × {SIZE[1]}, the chart too", "", on_screen(RECENT + 500))
    say()
    say(f"{'met' if met else 'NOT met'}: 50 ms in the median and 150 ms at worst, within the budget of memory")


if __name__ == "__main__":
    main()
