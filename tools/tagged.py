"""What a chapter's cells say that they show: the tags, held against the lists of claims and against the code.

A code cell is tagged by its metadata, as in ```python claims=["E4"] misconceptions=["M01"]. The lists are
course/data/claims.csv and misconceptions.csv: what has to be taught, and which chapter owns it.
"""

import ast
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "course" / "data"
KINDS = ("claims", "misconceptions")
REAL = frozenset({"course", "socket", "select", "selectors", "asyncio", "http", "struct", "ipaddress", "os", "ctypes"})
"""Modules whose use makes a cell an experiment: the course itself, and what asks the machine."""

Notebook = Any  # nbformat has no types
Cell = Any


def owners(kind: str) -> dict[str, str]:
    """Each id of the list, and the number of the chapter that owns it."""
    with (DATA / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["chapter"] for row in csv.DictReader(file)}


def tags(cell: Cell, kind: str) -> list[str]:
    """The ids that a cell is tagged with."""
    return list(cell.metadata.get(kind, ()))


def shown(notebook: Notebook, kind: str) -> set[str]:
    """All ids that a chapter's cells are tagged with."""
    return {name for cell in notebook.cells for name in tags(cell, kind)}


# ------------------------------------------------ guards


def has_true_metadata(notebook: Notebook) -> Iterator[str]:
    """What the chapter says of itself is what its cells are tagged with, and all of it is on the lists."""
    for kind in KINDS:
        said, found = set(notebook.metadata.get("course", {}).get(kind, ())), shown(notebook, kind)
        if said != found:
            yield f"{kind}: the chapter says {sorted(said - found)} and shows {sorted(found - said)} besides"
        if unknown := found - owners(kind).keys():
            yield f"{kind}: {sorted(unknown)} are on no list"


def has_true_tags(notebook: Notebook) -> Iterator[str]:
    """A cell that is tagged is a code cell, and uses the course or a socket."""
    alive: set[str] = set()
    for cell in notebook.cells:
        is_experiment = cell.cell_type == "code" and learn(cell.source, alive)
        if any(tags(cell, kind) for kind in KINDS) and not is_experiment:
            yield f"the cell {cell.source!r} is tagged, and calls neither the course nor a socket"


def learn(source: str, alive: set[str]) -> bool:
    """Does some code call anything that comes from REAL? Names that it makes of that come alive for later cells."""
    tree = ast.parse(without_magic(source))
    for node in ast.walk(tree):
        alive |= set(born(node, alive))
    return any(isinstance(node, ast.Call | ast.With | ast.Subscript) and uses(node, alive) for node in ast.walk(tree))


def born(node: ast.AST, alive: set[str]) -> Iterator[str]:
    """The names that a statement makes of what is alive."""
    if isinstance(node, ast.Import):
        yield from (alias.asname or alias.name.split(".")[0] for alias in node.names if is_real(alias.name))
    elif isinstance(node, ast.ImportFrom):
        yield from (alias.asname or alias.name for alias in node.names if is_real(node.module or ""))
    elif isinstance(node, ast.FunctionDef) and (uses(node, alive) or node.args.args):
        yield node.name  # a program: it is given the host that it runs on
    elif isinstance(node, ast.Assign | ast.AugAssign | ast.For | ast.With | ast.comprehension) and uses(node, alive):
        yield from targets(node)


def targets(node: ast.AST) -> Iterator[str]:
    """The names that are assigned anywhere in it."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            yield inner.id


def uses(node: ast.AST, alive: set[str]) -> bool:
    """Does a name that is alive stand in it?"""
    return any(isinstance(inner, ast.Name) and inner.id in alive for inner in ast.walk(node))


def is_real(module: str) -> bool:
    """Does a module belong to REAL?"""
    return module.split(".", maxsplit=1)[0] in REAL


def without_magic(source: str) -> str:
    """Code without lines that are IPython's alone."""
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line.rstrip("?") for line in source.splitlines())


GUARDS = (has_true_metadata, has_true_tags)
