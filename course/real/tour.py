"""The table of a tour through the states: a line for each, in text and in a notebook."""

import html
from collections.abc import Iterator
from dataclasses import dataclass

from course.real.scene import Word
from course.tcp.state import State

COLUMNS = ("state", "how", "who told", "to send", "to read", "timer", "ms")
RIGHT = frozenset({"to send", "to read", "ms"})
CAPTION = "The states of TCP, as this machine's kernel told them"
NOTE = (
    "Queues are in octets, where a SYN or a FIN counts as one; a timer is shown with the time after which it runs out."
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One state: how to get there, and the kernel's word for it; or, where it was not reached, the `reason`."""

    state: State
    recipe: str
    word: Word | None = None
    seconds: float | None = None
    reason: str = ""

    @property
    def is_reached(self) -> bool:
        """Was the state reached?"""
        return self.word is not None

    @property
    def cells(self) -> tuple[str, ...]:
        """The line of the table."""
        if self.word is None or self.seconds is None:
            return str(self.state), self.reason, "", "", "", "", ""
        return str(self.state), self.recipe, *self.word.cells, f"{self.seconds * 1000:.1f}"


@dataclass(frozen=True, slots=True, repr=False)
class Tour:
    """What was visited, in order; it shows itself as a table."""

    visits: tuple[Visit, ...]

    def __iter__(self) -> Iterator[Visit]:
        return iter(self.visits)

    def __len__(self) -> int:
        return len(self.visits)

    def __repr__(self) -> str:
        lines = [COLUMNS, *(visit.cells for visit in self.visits)]
        widths = [max(len(line[column]) for line in lines if line[2] or not column) for column in range(len(COLUMNS))]
        return "\n".join([CAPTION, *(text_row(line, widths) for line in lines), NOTE])

    def _repr_html_(self) -> str:
        head = "".join(cell(name, name, "th") for name in COLUMNS)
        body = "".join(f"<tr>{html_row(visit.cells)}</tr>" for visit in self.visits)
        caption, note = html.escape(CAPTION), html.escape(NOTE)
        table = f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return f"{table}<p>{note}</p>"


def text_row(line: tuple[str, ...], widths: list[int]) -> str:
    """A line in columns of these widths, numbers at the right; what is too long for its column goes on to the right."""
    cells = [
        text.rjust(width) if name in RIGHT else text.ljust(width)
        for name, text, width in zip(COLUMNS, line, widths, strict=True)
    ]
    return "  ".join(cells).rstrip()


def html_row(line: tuple[str, ...]) -> str:
    """A line as HTML; a reason goes through to the right."""
    if not line[2]:
        return cell(COLUMNS[0], line[0]) + f'<td colspan="{len(COLUMNS) - 1}">{html.escape(line[1])}</td>'
    return "".join(cell(name, text) for name, text in zip(COLUMNS, line, strict=True))


def cell(column: str, text: str, tag: str = "td") -> str:
    """A cell as HTML."""
    scope = ' scope="col"' if tag == "th" else ""
    side = "right" if column in RIGHT else "left"
    return f'<{tag}{scope} style="text-align:{side}">{html.escape(text)}</{tag}>'
