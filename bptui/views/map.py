"""Panel 7: the map of what the network has learnt: the plane of two inputs, the curve of one, pictures of images."""

import numpy as np

from bptui.engine.weight import sub
from bptui.views.fitted import Fitted, fitted_rows
from bptui.views.gallery import gallery, shown_unit
from bptui.views.plane import Plane, plane_rows
from bptui.views.scene import Scene
from bptui.views.text import Row, cut, wrapped

MOST_NAME = 12  # columns of a class


def map_panel(scene: Scene, width: int, height: int) -> list[Row]:
    """The picture that the data allow, of the weights in force at this moment; none that would tell what is asked."""
    asked = scene.question.prediction.now if scene.question else None
    if asked and asked.kind in ("a", "after"):
        return [((" The map waits for your answer.", "text"),)]
    if scene.data.image:
        return gallery(scene, width, height)
    inputs = scene.record.before.architecture.sizes[0]
    if inputs == 2:
        return plane_rows(plane_of(scene), width, height)
    if inputs == 1:
        return fitted_rows(fitted_of(scene), width, height)
    words = f" A map needs one or two inputs, or images; these samples have {inputs} inputs."
    return [((line, "text"),) for line in wrapped(words, width - 1)]


def hidden(scene: Scene) -> bool:
    """Is a hidden unit selected? Then the map is its own, else the network's answer."""
    return scene.moment.layer < scene.record.layers


def shown(scene: Scene) -> str:
    """What is drawn, for a title."""
    layer, unit = scene.moment.layer, scene.moment.unit
    name = scene.record.names.unit(layer, unit)
    if hidden(scene):
        return f"a{sub(layer)}[{name}]"
    if scene.record.targets.shape[1] == 1:
        return "answer"
    if not scene.data.classes:
        return f"answer {name}"
    curve = scene.data.x.shape[1] == 1  # of one output; a plane says which class is answered
    return f"answer {cut(scene.unit_name(layer, unit), MOST_NAME)}" if curve else "answer"


def map_title(scene: Scene) -> str:
    if scene.data.image:
        unit = shown_unit(scene)
        return " · images" if unit is None else f" · weights of unit {scene.record.names.unit(1, unit)}, images"
    return f" · {shown(scene)}, {scene.applied} update{'s' * (scene.applied != 1)}"


def plane_of(scene: Scene) -> Plane:
    data, record, moment = scene.data, scene.record, scene.moment
    x, y, kinds = scene.samples
    return Plane(
        network=scene.network,
        x=np.asarray(x, dtype=np.float64),
        y=y,
        classes=data.classes,
        kinds=kinds,
        batch=np.asarray(record.indices),
        here=int(record.indices[moment.sample]),
        layer=moment.layer if hidden(scene) else record.layers,
        unit=moment.unit if hidden(scene) else None,
        output=0 if hidden(scene) else moment.unit,
        names=(scene.source_name(1, 0), scene.source_name(1, 1)),
        title=shown(scene),
        given=data.given,
        colour=scene.colour,
    )


def fitted_of(scene: Scene) -> Fitted:
    data, record, moment = scene.data, scene.record, scene.moment
    unit = moment.unit
    x, y, _ = scene.samples
    return Fitted(
        network=scene.network,
        x=np.asarray(x, dtype=np.float64),
        targets=None if hidden(scene) else y[:, unit],
        batch=np.asarray(record.indices),
        here=int(record.indices[moment.sample]),
        layer=moment.layer,
        unit=unit,
        name=scene.source_name(1, 0),
        title=shown(scene),
        given=data.given,
    )
