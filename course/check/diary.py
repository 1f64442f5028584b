"""The diary: what a student predicted, answered and visited, line by line, in a file of the student's own.

It is `my-progress.jsonl` in the folder of the student's notebooks, one JSON object a line, and never leaves it. Where
there is no such folder, as when the course itself is tested, the diary lasts as long as the notebook's kernel.
"""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from course.lab.notebooks import FOLDER_VARIABLE, OWN_NAME

FILE_NAME = "my-progress.jsonl"
SHOW = "show"  # the answer of somebody who asks for it
HINT = "hint"  # that of somebody who asks for a hint
Entry = dict[str, Any]
"""One line: `what` ("predicted", "saw", "checked", "hinted", "visited"), and what belongs to it."""


class Diary:
    """The entries, oldest first; those of a file, if there is one."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._entries: list[Entry] = []

    def write(self, what: str, **values: Any) -> None:
        """Write down a line, with its moment. A file that cannot be written is no reason to stop a lesson."""
        entry = {"what": what, **values, "at": datetime.now(UTC).isoformat(timespec="seconds")}
        self._entries.append(entry)
        try:
            self._append(json.dumps(entry, ensure_ascii=False))
        except OSError:
            self.path = None

    def _append(self, line: str) -> None:
        if self.path is not None:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")

    def __iter__(self) -> Iterator[Entry]:
        if self.path is None:
            return iter(self._entries)
        return read(self.path)

    def forget(self) -> None:
        """Forget what this kernel has written; a file stays as it is."""
        self._entries.clear()

    def all(self, what: str, name: str) -> list[Entry]:
        """The entries of that kind about the question of that name, oldest first."""
        return [entry for entry in self if entry["what"] == what and entry.get("name") == name]

    def last(self, what: str, name: str) -> Entry | None:
        """The last one of them."""
        return next(reversed(self.all(what, name)), None)

    def tries(self, name: str) -> list[Entry]:
        """The answers to a check, without those where the student asked to be shown the answer."""
        return [entry for entry in self.all("checked", name) if entry.get("answer") != SHOW]


def read(path: Path) -> Iterator[Entry]:
    """The lines of a diary; what is no such line, since somebody edited it or the disk was full, is passed over."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and isinstance(entry.get("what"), str):
            yield entry


def own_file() -> Path | None:
    """Where the diary of this notebook's student is; None if this is no student's folder."""
    folder = Path(os.environ.get(FOLDER_VARIABLE) or Path.cwd())
    is_own = FOLDER_VARIABLE in os.environ or folder.name == OWN_NAME
    return folder / FILE_NAME if is_own and folder.is_dir() else None
