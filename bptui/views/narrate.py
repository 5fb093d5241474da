"""One plain sentence of what has just happened at this moment, and why."""

from bptui.explain import Quantity, value
from bptui.explain.quantity import activation, loss, of_unit, of_weight
from bptui.session.moment import Moment, Phase
from bptui.views.numbers import factor, rate
from bptui.views.scene import Scene


def unit_at(moment: Moment, layer: int) -> int:
    """The unit meant in a layer: the selected one, the input of its weight in the layer below, else the first."""
    if layer == moment.layer:
        return moment.unit
    return max(moment.source, 0) if layer == moment.layer - 1 else 0


def produced(moment: Moment, phase: Phase) -> tuple[Quantity, ...]:
    """What the phase just made for the selected unit or weight, in order of computation: the last says most."""
    unit, m = unit_at(moment, phase.layer), moment.sample
    selected = of_weight("weight", moment.layer, moment.source, moment.unit)
    match phase.kind:
        case "input":
            return (activation(0, unit_at(moment, 0), m),)
        case "forward":
            return of_unit("z", phase.layer, unit, m), of_unit("a", phase.layer, unit, m)
        case "loss":
            return (loss(m),)
        case "delta":
            return (of_unit("delta", phase.layer, unit, m),)
        case "gradient":
            return (selected.of_weight("contribution", sample=m),)
        case "reduce":
            return selected.of_weight("sum"), selected.of_weight("mean"), selected.of_weight("reduced")
        case "update":
            return selected.of_weight("step"), selected.of_weight("after")


def narrate(scene: Scene) -> str:
    """The sentence for the phase of this moment, the selected unit and sample."""
    tell = {
        "input": tell_input,
        "forward": tell_forward,
        "loss": tell_loss,
        "delta": tell_delta,
        "gradient": tell_contribution,
        "reduce": tell_reduce,
        "update": tell_update,
    }
    return tell[scene.phase.kind](scene)


def said(scene: Scene, q: Quantity) -> str:
    return factor(value(scene.record, q), 8)


def who(scene: Scene, layer: int, unit: int) -> str:
    """``Hidden unit 2 of layer 1`` or ``Output setosa``, as the other panels call it."""
    if layer == scene.record.layers:
        return f"Output {scene.unit_name(layer, unit)}"
    return f"Hidden unit {scene.record.names.unit(layer, unit)} of layer {layer}"


def unchanged(scene: Scene) -> str:
    n, done = scene.record.n, scene.done
    return f"weights unchanged: {done} of {n} sample{'s' if n > 1 else ''} done"


def weight_words(scene: Scene) -> str:
    """The selected weight as the other panels write it, with the name of its column."""
    return scene.record.names.told(scene.moment.weight)


def tell_input(scene: Scene) -> str:
    record, m = scene.record, scene.moment.sample
    count = record.before.architecture.sizes[0]
    inputs = "its 1 input stands" if count == 1 else f"its {count} inputs stand"
    return (
        f"Sample {m + 1} of {record.n} ({scene.row_words(m)}) comes in: {inputs} in layer 0; "
        f"its own forward and backward pass begins; {unchanged(scene)}."
    )


def tell_forward(scene: Scene) -> str:
    record, layer = scene.record, scene.phase.layer
    before, after = produced(scene.moment, scene.phase)
    architecture = record.before.architecture
    inputs = architecture.sizes[layer - 1]
    bias = " and its bias" if record.before.biases else ""
    reader = "the answer" if layer == record.layers else f"what layer {layer + 1} reads"
    return (
        f"{who(scene, layer, before.unit)} adds up {inputs} input{'s' if inputs > 1 else ''} times weights{bias}: "
        f"z = {said(scene, before)}; {architecture.activations[layer - 1]} makes it a = {said(scene, after)}, "
        f"{reader}; {unchanged(scene)}."
    )


def tell_loss(scene: Scene) -> str:
    record, m = scene.record, scene.moment.sample
    penalty = " (the penalty on the weights is added once, for the whole batch)" if record.penalised else ""
    return (
        f"Sample {m + 1}'s answer is held against its own target: {record.settings.rules.loss} "
        f"L = {said(scene, loss(m))}{penalty}; no average of the batch is handed back, each sample hands back its own; "
        f"{unchanged(scene)}."
    )


def tell_delta(scene: Scene) -> str:
    record, layer = scene.record, scene.phase.layer
    (q,) = produced(scene.moment, scene.phase)
    delta = said(scene, q)
    if layer == record.layers:
        why = "how its loss changes with this z"
    else:
        above = "the output" if layer + 1 == record.layers else f"layer {layer + 1}"
        why = (
            f"{factor(value(record, q.of_unit('slope')), 8)} (slope at its own z) × "
            f"{factor(value(record, q.of_unit('upstream')), 8)} (the δ of {above} through the weights)"
        )
        return (
            f"{who(scene, layer, q.unit)} hands back δ = {why} = {delta} for sample {q.sample + 1}; {unchanged(scene)}."
        )
    return f"{who(scene, layer, q.unit)} hands back δ = {delta} for sample {q.sample + 1}: {why}; {unchanged(scene)}."


def tell_contribution(scene: Scene) -> str:
    (q,) = produced(scene.moment, scene.phase)
    moment, record = scene.moment, scene.record
    a = "1" if q.source < 0 else factor(float(record.passed.a[q.layer - 1][q.sample, q.source]), 8)
    product = f"{a} · {said(scene, of_unit('delta', q.layer, q.unit, q.sample))} = {said(scene, q)}"
    own = "x" if q.layer == 1 and q.source >= 0 else "a"
    return (
        f"Sample {moment.sample + 1} adds {own} · δ = {product} to the sum of {weight_words(scene)}, "
        f"by its own input and δ; {unchanged(scene)}."
    )


def tell_reduce(scene: Scene) -> str:
    record = scene.record
    total, mean, got = produced(scene.moment, scene.phase)
    samples = "1 sample" if record.n == 1 else f"{record.n} samples"
    rules = record.settings.rules
    if scene.frozen:
        return (
            f"The contributions of {samples} to {weight_words(scene)} are added: the sum is {said(scene, total)}, "
            f"but this bias is frozen: it is not used, the bias stays {said(scene, got.of_weight('weight'))}."
        )
    how = f"the sum {said(scene, total)} is kept"
    if rules.reduction == "mean":
        how = f"their sum {said(scene, total)} ÷ {record.n} = {said(scene, mean)} is in force"
    chosen = total if rules.reduction == "sum" else mean
    more = "" if value(record, got) == value(record, chosen) else f", {said(scene, got)} after {adjustments(scene)}"
    return (
        f"The contributions of {samples} to {weight_words(scene)} are added: {how}{more}; "
        f"{kind(scene)} is still {said(scene, got.of_weight('weight'))}{penalty_words(scene)}."
    )


def kind(scene: Scene) -> str:
    return "the bias" if scene.moment.weight.is_bias else "the weight"


def penalty_words(scene: Scene) -> str:
    """The loss of the batch without and with the penalty, where there is one."""
    record = scene.record
    if not record.penalised:
        return ""
    reduction = record.settings.rules.reduction
    without = record.loss_sum if reduction == "sum" else record.loss_mean
    return (
        f"; the {reduction} of the losses {factor(without, 8)} and the penalty on the weights "
        f"{factor(record.penalty, 8)} make {factor(record.penalised_loss, 8)}"
    )


def adjustments(scene: Scene) -> str:
    """What stands between the reduction and the optimizer: the penalty leaves biases alone."""
    rules, penalised = scene.record.settings.rules, not scene.moment.weight.is_bias
    parts = (("l1", rules.l1 and penalised), ("l2", rules.l2 and penalised), ("clipping", rules.clip_norm))
    return " and ".join(word for word, on in parts if on)


def tell_update(scene: Scene) -> str:
    record = scene.record
    change, after = produced(scene.moment, scene.phase)
    n = record.n
    passes = f"{n} forward and {n} backward pass{'es' if n > 1 else ''}"
    before = said(scene, after.of_weight("weight"))
    if scene.frozen:
        return (
            f"The update is made, once for the whole batch, but {weight_words(scene)} is a frozen bias: "
            f"it stays {before}; {passes} made this one update."
        )
    step = factor(value(record, change), 8, plus=True)
    return (
        f"{weight_words(scene)} changes once for the whole batch: {before} → {said(scene, after)}, "
        f"a step of {step} by {record.settings.rules.optimizer.name} with γ = {rate(record.learning_rate)}; "
        f"{passes} made this one update."
    )
