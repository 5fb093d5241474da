"""``bptui map``: panel 7 without a screen, as text and as an SVG picture."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from html import escape

import numpy as np

from bptui.headless.standing import go_to
from bptui.session.aim import Aim
from bptui.session.session import Session
from bptui.views.fitted import Fitted
from bptui.views.map import fitted_of, map_panel, map_title, plane_of
from bptui.views.plane import Plane, Window
from bptui.views.scene import Scene, scene_of

SIZE = (64, 24)  # columns and rows of the text, two of them for legend and axes
SIDE = 480  # points of a picture's longer side
FINE = 96  # fields of a plane's side
HUES = ("#1f6fbf", "#d9541e", "#2e8b57", "#b8860b", "#7b4fb0", "#c2185b", "#008b8b")
"""Of the classes; of two the first is said by answers below a half."""
SHAPES = 3  # a circle, a cross, a square, and again from the start


class NoPicture(ValueError):
    """Data of which there is no such picture; one plain line."""


def stand(
    session: Session, aim: Aim | None, unit: tuple[int, int] | None, pause: Callable[[], bool] = lambda: False
) -> Scene:
    """The session where it was asked for, or before the first update, looked at plainly; with a hidden unit selected.

    Raises IndexError where the run had to stop before it, or there is no such unit.
    """
    go_to(session, aim, pause)
    if unit is not None:
        layer, place = unit
        sizes = session.record.before.architecture.sizes
        if not (1 <= layer < len(sizes) and 0 <= place < sizes[layer]):
            raise IndexError(f"there is no unit {place} in layer {layer}: the network is {'-'.join(map(str, sizes))}")
        session.moment = replace(session.moment, layer=layer, unit=place, source=0)
    return scene_of(session, colour=False)


def as_text(scene: Scene) -> Iterator[str]:
    """The map in characters, under what it shows."""
    yield f"{scene.title}{map_title(scene)}"
    for row in map_panel(scene, *SIZE):
        yield "".join(text for text, _ in row).rstrip()


def svg(scene: Scene) -> str:
    """The map as a picture. Raises NoPicture for more than two inputs."""
    inputs = scene.record.before.architecture.sizes[0]
    if inputs > 2:
        raise NoPicture(f"a picture needs one or two inputs; these samples have {inputs}")
    parts = plane_parts(plane_of(scene)) if inputs == 2 else curve_parts(fitted_of(scene))
    title = escape(f"{scene.title}{map_title(scene)}")
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" '
            f'viewBox="-12 -36 {SIDE + 24} {SIDE + 72}">',
            f"<title>{title}</title>",
            f'<rect x="-12" y="-36" width="{SIDE + 24}" height="{SIDE + 72}" fill="#ffffff"/>',
            f'<text x="0" y="-12" font-size="16">{title}</text>',
            *parts,
            "</svg>",
            "",
        ]
    )


def plane_parts(plane: Plane) -> Iterator[str]:
    """A rectangle for every run of fields that look alike, then the samples, then the ends of the axes."""
    field = plane.field(FINE, FINE)
    size = SIDE / FINE
    for line, grounds in enumerate(field.grounds):
        first = 0
        for column in range(1, FINE + 1):
            if column == FINE or grounds[column] != grounds[first]:
                yield (
                    f'<rect x="{first * size:.1f}" y="{line * size:.1f}" width="{(column - first) * size + 0.3:.1f}" '
                    f'height="{size + 0.3:.1f}" fill="{colour_of(grounds[first])}"/>'
                )
                first = column
    window = Window.around(plane.x)
    share = (plane.x - window.low) / (window.high - window.low)
    for row, (across, up) in enumerate(share.tolist()):
        kind = 0 if plane.kinds is None else int(plane.kinds[row])
        yield spot(across * SIDE, (1 - up) * SIDE, kind, lit=row in set(plane.batch.tolist()))
    (a, c), (b, d) = window.low.tolist(), window.high.tolist()
    words = f"→ {plane.names[0]} {a:.3g} … {b:.3g}   ↑ {plane.names[1]} {c:.3g} … {d:.3g}"
    yield f'<text x="0" y="{SIDE + 24}" font-size="13">{escape(words)}</text>'


def curve_parts(fitted: Fitted) -> Iterator[str]:
    """The curve as a line, the targets as spots."""
    at, answers = fitted.curve(240)
    low, high = fitted.ends()
    span, height = float(at[-1] - at[0]) or 1.0, high - low or 1.0

    def place(x: float, y: float) -> tuple[float, float]:
        return (x - float(at[0])) / span * SIDE, (1 - (y - low) / height) * SIDE

    if fitted.targets is not None:
        of_batch = set(fitted.batch.tolist())
        for row, (x, y) in enumerate(zip(fitted.x[:, 0].tolist(), fitted.targets.tolist(), strict=True)):
            yield spot(*place(x, y), 0, lit=row in of_batch)
    finite = np.isfinite(answers)
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(place, at[finite].tolist(), answers[finite].tolist()))
    yield f'<polyline points="{points}" fill="none" stroke="{HUES[1]}" stroke-width="2.5"/>'
    words = f"→ {fitted.name} {at[0]:.3g} … {at[-1]:.3g}   ↑ {low:.3g} … {high:.3g}"
    yield f'<text x="0" y="{SIDE + 24}" font-size="13">{escape(words)}</text>'


def spot(x: float, y: float, kind: int, lit: bool) -> str:
    """A sample; those of the batch have a heavy line."""
    stroke = f'stroke="#000000" stroke-width="{2.4 if lit else 0.9}"'
    match kind % SHAPES:
        case 0:
            return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#ffffff" {stroke}/>'
        case 1:
            a, b, c, d = x - 3.5, y - 3.5, x + 3.5, y + 3.5
            return f'<path d="M{a:.1f} {b:.1f} L{c:.1f} {d:.1f} M{a:.1f} {d:.1f} L{c:.1f} {b:.1f}" {stroke}/>'
        case _:
            return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" fill="#ffffff" {stroke}/>'


def colour_of(ground: str) -> str:
    """A ground of the plane as a light colour: white at zero, a hue for each sign or class, a grey for a number."""
    kind, number = ground.split()
    if kind == "px":
        level = round(255 * int(number) / 16)
        return f"#{level:02x}{level:02x}{level:02x}"
    if kind == "area":
        return tint(HUES[int(number) % len(HUES)], 0.45)
    step = int(number)
    return tint(HUES[0] if step > 0 else HUES[1], 0.1 + 0.12 * abs(step)) if step else "#ffffff"


def tint(hue: str, share: float) -> str:
    """So much of a colour in white."""
    parts = (int(hue[k : k + 2], 16) for k in (1, 3, 5))
    return "#" + "".join(f"{round(255 + (part - 255) * share):02x}" for part in parts)
