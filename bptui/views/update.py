"""Panel 4: the ledger of the selected weight, from the samples' contributions to the weight after the update."""

from bptui.engine.network import Parameters
from bptui.explain import value
from bptui.explain.quantity import CLIP, of_weight
from bptui.views.glyphs import largest_of, signed
from bptui.views.narrate import is_frozen
from bptui.views.numbers import num, rate, sign_role
from bptui.views.scene import Scene
from bptui.views.text import Row, Span, beside, left, right, window

LEDGER = 38


def update(scene: Scene, width: int, height: int) -> list[Row]:
    """The ledger; beside it, or below it where the panel is narrow, the whole layer's update as a signed map."""
    rows, below = ledger(scene, ledger_height(width, height)), height - ledger_height(width, height)
    if width >= LEDGER + 18:
        return beside([(rows, LEDGER), (layer_map(scene, width - LEDGER - 1, height), width - LEDGER)], height)
    return [*rows, *(layer_map(scene, width, below) if below >= 3 else [])]


def ledger_height(width: int, height: int) -> int:
    """Rows of the panel that the ledger takes: all where the map stands beside it."""
    return height if width >= LEDGER + 18 else height - min(max(height - 12, 0), 7)


def entries(scene: Scene, height: int) -> range:
    """Which samples a ledger of so many rows shows."""
    room = max(height - 1 - len(reductions(scene)) - len(application(scene)), 0)
    return window(scene.record.n, room, max(scene.done - 1, 0), scene.scroll)


def weight_name(scene: Scene) -> str:
    """The selected weight."""
    return scene.moment.weight.symbol


def ledger(scene: Scene, height: int) -> list[Row]:
    """Contributions in their order, SUM and MEAN with the one in force marked, × −γ, before → after."""
    record, moment = scene.record, scene.moment
    layer, unit, source = moment.layer, moment.unit, moment.source
    contributions = record.contributions(moment.weight)
    bottom = [*reductions(scene), *application(scene)]
    rows: list[Row] = [((f" {weight_name(scene)}", "strong"), ("  added sample by sample", "dim"))]
    inputs = None if source < 0 else record.passed.a[layer - 1][:, source]
    for m in entries(scene, height):
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
    return vector[scene.moment.weight]


def reductions(scene: Scene) -> list[Row]:
    """The sum of what has been added so far; SUM and MEAN once every sample is in."""
    record, done = scene.record, scene.done
    in_force = record.settings.rules.reduction
    if done < record.n:
        running = record.running(scene.moment.weight)
        total = float(running[done - 1]) if done else 0.0
        words = f" {in_force.upper()}" + (f" Σ ÷{record.n}" if in_force == "mean" else "")
        return [
            ((f" {done} of {record.n} added so far", "text"),),
            (
                (" " + left("Σ so far", 10), "strong"),
                (right(num(total, 9, plus=True) if done else "·", 9), sign_role(total) if done else "pending"),
            ),
            ((words, "pending"), (" when all are in", "pending")),
        ]
    rows: list[Row] = [((f" {done} of {record.n} added", "text"),)]
    used = "  not used: frozen" if is_frozen(scene) else "  ◂ in force"
    for name, words, vector in (("sum", "SUM ", record.summed), ("mean", f"MEAN ÷{done}", record.mean)):
        force, value = name == in_force, weight_of(scene, vector)
        spans: list[Span] = [
            (" " + left(words, 10), "strong" if force else "dim"),
            (right(num(value, 9, plus=True), 9), sign_role(value) if force else "dim"),
            (used if force else "", "strong"),
        ]
        rows.append(tuple(spans))
    return rows


def application(scene: Scene) -> list[Row]:
    """From the reduced gradient to the weight after; before the last sample it says that nothing is applied."""
    record = scene.record
    before, what = num(weight_of(scene, record.before), 9), "bias" if scene.moment.source < 0 else "weight"
    if not scene.phase.per_batch:
        left_over = record.n - scene.done
        word = "sample" if left_over == 1 else "samples"
        wait = f"{left_over} {word} to go" if left_over else "now reduce"
        return [
            ((f" nothing applied yet: {wait}", "strong"),),
            ((f" {what} {before}", "text"), (" not moved yet", "dim")),
        ]
    if is_frozen(scene):
        return [((" this bias is frozen: no step for it", "strong"),), ((f" bias {before}", "text"), (" stays", "dim"))]
    rows = [*adjustments(scene), step_row(scene)]
    if scene.phase.kind == "reduce":
        return [*rows, ((f" {what} {before}", "text"), (" still: not yet applied", "strong"))]
    after = num(weight_of(scene, record.after), 9)
    return [*rows, ((f" {what} {before} → ", "text"), (after, "strong"), (" applied once", "good"))]


def adjustments(scene: Scene) -> list[Row]:
    """What stands between the reduced gradient and what the optimizer gets: penalty and clipping, where there are."""
    record, moment = scene.record, scene.moment
    rules, rows = record.settings.rules, []
    if (rules.l1 or rules.l2) and moment.source >= 0:
        penalty = value(record, of_weight("regularisation", moment.layer, moment.source, moment.unit))
        rows.append(labelled("+ penalty", penalty, plus=True))
    if rules.clip_norm:
        rows.append(labelled("× clip", value(record, CLIP)))
    plain = rules.optimizer.name == "sgd" and not rows
    return (
        rows if plain else [*rows, labelled("to " + rules.optimizer.name, weight_of(scene, record.reduced), plus=True)]
    )


def labelled(words: str, number: float, plus: bool = False) -> Row:
    """A number below those of SUM and MEAN."""
    return ((" " + left(words, 10), "text"), (right(num(number, 9, plus), 9), sign_role(number) if plus else "text"))


def step_row(scene: Scene) -> Row:
    """Δw as the optimizer makes it: for plain descent with its factors."""
    record = scene.record
    step = weight_of(scene, record.step)
    how = f"{record.settings.rules.optimizer.name} makes it"
    if record.settings.rules.optimizer.name == "sgd":
        how = f"−{rate(record.learning_rate)} · {num(weight_of(scene, record.reduced), 8)}"
    symbol = "Δb" if scene.moment.source < 0 else "Δw"
    return ((f" {symbol} = {how} = ", "text"), (num(step, 9, plus=True), sign_role(step)))


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
