"""How our pictures look: colours by what they mean, in a light and a dark theme, and how wide a text is.

The colours are Okabe and Ito's, darkened or lightened until text in them has a contrast of 4.5 to 1 (WCAG AA).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

Theme: TypeAlias = Mapping[str, str]
"""A colour for each role. Within one theme no two roles share a colour, so that a theme can be swapped for another."""

LIGHT: Theme = {
    "paper": "#ffffff",
    "ink": "#1f2933",
    "muted": "#5a6675",
    "grid": "#e6e9ed",
    "box": "#eef1f4",
    "edge": "#c9d1da",
    "opening": "#0069a6",
    "data": "#007556",
    "acknowledgment": "#56677a",
    "closing": "#93468e",
    "trouble": "#bc3e0b",
    "band opening": "#cfe6f5",
    "band established": "#cdeee0",
    "band closing": "#ead7ea",
    "band waiting": "#e2e2e2",
}

DARK: Theme = {
    "paper": "#15191e",
    "ink": "#e8edf2",
    "muted": "#96a4b3",
    "grid": "#29313a",
    "box": "#212933",
    "edge": "#3a4653",
    "opening": "#5ab4e6",
    "data": "#4fd0a5",
    "acknowledgment": "#a3b3c2",
    "closing": "#d79ad2",
    "trouble": "#ff8a4c",
    "band opening": "#16425e",
    "band established": "#134936",
    "band closing": "#472a50",
    "band waiting": "#363b42",
}

THEMES: Mapping[str, Theme] = {"light": LIGHT, "dark": DARK}


@dataclass(frozen=True, slots=True)
class Font:
    """A way to set text: the size in units (CSS pixels at natural size), and the kind of letters."""

    size: float
    bold: bool = False
    mono: bool = False

    @property
    def height(self) -> float:
        """The height of a line of it, from the top of a capital to the bottom of a "p"."""
        return self.size * 1.16


TITLE = Font(17, bold=True)
SUBTITLE = Font(12)
HOST = Font(13, bold=True)
PROGRAM = Font(11, bold=True)
TIME = Font(11)
STATE = Font(10.5, bold=True)
ARROW = Font(11, bold=True)
BREAK = Font(11)
CALL = Font(11, mono=True)
NOTE = Font(11)

# Advance widths in em of DejaVu Sans, which Matplotlib brings along. The faces that a browser would rather take
# (Helvetica, Arial, Segoe, Roboto) are narrower: what fits here fits there.
REGULAR = {
    0.29: "'ijlIJ", 0.33: "\u00a0 ,.·/:;\\|", 0.40: "-()[]tfr!", 0.51: '"*_`–sz?“”', 0.57: "cLFk", 0.60: "vxyP",
    0.63: "TYaoeSEbdghnpqu", 0.65: "$0123456789{}K", 0.70: "AVBRXZC", 0.77: "UHNDG&", 0.83: "OQw#+<=>^~→×−",
    0.99: "Mm%W@—…", 0.2: "\u2009",
}  # fmt: skip
BOLD = {
    0.35: "'ijl \\/|IJ,.·", 0.43: ":;-f", 0.49: "!()[]trz_`–", 0.59: '"*?cs', 0.67: "Lvxy“”akFTe", 0.70: "o0123456789$",
    0.73: "hnu{}SYbdgpqCPZE", 0.78: "BAKRVX", 0.84: "UGDHN#+<=>^~→×−OQ", 0.93: "&w", 1.04: "%@M—…mW", 0.2: "\u2009",
}  # fmt: skip
MONO_WIDTH = 0.603
WIDEST = 1.05


def by_letter(groups: Mapping[float, str]) -> dict[str, float]:
    """The width of each letter, from letters grouped by width."""
    return {letter: width for width, letters in groups.items() for letter in letters}


REGULAR_WIDTHS, BOLD_WIDTHS = by_letter(REGULAR), by_letter(BOLD)


@lru_cache(maxsize=4096)
def text_width(text: str, font: Font) -> float:
    """How wide the text is in that font, in units: an estimate that is rather too large than too small."""
    if font.mono:
        return len(text) * MONO_WIDTH * font.size
    widths = BOLD_WIDTHS if font.bold else REGULAR_WIDTHS
    return font.size * sum([widths.get(letter, WIDEST) for letter in text])


def cut(text: str, width: float, font: Font) -> str:
    """The text, shortened by an ellipsis at its end until it is at most `width` units wide."""
    if text_width(text, font) <= width:
        return text
    kept = text
    while kept and text_width(kept + "…", font) > width:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def wrap(text: str, width: float, font: Font) -> list[str]:
    """The text in as few lines of at most `width` units as it takes, all about equally long."""
    lines = filled(text, width, font)
    narrower = width
    while len(lines) > 1 and len(filled(text, narrower * 0.95, font)) == len(lines):
        narrower *= 0.95
    return filled(text, narrower, font)


def filled(text: str, width: float, font: Font) -> list[str]:
    """The text broken between words, each line as full as `width` allows."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".lstrip()
        if lines[-1] and text_width(longer, font) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
