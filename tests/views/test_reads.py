"""A panel whose part of the scene is as it was shows what it would if it were made anew.

``reads`` of a panel may say too much, never too little: wherever two scenes are alike in it, whatever they differ in
besides, rows, title and list are alike too.
"""

import gc
import weakref
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from bptui.data import Dataset
from bptui.diagnosis.diagnosis import diagnose
from bptui.diagnosis.yours import Yours
from bptui.engine.weight import Weight
from bptui.explain.quantity import of_unit, of_weight
from bptui.session.forks import Ghost, InFork
from bptui.session.moment import GRADIENT, Moment, phases
from bptui.session.player import Player
from bptui.session.prediction import DEPTHS, Prediction, Question
from bptui.session.session import Session
from bptui.training.history import Curve
from bptui.training.settings import Settings
from bptui.training.stops import Stop
from bptui.training.watching.watchable import Watchable
from bptui.views.kept import OfRecord
from bptui.views.panels import PANELS, PanelSpec
from bptui.views.scene import AXES, Scene
from tests.scenes import own_data, own_session, scene

SIZES = ((24, 5), (40, 16), (72, 36))
SESSIONS = ("images", "classes", "regression")


def session(kind: str) -> Session:
    data = {
        "images": own_data(("zero", "one", "two"), (), samples=40, image=(5, 4)),
        "classes": own_data(("left", "right"), ("height", "width"), samples=40),
        "regression": own_data((), ("height", "width"), samples=40),
    }[kind]
    it = own_session(data, hidden=(4, 3), l2=0.01)
    it.run.extend_to(6)
    return it


def watched() -> tuple[tuple[Watchable, Curve], ...]:
    curve = Curve(("value",))
    curve.append((1, 0.1, 5), (0.25,))
    return ((Watchable("weight", Weight(1, 0, 0)), curve),)


def other_names(data: Dataset) -> Dataset:
    return replace(
        data,
        classes=tuple(f"{name}'" for name in data.classes),
        features=tuple(f"{name}'" for name in data.features),
        outputs=("said",) * data.y.shape[1],
        x=data.x + 1,
    )


def changes(here: Scene, it: Session) -> dict[str, list[Any]]:
    """Other values of the fields of a scene."""
    other = Session(it.scenario)
    other.run = other.run.again(replace(it.next_settings, batch_size=6))
    other.run.extend_to(4)
    record = here.record
    mean = record.mean
    own = Yours(diagnose(record, gradient={"W1": mean.weights[0] * 2, "W2": mean.weights[1], "W3": mean.weights[2]}))
    sizes = record.before.architecture.sizes
    asked = Prediction(frozenset(DEPTHS), (of_unit("a", 1, 0, 0), of_weight("sum", 1, 0, 0)))
    finite = replace(here.epoch_end, epoch=here.epoch_end.epoch + 1, train_loss=here.epoch_end.train_loss / 64)
    return {
        "title": ["another"],
        "data": [other_names(here.data)],
        "record": [it.run.record(3), other.run.record(2)],
        "moment": [],  # field by field below
        "history": [other.run.history, Session(it.scenario).run.history],
        "frontier": [here.frontier + 1000],
        "coming": [Settings(batch_size=2)],
        "coming_from": [here.coming_from + 5],
        "epoch_end": [finite, replace(finite, penalty=3.5, test_loss=0.5, train_accuracy=0.25, test_accuracy=0.75)],
        "player": [Player(playing=True)],
        "axis": [axis for axis in AXES if axis != here.axis],
        "log": [True],
        "accuracy": [True],
        "scroll": [1, -1, 3],
        "colour": [False],
        "sort": ["loss", "norm", "cosine", "wrong"],
        "stop": [Stop(7, record.position, 1, "z", "overflows")],
        "changes": [((2, "γ 0.5"), (3, "batch 4"))],
        "fork": [InFork(2, 3, 1, 2)],
        "ghost": [Ghost(1, "γ 0.5", other.run.history, 4, 2), Ghost(2, "γ 1", it.run.history, 6, 3)],
        "units": [tuple(tuple(f"u{k}{j}" for j in range(size)) for k, size in enumerate(sizes))],
        "yours": [own],
        "watches": [watched(), (*watched(), (Watchable("loss"), Curve(("value",))))],
        "stopped_by": [watched()[0][0]],
        "hits": [((1, 4),)],
        "question": [Question(each, record) for each in (asked, asked.hinted(), asked.skipped(), asked.away())],
    }  # fmt: skip


def also(here: Scene) -> Scene:
    """With what is seldom there, and reads more where it is."""
    return replace(here, watches=watched(), ghost=Ghost(3, "γ 2", here.history, 5, 2))


def other_moments(here: Moment, it: Session) -> Iterator[Moment]:
    yield from (replace(here, phase=phase) for phase in phases(it.layers))
    yield from (replace(here, sample=sample) for sample in range(5))
    yield from (
        replace(here, layer=2, unit=0),
        replace(here, unit=1),
        replace(here, source=1),
        replace(here, source=-1),
    )


def scenes(it: Session) -> Iterator[Scene]:
    """Moments of an update, each with every field of the scene changed by itself."""
    for moment in (Moment(2), Moment(2, GRADIENT, 2), Moment(2, phases(it.layers)[-1], 4, layer=2, unit=1, source=1)):
        here = also(scene(it, moment))
        yield here
        for name, others in changes(here, it).items():
            yield from (replace(here, **{name: value}) for value in others)
        yield from (replace(here, moment=other) for other in other_moments(moment, it))


def shown(panel: PanelSpec, here: Scene) -> list[object]:
    made: list[object] = [panel.title(here)]
    for size in SIZES:
        made += [panel.view(here, *size), panel.samples(here, *size)]
    return made


def test_every_field_that_a_panel_does_not_read_is_changed_here() -> None:
    it = session("classes")
    left_out = frozenset().union(*(panel.reads.left_out for panel in PANELS))
    assert left_out <= {each.name for each in fields(Scene)}
    assert left_out <= {*changes(scene(it, Moment(2)), it)}


@pytest.mark.parametrize("kind", SESSIONS)
@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
def test_what_a_panel_does_not_say_it_reads_changes_nothing_in_it(panel: PanelSpec, kind: str) -> None:
    alike: dict[object, list[Scene]] = {}
    for here in scenes(session(kind)):
        alike.setdefault(panel.reads(here), []).append(here)
    assert len(alike) > 3
    for first, *others in alike.values():  # one that differs from all others in what is read may show anything
        now = shown(panel, first) if others else None
        assert all(shown(panel, other) == now for other in others)


@pytest.mark.parametrize("kind", SESSIONS)
def test_what_is_kept_of_a_record_is_what_would_be_made_anew(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One row of a list, one picture, the lines between two layers: in whatever order the scenes come."""
    it, views = session(kind), [panel.view for panel in PANELS if panel.id in ("network", "batch", "deltas")]
    there = [*scenes(it)]
    kept = [[view(here, *size) for view in views for size in SIZES] for here in (*there, *there[::-1])]
    monkeypatch.setattr(OfRecord, "get", lambda self, record, others, make: make())
    for here, once, again in zip(there, kept, kept[::-1], strict=False):
        anew = [view(here, *size) for view in views for size in SIZES]
        assert once == anew
        assert again == anew


def test_a_record_is_not_held_by_what_is_kept_of_it() -> None:
    kept, it = OfRecord[int](), session("classes")
    record = it.run.record(1)
    assert [kept.get(record, "a", lambda: 1), kept.get(record, "a", lambda: 2), kept.get(record, "b", lambda: 3)] == [
        1,
        1,
        3,
    ]
    assert kept.get(it.run.record(2), "a", lambda: 4) == 4
    assert kept.get(record, "a", lambda: 5) == 5
    gone = weakref.ref(record)
    del record, it
    gc.collect()
    assert gone() is None


def test_a_curve_that_has_grown_is_another() -> None:
    it = session("classes")
    here = replace(scene(it, Moment(2)), watches=watched())
    (panel,) = (each for each in PANELS if each.id == "watches")
    before = panel.reads(here), panel.view(here, 80, 20)
    here.watches[0][1].append((2, 0.2, 10), (0.75,))
    assert panel.reads(here) != before[0]
    assert panel.view(here, 80, 20) != before[1]


def test_losses_that_a_curve_has_merged_are_others() -> None:
    it = session("classes")
    (panel,) = (each for each in PANELS if each.id == "loss")
    here = scene(it, Moment(2))
    grown = replace(here, epoch_end=replace(here.epoch_end, train_loss=1e9))
    before = panel.reads(grown), panel.view(grown, 80, 20)
    for k in range(2048 * 2):
        grown.history.epochs.append((k + 1, k + 1, k), tuple(np.full(5, 0.5)))
    assert panel.view(grown, 80, 20) != before[1]
    assert panel.reads(grown) != before[0]
