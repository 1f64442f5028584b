"""A note: a few sentences that a cell shows."""

import html
import reprlib
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


def unread(what: str, answer: object, wanted: str) -> Note:
    """What to say of an answer that cannot be read: what it was, unless it was nothing, and what to write instead."""
    is_nothing = str(answer).strip() in ("", "?")
    said = f"No {what} yet" if is_nothing else f"{reprlib.repr(answer)} is no {what} here"
    return Note(f"{said}: write {wanted}, and run this cell again.")
