"""A table: rows of cells under the names of their columns, as text that fits on a page, and as HTML for a notebook."""

import html
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

WIDTH = 100  # characters of a line of text; a notebook's cell has a few more
GAP = "  "
SHORT = 24  # characters of a cell that stays on one line


@dataclass(frozen=True, slots=True, repr=False)
class Table:
    """Rows of cells, a caption that says of what, and perhaps a note below; it shows itself as a table.

    Columns of numbers stand at the right. The rows of these numbers, counted from 0, are `marked`: they stand out.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    marked: frozenset[int] = frozenset()

    def __repr__(self) -> str:
        lines = [self.columns, *self.rows]
        widths = fitting([max(map(len, column)) for column in zip(*lines, strict=True)])
        body = [line for row in lines for line in text_lines(row, widths, self.at_right())]
        return "\n".join([*wrapped(self.caption), *body, *wrapped(self.note)])

    def _repr_html_(self) -> str:
        """A row's first cell is its head, so that a screen reader says it before each cell."""
        at_right = self.at_right()
        head = html_row(self.columns, at_right, ["col"] * len(self.columns))
        scopes = ["row", *[""] * (len(self.columns) - 1)]
        body = "".join(html_row(row, at_right, scopes, place in self.marked) for place, row in enumerate(self.rows))
        caption = f'<caption style="text-align:left;font-weight:bold">{html.escape(self.caption)}</caption>'
        note = f"<p>{html.escape(self.note)}</p>" if self.note else ""
        return f"<table>{caption}<thead>{head}</thead><tbody>{body}</tbody></table>{note}"

    def at_right(self) -> list[bool]:
        """Which columns hold nothing but numbers?"""
        columns = list(zip(*self.rows, strict=True)) or [()] * len(self.columns)
        return [any(column) and all(map(is_number, column)) for column in columns]


def is_number(cell: str) -> bool:
    """Does it look like a number, or like nothing?"""
    return cell.replace(".", "", 1).isdecimal() or not cell


# ------------------------------------------------ as text


def wrapped(text: str, width: int = WIDTH, further: str = "") -> list[str]:
    """A text in lines that are no longer; all but the first begin with `further`. Nothing makes no line."""
    return textwrap.wrap(text, width, subsequent_indent=further, break_on_hyphens=False)


def fitting(widths: list[int]) -> list[int]:
    """The widths of columns that fit on a line: the widest give way."""
    while sum(widths) + len(GAP) * (len(widths) - 1) > WIDTH:
        widths[widths.index(max(widths))] -= 1
    return widths


def text_lines(row: Sequence[str], widths: Sequence[int], at_right: Sequence[bool]) -> Iterator[str]:
    """A row as lines of text, as many as its longest cell takes."""
    cells = [[cell] if len(cell) <= width else wrapped(cell, width) for cell, width in zip(row, widths, strict=True)]
    for parts in zip_longest(*cells, fillvalue=""):
        placed = zip(parts, widths, at_right, strict=True)
        yield GAP.join(part.rjust(width) if right else part.ljust(width) for part, width, right in placed).rstrip()


# ------------------------------------------------ as HTML


def html_row(row: Sequence[str], at_right: Sequence[bool], scopes: Sequence[str], marked: bool = False) -> str:  # noqa: FBT001, FBT002
    """A row as HTML; a cell with a scope is the head of its row or column."""
    cells = "".join(html_cell(*each) for each in zip(row, at_right, scopes, strict=True))
    return f'<tr style="font-weight:bold">{cells}</tr>' if marked else f"<tr>{cells}</tr>"


def html_cell(text: str, at_right: bool, scope: str = "") -> str:  # noqa: FBT001 - one of a cell's three properties
    """A cell as HTML. A notebook's own style would put all of them at the right, and break words at hyphens."""
    tag, scoped = ("th", f' scope="{scope}"') if scope else ("td", "")
    side = "right" if at_right else "left"
    breaks = "white-space:nowrap" if len(text) <= SHORT else "overflow-wrap:break-word"
    return f'<{tag}{scoped} style="text-align:{side};vertical-align:top;{breaks}">{html.escape(text)}</{tag}>'
