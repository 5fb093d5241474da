"""Images: the weights of the selected hidden unit as a picture, and the images of the batch."""

from bptui.engine.weight import sub
from bptui.views.batch import prediction, target
from bptui.views.cells import CELL, Part, caption, heat
from bptui.views.grounds import picture
from bptui.views.scene import Scene
from bptui.views.text import Row, beside, cells, cut, left, row_cells, window

GAP = 1


def gallery(scene: Scene, width: int, height: int) -> list[Row]:
    """The unit's weights, and beside or below them as many images of the batch as there is room for."""
    for size in (CELL, 1):
        weights = weight_picture(scene, size)
        taken = max(map(row_cells, weights), default=0) + 2
        if not weights:
            return images(scene, width, height)
        if width - taken >= image_columns(scene) and len(weights) <= height:
            return beside([(weights, taken), (images(scene, width - taken, height), width - taken)], height)
    return weights


def shown_unit(scene: Scene) -> int | None:
    """The unit of the first layer whose weights are shown: the selected one, or the one its weight comes from."""
    moment = scene.moment
    if moment.layer == 1:
        return moment.unit
    return moment.source if moment.layer == 2 and moment.source >= 0 else None


def weight_picture(scene: Scene, size: int) -> list[Row]:
    """The weights into one unit as signed cells of ``size`` columns, a row a line of pixels, under the weights' name;
    none where the selection names no unit of the first layer."""
    unit = shown_unit(scene)
    if unit is None or scene.data.image is None:
        return []
    weights = scene.network.weights[0][:, unit]
    source = scene.moment.source if scene.moment.layer == 1 else -1
    part = Part(f"w{sub(1)}[…→{scene.record.names.unit(1, unit)}]", "strong", weights, source)
    columns = scene.data.image[1]
    return [((part.words, part.role),), *heat(part, len(weights), columns, size), caption(part, size * columns)]


def image_columns(scene: Scene) -> int:
    assert scene.data.image is not None
    return max(scene.data.image[1], 8) + GAP


def images(scene: Scene, width: int, height: int) -> list[Row]:
    """The batch's images in rows, the page that the current sample is on; above each its number, below it the target
    and, once there is one, the answer."""
    assert scene.data.image is not None
    size = image_columns(scene)
    rows = scene.data.image[0] if not scene.colour else -(-scene.data.image[0] // 2)
    across, down = max(width // size, 1), height // (rows + 2)
    shown = window(scene.record.n, across * down, scene.moment.sample)
    out: list[Row] = []
    for first in range(shown.start, shown.stop, across):
        tiles = [(tile(scene, m), size) for m in range(first, min(first + across, shown.stop))]
        out += beside(tiles, rows + 2)
    return out


def tile(scene: Scene, m: int) -> list[Row]:
    """One image between its number and what it is and is taken for."""
    assert scene.data.image is not None
    size = image_columns(scene) - GAP
    role = "selected" if m == scene.moment.sample else "dim"
    want = cut(target(scene, m), size)
    words, said_role = want, "text"
    if scene.reached(m, "forward", scene.record.layers):
        answer, right_answer = prediction(scene, m, size)
        name = answer.split(" ")[0] if scene.data.classes else answer
        words, said_role = f"{want}→{name}", "good" if right_answer else "wrong"
        words = words if cells(words) <= size else cut(words, size)
    image = scene.picture(m)
    return [((left(f"#{m + 1}", size), role),), *picture(image, scene.colour), ((words, said_role),)]
