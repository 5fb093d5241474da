"""A picture of the screen that stands alone: SVG that asks no server for anything and changes where the screen does."""

import re
from html import escape

from rich.terminal_theme import SVG_EXPORT_THEME
from textual.app import App

FONTS = re.compile(r"\n *@font-face \{.*?\n    \}", re.DOTALL)
COMMENTS = re.compile(r" *<!--.*?-->\n", re.DOTALL)
PREFIX = re.compile(r"\.(terminal-\d+)-matrix\b")
STYLES = re.compile(r"(?:^ *\.terminal-\d+-r\d+ \{ .*? \}\n)+", re.MULTILINE)
STYLE = re.compile(r"\.(terminal-\d+-r\d+) \{ (.*?) \}")
CLASS = re.compile(r'(?<=class=")terminal-\d+-r\d+(?=")')
ROOM = 16  # columns of a window's frame beside its title
LINE_ENDS = re.compile(r"<text [^>]*>\n</text>")
NO_WIDTH = re.compile(r'<rect [^>]* width="0" [^>]*/>')
SIXTEEN = (
    *("#0c0c0c", "#c50f1f", "#13a10e", "#c19c00", "#0037da", "#881798", "#3a96dd", "#cccccc"),
    *("#767676", "#e74856", "#16c60c", "#f9f1a5", "#3b78ff", "#b4009e", "#61d6d6", "#f2f2f2"),
)
"""The colours that a picture gives the terminal's own sixteen, which it cannot know: those of Windows's console. Rich's
black is grey and its white yellow."""
OF_RICH = {SVG_EXPORT_THEME.ansi_colors[k].hex: colour for k, colour in enumerate(SIXTEEN)}


def picture(app: App[int], title: str) -> str:
    """The screen of the app as SVG; a title that is wider than it is not painted over it."""
    fits = len(title) <= app.size.width - ROOM
    drawn = plain(app.export_screenshot(title=title if fits else "bptui", simplify=True))
    if app.theme.startswith("ansi"):
        drawn = re.sub("#[0-9a-f]{6}", lambda found: OF_RICH.get(found[0], found[0]), drawn)
    return drawn if title == "bptui" else drawn.replace(">", f">\n<title>{escape(title)}</title>", 1)


def plain(svg: str) -> str:
    """Rich's SVG without its web fonts (an installed one serves) and its comment, an element a line; what Rich numbers
    by content or by order is named by style, so that a changed cell changes its own lines only."""
    svg = COMMENTS.sub("", FONTS.sub("", svg))
    looks = dict(STYLE.findall(svg))
    rules = sorted(f"    .{style_name(css)} {{ {css} }}\n" for css in looks.values())
    svg = STYLES.sub(lambda _: "".join(rules), svg, count=1)
    svg = CLASS.sub(lambda found: style_name(looks[found[0]]) if found[0] in looks else found[0], svg)
    prefix = PREFIX.search(svg)
    if prefix:
        svg = svg.replace(prefix[1], "bptui")
    svg = LINE_ENDS.sub("", NO_WIDTH.sub("", svg))
    return svg.replace("</text><text ", "</text>\n<text ").replace("/><rect ", "/>\n<rect ")


def style_name(css: str) -> str:
    """A class named by what it looks like: ``fill: #ffd75f;font-weight: bold`` is s-ffd75f-bold."""
    return "-".join(["s", *re.findall(r": *#?([\w-]+)", css)])
