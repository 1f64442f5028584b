"""A Picture: a Matplotlib figure that shows itself in Jupyter, with alternative text, in light and dark."""

import base64
import html
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from matplotlib import rc_context, style
from matplotlib.figure import Figure

from course.view.style import DARK, LIGHT, THEMES, Theme

UNITS_AN_INCH = 72
PIXELS_A_UNIT = 2
LEAST = 2 / 3  # of its natural width: smaller letters could not be read, so that it is scrolled
NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
FACES = {
    "'DejaVu Sans Mono';": "Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace;",
    "'DejaVu Sans';": "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif;",
}
PAGE_STYLE = (
    "<style>.course-picture{margin:0;overflow-x:auto}.course-picture img{color-scheme:light;max-width:100%}"
    '[data-jp-theme-light="false"] .course-picture img{color-scheme:dark}</style>'
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that can be drawn in any theme; `alternative` says in words what it shows.

    Jupyter shows it in the colours of the page. `caption` stands under it there.
    """

    draw: Callable[[Theme], Figure] = field(repr=False)
    alternative: str
    caption: str = ""

    def save(self, path: str | Path, *, theme: str = "light") -> None:
        """Write the picture to a file: SVG or PNG, by the name's ending, in the "light" or the "dark" theme.

        Raises ValueError for another ending or theme.
        """
        path = Path(path)
        if theme not in THEMES:
            raise ValueError(f'there is no theme {theme!r}: write theme="light" or theme="dark"')
        if path.suffix not in (".svg", ".png"):
            raise ValueError(f"cannot write {path.name!r}: the name must end in .svg or .png")
        content = self.svg(theme).encode() if path.suffix == ".svg" else self.png(theme)
        path.write_bytes(content)

    def svg(self, theme: str = "light") -> str:
        """The picture as SVG text, the same text each time."""
        return tidy(self.drawn(theme, format="svg", metadata=NO_METADATA).decode())

    def png(self, theme: str = "light") -> bytes:
        """The picture as PNG, with two pixels for each unit."""
        return self.drawn(theme, format="png", dpi=UNITS_AN_INCH * PIXELS_A_UNIT)

    def drawn(self, theme: str, **options: Any) -> bytes:
        """The picture as a file's content, whatever the reader's own Matplotlib settings are."""
        written = io.BytesIO()
        with style.context("default"), rc_context({"svg.hashsalt": "course", "svg.fonttype": "none"}):
            self.draw(THEMES[theme]).savefig(written, **options)
        return written.getvalue()

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """What Jupyter shows: an image that follows the page's theme, and its words."""
        return {"text/html": self.html(), "text/plain": self.alternative}

    def html(self) -> str:
        """The picture as a figure for a page, in one piece."""
        svg = adaptive(self.svg())
        address = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
        caption = f"<figcaption>{html.escape(self.caption)}</figcaption>" if self.caption else ""
        alternative = html.escape(self.alternative)
        image = f'<img alt="{alternative}" src="{address}" style="min-width:{LEAST * width(svg):.0f}px">'
        return f'{PAGE_STYLE}<figure class="course-picture">{image}{caption}</figure>'


def width(svg: str) -> float:
    """The natural width of an SVG of ours, in CSS pixels."""
    found = re.search(r'<svg [^>]*width="([\d.]+)"', svg)
    assert found, "Matplotlib writes no width any more"
    return float(found[1])


def tidy(svg: str) -> str:
    """The SVG without what no reader sees, in CSS pixels, and in letters that most machines have."""
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->|<!DOCTYPE.*?>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(width|height)="([\d.]+)pt"', r'\1="\2"', svg, count=2)
    for face, faces in FACES.items():
        svg = svg.replace(f"font-family: {face}", f"font-family: {faces}")
    return re.sub(r"\s*\n\s*", "\n", svg)


def adaptive(svg: str) -> str:
    """A light SVG that turns dark where the page around it is dark: each role has its colour in both themes."""
    rules = (f'[style*="{what}: {LIGHT[role]}"]{{{what}:{DARK[role]}!important}}'
             for role in LIGHT for what in ("fill", "stroke") if f"{what}: {LIGHT[role]}" in svg)  # fmt: skip
    style = f"<style>@media (prefers-color-scheme: dark){{{''.join(rules)}}}</style>"
    return svg.replace("<defs>", style + "<defs>", 1)
