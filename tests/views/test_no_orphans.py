"""Every number on the screen is in the record, none is shown before its time, and none is shown cut."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.engine.backprop import Pass
from bptui.engine.evaluate import activations
from bptui.engine.parts import ring_bytes
from bptui.explain import explain, value
from bptui.explain.quantity import CLIP, of_weight
from bptui.session.moment import Moment, Phase, phases
from bptui.session.session import Session
from bptui.training.record import ROW_KEYS, UpdateRecord
from bptui.views.narrate import produced
from bptui.views.numbers import factor, num, precise, rate, share
from bptui.views.plane import Window
from bptui.views.scene import Scene
from bptui.views.weight_table import weights_of
from tests.scenes import PANELS, own_data, own_session, painted, read_back, scene, session, shown_step

NUMBER = re.compile(r"(?<![\w.])[−+]?(?:\d+\.\d*|\.?\d+)(?:e−?\d+)?")
# Not digits: its records hold so many numbers that nearly every one of four decimals is among them.
NAMES = ("xor", "mazur", "iris", "sine", "spiral", "trask", "oberman")
WIDTHS = (38, 45, 60, 78, 118)
NUMBER_WIDTHS = range(5, 11)
TALL = 24
SORTS = st.sampled_from(ROW_KEYS[:-1])  # the last one is for classes only


def adam_session() -> Session:
    """A scenario whose optimizer gets more than the mean."""
    return own_session(own_data((), ("u", "v")), optimizer="adam", l2=0.01, clip_norm=1.0)


def ranks_session() -> Session:
    """Batches of 5 samples on three machines: 3, 1 and 1."""
    return own_session(own_data(("a", "b"), ("u", "v")), ranks=(8, 3, 1))


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """A random moment of the first updates, a random selection."""
    name = draw(st.sampled_from((*NAMES, *OWN)))
    it = OWN[name] if name in OWN else session(name)
    update = draw(st.integers(1, 3))
    it.run.extend_to(update)
    record = it.run.record(update)
    sizes = record.before.architecture.sizes
    layer = draw(st.integers(1, record.layers))
    phase = draw(st.sampled_from(phases(record.layers)))
    moment = Moment(
        update,
        phase,
        record.n - 1 if phase.per_batch else draw(st.integers(0, record.n - 1)),
        layer,
        draw(st.integers(0, sizes[layer] - 1)),
        draw(st.integers(-1 if record.before.biases else 0, sizes[layer - 1] - 1)),
    )
    return scene(it, moment, scroll=draw(st.integers(-3, 3)), sort=draw(SORTS), colour=draw(st.booleans()))


OWN = {"adam": adam_session(), "ranks": ranks_session()}


def numbers(rows: Iterable[str], scene: Scene) -> Iterator[str]:
    """Every number written in the rows; digits that belong to a name of the data are no number of ours."""
    names = sorted({name for name in (*scene.data.classes, *scene.data.features) if re.search(r"\d", name)}, key=len)
    for row in rows:
        for name in reversed(names):
            if not name.isdigit():
                row = row.replace(name, "")
        yield from NUMBER.findall(row)


def shared(record: UpdateRecord) -> np.ndarray:
    """What each rank has, and what their means would make."""
    if not record.shares:
        return np.zeros(0)
    vectors = [vector for share in record.shares for vector in (share.summed, share.mean) if vector]
    flat = [vector.flat for vector in (*vectors, record.mean_of_means, record.means_off)]
    return np.concatenate([*flat, [ring_bytes(len(record.shares), record.before.architecture.parameters)]])


def values_of(scene: Scene) -> np.ndarray:
    """All real numbers of a scene's record, as one vector; with the losses at the ends of epochs, and the numbers
    from which the formulas of this moment are made."""
    record, moment, epochs = scene.record, scene.moment, scene.history.epochs
    made = [explain(record, q) for q in produced(moment, scene.phase)]
    passed, layer, source, unit = record.passed, moment.layer, moment.source, moment.unit
    done = range(1, record.n + 1)
    ledger = record.running(moment.weight)
    parts: list[Any] = [
        *passed.a,
        *passed.z,
        *passed.delta,
        passed.loss,
        record.targets,
        record.errors,
        record.gradient_norms,
        record.cosines,
        record.running_loss,
        [record.mean_of(record.running_loss, m) for m in done],
        record.contributions(moment.weight),
        np.outer(passed.a[layer - 1][moment.sample], passed.delta[layer - 1][moment.sample]),
        ledger,
        *(vector.flat for vector in (record.before, record.after, record.summed, record.mean)),
        *(vector.flat for vector in (record.reduced, record.step)),
        [float(np.linalg.norm(vector.flat)) for vector in (record.summed, record.mean)],
        [record.learning_rate, 1.0, value(record, CLIP), record.penalty, record.penalised_loss],
        [value(record, of_weight("regularisation", layer, source, unit))] if source >= 0 else [],
        *(epochs.last(name) for name in ("train_loss", "test_loss")),
        *(100 * epochs.last(name) for name in ("train_accuracy", "test_accuracy")),
        [record.running(weight)[scene.done - 1] for weight in weights_of(scene)] if scene.done else [],
        [it.result for it in made],
        shared(record),
        [number for number in asdict(record.settings.rules.optimizer).values() if isinstance(number, float)],
        [value(record, term) for it in made for term in it.terms],
    ]
    return np.concatenate([np.ravel(part) for part in parts])


def mapped(scene: Scene) -> np.ndarray:
    """The ends of the axes of a map, and the answers to all samples."""
    x, network = scene.data.x, scene.network
    answers = activations(network, scene.moment.layer, x)
    window = Window.around(x) if x.shape[1] == 2 else Window(x.min(axis=0), x.max(axis=0))
    weights = network.weights[0]
    return np.concatenate([np.ravel(part) for part in (window.low, window.high, answers, scene.data.y, weights)])


def made_of(scene: Scene) -> np.ndarray:
    """The numbers that those of this moment are made of, and what these are made of in turn: the first of them."""
    record, found = scene.record, list(produced(scene.moment, scene.phase))
    for q in found:  # it grows meanwhile
        if len(found) > 400:
            break
        found += [term for term in explain(record, q).terms if term not in found]
    return np.array([value(record, q) for q in found])


def counts_of(scene: Scene) -> set[str]:
    """All whole numbers that may be named: counts, places, indices, units."""
    record = scene.record
    sizes = record.before.architecture.sizes
    numbers = {*range(record.n + 1), *range(max(sizes) + 1), *map(int, record.indices), record.number, record.layers}
    return {str(number) for number in numbers}


def is_known(words: str, values: np.ndarray, counts: set[str], gamma: str) -> bool:
    """Is this what num() or factor() makes of one of the values or of its size, or a count, or the learning rate?"""
    if words in counts or words.lstrip("−") == gamma:
        return True
    near, step = abs(float(read_back(words))), float(shown_step(words))
    close = values[np.abs(np.abs(values) - near) <= step * 0.501]
    if any(float(c).is_integer() and words == f"{c:.0f}".replace("-", "−") for c in close):
        return True  # whole inputs and targets are written without decimals
    return any(
        words in (precise(v), share(v / 100).rstrip("%"), num(v, width, plus), factor(v, width, plus))
        for c in close
        for v in (c, abs(c))
        for width in NUMBER_WIDTHS
        for plus in (False, True)
    )


@pytest.mark.parametrize("view", PANELS)
@given(data=st.data(), width=st.sampled_from(WIDTHS))
@settings(max_examples=60)
def test_every_number_in_a_panel_is_a_number_of_the_record(view: str, data: st.DataObject, width: int) -> None:
    it = data.draw(scenes())
    values, counts = values_of(it), counts_of(it)
    gamma = rate(it.record.learning_rate)
    rows = [re.sub(r"\S*…\S*", "", row) for row in painted(view, it, width, TALL)]  # what is cut says so itself
    rows = [re.sub(r"\d+ more: \S+", "", row) for row in rows]  # the rest of a long sum: tests/explain adds it up
    found = numbers(rows, it)
    if view == "map":
        values = np.concatenate([values, mapped(it)])
    if view == "explain":
        values = np.concatenate([values, made_of(it)])
        # a minus may be the formula's, a point the sentence's
        found = (words.lstrip("+−").rstrip(".") for words in found)
    orphans = [w for w in found if not is_known(w, values, counts, gamma)]
    assert not orphans, "\n".join(rows)


def test_the_scraping_finds_what_it_should() -> None:
    it = scene(session("mazur"), Moment(1, Phase("delta", 2), 0, 2))
    shown = set(numbers(painted("network", it, 60, TALL), it))
    assert {num(v, 7, plus=True) for v in it.record.passed.a[0][0]} <= shown
    assert num(float(it.record.before.weights[1][0, 0]), 8, plus=True) in shown


def unknown_future(scene: Scene) -> Scene:
    """The same scene with 777.25 in place of everything that has not been computed at this moment."""
    record = scene.record
    passed, layers = record.passed, record.layers

    def hidden(array: np.ndarray, kind: str, layer: int = 0) -> np.ndarray:
        keep = [scene.reached(m, kind, layer) for m in range(record.n)]  # type: ignore[arg-type]
        return np.where(np.reshape(keep, (-1, *(1,) * (array.ndim - 1))), array, 777.25)

    veiled = Pass(
        (passed.a[0], *(hidden(passed.a[k], "forward", k) for k in range(1, layers + 1))),
        tuple(hidden(passed.z[k - 1], "forward", k) for k in range(1, layers + 1)),
        tuple(hidden(passed.delta[k - 1], "delta", k) for k in range(1, layers + 1)),
        hidden(passed.loss, "loss"),
        passed.scratch,
    )
    changed: dict[str, Any] = {"passed": veiled}
    for name in ("after", "summed", "reduced", "step"):
        known = scene.phase.per_batch if name != "after" else scene.phase.kind == "update"
        if not known and not (name == "summed" and scene.done == record.n):
            vector = getattr(record, name)
            changed[name] = type(vector)(vector.architecture, np.full_like(vector.flat, 777.25))
    return replace(scene, record=replace(record, **changed))


@pytest.mark.parametrize("view", PANELS)
@given(data=st.data(), width=st.sampled_from(WIDTHS))
@settings(max_examples=60)
def test_no_number_is_told_before_its_time(view: str, data: st.DataObject, width: int) -> None:
    it = data.draw(scenes().filter(lambda it: float(np.abs(it.record.targets).max()) < 700))
    now, veiled = painted(view, it, width, TALL), painted(view, unknown_future(it), width, TALL)
    assert re.findall(r"\d+\.\d+", "\n".join(veiled)) == re.findall(r"\d+\.\d+", "\n".join(now))


CUT = re.compile(r"[−+]?\d[\d.]*…")


@pytest.mark.parametrize(
    ("name", "width"),
    [(name, width) for name in ("xor", "mazur", "digits", "sine", "spiral") for width in WIDTHS],
)
def test_no_number_is_cut(name: str, width: int) -> None:
    """A number cut off in the middle looks like another number."""
    assert cut_numbers(name, width) == []


def cut_numbers(name: str, width: int) -> list[str]:
    it = session(name)
    rows = [
        f"{view}: {row}"
        for phase in phases(it.layers)
        for view in PANELS
        for row in painted(view, scene(it, Moment(1, phase, 0, it.layers)), width, TALL)
    ]
    return [row for row in rows if CUT.search(row)]


def test_no_number_is_cut_beside_long_class_names() -> None:
    assert cut_numbers("iris", 38) == []
