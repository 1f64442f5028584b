"""A note: a few sentences that a cell shows."""

import html
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """A few sentences that a cell shows; the first one stands out."""

    headline: str
    text: str = ""

    def __repr__(self) -> str:
        return f"{self.headline}\n{self.text}".rstrip()

    def _repr_html_(self) -> str:
        return f"<p><strong>{html.escape(self.headline)}</strong> {html.escape(self.text)}</p>"
