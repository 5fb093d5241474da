"""``bptui trace``: every number of some updates, as JSON lines or as text with the formulas."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bptui.engine.activations import ACTIVATIONS
from bptui.engine.losses import LOSSES
from bptui.engine.network import Parameters
from bptui.engine.optimizers import optimizer_named
from bptui.engine.parts import ring_bytes
from bptui.engine.statistics import sample_gradient
from bptui.engine.types import Floats
from bptui.explain.lines import delta_line
from bptui.session.aim import Aim
from bptui.session.moment import Moment
from bptui.training.record import UpdateRecord
from bptui.training.run import Run


def update_at(run: Run, aim: Aim) -> int:
    """The update in which a moment lies. Raises IndexError where the run had to stop before it, or there is no such
    moment."""
    if not run.extend_to(1):
        raise IndexError(str(run.stop))
    run.extend(aim.goal(run, Moment()))
    if run.stop:
        raise IndexError(str(run.stop))
    return aim.arrive(run, Moment()).update


def json_lines(run: Run, first: int, count: int, per_sample: bool) -> Iterator[str]:
    """One JSON object per update ``first`` … ``first + count − 1``; floats are written so that they come back
    exactly, what is not finite as null. Raises IndexError where the run had to stop before an update."""
    for update in range(first, first + count):
        yield json.dumps(run.record(update).to_dict(per_sample), allow_nan=False)


def text(run: Run, first: int, count: int, per_sample: bool) -> Iterator[str]:
    """The same, line by line for people: formulas, then numbers. Raises IndexError like :func:`json_lines`."""
    for update in range(first, first + count):
        data = run.problem.data
        yield from as_text(run.record(update), per_sample, data.x if data.scaling else None)


def as_text(record: UpdateRecord, per_sample: bool, raw: NDArray[Any] | None = None) -> Iterator[str]:
    """``raw`` are the inputs of all samples before they were scaled."""
    architecture, rules, n = record.before.architecture, record.settings.rules, record.n
    position = record.position
    yield f"update {record.number}: epoch {position.epoch}, batch {position.batch} of {record.batches}"
    s, rows = "s" if n > 1 else "", " ".join(map(str, record.indices.tolist()))
    yield f"  {n} sample{s}, weights frozen; row{s} {rows}"
    loss = LOSSES[rules.loss]
    for m in range(n):
        passed = record.passed
        yield f"  sample {m + 1} (row {record.indices[m]}): x = {row(passed.a[0][m])}, target {row(record.targets[m])}"
        if raw is not None:
            yield f"    before it was scaled: {row(raw[record.indices[m]].astype(np.float64))}"
        for layer, name in enumerate(architecture.activations, start=1):
            yield f"    z{layer} = a{layer - 1} W{layer} + b{layer} = {row(passed.z[layer - 1][m])}"
            yield f"    a{layer} = {ACTIVATIONS[name].formula} = {row(passed.a[layer][m])}"
        yield f"    loss = {loss.formula} = {passed.loss[m]:.10g}"
        for layer in range(architecture.layers, 0, -1):
            yield f"    δ{layer} = {delta_line(record, layer)} = {row(passed.delta[layer - 1][m])}"
        yield f"    length of its gradient: {record.gradient_norms[m]:.10g}"
        if per_sample:
            yield "    its gradient a ⊗ δ:"
            yield from tables(sample_gradient(architecture, passed, m), "      ")
    yield f"  loss: Σ = {record.loss_sum:.10g}, mean Σ ÷ {n} = {record.loss_mean:.10g}"
    if record.penalised:
        yield (
            f"  penalty λ₁ Σ|w| + ½ λ₂ Σ w² = {record.penalty:.10g}, "
            f"{rules.reduction} with penalty = {record.penalised_loss:.10g}"
        )
    yield from of_ranks(record)
    for name, vector in (
        ("gradient, SUM over the samples: Σ a ⊗ δ", record.summed),
        (f"gradient, MEAN: SUM ÷ {n}", record.mean),
        (f"reduced ({rules.reduction} in force; what the optimizer got)", record.reduced),
        (f"step: {optimizer_named(rules.optimizer.name).formula}, γ = {record.learning_rate:g}", record.step),
        ("θ before", record.before),
        ("θ after = before + step", record.after),
    ):
        yield f"  {name}"
        yield from tables(vector, "    ")


def of_ranks(record: UpdateRecord) -> Iterator[str]:
    """What each rank adds to SUM, and what their means would make; nothing on one machine."""
    if not record.shares:
        return
    for share in record.shares:
        last = share.rows.stop
        rows = f"samples {share.rows.start + 1} to {last}" if share.n > 1 else f"sample {last}" if share.n else "none"
        yield f"  rank {share.rank}: {rows}, n = {share.n}"
        for name, vector in (("its SUM", share.summed), (f"its MEAN: SUM ÷ {share.n}", share.mean)):
            if share.n and vector is not None:
                yield f"    {name}"
                yield from tables(vector, "      ")
    ring = ring_bytes(len(record.shares), record.before.architecture.parameters)
    yield "  all-reduce: SUM below is that of the ranks added, computed here, in rank order, then divided once"
    yield f"    around a ring each of {len(record.shares)} ranks would send 2 (W − 1) / W · p · 8 = {round(ring)} bytes"
    yield "  mean of the ranks' means, not used: a mean loss on each rank and averaged gradients would give it"
    yield from tables(record.mean_of_means, "    ")


def tables(vector: Parameters, indent: str) -> Iterator[str]:
    """Weights, a line per input, and biases of each layer."""
    for layer, weights in enumerate(vector.weights, start=1):
        for i, line in enumerate(weights):
            yield f"{indent}W{layer}[{i}→] {row(line)}"
        if vector.biases:
            yield f"{indent}b{layer}    {row(vector.biases[layer - 1])}"


def row(values: Floats) -> str:
    return " ".join(f"{value + 0.0:.10g}" for value in values.tolist())  # no minus before a 0
