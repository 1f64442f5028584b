"""A table that prints well, as text and in a notebook."""

import html
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under the names of their columns, and a caption that says of what."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __repr__(self) -> str:
        lines = [self.columns, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        told = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
        return "\n".join([self.caption, *[line.rstrip() for line in told]])

    def _repr_html_(self) -> str:
        """A row's first cell is its head, so that a screen reader says it before each cell."""
        head = "".join(f'<th scope="col" {LEFT}>{html.escape(name)}</th>' for name in self.columns)
        body = "".join(html_row(row) for row in self.rows)
        caption = html.escape(self.caption)
        return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


LEFT = 'style="text-align:left"'


def html_row(cells: tuple[str, ...]) -> str:
    """One row as HTML."""
    first, *others = [html.escape(cell) for cell in cells]
    rest = "".join(f"<td {LEFT}>{cell}</td>" for cell in others)
    return f'<tr><th scope="row" {LEFT}>{first}</th>{rest}</tr>'
