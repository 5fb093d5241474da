"""Panel 4: the ledger of the selected weight, from the samples' contributions to the weight after the update."""

from collections.abc import Iterator

from bptui.engine.network import Parameters
from bptui.explain import value
from bptui.explain.quantity import CLIP, of_weight
from bptui.session.moment import Phase
from bptui.views.glyphs import EDITED, largest_of, signed
from bptui.views.kept import OfRecord
from bptui.views.numbers import factor, num, rate, sign_role
from bptui.views.ranks import all_reduced, most_rows, rank_rows
from bptui.views.scene import Scene
from bptui.views.text import Row, Span, beside, first_fitting, left, right, window
from bptui.views.weight_table import weight_table
from bptui.views.whose import ranks_of, tag

LEDGER = 38
WITH_MAP = LEDGER + 18  # columns from which the map stands beside the ledger
LEAST_TABLE = 4  # rows below which the weights are not listed
LEAST_MAP = 3
LEAST_ENTRIES = 2  # samples that what the ranks have leaves room for
COLUMNS = (7, 8, 8), (6, 7, 8), (6, 7, 7), (6, 6, 6), (5, 6, 6), (5, 5, 5)
"""Widths of a, δ and their product in an entry, from the widest on."""
Spellings = list[Row]
"""A row in several wordings, the longest first."""


def update(scene: Scene, width: int, height: int) -> list[Row]:
    """The ledger; beside it, or below it where the panel is narrow, the whole layer's update as a signed map; where
    rows are left, the weights one by one."""
    room = ledger_height(scene, width, height)
    below = height - room
    if width >= WITH_MAP:
        map_rows = layer_map(scene, width - LEDGER - 1, room)
        rows = beside([(ledger(scene, LEDGER, room), LEDGER), (map_rows, width - LEDGER)], room)
        return [*rows, *([(), *weight_table(scene, width, below - 1)] if below else [])]
    rows = ledger(scene, width, room)
    if room == rows_of_ledger(scene):
        rows += [(), *weight_table(scene, width, below - 1)]
    below = height - len(rows)
    return [*rows, *(layer_map(scene, width, below) if below >= LEAST_MAP else [])]


def rows_of_ledger(scene: Scene) -> int:
    """Rows in which the ledger has all its samples, at every phase of the update."""
    return 1 + scene.record.n + most_rows(scene.record) + 3 + 2 + (0 if scene.frozen else len(adjustments(scene)))


def ledger_height(scene: Scene, width: int, height: int) -> int:
    """Rows of the panel that the ledger takes: what it needs, or all but the map's where it needs more; with ranks, of
    which it says so much more, all."""
    needed = rows_of_ledger(scene)
    if needed + LEAST_TABLE < height:
        return needed
    return height if width >= WITH_MAP or ranks_of(scene.record) else height - min(max(height - 12, 0), 7)


def entries(scene: Scene, width: int, height: int) -> range:
    """Which samples the ledger of a panel of this size shows."""
    high = ledger_height(scene, width, height)
    return shown_in(scene, high, len(below_entries(scene, high)))


def shown_in(scene: Scene, height: int, below: int) -> range:
    """Which samples a ledger of ``height`` rows shows, ``below`` of them below the samples."""
    room = max(height - 1 - below, 0)
    return window(scene.record.n, room, max(scene.done - 1, 0), scene.scroll)


Entries = dict[tuple[int, Phase | bool, bool], Row]
"""By sample, how far it is on its way, and whether it is the one that has just come in."""
BELOW, ENTRIES = OfRecord[list[Spellings]](), OfRecord[Entries]()


def below_entries(scene: Scene, height: int) -> list[Spellings]:
    """What stands below the samples in a ledger of ``height`` rows; the panel and its foot both ask."""
    return BELOW.get(scene.record, (scene.moment, height), lambda: made_below(scene, height))


def made_below(scene: Scene, height: int) -> list[Spellings]:
    """The ranks' part is as long as there is room."""
    reduced, applied = reductions(scene), application(scene)
    least = min(scene.record.n, LEAST_ENTRIES)
    of_ranks, beside_mean = rank_rows(scene, height - 1 - len(reduced) - len(applied) - least)
    return [*of_ranks, *reduced, *beside_mean, *applied]


def ledger(scene: Scene, width: int, height: int) -> list[Row]:
    """Contributions in their order, SUM and MEAN with the one in force marked, × −γ, before → after."""
    made = ENTRIES.get(scene.record, (scene.moment.weight, width), dict)
    rows = [first_fitting(ledger_heads(scene), width)]
    bottom = [first_fitting(spellings, width) for spellings in below_entries(scene, height)]
    for m in shown_in(scene, height, len(bottom)):
        rows.append(entry(scene, m, width, made))
    rows += [()] * (height - len(rows) - len(bottom))
    return [*rows, *bottom]


def ledger_heads(scene: Scene) -> Iterator[Row]:
    """Whose ledger it is, the longest spelling first."""
    was = scene.weight_was(scene.moment.weight)
    for called in dict.fromkeys((scene.record.names.told(scene.moment.weight), scene.weight_name)):
        if was is not None:
            before = num(was, 7)
            said = (f" set by hand, was {num(was, 9)}", f" set by hand, was {before}", f" was {before}", "")
            yield from (((f" {called}{EDITED}{words}", "strong"),) for words in said)
            continue
        for words in ("  added sample by sample", "  sample by sample", ""):
            yield (f" {called}", "strong"), (words, "dim")


def entry(scene: Scene, m: int, width: int, made: Entries) -> Row:
    """Of the samples that have not been stepped through meanwhile the entry stays."""
    moment = scene.moment
    read = m, moment.way(m), m == moment.sample and not scene.phase.per_batch
    row = made.get(read)
    if row is None:
        row = made[read] = made_entry(scene, m, width)
    return row


def factors_of(scene: Scene, m: int) -> tuple[float, float, float]:
    """A sample's a, its δ, and what their product adds to the selected weight."""
    record, moment = scene.record, scene.moment
    a = 1.0 if moment.weight.is_bias else float(record.passed.a[moment.layer - 1][m, moment.source])
    delta = float(record.passed.delta[moment.layer - 1][m, moment.unit])
    return a, delta, record.contribution(moment.weight, m)


def made_entry(scene: Scene, m: int, width: int) -> Row:
    """A sample's a · δ = contribution, in columns that are as wide as there is room for."""
    head = f" {tag(scene.record, m)}#{m + 1:<3} "
    if not scene.reached(m, "gradient"):
        return ((head + "to come" if m != scene.moment.sample else head + "under way", "pending"),)
    role = "selected" if m == scene.moment.sample and not scene.phase.per_batch else "text"
    signs = len(head) + len(" · ") + len(" = ")
    factors = factors_of(scene, m)
    sizes = next((each for each in COLUMNS if signs + sum(each) <= width), COLUMNS[-1])
    a, delta, contribution = (
        right(num(value, size, plus), size)
        for value, size, plus in zip(factors, sizes, (False, True, True), strict=True)
    )
    return ((head, role), (f"{a} · {delta} = ", "dim"), (contribution, sign_role(factors[2])))


def weight_of(scene: Scene, vector: Parameters) -> float:
    """The selected weight's number in a vector as long as θ."""
    return vector[scene.moment.weight]


def reductions(scene: Scene) -> list[Spellings]:
    """The sum of what has been added so far; SUM and MEAN once every sample is in."""
    record, done = scene.record, scene.done
    in_force = record.settings.rules.reduction
    if done < record.n:
        running = record.running(scene.moment.weight)
        total = float(running[done - 1]) if done else 0.0
        words = f" {in_force.upper()}" + (f" Σ ÷{record.n}" if in_force == "mean" else "")
        return [
            [((f" {done} of {record.n} added so far", "text"),)],
            [
                (
                    (" " + left("Σ so far", 10), "strong"),
                    (right(factor(total, 9, plus=True) if done else "·", 9), sign_role(total) if done else "pending"),
                )
            ],
            [((words, "pending"), (when, "pending")) for when in (" when all are in", " at the end", "")],
        ]
    rows: list[Spellings] = [all_reduced() if ranks_of(record) else [((f" {done} of {record.n} added", "text"),)]]
    used = ("  not used: frozen", "  frozen", "") if scene.frozen else ("  ◂ in force", " ◂ in force", " ◂")
    for name, words, vector in (("sum", "SUM ", record.summed), ("mean", f"MEAN ÷{done}", record.mean)):
        force, value = name == in_force, weight_of(scene, vector)
        number: Row = (
            (" " + left(words, 10), "strong" if force else "dim"),
            (right(factor(value, 9, plus=True), 9), sign_role(value) if force else "dim"),
        )
        rows.append([(*number, (said, "strong")) for said in used] if force else [number])
    return rows


def application(scene: Scene) -> list[Spellings]:
    """From the reduced gradient to the weight after; before the last sample it says that nothing is applied."""
    record = scene.record
    what = "bias" if scene.moment.weight.is_bias else "weight"
    mark = EDITED if scene.weight_was(scene.moment.weight) is not None else ""
    before: Span = (f" {what} {factor(weight_of(scene, record.before), 9)}{mark}", "text")
    if not scene.phase.per_batch:
        missing = record.n - scene.done
        words = f"{missing} {'sample' if missing == 1 else 'samples'}" if missing else ""
        wait = [f"{words} to go", f"{missing} to go"] if missing else ["now reduce"]
        first = [f" nothing applied yet: {each}" for each in wait] + [f" not applied: {wait[-1]}"]
        return [
            [((each, "strong"),) for each in first],
            [(before, (each, "dim")) for each in (" not moved yet", " not moved", "")],
        ]
    if scene.frozen:
        first = [" this bias is frozen: no step for it", " this bias is frozen: no step", " frozen: no step"]
        return [[((each, "strong"),) for each in first], [(before, (" stays", "dim"))]]
    rows = [*adjustments(scene), step_row(scene)]
    if scene.phase.kind == "reduce":
        still = (" still: not yet applied", " not yet applied", " not applied", "")
        return [*rows, [(before, (each, "strong")) for each in still]]
    after: Span = (factor(weight_of(scene, record.after), 9), "strong")
    applied = (" applied once", " applied", " once", "")
    return [*rows, [(before, (" → ", "text"), after, (each, "good")) for each in applied]]


def adjustments(scene: Scene) -> list[Spellings]:
    """What stands between the reduced gradient and what the optimizer gets: penalty and clipping, where there are."""
    record, weight = scene.record, scene.moment.weight
    rules, rows = record.settings.rules, []
    if record.penalised and not weight.is_bias:
        penalty = value(record, of_weight("regularisation", weight.layer, weight.source, weight.unit))
        rows.append(labelled("+ penalty", penalty, plus=True))
    if rules.clip_norm:
        rows.append(labelled("× clip", value(record, CLIP)))
    if rules.optimizer.name != "sgd" or rows:
        rows.append(labelled("→ " + rules.optimizer.name, weight_of(scene, record.reduced), plus=True))
    return rows


def labelled(words: str, number: float, plus: bool = False) -> Spellings:
    """A number below those of SUM and MEAN."""
    role = sign_role(number) if plus else "text"
    return [((" " + left(words, 10), "text"), (right(factor(number, 9, plus), 9), role))]


def step_row(scene: Scene) -> Spellings:
    """Δw as the optimizer makes it: for plain descent with its factors."""
    record, rules = scene.record, scene.record.settings.rules
    step, gradient = weight_of(scene, record.step), weight_of(scene, record.reduced)
    how = [f" made by {rules.optimizer.name} = ", f" by {rules.optimizer.name} = ", " = "]
    if rules.optimizer.name == "sgd":
        how = [f" = −{rate(record.learning_rate)} · {factor(gradient, size)} = " for size in (9, 8, 7, 6)] + [" = "]
    symbol = " Δb" if scene.moment.weight.is_bias else " Δw"
    return [((f"{symbol}{each}", "text"), (factor(step, 9, plus=True), sign_role(step))) for each in how]


def layer_map(scene: Scene, width: int, height: int) -> list[Row]:
    """The reduced gradient's step for a whole layer: a column per input, a row per unit, around the selection."""
    record, moment = scene.record, scene.moment
    layer = moment.layer
    inputs, units = record.before.architecture.sizes[layer - 1], record.before.architecture.sizes[layer]
    if not scene.phase.per_batch:
        return [((f" step of layer {layer}:", "dim"),), ((" after all samples", "dim"),)]
    step = record.step.weights[layer - 1]
    scale = largest_of(step)
    cut = inputs > width - 5
    columns = window(inputs, width - 6 if cut else width - 5, max(moment.source, 0))
    lines = window(units, max(height - 2, 1), moment.unit)
    spelled = (
        f" step of layer {layer}: {units} unit{'s' * (units > 1)} ↓ × {inputs} input{'s' * (inputs > 1)} →",
        f" step of layer {layer}: {units} ↓ × {inputs} →",
        f" step: {units} ↓ × {inputs} →",
        f" {units}↓×{inputs}→",
    )
    rows = [first_fitting((((words, "dim"),) for words in spelled), width)]
    for j in lines:
        marked = j == moment.unit
        before = "‹" if columns.start > 0 else " "
        spans: list[Span] = [(f"{'▸' if marked else ' '}{j:>3}{before}", "selected" if marked else "dim")]
        for i in columns:
            glyph, role = signed(float(step[i, j]), scale)
            spans.append((glyph, "selected" if marked and i == moment.source else role))
        if columns.stop < inputs:
            spans.append(("›", "dim"))
        rows.append(tuple(spans))
    rows.append(((f" largest {num(scale, 8)}", "dim"),))
    return rows
