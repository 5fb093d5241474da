"""Images: the weights of the selected hidden unit as a picture, and the images of the batch."""

from bptui.engine.types import Floats
from bptui.engine.weight import sub
from bptui.views.batch import prediction, target
from bptui.views.glyphs import largest_of
from bptui.views.grounds import blocks, glyph, heat, joined, picture
from bptui.views.numbers import num
from bptui.views.scene import Scene
from bptui.views.text import Row, beside, cells, cut, left, row_cells, window

GAP = 1


def gallery(scene: Scene, width: int, height: int) -> list[Row]:
    """The unit's weights, and beside or below them as many images of the batch as there is room for."""
    for large in (True, False):
        weights = weight_picture(scene, large)
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


def weight_picture(scene: Scene, large: bool) -> list[Row]:
    """The weights into one unit as a signed picture, a large one with two columns a pixel, a small one in half blocks;
    none where the selection names no unit of the first layer."""
    unit = shown_unit(scene)
    if unit is None or scene.data.image is None:
        return []
    network = scene.record.after if scene.phase.kind == "update" else scene.record.before
    weights: Floats = network.weights[0][:, unit].reshape(scene.data.image)
    largest = largest_of(weights)
    if scene.colour:
        lines = [[heat(v, largest) for v in line for _ in range(1 + large)] for line in weights.tolist()]
        if large:
            lines = [line for line in lines for _ in (0, 1)]
        elif len(lines) % 2:
            lines.append(["heat 0"] * len(lines[0]))
        drawn = list(map(joined, blocks(lines)))
    else:
        drawn = [joined([glyph(heat(v, largest), v, largest) for v in line]) for line in weights.tolist()]
    head = f" w{sub(1)}[…→{scene.record.names.unit(1, unit)}]"
    return [((head, "strong"),), *(((" ", "text"), *row) for row in drawn), ((f" ▲▼ {num(largest, 6)}", "dim"),)]


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
