"""Scenes for the tests of views: scenarios at chosen moments, and what the views make of them as text."""

import os
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bptui.data import Dataset
from bptui.data.bounded import silent
from bptui.data.dataset import one_hot
from bptui.engine import OptimizerSettings, UpdateRules
from bptui.scenario import Scenario
from bptui.scenario.choices import DataChoice, NetworkChoice
from bptui.session.beginning import Beginning
from bptui.session.moment import Moment, Phase
from bptui.session.session import Session
from bptui.training import Settings
from bptui.views.header import header
from bptui.views.panels import PANELS as PANEL_TABLE
from bptui.views.ribbon import ribbon
from bptui.views.scene import Scene
from bptui.views.text import Row, fit_rows

GOLDENS = Path(__file__).parent / "golden" / "views"
View = Callable[[Scene, int, int], list[Row]]
PANELS: dict[str, View] = {panel.id: panel.view for panel in PANEL_TABLE}
"""The product's panels by name: a new one is under every test that goes through them."""
VIEWS: dict[str, View] = {**PANELS, "header": header, "ribbon": ribbon}


@cache
def session(name: str) -> Session:
    """A session of a built-in scenario, shared between tests: look at it by :func:`scene` alone."""
    return Session(Scenario.built_in(name))


def begun(start: Beginning | Session) -> Session:
    """What the explorer is opened on; where it opens before there is a session, that is made now."""
    made = start.begin(silent) if isinstance(start, Beginning) else start
    return made.session if isinstance(made, tuple) else made


def scene(session: Session, moment: Moment | None = None, **looks: Any) -> Scene:
    """What the views see of a session at a moment."""
    run, there = session.run, moment or session.moment
    run.extend_to(there.update)
    return Scene(
        title=session.scenario.title,
        data=run.problem.data,
        record=run.record(there.update),
        moment=there,
        history=run.history,
        frontier=run.frontier,
        coming=run.settings_at(there.update + 1),
        coming_from=there.update + 1,
        epoch_end=run.epoch_end(there.applied),
        units=session.scenario.network.units,
        **looks,
    )


def phase_of(kind: str, layer: int = 0) -> Phase:
    return Phase(kind, layer)  # type: ignore[arg-type]


def moments(session: Session) -> dict[str, Moment]:
    """The moments of update 2 that matter, for the output layer's first unit and its first weight."""
    layers = session.layers
    session.run.extend_to(2)
    last = session.run.record(2).n - 1
    second, middle = min(1, last), last // 2

    def at(kind: str, layer: int, sample: int) -> Moment:
        return Moment(2, phase_of(kind, layer), sample, layer=layers)

    return {
        "the start of the run": Moment(layer=layers),
        "forward 1 of the middle sample": at("forward", 1, middle),
        "delta of layer 1 of the second sample": at("delta", 1, second),
        "gradient of the second sample": at("gradient", 0, second),
        "reduce": at("reduce", 0, last),
        "update": at("update", 0, last),
    }


def lines(rows: Iterable[Row]) -> list[str]:
    return ["".join(text for text, _ in row) for row in rows]


def painted(view: str, scene: Scene, width: int, height: int) -> list[str]:
    """The view as a panel of this size shows it."""
    return lines(fit_rows(VIEWS[view](scene, width, height), width, height))


def read_back(words: str) -> Decimal:
    """The value that a number on the screen says."""
    return Decimal(words.replace("−", "-"))


def shown_step(words: str) -> Decimal:
    """What one more in the last digit shown is worth."""
    mantissa, _, power = words.lstrip("+−").partition("e")
    decimals = len(mantissa.partition(".")[2])
    return Decimal(1).scaleb(int(power.replace("−", "-") or 0) - decimals)


def compare_with_golden(name: str, text: str) -> None:
    """Equal to the stored text; BPTUI_WRITE_GOLDENS=1 stores it instead."""
    path = GOLDENS / f"{name}.txt"
    if os.environ.get("BPTUI_WRITE_GOLDENS") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{name} looks different; BPTUI_WRITE_GOLDENS=1 stores it anew"


def own_data(
    classes: tuple[str, ...], features: tuple[str, ...], samples: int = 12, image: tuple[int, int] | None = None
) -> Dataset:
    """Data with these names (no classes: a regression)."""
    rng = np.random.default_rng(3)
    inputs = image[0] * image[1] if image else max(len(features), 1)
    x = rng.uniform(0, 1, (samples, inputs))
    if not classes:
        return Dataset("own", x, rng.uniform(-1e6, 1e6, (samples, 1)), (), features, image)
    return Dataset("own", x, one_hot(np.arange(samples) % len(classes), len(classes)), classes, features, image)


def own_session(data: Dataset, hidden: tuple[int, ...] = (3,), optimizer: str = "sgd", **rules: Any) -> Session:
    layers = (data.x.shape[1], *hidden, data.y.shape[1])
    loss, last = ("cross-entropy", "softmax") if data.classes else ("half-squared-error", "identity")
    activations = (*("tanh",) * len(hidden), last)
    settings = Settings(
        UpdateRules(loss=loss, optimizer=OptimizerSettings(optimizer), **{"learning_rate": 1e-3, **rules}),
        batch_size=min(5, len(data)),
    )
    return Session(Scenario(DataChoice(name="own", table=data), NetworkChoice(layers, activations), settings))
