"""Panel 4: the ledger of the selected weight, from the samples' contributions to the weight after the update."""

from bptui.engine.network import Parameters
from bptui.engine.weight import weight_symbol
from bptui.views.glyphs import largest_of, signed
from bptui.views.numbers import num, rate, sign_role
from bptui.views.scene import Scene
from bptui.views.text import Row, Span, beside, left, right, window

LEDGER = 38


def update(scene: Scene, width: int, height: int) -> list[Row]:
    """The ledger; beside it, or below it where the panel is narrow, the whole layer's update as a signed map."""
    if width >= LEDGER + 18:
        ledger_rows = ledger(scene, height)
        return beside([(ledger_rows, LEDGER), (layer_map(scene, width - LEDGER - 1, height), width - LEDGER)], height)
    spare = height - 12
    below = min(max(spare, 0), 7)
    rows = ledger(scene, height - below)
    return [*rows, *(layer_map(scene, width, below) if below >= 3 else [])]


def weight_name(scene: Scene) -> str:
    """The selected weight."""
    return weight_symbol(scene.moment.layer, scene.moment.source, scene.moment.unit)


def ledger(scene: Scene, height: int) -> list[Row]:
    """Contributions in their order, SUM and MEAN with the one in force marked, × −γ, before → after."""
    record, moment = scene.record, scene.moment
    layer, unit, source = moment.layer, moment.unit, moment.source
    contributions = record.contributions(layer, source, unit)
    bottom = [*reductions(scene), *application(scene)]
    rows: list[Row] = [((f" {weight_name(scene)}", "strong"), ("  added sample by sample", "dim"))]
    room = max(height - len(rows) - len(bottom), 0)
    inputs = None if source < 0 else record.passed.a[layer - 1][:, source]
    for m in window(record.n, room, max(scene.done - 1, 0), scene.scroll):
        a = 1.0 if inputs is None else float(inputs[m])
        rows.append(entry(scene, m, a, float(record.passed.delta[layer - 1][m, unit]), float(contributions[m])))
    rows += [()] * (height - len(rows) - len(bottom))
    return [*rows, *bottom]


def entry(scene: Scene, m: int, a: float, delta: float, contribution: float) -> Row:
    head = f" #{m + 1:<3} "
    if not scene.reached(m, "gradient"):
        return ((head + "to come" if m != scene.moment.sample else head + "under way", "pending"),)
    role = "selected" if m == scene.moment.sample and not scene.phase.per_batch else "text"
    return (
        (head, role),
        (f"{right(num(a, 7), 7)} · {right(num(delta, 8, plus=True), 8)} = ", "dim"),
        (right(num(contribution, 8, plus=True), 8), sign_role(contribution)),
    )


def weight_of(scene: Scene, vector: Parameters) -> float:
    """The selected weight's number in a vector as long as θ."""
    return vector.entry(scene.moment.layer, scene.moment.source, scene.moment.unit)


def reductions(scene: Scene) -> list[Row]:
    """SUM and MEAN of what has been added so far."""
    record, done = scene.record, scene.done
    in_force = record.settings.rules.reduction
    if done == 0:
        return [
            ((f" 0 of {record.n} added", "text"),),
            ((" SUM        ·", "pending"),),
            ((" MEAN       ·", "pending"),),
        ]
    if done == record.n:
        total, mean = weight_of(scene, record.summed), weight_of(scene, record.mean)
    else:
        running = record.running(scene.moment.layer, scene.moment.source, scene.moment.unit)
        total, mean = float(running[done - 1]), record.mean_of(running, done)
    rows: list[Row] = [((f" {done} of {record.n} added{' so far' if done < record.n else ''}", "text"),)]
    for name, words, value in (("sum", "SUM ", total), ("mean", f"MEAN ÷{done}", mean)):
        force = name == in_force
        spans: list[Span] = [
            (" " + left(words, 10), "strong" if force else "dim"),
            (right(num(value, 9, plus=True), 9), sign_role(value) if force else "dim"),
            ("  ◂ in force" if force else "", "strong"),
        ]
        rows.append(tuple(spans))
    return rows


def application(scene: Scene) -> list[Row]:
    """From the reduced gradient to the weight after; before the last sample it says that nothing is applied."""
    record, kind = scene.record, scene.phase.kind
    rules = record.settings.rules
    before = weight_of(scene, record.before)
    if not scene.phase.per_batch:
        left_over = record.n - scene.done
        word = "sample" if left_over == 1 else "samples"
        wait = f"{left_over} {word} to go" if left_over else "now reduce"
        return [
            ((f" nothing applied yet: {wait}", "strong"),),
            ((f" weight {num(before, 9)}", "text"), (" (frozen)", "dim")),
        ]
    step = weight_of(scene, record.step)
    plain = rules.optimizer.name == "sgd" and not (rules.l1 or rules.l2 or rules.clip_norm)
    how = f" × −γ = −{rate(record.learning_rate)} × {rules.reduction}" if plain else f" {rules.optimizer.name} step"
    rows: list[Row] = []
    if not plain:
        rows.append(((f" optimizer gets {num(weight_of(scene, record.reduced), 9, plus=True)}", "text"),))
    step_words = right(num(step, 9, plus=True), 9)
    rows.append(((left(how, 26), "text"), (step_words, sign_role(step))))
    if kind == "reduce":
        rows.append(((f" weight {num(before, 9)}", "text"), (" still: not yet applied", "strong")))
    else:
        after = weight_of(scene, record.after)
        rows.append(((f" weight {num(before, 9)} → ", "text"), (num(after, 9), "strong"), (" applied once", "good")))
    return rows


def layer_map(scene: Scene, width: int, height: int) -> list[Row]:
    """The reduced gradient's step for a whole layer: a column per input, a row per unit, around the selection."""
    record, moment = scene.record, scene.moment
    layer = moment.layer
    inputs, units = record.before.architecture.sizes[layer - 1], record.before.architecture.sizes[layer]
    if not scene.phase.per_batch:
        return [((f" step of layer {layer}:", "dim"),), ((" after all samples", "dim"),)]
    step = record.step.weights[layer - 1]
    scale = largest_of(step)
    columns = window(inputs, width - 5, max(moment.source, 0))
    lines = window(units, max(height - 2, 1), moment.unit)
    rows: list[Row] = [((f" layer {layer}: {units} ↓ × {inputs} →", "dim"),)]
    for j in lines:
        marked = j == moment.unit
        spans: list[Span] = [(f"{'▸' if marked else ' '}{j:>3} ", "selected" if marked else "dim")]
        for i in columns:
            glyph, role = signed(float(step[i, j]), scale)
            spans.append((glyph, "selected" if marked and i == moment.source else role))
        rows.append(tuple(spans))
    rows.append(((f" largest {num(scale, 8)}", "dim"),))
    return rows
